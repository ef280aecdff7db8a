//! Why a lead is tried next, or is not: gate by gate; and of a campaign, for what how many of its leads wait.

use super::bounds::Bounds;
use super::knowing::Own;
use super::looking::{Bench, read};
use crate::app::App;
use crate::clock::Millis;
use crate::domain::access::Tenant;
use crate::domain::channel::Channel;
use crate::domain::outreach::{Gate, Lane, Stand, Verdict};
use crate::store::db::StoreError;
use crate::store::outreach::campaigns::{self, CampaignRow};
use crate::store::outreach::members::{self, MemberRow};
use std::collections::BTreeMap;

/// Leads that are looked at together.
const AT_ONCE: i64 = 1_000;

/// A gate, and how a lead stands to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// Which.
    pub gate: Gate,
    /// How it stands.
    pub stand: Stand,
    /// Its rule, and what it found.
    pub words: String,
}

/// Why a lead is tried by a campaign, or is not.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The campaign.
    pub campaign: CampaignRow,
    /// Whether the lead is in it.
    pub is_member: bool,
    /// Its gates.
    pub gates: Vec<Explained>,
    /// Where it waits.
    pub lane: Lane,
    /// By what it would be tried next.
    pub channel: Option<Channel>,
    /// What they come to.
    pub verdict: Verdict,
    /// That in words.
    pub why: String,
    /// When it was asked.
    pub at: Millis,
}

/// Explains a lead to a campaign; `None`: there is no such lead.
///
/// # Errors
/// Where the database does not answer.
pub async fn explain(
    app: &App,
    tenant: Tenant,
    row: CampaignRow,
    lead_id: i64,
) -> Result<Option<Explanation>, StoreError> {
    let campaign = read(&row)?;
    let member = members::of(app.db.within(tenant), row.id, &[lead_id]).await?.into_iter().next();
    let is_member = member.is_some();
    let member = member.unwrap_or(MemberRow {
        lead_id,
        step: 0,
        tries: 0,
        lane: Lane::New.place(),
        next_at: None,
        gate: None,
        stirred: 0,
    });
    let mut bench = Bench::new(app, app.db.within(tenant), &campaign).await?;
    let judged = bench.judged(app.db.within(tenant), &[member], Own::Counts).await?;
    let Some((lead, judged)) = judged.into_iter().next() else { return Ok(None) };
    let gates = judged.findings.iter().map(|found| Explained {
        gate: found.gate,
        stand: found.stand,
        words: bench.words(found.gate, &lead, &judged),
    });
    Ok(Some(Explanation {
        is_member,
        gates: gates.collect(),
        lane: judged.lane,
        channel: judged.step.and_then(|step| campaign.settings.steps.get(step)).map(|step| step.channel),
        verdict: judged.verdict,
        why: bench.why(&judged),
        at: bench.now,
        campaign: row,
    }))
}

/// Explains a lead to this campaign, or to each it is in, the newest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn explain_all(
    app: &App,
    tenant: Tenant,
    lead_id: i64,
    campaign: Option<i64>,
) -> Result<Vec<Explanation>, StoreError> {
    let ids = match campaign {
        Some(id) => vec![id],
        None => members::campaigns_of(app.db.within(tenant), lead_id).await?,
    };
    let mut all = Vec::new();
    for id in ids {
        let Some(row) = campaigns::find(app.db.within(tenant), id).await? else { continue };
        all.extend(explain(app, tenant, row, lead_id).await?);
    }
    Ok(all)
}

/// For what leads of a campaign wait.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rolled {
    /// All of them.
    pub leads: u64,
    /// Those that may be tried now.
    pub now: u64,
    /// Those that wait for time alone, by the gate that is shut the longest, with the earliest instant at which one opens.
    pub later: BTreeMap<Gate, (u64, Millis)>,
    /// Those that wait for something else.
    pub shut: BTreeMap<Gate, u64>,
    /// Attempts that are left at most by each of the campaign's steps, of those that may be tried now or wait for time alone.
    pub left: Vec<u64>,
}

impl Rolled {
    fn add(&mut self, verdict: Verdict) {
        self.leads += 1;
        match verdict {
            Verdict::Now { .. } => self.now += 1,
            Verdict::At(at, gate) => {
                let (n, first) = self.later.entry(gate).or_insert((0, at));
                (*n, *first) = (*n + 1, at.min(*first));
            }
            Verdict::Not(gate) => *self.shut.entry(gate).or_default() += 1,
        }
    }
}

/// Looks at leads of a campaign, as far as the bounds go, as they are at this moment; `told` hears how many were looked at. Whether there are
/// more of them.
///
/// # Errors
/// Where the database does not answer.
pub async fn roll_up_to(
    app: &App,
    tenant: Tenant,
    row: &CampaignRow,
    bounds: Bounds,
    told: &mut (dyn FnMut(u64) + Send),
) -> Result<(Rolled, bool), StoreError> {
    let campaign = read(row)?;
    let mut bench = Bench::new(app, app.db.within(tenant), &campaign).await?;
    let mut rolled = Rolled { left: vec![0; campaign.settings.steps.len()], ..Rolled::default() };
    let mut after = 0;
    loop {
        let page = members::page(app.db.within(tenant), row.id, after, AT_ONCE).await?;
        let Some(last) = page.last() else { return Ok((rolled, false)) };
        if rolled.leads > 0 && bounds.are_reached(rolled.leads) {
            return Ok((rolled, true));
        }
        after = last.lead_id;
        for (lead, judged) in bench.judged(app.db.within(tenant), &page, Own::Counts).await? {
            if !matches!(judged.verdict, Verdict::Not(_)) {
                let left = lead.facts.left(&campaign.settings.steps);
                rolled.left.iter_mut().zip(left).for_each(|(all, left)| *all += u64::from(left));
            }
            rolled.add(judged.verdict);
        }
        told(rolled.leads);
    }
}
