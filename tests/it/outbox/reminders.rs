//! What is said unasked leaves as well: reminders, by whichever provider the conversation runs on.

use super::fake::{Act, Fake};
use crate::harness::{Place, START, TestApp, texts};
use crate::silence::{INDIAN, SECTION, set};
use leadwire::clock::{Clock, HOUR, MINUTE};
use leadwire::service::silence;
use tokio_util::sync::CancellationToken;

on_both! {
    by_sms,
    by_whatsapp_within_the_window_and_after_it,
    nothing_is_promised_where_nothing_sends,
    one_that_was_answered_before_it_left_does_not_leave,
    one_whose_hours_are_over_does_not_leave,
    one_that_had_left_before_its_hours_were_over_has_not_failed,
    one_that_had_not_left_was_not_sent,
}

async fn fire(app: &mut TestApp, after: i64) {
    app.pass(after).await;
    silence::fire_due(&app.app, 2, &CancellationToken::new()).await.unwrap();
    app.settled().await;
}

async fn by_sms(place: Place) {
    set(&place, SECTION);
    let (mut app, fake) = super::working(&place, &[("TWILIO_REPLIES", "answer")]).await;
    app.twilio_message(INDIAN, "hi", "SM1").await.texts();
    fire(&mut app, HOUR).await;
    let came = fake.came();
    assert_eq!(came.len(), 1, "the answer to the webhook itself was no send");
    assert_eq!(came[0].field("To"), INDIAN);
    assert!(came[0].field("Body").starts_with("Still there?"), "{came:?}");
    let rows = texts(&app.app.db, "channel || ' ' || state", "outbox").await;
    assert_eq!(rows, ["sms sent"]);
    let statuses = texts(&app.app.db, "provider_id", "outbox").await;
    assert!(statuses[0].starts_with("SM"), "{statuses:?}");
}

async fn by_whatsapp_within_the_window_and_after_it(place: Place) {
    let late = SECTION
        .replace("\"5h\"", "\"25h\"")
        .replace("after = \"25h\",", "after = \"25h\", template = \"follow_up/en_US\",");
    set(&place, &late);
    let fake = Fake::start().await;
    let settings = [
        ("WHATSAPP_APP_SECRET", "0123456789abcdef0123456789abcdef"),
        ("WHATSAPP_ACCESS_TOKEN", "EAAtest"),
        ("WHATSAPP_PHONE_NUMBER_ID", "106540352242922"),
        ("WHATSAPP_API_BASE", fake.url.as_str()),
        ("WHATSAPP_READ_RECEIPTS", "false"),
        ("ALLOW_PRIVATE_ADDRESSES", "127.0.0.1"),
        ("AB_TESTING_ENABLED", "false"),
    ];
    let mut app = place.app_at(&settings, Clock::fixed(START)).await;
    app.work().await;
    crate::whatsapp::say_as(&app, &INDIAN[1..], "hi").await;
    fire(&mut app, HOUR).await;
    fire(&mut app, 24 * HOUR).await;
    let came: Vec<serde_json::Value> = fake.came().into_iter().map(|came| came.json).collect();
    assert_eq!(came.len(), 3, "{came:?}");
    assert!(came[1].to_string().contains("Still there?"), "{}", came[1]);
    assert_eq!(came[2]["template"]["name"], "follow_up");
    assert_eq!(came[2]["to"], INDIAN[1..]);
    let rows = texts(&app.app.db, "state", "outbox ORDER BY id").await;
    assert_eq!(rows, ["sent"; 3]);
}

async fn one_that_was_answered_before_it_left_does_not_leave(place: Place) {
    set(&place, SECTION);
    let (mut app, fake) = super::working(&place, &[]).await;
    super::say(&app, INDIAN, "hi").await;
    app.settled().await;
    fake.next(&[Act::Wait(600)]);
    fire(&mut app, HOUR).await;
    assert_eq!(fake.came().len(), 2, "tried, and put off");
    app.clock.advance(MINUTE);
    super::say(&app, INDIAN, "yes").await;
    app.settled().await;
    assert_eq!(fake.texts().len(), 2, "the answer waits for no reminder");
    app.pass(10 * MINUTE).await;
    assert_eq!(fake.texts().len(), 2, "{:?}", fake.texts());
    let rows = texts(&app.app.db, "state || ': ' || COALESCE(last_error, '')", "outbox ORDER BY id").await;
    assert_eq!(rows[1], "rejected: the person wrote before it could leave", "{rows:?}");
}

async fn one_whose_hours_are_over_does_not_leave(place: Place) {
    set(
        &place,
        &SECTION
            .replace("\"1h\"", "\"5h\"")
            .replace("after = \"5h\", say = { en = \"Last", "after = \"20h\", say = { en = \"Last"),
    );
    let (mut app, fake) = super::working(&place, &[]).await;
    super::say(&app, INDIAN, "hi").await;
    app.settled().await;
    fake.next(&[Act::Wait(3_600)]);
    // Half past eight in the evening there.
    fire(&mut app, 5 * HOUR).await;
    assert_eq!(fake.came().len(), 2);
    app.pass(HOUR).await;
    assert_eq!(fake.came().len(), 2, "at half past nine nobody is disturbed");
    let rows = texts(&app.app.db, "state || ': ' || COALESCE(last_error, '')", "outbox ORDER BY id").await;
    assert_eq!(rows[1], "rejected: the hours at which it may leave were over", "{rows:?}");
}

/// A reminder leaves, perhaps, at half past eight in the evening, and at half past nine it is too late: what its job says, and what the
/// message does.
async fn doubted(place: &Place, act: Act) -> (String, Vec<String>) {
    set(
        place,
        &SECTION
            .replace("\"1h\"", "\"5h\"")
            .replace("after = \"5h\", say = { en = \"Last", "after = \"20h\", say = { en = \"Last"),
    );
    let (mut app, fake) = super::working(place, &[]).await;
    super::say(&app, INDIAN, "hi").await;
    app.settled().await;
    fake.next(&[act]);
    fire(&mut app, 5 * HOUR).await;
    assert_eq!(texts(&app.app.db, "state", "outbox ORDER BY id").await[1], "unsure", "{act:?}");
    app.pass(HOUR).await;
    assert_eq!(fake.came().len(), 2, "nobody is disturbed at night");
    let said = texts(&app.app.db, "state || ': ' || COALESCE(last_error, '')", "outbox ORDER BY id").await;
    let code = "COALESCE(status, '') || ' ' || COALESCE(error_code, '')";
    let of = texts(&app.app.db, code, "messages WHERE direction = 'out' AND status = 'failed'").await;
    (said[1].clone(), of)
}

async fn one_that_had_left_before_its_hours_were_over_has_not_failed(place: Place) {
    let (said, failed) = doubted(&place, Act::TakeAndTimeOut).await;
    assert!(said.starts_with("sent: "), "{said}");
    assert_eq!(failed, Vec::<String>::new());
}

async fn one_that_had_not_left_was_not_sent(place: Place) {
    let (said, failed) = doubted(&place, Act::HangUp).await;
    assert_eq!(said, "rejected: the hours at which it may leave were over");
    assert_eq!(failed, ["failed not_sent"]);
}

async fn nothing_is_promised_where_nothing_sends(place: Place) {
    set(&place, SECTION);
    let mut app = place.app_at(&[("AB_TESTING_ENABLED", "false")], Clock::fixed(START)).await;
    app.work().await;
    app.twilio_message(INDIAN, "hi", "SM1").await.texts();
    fire(&mut app, HOUR).await;
    assert_eq!(app.count("outbox").await, 0);
    let note = texts(&app.app.db, "metadata", "behaviours WHERE action = 'silence'").await;
    assert!(note[0].contains("nothing sends messages"), "{note:?}");
}
