//! What the law and custom of a place allow: hours, holidays, attempts, dropped calls. Rules are data: files that people may edit,
//! those built in among them (`rules/` of the sources).

mod model;
mod page;
mod read;

pub use model::{Basis, Region, RegionCap, RegionHours, Rule, UnknownState};
pub use page::{RuleMistake, RuleMistakes};

use super::super::channel::Channel;
use super::abandoned::Limit;
use super::place::Place;
use crate::clock::Millis;

/// The files that are built in: their names and texts.
pub const BUILT_IN: [(&str, &str); 3] = [
    ("us.toml", include_str!("../../../../rules/us.toml")),
    ("gb.toml", include_str!("../../../../rules/gb.toml")),
    ("in.toml", include_str!("../../../../rules/in.toml")),
];

/// The rules of all regions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Regions {
    all: Vec<Region>,
}

/// What holds for somebody at a place on a channel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Law<'a> {
    /// The hours of each rule: all of them must allow an instant, by each of the place's clocks that [`RegionHours::binds`].
    pub hours: Vec<&'a RegionHours>,
    /// How many attempts there may be within a span; each of them holds.
    pub caps: Vec<&'a RegionCap>,
    /// How long whoever was left with nobody on the line is not called again.
    pub after_drop_ms: Option<Millis>,
    /// How many of a hundred answered calls may be left with nobody on the line, and over how many days that is measured; each of them
    /// holds. A message is no call.
    pub abandoned: Vec<Limit>,
}

impl Regions {
    /// Those that are built in.
    pub fn built_in() -> Regions {
        Regions::over_built_in(Vec::new()).expect("a test reads the files that are built in")
    }

    /// Reads these files, by name and text, and no others.
    ///
    /// # Errors
    /// Everything that is wrong in them.
    pub fn read(files: Vec<(String, String)>) -> Result<Regions, RuleMistakes> {
        read::regions(files).map(|all| Regions { all })
    }

    /// Reads these files, by name and text, each in the place of the one of its name that is built in, or beside those.
    ///
    /// # Errors
    /// Everything that is wrong in them.
    pub fn over_built_in(files: Vec<(String, String)>) -> Result<Regions, RuleMistakes> {
        let is_replaced = |name: &str| files.iter().any(|(own, _)| own == name);
        let kept: Vec<(String, String)> = BUILT_IN
            .iter()
            .filter(|(name, _)| !is_replaced(name))
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect();
        Regions::read(kept.into_iter().chain(files).collect())
    }

    /// All regions, by their files' names.
    pub fn all(&self) -> &[Region] {
        &self.all
    }

    /// What holds at a place on a channel. Where no country is known, or none has a file, nothing does.
    pub fn law<'a>(&'a self, place: &Place, channel: Channel) -> Law<'a> {
        let mut law = Law::default();
        let Some(country) = place.country.as_deref() else { return law };
        for region in self.all.iter().filter(|region| region.holds_in(country)) {
            // A territory is a state to its country's rules.
            let territory = (region.country != country).then_some(country);
            let state = place.state.as_deref().or(territory);
            for rule in region.rules.iter().filter(|rule| rule.channels.contains(&channel)) {
                if rule.concerns(state, region.unknown_state) {
                    law.add(rule);
                }
            }
        }
        if channel != Channel::Voice {
            law.abandoned.clear();
        }
        law
    }

    /// Over how many days at most any law measures abandoned calls; `None`: none does.
    pub fn abandoned_days(&self) -> Option<i64> {
        let rules = self.all.iter().flat_map(|region| &region.rules);
        rules.filter_map(|rule| rule.abandoned).map(|(_, days)| days).max()
    }
}

impl<'a> Law<'a> {
    /// With another rule: of two waits the longer holds.
    fn add(&mut self, rule: &'a Rule) {
        self.hours.extend(rule.hours.as_ref());
        self.caps.extend(&rule.caps);
        self.after_drop_ms = self.after_drop_ms.max(rule.after_drop_ms);
        self.abandoned.extend(rule.abandoned);
    }
}

#[cfg(test)]
mod tests;
