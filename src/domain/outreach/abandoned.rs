//! How many of a campaign's answered calls had nobody of ours on the line, and when that is more than the law of a place allows.

use super::Came;
use crate::clock::{DAY, HOUR, Millis};

/// The share is taken of so many answered calls at least. A law measures a whole period: at its beginning one such call would be more than
/// any share of the few there were, and would stop for all of it a campaign that is well within the law at its end.
pub const LEAST: u32 = 100;

/// So many of a hundred answered calls may be such, over so many days.
pub type Limit = (f64, i64);

/// Calls that people answered, and those of them at which nobody of ours was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answered {
    /// All of them.
    pub all: u32,
    /// At which nobody of ours was.
    pub dropped: u32,
}

impl Answered {
    /// As what a call counts that came to this.
    pub const fn of(came: Option<Came>) -> Answered {
        match came {
            Some(Came::Answered) => Answered { all: 1, dropped: 0 },
            Some(Came::Dropped) => Answered { all: 1, dropped: 1 },
            _ => Answered { all: 0, dropped: 0 },
        }
    }

    /// Whether more of them were dropped than may be.
    fn is_above(self, percent: f64) -> bool {
        f64::from(self.dropped) * 100.0 > percent * f64::from(self.all.max(LEAST))
    }
}

/// A campaign's answered calls, by the hour of UTC in which they began.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnsweredCalls {
    /// Hours since 1970, the oldest first, each with what began in it or later.
    since: Vec<(i64, Answered)>,
}

impl AnsweredCalls {
    /// Of hours since 1970 and what began in each, the oldest first.
    pub fn new(hours: Vec<(i64, Answered)>) -> AnsweredCalls {
        let mut since = hours;
        let mut later = Answered::default();
        for (_, answered) in since.iter_mut().rev() {
            later = Answered { all: later.all + answered.all, dropped: later.dropped + answered.dropped };
            *answered = later;
        }
        AnsweredCalls { since }
    }

    /// Those that count at an instant. An hour does as long as any call of it may be within these days.
    pub fn within(&self, days: i64, at: Millis) -> Answered {
        self.counting(days, at).first().map_or_else(Answered::default, |(_, answered)| *answered)
    }

    fn counting(&self, days: i64, at: Millis) -> &[(i64, Answered)] {
        let first = self.since.partition_point(|(hour, _)| passes(*hour, days) <= at);
        &self.since[first..]
    }

    /// Whether more were dropped than one of these limits allows.
    fn is_above(&self, limits: &[Limit], at: Millis) -> bool {
        limits.iter().any(|(percent, days)| self.within(*days, at).is_above(*percent))
    }

    /// The next instant at which other calls count, if none is made; `None`: none do any more.
    fn changes(&self, limits: &[Limit], at: Millis) -> Option<Millis> {
        let next = |(_, days): &Limit| Some(passes(self.counting(*days, at).first()?.0, *days));
        limits.iter().filter_map(next).min()
    }

    /// The first instant from `at` on at which all limits are kept, if no call is made until then.
    pub fn opens(&self, limits: &[Limit], mut at: Millis) -> Millis {
        while self.is_above(limits, at)
            && let Some(next) = self.changes(limits, at)
        {
            at = next;
        }
        at
    }

    /// The first instant after `at` at which one is kept no more, if no call is made until then: calls that were taken grow old as well.
    pub fn shuts(&self, limits: &[Limit], mut at: Millis) -> Millis {
        while let Some(next) = self.changes(limits, at) {
            at = next;
            if self.is_above(limits, at) {
                return at;
            }
        }
        Millis::MAX
    }
}

/// When the last call of an hour is older than these days.
const fn passes(hour: i64, days: i64) -> Millis {
    (hour + 1) * HOUR + days * DAY
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The hour in which these tests are.
    const NOW: i64 = 500_000;

    /// Of hours ago, with answered and dropped calls; the oldest first.
    fn calls(hours: &[(i64, u32, u32)]) -> AnsweredCalls {
        let of =
            |(ago, all, dropped): &(i64, u32, u32)| (NOW - ago, Answered { all: *all, dropped: *dropped });
        AnsweredCalls::new(hours.iter().map(of).collect())
    }

    #[test]
    fn more_than_the_share_is_waited_for_until_it_is_kept() {
        /// Hours ago with calls, percent and days; hours from now on until it opens, and until it shuts after that.
        type Row = (&'static str, &'static [(i64, u32, u32)], &'static [Limit], i64, Option<i64>);
        let rows: [Row; 9] = [
            ("nobody was called", &[], &[(3.0, 30)], 0, None),
            ("few calls count as a hundred", &[(5, 10, 3)], &[(3.0, 30)], 0, None),
            ("one too many of them", &[(5, 10, 4)], &[(3.0, 1)], 20, None),
            ("just the share", &[(5, 200, 6)], &[(3.0, 1)], 0, None),
            ("more than that", &[(5, 200, 7)], &[(3.0, 1)], 20, None),
            ("once the oldest are old enough", &[(9, 20, 2), (5, 50, 1), (1, 50, 2)], &[(3.0, 1)], 16, None),
            ("what was taken grows old first", &[(9, 400, 0), (5, 100, 9)], &[(3.0, 1)], 0, Some(16)),
            ("of two limits both are kept", &[(9, 400, 0), (5, 100, 4)], &[(3.0, 1), (0.5, 2)], 44, None),
            ("none may be", &[(2, 1_000, 1)], &[(0.0, 1)], 23, None),
        ];
        for (label, hours, limits, opens, shuts) in rows {
            let calls = calls(hours);
            let at = calls.opens(limits, NOW * HOUR);
            assert_eq!((at - NOW * HOUR) / HOUR, opens, "{label}");
            let shuts_at = calls.shuts(limits, at);
            let expected = shuts.map_or(Millis::MAX, |hours| (NOW + hours) * HOUR);
            assert_eq!(shuts_at, expected, "{label}");
        }
    }

    #[test]
    fn an_hour_counts_while_any_call_of_it_may() {
        let calls = calls(&[(24, 7, 1)]);
        let all = |at: Millis| calls.within(1, at).all;
        assert_eq!((all(NOW * HOUR), all((NOW + 1) * HOUR - 1), all((NOW + 1) * HOUR)), (7, 7, 0));
    }
}
