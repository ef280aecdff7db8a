//! Attempts of campaigns: calls are looked at once more before they are made, and messages are written.

use super::verdict::Verdict;
use crate::app::App;
use crate::domain::access::Tenant;
use crate::domain::outreach::{Came, Said, came_of};
use crate::domain::sending::DispatchKind;
use crate::service::outreach;
use crate::store::db::StoreError;
use crate::store::outbox::{self, BEHIND, Held};
use crate::store::outreach::{AttemptRow, Learnt, find, learn};

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
    let going = async {
        let attempt = find(app.db.within(tenant), attempt).await?;
        if let Some(sent) = known(attempt.as_ref()) {
            return Ok(Some(sent));
        }
        let goes = match &attempt {
            Some(attempt) => outreach::going(app, tenant, attempt).await?.is_some(),
            None => false,
        };
        let refused =
            || Verdict::Rejected { reason: "the lead may not be called any more".to_owned(), code: None };
        Ok((!goes).then(refused))
    };
    going.await.unwrap_or_else(|error: StoreError| {
        Some(Verdict::Again { reason: error.to_string(), at: app.clock.now() + BEHIND })
    })
}

/// The call of an attempt that may have been made: where something was heard of it, it was. Else its campaign asks the network what came of
/// it when it is due, and nobody has to decide. `None`: it is no attempt's.
///
/// # Errors
/// Where the database does not answer.
pub(super) async fn unsure(app: &App, held: &Held) -> Result<Option<Verdict>, StoreError> {
    let Some((tenant, attempt)) = call_of(held) else { return Ok(None) };
    let asked = || Verdict::Rejected {
        reason: "it may have been made; its campaign asks the network what came of it".to_owned(),
        code: None,
    };
    let attempt = find(app.db.within(tenant), attempt).await?;
    Ok(Some(known(attempt.as_ref()).unwrap_or_else(asked)))
}

/// A call that the network has spoken of was made.
fn known(attempt: Option<&AttemptRow>) -> Option<Verdict> {
    let id = attempt?.provider_id.clone()?;
    Some(Verdict::Sent { provider_id: Some(id) })
}

/// What became of a job is the attempt's; one that may have been made is waited for.
pub(super) async fn became(app: &App, held: &Held, verdict: &Verdict) -> Result<(), StoreError> {
    let Some((tenant, attempt)) = call_of(held) else { return Ok(()) };
    let came = match verdict {
        Verdict::Sent { provider_id } => {
            let learnt = Learnt { provider_id: provider_id.clone(), ..Learnt::default() };
            return learn(app.db.within(tenant), attempt, &learnt).await;
        }
        Verdict::Rejected { code: Some(code), .. } | Verdict::OptedOut { code: Some(code) } => {
            came_of(Said::Refused { code }).unwrap_or(Came::Failed)
        }
        Verdict::Dead { .. } => Came::Failed,
        // It was us.
        Verdict::Rejected { .. } | Verdict::OptedOut { .. } => Came::Cancelled,
        _ => return Ok(()),
    };
    // One that may have been made, also before somebody let it be tried again, is not taken back, whatever keeps it from being made now: its
    // report says what came of it, or the network does when it is asked.
    if held.is_unsure() || was_unsure(app, held).await? {
        return Ok(());
    }
    outreach::not_left(app, tenant, attempt, came).await
}

async fn was_unsure(app: &App, held: &Held) -> Result<bool, StoreError> {
    Ok(outbox::find(&app.db, held.tenant_id, held.id).await?.is_some_and(|row| row.unsure))
}
