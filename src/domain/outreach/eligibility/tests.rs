//! Against an oracle: every rule once more, as it would be told to somebody, asked minute by minute.

use super::*;
use crate::clock::{DAY, HOUR, MINUTE};
use crate::domain::lifecycle::Status;
use crate::domain::opening::Opening;
use crate::domain::outreach::campaign::{OnMachine, Settings, Step};
use crate::domain::outreach::regions::Regions;
use crate::domain::outreach::{Answered, Came, Ledger, NamedBy, Place, PlaceFrom, Tracked};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;

/// Monday, 2 November 2026, 15:00 UTC: the day after North America set its clocks back.
const MONDAY: Millis = 1_793_631_600_000;

/// A place with its rules, in a country nobody has written rules for and one somebody has.
const RULES: &str = r#"
country = "XX"
name = "Somewhere"
unknown_state = "country"

[[rules]]
name = "days"
hours = "Mon-Fri 09:00-17:30, Sat 10:00-12:00"
after_drop = "6h"
abandoned_percent = 4
abandoned_days = 1
source = "a law"
basis = "custom"

[[rules]]
name = "from the third on"
from = 2026-11-03
until = 2026-11-05
channels = ["voice"]
hours = "Mon-Sun 12:00-13:00"
source = "another law"
basis = "custom"

[[rules]]
name = "calls"
channels = ["voice"]
caps = [{ attempts = 2, within = "12h" }]
abandoned_percent = 1.5
abandoned_days = 3
source = "a third law"
basis = "custom"
"#;

fn regions() -> Regions {
    Regions::read(vec![("xx.toml".to_owned(), RULES.to_owned())]).unwrap()
}

fn campaign(settings: Settings) -> Campaign {
    Campaign::new(1, State::Running, settings).unwrap()
}

fn step(channel: Channel, attempts: u32) -> Step {
    Step { channel, attempts, template: None }
}

fn facts() -> Facts {
    Facts {
        is_active: true,
        is_merged: false,
        is_erased: false,
        life: Some(Status::EnquiryReceived),
        tracked: Tracked { status: Some("new".to_owned()), ..Tracked::default() },
        ledger: Ledger::default(),
        step: 0,
        tries: 0,
        phone: Some("+14155550123".to_owned()),
        whatsapp: None,
        no_such_number: vec![],
        opted_out: String::new(),
        place: Place {
            country: None,
            state: None,
            zones: vec!["America/New_York".into()],
            from: PlaceFrom::Tenant,
        },
        tried_at: vec![],
        tried_ever: 0,
        dropped_at: None,
        listed: None,
        heard_at: None,
        opted_in: vec![],
        claimed_until: None,
        callback_at: None,
        in_hand_until: None,
        window_closes_at: None,
    }
}

fn named() -> NamedBy {
    NamedBy { is_campaigns: false, entry: "+1415*".to_owned() }
}

fn tried(facts: &mut Facts, came: Came, began: Millis) {
    facts.ledger.count(began, began + MINUTE, came);
    let standing = Standing::of(came).as_str().to_owned();
    facts.tracked = Tracked {
        status: Some(standing),
        status_at: Some(began + MINUTE),
        result: Some(came.as_str().to_owned()),
        last_at: Some(began),
        attempts: facts.ledger.attempts,
        answered: facts.ledger.answered,
    };
    if came == Came::Dropped {
        facts.dropped_at = Some(began + MINUTE);
    }
    facts.tried_at.push(began);
    facts.tried_ever += 1;
    facts.tries += 1;
}

fn verdict(campaign: &Campaign, facts: &Facts, now: Millis) -> Verdict {
    verdict_after(campaign, facts, &[], now)
}

/// Calls that people answered: how many hours ago, how many, and at how many of them nobody of ours was.
type Past = [(i64, u32, u32)];

fn answered(past: &Past) -> AnsweredCalls {
    let hour = |(ago, all, dropped): &(i64, u32, u32)| {
        (MONDAY / HOUR - ago, Answered { all: *all, dropped: *dropped })
    };
    AnsweredCalls::new(past.iter().map(hour).collect())
}

fn verdict_after(campaign: &Campaign, facts: &Facts, past: &Past, now: Millis) -> Verdict {
    let regions = regions();
    let answered = answered(past);
    let setting = Setting { campaign, regions: &regions, unwell: BTreeMap::new(), answered, now };
    judge(&setting, facts, &mut Hours::default()).verdict
}

#[test]
fn what_stops_a_lead_and_until_when() {
    let calls = || Settings { steps: vec![step(Channel::Voice, 3)], ..Settings::default() };
    let now = MONDAY;
    type Case = (&'static str, Settings, fn(&mut Facts), Verdict);
    let at = |text: &str| text.parse::<Timestamp>().unwrap().as_millisecond();
    let nine = at("2026-11-03T02:00:00Z");
    let cases: Vec<Case> = vec![
        ("nothing", calls(), |_| {}, Verdict::Now { step: 0, channel: Channel::Voice, until: nine }),
        ("put aside", calls(), |lead| lead.is_active = false, Verdict::Not(Gate::Lead)),
        ("converted", calls(), |lead| lead.life = Some(Status::Converted), Verdict::Not(Gate::Lead)),
        ("nobody knows what", calls(), |lead| lead.life = None, Verdict::Not(Gate::Lead)),
        ("no number", calls(), |lead| lead.phone = None, Verdict::Not(Gate::Address)),
        (
            "its number is none",
            calls(),
            |lead| lead.no_such_number = vec![Channel::Voice],
            Verdict::Not(Gate::Address),
        ),
        (
            "its number takes no calls, and messages",
            Settings { steps: vec![step(Channel::Voice, 2), step(Channel::Sms, 1)], ..Settings::default() },
            |lead| lead.no_such_number = vec![Channel::Voice],
            Verdict::Now { step: 1, channel: Channel::Sms, until: nine },
        ),
        (
            "its number takes no calls, and they want no messages",
            Settings { steps: vec![step(Channel::Voice, 2), step(Channel::Sms, 1)], ..Settings::default() },
            |lead| {
                lead.no_such_number = vec![Channel::Voice];
                lead.opted_out = "sms".to_owned();
            },
            Verdict::Not(Gate::OptOut),
        ),
        ("opted out", calls(), |lead| lead.opted_out = "sms,voice".to_owned(), Verdict::Not(Gate::OptOut)),
        (
            "opted out of another channel",
            calls(),
            |lead| lead.opted_out = "sms".to_owned(),
            Verdict::Now { step: 0, channel: Channel::Voice, until: nine },
        ),
        ("listed", calls(), |lead| lead.listed = Some(named()), Verdict::Not(Gate::DoNotContact)),
        ("bought", calls(), |lead| lead.tracked.status = Some("sale".to_owned()), Verdict::Not(Gate::Status)),
        (
            "with somebody",
            calls(),
            |lead| lead.claimed_until = Some(MONDAY + HOUR),
            Verdict::At(MONDAY + HOUR, Gate::Claimed),
        ),
        (
            "in hand",
            calls(),
            |lead| lead.in_hand_until = Some(MONDAY + HOUR),
            Verdict::At(MONDAY + HOUR, Gate::InHand),
        ),
        (
            "busy an hour ago",
            calls(),
            |lead| tried(lead, Came::Busy, MONDAY - HOUR),
            Verdict::At(MONDAY + 3 * HOUR + MINUTE, Gate::Delay),
        ),
        (
            "dropped just now",
            calls(),
            |lead| tried(lead, Came::Dropped, MONDAY - 2 * MINUTE),
            Verdict::At(MONDAY + MINUTE, Gate::Delay),
        ),
        ("answered", calls(), |lead| tried(lead, Came::Answered, MONDAY - DAY), Verdict::Not(Gate::Status)),
        (
            "wrote since it was tried",
            calls(),
            |lead| {
                tried(lead, Came::Busy, MONDAY - DAY);
                lead.heard_at = Some(MONDAY - HOUR);
            },
            Verdict::Not(Gate::Status),
        ),
        (
            "three times within a day",
            Settings { steps: vec![step(Channel::Voice, 9)], ..Settings::default() },
            |lead| (1..=3).rev().for_each(|n| tried(lead, Came::Busy, MONDAY - 5 * n * HOUR)),
            Verdict::At(MONDAY + 9 * HOUR, Gate::Caps),
        ),
        (
            "as often as there are attempts",
            calls(),
            |lead| (1..=3).rev().for_each(|n| tried(lead, Came::Busy, MONDAY - n * DAY)),
            Verdict::Not(Gate::Attempts),
        ),
        (
            "as often, and the next step",
            Settings { steps: vec![step(Channel::Voice, 2), step(Channel::Sms, 1)], ..Settings::default() },
            |lead| (1..=2).rev().for_each(|n| tried(lead, Came::Busy, MONDAY - n * DAY)),
            Verdict::Now { step: 1, channel: Channel::Sms, until: nine },
        ),
        (
            "promised a call, after all attempts",
            calls(),
            |lead| {
                (1..=3).rev().for_each(|n| tried(lead, Came::Answered, MONDAY - n * DAY));
                lead.tracked.status = Some("callback".to_owned());
                lead.callback_at = Some(MONDAY);
            },
            Verdict::Now { step: 0, channel: Channel::Voice, until: nine },
        ),
        (
            "promised a call, through all steps, and no number is left",
            calls(),
            |lead| {
                (lead.step, lead.phone) = (1, None);
                lead.tracked.status = Some("callback".to_owned());
                lead.callback_at = Some(MONDAY);
                lead.claimed_until = Some(MONDAY + HOUR);
            },
            Verdict::Not(Gate::Attempts),
        ),
        (
            "promised one later",
            calls(),
            |lead| {
                lead.tracked.status = Some("callback".to_owned());
                lead.callback_at = Some(MONDAY + 2 * HOUR);
            },
            Verdict::At(MONDAY + 2 * HOUR, Gate::Callback),
        ),
        (
            "on a holiday",
            Settings { holidays: vec!["2026-11-02".parse().unwrap()], ..calls() },
            |_| {},
            Verdict::At(at("2026-11-03T13:00:00Z"), Gate::Hours),
        ),
        (
            "before the campaign begins",
            Settings { starts_at: Some("2026-11-05T00:00:00Z".parse().unwrap()), ..calls() },
            |_| {},
            Verdict::At(at("2026-11-05T00:00:00Z"), Gate::Campaign),
        ),
        (
            "rests until it is over",
            Settings { ends_at: Some("2026-11-02T16:00:00Z".parse().unwrap()), ..calls() },
            |lead| tried(lead, Came::Busy, MONDAY - HOUR),
            Verdict::Not(Gate::Campaign),
        ),
        (
            "where the law leaves whoever was dropped alone",
            calls(),
            |lead| {
                lead.place.country = Some("XX".to_owned());
                tried(lead, Came::Dropped, MONDAY - HOUR);
            },
            Verdict::At(at("2026-11-02T20:01:00Z"), Gate::Delay),
        ),
        (
            "the same, and recycled since",
            calls(),
            |lead| {
                lead.place.country = Some("XX".to_owned());
                tried(lead, Came::Dropped, MONDAY - HOUR);
                (lead.tracked.status, lead.tracked.status_at) = (Some("new".to_owned()), Some(MONDAY));
            },
            Verdict::At(at("2026-11-02T20:01:00Z"), Gate::Delay),
        ),
        (
            "another lead of the number was dropped, and this one is promised a call since long",
            calls(),
            |lead| {
                lead.place.country = Some("XX".to_owned());
                lead.dropped_at = Some(MONDAY - HOUR);
                lead.tracked.status_at = Some(MONDAY - 2 * HOUR);
                (lead.tracked.status, lead.callback_at) = (Some("callback".to_owned()), Some(MONDAY));
            },
            Verdict::At(at("2026-11-02T20:00:00Z"), Gate::Delay),
        ),
        (
            "dropped, and agreed to a call since",
            calls(),
            |lead| {
                lead.place.country = Some("XX".to_owned());
                lead.dropped_at = Some(MONDAY - 2 * HOUR);
                lead.tracked.status_at = Some(MONDAY - HOUR);
                (lead.tracked.status, lead.callback_at) = (Some("callback".to_owned()), Some(MONDAY));
            },
            Verdict::Now { step: 0, channel: Channel::Voice, until: at("2026-11-02T22:30:00Z") },
        ),
    ];
    for (label, settings, change, expected) in cases {
        let mut lead = facts();
        change(&mut lead);
        assert_eq!(verdict(&campaign(settings), &lead, now), expected, "{label}");
    }
}

#[test]
fn a_channel_that_fails_is_waited_for_and_one_that_is_not_there_is_not() {
    let regions = regions();
    let plan = campaign(Settings {
        steps: vec![step(Channel::Sms, 1), step(Channel::Voice, 3)],
        ..Settings::default()
    });
    let judged = |unwell: &[(Channel, Unwell)], lead: &Facts| {
        let unwell = unwell.iter().copied().collect();
        let answered = AnsweredCalls::default();
        let setting = Setting { campaign: &plan, regions: &regions, unwell, answered, now: MONDAY };
        judge(&setting, lead, &mut Hours::default()).verdict
    };
    let failing = |at: Millis| (Channel::Sms, Unwell::Failing { until: at });
    let lead = facts();
    let soon = MONDAY + 3 * MINUTE;
    assert_eq!(judged(&[failing(soon)], &lead), Verdict::At(soon, Gate::ChannelHealth));
    assert!(matches!(judged(&[failing(MONDAY)], &lead), Verdict::Now { channel: Channel::Sms, .. }));
    let gone = [(Channel::Sms, Unwell::NoAccount)];
    assert_eq!(judged(&gone, &lead), Verdict::Not(Gate::ChannelHealth));
    let called = Facts { step: 1, ..lead };
    assert!(
        matches!(judged(&gone, &called), Verdict::Now { channel: Channel::Voice, .. }),
        "the other works"
    );
}

#[test]
fn it_says_new_and_was_tried_is_no_way_around_the_rest() {
    let mut lead = facts();
    tried(&mut lead, Came::Busy, MONDAY - HOUR);
    let plan = campaign(Settings { steps: vec![step(Channel::Voice, 3)], ..Settings::default() });
    for wrong in [Some("new"), None, Some("who knows")] {
        lead.tracked.status = wrong.map(str::to_owned);
        lead.tracked.status_at = None;
        assert!(matches!(verdict(&plan, &lead, MONDAY), Verdict::At(_, Gate::Delay)), "{wrong:?}");
    }
}

#[test]
fn too_many_dropped_calls_stop_calls_where_a_law_says_so_and_promised_ones_as_well() {
    let call = step(Channel::Voice, 3);
    let always = "Mon-Sun 00:00-24:00";
    let plan = |steps| campaign(Settings { steps, hours: always.to_owned(), ..Settings::default() });
    let mut lead = facts();
    lead.place.country = Some("XX".to_owned());
    lead.place.zones = vec!["Europe/London".into()];
    let past = [(30, 50, 0), (6, 20, 5)];
    let now = |verdict: Verdict| matches!(verdict, Verdict::Now { .. });
    // Five of a hundred are more than one and a half until they are three days old.
    let thursday = "2026-11-05T10:00:00Z".parse::<Timestamp>().unwrap().as_millisecond();
    let held = verdict_after(&plan(vec![call.clone()]), &lead, &past, MONDAY);
    assert_eq!(held, Verdict::At(thursday, Gate::Abandoned));
    lead.tracked.status = Some("callback".to_owned());
    lead.callback_at = Some(MONDAY);
    assert!(!now(verdict_after(&plan(vec![call.clone()]), &lead, &past, MONDAY)), "a promise breaks no law");
    assert!(now(verdict_after(&plan(vec![call]), &lead, &past[..1], MONDAY)));
    let written = plan(vec![step(Channel::Sms, 3)]);
    lead.tracked.status = Some("new".to_owned());
    assert!(now(verdict_after(&written, &lead, &past, MONDAY)), "a message is no call");
}

/// Every rule in its own words.
mod oracle {
    use super::*;

    /// A channel by which the lead would be tried at an instant, if it would be.
    pub fn tries(campaign: &Campaign, lead: &Facts, past: &Past, at: Millis) -> Option<Channel> {
        let settings = &campaign.settings;
        let instant = Timestamp::from_millisecond(at).unwrap();
        if settings.starts_at.is_some_and(|starts| instant < starts)
            || settings.ends_at.is_some_and(|ends| instant >= ends)
        {
            return None;
        }
        if !lead.is_active || lead.is_merged || lead.is_erased || lead.listed.is_some() {
            return None;
        }
        if matches!(lead.life, None | Some(Status::Converted | Status::ClosedLost)) {
            return None;
        }
        let waits = [lead.claimed_until, lead.in_hand_until];
        if waits.into_iter().flatten().any(|until| at < until) {
            return None;
        }
        let said = lead.tracked.status.clone().unwrap();
        let promised = said == "callback" && lead.callback_at.is_some();
        if said == "callback" && lead.callback_at.is_some_and(|then| at < then) {
            return None;
        }
        let rests = match said.as_str() {
            "new" | "callback" => 0,
            other => *settings.retry_minutes.get(other)?,
        };
        let last = lead.tried_at.last().copied();
        if said != "new" && said != "callback" && lead.heard_at > last && last.is_some() {
            return None;
        }
        let step = step(campaign, lead, promised)?;
        let channel = step.channel;
        let consents = match settings.consent {
            Needed::Nothing => true,
            Needed::Contact => lead.heard_at.is_some() || !lead.opted_in.is_empty(),
            Needed::OptIn => lead.opted_in.contains(&channel),
        };
        let is_shut = lead.window_closes_at.is_none_or(|closes| at >= closes);
        if !consents || (channel == Channel::Whatsapp && step.template.is_none() && is_shut) {
            return None;
        }
        let in_xx = lead.place.country.as_deref() == Some("XX");
        if !promised && lead.tracked.status_at.is_some_and(|since| at < since + rests * MINUTE) {
            return None;
        }
        let asked_since = promised && lead.tracked.status_at > lead.dropped_at;
        if in_xx && !asked_since && lead.dropped_at.is_some_and(|then| at < then + 6 * HOUR) {
            return None;
        }
        let within = |span: Millis| lead.tried_at.iter().filter(|then| at - **then < span).count();
        for cap in &settings.caps {
            let n = cap.hours.map_or(lead.tried_at.len(), |hours| within(hours * HOUR));
            if n >= cap.attempts as usize {
                return None;
            }
        }
        if in_xx && channel == Channel::Voice && within(12 * HOUR) >= 2 {
            return None;
        }
        // Each call counts as one at the end of its hour.
        let of = |span: Millis, which: fn(&(i64, u32, u32)) -> u32| -> f64 {
            let recent = past.iter().filter(|(ago, ..)| at - (MONDAY + HOUR - ago * HOUR) < span);
            f64::from(recent.map(which).sum::<u32>())
        };
        let share = |span: Millis| of(span, |hour| hour.2) / of(span, |hour| hour.1).max(100.0);
        if in_xx && channel == Channel::Voice && (share(DAY) > 0.04 || share(3 * DAY) > 0.015) {
            return None;
        }
        lead.place
            .zones
            .iter()
            .all(|zone| by_clock(campaign, in_xx, channel, &TimeZone::get(zone).unwrap(), instant))
            .then_some(channel)
    }

    fn step<'a>(campaign: &'a Campaign, lead: &Facts, promised: bool) -> Option<&'a Step> {
        let out = |channel: Channel| lead.opted_out.split(',').any(|name| name == channel.as_str());
        let is_none = |channel: Channel| lead.no_such_number.contains(&channel);
        let has = |channel: Channel| lead.phone.is_some() && !out(channel) && !is_none(channel);
        let steps = &campaign.settings.steps;
        if let (true, Some(call)) =
            (promised && has(Channel::Voice), steps.iter().find(|step| step.channel == Channel::Voice))
        {
            return Some(call);
        }
        let mut last = None;
        for (n, step) in steps.iter().enumerate() {
            let tries = match n {
                n if n < lead.step => continue,
                n if n == lead.step => lead.tries,
                _ => 0,
            };
            if has(step.channel) {
                if tries < step.attempts {
                    return Some(step);
                }
                last = Some(step);
            }
        }
        last.filter(|_| promised)
    }

    fn by_clock(campaign: &Campaign, in_xx: bool, channel: Channel, zone: &TimeZone, at: Timestamp) -> bool {
        let local = zone.to_datetime(at);
        let (day, hm) =
            (local.weekday().to_monday_one_offset(), local.hour() as i32 * 60 + local.minute() as i32);
        let span = |from: i32, to: i32| (from..to).contains(&hm);
        if !campaign.week.is_open(zone, at) || campaign.settings.holidays.contains(&local.date()) {
            return false;
        }
        if !in_xx {
            return true;
        }
        let days = match day {
            1..=5 => span(9 * 60, 17 * 60 + 30),
            6 => span(10 * 60, 12 * 60),
            _ => false,
        };
        let third =
            local.date() >= "2026-11-03".parse().unwrap() && local.date() < "2026-11-05".parse().unwrap();
        days && (!third || channel != Channel::Voice || span(12 * 60, 13 * 60))
    }
}

prop_compose! {
    /// A lead with a past.
    fn leads()(
        came in proptest::collection::vec((0..6usize, 1..4_000i64), 0..5),
        (step, tries) in (0..2usize, 0..4u32),
        opted_out in prop_oneof![4 => Just(""), 1 => Just("voice"), 1 => Just("sms"), 1 => Just("voice,sms"), 1 => Just("whatsapp")],
        status in prop_oneof![6 => Just(None), 1 => Just(Some("new")), 2 => Just(Some("callback")), 1 => Just(Some("sale"))],
        callback in proptest::option::of(-500..3_000i64),
        said_ago in 0..600i64,
        dropped in proptest::option::weighted(0.2, 1..600i64),
        claimed in proptest::option::weighted(0.2, 1..2_000i64),
        in_hand in proptest::option::weighted(0.1, 1..120i64),
        heard in proptest::option::weighted(0.2, -4_000..0i64),
        (opted_in, window) in (
            proptest::sample::subsequence(vec![Channel::Voice, Channel::Sms, Channel::Whatsapp], 0..=3),
            // Clocks, which say until when somebody may be tried, know nothing of windows: it is shut, or open beyond all that is asked.
            prop_oneof![2 => Just(None), 1 => Just(Some(-HOUR)), 3 => Just(Some(30 * DAY))],
        ),
        flags in (proptest::bool::weighted(0.95), proptest::bool::weighted(0.05), proptest::bool::weighted(0.05), proptest::bool::weighted(0.05)),
        no_number in prop_oneof![8 => Just(None), 1 => Just(Some(Channel::Voice)), 1 => Just(Some(Channel::Sms))],
        is_open in proptest::bool::weighted(0.95),
        has_number in proptest::bool::weighted(0.95),
        place in 0..4usize,
    ) -> Facts {
        let mut lead = facts();
        let mut at: Vec<(usize, i64)> = came;
        at.sort_by_key(|(_, ago)| -ago);
        const CAME: [Came; 6] = [Came::Busy, Came::NoAnswer, Came::Dropped, Came::Answered, Came::Machine, Came::Rejected];
        for (n, ago) in at {
            tried(&mut lead, CAME[n], MONDAY - ago * MINUTE);
        }
        (lead.step, lead.tries) = (step, tries);
        lead.opted_out = opted_out.to_owned();
        if let Some(status) = status {
            // Somebody said so, after the last attempt.
            let last = lead.tracked.status_at.map_or(0, |ended| ended + MINUTE);
            lead.tracked.status = Some(status.to_owned());
            lead.tracked.status_at = Some((MONDAY - said_ago * MINUTE).max(last));
        }
        // Another lead of the number was.
        lead.dropped_at = lead.dropped_at.max(dropped.map(|ago| MONDAY - ago * MINUTE));
        lead.callback_at = callback.map(|minutes| MONDAY + minutes * MINUTE);
        lead.claimed_until = claimed.map(|minutes| MONDAY + minutes * MINUTE);
        lead.in_hand_until = in_hand.map(|minutes| MONDAY + minutes * MINUTE);
        (lead.opted_in, lead.window_closes_at) = (opted_in, window.map(|from_now| MONDAY + from_now));
        lead.heard_at = heard.map(|minutes| MONDAY + minutes * MINUTE);
        (lead.is_active, lead.is_merged, lead.is_erased) = (flags.0, flags.1, flags.2);
        lead.no_such_number = no_number.into_iter().collect();
        lead.listed = flags.3.then(named);
        lead.life = Some(if is_open { Status::FollowUpPending } else { Status::ClosedLost });
        lead.phone = has_number.then(|| "+14155550123".to_owned());
        let (country, zones): (Option<&str>, &[&'static str]) = match place {
            0 => (None, &["America/New_York"]),
            1 => (None, &["America/New_York", "America/Los_Angeles", "Pacific/Honolulu"]),
            2 => (Some("XX"), &["Europe/London"]),
            _ => (Some("XX"), &["Asia/Kolkata", "Asia/Kathmandu"]),
        };
        lead.place.country = country.map(str::to_owned);
        lead.place.zones = zones.iter().map(|zone| (*zone).into()).collect();
        lead
    }
}

/// Hours ago, the oldest first, with answered and dropped calls.
fn pasts() -> impl Strategy<Value = Vec<(i64, u32, u32)>> {
    let hour = (0..90u32, prop_oneof![3 => Just(0u32), 1 => 0..6u32]);
    proptest::collection::btree_map(0..120i64, hour, 0..9).prop_map(|hours| {
        hours.into_iter().rev().map(|(ago, (taken, dropped))| (ago, taken + dropped, dropped)).collect()
    })
}

prop_compose! {
    fn plans()(
        steps in prop_oneof![
            Just(vec![step(Channel::Voice, 3)]),
            Just(vec![step(Channel::Voice, 2), step(Channel::Sms, 2)]),
            Just(vec![step(Channel::Sms, 1), step(Channel::Voice, 3)]),
            Just(vec![step(Channel::Whatsapp, 2), step(Channel::Sms, 1)]),
            Just(vec![
                Step { template: Some("reach_out/en".to_owned()), ..step(Channel::Whatsapp, 1) },
                step(Channel::Whatsapp, 2),
                step(Channel::Voice, 1),
            ]),
        ],
        consent in prop_oneof![4 => Just(Needed::Nothing), 1 => Just(Needed::Contact), 1 => Just(Needed::OptIn)],
        hours in prop_oneof![Just("Mon-Sun 08:00-21:00"), Just("Mon-Fri 09:00-12:00, Mon-Fri 13:00-18:00"), Just("Tue 10:00-10:30, Sat-Sun 00:00-24:00")],
        holidays in proptest::collection::vec(2..9i8, 0..3),
        caps in prop_oneof![
            Just(vec![]),
            Just(vec![Cap { attempts: 3, hours: Some(24) }, Cap { attempts: 4, hours: Some(72) }]),
            Just(vec![Cap { attempts: 1, hours: Some(20) }, Cap { attempts: 4, hours: None }]),
        ],
        starts in proptest::option::weighted(0.3, -10..4_000i64),
        ends in proptest::option::weighted(0.3, 4_001..12_000i64),
    ) -> Campaign {
        let at = |minutes: i64| Timestamp::from_millisecond(MONDAY + minutes * MINUTE).unwrap();
        campaign(Settings {
            steps,
            hours: hours.to_owned(),
            holidays: holidays.into_iter().map(|day| jiff::civil::date(2026, 11, day)).collect(),
            caps,
            starts_at: starts.map(at),
            ends_at: ends.map(at),
            machine: OnMachine::HangUp,
            consent,
            ..Settings::default()
        })
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]
    #[test]
    fn it_agrees_with_whoever_asks_minute_by_minute(plan in plans(), lead in leads(), past in pasts()) {
        let tries = |minutes: i64| oracle::tries(&plan, &lead, &past, MONDAY + minutes * MINUTE);
        match verdict_after(&plan, &lead, &past, MONDAY) {
            Verdict::Now { channel, until, .. } => {
                prop_assert_eq!(tries(0), Some(channel));
                // Clocks allow it until then, and no longer.
                let over = (until - MONDAY) / MINUTE;
                prop_assert!((0..over.min(3 * 24 * 60)).step_by(7).all(|minutes| tries(minutes).is_some()));
                prop_assert_eq!(tries(over), None);
            }
            Verdict::At(at, gate) => {
                let opens = (at - MONDAY) / MINUTE;
                prop_assert!(at > MONDAY && at % MINUTE == 0);
                prop_assert!(gate != Gate::Lead && gate != Gate::OptOut);
                prop_assert!((0..opens).all(|minutes| tries(minutes).is_none()), "not before");
                prop_assert!(tries(opens).is_some(), "and then, whatever gate it is: {:?}", gate);
            }
            Verdict::Not(_) => {
                prop_assert!((0..20 * 24 * 60).step_by(11).all(|minutes| tries(minutes).is_none()));
            }
        }
    }

    #[test]
    fn every_gate_is_told_and_one_that_is_not_open_says_why(plan in plans(), lead in leads(), past in pasts()) {
        let regions = regions();
        let setting =
            Setting { campaign: &plan, regions: &regions, unwell: BTreeMap::new(), answered: answered(&past), now: MONDAY };
        let mut hours = Hours::default();
        let judged = judge(&setting, &lead, &mut hours);
        let gates: Vec<Gate> = judged.findings.iter().map(|found| found.gate).collect();
        prop_assert_eq!(&gates[..], &Gate::ALL[..]);
        let shut = judged.findings.iter().filter(|found| found.stand != Stand::Open).count();
        prop_assert_eq!(shut == 0, matches!(judged.verdict, Verdict::Now { .. }));
        let of = |gate: Gate| judged.findings.iter().find(|found| found.gate == gate).unwrap().stand;
        match judged.verdict {
            Verdict::Now { .. } => {}
            Verdict::At(..) => prop_assert!(judged.findings.iter().all(|found| found.stand != Stand::Shut)),
            // Where it only waits for time, that time comes when the campaign is over.
            Verdict::Not(gate) => prop_assert!(of(gate) == Stand::Shut || gate == Gate::Campaign),
        }
        for gate in Gate::ALL {
            prop_assert!(!crate::domain::outreach::words(gate, &setting, &lead, &judged, &mut hours).is_empty());
        }
    }
}

#[test]
fn a_week_without_a_gap_never_closes() {
    let plan = campaign(Settings {
        steps: vec![step(Channel::Voice, 1)],
        hours: "Mon-Sun 00:00-24:00".to_owned(),
        ..Settings::default()
    });
    assert_eq!(
        verdict(&plan, &facts(), MONDAY),
        Verdict::Now { step: 0, channel: Channel::Voice, until: Millis::MAX }
    );
    assert!(Opening::parse("Mon-Sun 00:00-24:00").is_ok());
}
