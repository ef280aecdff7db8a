//! Replies that are kept for repeats, and for how long.

use crate::harness::{Place, Reply, TestApp};
use leadwire::channels::twilio;
use leadwire::clock::{DAY, HOUR};
use leadwire::service::retention;
use serde_json::json;
use tokio_util::sync::CancellationToken;

on_both! {
    old_replies_are_forgotten_and_repeats_of_them_change_nothing,
    a_long_conversation_keeps_its_young_replies,
    nothing_is_forgotten_once_the_server_stops,
}

async fn sweep(app: &TestApp) {
    retention::forget_replies(&app.app, 2, &CancellationToken::new()).await.unwrap();
}

async fn kept(app: &TestApp) -> i64 {
    app.count("messages WHERE reply IS NOT NULL").await
}

async fn keyed(app: &TestApp, session: &str, key: &str) -> Reply {
    let body = json!({"session_id": session, "answer_text": "yes"});
    app.send(app.request("POST", "/api/answer").header("idempotency-key", key).json(&body)).await
}

async fn old_replies_are_forgotten_and_repeats_of_them_change_nothing(place: Place) {
    let app = place.app().await;
    for n in 0..5 {
        app.twilio_message(&format!("+1555123000{n}"), "demo", &format!("SM-{n}")).await;
        app.clock.advance(1);
    }
    let started = app.post_json("/api/session/start", &json!({})).await.ok();
    let session = started["session_id"].as_str().unwrap();
    keyed(&app, session, "key").await.ok();
    app.clock.advance(8 * DAY - HOUR);
    app.twilio_message("+15551230009", "demo", "SM-young").await;
    sweep(&app).await;
    assert_eq!(kept(&app).await, 7, "not yet");
    app.clock.advance(2 * HOUR);
    sweep(&app).await;
    assert_eq!(kept(&app).await, 1, "the young one");

    let before = app.stored().await;
    let again = app.twilio_message("+15551230003", "demo", "SM-3").await;
    assert_eq!((again.status, again.body.as_str()), (200, twilio::EMPTY));
    let late = keyed(&app, session, "key").await;
    assert_eq!(late.status, 409, "{late:?}");
    assert_eq!(late.json()["type"], "/problems/answered-long-ago");
    let young = app.twilio_message("+15551230009", "demo", "SM-young").await;
    assert!(young.body.contains("<Message"), "{young:?}");
    assert_eq!(app.stored().await, before);
}

async fn a_long_conversation_keeps_its_young_replies(place: Place) {
    let app = place.app().await;
    app.twilio_message("+15551230001", "demo", "SM-1").await;
    app.clock.advance(9 * DAY);
    app.twilio_message("+15551230001", "yes", "SM-2").await;
    sweep(&app).await;
    assert_eq!(kept(&app).await, 1);
    let again = app.twilio_message("+15551230001", "yes", "SM-2").await;
    assert!(again.body.contains("<Message"), "{again:?}");
}

async fn nothing_is_forgotten_once_the_server_stops(place: Place) {
    let app = place.app().await;
    app.twilio_message("+15551230001", "demo", "SM-1").await;
    app.clock.advance(9 * DAY);
    let stopped = CancellationToken::new();
    stopped.cancel();
    retention::forget_replies(&app.app, 2, &stopped).await.unwrap();
    assert_eq!(kept(&app).await, 1);
}
