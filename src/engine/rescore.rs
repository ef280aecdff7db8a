//! What a conversation would have scored under other rules: the fold of what is kept, under another version of its flow.

use super::Person;
use super::decay::is_awaited;
use super::log::{Given, Happened, Left};
use super::state::State;
use super::turn::Turn;
use crate::clock::Millis;
use crate::domain::score::Class;
use crate::flow::model::Flow;
use std::collections::{BTreeSet, VecDeque};

/// A score under other rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rescored {
    /// The score.
    pub score: i64,
    /// Its class.
    pub class: Class,
    /// Whether an answer was given that the flow has no question for, or does not come to.
    pub is_partial: bool,
}

/// What a conversation would have scored had `flow` been its flow. Nothing is read again: each kept answer goes to the step of
/// its name. A question the conversation was never asked is passed over, where answers to later ones are left; so a question
/// that is new takes nothing from those that were there before. Silence that goes on costs what it costs up to `now`.
pub fn rescore(flow: &Flow, person: &Person<'_>, state: &State, now: Millis) -> Rescored {
    let bare = State { log: Vec::new(), ..state.clone() };
    let mut turn = Turn::begin(flow, person, bare, now);
    turn.bridges = true;
    if !state.opened {
        return Rescored { score: 0, class: flow.scoring.class(0), is_partial: false };
    }
    turn.refold(state.log.clone());
    if is_awaited(state) {
        turn.fade();
    }
    let answered = |state: &State| -> BTreeSet<String> {
        let given = state.lefts().filter(|left| left.given == Given::Answered);
        given.map(|left| left.step.clone()).collect()
    };
    let is_partial = !answered(state).is_subset(&answered(&turn.state));
    Rescored { score: turn.state.score(), class: turn.state.class(), is_partial }
}

impl Turn<'_> {
    /// How the question at `at` is left that nobody was asked, where answers of this flow are still to come; once for each, so
    /// that a circle ends.
    pub(super) fn bridge(&self, at: &str, pending: &VecDeque<Happened>) -> Option<Left> {
        let is_left = |happened: &Happened| matches!(happened, Happened::Left(left) if self.flow.steps.iter().any(|step| step.id == left.step));
        let was_here = self.state.lefts().any(|left| left.step == at);
        (self.bridges && !was_here && pending.iter().any(is_left)).then(|| Left {
            step: at.to_owned(),
            given: Given::Skipped,
            raw: String::new(),
            value: None,
            span: (0, 0),
            reader: 0,
            asked_at: 0,
            answered_at: 0,
        })
    }
}
