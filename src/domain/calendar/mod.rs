//! When something is allowed by the clock: weeks with their hours, each by a clock of its own, days on which nothing is, and
//! days from and until which that holds. The one algorithm for all of that.
//!
//! Between two changes of a clock its time runs evenly. So hours are looked for by the clock's own dates and times from one
//! change to the next, and what a change leaves out or repeats needs no rule of its own.

use super::opening::Opening;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// So far it is looked ahead: longer than any run of holidays and closed days, and than what is left of a rule that ends.
const LOOKED_AHEAD: SignedDuration = SignedDuration::from_hours(40 * 24);

/// One constraint: what a week allows by one clock.
#[derive(Clone, Copy, Debug)]
pub struct When<'a> {
    /// The hours of each weekday.
    pub week: &'a Opening,
    /// The clock.
    pub zone: &'a TimeZone,
    /// Days on which nothing is allowed.
    pub closed: Option<&'a BTreeSet<Date>>,
    /// It is in force from this day on, by that clock; before it all is allowed.
    pub from: Option<Date>,
    /// It is in force before this day, by that clock; from it on all is allowed.
    pub until: Option<Date>,
}

/// Whether all of them allow `at`; with none, everything is allowed.
pub fn allows(whens: &[When<'_>], at: Timestamp) -> bool {
    whens.iter().all(|when| when.allows(when.zone.to_datetime(at)))
}

/// The first instant from `at` on that all of them allow; `None`: there is none within forty days.
pub fn next(whens: &[When<'_>], at: Timestamp) -> Option<Timestamp> {
    let last = at.checked_add(LOOKED_AHEAD).ok()?;
    let mut candidate = at;
    while candidate <= last {
        // None is allowed before its own next instant, so all are not before the latest of those.
        let nexts = whens.iter().map(|when| when.find(candidate, last, When::opens));
        let latest = nexts.collect::<Option<Vec<Timestamp>>>()?.into_iter().max().unwrap_or(candidate);
        if latest == candidate {
            return Some(candidate);
        }
        candidate = latest;
    }
    None
}

/// The end of the span that is running at `at`: the first instant from `at` on that one of them does not allow; `None`: there is
/// none within forty days. Where `at` is not allowed, that is `at`.
pub fn end(whens: &[When<'_>], at: Timestamp) -> Option<Timestamp> {
    let last = at.checked_add(LOOKED_AHEAD).ok()?;
    whens.iter().filter_map(|when| when.find(at, last, When::closes)).min()
}

impl When<'_> {
    /// Whether it is in force on that day.
    fn binds(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }

    fn is_closed(&self, day: Date) -> bool {
        self.closed.is_some_and(|closed| closed.contains(&day))
    }

    fn allows(&self, local: DateTime) -> bool {
        let day = local.date();
        !self.binds(day) || (!self.is_closed(day) && self.week.is_open_at(local))
    }

    /// The first instant from `at` to `last` that `civil` finds by the clock, which is asked again after each change of it.
    fn find(
        &self,
        at: Timestamp,
        last: Timestamp,
        civil: fn(&Self, DateTime, DateTime) -> Option<DateTime>,
    ) -> Option<Timestamp> {
        let mut changes = self.zone.following(at);
        let mut begins = at;
        while begins <= last {
            let offset = self.zone.to_offset(begins);
            // An instant that is found at once needs no change looked up.
            let found = civil(self, offset.to_datetime(begins), offset.to_datetime(last))
                .and_then(|local| instant(local, offset));
            if found == Some(begins) {
                return found;
            }
            let change = changes.next().map(|change| change.timestamp());
            match (found, change) {
                (Some(found), None) => return Some(found).filter(|found| *found <= last),
                (Some(found), Some(change)) if found < change => {
                    return Some(found).filter(|found| *found <= last);
                }
                (_, Some(change)) => begins = change,
                (None, None) => return None,
            }
        }
        None
    }

    /// The first time from `local` on, by a clock that runs evenly, at which it is allowed; `last` bounds the look.
    fn opens(&self, local: DateTime, last: DateTime) -> Option<DateTime> {
        let mut day = local.date();
        while day <= last.date() {
            let earliest = if day == local.date() { local.time() } else { Time::midnight() };
            if !self.binds(day) {
                return Some(day.to_datetime(earliest));
            }
            if !self.is_closed(day) {
                let spans =
                    self.week.spans(day.weekday()).filter(|(_, to)| earliest < *to || *to == Time::MAX);
                if let Some(time) = spans.map(|(from, _)| from.max(earliest)).min() {
                    return Some(day.to_datetime(time));
                }
            }
            day = day.tomorrow().ok()?;
        }
        None
    }

    /// The first time from `local` on, by a clock that runs evenly, at which it is not allowed; `last` bounds the look.
    fn closes(&self, local: DateTime, last: DateTime) -> Option<DateTime> {
        let mut reached = local;
        while reached <= last {
            if !self.allows(reached) {
                return Some(reached);
            }
            let day = reached.date();
            let time = reached.time();
            let spans = self.week.spans(day.weekday());
            let running = spans.filter(|(from, to)| *from <= time && (time < *to || *to == Time::MAX));
            let to = running.map(|(_, to)| to).max().filter(|to| *to != Time::MAX);
            reached = match to {
                Some(to) => day.to_datetime(to),
                None => day.tomorrow().ok()?.to_datetime(Time::midnight()),
            };
        }
        None
    }
}

fn instant(local: DateTime, offset: Offset) -> Option<Timestamp> {
    offset.to_timestamp(local).ok()
}

#[cfg(test)]
mod tests;
