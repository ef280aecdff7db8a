//! What happened to a lead, the newest first: what was done with it, what was said, earned and delivered, and when it was tried
//! to reach them.

use super::Refused;
use crate::clock::Millis;
use crate::domain::access::Tenant;
use crate::store::db::Db;
use crate::store::leads::{self, AttemptRow, AuditRow, LeadRow, LedgerRow, SaidRow};
use crate::store::outreach;

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Happened {
    /// Somebody did something with the lead.
    Done(AuditRow),
    /// Somebody said something.
    Said(SaidRow),
    /// The score changed.
    Earned(LedgerRow),
    /// It was tried to deliver the lead.
    Tried(AttemptRow),
    /// It was tried to reach them.
    Reached(outreach::AttemptRow),
}

impl Happened {
    /// When.
    pub fn at(&self) -> Millis {
        match self {
            Happened::Done(row) => row.created_at,
            Happened::Said(row) => row.created_at,
            Happened::Earned(row) => row.created_at,
            Happened::Tried(row) => row.created_at,
            Happened::Reached(row) => row.began_at,
        }
    }
}

/// So many of each are read at least: more than can happen at one instant, so that an instant is always read whole.
const AT_ONCE: i64 = 200;

/// What happened to a lead before `before`, the newest first; about `limit`, and all of the last instant it tells of, so that the next
/// page can begin before that; and whether there is more.
///
/// # Errors
/// Where the database does not answer.
pub async fn timeline(
    db: &Db,
    tenant: Tenant,
    lead: &LeadRow,
    before: Millis,
    limit: i64,
) -> Result<(Vec<Happened>, bool), Refused> {
    let talks = leads::talks(db.within(tenant), (lead.person_id, lead.id)).await?;
    let most = limit + AT_ONCE;
    let done = leads::audit(db.within(tenant), lead.id, before, most).await?;
    let said = leads::messages(db.within(tenant), &talks, before, most).await?;
    let earned = leads::score_ledger(db.within(tenant), &talks, before, most).await?;
    let tried = leads::attempts(db.within(tenant), lead.id, before, most).await?;
    let reached = outreach::of_lead(db.within(tenant), lead.id, before, most).await?;
    let kinds: [Vec<Happened>; 5] = [
        done.into_iter().map(Happened::Done).collect(),
        said.into_iter().map(Happened::Said).collect(),
        earned.into_iter().map(Happened::Earned).collect(),
        tried.into_iter().map(Happened::Tried).collect(),
        reached.into_iter().map(Happened::Reached).collect(),
    ];
    // Where there may be more of a kind, its last instant may be cut: it belongs to the next page.
    let cut = kinds
        .iter()
        .filter(|kind| kind.len() as i64 == most)
        .filter_map(|kind| kind.last())
        .map(Happened::at)
        .max();
    let mut all: Vec<Happened> =
        kinds.into_iter().flatten().filter(|happened| cut.is_none_or(|cut| happened.at() > cut)).collect();
    all.sort_by_key(|happened| std::cmp::Reverse(happened.at()));
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut is_cut = cut.is_some();
    if let Some(last) = all.get(limit.saturating_sub(1)).map(Happened::at) {
        let end = all.iter().position(|happened| happened.at() < last).unwrap_or(all.len());
        is_cut |= end < all.len();
        all.truncate(end);
    }
    Ok((all, is_cut))
}
