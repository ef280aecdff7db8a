//! Somebody is told of a follow-up that is due.

use super::verdict::Verdict;
use crate::app::App;
use crate::domain::access::Tenant;
use crate::service::lifecycle::{self, Reminder};
use crate::store::outbox::{BEHIND, Held};

/// Tells of it, where it still is to be done then.
pub(super) async fn remind(app: &App, held: &Held) -> Verdict {
    let Ok(reminder) = serde_json::from_str::<Reminder>(&held.payload) else {
        return Verdict::Rejected { reason: "what it carries cannot be read".to_owned(), code: None };
    };
    match lifecycle::remind(app, Tenant(held.tenant_id), &reminder).await {
        Ok(()) => Verdict::Sent { provider_id: None },
        Err(error) => Verdict::Again { reason: error.to_string(), at: app.clock.now() + BEHIND },
    }
}
