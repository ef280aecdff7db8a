//! A region's rules as they are once read.

use super::super::super::calendar::When;
use super::super::super::channel::Channel;
use super::super::super::opening::Opening;
use super::super::super::zones::states::State;
use super::super::abandoned::Limit;
use super::super::place::Place;
use crate::clock::Millis;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The rules of a country: one file.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    /// The file's name.
    pub file: String,
    /// The country (ISO 3166).
    pub country: String,
    /// Its name for people.
    pub name: String,
    /// Countries of their own to ISO 3166 that its rules hold in as well.
    pub territories: Vec<String>,
    /// What holds where somebody's state is not known.
    pub unknown_state: UnknownState,
    /// Its rules, in the file's order.
    pub rules: Vec<Rule>,
}

impl Region {
    /// Whether its rules hold in that country.
    pub fn holds_in(&self, country: &str) -> bool {
        self.country == country || self.territories.iter().any(|own| own == country)
    }
}

/// What holds where somebody's state is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UnknownState {
    /// The rules of all states, each by the clocks of its state: they may live in any.
    Strictest,
    /// The rules of the whole country alone.
    Country,
}

/// How well a rule is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// From the text of the law or regulation.
    Law,
    /// From what others write about it; the text was not read.
    Secondary,
    /// Not law: what a trade does, or was once asked to do.
    Custom,
}

impl Basis {
    /// Its name in files and for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Basis::Law => "law",
            Basis::Secondary => "secondary",
            Basis::Custom => "custom",
        }
    }
}

/// One rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// What it is called, for people.
    pub name: String,
    /// The states it holds in; empty: the whole country.
    pub states: Vec<String>,
    /// What it is about.
    pub channels: Vec<Channel>,
    /// When somebody may be called or written to.
    pub hours: Option<RegionHours>,
    /// How often.
    pub caps: Vec<RegionCap>,
    /// How long not, after a call at which nobody was on the line.
    pub after_drop_ms: Option<Millis>,
    /// How many of a hundred calls may be such, and over how many days.
    pub abandoned: Option<Limit>,
    /// Where it stands.
    pub source: String,
    /// How well that is known.
    pub basis: Basis,
}

impl Rule {
    /// Whether it holds for somebody in that state, or in one nobody knows.
    pub(super) fn concerns(&self, state: Option<&str>, unknown: UnknownState) -> bool {
        match state {
            _ if self.states.is_empty() => true,
            Some(state) => self.states.iter().any(|own| own == state),
            None => unknown == UnknownState::Strictest,
        }
    }
}

/// The hours of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionHours {
    /// The rule's name, for people.
    pub name: String,
    /// Where it stands.
    pub source: String,
    /// The hours of each weekday.
    pub week: Opening,
    /// Holidays, on which nothing is allowed.
    pub closed: BTreeSet<Date>,
    /// In force from this day on.
    pub from: Option<Date>,
    /// In force before this day.
    pub until: Option<Date>,
    /// The clocks of the states it holds in; empty: all.
    pub zones: Vec<&'static str>,
}

impl RegionHours {
    /// As a constraint by that clock.
    pub fn when<'a>(&'a self, zone: &'a TimeZone) -> When<'a> {
        When { week: &self.week, zone, closed: Some(&self.closed), from: self.from, until: self.until }
    }

    /// Whether whoever may be at `place` and lives by the clock of `zone`, one of its zones, is bound by it. A state's hours do not
    /// bind by a clock that nobody has there, unless somebody is known to live in it.
    pub fn binds(&self, place: &Place, zone: &str) -> bool {
        place.state.is_some()
            || self.zones.is_empty()
            || self.zones.contains(&zone)
            || !State::is_listed(zone)
    }
}

/// How many attempts there may be within a span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionCap {
    /// The rule's name, for people.
    pub name: String,
    /// Where it stands.
    pub source: String,
    /// So many.
    pub attempts: i64,
    /// Within so long, at any time.
    pub within_ms: Millis,
    /// In force from this day on.
    pub from: Option<Date>,
    /// In force before this day.
    pub until: Option<Date>,
}
