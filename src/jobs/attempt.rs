//! Attempts of campaigns: calls are looked at once more before they are made, and messages are written.

use super::verdict::Verdict;
use crate::app::App;
use crate::domain::access::Tenant;
use crate::domain::sending::DispatchKind;
use crate::service::outreach;
use crate::store::db::StoreError;
use crate::store::outbox::{BEHIND, Held};
use crate::store::outreach::{Learnt, learn};

/// The attempt whose call a job makes; `None`: it makes none, or nobody's.
fn call_of(held: &Held) -> Option<(Tenant, i64)> {
    let is_attempt =
        held.kind == DispatchKind::TwilioCall.as_str() && held.conversation_id == 0 && held.seq != 0;
    is_attempt.then_some((Tenant(held.tenant_id), held.seq))
}

/// Writes to a lead.
pub(super) async fn write(app: &App, held: &Held) -> Verdict {
    let payload: serde_json::Value = serde_json::from_str(&held.payload).unwrap_or_default();
    // One that says nothing of it was written by nobody, and goes to nobody.
    let until = payload["until"].as_i64().unwrap_or(0);
    match outreach::write(app, Tenant(held.tenant_id), held.seq, until).await {
        Ok(()) => Verdict::Sent { provider_id: None },
        Err(error) => Verdict::Again { reason: error.to_string(), at: app.clock.now() + BEHIND },
    }
}

/// Why the call of an attempt is not made, if it is not.
pub(super) async fn refusal(app: &App, held: &Held) -> Option<Verdict> {
    let (tenant, attempt) = call_of(held).filter(|_| !held.is_unsure())?;
    match outreach::going(app, tenant, attempt).await {
        Ok(Some(_)) => None,
        Ok(None) => {
            Some(Verdict::Rejected { reason: "the lead may not be called any more".to_owned(), code: None })
        }
        Err(error) => Some(Verdict::Again { reason: error.to_string(), at: app.clock.now() + BEHIND }),
    }
}

/// What became of a job is the attempt's; one that may have been made is waited for.
pub(super) async fn became(app: &App, held: &Held, verdict: &Verdict) -> Result<(), StoreError> {
    let Some((tenant, attempt)) = call_of(held) else { return Ok(()) };
    match verdict {
        // One that may have been made is not taken back, whatever keeps it from being made now: its report says what came of it, or
        // the provider does when it is asked.
        Verdict::Rejected { .. } | Verdict::OptedOut { .. } if held.is_unsure() => Ok(()),
        Verdict::Sent { provider_id } => {
            let learnt = Learnt { provider_id: provider_id.clone(), ..Learnt::default() };
            learn(app.db.within(tenant), attempt, &learnt).await
        }
        Verdict::Rejected { code, .. } | Verdict::OptedOut { code } => {
            outreach::not_left(app, tenant, attempt, code.is_some()).await
        }
        Verdict::Dead { .. } if !held.is_unsure() => outreach::not_left(app, tenant, attempt, true).await,
        _ => Ok(()),
    }
}
