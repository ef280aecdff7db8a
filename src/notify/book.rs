//! The lists of recipients there are, by tenant and name.

use super::{Medium, Notice};
use crate::clock::Millis;
use jiff::civil::Time;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A list of recipients under its name: who is told, by which medium, and when not.
#[derive(Clone, Debug)]
pub struct List {
    /// Whose it is.
    pub tenant_id: i64,
    /// As flows call it in `via`.
    pub name: String,
    /// How its recipients are told.
    pub medium: Arc<dyn Medium>,
    /// When they are not: it waits until the end.
    pub quiet: Option<Quiet>,
    /// Who is told where nobody has claimed the lead by then.
    pub escalates: Option<Escalation>,
}

/// Hours at which nobody is told, by the list's own clock; they may go over midnight.
#[derive(Clone, Debug, PartialEq)]
pub struct Quiet {
    /// From this time of day on.
    pub from: Time,
    /// Until this.
    pub until: Time,
    /// On this clock.
    pub zone: jiff::tz::TimeZone,
}

/// Who is told next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escalation {
    /// After so many milliseconds.
    pub after_ms: Millis,
    /// The list's name.
    pub to: String,
}

impl Quiet {
    /// When the quiet hours end that `now` is in; `None`: they are not now.
    pub fn until(&self, now: Millis) -> Option<Millis> {
        let at = jiff::Timestamp::from_millisecond(now).ok()?.to_zoned(self.zone.clone());
        let time = at.time();
        let over_midnight = self.from > self.until;
        let is_quiet = match over_midnight {
            true => time >= self.from || time < self.until,
            false => (self.from..self.until).contains(&time),
        };
        if !is_quiet {
            return None;
        }
        let day = if over_midnight && time >= self.from { at.date().tomorrow().ok()? } else { at.date() };
        let end = day.to_datetime(self.until).to_zoned(self.zone.clone()).ok()?;
        Some(end.timestamp().as_millisecond())
    }
}

/// All lists.
#[derive(Clone, Debug, Default)]
pub struct Lists(BTreeMap<(i64, String), List>);

impl Lists {
    /// These lists.
    pub fn new(lists: impl IntoIterator<Item = List>) -> Lists {
        Lists(lists.into_iter().map(|list| ((list.tenant_id, list.name.clone()), list)).collect())
    }

    /// The list of that name.
    pub fn get(&self, tenant_id: i64, name: &str) -> Option<&List> {
        self.0.get(&(tenant_id, name.to_owned()))
    }

    /// All of them, by tenant and name.
    pub fn iter(&self) -> impl Iterator<Item = &List> {
        self.0.values()
    }
}

/// What a notice says as a test.
pub fn sample(now: Millis) -> Notice {
    Notice {
        headline: "Hot lead".to_owned(),
        who: "Ann Sample <!channel> *test*".to_owned(),
        class: "SQL".to_owned(),
        score: Some(80),
        reasons: vec![
            ("question_answered".to_owned(), 25),
            ("demo_requested".to_owned(), 15),
            ("contact_shared".to_owned(), 10),
        ],
        last_words: Some("Can I see it tomorrow?".to_owned()),
        facts: vec![
            ("Phone".to_owned(), "+14155550123".to_owned()),
            ("Channel".to_owned(), "sms".to_owned()),
            ("Source".to_owned(), "spring-campaign".to_owned()),
        ],
        happened_at: now,
        ..Notice::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_hours_end_in_their_own_zone() {
        let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_millisecond();
        let zone = jiff::tz::TimeZone::get("Asia/Kolkata").unwrap();
        let quiet = |from: &str, until: &str| Quiet {
            from: from.parse().unwrap(),
            until: until.parse().unwrap(),
            zone: zone.clone(),
        };
        let rows = [
            ("before them", "21:00", "08:00", "2026-11-27T15:00:00Z", None),
            ("in the evening", "21:00", "08:00", "2026-11-27T16:00:00Z", Some("2026-11-28T02:30:00Z")),
            ("in the morning", "21:00", "08:00", "2026-11-27T02:00:00Z", Some("2026-11-27T02:30:00Z")),
            ("at their end", "21:00", "08:00", "2026-11-27T02:30:00Z", None),
            ("at noon", "12:00", "13:00", "2026-11-27T07:00:00Z", Some("2026-11-27T07:30:00Z")),
        ];
        for (label, from, until, now, expected) in rows {
            assert_eq!(quiet(from, until).until(at(now)), expected.map(at), "{label}");
        }
    }
}
