//! Whether what a lead says of its attempts is what the ledger says. Whoever records an attempt writes both in one transaction; this finds
//! what came from elsewhere: imports, older programs, hands in the database.

use super::{Came, Kind, Standing};
use crate::clock::Millis;

/// What a lead says of the attempts to reach it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tracked {
    /// Its `dial_status`; `None`: it says nothing.
    pub status: Option<String>,
    /// Since when.
    pub status_at: Option<Millis>,
    /// What came of the last attempt.
    pub result: Option<String>,
    /// When that began.
    pub last_at: Option<Millis>,
    /// How many there were.
    pub attempts: i64,
    /// How many were answered.
    pub answered: i64,
}

/// What the ledger says of them: finished attempts alone, without those that were taken back before they began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// How many there were.
    pub attempts: i64,
    /// How many were answered.
    pub answered: i64,
    /// The last one: when it began and ended, and what came of it.
    pub last: Option<(Millis, Millis, Came)>,
}

impl Ledger {
    /// Counts an attempt that is over; they come in the order in which they began.
    pub fn count(&mut self, began_at: Millis, ended_at: Millis, came: Came) {
        if came != Came::Cancelled {
            self.attempts += 1;
            self.answered += i64::from(came == Came::Answered);
            self.last = Some((began_at, ended_at, came));
        }
    }
}

/// What does not agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Issue {
    /// It was tried, and says that it is new, or nothing.
    TriedButNew,
    /// It was tried, and the numbers of that are missing or others.
    Untracked,
    /// It was not tried, and says nothing.
    Missing,
}

/// What is wrong with a lead, and what it should say; `None`: nothing is.
///
/// A lead that says it is new since its last attempt was recycled, and is left so.
pub fn corrected(tracked: &Tracked, ledger: &Ledger) -> Option<(Issue, Tracked)> {
    let status = tracked.status.as_deref().filter(|status| !status.is_empty());
    let mut right = Tracked {
        result: ledger.last.map(|(_, _, came)| came.as_str().to_owned()),
        last_at: ledger.last.map(|(began, _, _)| began),
        attempts: ledger.attempts,
        answered: ledger.answered,
        ..tracked.clone()
    };
    let issue = match (status, ledger.last) {
        (None, None) => {
            right.status = Some(Standing::New.as_str().to_owned());
            Issue::Missing
        }
        (_, None) => Issue::Untracked,
        (_, Some((_, ended, came))) => {
            // A call that was agreed while something was under way is not over with that.
            let in_it =
                tracked.status_at.is_some_and(|at| ledger.last.is_some_and(|(began, ..)| at >= began));
            let stays = |standing: Standing| {
                let is_agreed = in_it && standing == Standing::Callback && came != Came::OptedOut;
                standing.kind() == Kind::Final || is_agreed
            };
            let is_over = status.and_then(Standing::parse).is_some_and(stays);
            let is_behind = tracked.status_at.is_none_or(|at| at <= ended);
            if status.is_none() || (is_behind && !is_over) {
                right.status = Some(Standing::of(came).as_str().to_owned());
                right.status_at = Some(ended);
            }
            let says_new = status.is_none_or(|status| status == Standing::New.as_str());
            if says_new && right.status != tracked.status { Issue::TriedButNew } else { Issue::Untracked }
        }
    };
    (right != *tracked).then_some((issue, right))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tracked(status: Option<&str>, status_at: Option<Millis>, attempts: i64) -> Tracked {
        Tracked {
            status: status.map(str::to_owned),
            status_at,
            result: (attempts > 0).then(|| "busy".to_owned()),
            last_at: (attempts > 0).then_some(1_000),
            attempts,
            answered: 0,
        }
    }

    #[test]
    fn what_is_wrong_with_a_lead() {
        let busy = Ledger { attempts: 2, answered: 0, last: Some((1_000, 2_000, Came::Busy)) };
        let answered = Ledger { attempts: 2, answered: 0, last: Some((1_000, 2_000, Came::Answered)) };
        let none = Ledger::default();
        let rows = [
            (
                "tried, says new",
                tracked(Some("new"), None, 2),
                busy,
                Some((Issue::TriedButNew, Some("busy"))),
            ),
            ("tried, says nothing", tracked(None, None, 0), busy, Some((Issue::TriedButNew, Some("busy")))),
            (
                "says nothing since",
                tracked(None, Some(3_000), 2),
                busy,
                Some((Issue::TriedButNew, Some("busy"))),
            ),
            (
                "new before it was tried",
                tracked(Some("new"), Some(500), 2),
                busy,
                Some((Issue::TriedButNew, Some("busy"))),
            ),
            ("recycled since", tracked(Some("new"), Some(3_000), 2), busy, None),
            ("as it should be", tracked(Some("busy"), Some(2_000), 2), busy, None),
            (
                "no numbers",
                tracked(Some("busy"), Some(2_000), 0),
                busy,
                Some((Issue::Untracked, Some("busy"))),
            ),
            (
                "one too few",
                tracked(Some("busy"), Some(2_000), 1),
                busy,
                Some((Issue::Untracked, Some("busy"))),
            ),
            (
                "behind the last one",
                tracked(Some("no_answer"), Some(500), 1),
                busy,
                Some((Issue::Untracked, Some("busy"))),
            ),
            (
                "over, without numbers",
                tracked(Some("sale"), None, 0),
                busy,
                Some((Issue::Untracked, Some("sale"))),
            ),
            (
                "agreed to be called before it was tried",
                tracked(Some("callback"), Some(500), 2),
                answered,
                Some((Issue::Untracked, Some("contacted"))),
            ),
            (
                "agreed to be called again while it was spoken with",
                tracked(Some("callback"), Some(1_500), 2),
                answered,
                Some((Issue::Untracked, Some("callback"))),
            ),
            ("never tried", tracked(Some("new"), None, 0), none, None),
            ("never tried, says nothing", tracked(None, None, 0), none, Some((Issue::Missing, Some("new")))),
            (
                "says that it was tried",
                tracked(Some("busy"), None, 1),
                none,
                Some((Issue::Untracked, Some("busy"))),
            ),
        ];
        for (label, tracked, ledger, expected) in rows {
            let found = corrected(&tracked, &ledger);
            let told = found.as_ref().map(|(issue, right)| (*issue, right.status.as_deref()));
            assert_eq!(told, expected, "{label}");
            if let Some((_, right)) = found {
                assert_eq!(corrected(&right, &ledger), None, "{label}: once is enough");
                assert_eq!((right.attempts, right.answered), (ledger.attempts, ledger.answered), "{label}");
            }
        }
    }
}
