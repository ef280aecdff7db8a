//! How long something took, in words.

use crate::clock::{DAY, HOUR, MINUTE, Millis, SECOND};

/// The two largest units of a time that has passed: `3 days 4 hours`, `12 minutes`. Less than a second is `less than a second`.
pub fn words(ms: Millis) -> String {
    const UNITS: [(Millis, &str); 4] = [(DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"), (SECOND, "second")];
    let Some(largest) = UNITS.iter().position(|(unit, _)| ms >= *unit) else {
        return "less than a second".to_owned();
    };
    let mut rest = ms;
    let mut said = Vec::new();
    for (unit, name) in UNITS.iter().skip(largest).take(2) {
        let count = rest / unit;
        rest %= unit;
        if count > 0 {
            said.push(format!("{count} {name}{}", if count == 1 { "" } else { "s" }));
        }
    }
    said.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_units_are_enough() {
        let rows = [
            (0, "less than a second"),
            (999, "less than a second"),
            (61 * SECOND, "1 minute 1 second"),
            (12 * MINUTE, "12 minutes"),
            (DAY, "1 day"),
            (3 * DAY + 4 * HOUR + 59 * MINUTE, "3 days 4 hours"),
            (3 * DAY + 59 * MINUTE, "3 days"),
        ];
        for (ms, expected) in rows {
            assert_eq!(words(ms), expected);
        }
    }
}
