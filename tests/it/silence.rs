//! Nobody answers: reminders and endings by stored timers, on a clock turned by hand.

use crate::harness::{Place, TestApp, execute, number, texts};
use crate::turns::all;
use crate::whole::assert_whole;
use leadwire::clock::{Clock, DAY, HOUR, MINUTE, Millis, SECOND};
use leadwire::domain::channel::Channel;
use leadwire::domain::identity::Identity;
use leadwire::service::{silence, turns};
use leadwire::turns::{TurnInput, TurnRequest};
use serde_json::json;
use tokio_util::sync::CancellationToken;

on_both! {
    silence_is_reminded_and_then_ends,
    at_night_a_reminder_waits_for_the_morning_of_all_zones,
    the_morning_after_the_clock_is_set,
    an_answer_cancels_the_timer,
    an_answer_and_the_timer_at_once_are_one_after_the_other,
    two_at_once_fire_a_timer_once,
    nobody_who_opted_out_is_reminded,
    timers_survive_a_restart,
    a_chat_shows_its_reminder,
    a_stored_zone_counts_more_than_the_business,
    whatsapp_takes_free_words_for_a_day,
    what_nobody_comes_back_to_is_let_go,
    a_conversation_that_cannot_be_read_stops_no_other,
    the_driver_sleeps_until_the_next_timer_and_is_woken_by_an_earlier_one,
}

/// In Kolkata the clock stands at half past three in the afternoon when tests begin.
pub const INDIAN: &str = "+919876543210";
/// Somewhere in the United States; the morning of all of them begins at 18:00 UTC in winter.
const AMERICAN: &str = "+14155550123";
const GREETING: &str = "Welcome! May I ask a few questions?";
pub const SECTION: &str = "[silence]
remind = [
  { after = \"1h\", say = { en = \"Still there? {{ question }}\", es = \"¿Sigues ahí?\" } },
  { after = \"5h\", say = { en = \"Last call: {{ question }}\", es = \"Última llamada\" } },
]
end_after = \"3d\"

[[steps]]
id    = \"greeting\"";

/// A server whose flow has this `[silence]`, on this clock.
async fn app_with(place: &Place, section: &str, clock: Clock) -> TestApp {
    set(place, section);
    let settings = [
        ("AB_TESTING_ENABLED", "false"),
        ("TWILIO_ACCOUNT_SID", crate::outbox::ACCOUNT),
        ("TWILIO_FROM", crate::harness::OUR_NUMBER),
    ];
    place.app_at(&settings, clock).await
}

/// Gives the flow this `[silence]`.
pub fn set(place: &Place, section: &str) {
    let file = place.flows().join("shop.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    if !text.contains("[silence]") {
        let silent = text.replacen("[[steps]]\nid    = \"greeting\"", section, 1);
        assert_ne!(silent, text, "the flow has its silence");
        std::fs::write(file, silent).unwrap();
    }
}

async fn app(place: &Place) -> TestApp {
    app_with(place, SECTION, Clock::fixed(crate::harness::START)).await
}

fn instant(text: &str) -> Millis {
    text.parse::<jiff::Timestamp>().unwrap().as_millisecond()
}

async fn say(app: &TestApp, from: &str, text: &str) -> Vec<String> {
    app.twilio_message(from, text, &format!("SM{}", leadwire::ids::secret())).await.texts()
}

/// Fires what is due; when the next timer is.
async fn fire(app: &TestApp) -> Option<Millis> {
    silence::fire_due(&app.app, 2, &CancellationToken::new()).await.unwrap()
}

/// What we said unasked, in order.
async fn reminders(app: &TestApp) -> Vec<String> {
    let unasked = "messages m WHERE direction = 'out' AND NOT EXISTS (SELECT 1 FROM messages i WHERE i.tenant_id = m.tenant_id
        AND i.conversation_id = m.conversation_id AND i.direction = 'in' AND i.created_at = m.created_at)
        AND seq > 2 ORDER BY created_at, conversation_id, seq";
    texts(&app.app.db, "body", unasked).await
}

/// What became of timers, in order.
async fn came(app: &TestApp) -> Vec<String> {
    let notes =
        texts(&app.app.db, "metadata", "behaviours WHERE action = 'silence' ORDER BY created_at, seq").await;
    let came = |note: &String| serde_json::from_str::<serde_json::Value>(note).unwrap();
    notes.iter().map(came).map(|note| note["came"].as_str().unwrap().to_owned()).collect()
}

async fn silence_is_reminded_and_then_ends(place: Place) {
    let app = app(&place).await;
    assert_eq!(say(&app, INDIAN, "hi").await, [GREETING]);
    app.clock.advance(HOUR - 1);
    assert_eq!(fire(&app).await, Some(app.clock.now() + 1), "not yet");
    assert_eq!(reminders(&app).await, [""; 0]);
    app.clock.advance(1);
    assert_eq!(fire(&app).await, Some(crate::harness::START + 5 * HOUR));
    assert_eq!(fire(&app).await, Some(crate::harness::START + 5 * HOUR), "nothing more is due");
    assert_eq!(reminders(&app).await, [format!("Still there? {GREETING}")]);
    app.clock.advance(4 * HOUR);
    fire(&app).await;
    assert_eq!(reminders(&app).await[1..], [format!("Last call: {GREETING}")]);
    app.clock.advance(3 * DAY);
    assert_eq!(fire(&app).await, None, "no timer is left");
    assert_eq!(app.count("conversations WHERE outcome = 'silent' AND ended_at IS NOT NULL").await, 1);
    assert_eq!(came(&app).await, ["reminded", "reminded", "ended"]);
    assert_whole(&app.app.db).await;
    assert_eq!(say(&app, INDIAN, "yes").await.len(), 1, "a late answer is an answer");
    assert_eq!(app.count("answers").await, 1);
}

async fn at_night_a_reminder_waits_for_the_morning_of_all_zones(place: Place) {
    let app = app(&place).await;
    say(&app, AMERICAN, "hi").await;
    app.clock.advance(HOUR);
    let morning = instant("2026-01-05T18:00:00Z");
    assert_eq!(fire(&app).await, Some(morning), "eight o'clock in Honolulu is one in New York");
    assert_eq!((reminders(&app).await.len(), came(&app).await), (0, vec!["moved".to_owned()]));
    app.clock.advance(morning - app.clock.now() - 1);
    fire(&app).await;
    assert_eq!(reminders(&app).await, [""; 0]);
    app.clock.advance(1);
    fire(&app).await;
    assert_eq!(reminders(&app).await, [format!("Last call: {GREETING}")], "one, though two were due by then");
    // An ending disturbs nobody and waits for no hour.
    app.clock.advance(instant("2026-01-08T10:00:00Z") - app.clock.now());
    assert_eq!(fire(&app).await, None);
    assert_eq!(came(&app).await, ["moved", "reminded", "ended"]);
}

async fn the_morning_after_the_clock_is_set(place: Place) {
    // Europe/London: from 01:00 UTC on 29 March it is an hour later, from 01:00 UTC on 25 October an hour earlier.
    let rows = [
        ("2026-03-27T20:30:00Z", "2026-03-28T08:00:00Z", "before"),
        ("2026-03-28T20:30:00Z", "2026-03-29T07:00:00Z", "the night in which an hour is left out"),
        ("2026-10-24T20:30:00Z", "2026-10-25T08:00:00Z", "the night in which an hour comes twice"),
    ];
    let clock = Clock::fixed(instant(rows[0].0));
    let app = app_with(&place, SECTION, clock.clone()).await;
    for (n, (evening, morning, label)) in rows.iter().enumerate() {
        clock.advance(instant(evening) - clock.now());
        say(&app, &format!("+44740012345{n}"), "hi").await;
        clock.advance(HOUR);
        assert_eq!(fire(&app).await, Some(instant(morning)), "{label}");
        clock.advance(instant(morning) - clock.now());
        fire(&app).await;
        assert_eq!(reminders(&app).await.len(), n + 1, "{label}");
        clock.advance(4 * DAY);
        assert_eq!(fire(&app).await, None, "{label}: ended");
    }
}

async fn an_answer_cancels_the_timer(place: Place) {
    let app = app(&place).await;
    say(&app, INDIAN, "hi").await;
    app.clock.advance(HOUR - MINUTE);
    say(&app, INDIAN, "yes").await;
    app.clock.advance(MINUTE);
    assert_eq!(fire(&app).await, Some(app.clock.now() + HOUR - MINUTE), "counted from the answer");
    assert_eq!(reminders(&app).await, [""; 0]);
    // A process that read the timer before the answer came fires it after.
    let conversation_id = number(&app.app.db, "SELECT id FROM conversations").await;
    let before = app.stored().await;
    let answered = turns::submit(&app.app, timer(conversation_id)).await.unwrap();
    assert!(answered.repeated);
    assert_eq!(app.stored().await, before, "it does nothing");
    // After the last question none is left.
    for text in ["Restaurant", "Pune", "Billing", "asha@example.com", "Book a demo"] {
        say(&app, INDIAN, text).await;
    }
    assert_eq!(fire(&app).await, None);
}

fn timer(conversation_id: i64) -> TurnRequest {
    TurnRequest {
        tenant_id: 1,
        account_id: 1,
        channel: Channel::Sms,
        identities: vec![Identity::phone(INDIAN)],
        session: None,
        input: TurnInput::Silent { conversation_id },
        provider_id: None,
        sender_name: None,
        confirm_consent: false,
        encode: |_| String::new(),
        sends: Some(|_| Vec::new()),
    }
}

async fn an_answer_and_the_timer_at_once_are_one_after_the_other(place: Place) {
    let app = app(&place).await;
    for n in 0..8 {
        let from = format!("+9198765432{n:02}");
        say(&app, &from, "hi").await;
        app.clock.advance(HOUR);
        let (said, _) = tokio::join!(say(&app, &from, "yes"), fire(&app));
        assert_eq!(said.len(), 1, "the answer is answered");
        app.clock.advance(3 * DAY);
        fire(&app).await;
    }
    let answered = app.count("answers WHERE step = 'greeting' AND given = 'answered'").await;
    assert_eq!(answered, 8, "no answer is lost");
    // Whichever came first, nobody is reminded of a question they have answered.
    let late = "messages m JOIN answers a ON a.conversation_id = m.conversation_id AND a.step = 'greeting' AND m.seq > a.seq
        AND m.step = 'greeting'";
    assert_eq!(app.count(late).await, 0);
    assert_whole(&app.app.db).await;
}

async fn two_at_once_fire_a_timer_once(place: Place) {
    let (app, other) = match place.database_url().starts_with("postgres") {
        true => (app(&place).await, Some(app(&place).await)),
        false => (app(&place).await, None),
    };
    for n in 0..20 {
        say(&app, &format!("+9198765432{n:02}"), "hi").await;
    }
    app.clock.advance(HOUR);
    if let Some(other) = &other {
        other.clock.advance(HOUR);
    }
    let places = [&app, other.as_ref().unwrap_or(&app), &app];
    all(places.map(fire)).await;
    assert_eq!(reminders(&app).await.len(), 20, "each once");
    assert_eq!(came(&app).await.len(), 20);
    assert_whole(&app.app.db).await;
}

async fn nobody_who_opted_out_is_reminded(place: Place) {
    let app = app(&place).await;
    say(&app, INDIAN, "hi").await;
    say(&app, INDIAN, "STOP").await;
    assert_eq!(fire(&app).await, None, "the timer is gone");
    // Opted out elsewhere on this channel, while a conversation here is open.
    let other = "+919876543211";
    say(&app, other, "hi").await;
    execute(&app.app.db, "UPDATE persons SET opted_out = 'sms' WHERE opted_out = ''").await;
    app.clock.advance(HOUR);
    assert_eq!(fire(&app).await, None);
    assert_eq!((reminders(&app).await.len(), came(&app).await), (0, vec!["opted_out".to_owned()]));
    // Who comes back is reminded again.
    say(&app, other, "START").await;
    app.clock.advance(HOUR);
    fire(&app).await;
    assert_eq!(reminders(&app).await.len(), 1);
}

async fn timers_survive_a_restart(place: Place) {
    let first = app(&place).await;
    let clock = first.clock.clone();
    say(&first, INDIAN, "hi").await;
    first.stop().await;
    clock.advance(2 * HOUR);
    let app = app_with(&place, SECTION, clock).await;
    fire(&app).await;
    assert_eq!(reminders(&app).await, [format!("Still there? {GREETING}")], "an hour late, and said");
}

async fn a_chat_shows_its_reminder(place: Place) {
    let app = app(&place).await;
    let started = app.post_json("/api/session/start", &json!({})).await.ok();
    let session = started["session_id"].as_str().unwrap();
    app.clock.advance(HOUR);
    fire(&app).await;
    let shown = app.get(&format!("/api/session/{session}")).await.ok();
    let last = shown["messages"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (last["direction"].as_str(), last["text"].as_str()),
        (Some("out"), Some("Still there? Welcome! May I ask a few questions?"))
    );
    app.clock.advance(DAY);
    fire(&app).await;
    let answer = json!({"session_id": session, "answer_text": "yes"});
    assert_eq!(app.post_json("/api/answer", &answer).await.ok()["accepted"], true);
}

async fn a_stored_zone_counts_more_than_the_business(place: Place) {
    let app = app(&place).await;
    let started = app.post_json("/api/session/start", &json!({})).await.ok();
    let session = started["session_id"].as_str().unwrap();
    let fields = json!({"session_id": session, "profile_data": {"time_zone": "Pacific/Auckland"}});
    app.post_json("/api/lead/profile", &fields).await.ok();
    app.clock.advance(HOUR);
    assert_eq!(fire(&app).await, Some(instant("2026-01-05T19:00:00Z")), "eight in the morning there");
}

async fn whatsapp_takes_free_words_for_a_day(place: Place) {
    let section = SECTION.replace("\"5h\"", "\"25h\"").replace("en = \"Last call", "en = \"Still waiting");
    let app = app_with(&place, &section, Clock::fixed(crate::harness::START)).await;
    let whatsapp = format!("whatsapp:{INDIAN}");
    say(&app, &whatsapp, "hi").await;
    app.clock.advance(HOUR);
    fire(&app).await;
    assert_eq!(reminders(&app).await.len(), 1, "within the day");
    app.clock.advance(DAY);
    fire(&app).await;
    assert_eq!((reminders(&app).await.len(), came(&app).await[1..].to_vec()), (1, vec!["held".to_owned()]));
    let why = texts(&app.app.db, "metadata", "behaviours ORDER BY created_at DESC, seq DESC LIMIT 1").await;
    assert!(why[0].contains("24-hour window closed"), "{why:?}");
    app.stop().await;

    // A template is sent in their place.
    let file = place.flows().join("shop.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let template = "HX0123456789abcdef0123456789abcdef";
    let named = text.replace("after = \"25h\",", &format!("after = \"25h\", template = \"{template}\","));
    assert_ne!(named, text);
    std::fs::write(file, named).unwrap();
    let app = app_with(&place, &section, Clock::fixed(crate::harness::START + 2 * DAY)).await;
    say(&app, "whatsapp:+919876543211", "hi").await;
    app.clock.advance(25 * HOUR);
    fire(&app).await;
    assert_eq!(reminders(&app).await.last(), Some(&format!("[{template}]")));
}

async fn what_nobody_comes_back_to_is_let_go(place: Place) {
    let app = app(&place).await;
    say(&app, INDIAN, "hi").await;
    say(&app, INDIAN, "no").await;
    app.clock.advance(2 * DAY);
    say(&app, INDIAN, "demo").await;
    assert_eq!(app.count("conversations").await, 2);
    // As if the first had still a timer.
    execute(&app.app.db, "UPDATE conversations SET next_timer_at = 1 WHERE outcome = 'declined'").await;
    assert_eq!(fire(&app).await, Some(app.clock.now() + HOUR), "that of the second");
    assert_eq!(reminders(&app).await, [""; 0]);
}

async fn a_conversation_that_cannot_be_read_stops_no_other(place: Place) {
    let app = app(&place).await;
    for n in 0..5 {
        say(&app, &format!("+91987654321{n}"), "hi").await;
        app.clock.advance(1);
    }
    execute(
        &app.app.db,
        "UPDATE conversations SET state = '{' WHERE id = (SELECT MIN(id) FROM conversations)",
    )
    .await;
    app.clock.advance(HOUR);
    let next = fire(&app).await;
    assert_eq!(reminders(&app).await.len(), 4);
    assert_eq!(next, Some(app.clock.now() + HOUR), "it is tried again in an hour");
}

async fn the_driver_sleeps_until_the_next_timer_and_is_woken_by_an_earlier_one(place: Place) {
    let section = SECTION.replace("\"1h\"", "\"30s\"");
    let app = app_with(&place, &section, Clock::fixed(crate::harness::START)).await;
    let mut alarm = app.app.alarm.watch();
    let stopped = CancellationToken::new();
    let driver = tokio::spawn(silence::run(app.app.clone(), stopped.clone()));
    let start = crate::harness::START;
    alarm.wait_for(|at| *at == start + MINUTE).await.unwrap();
    say(&app, INDIAN, "hi").await;
    alarm.wait_for(|at| *at == start + 30 * SECOND).await.unwrap();
    app.clock.advance(30 * SECOND);
    alarm.wait_for(|at| *at == start + 90 * SECOND).await.unwrap();
    assert_eq!(reminders(&app).await.len(), 1);
    app.clock.advance(5 * HOUR);
    alarm.wait_for(|at| *at == start + 5 * HOUR + 90 * SECOND).await.unwrap();
    assert_eq!(reminders(&app).await.len(), 2);
    stopped.cancel();
    driver.await.unwrap();
}
