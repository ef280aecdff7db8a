//! What silence costs: after so long without a word, points for behaviour fade, period by period.

use crate::clock::{HOUR, Millis};

/// The shortest wait and the shortest period: what fades faster would be gone before anybody could answer.
pub const SHORTEST: Millis = HOUR;

/// What is taken each period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// So many points.
    Points(i64),
    /// So many percent of what there is then, rounded up.
    Percent(i64),
}

/// What silence costs. It costs first after `after_ms`, then every `every_ms`, counted from the person's last word; so what
/// it has cost at any instant does not depend on who looked when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decay {
    /// So long nothing is taken.
    pub after_ms: Millis,
    /// From one time to the next.
    pub every_ms: Millis,
    /// What is taken each time.
    pub loss: Loss,
    /// So many points for behaviour stay.
    pub floor: i64,
}

impl Decay {
    /// How often it costs something in a silence that began at `from`, later than `since` and up to `until`.
    pub fn times(&self, from: Millis, since: Millis, until: Millis) -> i64 {
        (self.passed(from, until) - self.passed(from, since)).max(0)
    }

    /// When it next costs something in a silence that began at `from`, after `since`.
    pub fn next(&self, from: Millis, since: Millis) -> Millis {
        let times = self.passed(from, since);
        from.saturating_add(self.after()).saturating_add(times.saturating_mul(self.every()))
    }

    /// What it takes once of so many points for behaviour: never below the floor.
    pub fn cost(&self, engagement: i64) -> i64 {
        let above = engagement.saturating_sub(self.floor).max(0);
        let loss = match self.loss {
            Loss::Points(points) => points,
            Loss::Percent(percent) => {
                let hundredths = i128::from(engagement.max(0)) * i128::from(percent);
                i64::try_from((hundredths + 99) / 100).unwrap_or(i64::MAX)
            }
        };
        loss.max(1).min(above)
    }

    /// How often it has cost something by `at`.
    fn passed(&self, from: Millis, at: Millis) -> i64 {
        let silent = at.saturating_sub(from);
        if silent < self.after() { 0 } else { 1 + (silent - self.after()) / self.every() }
    }

    fn after(&self) -> Millis {
        self.after_ms.max(SHORTEST)
    }

    fn every(&self) -> Millis {
        self.every_ms.max(SHORTEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::DAY;
    use proptest::prelude::*;

    fn weekly(loss: Loss) -> Decay {
        Decay { after_ms: 14 * DAY, every_ms: 7 * DAY, loss, floor: 10 }
    }

    #[test]
    fn it_costs_first_after_the_wait_and_then_every_period() {
        let decay = weekly(Loss::Points(5));
        let rows =
            [(0, 0), (14 * DAY - 1, 0), (14 * DAY, 1), (21 * DAY - 1, 1), (21 * DAY, 2), (35 * DAY, 4)];
        for (until, times) in rows {
            assert_eq!(decay.times(100, 100, 100 + until), times, "{until}");
        }
        assert_eq!(decay.times(0, 14 * DAY, 21 * DAY), 1, "what was counted is not counted again");
        assert_eq!(decay.times(0, 21 * DAY, 14 * DAY), 0);
        assert_eq!((decay.next(0, 0), decay.next(0, 14 * DAY)), (14 * DAY, 21 * DAY));
        assert_eq!(decay.next(0, Millis::MAX), Millis::MAX, "no end of time is too far");
    }

    #[test]
    fn it_takes_points_or_a_share_and_leaves_the_floor() {
        let rows = [
            (Loss::Points(5), 100, 5),
            (Loss::Points(5), 13, 3),
            (Loss::Points(5), 10, 0),
            (Loss::Points(5), -20, 0),
            (Loss::Percent(25), 100, 25),
            (Loss::Percent(25), 41, 11),
            (Loss::Percent(1), 20, 1),
            (Loss::Percent(100), 100, 90),
            (Loss::Percent(100), i64::MAX, i64::MAX - 10),
        ];
        for (loss, engagement, cost) in rows {
            assert_eq!(weekly(loss).cost(engagement), cost, "{loss:?} of {engagement}");
        }
    }

    proptest! {
        #[test]
        fn however_often_somebody_looks_it_costs_the_same(
            after in 0..40 * DAY, every in 0..40 * DAY, from in 0..DAY, mut looks in prop::collection::vec(0..400 * DAY, 1..9),
        ) {
            let decay = Decay { after_ms: after, every_ms: every, loss: Loss::Points(1), floor: 0 };
            looks.sort_unstable();
            let mut since = from;
            let mut times = 0;
            for look in &looks {
                let until = from + look;
                times += decay.times(from, since, until);
                since = until;
                let next = decay.next(from, since);
                prop_assert!(next > since);
                prop_assert_eq!((decay.times(from, since, next - 1), decay.times(from, since, next)), (0, 1));
            }
            prop_assert_eq!(times, decay.times(from, from, since));
        }
    }
}
