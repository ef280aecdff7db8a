//! How long somebody waits who could not log in: longer with every failure.

use crate::clock::{DAY, MINUTE, Millis, SECOND};

/// Failures are forgotten so long after the last one.
pub const FORGOTTEN: Millis = DAY;

/// Whose failures are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Those at one account, from wherever. Its wait stays short: whoever fails here on purpose keeps its owner out.
    Account,
    /// Those from one network address, at whatever account. Offices share one, so more are free.
    Address,
}

impl Counted {
    /// How often may be failed without a wait, and the longest wait.
    fn limits(self) -> (i64, Millis) {
        match self {
            Counted::Account => (4, MINUTE),
            Counted::Address => (19, 15 * MINUTE),
        }
    }

    /// How long nothing is tried after so many failures: nothing at first, then a second, and twice as long with each.
    pub fn wait(self, failures: i64) -> Millis {
        let (free, longest) = self.limits();
        match failures - free {
            ..=0 => 0,
            further => (SECOND << (further - 1).min(20)).min(longest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_a_bound() {
        let rows = [
            (Counted::Account, 0, 0),
            (Counted::Account, 4, 0),
            (Counted::Account, 5, SECOND),
            (Counted::Account, 6, 2 * SECOND),
            (Counted::Account, 10, 32 * SECOND),
            (Counted::Account, 11, MINUTE),
            (Counted::Account, i64::MAX, MINUTE),
            (Counted::Address, 19, 0),
            (Counted::Address, 20, SECOND),
            (Counted::Address, 40, 15 * MINUTE),
        ];
        for (counted, failures, expected) in rows {
            assert_eq!(counted.wait(failures), expected, "{counted:?} {failures}");
        }
    }
}
