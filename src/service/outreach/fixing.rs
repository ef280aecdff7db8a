//! What leads say of the attempts to reach them, put right by the ledger.

use super::{changed, room};
use crate::domain::outreach::{Issue, Ledger, corrected};
use crate::service::desk::Desk;
use crate::store::db::{StoreError, Within};
use crate::store::outreach::campaigns;
use crate::store::outreach::{self as store, TrackedRow};
use std::collections::{BTreeMap, HashMap};
use tokio_util::sync::CancellationToken;

/// What is looked at.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fix {
    /// Only leads that this campaign has or has tried.
    pub campaign: Option<i64>,
    /// Nothing is changed.
    pub is_dry: bool,
    /// Only leads behind this one.
    pub after: i64,
    /// At most so many; `None`: all.
    pub most: Option<u64>,
}

/// A lead that does not agree with the ledger.
#[derive(Clone, Debug)]
pub struct Found {
    /// As it is.
    pub lead: TrackedRow,
    /// As it should be.
    pub right: TrackedRow,
    /// What is wrong.
    pub issue: Issue,
}

/// What was found, and put right.
#[derive(Clone, Debug, Default)]
pub struct Fixed {
    /// Leads that were looked at.
    pub looked_at: u64,
    /// Those that did not agree, by what was wrong.
    pub issues: BTreeMap<Issue, u64>,
    /// Those that were put right.
    pub fixed: u64,
    /// What they stand at now (or would).
    pub after: BTreeMap<String, u64>,
    /// Not all were looked at: the others are behind this lead.
    pub next: Option<i64>,
}

impl Fixed {
    /// Those that did not agree.
    pub fn found(&self) -> u64 {
        self.issues.values().sum()
    }
}

/// Whether a campaign is there, or was, and has tried somebody.
///
/// # Errors
/// Where the database does not answer.
pub async fn is_campaign(mut db: Within<'_>, id: i64) -> Result<bool, StoreError> {
    let is_there = campaigns::find(db.again(), id).await?.is_some();
    Ok(is_there || !store::page(db, Some(id), 0, 1).await?.is_empty())
}

/// Looks at all leads, and puts right what does not agree with the ledger; `told` hears of each as it goes on, and `passed` how many were
/// looked at. Done again it finds nothing.
///
/// # Errors
/// Where the database does not answer; what was put right until then stays so.
pub async fn fix(
    desk: &Desk<'_>,
    wanted: Fix,
    stopped: &CancellationToken,
    told: &mut (dyn FnMut(&Found) + Send),
    passed: &mut (dyn FnMut(u64) + Send),
) -> Result<Fixed, StoreError> {
    let mut all = Fixed::default();
    let mut after = wanted.after;
    loop {
        let limit = room(wanted.most, all.looked_at);
        let is_over = stopped.is_cancelled() || limit == 0;
        let limit = if is_over { 1 } else { limit };
        let leads = store::page(desk.db.within(desk.tenant), wanted.campaign, after, limit).await?;
        let Some(last) = leads.last() else { break };
        if is_over {
            all.next = Some(after);
            break;
        }
        after = last.id;
        all.looked_at += leads.len() as u64;
        let ids: Vec<i64> = leads.iter().map(|lead| lead.id).collect();
        let ledger = store::ledger(desk.db.within(desk.tenant), &ids).await?;
        let mut found = disagreeing(leads, &ledger);
        if !wanted.is_dry && !found.is_empty() {
            found = put_right(desk, &found).await?;
            all.fixed += found.len() as u64;
        }
        for found in &found {
            *all.issues.entry(found.issue).or_default() += 1;
            *all.after.entry(found.right.dial_status.clone().unwrap_or_default()).or_default() += 1;
            told(found);
        }
        passed(all.looked_at);
    }
    Ok(all)
}

fn disagreeing(leads: Vec<TrackedRow>, ledger: &HashMap<i64, Ledger>) -> Vec<Found> {
    let found = leads.into_iter().filter_map(|lead| {
        let (issue, said) = corrected(&lead.tracked(), &ledger.get(&lead.id).copied().unwrap_or_default())?;
        let right = lead.saying(said);
        Some(Found { lead, right, issue })
    });
    found.collect()
}

/// Looks at these again, locked, and puts them right.
async fn put_right(desk: &Desk<'_>, found: &[Found]) -> Result<Vec<Found>, StoreError> {
    let now = desk.clock.now();
    let ids: Vec<i64> = found.iter().map(|found| found.lead.id).collect();
    let mut tx = desk.db.begin().await?;
    let leads = store::lock(tx.within(desk.tenant), &ids).await?;
    let ledger = store::ledger(tx.within(desk.tenant), &ids).await?;
    let found = disagreeing(leads, &ledger);
    let changes: Vec<store::Change> =
        found.iter().map(|found| changed(&found.lead, &found.right, desk.ids.next(now))).collect();
    let by = ("status_fixed", desk.actor.user_id, desk.actor.program.as_str());
    store::change(tx.within(desk.tenant), &changes, by, now).await?;
    tx.commit().await?;
    Ok(found)
}
