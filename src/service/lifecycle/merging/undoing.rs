//! A merge is undone: what went from the other lead goes back, as far as it is still there.

use super::super::{Actor, Hand, Refused, record, retried};
use super::{Moved, both, learning, persons};
use crate::app::App;
use crate::domain::access::Tenant;
use crate::store::db::StoreError;
use crate::store::leads::{self, LeadRow};
use crate::store::merges::{self, MergeRow};
use crate::store::outreach::{hopper, members};
use serde_json::json;

/// Undoes a merge: both leads and both persons are what they were. What came since stays with the lead that stayed, and an opt-out with
/// both persons. Campaigns that the lead came into by the merge it leaves.
///
/// # Errors
/// See [`Refused`]: above all where the lead that stayed was merged itself since.
pub async fn undo(
    app: &App,
    tenant: Tenant,
    actor: &Actor,
    merge_id: i64,
    reason: &str,
) -> Result<(MergeRow, LeadRow), Refused> {
    retried(|| try_undo(app, tenant, actor, merge_id, reason)).await
}

async fn try_undo(
    app: &App,
    tenant: Tenant,
    actor: &Actor,
    merge_id: i64,
    reason: &str,
) -> Result<(MergeRow, LeadRow), Refused> {
    let now = app.clock.now();
    let hand = Hand { ids: &app.ids, tenant, actor, now };
    let mut tx = app.db.begin().await?;
    let merge = merges::find(tx.within(tenant), merge_id).await?.ok_or(Refused::Missing("merge"))?;
    let whose = merge.other_person_id;
    let (mut lead, mut other) = both(&mut tx, hand, (merge.lead_id, merge.other_id), &[whose]).await?;
    if let Some(into) = lead.merged_into {
        return Err(Refused::Settled(format!(
            "{} was merged into the lead {into} since: undo that before",
            lead.id
        )));
    }
    if let Some(later) = merges::later(tx.within(tenant), lead.person_id, merge.id).await? {
        return Err(Refused::Settled(format!("more was merged since: undo the merge {later} before")));
    }
    if !merges::close(tx.within(tenant), merge.id, now).await? {
        return Err(Refused::Settled("it was undone before".to_owned()));
    }
    let moved: Moved = serde_json::from_str(&merge.moved)
        .map_err(|source| StoreError::Corrupt { column: "merges.moved", source: source.into() })?;
    // The hopper before what leads' triggers write of campaigns, as whoever dispatches does.
    for campaign in &moved.campaigns {
        hopper::take_back(tx.within(tenant), *campaign, lead.id).await?;
        members::remove(tx.within(tenant), *campaign, lead.id).await?;
    }
    let back = persons::part(&mut tx, tenant, (&lead, &other), whose, &moved).await?;
    other.person_id = whose;
    learning::forget(&mut tx, tenant, (&lead, &other), &moved, (&back, merge.created_at)).await?;
    // Read again, without what it has forgotten.
    lead = leads::lock(tx.within(tenant), lead.id).await?.ok_or(Refused::Missing("lead"))?;
    learning::empty(&mut lead, &other, &moved.filled);
    lead.is_active &= !moved.was_aside;
    let was = lead.status.clone();
    // What people did with it since is not undone.
    if let Some(status) = moved.status.filter(|_| lead.status_at == Some(merge.created_at)) {
        lead.status = status;
        lead.status_at = Some(now);
        lead.proposal = None;
    }
    let detail = json!({ "merge_id": merge.id, "other_lead_id": other.id });
    record(&mut tx, hand, &mut lead, &was, ("merge_undone", Some(reason), &detail)).await?;
    other.merged_into = None;
    other.is_active = moved.was_active;
    let was = other.status.clone();
    let detail = json!({ "merge_id": merge.id, "from": lead.id });
    record(&mut tx, hand, &mut other, &was, ("merge_undone", Some(reason), &detail)).await?;
    tx.commit().await?;
    Ok((MergeRow { undone_at: Some(now), moved: "{}".to_owned(), ..merge }, lead))
}
