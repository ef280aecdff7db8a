//! The hours of the day at which people may be written to unasked, by their own clocks.
//!
//! Where it is not known in which of several time zones somebody lives, an instant is allowed only if it is in all of them:
//! 47 CFR 64.1200(c)(1) speaks of the called party's local time, and a number does not prove a place.

use super::calendar::{self, When};
use super::opening::Opening;
use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;

/// From a time of day until another, the same every day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    from: Time,
    to: Time,
}

impl Default for Hours {
    /// 8 in the morning to 9 in the evening.
    fn default() -> Self {
        Hours { from: Time::constant(8, 0, 0, 0), to: Time::constant(21, 0, 0, 0) }
    }
}

impl Hours {
    /// Allowed from `from` on and before `to`; `None` where that is no time at all.
    pub fn new(from: Time, to: Time) -> Option<Hours> {
        (from < to).then_some(Hours { from, to })
    }

    /// Whether `at` is allowed in all of these zones; not where there is none: then nobody knows what time it is there.
    pub fn allow(&self, zones: &[TimeZone], at: Timestamp) -> bool {
        !zones.is_empty() && self.by_clocks(zones, |whens| calendar::allows(whens, at))
    }

    /// The first instant from `at` on that is allowed in all of these zones; `None`: there is none.
    pub fn next(&self, zones: &[TimeZone], at: Timestamp) -> Option<Timestamp> {
        if zones.is_empty() { None } else { self.by_clocks(zones, |whens| calendar::next(whens, at)) }
    }

    /// The end of the hours that are running at `at`: the first instant that is not allowed in one of these zones.
    pub fn end(&self, zones: &[TimeZone], at: Timestamp) -> Option<Timestamp> {
        self.by_clocks(zones, |whens| calendar::end(whens, at))
    }

    /// Asks the calendar for these hours of each day by each of the clocks.
    fn by_clocks<T>(&self, zones: &[TimeZone], ask: impl FnOnce(&[When<'_>]) -> T) -> T {
        let week = Opening::daily(self.from, self.to);
        let when = |zone| When { week: &week, zone, closed: None, from: None, until: None };
        ask(&zones.iter().map(when).collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan;

    /// Label, hours, zones, asked at, and the first allowed instant.
    type Row = (&'static str, Hours, &'static [&'static str], &'static str, Option<&'static str>);

    fn zones(names: &[&str]) -> Vec<TimeZone> {
        names.iter().map(|name| TimeZone::get(name).unwrap()).collect()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn hours(from: &str, to: &str) -> Hours {
        Hours::new(from.parse().unwrap(), to.parse().unwrap()).unwrap()
    }

    #[test]
    fn hours_end_where_the_first_zone_s_do() {
        let both = zones(&["America/New_York", "America/Los_Angeles"]);
        let asked = at("2026-01-15T20:00:00Z");
        assert_eq!(Hours::default().end(&both, asked), Some(at("2026-01-16T02:00:00Z")));
        assert_eq!(Hours::default().end(&both[1..], asked), Some(at("2026-01-16T05:00:00Z")));
        assert_eq!(Hours::default().end(&[], asked), None);
    }

    /// 47 CFR 64.1200(c)(1): 8 in the morning to 9 in the evening, local time of the called party.
    #[test]
    fn the_rule_of_quiet_hours() {
        let rows = [
            ("2026-01-15T16:00:00Z", "America/Los_Angeles", true),
            ("2026-01-15T15:59:59Z", "America/Los_Angeles", false),
            ("2026-01-16T04:59:59Z", "America/Los_Angeles", true),
            ("2026-01-16T05:00:00Z", "America/Los_Angeles", false),
            ("2026-07-15T15:00:00Z", "America/Los_Angeles", true),
            ("2026-07-15T15:00:00Z", "America/Phoenix", true),
            ("2026-01-15T15:00:00Z", "America/Phoenix", true),
            ("2026-01-15T14:59:59Z", "America/Phoenix", false),
        ];
        for (instant, zone, allowed) in rows {
            assert_eq!(Hours::default().allow(&zones(&[zone]), at(instant)), allowed, "{instant} {zone}");
        }
        assert!(!Hours::default().allow(&[], at("2026-01-15T16:00:00Z")), "nobody knows where");
    }

    #[test]
    fn the_next_allowed_instant() {
        let usual = Hours::default();
        const US: &[&str] = &["America/New_York", "America/Los_Angeles", "Pacific/Honolulu"];
        let rows: [Row; 16] = [
            ("now", usual, &["Asia/Kolkata"], "2026-01-05T10:00:00Z", Some("2026-01-05T10:00:00Z")),
            ("at night", usual, &["Asia/Kolkata"], "2026-01-05T17:00:00Z", Some("2026-01-06T02:30:00Z")),
            ("early", usual, &["Asia/Kolkata"], "2026-01-05T01:00:00Z", Some("2026-01-05T02:30:00Z")),
            (
                "the last moment",
                usual,
                &["UTC"],
                "2026-01-05T20:59:59.999Z",
                Some("2026-01-05T20:59:59.999Z"),
            ),
            ("just too late", usual, &["UTC"], "2026-01-05T21:00:00Z", Some("2026-01-06T08:00:00Z")),
            ("in all of a country", usual, US, "2026-01-05T13:00:00Z", Some("2026-01-05T18:00:00Z")),
            ("too late in its east", usual, US, "2026-01-06T02:00:00Z", Some("2026-01-06T18:00:00Z")),
            // America/New_York: 2026-03-08 02:00 becomes 03:00, 2026-11-01 02:00 becomes 01:00.
            (
                "the night of spring",
                usual,
                &["America/New_York"],
                "2026-03-08T03:00:00Z",
                Some("2026-03-08T12:00:00Z"),
            ),
            (
                "the night of autumn",
                usual,
                &["America/New_York"],
                "2026-11-01T03:00:00Z",
                Some("2026-11-01T13:00:00Z"),
            ),
            (
                "beginning at an hour that is left out",
                hours("02:30", "04:00"),
                &["America/New_York"],
                "2026-03-08T06:00:00Z",
                Some("2026-03-08T07:00:00Z"),
            ),
            (
                "wholly within the hour that is left out",
                hours("02:10", "02:50"),
                &["America/New_York"],
                "2026-03-08T06:00:00Z",
                Some("2026-03-09T06:10:00Z"),
            ),
            (
                "beginning at an hour that comes twice: the first",
                hours("01:30", "04:00"),
                &["America/New_York"],
                "2026-11-01T04:00:00Z",
                Some("2026-11-01T05:30:00Z"),
            ),
            (
                "beginning at an hour that comes twice: between the two",
                hours("01:30", "04:00"),
                &["America/New_York"],
                "2026-11-01T06:10:00Z",
                Some("2026-11-01T06:30:00Z"),
            ),
            (
                "half an hour of change",
                usual,
                &["Australia/Lord_Howe"],
                "2026-10-03T12:00:00Z",
                Some("2026-10-03T21:00:00Z"),
            ),
            ("never in both", hours("09:00", "12:00"), &["Asia/Tokyo", "UTC"], "2026-01-05T10:00:00Z", None),
            ("nobody knows where", usual, &[], "2026-01-05T10:00:00Z", None),
        ];
        for (label, hours, names, from, expected) in rows {
            assert_eq!(hours.next(&zones(names), at(from)), expected.map(at), "{label}");
        }
    }

    /// Against asking every five minutes of the weeks around each change of the clock.
    #[test]
    fn it_is_the_first_one_that_is_allowed() {
        let sets: [&[&str]; 5] = [
            &["Europe/London", "Atlantic/Azores"],
            &["America/New_York", "America/St_Johns", "America/Phoenix"],
            &["Australia/Lord_Howe", "Australia/Perth"],
            &["Africa/Casablanca"],
            &["Asia/Kathmandu", "Asia/Tokyo"],
        ];
        for names in sets {
            let zones = zones(names);
            for hours in [Hours::default(), hours("01:15", "03:00"), hours("00:00", "23:59")] {
                for start in ["2026-03-05T00:00:00Z", "2026-10-23T00:00:00Z", "2026-02-12T00:00:00Z"] {
                    let instants: Vec<Timestamp> =
                        (0..12 * 24 * 6).map(|step| at(start) + (step * 5).minutes()).collect();
                    let mut next = None;
                    for instant in instants.into_iter().rev() {
                        if hours.allow(&zones, instant) {
                            next = Some(instant);
                        }
                        if let Some(next) = next {
                            assert_eq!(
                                hours.next(&zones, instant),
                                Some(next),
                                "{names:?} {hours:?} {instant}"
                            );
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn no_time_at_all_is_refused() {
        let time = |text: &str| text.parse::<Time>().unwrap();
        assert_eq!(Hours::new(time("09:00"), time("09:00")), None);
        assert_eq!(Hours::new(time("21:00"), time("08:00")), None);
    }
}
