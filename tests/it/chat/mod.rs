//! The chat API: a session from its first request to its last.

mod analytics;
mod bounds;
mod conversation;
mod document;
mod experiments;
mod leads;
mod limits;
mod refusals;
mod repeats;

use crate::harness::TestApp;
use serde_json::{Value as Json, json};

/// Begins a session and gives its id.
async fn begin(app: &TestApp) -> String {
    let started = app.post_json("/api/session/start", &json!({})).await.ok();
    started["session_id"].as_str().unwrap().to_owned()
}

/// Says something to the open question.
async fn say(app: &TestApp, session: &str, text: &str) -> Json {
    app.post_json("/api/answer", &json!({"session_id": session, "answer_text": text})).await.ok()
}

/// Answers everything the shop asks; a lead of 80 points.
async fn complete(app: &TestApp, session: &str) -> Json {
    let mut last = Json::Null;
    for text in ["yes", "Restaurant", "Pune", "Billing, Loyalty", "asha@example.com", "Book a demo"] {
        last = say(app, session, text).await;
    }
    last
}
