//! What became of a job, and what that makes of its row.

use crate::clock::{HOUR, Millis};
use crate::domain::backoff::{self, MOST_ATTEMPTS};
use crate::domain::sending::SendOutcome;
use crate::domain::text::clean;
use crate::http::NoAnswer;
use crate::store::outbox::{BEHIND, Finish, Held, SETTLE};

/// How often a deferred one is looked at again, although the person has not written: the rules may have changed.
const DEFERRED: Millis = HOUR;
/// Longer ids and reasons are cut.
const LONGEST: usize = 300;

/// What became of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The provider has it.
    Sent { provider_id: Option<String> },
    /// To be tried again.
    Again { reason: String, at: Millis },
    /// It was not even tried. `slotted`: its place in the schedule is reserved for then.
    Untried { at: Millis, slotted: bool },
    /// A rule does not let it go before the person writes.
    Deferred { reason: String },
    /// It may have been sent: to be found out after a while.
    Unsure { reason: String, wait_ms: Millis },
    /// It never will be sent as it is.
    Rejected { reason: String, code: Option<String> },
    /// The person wants nothing from us there.
    OptedOut { code: Option<String> },
    /// Given up: somebody has to look.
    Dead { reason: String, code: Option<String> },
    /// Somebody else has it.
    Lost,
}

impl Verdict {
    /// What an outcome means for a job that was tried so often; `dice` (0 to 1) scatters the waits.
    pub(super) fn of(outcome: SendOutcome, attempts: i64, now: Millis, dice: f64) -> Verdict {
        match outcome {
            SendOutcome::Sent { provider_id } => {
                Verdict::Sent { provider_id: Some(provider_id).filter(|id| !id.is_empty()) }
            }
            SendOutcome::Retry { reason, .. } if attempts >= MOST_ATTEMPTS => {
                Verdict::Dead { reason: format!("given up after {attempts} tries: {reason}"), code: None }
            }
            SendOutcome::Retry { reason, after_ms } => {
                let wait = backoff::wait(attempts, dice);
                Verdict::Again { reason, at: now + after_ms.map_or(wait, |after| after.max(wait)) }
            }
            SendOutcome::Rejected { reason, code } => Verdict::Rejected { reason, code },
            SendOutcome::OptedOut { code } => Verdict::OptedOut { code: Some(code) },
            SendOutcome::Deferred { reason } => Verdict::Deferred { reason },
            SendOutcome::Unknown { reason } => Verdict::Unsure { reason, wait_ms: SETTLE },
        }
    }

    /// Why it was not sent, where it was not.
    pub(super) fn reason(&self) -> Option<&str> {
        match self {
            Verdict::Again { reason, .. }
            | Verdict::Deferred { reason }
            | Verdict::Unsure { reason, .. }
            | Verdict::Rejected { reason, .. }
            | Verdict::Dead { reason, .. } => Some(reason),
            Verdict::Sent { .. } | Verdict::Untried { .. } | Verdict::OptedOut { .. } | Verdict::Lost => None,
        }
    }

    /// Whether what is behind it in its lane may go.
    pub(super) fn is_final(&self) -> bool {
        use Verdict::{Dead, OptedOut, Rejected, Sent};
        matches!(self, Sent { .. } | Rejected { .. } | OptedOut { .. } | Dead { .. })
    }

    /// Whether it is to be taken again at once: by way of the database.
    pub(super) fn is_due(&self, now: Millis) -> bool {
        matches!(self, Verdict::Untried { at, .. } if *at <= now)
    }

    /// The name metrics have for it.
    pub(super) fn as_str(&self) -> &'static str {
        match self {
            Verdict::Sent { .. } => "sent",
            Verdict::Again { .. } => "retried",
            Verdict::Untried { .. } => "put_off",
            Verdict::Deferred { .. } => "deferred",
            Verdict::Unsure { .. } => "unsure",
            Verdict::Rejected { .. } => "rejected",
            Verdict::OptedOut { .. } => "opted_out",
            Verdict::Dead { .. } => "dead",
            Verdict::Lost => "lost",
        }
    }

    /// What it makes of the row.
    pub(super) fn finish(&self, held: &Held, now: Millis) -> Finish {
        let mut row = Finish {
            tenant_id: held.tenant_id,
            id: held.id,
            attempts: held.attempts,
            lane: held.lane.clone(),
            place: held.place,
            state: "waiting",
            run_at: now,
            untried: 0,
            slotted: false,
            finished: self.is_final(),
            provider_id: None,
            last_error: None,
            error_code: None,
        };
        match self {
            Verdict::Sent { provider_id } => {
                row.state = "sent";
                row.provider_id = provider_id.as_deref().map(cut);
            }
            Verdict::Again { reason, at } => {
                row.run_at = *at;
                row.last_error = Some(cut(reason));
            }
            Verdict::Untried { at, slotted } => {
                row.state = if held.is_unsure() { "unsure" } else { "waiting" };
                (row.run_at, row.slotted, row.untried) = (*at, *slotted, 1);
            }
            Verdict::Deferred { reason } => {
                (row.state, row.run_at, row.untried) = ("deferred", now + DEFERRED, 1);
                row.last_error = Some(cut(reason));
            }
            Verdict::Unsure { reason, wait_ms } => {
                (row.state, row.run_at) = ("unsure", now + wait_ms);
                row.last_error = Some(cut(reason));
            }
            Verdict::Rejected { reason, code } | Verdict::Dead { reason, code } => {
                row.state = if matches!(self, Verdict::Dead { .. }) { "dead" } else { "rejected" };
                row.last_error = Some(cut(reason));
                row.error_code = code.as_deref().map(cut);
            }
            Verdict::OptedOut { code } => {
                row.state = "opted_out";
                row.error_code = code.as_deref().map(cut);
            }
            Verdict::Lost => {}
        }
        row
    }

    /// What is behind one in its lane that could not go: not tried either.
    pub(super) fn held_back(now: Millis) -> Verdict {
        Verdict::Untried { at: now + BEHIND, slotted: false }
    }
}

/// What it means that no answer came.
pub(super) fn unanswered(error: NoAnswer) -> SendOutcome {
    let reason = error.to_string();
    match error {
        NoAnswer::BadAddress | NoAnswer::Private => SendOutcome::Rejected { reason, code: None },
        NoAnswer::Unreachable | NoAnswer::NoClient => SendOutcome::Retry { reason, after_ms: None },
        NoAnswer::TimedOut | NoAnswer::Broken | NoAnswer::TooLong => SendOutcome::Unknown { reason },
    }
}

/// Whether account and provider work, as far as a try says so that was answered with this status, or not at all; `None`: it says nothing,
/// as where the provider has enough of it at this moment.
pub(super) fn works(status: Option<u16>, outcome: &SendOutcome) -> Option<bool> {
    match outcome {
        // Whatever it says of the recipient, it has read what it was sent, and from whom.
        SendOutcome::Sent { .. }
        | SendOutcome::Rejected { .. }
        | SendOutcome::OptedOut { .. }
        | SendOutcome::Deferred { .. } => status.map(|_| true),
        SendOutcome::Retry { .. } | SendOutcome::Unknown { .. } => match status {
            None | Some(401 | 403 | 500..) => Some(false),
            Some(_) => None,
        },
    }
}

/// What others wrote, fit for a column.
fn cut(text: &str) -> String {
    clean(text).chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = 1_000_000;

    fn retry(after_ms: Option<Millis>) -> SendOutcome {
        SendOutcome::Retry { reason: "not now".to_owned(), after_ms }
    }

    #[test]
    fn when_to_try_again() {
        let at = |verdict| match verdict {
            Verdict::Again { at, .. } => at - NOW,
            other => panic!("{other:?}"),
        };
        let rows = [
            ("the first time", retry(None), 1, 1_000),
            ("later", retry(None), 4, 8_000),
            ("as the provider asks", retry(Some(30_000)), 1, 30_000),
            ("not sooner than we would", retry(Some(10)), 4, 8_000),
        ];
        for (label, outcome, attempts, expected) in rows {
            assert_eq!(at(Verdict::of(outcome, attempts, NOW, 0.0)), expected, "{label}");
        }
        let last = Verdict::of(retry(None), MOST_ATTEMPTS, NOW, 0.0);
        assert!(matches!(last, Verdict::Dead { reason, .. } if reason == "given up after 12 tries: not now"));
    }

    #[test]
    fn what_a_try_says_of_account_and_provider() {
        let rejected = || SendOutcome::Rejected { reason: "no such number".to_owned(), code: None };
        let unknown = || SendOutcome::Unknown { reason: "no answer".to_owned() };
        let sent = SendOutcome::Sent { provider_id: "SM1".to_owned() };
        let rows = [
            ("taken", Some(201), sent, Some(true)),
            ("refused for the recipient", Some(400), rejected(), Some(true)),
            ("no address to send to", None, rejected(), None),
            ("credentials are not accepted", Some(401), retry(None), Some(false)),
            ("the account may not", Some(403), retry(None), Some(false)),
            ("it is down", Some(503), retry(None), Some(false)),
            ("a gateway gave up", Some(504), unknown(), Some(false)),
            ("nobody is there", None, retry(None), Some(false)),
            ("no answer in time", None, unknown(), Some(false)),
            ("too much at once", Some(429), retry(Some(1_000)), None),
            ("an answer nobody knows", Some(200), unknown(), None),
        ];
        for (label, status, outcome, expected) in rows {
            assert_eq!(works(status, &outcome), expected, "{label}");
        }
    }

    #[test]
    fn what_may_have_been_received_is_not_simply_sent_again() {
        let rows = [
            (NoAnswer::BadAddress, "rejected"),
            (NoAnswer::Private, "rejected"),
            (NoAnswer::Unreachable, "retried"),
            (NoAnswer::TimedOut, "unsure"),
            (NoAnswer::Broken, "unsure"),
            (NoAnswer::TooLong, "unsure"),
        ];
        for (error, expected) in rows {
            assert_eq!(Verdict::of(unanswered(error), 1, NOW, 0.0).as_str(), expected, "{error}");
        }
        let last = Verdict::of(unanswered(NoAnswer::TimedOut), MOST_ATTEMPTS, NOW, 0.0);
        assert_eq!(last.as_str(), "unsure", "also the last try may have been received");
    }
}
