//! A call that was agreed in a conversation is written down.

use super::verdict::Verdict;
use crate::app::App;
use crate::domain::access::Tenant;
use crate::service::outreach;
use crate::store::outbox::{BEHIND, Held};
use crate::turns::Agreed;

/// Writes it down.
pub(super) async fn agree(app: &App, held: &Held) -> Verdict {
    let Ok(agreed) = serde_json::from_str::<Agreed>(&held.payload) else {
        return Verdict::Rejected { reason: "what it carries cannot be read".to_owned(), code: None };
    };
    let place = (held.conversation_id, held.seq);
    match outreach::agree(app, Tenant(held.tenant_id), agreed.lead_id, place, &agreed.callback_at).await {
        Ok(true) => Verdict::Sent { provider_id: None },
        Ok(false) => Verdict::Rejected { reason: "that is no time to come".to_owned(), code: None },
        Err(error) => Verdict::Again { reason: error.to_string(), at: app.clock.now() + BEHIND },
    }
}
