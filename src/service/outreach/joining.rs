//! Leads come into campaigns: those of its segments, as long as it runs, and those that are added by hand. Once in it, a lead stays, whatever
//! becomes of the segment: its own gates say what may be done.

use super::bounds::Bounds;
use super::looking::read;
use crate::app::App;
use crate::domain::access::Tenant;
use crate::service::segments::Asked;
use crate::store::db::StoreError;
use crate::store::leads::{self, Filter};
use crate::store::outreach::campaigns::CampaignRow;
use crate::store::outreach::members;
use crate::store::segments;
use std::collections::HashSet;

/// Leads of one transaction.
const AT_ONCE: i64 = 1_000;

/// Which leads a segment has; `None`: none, or there is no such segment any more.
///
/// # Errors
/// Where the database does not answer.
pub async fn filter(app: &App, tenant: Tenant, segment: i64) -> Result<Option<Filter>, StoreError> {
    let Some(row) = segments::find(app.db.within(tenant), segment).await? else { return Ok(None) };
    // What cannot be read, or cannot be asked any more, has no leads: never all of them.
    let Ok(asked) = serde_json::from_str::<Asked>(&row.filter) else { return Ok(None) };
    Ok(asked.filter(tenant, &app.center(tenant.0).zone, row.created_by).unwrap_or_default())
}

/// Takes the leads of a campaign's segments into it; how many were not in it. With `new_alone` only the newest are looked at, as far as
/// whole pages of them are new.
///
/// # Errors
/// Where the database does not answer; whoever came in until then stays.
pub async fn join(app: &App, tenant: Tenant, row: &CampaignRow, new_alone: bool) -> Result<u64, StoreError> {
    take_in(app, tenant, row, |page| page.added == 0 && new_alone).await.map(|(added, _)| added)
}

/// Takes the newest leads of a campaign's segments into it, of each as far as the bounds go; whether there are more.
///
/// # Errors
/// Where the database does not answer; whoever came in until then stays.
pub async fn join_newest(
    app: &App,
    tenant: Tenant,
    row: &CampaignRow,
    bounds: Bounds,
) -> Result<bool, StoreError> {
    take_in(app, tenant, row, |page| bounds.are_reached(page.seen)).await.map(|(_, has_more)| has_more)
}

/// A page of a segment's leads that was taken in.
struct Page {
    /// Leads of the segment that were looked at so far.
    seen: u64,
    /// Those of this page that were not in the campaign.
    added: u64,
}

/// Takes leads in, page by page of each segment, until `is_enough`; how many came in, and whether that left some out.
async fn take_in(
    app: &App,
    tenant: Tenant,
    row: &CampaignRow,
    is_enough: impl Fn(&Page) -> bool,
) -> Result<(u64, bool), StoreError> {
    let campaign = read(row)?;
    let (mut all, mut has_more) = (0, false);
    for segment in &campaign.settings.segments {
        let Some(filter) = filter(app, tenant, *segment).await? else { continue };
        let (mut before, mut seen) = (i64::MAX, 0);
        loop {
            let ids = leads::list_ids(&app.db, tenant, &filter, before, AT_ONCE).await?;
            let Some(last) = ids.last() else { break };
            before = *last;
            seen += ids.len() as u64;
            // Most are in it already: where all are, nothing is written, and SQLite's only writer is not waited for.
            let known = members::of(app.db.within(tenant), row.id, &ids).await?;
            let known: HashSet<i64> = known.into_iter().map(|member| member.lead_id).collect();
            let new: Vec<i64> = ids.iter().copied().filter(|id| !known.contains(id)).collect();
            let added = match new.is_empty() {
                true => 0,
                false => members::add(app.db.within(tenant), row.id, &new, app.clock.now()).await?,
            };
            all += added;
            if (ids.len() as i64) < AT_ONCE {
                break;
            }
            if is_enough(&Page { seen, added }) {
                has_more = true;
                break;
            }
        }
    }
    Ok((all, has_more))
}
