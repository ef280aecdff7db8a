//! How fast something may go: a schedule that is a single number, so that it can be kept in a column and shared.
//!
//! The generic cell rate algorithm: `free_at` is when everything sent so far would be through at the average rate. Units of
//! time are the caller's.

/// On average one every `every`, and up to `burst` at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Time between two, on average.
    pub every: i64,
    /// How many may go at once after a pause; at least 1.
    pub burst: i64,
}

impl Rate {
    /// So many a second, on a clock of microseconds; a quarter of a second's worth may go at once. `None`: no limit.
    pub fn per_second(count: u32) -> Option<Rate> {
        let every = 1_000_000 / i64::from((count > 0).then_some(count)?);
        Some(Rate { every: every.max(1), burst: i64::from(count / 4).max(1) })
    }

    /// When the next thing of this cost may go, not before `now`, and the schedule after it.
    ///
    /// One that costs more than a whole burst goes when the burst is whole again.
    pub fn next(self, free_at: i64, now: i64, cost: i64) -> (i64, i64) {
        let free_at = free_at.max(now);
        let at = free_at + self.every * (cost.min(self.burst) - self.burst);
        (at.max(now), free_at + self.every * cost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When each of so many goes, all wanted at once.
    fn instants(rate: Rate, now: i64, costs: &[i64]) -> Vec<i64> {
        let mut free_at = 0;
        costs
            .iter()
            .map(|cost| {
                let (at, after) = rate.next(free_at, now, *cost);
                free_at = after;
                at
            })
            .collect()
    }

    #[test]
    fn a_burst_and_then_the_average() {
        let pair = Rate { every: 6_000, burst: 3 };
        let rows: [(&str, Rate, &[i64], &[i64]); 4] = [
            ("within the burst", pair, &[1, 1, 1], &[100, 100, 100]),
            ("beyond it", pair, &[1, 1, 1, 1, 1], &[100, 100, 100, 6_100, 12_100]),
            ("what costs more waits longer", pair, &[2, 2, 2], &[100, 6_100, 18_100]),
            ("more than a whole burst", Rate { every: 10, burst: 1 }, &[3, 1, 1], &[100, 130, 140]),
        ];
        for (label, rate, costs, expected) in rows {
            assert_eq!(instants(rate, 100, costs), expected, "{label}");
        }
    }

    #[test]
    fn a_pause_makes_the_burst_whole_again_and_no_larger() {
        let rate = Rate { every: 10, burst: 2 };
        let (_, free_at) = rate.next(0, 100, 2);
        assert_eq!(rate.next(free_at, 100, 1).0, 110, "used up");
        assert_eq!(rate.next(free_at, 120, 2).0, 120, "whole");
        let (at, after) = rate.next(free_at, 10_000, 2);
        assert_eq!((at, rate.next(after, 10_000, 1).0), (10_000, 10_010), "and no larger");
    }

    #[test]
    fn no_second_holds_much_more_than_it_may() {
        let rate = Rate::per_second(80).unwrap();
        let instants = instants(rate, 0, &[1; 400]);
        for from in &instants {
            let within = instants.iter().filter(|at| (*from..from + 1_000_000).contains(*at)).count();
            assert!(within <= 100, "{within} from {from}");
        }
        assert!(*instants.last().unwrap() < 5_000_000, "and the rate is used");
        assert_eq!(Rate::per_second(0), None);
    }
}
