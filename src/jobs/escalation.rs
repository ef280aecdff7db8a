//! Nobody claimed a lead: the next list is told.

use super::notice::Carried;
use super::verdict::Verdict;
use crate::app::App;
use crate::domain::access::Tenant;
use crate::store::db::StoreError;
use crate::store::outbox::{BEHIND, Held};
use crate::store::{leads, notices};

/// Longer chains of lists that are told are a circle.
const MOST_LEVELS: i64 = 5;

/// Tells the next list where nobody has claimed the lead by now.
pub(super) async fn escalate(app: &App, held: &Held) -> Verdict {
    match try_escalate(app, held).await {
        Ok(()) => Verdict::Sent { provider_id: None },
        Err(error) => Verdict::Again { reason: error.to_string(), at: app.clock.now() + BEHIND },
    }
}

async fn try_escalate(app: &App, held: &Held) -> Result<(), StoreError> {
    let Ok(Carried { notice }) = serde_json::from_str(&held.payload) else { return Ok(()) };
    let Some(told) = notices::find(&app.db, held.tenant_id, notice).await? else { return Ok(()) };
    let now = app.clock.now();
    if notices::is_claimed(told.claimed_at, now) || told.level + 1 >= MOST_LEVELS {
        return Ok(());
    }
    let list = app.lists.get(held.tenant_id, &told.list);
    let Some(next) = list.and_then(|list| list.escalates.as_ref()) else { return Ok(()) };
    let Some(to) = app.lists.get(held.tenant_id, &next.to) else { return Ok(()) };
    let at = to.quiet.as_ref().and_then(|quiet| quiet.until(now)).unwrap_or(now);
    // Its own id, so that this job makes one notice, however often it is run.
    let (id, job_id) = (held.id, app.ids.next(now));
    let new = notices::New {
        id,
        job_id,
        list: &to.name,
        event: &told.event,
        lead_id: told.lead_id,
        conversation_id: told.conversation_id,
        content: &told.content,
        level: told.level + 1,
        at,
    };
    let mut tx = app.db.begin().await?;
    // Whoever was erased since the notice was read is told of by nobody: an erasure waits for this lock, or has been here.
    let lead = leads::lock(tx.within(Tenant(held.tenant_id)), told.lead_id).await?;
    if lead.is_some_and(|lead| lead.erased_at.is_some()) {
        return Ok(());
    }
    if !notices::tell(&mut tx, held.tenant_id, &new, now).await? {
        return Ok(());
    }
    if let Some(after) = &to.escalates {
        let job = (app.ids.next(now), "escalation");
        notices::job(
            &mut tx,
            held.tenant_id,
            job,
            (id, &to.name),
            told.conversation_id,
            (at + after.after_ms, now),
        )
        .await?;
    }
    tx.commit().await?;
    metrics::counter!("leadwire_escalations_total").increment(1);
    app.handover.wake();
    Ok(())
}
