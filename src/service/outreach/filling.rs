//! The hopper is kept full: leads that may be tried come into it, lane by lane, and all that were looked at know what they wait for.

use super::READY_LEASE;
use super::knowing::Own;
use super::looking::{Bench, entry, read, wait};
use crate::app::App;
use crate::domain::access::Tenant;
use crate::domain::outreach::{Gate, Lane};
use crate::store::db::StoreError;
use crate::store::outreach::campaigns::{self, CampaignRow};
use crate::store::outreach::{hopper, members};
use std::collections::HashSet;

/// Leads that are looked at in one transaction: it holds SQLite's only writer, so it has to be short.
const AT_ONCE: i64 = 500;
/// Leads that one filling looks at, for a campaign: what clocks have shut since it was looked at last is passed over in so many at most.
const AT_MOST: i64 = 20_000;
/// Leads of one transaction of a review.
const REVIEWED: i64 = 1_000;

/// What came of filling.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    /// Leads that came into the hopper.
    pub ready: u64,
    /// Leads that were looked at.
    pub looked_at: u64,
}

impl Filled {
    /// At how many leads to look for so many that are ready, in one go: a few more, since some of them may be shut by now, and as many more as
    /// turned out to be shut so far.
    fn to_look_at(self, wanted: i64) -> i64 {
        let (ready, looked_at) = (self.ready as i64, self.looked_at as i64);
        let likely = match looked_at {
            0 => wanted + wanted / 4,
            _ => wanted.saturating_mul(looked_at) / ready.max(1),
        };
        likely.saturating_add(10).min(AT_ONCE)
    }
}

impl std::ops::AddAssign for Filled {
    fn add_assign(&mut self, other: Filled) {
        self.ready += other.ready;
        self.looked_at += other.looked_at;
    }
}

impl std::fmt::Display for Filled {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} ready of {} looked at", self.ready, self.looked_at)
    }
}

/// Fills the hopper of a campaign from these lanes, up to its target.
///
/// # Errors
/// Where the database does not answer; what came in until then stays.
pub async fn fill(
    app: &App,
    tenant: Tenant,
    row: &CampaignRow,
    lanes: &[Lane],
) -> Result<Filled, StoreError> {
    let campaign = read(row)?;
    let depth = hopper::depth(app.db.within(tenant), Some(row.id)).await?;
    // Those that go before them, and they themselves: whoever was dropped does not wait until there is room for others.
    let last = lanes.iter().map(|lane| lane.place()).max().unwrap_or(0);
    let ready: i64 =
        depth.iter().filter(|row| row.state == "ready" && row.lane <= last).map(|row| row.n).sum();
    let mut wanted = campaign.settings.ready - ready;
    let mut all = Filled::default();
    let mut bench = Bench::new(app, app.db.within(tenant), &campaign).await?;
    for lane in lanes {
        while wanted > 0 && (all.looked_at as i64) < AT_MOST {
            let limit = all.to_look_at(wanted);
            let due = members::due(app.db.within(tenant), row.id, lane.place(), bench.now, limit).await?;
            let judged = bench.judged(app.db.within(tenant), &due, Own::Counts).await?;
            let mut waits = Vec::with_capacity(judged.len());
            let mut entries = Vec::new();
            let (mut persons, mut numbers) = (HashSet::new(), HashSet::new());
            for (lead, judged) in &judged {
                let mut wait = wait(lead, judged, bench.now);
                if let Some(entry) = entry(row.id, lead, judged, bench.now) {
                    // The others stay as they are, and are looked at again.
                    if entries.len() as i64 == wanted {
                        continue;
                    }
                    wait.next_at = Some(bench.now + READY_LEASE);
                    // By any of their numbers, not only by the one that is tried.
                    let own = lead.numbers.iter().chain([&entry.address]);
                    let is_first = !persons.contains(&entry.person_id)
                        && own.clone().all(|number| !numbers.contains(number));
                    if is_first {
                        persons.insert(entry.person_id);
                        numbers.extend(own.cloned());
                        entries.push(entry);
                    } else {
                        wait.gate = Some(Gate::InHand.as_str());
                    }
                }
                waits.push(wait);
            }
            let mut tx = app.db.begin().await?;
            let put = hopper::put(tx.within(tenant), &entries).await?;
            members::wait(tx.within(tenant), row.id, &waits).await?;
            tx.commit().await?;
            all += Filled { ready: put, looked_at: judged.len() as u64 };
            wanted -= put as i64;
            if (due.len() as i64) < limit || (judged.is_empty() && !due.is_empty()) {
                break;
            }
        }
    }
    metrics::counter!("leadwire_hopper_filled_total").increment(all.ready);
    Ok(all)
}

/// Looks at leads of a campaign whose settings changed since, or that came in, one transaction of them; `false`: all were looked at.
///
/// # Errors
/// Where the database does not answer.
pub async fn review(app: &App, tenant: Tenant, row: &CampaignRow) -> Result<bool, StoreError> {
    let Some(after) = row.looked_to else { return Ok(false) };
    let campaign = read(row)?;
    let mut bench = Bench::new(app, app.db.within(tenant), &campaign).await?;
    let page = members::page(app.db.within(tenant), row.id, after, REVIEWED).await?;
    let judged = bench.judged(app.db.within(tenant), &page, Own::Counts).await?;
    let waits: Vec<members::Wait> =
        judged.iter().map(|(lead, judged)| wait(lead, judged, bench.now)).collect();
    let mut tx = app.db.begin().await?;
    let to = page.last().map(|last| last.lead_id).filter(|_| page.len() as i64 == REVIEWED);
    // The campaign before its members, as the dispatcher does.
    campaigns::looked(tx.within(tenant), row.id, row.looks, after, to).await?;
    members::wait(tx.within(tenant), row.id, &waits).await?;
    tx.commit().await?;
    Ok(to.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_are_looked_at_as_are_likely_to_have_those_that_are_wanted() {
        let after = |ready, looked_at| Filled { ready, looked_at };
        assert_eq!(after(0, 0).to_look_at(100), 135);
        assert_eq!(after(90, 260).to_look_at(100), 298);
        assert_eq!(after(200, 200).to_look_at(10), 20);
        // Nobody may be called by now, or nearly nobody: as many as one transaction has.
        assert_eq!(after(0, 260).to_look_at(100), AT_ONCE);
        assert_eq!(after(1, 20_000).to_look_at(i64::MAX), AT_ONCE);
    }
}
