//! From what happened to how things stand: the same walk for one more answer and for all of them again.

use super::log::{Given, Happened, Left};
use super::state::{Outcome, Standing};
use super::turn::Turn;
use crate::domain::answer::Value;
use crate::domain::score::Rule;
use std::collections::VecDeque;

/// The outcome of a flow whose speaking steps lead in a circle.
const STUCK: &str = "stuck";
/// The outcome of a conversation that came to its end.
pub(super) const COMPLETED: &str = "completed";

impl Turn<'_> {
    /// Opens the conversation: its points, and the walk to the first question.
    pub(super) fn start(&mut self) {
        self.state.standing.earn_once(self.flow, Rule::SessionOpened.as_str(), None);
        self.stretch.clear();
        let first = self.view().first();
        self.walk(first);
    }

    /// Leaves the open question as `left` says, and walks on to the next one that has no answer yet.
    pub(super) fn leave(&mut self, left: Left) {
        self.pass(left);
        while let Some(at) = &self.state.standing.at {
            let Some(kept) = self.state.parked.iter().position(|left| left.step == *at) else { break };
            let left = self.state.parked.remove(kept);
            self.pass(left);
        }
    }

    /// Folds `log` from the beginning. Each question the path comes to takes its next answer of the log; answers the path
    /// does not come to are parked.
    pub(super) fn refold(&mut self, log: Vec<Happened>) {
        let old = std::mem::take(&mut self.state.log);
        self.old_log.get_or_insert(old);
        self.state.standing = Standing::new(self.flow, &self.state.first_language);
        self.start();
        let mut pending = VecDeque::from(log);
        while let Some(at) = self.state.standing.at.clone() {
            let answers = |happened: &Happened| matches!(happened, Happened::Left(left) if left.step == at);
            let Some(place) = pending.iter().position(answers) else {
                if let Some(kept) = self.state.parked.iter().position(|left| left.step == at) {
                    let left = self.state.parked.remove(kept);
                    self.pass(left);
                    continue;
                }
                match self.bridge(&at, &pending) {
                    Some(left) => self.pass(left),
                    None => break,
                }
                continue;
            };
            let rest = pending.split_off(place + 1);
            let answer = pending.pop_back();
            let skipped = self.note_all(pending);
            pending = skipped.into_iter().map(Happened::Left).chain(rest).collect();
            if let Some(Happened::Left(left)) = answer {
                self.pass(left);
            }
        }
        let left_over = self.note_all(pending);
        self.state.parked.extend(left_over);
    }

    /// Takes up what happened beside the questions; gives back the answers among it.
    fn note_all(&mut self, happened: impl IntoIterator<Item = Happened>) -> Vec<Left> {
        let mut answers = Vec::new();
        for one in happened {
            match one {
                Happened::Left(left) => answers.push(left),
                other => self.note(other),
            }
        }
        answers
    }

    /// Takes up one thing that happened beside the questions.
    pub(super) fn note(&mut self, happened: Happened) {
        match &happened {
            Happened::Left(_) => return,
            Happened::Behaved(rule) => self.state.standing.event(self.flow, rule, None),
            Happened::Profile(fields) => {
                let fields = fields.iter().map(|(name, value)| (name.clone(), value.clone()));
                self.state.standing.fields.extend(fields);
            }
            Happened::Language(code) => self.state.standing.language.clone_from(code),
            Happened::Silence { from, since, until } => {
                self.state.standing.fade(self.flow, (*from, *since, *until));
            }
            Happened::Ended(outcome) => {
                if self.state.is_open() {
                    self.end(&outcome.clone());
                }
            }
        }
        match (self.state.log.last_mut(), happened) {
            (Some(Happened::Profile(last)), Happened::Profile(fields)) => last.extend(fields),
            (Some(Happened::Language(last)), Happened::Language(code)) => *last = code,
            (
                Some(Happened::Silence { from, until, .. }),
                Happened::Silence { from: same, since, until: later },
            ) if *from == same && *until == since => {
                *until = later;
            }
            (_, happened) => self.state.log.push(happened),
        }
    }

    /// Takes up how the open question was left, and walks to the next one.
    fn pass(&mut self, left: Left) {
        let Some(at) = self.view().index(&left.step) else { return };
        let step = &self.flow.steps[at];
        let standing = &mut self.state.standing;
        standing.earn_answer(self.flow, step, &left);
        standing.fields.remove(&step.save);
        if let Some(value) = &left.value {
            let plain = value.as_json();
            let also = match value {
                Value::Name { .. } => Some("name"),
                Value::Phone(_) => Some("phone"),
                Value::Email(_) => Some("email"),
                _ => None,
            };
            // A child's or a friend's name is not the lead's, where the flow asks for the lead's own besides.
            let asked_itself = |field: &str| self.flow.steps.iter().any(|step| step.save == field);
            if let Some(also) = also.filter(|field| !asked_itself(field)) {
                standing.fields.insert(also.to_owned(), plain.clone());
            }
            standing.fields.insert(step.save.clone(), plain);
        }
        let (gave_up, value) = (left.given == Given::GaveUp, left.value.clone());
        self.state.log.push(Happened::Left(left));
        self.stretch.clear();
        if let Some(way_out) = step.give_up.filter(|_| gave_up) {
            return self.walk(Some(way_out));
        }
        match (self.view().branch(at, value.as_ref()), &step.end) {
            (None, Some(outcome)) => self.end(outcome),
            (None, None) => self.walk(self.view().following(at)),
            (branch, _) => self.walk(branch),
        }
    }

    /// Walks from step `next` through steps that only speak, to a question or an end.
    fn walk(&mut self, mut next: Option<usize>) {
        while let Some((at, step)) = next.and_then(|at| Some((at, self.flow.steps.get(at)?))) {
            // Nothing changes while we only speak, so a step met twice would be met for ever.
            if self.stretch.contains(&at) {
                return self.end(STUCK);
            }
            self.stretch.push(at);
            if step.ask.is_some() {
                self.state.standing.at = Some(step.id.clone());
                return;
            }
            if let Some(outcome) = &step.end {
                return self.end(outcome);
            }
            next = self.view().branch(at, None).or_else(|| self.view().following(at));
        }
        self.end(COMPLETED);
    }

    /// Ends the conversation.
    fn end(&mut self, outcome: &str) {
        self.state.standing.at = None;
        self.state.standing.outcome = Outcome::Ended(outcome.to_owned());
        if outcome == COMPLETED {
            self.state.standing.events.insert(COMPLETED.to_owned());
            if self.state.answers().values().all(|left| left.given == Given::Answered) {
                self.state.standing.earn_once(self.flow, Rule::AllAnswered.as_str(), None);
            }
        }
    }
}
