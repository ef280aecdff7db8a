//! From the text of a file of rules to a region, with everything that is wrong on the way.

use super::super::super::channel::Channel;
use super::super::super::opening::Opening;
use super::super::super::zones::states::State;
use super::super::abandoned::Limit;
use super::model::{Region, RegionCap, RegionHours, Rule};
use super::page::{CapText, Page, RuleMistakes, RuleText};
use crate::clock::{DAY, HOUR, MINUTE, Millis};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use toml::Spanned;
use toml::value::Datetime;

/// What rules may be about; on the web nobody is called or written to.
const CHANNELS: [Channel; 3] = [Channel::Voice, Channel::Sms, Channel::Whatsapp];
/// Hours of a rule that only closes holidays.
const ALWAYS: &str = "Mon-Sun 00:00-24:00";

/// The longest span of a cap or a wait.
const LONGEST: Millis = 366 * DAY;

/// Reads all of them; of each file everything that is wrong is told, but for what keeps it from being read at all.
pub(super) fn regions(files: Vec<(String, String)>) -> Result<Vec<Region>, RuleMistakes> {
    let mut mistakes = Vec::new();
    let mut regions: Vec<Region> = Vec::new();
    for (name, text) in files {
        let mut page = Page { name, text, mistakes: Vec::new() };
        if let Some((region, place)) = page.region() {
            let twice = regions.iter().find(|other| other.country == region.country);
            if let Some(other) = twice {
                page.wrong(
                    &place,
                    "country",
                    format!("{} has this country already; keep one of the two", other.file),
                );
            }
            regions.push(region);
        }
        mistakes.append(&mut page.mistakes);
    }
    regions.sort_by(|a, b| a.file.cmp(&b.file));
    if mistakes.is_empty() { Ok(regions) } else { Err(RuleMistakes(mistakes)) }
}

impl Page {
    /// The region, and where its country stands.
    fn region(&mut self) -> Option<(Region, Range<usize>)> {
        let read = self.parsed()?;
        for code in read.territories.iter().chain([&read.country]) {
            let is_code =
                code.get_ref().len() == 2 && code.get_ref().bytes().all(|byte| byte.is_ascii_uppercase());
            if !is_code {
                self.write(&code.span(), "country", "this is no country's code of two capitals (ISO 3166)");
            }
        }
        let mut holidays = BTreeMap::new();
        for (name, days) in &read.holidays {
            let days: BTreeSet<Date> = days.iter().filter_map(|day| self.day(day, "holidays")).collect();
            holidays.insert(name.as_str(), days);
        }
        let country = read.country.get_ref().clone();
        let rules = read.rules.iter().filter_map(|rule| self.rule(rule, &country, &holidays)).collect();
        let place = read.country.span();
        let region = Region {
            file: self.name.clone(),
            country,
            name: read.name,
            territories: read.territories.into_iter().map(Spanned::into_inner).collect(),
            unknown_state: read.unknown_state,
            rules,
        };
        Some((region, place))
    }

    fn rule(
        &mut self,
        rule: &RuleText,
        country: &str,
        holidays: &BTreeMap<&str, BTreeSet<Date>>,
    ) -> Option<Rule> {
        let name = rule.name.get_ref().clone();
        let source = rule.source.get_ref().trim().to_owned();
        if source.is_empty() {
            self.write(&rule.source.span(), "source", "nothing is said of where the rule stands");
        }
        let states = self.states(rule, country);
        let (from, until) = self.in_force(rule);
        let hours = self.hours(rule, holidays).map(|(week, closed)| RegionHours {
            name: name.clone(),
            source: source.clone(),
            week,
            closed,
            from,
            until,
            zones: zones(country, &states),
        });
        let caps = rule.caps.iter().filter_map(|cap| {
            let (attempts, within_ms) = self.cap(cap)?;
            Some(RegionCap { name: name.clone(), source: source.clone(), attempts, within_ms, from, until })
        });
        let caps: Vec<RegionCap> = caps.collect();
        let after_drop_ms = rule.after_drop.as_ref().and_then(|text| self.length(text, "after_drop"));
        let abandoned = self.abandoned(rule);
        let says = rule.hours.is_some() || !rule.holidays.is_empty() || !rule.caps.is_empty();
        let says_more =
            rule.after_drop.is_some() || rule.abandoned_percent.is_some() || rule.abandoned_days.is_some();
        if !says && !says_more {
            let message =
                "the rule says nothing; give it hours, holidays, caps, after_drop or abandoned_percent";
            self.wrong(&rule.name.span(), "name", message);
        }
        let date = rule.from.as_ref().or(rule.until.as_ref());
        if let Some(date) = date.filter(|_| says_more) {
            let message =
                "after_drop and abandoned_percent hold at all times; put them into a rule without dates";
            self.wrong(&date.span(), if rule.from.is_some() { "from" } else { "until" }, message);
        }
        let channels = self.channels(rule);
        Some(Rule {
            name,
            states,
            channels,
            hours,
            caps,
            after_drop_ms,
            abandoned,
            source,
            basis: rule.basis,
        })
    }

    fn states(&mut self, rule: &RuleText, country: &str) -> Vec<String> {
        for state in &rule.states {
            // Of other countries we know no states, so nobody could be in one.
            let is_known = country == "US"
                && State::named(state.get_ref()).is_some_and(|known| known.code == state.get_ref());
            if !is_known {
                self.write(
                    &state.span(),
                    "states",
                    "this is no state of the United States by its two capitals",
                );
            }
        }
        rule.states.iter().map(|state| state.get_ref().clone()).collect()
    }

    fn channels(&mut self, rule: &RuleText) -> Vec<Channel> {
        let Some(listed) = &rule.channels else { return CHANNELS.to_vec() };
        let mut channels = Vec::new();
        for name in listed {
            match Channel::parse(name.get_ref()).filter(|channel| CHANNELS.contains(channel)) {
                Some(channel) => channels.push(channel),
                None => self.write(&name.span(), "channels", "nobody is called or written to by that"),
            }
        }
        if listed.is_empty() {
            self.write(&rule.name.span(), "channels", "the rule is about no channel");
        }
        channels
    }

    fn in_force(&mut self, rule: &RuleText) -> (Option<Date>, Option<Date>) {
        let from = rule.from.as_ref().and_then(|day| self.day(day, "from"));
        let until = rule.until.as_ref().and_then(|day| self.day(day, "until"));
        if let (Some(first), Some(last), Some(place)) = (from, until, &rule.until)
            && last <= first
        {
            self.write(&place.span(), "until", "this is not later than `from`");
        }
        (from, until)
    }

    fn day(&mut self, day: &Spanned<Datetime>, key: &str) -> Option<Date> {
        let date = match day.get_ref() {
            Datetime { date: Some(date), time: None, offset: None } => date.to_string().parse().ok(),
            _ => None,
        };
        if date.is_none() {
            self.write(&day.span(), key, "this is not a date alone");
        }
        date
    }

    fn hours(
        &mut self,
        rule: &RuleText,
        holidays: &BTreeMap<&str, BTreeSet<Date>>,
    ) -> Option<(Opening, BTreeSet<Date>)> {
        let mut closed = BTreeSet::new();
        for name in &rule.holidays {
            match holidays.get(name.get_ref().as_str()) {
                Some(days) => closed.extend(days),
                None => self.write(&name.span(), "holidays", "no list of holidays has that name"),
            }
        }
        let text = rule.hours.as_ref().map(|hours| hours.get_ref().as_str());
        let text = text.or((!rule.holidays.is_empty()).then_some(ALWAYS))?;
        match Opening::parse(text) {
            Ok(week) => Some((week, closed)),
            Err(why) => {
                self.wrong(&rule.hours.as_ref().map_or(0..0, Spanned::span), "hours", why);
                None
            }
        }
    }

    fn cap(&mut self, cap: &CapText) -> Option<(i64, Millis)> {
        let attempts = *cap.attempts.get_ref();
        if attempts < 1 {
            self.write(&cap.attempts.span(), "caps", "at least one attempt must be allowed");
        }
        let within = self.length(&cap.within, "caps")?;
        Some((attempts, within))
    }

    /// A length such as `90m`, `24h` or `7d`.
    fn length(&mut self, text: &Spanned<String>, key: &str) -> Option<Millis> {
        let written = text.get_ref().trim();
        let units = [('m', MINUTE), ('h', HOUR), ('d', DAY)];
        let read = units.iter().find_map(|(unit, ms)| {
            let number: i64 = written.strip_suffix(*unit)?.trim().parse().ok()?;
            number.checked_mul(*ms).filter(|length| (1..=LONGEST).contains(length))
        });
        if read.is_none() {
            self.write(
                &text.span(),
                key,
                "this is not a length of up to a year in minutes (m), hours (h) or days (d)",
            );
        }
        read
    }

    fn abandoned(&mut self, rule: &RuleText) -> Option<Limit> {
        let (percent, days) = match (&rule.abandoned_percent, &rule.abandoned_days) {
            (None, None) => return None,
            (Some(percent), Some(days)) => (percent, days),
            (Some(alone), None) => {
                self.write(&alone.span(), "abandoned_percent", "over how many days is not said");
                return None;
            }
            (None, Some(alone)) => {
                self.write(&alone.span(), "abandoned_days", "how many of a hundred is not said");
                return None;
            }
        };
        if !(0.0..=100.0).contains(percent.get_ref()) {
            self.write(&percent.span(), "abandoned_percent", "this is not 0 to 100");
        }
        if !(1..=366).contains(days.get_ref()) {
            self.write(&days.span(), "abandoned_days", "this is not 1 to 366");
        }
        Some((*percent.get_ref(), *days.get_ref()))
    }
}

/// The clocks of these states; empty: all of the country's.
fn zones(country: &str, states: &[String]) -> Vec<&'static str> {
    let known = states.iter().filter(|_| country == "US").filter_map(|state| State::named(state));
    let zones: BTreeSet<&'static str> = known.flat_map(|state| state.zones.iter().copied()).collect();
    zones.into_iter().collect()
}
