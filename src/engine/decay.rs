//! What silence costs a conversation. It is written before whatever happens next, so that a score never depends on whether
//! the timer or the person came first.

use super::log::Happened;
use super::silence::SILENT;
use super::state::Outcome;
use super::turn::Turn;
use super::{INTERRUPTED, Person, State};
use crate::clock::Millis;
use crate::domain::score::engagement;
use crate::flow::model::Flow;

/// Whether it is the person's turn to say something: a question is open, or nobody answered it. Whoever came to an end has
/// said all we asked for, and whoever speaks with one of us is not silent; whoever opted out is asked nothing.
pub(super) fn is_awaited(state: &State) -> bool {
    let is_unanswered = || match &state.standing.outcome {
        Outcome::Open => true,
        Outcome::Ended(outcome) => [SILENT, INTERRUPTED].contains(&outcome.as_str()),
    };
    state.opened && !state.resting && is_unanswered()
}

/// When silence next costs something; `None`: never.
pub(super) fn next(flow: &Flow, person: &Person<'_>, state: &State) -> Option<Millis> {
    let decay = flow.scoring.decay.as_ref().filter(|_| is_awaited(state) && !person.is_over)?;
    let asking = &state.asking;
    if asking.counted_to == Millis::MAX || decay.cost(engagement(&state.standing.ledger)) == 0 {
        return None;
    }
    Some(decay.next(asking.silent_from, asking.silent_from.max(asking.counted_to)))
}

impl Turn<'_> {
    /// Writes what silence has cost by now.
    pub(super) fn fade(&mut self) {
        let Some(decay) = self.flow.scoring.decay.as_ref().filter(|_| is_awaited(&self.state)) else {
            return;
        };
        let from = self.state.asking.silent_from;
        let since = from.max(self.state.asking.counted_to);
        if decay.times(from, since, self.now) == 0 {
            return;
        }
        if self.person.is_over {
            // Should the lead be taken up again, this silence is not reckoned up afterwards.
            self.state.asking.counted_to = Millis::MAX;
            return;
        }
        self.state.asking.counted_to = self.now;
        self.note(Happened::Silence { from, since, until: self.now });
    }
}
