//! What one job came to.

use crate::clock::Millis;
use crate::jobs::verdict::Verdict;

/// What one job came to: its verdict, and how the delivery stands.
pub(super) struct Came {
    pub verdict: Verdict,
    pub state: &'static str,
    /// It was taken; the sink's id of it.
    pub delivered: Option<Option<String>>,
    /// The sink no longer had the record.
    pub is_gone: bool,
    /// It may have been created by this job.
    pub is_doubtful: bool,
}

impl Came {
    pub(super) fn of(verdict: Verdict, state: &'static str) -> Came {
        Came { verdict, state, delivered: None, is_gone: false, is_doubtful: false }
    }

    pub(super) fn done(sink_id: Option<String>) -> Came {
        Came { delivered: Some(sink_id), ..Came::of(Verdict::Sent { provider_id: None }, "delivered") }
    }

    /// It may be there from before, and what came now says nothing of that: only that it was taken would.
    pub(super) fn still_unsure(self, now: Millis) -> Came {
        match self.verdict {
            Verdict::Again { reason, at } => {
                Came { verdict: Verdict::Unsure { reason, wait_ms: (at - now).max(0) }, ..self }
            }
            Verdict::Dead { .. } | Verdict::Rejected { .. } => Came { state: "unknown", ..self },
            _ => self,
        }
    }

    pub(super) fn gone(self, is_gone: bool) -> Came {
        Came { is_gone: self.is_gone || is_gone, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_there_stays_so_until_it_is_taken() {
        let reason = || "no".to_owned();
        let rows = [
            ("turned away", Verdict::Again { reason: reason(), at: 9 }, "pending", "unsure", "pending"),
            ("refused", Verdict::Rejected { reason: reason(), code: None }, "failed", "rejected", "unknown"),
            ("given up", Verdict::Dead { reason: reason(), code: None }, "failed", "dead", "unknown"),
            ("taken", Verdict::Sent { provider_id: None }, "delivered", "sent", "delivered"),
        ];
        for (label, verdict, state, expected, stands) in rows {
            let came = Came::of(verdict, state).still_unsure(5);
            assert_eq!((came.verdict.as_str(), came.state), (expected, stands), "{label}");
        }
    }
}
