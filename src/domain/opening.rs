//! The hours of a week, as people write them: `Mon-Fri 09:00-18:00, Sat 10:00-14:00`. A center is open then, or calls are allowed.

use jiff::Timestamp;
use jiff::civil::{DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use std::fmt;

/// The hours of a week: for each weekday from when until when, at times more than once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    spans: Vec<(Weekday, Time, Time)>,
    text: String,
}

/// How hours are written.
const HELP: &str = "write days and times such as \"Mon-Fri 09:00-18:00, Sat 10:00-14:00\"";
/// More than that nobody writes.
const LONGEST: usize = 200;
const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

fn day(text: &str) -> Option<Weekday> {
    let text = text.trim().to_ascii_lowercase();
    DAYS.iter().find(|(name, _)| *name == text).map(|(_, day)| *day)
}

/// A time of day; 24:00 is the day's end.
fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':')?;
    let two = |figures: &str| (figures.len() <= 2).then(|| figures.parse::<i8>().ok()).flatten();
    match (two(hour)?, two(minute)?) {
        (24, 0) => Some(Time::MAX),
        (hour, minute) => Time::new(hour, minute, 0, 0).ok(),
    }
}

impl Opening {
    /// Reads hours; days that are not named are closed.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn parse(text: &str) -> Result<Opening, String> {
        if text.len() > LONGEST {
            return Err(format!("at most {LONGEST} characters"));
        }
        let mut spans = Vec::new();
        for part in text.split(',').map(str::trim) {
            let wrong = || format!("{part:?} is no days and times; {HELP}");
            let (days, times) = part.split_once(' ').ok_or_else(wrong)?;
            let (first, last) = days.split_once('-').unwrap_or((days, days));
            let (first, last) = day(first).zip(day(last)).ok_or_else(wrong)?;
            let (from, to) = times.split_once('-').ok_or_else(wrong)?;
            let (from, to) = time(from).zip(time(to)).ok_or_else(wrong)?;
            if from >= to {
                return Err(format!(
                    "{part:?} ends before it begins; hours over midnight are two: until 24:00, and from 00:00"
                ));
            }
            let mut at = first;
            loop {
                spans.push((at, from, to));
                if at == last {
                    break;
                }
                at = at.next();
            }
        }
        Ok(Opening { spans, text: text.trim().to_owned() })
    }

    /// When it opens on that day; `None`: it does not.
    pub fn begins(&self, day: Weekday) -> Option<Time> {
        self.spans(day).map(|(from, _)| from).min()
    }

    /// From one time of day until another, on all days alike.
    pub(super) fn daily(from: Time, to: Time) -> Opening {
        let spans = DAYS.iter().map(|(_, day)| (*day, from, to)).collect();
        Opening { spans, text: format!("Mon-Sun {}-{}", from.strftime("%H:%M"), to.strftime("%H:%M")) }
    }

    /// The spans of that weekday; one that ends at [`Time::MAX`] lasts until the day does.
    pub(super) fn spans(&self, day: Weekday) -> impl Iterator<Item = (Time, Time)> {
        self.spans.iter().filter(move |(open, ..)| *open == day).map(|(_, from, to)| (*from, *to))
    }

    /// Whether it is open when the clock shows that.
    pub fn is_open_at(&self, local: DateTime) -> bool {
        let time = local.time();
        self.spans(local.weekday()).any(|(from, to)| from <= time && (time < to || to == Time::MAX))
    }

    /// Whether it is open at that instant, by this clock.
    pub fn is_open(&self, zone: &TimeZone, at: Timestamp) -> bool {
        self.is_open_at(zone.to_datetime(at))
    }
}

impl fmt::Display for Opening {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_and_closed() {
        let delhi = TimeZone::get("Asia/Kolkata").unwrap();
        let hours = Opening::parse("Mon-Fri 09:00-13:00, mon-fri 14:00-18:30, Sat 10:00-24:00").unwrap();
        // 2026-01-05 is a Monday; Delhi is 5:30 ahead.
        for (instant, expected, label) in [
            ("2026-01-05T03:30:00Z", true, "Monday at nine"),
            ("2026-01-05T03:29:59Z", false, "just before"),
            ("2026-01-05T07:30:00Z", false, "at one: the break"),
            ("2026-01-09T12:59:59Z", true, "Friday until half past six"),
            ("2026-01-09T13:00:00Z", false, "and no longer"),
            ("2026-01-10T18:29:59Z", true, "Saturday until midnight"),
            ("2026-01-10T18:30:00Z", false, "Sunday"),
        ] {
            assert_eq!(hours.is_open(&delhi, instant.parse().unwrap()), expected, "{label}");
        }
        assert_eq!(hours.begins(Weekday::Saturday), Time::new(10, 0, 0, 0).ok());
        assert_eq!(
            (hours.begins(Weekday::Monday), hours.begins(Weekday::Sunday)),
            (Time::new(9, 0, 0, 0).ok(), None)
        );
        let week = Opening::parse("Sat-Mon 08:00-09:00").unwrap();
        let days: Vec<Weekday> = week.spans.iter().map(|(day, ..)| *day).collect();
        assert_eq!(days, [Weekday::Saturday, Weekday::Sunday, Weekday::Monday], "over the week's end");
    }

    #[test]
    fn what_is_no_hours_is_said() {
        for text in [
            "",
            "always",
            "Mon",
            "Mon 9-18",
            "Mon 09:00",
            "Mun 09:00-18:00",
            "Mon 25:00-26:00",
            "Mon 18:00-09:00",
            "Mon 09:00-09:00",
            "Mon 009:00-10:00",
        ] {
            assert!(Opening::parse(text).is_err(), "{text:?}");
        }
        assert!(Opening::parse("Mon 18:00-09:00").unwrap_err().contains("midnight"));
        assert!(Opening::parse(&"Mon 09:00-18:00,".repeat(50)).is_err());
    }
}
