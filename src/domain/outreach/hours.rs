//! What clocks say of leads at one instant: the campaign's hours and holidays, and the rules of places, each by the clock of whoever is to
//! be tried; and how long a campaign's abandoned calls keep it from calling there. Leads of one place are many: what was found for one is remembered for the others.

use super::Place;
use super::campaign::{Campaign, Cap};
use super::eligibility::Setting;
use super::gates::{Gate, Stand};
use super::regions::{RegionCap, RegionHours};
use crate::clock::{HOUR, Millis};
use crate::domain::calendar::{self, When};
use crate::domain::channel::Channel;
use crate::domain::opening::Opening;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

static ALWAYS: LazyLock<Opening> =
    LazyLock::new(|| Opening::parse("Mon-Sun 00:00-24:00").expect("a week that is open all the time"));

/// What clocks and rules say of a place at an instant.
#[derive(Clone, Debug)]
pub struct Clocks {
    /// The campaign's hours.
    pub hours: Stand,
    /// The campaign's holidays.
    pub holidays: Stand,
    /// The rules of the place.
    pub region: Stand,
    /// How many of the campaign's answered calls may be abandoned there.
    pub abandoned: Stand,
    /// Until when all of them stay open, where they are.
    pub until: Millis,
    /// Caps of the place.
    pub caps: Vec<Cap>,
    /// How long whoever was dropped is left alone there, at least.
    pub after_drop_ms: Option<Millis>,
}

/// What was found for places at one instant.
#[derive(Debug, Default)]
pub struct Hours {
    found: HashMap<(Place, Channel), Arc<Clocks>>,
}

/// The clocks of one place, by gate.
struct Whens<'a> {
    all: Vec<(Gate, When<'a>)>,
}

impl<'a> Whens<'a> {
    fn of(setting: &Setting<'a>, place: &Place, zones: &'a [TimeZone], law: &[&'a RegionHours]) -> Whens<'a> {
        let campaign = setting.campaign;
        let mut all = Vec::new();
        for (name, zone) in place.zones.iter().zip(zones) {
            let always = When { week: &ALWAYS, zone, closed: None, from: None, until: None };
            all.push((Gate::Hours, When { week: &campaign.week, ..always }));
            if !campaign.holidays.is_empty() {
                all.push((Gate::Holidays, When { closed: Some(&campaign.holidays), ..always }));
            }
            let binding = law.iter().filter(|rule| rule.binds(place, name));
            all.extend(binding.map(|rule| (Gate::Region, rule.when(zone))));
        }
        Whens { all }
    }

    fn only(&self, gate: Gate) -> Vec<When<'a>> {
        self.all.iter().filter(|(of, _)| *of == gate).map(|(_, when)| *when).collect()
    }

    fn every(&self) -> Vec<When<'a>> {
        self.all.iter().map(|(_, when)| *when).collect()
    }

    /// How the clocks of a gate stand.
    fn stand(&self, gate: Gate, now: Timestamp) -> Stand {
        match calendar::next(&self.only(gate), now) {
            Some(at) if at == now => Stand::Open,
            Some(at) => Stand::Until(at.as_millisecond()),
            None => Stand::Shut,
        }
    }
}

impl Hours {
    /// What clocks say of a place at the setting's instant.
    pub fn of(&mut self, setting: &Setting<'_>, place: &Place, channel: Channel) -> Arc<Clocks> {
        if let Some(found) = self.found.get(&(place.clone(), channel)) {
            return found.clone();
        }
        let law = setting.regions.law(place, channel);
        let zones = zones(place);
        let whens = Whens::of(setting, place, &zones, &law.hours);
        let now = instant(setting.now);
        let today = |zone: &TimeZone| zone.to_datetime(now).date();
        let in_force = |from: Option<Date>, until: Option<Date>| {
            zones.iter().any(|zone| {
                from.is_none_or(|from| today(zone) >= from) && until.is_none_or(|until| today(zone) < until)
            })
        };
        let caps = law.caps.iter().filter(|cap| in_force(cap.from, cap.until));
        let opens = setting.answered.opens(&law.abandoned, setting.now);
        let until = calendar::end(&whens.every(), now).map_or(Millis::MAX, Timestamp::as_millisecond);
        let clocks = Arc::new(Clocks {
            hours: whens.stand(Gate::Hours, now),
            holidays: whens.stand(Gate::Holidays, now),
            region: whens.stand(Gate::Region, now),
            abandoned: if opens > setting.now { Stand::Until(opens) } else { Stand::Open },
            until: until.min(setting.answered.shuts(&law.abandoned, setting.now)),
            caps: caps.map(|cap| as_ours(cap)).collect(),
            after_drop_ms: law.after_drop_ms,
        });
        self.found.insert((place.clone(), channel), clocks.clone());
        clocks
    }

    /// The first instant from `at` on at which all clocks of a place allow it, and its limit of abandoned calls, and the gate that it waits
    /// for: the one that was named where they do so at once. `None`: there is none within weeks.
    pub fn first(
        &mut self,
        setting: &Setting<'_>,
        place: &Place,
        channel: Channel,
        (at, gate): (Millis, Gate),
    ) -> Option<(Millis, Gate)> {
        let law = setting.regions.law(place, channel);
        let zones = zones(place);
        let whens = Whens::of(setting, place, &zones, &law.hours);
        let by_clocks = |whens: &[When<'_>], from: Millis| {
            calendar::next(whens, instant(from)).map(Timestamp::as_millisecond)
        };
        let opens = |from: Millis| setting.answered.opens(&law.abandoned, from);
        let all = whens.every();
        let mut first = by_clocks(&all, at)?;
        // Hours come and go, and so may the limit, while calls that were taken grow old.
        while opens(first) > first {
            first = by_clocks(&all, opens(first))?;
        }
        if first == at {
            return Some((at, gate));
        }
        let gates = [Gate::Hours, Gate::Holidays, Gate::Region];
        let shut = gates.into_iter().filter_map(|gate| Some((by_clocks(&whens.only(gate), at)?, gate)));
        let longest =
            shut.chain([(opens(at), Gate::Abandoned)]).fold(None, |longest: Option<(Millis, Gate)>, next| {
                longest.filter(|longest| longest.0 >= next.0).or(Some(next))
            });
        Some((first, longest.map_or(gate, |(_, gate)| gate)))
    }
}

/// The rules of a place that bind there, and how each stands at the setting's instant.
pub(super) fn rules<'a>(
    setting: &Setting<'a>,
    place: &Place,
    channel: Channel,
) -> Vec<(&'a RegionHours, Stand)> {
    let zones = zones(place);
    let stand = |rule: &&'a RegionHours| {
        let law = [*rule];
        let whens = Whens::of(setting, place, &zones, &law);
        whens.stand(Gate::Region, instant(setting.now))
    };
    let binds = |rule: &&RegionHours| place.zones.iter().any(|zone| rule.binds(place, zone));
    let law = setting.regions.law(place, channel);
    law.hours.into_iter().filter(binds).map(|rule| (rule, stand(&rule))).collect()
}

/// The holiday of a campaign that it is at a place at this instant, by one of its clocks, and the next one.
pub(super) fn days_of_rest(campaign: &Campaign, place: &Place, now: Millis) -> (Option<Date>, Option<Date>) {
    let days = zones(place).into_iter().map(|zone| zone.to_datetime(instant(now)).date());
    let days: Vec<Date> = days.collect();
    let today = days.iter().find(|day| campaign.holidays.contains(day)).copied();
    let next = campaign.holidays.iter().find(|holiday| days.iter().all(|day| day < *holiday)).copied();
    (today, next)
}

/// A rule's cap as campaigns have theirs. A span that is no whole number of hours counts as the longer one.
fn as_ours(cap: &RegionCap) -> Cap {
    let attempts = u32::try_from(cap.attempts).unwrap_or(u32::MAX);
    Cap { attempts, hours: Some((cap.within_ms + HOUR - 1) / HOUR) }
}

/// The clocks of a place; what cannot be read is UTC, as everywhere.
fn zones(place: &Place) -> Vec<TimeZone> {
    place.zones.iter().map(|name| TimeZone::get(name).unwrap_or(TimeZone::UTC)).collect()
}

fn instant(at: Millis) -> Timestamp {
    Timestamp::from_millisecond(at).unwrap_or_default()
}
