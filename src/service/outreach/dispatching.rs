//! Leads of the hopper are tried, at the campaign's pace: an attempt begins with its job, in one transaction, after the lead was judged once
//! more.

use super::knowing::Own;
use super::looking::{Bench, entry, read, wait};
use super::{LEASE, calling, health};
use crate::app::App;
use crate::clock::{MINUTE, Millis, SECOND};
use crate::domain::access::Tenant;
use crate::domain::channel::Channel;
use crate::domain::outreach::campaign::{Campaign, State};
use crate::domain::rate::Rate;
use crate::domain::sending::DispatchKind;
use crate::store::db::{StoreError, Tx};
use crate::store::outreach::hopper::{self, Claim, HopperRow};
use crate::store::outreach::{AttemptRow, JobRow, begin, begin_jobs, campaigns, members};
use crate::store::rates;

/// Attempts of one transaction.
const AT_ONCE: i64 = 100;
/// What was judged so long ago is not tried any more: the job is let go, and the lead is looked at again.
const FRESH: Millis = 5 * MINUTE;

/// Tries leads of a campaign, as many as its pace allows now; how many.
///
/// # Errors
/// Where the database does not answer; then none was tried.
pub async fn dispatch(app: &App, tenant: Tenant, campaign_id: i64) -> Result<u64, StoreError> {
    let mut tx = app.db.begin().await?;
    // Replicas wait here for each other, so that the pace is the campaign's; and one that was paused is seen.
    let row = campaigns::lock(tx.within(tenant), campaign_id).await?;
    let Some(row) = row.filter(|row| row.state == State::Running.as_str()) else { return Ok(0) };
    let campaign = read(&row)?;
    let mut all = 0;
    for channel in [Channel::Voice, Channel::Sms, Channel::Whatsapp] {
        if campaign.settings.steps.iter().any(|step| step.channel == channel) {
            all += by(app, &mut tx, tenant, &campaign, channel).await?;
        }
    }
    tx.commit().await?;
    if all > 0 {
        app.handover.wake();
        metrics::counter!("leadwire_attempts_begun_total").increment(all);
    }
    Ok(all)
}

/// Tries leads by one channel.
async fn by(
    app: &App,
    tx: &mut Tx,
    tenant: Tenant,
    campaign: &Campaign,
    channel: Channel,
) -> Result<u64, StoreError> {
    let mut pace = Pace::of(app, tx, tenant, campaign, channel).await?;
    let limit = pace.room().min(AT_ONCE);
    if limit <= 0 {
        return Ok(0);
    }
    let ready = hopper::next(tx.within(tenant), campaign.id, channel.as_str(), limit).await?;
    if ready.is_empty() {
        return Ok(0);
    }
    let leads: Vec<i64> = ready.iter().map(|row| row.lead_id).collect();
    let members = members::of(tx.within(tenant), campaign.id, &leads).await?;
    let mut bench = Bench::new(app, tx.within(tenant), campaign).await?;
    let judged = bench.judged(tx.within(tenant), &members, Own::Taken).await?;
    let (mut tried, mut out, mut waits) = (Trials::default(), Vec::new(), Vec::new());
    let mut is_full = false;
    for row in &ready {
        // One that is in the campaign no more is simply taken out.
        let found = judged.iter().find(|(lead, _)| lead.lead_id == row.lead_id);
        let fits = found.and_then(|(lead, judged)| entry(campaign.id, lead, judged, bench.now));
        match fits.filter(|fits| fits.reaches() == row.reaches()) {
            Some(_) if is_full => {}
            Some(fits) => {
                // One finds out whether the channel works again, and the others stay ready.
                is_full = bench.is_on_trial(channel);
                if is_full && !health::probes(app, tx.within(tenant), channel, bench.now).await? {
                    continue;
                }
                pace.take();
                let number = found.and_then(|(lead, _)| lead.facts.address(channel)).unwrap_or_default();
                tried.add(app, tenant, campaign, (channel, number), &fits, bench.now);
            }
            None => {
                out.push(row.lead_id);
                waits.extend(found.map(|(lead, judged)| wait(lead, judged, bench.now)));
            }
        }
    }
    hopper::take_out(tx.within(tenant), &out).await?;
    members::wait(tx.within(tenant), campaign.id, &waits).await?;
    begin(tx.within(tenant), &tried.attempts).await?;
    begin_jobs(tx.within(tenant), &tried.jobs).await?;
    hopper::claim(tx.within(tenant), &tried.claims).await?;
    pace.keep(tx, tenant, campaign, channel).await?;
    Ok(tried.attempts.len() as u64)
}

/// What begins together.
#[derive(Debug, Default)]
struct Trials {
    attempts: Vec<AttemptRow>,
    jobs: Vec<JobRow>,
    claims: Vec<Claim>,
}

impl Trials {
    fn add(
        &mut self,
        app: &App,
        tenant: Tenant,
        campaign: &Campaign,
        (channel, number): (Channel, &str),
        row: &HopperRow,
        now: Millis,
    ) {
        let (attempt_id, job_id) = (app.ids.next(now), app.ids.next(now));
        let attempt = AttemptRow {
            id: attempt_id,
            lead_id: row.lead_id,
            person_id: row.person_id,
            campaign_id: Some(campaign.id),
            channel: row.channel.clone(),
            address: row.address.clone(),
            dialled: Some(number.to_owned()),
            step: row.step,
            job_id: Some(job_id),
            began_at: now,
            ..AttemptRow::default()
        };
        let until = row.until.min(now + FRESH);
        self.jobs.push(match channel {
            Channel::Voice => calling::job(app, tenant, campaign, &attempt, until),
            _ => JobRow {
                id: job_id,
                kind: DispatchKind::Attempt.as_str(),
                account_id: 0,
                recipient: String::new(),
                payload: serde_json::json!({ "until": until }).to_string(),
                person_id: row.person_id,
                channel: "",
                seq: attempt_id,
                // It goes to nobody itself: what the turn says does.
                unasked_until: None,
                at: now,
            },
        });
        self.claims.push(Claim { lead_id: row.lead_id, attempt_id, leased_until: now + LEASE });
        self.attempts.push(attempt);
    }
}

/// How many may begin now.
#[derive(Debug)]
struct Pace {
    rate: Rate,
    free_at_us: i64,
    now_us: i64,
    /// Calls that may be under way beside those that are; as many as anybody likes where they are messages.
    lines: i64,
}

impl Pace {
    async fn of(
        app: &App,
        tx: &mut Tx,
        tenant: Tenant,
        campaign: &Campaign,
        channel: Channel,
    ) -> Result<Pace, StoreError> {
        let pace = campaign.settings.pace;
        let free_at_us = rates::filled(tx, tenant, campaign.id, kind(channel)).await?;
        let now_us = app.clock.now() * 1_000;
        if channel != Channel::Voice {
            let every = 60 * SECOND * 1_000 / pace.messages_per_minute;
            let rate = Rate { every, burst: (pace.messages_per_minute / 60).max(1) };
            return Ok(Pace { rate, free_at_us, now_us, lines: i64::MAX });
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a pace is above 0 and up to 100, so this is 10,000 and more"
        )]
        let every = ((SECOND * 1_000) as f64 / pace.calls_per_second).min(i64::MAX as f64 / 4.0) as i64;
        #[expect(clippy::cast_possible_truncation, reason = "up to 100")]
        let burst = (pace.calls_per_second as i64).max(1);
        let depth = hopper::depth(tx.within(tenant), Some(campaign.id)).await?;
        let is_call =
            |row: &&hopper::DepthRow| row.state == "claimed" && row.channel == Channel::Voice.as_str();
        let under_way: i64 = depth.iter().filter(is_call).map(|row| row.n).sum();
        Ok(Pace { rate: Rate { every, burst }, free_at_us, now_us, lines: pace.concurrent_calls - under_way })
    }

    /// How many.
    fn room(&self) -> i64 {
        // However slow it was before it was made faster.
        let mut free_at = self.free_at_us.min(self.now_us + self.rate.every);
        let mut room = 0;
        while room < self.lines.min(AT_ONCE) {
            let (at, after) = self.rate.next(free_at, self.now_us, 1);
            if at > self.now_us {
                break;
            }
            free_at = after;
            room += 1;
        }
        room
    }

    fn take(&mut self) {
        let free_at = self.free_at_us.min(self.now_us + self.rate.every);
        self.free_at_us = self.rate.next(free_at, self.now_us, 1).1;
    }

    async fn keep(
        &self,
        tx: &mut Tx,
        tenant: Tenant,
        campaign: &Campaign,
        channel: Channel,
    ) -> Result<(), StoreError> {
        rates::fill(tx, tenant, campaign.id, kind(channel), self.free_at_us).await
    }
}

/// Calls have a schedule of their own; messages share one.
fn kind(channel: Channel) -> &'static str {
    match channel {
        Channel::Voice => "campaign_calls",
        _ => "campaign_messages",
    }
}
