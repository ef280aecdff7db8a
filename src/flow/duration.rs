//! Lengths of time as flow files write them: `30s`, `2m`, `1h`, `3d`, `1h30m`.

use crate::clock::{DAY, HOUR, MINUTE, Millis, SECOND};

/// The length in milliseconds; `None` where it is not one, or longer than a year.
pub fn parse(written: &str) -> Option<Millis> {
    let mut rest = written.trim();
    let mut sum: Millis = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: Millis = rest[..digits].parse().ok()?;
        let unit = match rest[digits..].chars().next()? {
            's' => SECOND,
            'm' => MINUTE,
            'h' => HOUR,
            'd' => DAY,
            _ => return None,
        };
        sum = sum.checked_add(number.checked_mul(unit)?)?;
        rest = rest[digits + 1..].trim_start();
    }
    (sum > 0 && sum <= 366 * DAY).then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_or_refused() {
        for (written, expected) in [
            ("30s", Some(30 * SECOND)),
            ("2m", Some(2 * MINUTE)),
            ("1h", Some(HOUR)),
            ("3d", Some(3 * DAY)),
            ("1h30m", Some(90 * MINUTE)),
            ("1h 30m", Some(90 * MINUTE)),
            ("", None),
            ("2", None),
            ("m", None),
            ("0m", None),
            ("-1h", None),
            ("2 weeks", None),
            ("99999d", None),
            ("99999999999999999999d", None),
        ] {
            assert_eq!(parse(written), expected, "{written:?}");
        }
    }
}
