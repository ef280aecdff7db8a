//! Dates and times as programs and people enter them, and as files show them.

use crate::clock::Millis;
use crate::domain::center::Center;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

/// A day without a time of day means its working day: it begins at nine.
const WORKING_DAY: Time = Time::constant(9, 0, 0, 0);
/// Nobody plans further ahead, and nothing was before; dates outside are mistakes of the year.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2199;

/// An instant: with its own offset (`2026-02-15T16:00:00+05:30`, `…Z`), or by the clock of `zone` (`2026-02-15T16:00:00`, `2026-02-15`).
/// An hour that the clock passes over or shows twice means the earlier instant it can mean.
///
/// # Errors
/// What it should look like.
pub fn instant(text: &str, zone: &TimeZone) -> Result<Millis, &'static str> {
    const EXPECTED: &str =
        "must be a date and time such as 2026-02-15T16:00:00 or 2026-02-15T16:00:00+05:30, from 2000 to 2199";
    let text = text.trim();
    let at = if let Ok(at) = text.parse::<Timestamp>() {
        at
    } else {
        let local = match text.parse::<DateTime>() {
            // A date alone reads as its midnight.
            Ok(local) if !text.contains([':', 'T', 't']) => local.date().to_datetime(WORKING_DAY),
            Ok(local) => local,
            Err(_) => return Err(EXPECTED),
        };
        zone.to_ambiguous_timestamp(local).earlier().map_err(|_| EXPECTED)?
    };
    let year = at.to_zoned(TimeZone::UTC).year();
    if YEARS.contains(&year) { Ok(at.as_millisecond()) } else { Err(EXPECTED) }
}

/// A day, which means its midnight by the clock of `zone`, or an instant as [`instant`] reads it; `None`: neither.
pub fn day_or_instant(text: &str, zone: &TimeZone) -> Option<Millis> {
    match text.parse::<Date>() {
        Ok(date) if text.len() == "2026-02-15".len() => {
            zone.to_ambiguous_timestamp(date.into()).earlier().ok().map(|at| at.as_millisecond())
        }
        _ => instant(text, zone).ok(),
    }
}

/// When a visit to a center is to be: as [`instant`], but a day alone means when the center opens that day, where it says so.
///
/// # Errors
/// What it should look like.
pub fn visit(text: &str, center: &Center) -> Result<Millis, &'static str> {
    let day = text.trim().parse::<Date>().ok().filter(|_| !text.contains([':', 'T', 't']));
    let opens = |day: Date| Some(day.to_datetime(center.opening.as_ref()?.begins(day.weekday())?));
    match day.and_then(opens) {
        Some(opens) => instant(&opens.to_string(), &center.zone),
        None => instant(text, &center.zone),
    }
}

/// A date of birth: not after `today`, and not so long before that nobody is so old.
///
/// # Errors
/// What is wrong with it.
pub fn birthday(text: &str, today: Date) -> Result<Date, &'static str> {
    const EXPECTED: &str = "must be a date such as 2020-06-15";
    const OLDEST: i16 = 120;
    let date: Date = text.trim().parse().map_err(|_| EXPECTED)?;
    if text.trim().len() != "2020-06-15".len() {
        return Err(EXPECTED);
    }
    if date > today {
        return Err("must not be in the future");
    }
    if date.year() < today.year() - OLDEST {
        return Err("must not be more than 120 years ago");
    }
    Ok(date)
}

/// The day of an instant by a zone's clock, from its beginning to before the next.
pub fn day(at: Millis, zone: &TimeZone) -> std::ops::Range<Millis> {
    let date = zone.to_datetime(Timestamp::from_millisecond(at).unwrap_or_default()).date();
    let begins = |date: Date| {
        let midnight = zone.to_ambiguous_timestamp(date.to_datetime(Time::midnight()));
        midnight.earlier().map_or(at, Timestamp::as_millisecond)
    };
    begins(date)..date.tomorrow().map_or(Millis::MAX, begins)
}

/// An instant as views and files have it: UTC, to the second.
pub fn time(at: Millis) -> String {
    Timestamp::from_millisecond(at).unwrap_or_default().strftime("%Y-%m-%d %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants() {
        let rows = [
            ("with an offset", "2026-02-15T16:00:00+05:30", "Asia/Kolkata", Some("2026-02-15T10:30:00Z")),
            ("UTC", "2026-02-15T16:00:00Z", "Asia/Kolkata", Some("2026-02-15T16:00:00Z")),
            ("by the center's clock", "2026-02-15T16:00:00", "Asia/Kolkata", Some("2026-02-15T10:30:00Z")),
            ("a blank between", "2026-02-15 16:00", "Asia/Kolkata", Some("2026-02-15T10:30:00Z")),
            ("a day", "2026-02-15", "Asia/Kolkata", Some("2026-02-15T03:30:00Z")),
            ("an hour that is not", "2026-03-08T02:30:00", "America/New_York", Some("2026-03-08T06:30:00Z")),
            (
                "an hour that is twice",
                "2026-11-01T01:30:00",
                "America/New_York",
                Some("2026-11-01T05:30:00Z"),
            ),
            ("an old year", "1026-02-15T16:00:00", "UTC", None),
            ("a far year", "9026-02-15T16:00:00Z", "UTC", None),
            ("no date", "tomorrow", "UTC", None),
            ("no such day", "2026-02-30", "UTC", None),
            ("nothing", "", "UTC", None),
        ];
        for (label, text, zone, expected) in rows {
            let zone = TimeZone::get(zone).unwrap();
            let expected = expected.map(|at| at.parse::<Timestamp>().unwrap().as_millisecond());
            assert_eq!(instant(text, &zone).ok(), expected, "{label}");
        }
    }

    #[test]
    fn birthdays() {
        let today = "2026-02-15".parse().unwrap();
        let rows = [
            ("2020-06-15", Ok(())),
            ("2026-02-15", Ok(())),
            ("2026-02-16", Err("must not be in the future")),
            ("1820-06-15", Err("must not be more than 120 years ago")),
            ("15/06/2020", Err("must be a date such as 2020-06-15")),
            ("2020-06-15T00:00:00", Err("must be a date such as 2020-06-15")),
            ("2020-02-30", Err("must be a date such as 2020-06-15")),
        ];
        for (text, expected) in rows {
            assert_eq!(birthday(text, today).map(drop), expected, "{text}");
        }
    }

    #[test]
    fn days_begin_at_midnight_there() {
        let zone = TimeZone::get("Asia/Kolkata").unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap().as_millisecond();
        let expected = at("2026-02-14T18:30:00Z")..at("2026-02-15T18:30:00Z");
        assert_eq!(day(at("2026-02-15T10:00:00Z"), &zone), expected);
        assert_eq!(day(expected.start, &zone), expected);
        assert_eq!(day(expected.end - 1, &zone), expected);
    }
}
