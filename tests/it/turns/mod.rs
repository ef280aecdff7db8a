//! Turns at the level of the running server: what repeats, what comes at once, who is who, what they may be sent.

mod consent;
mod languages;
mod leads;
mod order;
mod persons;
mod poison;
mod refusals;
mod repeats;
mod rest;
mod score;
mod statuses;
mod versions;

use crate::harness::{Place, TestApp};
pub use order::all;

/// Somebody's phone.
const ASHA: &str = "+14155550123";
/// Texts of the shop's questions, without experiments.
const GREETING: &str = "Welcome! May I ask a few questions?";
const BUSINESS: &str = "What type of business do you run?\n1. Restaurant\n2. Retail Store";
const CITY: &str = "Which city are you in?";

/// A server whose texts do not depend on who asks.
async fn plain_app(place: &Place) -> TestApp {
    place.app_with(&[("AB_TESTING_ENABLED", "false")]).await
}

/// Says something by phone under a new message id, and gives the texts that come back.
async fn say(app: &TestApp, from: &str, text: &str) -> Vec<String> {
    app.twilio_message(from, text, &format!("SM{}", leadwire::ids::secret())).await.texts()
}

/// Answers everything the shop asks.
async fn complete(app: &TestApp, from: &str) -> Vec<String> {
    let mut last = vec![];
    for text in ["hi", "yes", "Restaurant", "Pune", "Billing, Loyalty", "asha@example.com", "Book a demo"] {
        last = say(app, from, text).await;
    }
    last
}
