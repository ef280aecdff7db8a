//! Looking at leads of a campaign: which may be tried now, and for what the others wait.

use super::READY_LEASE;
use super::health::unwell;
use super::knowing::{KnownLead, Own, knowing};
use crate::app::App;
use crate::clock::{DAY, HOUR, Millis};
use crate::domain::channel::Channel;
use crate::domain::outreach::campaign::{Campaign, Settings, State};
use crate::domain::outreach::{
    Answered, AnsweredCalls, Gate, Hours, Judged, Regions, Setting, Unwell, Verdict, judge, verdict, words,
};
use crate::store::db::{StoreError, Within};
use crate::store::outreach::campaigns::CampaignRow;
use crate::store::outreach::hopper::HopperRow;
use crate::store::outreach::members::{MemberRow, Wait};
use crate::store::outreach::{self as store, AnsweredRow};

/// When leads are looked at again that wait for what nobody tells campaigns of.
const UNTOLD: Millis = 2 * HOUR;

/// A campaign as its row has it.
///
/// # Errors
/// Where it holds what nobody writes.
pub fn read(row: &CampaignRow) -> Result<Campaign, StoreError> {
    let corrupt = |column: &'static str, why: String| StoreError::Corrupt { column, source: why.into() };
    let settings: Settings = serde_json::from_str(&row.settings)
        .map_err(|error| corrupt("campaigns.settings", error.to_string()))?;
    let state = State::parse(&row.state).ok_or_else(|| corrupt("campaigns.state", row.state.clone()))?;
    Campaign::new(row.id, state, settings).map_err(|mistakes| {
        let first = mistakes.first().map(|mistake| format!("{} {}", mistake.pointer, mistake.words));
        corrupt("campaigns.settings", first.unwrap_or_default())
    })
}

/// By what leads of a campaign are judged at one instant.
#[derive(Debug)]
pub struct Bench<'a> {
    app: &'a App,
    setting: Setting<'a>,
    hours: Hours,
    /// The instant.
    pub now: Millis,
}

impl<'a> Bench<'a> {
    /// At this instant.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn new(
        app: &'a App,
        mut db: Within<'_>,
        campaign: &'a Campaign,
    ) -> Result<Bench<'a>, StoreError> {
        let now = app.clock.now();
        let unwell = unwell(app, db.again(), now).await?;
        let answered = answered(db, campaign, &app.regions, now).await?;
        let setting = Setting { campaign, regions: &app.regions, unwell, answered, now };
        Ok(Bench { app, setting, hours: Hours::default(), now })
    }

    /// Whether it is to be found out if a channel works again.
    pub fn is_on_trial(&self, channel: Channel) -> bool {
        self.setting.unwell.get(&channel) == Some(&Unwell::OnTrial)
    }

    /// A gate in words.
    pub fn words(&mut self, gate: Gate, lead: &KnownLead, judged: &Judged) -> String {
        words(gate, &self.setting, &lead.facts, judged, &mut self.hours)
    }

    /// What a lead's gates come to, in words.
    pub fn why(&self, judged: &Judged) -> String {
        verdict(&self.setting, judged)
    }

    /// Leads with what is known of them and what that comes to, in the order of their ids.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn judged(
        &mut self,
        db: Within<'_>,
        members: &[MemberRow],
        own: Own,
    ) -> Result<Vec<(KnownLead, Judged)>, StoreError> {
        let leads = knowing(self.app, db, self.setting.campaign, members, own).await?;
        let judged = |lead: KnownLead| {
            let judged = judge(&self.setting, &lead.facts, &mut self.hours);
            (lead, judged)
        };
        Ok(leads.into_iter().map(judged).collect())
    }
}

/// A campaign's answered calls, as far back as any law looks.
async fn answered(
    db: Within<'_>,
    campaign: &Campaign,
    regions: &Regions,
    now: Millis,
) -> Result<AnsweredCalls, StoreError> {
    let Some(days) = regions.abandoned_days().filter(|_| campaign.calls()) else {
        return Ok(AnsweredCalls::default());
    };
    let of = |n: i64| u32::try_from(n).unwrap_or(0);
    let hour = |row: AnsweredRow| (row.hour, Answered { all: of(row.answered), dropped: of(row.dropped) });
    let rows = store::answered(db, campaign.id, (now - days * DAY) / HOUR - 1).await?;
    Ok(AnsweredCalls::new(rows.into_iter().map(hour).collect()))
}

/// For what a lead waits; one that may be tried is looked at again at `now`.
pub fn wait(lead: &KnownLead, judged: &Judged, now: Millis) -> Wait {
    let (next_at, gate) = match judged.verdict {
        Verdict::Now { .. } => (Some(now), None),
        // The share moves with every call that is made elsewhere.
        Verdict::At(at, gate @ Gate::Abandoned) => (Some(at.min(now + UNTOLD)), Some(gate.as_str())),
        Verdict::At(at, gate) => (Some(at), Some(gate.as_str())),
        // What nobody tells campaigns of is looked at again all the same: addresses and consents that come in, windows, accounts.
        Verdict::Not(gate @ (Gate::Template | Gate::Consent | Gate::Address | Gate::ChannelHealth)) => {
            (Some(now + UNTOLD), Some(gate.as_str()))
        }
        Verdict::Not(gate) => (None, Some(gate.as_str())),
    };
    Wait { lead_id: lead.lead_id, lane: judged.lane.place(), next_at, gate, stirred: lead.stirred }
}

/// A lead that may be tried now, as the hopper has it; `None`: it may not.
pub fn entry(campaign: i64, lead: &KnownLead, judged: &Judged, now: Millis) -> Option<HopperRow> {
    let Verdict::Now { step, channel, until } = judged.verdict else { return None };
    Some(HopperRow {
        lead_id: lead.lead_id,
        campaign_id: campaign,
        person_id: lead.person_id,
        address: lead.facts.key(channel)?,
        channel: channel.as_str().to_owned(),
        step: i64::try_from(step).unwrap_or(0),
        lane: judged.lane.place(),
        state: "ready".to_owned(),
        attempt_id: None,
        ready_at: now,
        until,
        leased_until: until.min(now + READY_LEASE),
    })
}
