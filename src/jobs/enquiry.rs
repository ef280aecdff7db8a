//! A conversation becomes an enquiry: the child, its number, the discovery form.

use super::verdict::Verdict;
use crate::app::App;
use crate::clock::MINUTE;
use crate::domain::access::Tenant;
use crate::domain::backoff::{self, MOST_ATTEMPTS};
use crate::service::lifecycle::{self, Refused};
use crate::store::outbox::Held;
use crate::turns::Captured;

/// Enters it; what was entered before is corrected.
pub(super) async fn enter(app: &App, held: &Held) -> Verdict {
    let Ok(captured) = serde_json::from_str::<Captured>(&held.payload) else {
        return Verdict::Rejected { reason: "what it carries cannot be read".to_owned(), code: None };
    };
    let lead_id = captured.lead_id;
    match lifecycle::capture(app, Tenant(held.tenant_id), (lead_id, held.conversation_id), &captured.fields)
        .await
    {
        Ok(()) => Verdict::Sent { provider_id: None },
        Err(Refused::Store(error)) if held.attempts < MOST_ATTEMPTS => {
            let wait = backoff::wait(held.attempts, super::send::dice()).min(MINUTE);
            Verdict::Again { reason: error.to_string(), at: app.clock.now() + wait }
        }
        Err(refused) => Verdict::Dead { reason: refused.to_string(), code: None },
    }
}
