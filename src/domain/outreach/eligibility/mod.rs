//! Whether a lead may be tried now, and else when: one function, for the hopper, the dispatcher, explanations, previews and statistics.

use super::campaign::{Campaign, Cap, Needed, State};
use super::facts::Facts;
use super::gates::{Finding, Gate, Stand};
use super::hours::Hours;
use super::regions::Regions;
use super::{AnsweredCalls, Kind, Standing, Unwell};
use crate::clock::Millis;
use crate::domain::channel::Channel;
use crate::domain::window::Window;
use std::collections::BTreeMap;

/// What all leads of a campaign are judged by at one instant.
#[derive(Debug)]
pub struct Setting<'a> {
    /// The campaign.
    pub campaign: &'a Campaign,
    /// Rules of places.
    pub regions: &'a Regions,
    /// Channels that do not work at this moment, and why.
    pub unwell: BTreeMap<Channel, Unwell>,
    /// The campaign's calls that people answered, as far back as any law looks; none where it makes no calls.
    pub answered: AnsweredCalls,
    /// The instant.
    pub now: Millis,
}

/// In which lane a lead waits; the first lane goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// They agreed to be called at this time.
    Callback,
    /// A call to them broke off.
    Dropped,
    /// They were not tried yet.
    New,
    /// They are tried again.
    Again,
}

impl Lane {
    /// All of them, the first first.
    pub const ALL: [Lane; 4] = [Lane::Callback, Lane::Dropped, Lane::New, Lane::Again];

    /// Its name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Lane::Callback => "callback",
            Lane::Dropped => "dropped",
            Lane::New => "new",
            Lane::Again => "again",
        }
    }

    /// Its place among them, from 0.
    pub const fn place(self) -> i64 {
        self as i64
    }

    /// The lane at this place.
    pub fn at(place: i64) -> Option<Lane> {
        usize::try_from(place).ok().and_then(|place| Lane::ALL.get(place).copied())
    }
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may be tried now.
    Now {
        /// The campaign's step.
        step: usize,
        /// By what.
        channel: Channel,
        /// Until when, as far as clocks go.
        until: Millis,
    },
    /// Not before then, if nothing else changes; and which gate is shut the longest.
    At(Millis, Gate),
    /// Not until something else changes; which gate says so.
    Not(Gate),
}

/// A lead's gates, and what they come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// Every gate, in the order of [`Gate::ALL`].
    pub findings: Vec<Finding>,
    /// Where it waits.
    pub lane: Lane,
    /// By what it would be tried, where anything reaches it: the campaign's step.
    pub step: Option<usize>,
    /// Of the gates that time alone opens the one that is shut the longest, where none is shut for good; when it opens it may be that
    /// clocks are against it, and then the verdict names their gate.
    pub longest: Option<(Millis, Gate)>,
    /// What they come to.
    pub verdict: Verdict,
}

/// Judges a lead. `hours` remembers what clocks say at this instant from one lead to the next.
pub fn judge(setting: &Setting<'_>, facts: &Facts, hours: &mut Hours) -> Judged {
    let &Setting { campaign, now, .. } = setting;
    let (standing, since) = facts.standing();
    let callback = facts.callback_at.filter(|_| standing == Standing::Callback);
    let (step, reach) = reach(campaign, facts, callback.is_some());
    let channel = step.and_then(|step| campaign.settings.steps.get(step)).map(|step| step.channel);
    let by = channel.unwrap_or(campaign.first_channel());
    let clocks = hours.of(setting, &facts.place, by);
    // Whoever was promised a call gets it, however often they were tried: only laws and they themselves stand before that.
    let unless_promised = |stand: Stand| if callback.is_some() { Stand::Open } else { stand };
    let stand = |gate: Gate| match gate {
        Gate::Campaign => runs(campaign, now),
        Gate::Lead => open(
            facts.is_active
                && !facts.is_merged
                && !facts.is_erased
                && facts.life.is_some_and(|life| life.is_open()),
        ),
        Gate::Status => {
            let goes_on = standing.kind() != Kind::Final && campaign.rests_ms(standing).is_some();
            open(goes_on && !facts.has_answered(standing))
        }
        // A promise goes beyond the attempts of a step, and needs one.
        Gate::Attempts if step.is_none() => open(reach != Reach::Exhausted),
        Gate::Attempts => unless_promised(open(reach != Reach::Exhausted)),
        Gate::Address => open(reach != Reach::Nowhere),
        Gate::OptOut => open(reach != Reach::OptedOut && !facts.is_erased),
        Gate::DoNotContact => open(facts.listed.is_none()),
        Gate::Consent => open(has_consent(campaign.settings.consent, facts, channel)),
        Gate::ChannelHealth => match channel.and_then(|channel| setting.unwell.get(&channel)) {
            None | Some(Unwell::OnTrial) => Stand::Open,
            Some(Unwell::NoAccount) => Stand::Shut,
            Some(Unwell::Failing { until: at }) => until(Some(*at), now),
        },
        Gate::Template => open(can_open(campaign, step, facts, now)),
        Gate::InHand => until(facts.in_hand_until, now),
        Gate::Claimed => until(facts.claimed_until, now),
        Gate::Callback => until(callback, now),
        Gate::Delay => {
            let rested = rested_at(campaign, (standing, since)).filter(|_| callback.is_none());
            until(rested.max(left_alone(clocks.after_drop_ms, facts, callback.and(since))), now)
        }
        Gate::Caps => caps(campaign.settings.caps.iter().chain(&clocks.caps), facts, now),
        Gate::Hours => clocks.hours,
        Gate::Holidays => clocks.holidays,
        Gate::Region => clocks.region,
        // A law: also whoever was promised a call waits.
        Gate::Abandoned => clocks.abandoned,
    };
    let findings: Vec<Finding> =
        Gate::ALL.iter().map(|gate| Finding { gate: *gate, stand: stand(*gate) }).collect();
    let lane = match standing {
        _ if callback.is_some() => Lane::Callback,
        Standing::Dropped => Lane::Dropped,
        Standing::New if facts.tries == 0 => Lane::New,
        _ => Lane::Again,
    };
    let longest = longest(&findings);
    let verdict = match step.zip(channel).filter(|_| findings.iter().all(|found| found.stand == Stand::Open))
    {
        Some((step, channel)) => {
            let ends = campaign.settings.ends_at.map_or(Millis::MAX, |at| at.as_millisecond());
            Verdict::Now { step, channel, until: clocks.until.min(ends) }
        }
        None => waits(setting, facts, (&findings, longest), by, hours),
    };
    Judged { findings, lane, step, longest, verdict }
}

fn open(is_open: bool) -> Stand {
    if is_open { Stand::Open } else { Stand::Shut }
}

fn until(at: Option<Millis>, now: Millis) -> Stand {
    at.filter(|at| *at > now).map_or(Stand::Open, Stand::Until)
}

/// Whether it runs at that instant; one that has not begun is waited for.
fn runs(campaign: &Campaign, now: Millis) -> Stand {
    let (starts, ends) = (campaign.settings.starts_at, campaign.settings.ends_at);
    let is_over = ends.is_some_and(|at| at.as_millisecond() <= now);
    if campaign.state != State::Running || is_over {
        return Stand::Shut;
    }
    until(starts.map(|at| at.as_millisecond()), now)
}

/// Whether any step reaches somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    Step,
    /// Every step that reaches them was tried as often as it is to be.
    Exhausted,
    /// They have opted out of whatever reaches them.
    OptedOut,
    Nowhere,
}

/// The step a lead is tried by next: the one it is at while attempts are left, else the first behind it that reaches it. Where none does,
/// the last one that did, and why. Whoever was promised a call is called.
fn reach(campaign: &Campaign, facts: &Facts, is_promised: bool) -> (Option<usize>, Reach) {
    let steps = &campaign.settings.steps;
    let calls = || {
        let is_call = |channel| channel == Channel::Voice && facts.is_reached_by(channel);
        steps.iter().position(|step| is_call(step.channel))
    };
    if let Some(n) = is_promised.then(calls).flatten() {
        return (Some(n), Reach::Step);
    }
    // Steps that it has gone through may be there no more.
    let is_through = facts.step >= steps.len();
    let (mut last, mut reach) = (None, if is_through { Reach::Exhausted } else { Reach::Nowhere });
    for (n, step) in steps.iter().enumerate().skip(facts.step) {
        if facts.is_reached_by(step.channel) {
            let tries = if n == facts.step { facts.tries } else { 0 };
            if tries < step.attempts {
                return (Some(n), Reach::Step);
            }
            (last, reach) = (Some(n), Reach::Exhausted);
        } else if reach == Reach::Nowhere
            && facts.address(step.channel).is_some()
            && facts.has_opted_out(step.channel)
        {
            reach = Reach::OptedOut;
        }
    }
    (last, reach)
}

fn has_consent(needed: Needed, facts: &Facts, channel: Option<Channel>) -> bool {
    match needed {
        Needed::Nothing => true,
        Needed::Contact => facts.heard_at.is_some() || !facts.opted_in.is_empty(),
        Needed::OptIn => channel.is_some_and(|channel| facts.opted_in.contains(&channel)),
    }
}

fn can_open(campaign: &Campaign, step: Option<usize>, facts: &Facts, now: Millis) -> bool {
    let Some(step) = step.and_then(|step| campaign.settings.steps.get(step)) else { return true };
    step.template.is_some() || Window::at(step.channel, facts.window_closes_at, now).is_open()
}

/// When it has rested since the last attempt.
fn rested_at(campaign: &Campaign, (standing, since): (Standing, Option<Millis>)) -> Option<Millis> {
    let rests = campaign.rests_ms(standing)?;
    since.map(|since| since + rests)
}

/// Until when the law leaves somebody alone whose call was dropped, whatever the lead stands at since: recycling it, or another lead of the
/// same number, is no way around that. Whoever agreed to a call after it has asked for that call.
fn left_alone(after_drop_ms: Option<Millis>, facts: &Facts, agreed_at: Option<Millis>) -> Option<Millis> {
    let dropped_at = facts.dropped_at.filter(|at| agreed_at.is_none_or(|agreed_at| agreed_at <= *at))?;
    after_drop_ms.map(|least| dropped_at + least)
}

/// Whether person and number were tried too often, and when they no longer were: once enough attempts are older than the span.
fn caps<'a>(caps: impl Iterator<Item = &'a Cap>, facts: &Facts, now: Millis) -> Stand {
    let mut latest = None;
    for cap in caps {
        let most = cap.attempts as usize;
        let Some(within) = cap.within_ms() else {
            if facts.tried_ever >= cap.attempts {
                return Stand::Shut;
            }
            continue;
        };
        let counted = facts.tried_at.partition_point(|at| *at <= now - within);
        let counted = &facts.tried_at[counted..];
        if counted.len() >= most {
            latest = latest.max(Some(counted[counted.len() - most] + within));
        }
    }
    until(latest, now)
}

/// The gate that is shut the longest, where time alone opens all that are; of those that open at the same time the first.
fn longest(findings: &[Finding]) -> Option<(Millis, Gate)> {
    let mut longest: Option<(Millis, Gate)> = None;
    for found in findings {
        match found.stand {
            Stand::Shut => return None,
            Stand::Until(at) if longest.is_none_or(|(latest, _)| at > latest) => {
                longest = Some((at, found.gate));
            }
            Stand::Until(_) | Stand::Open => {}
        }
    }
    longest
}

/// When it may be tried if nothing else changes, and which gate is shut the longest.
fn waits(
    setting: &Setting<'_>,
    facts: &Facts,
    (findings, longest): (&[Finding], Option<(Millis, Gate)>),
    by: Channel,
    hours: &mut Hours,
) -> Verdict {
    if let Some(shut) = findings.iter().find(|found| found.stand == Stand::Shut) {
        return Verdict::Not(shut.gate);
    }
    let Some(longest) = longest else { return Verdict::Not(Gate::Address) };
    let Some((at, gate)) = hours.first(setting, &facts.place, by, longest) else {
        return Verdict::Not(Gate::Hours);
    };
    let is_over = setting.campaign.settings.ends_at.is_some_and(|ends| at >= ends.as_millisecond());
    if is_over { Verdict::Not(Gate::Campaign) } else { Verdict::At(at, gate) }
}

#[cfg(test)]
mod tests;
