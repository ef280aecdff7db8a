//! The outbox: what a turn sends leaves once, in order, however the provider answers.

mod consent;
pub mod fake;
mod fence;
mod lanes;
mod operators;
mod outcomes;
mod paces;
mod reminders;
mod sharing;
mod unsure;

use crate::harness::{OUR_NUMBER, Place, TestApp, texts};
use fake::Fake;
use leadwire::clock::Clock;

/// The account that sends.
pub const ACCOUNT: &str = "AC00000000000000000000000000000000";
/// Somebody's phone.
const ASHA: &str = "+14155550123";
const GREETING: &str = "Welcome! May I ask a few questions?";

/// Settings of a server whose replies leave by the outbox, to this provider.
pub fn settings(fake: &Fake) -> Vec<(&'static str, String)> {
    let fixed = [
        ("TWILIO_REPLIES", "api"),
        ("TWILIO_ACCOUNT_SID", ACCOUNT),
        ("TWILIO_FROM", OUR_NUMBER),
        ("TWILIO_SEGMENTS_PER_SECOND", "0"),
        ("ALLOW_PRIVATE_ADDRESSES", "127.0.0.1"),
        ("OUTGOING_TIMEOUT_SECONDS", "1"),
        ("AB_TESTING_ENABLED", "false"),
    ];
    let mut settings = fixed.map(|(name, value)| (name, value.to_owned())).to_vec();
    settings.push(("TWILIO_API_BASE", fake.url.clone()));
    settings
}

/// A server with a worker, and the provider it sends to.
async fn working(place: &Place, further: &[(&str, &str)]) -> (TestApp, Fake) {
    let fake = Fake::start().await;
    let mut app = idle(place, &fake, further).await;
    app.work().await;
    (app, fake)
}

/// A server without a worker.
async fn idle(place: &Place, fake: &Fake, further: &[(&str, &str)]) -> TestApp {
    let settings = settings(fake);
    let mut all: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    all.extend(further);
    place.app_at(&all, Clock::fixed(crate::harness::START)).await
}

/// Says something by phone; the answer to the webhook says nothing.
async fn say(app: &TestApp, from: &str, text: &str) {
    let answered = app.twilio_message(from, text, &format!("SM{}", leadwire::ids::secret())).await;
    assert_eq!(answered.texts(), Vec::<String>::new());
}

/// The jobs, the oldest first: state, attempts, repeats, doubles.
async fn jobs(app: &TestApp) -> Vec<String> {
    let row = "state || ' ' || attempts || ' ' || repeats || ' ' || doubles";
    texts(&app.app.db, row, "outbox ORDER BY id").await
}

/// One column of the only job.
async fn column(app: &TestApp, name: &str) -> String {
    let mut all = texts(&app.app.db, name, "outbox").await;
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}
