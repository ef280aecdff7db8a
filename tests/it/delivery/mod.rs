//! Leads to sinks: each arrives once, whatever the sink does.

mod breaker;
mod comebacks;
mod corrections;
pub mod crm;
mod independent;
mod kinds;
mod outcomes;
mod receiver;
mod unsure;

use crate::harness::{Place, START, TestApp, texts};
use crm::{Can, Crm};
use leadwire::clock::{Clock, MINUTE};
use serde_json::json;

/// Somebody's phone.
const ASHA: &str = "+14155550123";
/// What is said at the end.
const BYE: &str = "Thank you, we will call.";

/// A server whose leads go to this CRM, on a clock that stands still; it does not work yet.
async fn idle(place: &Place, crm: &Crm, can: Can) -> TestApp {
    crm::flow(place, &["crm"]);
    with(place, &[crm.sink("crm", can)], &[]).await
}

/// A server whose leads go to this CRM, with its worker.
async fn working(place: &Place, crm: &Crm, can: Can) -> TestApp {
    let mut app = idle(place, crm, can).await;
    app.work().await;
    app
}

/// A server with these sinks and further settings.
async fn with(place: &Place, tables: &[String], further: &[(&str, &str)]) -> TestApp {
    at(place, tables, further, Clock::fixed(START)).await
}

/// The same on this clock.
async fn at(place: &Place, tables: &[String], further: &[(&str, &str)], clock: Clock) -> TestApp {
    let settings = crm::settings(&crm::write_config(place, tables));
    let mut all: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    all.extend(further);
    place.app_at(&all, clock).await
}

/// Says something by phone; the texts of the answer.
async fn say(app: &TestApp, from: &str, text: &str) -> Vec<String> {
    app.twilio_message(from, text, &format!("SM{}", leadwire::ids::secret())).await.texts()
}

/// Answers everything that is asked.
async fn complete(app: &TestApp, from: &str) {
    for text in ["hi", "Asha Rao"] {
        say(app, from, text).await;
    }
    assert_eq!(say(app, from, "Pune").await, [BYE]);
}

/// The deliveries, the oldest first: sink, state, attempts, whether the sink's id is known.
async fn deliveries(app: &TestApp) -> Vec<String> {
    let row =
        "sink || ' ' || state || ' ' || attempts || CASE WHEN sink_id IS NULL THEN '' ELSE ' known' END";
    texts(&app.app.db, row, "deliveries ORDER BY id").await
}

/// The attempts, the oldest first: what was done and what came of it.
async fn attempts(app: &TestApp) -> Vec<String> {
    let row = "action || ' ' || outcome || CASE WHEN is_repeat THEN ' again' ELSE '' END";
    texts(&app.app.db, row, "delivery_attempts ORDER BY id").await
}

/// Lets so much time pass that whatever waits is tried again, a few times.
async fn wait(app: &mut TestApp) {
    for _ in 0..4 {
        app.pass(2 * MINUTE).await;
    }
}

/// The alerts that hold.
async fn alerts(app: &TestApp) -> Vec<String> {
    texts(&app.app.db, "name", "alerts WHERE cleared_at IS NULL ORDER BY name").await
}

/// Answers everything by chat; the session.
async fn chat(app: &TestApp) -> String {
    let started = app.post_json("/api/session/start", &json!({})).await.ok();
    let session = started["session_id"].as_str().unwrap().to_owned();
    for text in ["Asha Rao", "Pune"] {
        app.post_json("/api/answer", &json!({"session_id": session, "answer_text": text})).await.ok();
    }
    session
}

/// Reports what the person of a session did.
async fn behave(app: &TestApp, session: &str, action: &str) {
    app.post_json("/api/behavior", &json!({"session_id": session, "action": action})).await.ok();
}
