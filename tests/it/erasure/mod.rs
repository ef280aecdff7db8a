//! Forgetting a person.

mod logs;
mod opt_outs;
mod parents;
mod planted;
mod proof;
mod requests;
mod schema;
mod way_out;

use crate::harness::TestApp;
use crate::work::{ask, well};
use serde_json::{Value as Json, json};

/// Erases the person of a lead, as whoever has this token.
pub async fn erased(app: &TestApp, token: &str, lead: i64) -> Json {
    let form = json!({"reason": "asked", "confirm": lead});
    well(&ask(app, token, "POST", &format!("/api/v1/leads/{lead}/erase"), Some(&form)).await)
}

/// The lead of whoever wrote last.
async fn latest(app: &TestApp) -> i64 {
    crate::harness::number(&app.app.db, "SELECT MAX(id) FROM leads").await
}
