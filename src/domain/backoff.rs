//! How long to wait before a send is tried again, and when to give up.

use crate::clock::{MINUTE, Millis, SECOND};

/// How often a send is tried; after that somebody has to look. With the waits below that is about half an hour.
pub const MOST_ATTEMPTS: i64 = 12;
/// The first wait; each further one is twice as long.
const FIRST: Millis = SECOND;
/// The longest.
const LONGEST: Millis = 15 * MINUTE;

/// How long to wait after so many attempts: the wait doubles, and `dice` (0 to 1) takes away up to half of it, so that what
/// failed together does not come back together.
pub fn wait(attempts: i64, dice: f64) -> Millis {
    let doublings = attempts.clamp(1, 40) - 1;
    let whole = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    whole - (whole as f64 / 2.0 * dice.clamp(0.0, 1.0)) as Millis
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_limit_and_scatter() {
        let rows = [
            ("the first", 1, 0.0, 1_000),
            ("with dice", 1, 1.0, 500),
            ("doubled", 4, 0.0, 8_000),
            ("half of it at least", 4, 1.0, 4_000),
            ("not beyond the longest", 11, 0.0, 900_000),
            ("however often", i64::MAX, 0.5, 675_000),
            ("none so far", 0, 0.0, 1_000),
        ];
        for (label, attempts, dice, expected) in rows {
            assert_eq!(wait(attempts, dice), expected, "{label}");
        }
        let all: Millis = (1..MOST_ATTEMPTS).map(|attempts| wait(attempts, 0.5)).sum();
        assert!((20 * MINUTE..60 * MINUTE).contains(&all), "{all}");
    }
}
