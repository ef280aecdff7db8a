//! `--since`: how long ago, or a day.

use crate::clock::Millis;
use crate::flow::duration;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The instant that `24h`, `7d`, `2026-01-31` or `2026-01-31T08:00:00Z` stands for; a day begins at midnight UTC.
///
/// # Errors
/// Where it is none of these; says what can be written.
pub fn instant(written: &str, now: Millis) -> anyhow::Result<Millis> {
    if let Some(length) = duration::parse(written) {
        return Ok(now - length);
    }
    if let Ok(at) = written.parse::<jiff::Timestamp>() {
        return Ok(at.as_millisecond());
    }
    let day = written.parse::<Date>().ok().filter(|_| written.len() == "2026-01-31".len());
    match day.and_then(|day| day.to_zoned(TimeZone::UTC).ok()) {
        Some(midnight) => Ok(midnight.timestamp().as_millisecond()),
        None => anyhow::bail!(
            "--since {written:?} is neither a length nor a day; write 24h, 7d, 30d, 2026-01-31 or 2026-01-31T08:00:00Z"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{DAY, HOUR};

    #[test]
    fn lengths_days_and_instants() {
        let now = 1_767_607_200_000;
        let rows = [
            ("24h", Some(now - DAY)),
            ("7d", Some(now - 7 * DAY)),
            ("1d12h", Some(now - 36 * HOUR)),
            ("2026-01-05", Some(1_767_571_200_000)),
            ("2026-01-05T10:00:00Z", Some(now)),
            ("2026-01-05T12:00:00+02:00", Some(now)),
            ("2026-13-01", None),
            ("7 days ago", None),
            ("", None),
        ];
        for (written, expected) in rows {
            assert_eq!(instant(written, now).ok(), expected, "{written:?}");
        }
    }
}
