//! What is answered on WhatsApp leaves by the outbox, as the 24-hour window allows.

use super::{SETTINGS, messages, say, text};
use crate::harness::{Place, START, TestApp, texts};
use crate::outbox::fake::{Act, Fake};
use leadwire::clock::{Clock, DAY, HOUR, MINUTE};
use serde_json::{Value as Json, json};

on_both! {
    an_answer_leaves_with_read_beside_it,
    outside_the_window_it_waits_until_the_person_writes,
    outside_the_window_the_template_goes_in_its_place,
    an_old_and_a_new_message_of_one_post,
    what_nobody_comes_back_for_is_given_up,
    whoever_opted_out_at_meta_has_opted_out_here,
    a_status_settles_what_was_unsure,
    reading_is_not_told_again,
}

async fn working(place: &Place, further: &[(&str, &str)]) -> (TestApp, Fake) {
    let fake = Fake::start().await;
    let own = [("WHATSAPP_API_BASE", fake.url.as_str()), ("ALLOW_PRIVATE_ADDRESSES", "127.0.0.1")];
    let settings: Vec<(&str, &str)> = SETTINGS.iter().chain(&own).chain(further).copied().collect();
    let mut app = place.app_at(&settings, Clock::fixed(START)).await;
    app.work().await;
    (app, fake)
}

/// Without the dots, which have no place among the messages.
const QUIET: (&str, &str) = ("WHATSAPP_READ_RECEIPTS", "false");

/// A message that Meta gives us so much too late.
async fn say_late(app: &TestApp, words: &str, late: i64) {
    let mut message = text(words, &format!("wamid.{}", leadwire::ids::secret()));
    message["timestamp"] = json!(((app.clock.now() - late) / 1000).to_string());
    messages(app, vec![message]).await;
}

/// The bodies of messages that were taken, in order.
fn bodies(fake: &Fake) -> Vec<Json> {
    let came = fake.came().into_iter().filter(|came| came.sid.is_some() && came.json["status"] != "read");
    came.map(|came| came.json).collect()
}

async fn states(app: &TestApp) -> Vec<String> {
    texts(&app.app.db, "kind || ' ' || state", "outbox ORDER BY id").await
}

async fn an_answer_leaves_with_read_beside_it(place: Place) {
    let (mut app, fake) = working(&place, &[]).await;
    messages(&app, vec![text("hi", "wamid.in")]).await;
    app.settled().await;
    let came = fake.came();
    for request in &came {
        assert_eq!(request.path, "/v26.0/106540352242922/messages");
        assert_eq!(request.authorization, "Bearer EAAtest");
    }
    let read = came.iter().find(|came| came.json["status"] == "read").unwrap();
    assert_eq!(read.json["message_id"], "wamid.in");
    assert_eq!(read.json["typing_indicator"]["type"], "text");
    let sent = bodies(&fake);
    assert_eq!((sent.len(), came.len()), (1, 2), "{sent:?}");
    assert_eq!((&sent[0]["to"], &sent[0]["type"]), (&json!("16505551234"), &json!("interactive")));
    assert_eq!(states(&app).await, ["whatsapp_read sent", "whatsapp_message sent"]);
    let ids = texts(&app.app.db, "provider_id", "outbox WHERE kind = 'whatsapp_message'").await;
    assert!(ids[0].starts_with("wamid."), "{ids:?}");
}

async fn outside_the_window_it_waits_until_the_person_writes(place: Place) {
    let (mut app, fake) = working(&place, &[QUIET]).await;
    say_late(&app, "hi", DAY + HOUR).await;
    app.pass(3 * HOUR).await;
    assert_eq!(states(&app).await, ["whatsapp_message deferred"]);
    assert_eq!(texts(&app.app.db, "attempts || ''", "outbox").await, ["0"], "waiting is no try");
    let reason = texts(&app.app.db, "last_error", "outbox").await;
    assert!(reason[0].contains("24-hour window closed at 2026-01-05T09:00"), "{reason:?}");
    assert!(bodies(&fake).is_empty());
    let health = app.get("/health").await.json();
    assert_eq!(health["jobs"]["oldest_ms"], 0, "what a rule holds is not late: {health}");

    say_late(&app, "yes", 0).await;
    app.pass(MINUTE).await;
    let sent = bodies(&fake);
    assert_eq!(states(&app).await, ["whatsapp_message sent"; 2]);
    let ids: Vec<&str> = sent.iter().map(|body| body["biz_opaque_callback_data"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 2, "{sent:?}");
    assert!(ids[0] < ids[1], "in order: {ids:?}");
}

/// Meta brings what it could not bring before all at once.
async fn an_old_and_a_new_message_of_one_post(place: Place) {
    let (mut app, fake) = working(&place, &[QUIET]).await;
    let mut old = text("hi", "wamid.old");
    old["timestamp"] = json!(((START - DAY - HOUR) / 1000).to_string());
    messages(&app, vec![old, text("yes", "wamid.new")]).await;
    app.pass(MINUTE).await;
    assert_eq!(states(&app).await, ["whatsapp_message sent"; 2]);
    assert_eq!(bodies(&fake).len(), 2);
}

async fn what_nobody_comes_back_for_is_given_up(place: Place) {
    let (mut app, fake) = working(&place, &[QUIET]).await;
    say_late(&app, "hi", DAY + HOUR).await;
    for _ in 0..9 {
        app.pass(DAY).await;
    }
    assert_eq!(states(&app).await, ["whatsapp_message rejected"]);
    assert!(fake.came().is_empty());
    assert_eq!(app.get("/health").await.json()["jobs"]["dead"], 0);
}

async fn outside_the_window_the_template_goes_in_its_place(place: Place) {
    let (mut app, fake) = working(&place, &[QUIET, ("WHATSAPP_TEMPLATE", "follow_up/en_US")]).await;
    say_late(&app, "hi", DAY + HOUR).await;
    app.settled().await;
    let sent = bodies(&fake);
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0]["template"], json!({"name": "follow_up", "language": {"code": "en_US"}}));
    assert_eq!(states(&app).await, ["whatsapp_message sent"]);
}

async fn whoever_opted_out_at_meta_has_opted_out_here(place: Place) {
    let (mut app, fake) = working(&place, &[QUIET]).await;
    fake.next(&[Act::Refuse(400, 131_050)]);
    say(&app, "hi").await;
    app.settled().await;
    assert_eq!(states(&app).await, ["whatsapp_message opted_out"]);
    assert!(texts(&app.app.db, "opted_out", "persons").await[0].starts_with("whatsapp"));
    assert_eq!(app.count("messages WHERE status = 'failed' AND error_code = '131050'").await, 1);
    say(&app, "hello?").await;
    app.settled().await;
    assert_eq!(fake.came().len(), 1, "nothing more is tried");
    crate::whole::assert_whole(&app.app.db).await;
}

async fn a_status_settles_what_was_unsure(place: Place) {
    let (mut app, fake) = working(&place, &[QUIET, ("OUTGOING_TIMEOUT_SECONDS", "1")]).await;
    fake.next(&[Act::TakeAndHangUp]);
    say(&app, "hi").await;
    app.settled().await;
    assert_eq!(states(&app).await, ["whatsapp_message unsure"]);
    let came = fake.came().remove(0);
    let status = json!({
        "id": came.sid, "status": "sent", "timestamp": "1767607200", "recipient_id": super::ANA,
        "biz_opaque_callback_data": came.json["biz_opaque_callback_data"],
    });
    super::taken(&super::post(&app, &super::body(&json!({"statuses": [status]}))).await);
    app.pass(MINUTE).await;
    assert_eq!(states(&app).await, ["whatsapp_message sent"]);
    assert_eq!(fake.came().len(), 1, "Meta said that it has it");
}

async fn reading_is_not_told_again(place: Place) {
    let (mut app, fake) = working(&place, &[]).await;
    fake.always(|_| Act::Refuse(500, 2));
    say(&app, "hi").await;
    app.settled().await;
    fake.always(|_| Act::Take);
    app.pass(HOUR).await;
    assert_eq!(states(&app).await, ["whatsapp_read rejected", "whatsapp_message sent"]);
    assert_eq!(app.get("/health").await.json()["jobs"]["dead"], 0);
}
