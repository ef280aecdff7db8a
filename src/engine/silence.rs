//! When nobody answers: reminders, then an ending; and rest after an opt-out.

use super::log::Happened;
use super::turn::Turn;
use crate::clock::Millis;

/// The outcome of a conversation nobody answered.
pub(super) const SILENT: &str = "silent";

impl Turn<'_> {
    /// When silence is next looked at, counted from the question.
    pub(super) fn due(&self) -> Option<Millis> {
        if self.state.resting || !self.state.is_open() || self.state.standing.at.is_none() {
            return None;
        }
        let silence = &self.flow.silence;
        let remind = silence.remind.get(self.state.asking.reminded).map(|reminder| reminder.after_ms);
        let after = [remind, silence.end_after_ms].into_iter().flatten().min()?;
        Some(self.state.asking.silent_from.saturating_add(after))
    }

    /// The timer fired: ends the conversation where that is due, else says the last reminder that is due. A timer that
    /// fires early, or late after an answer, does nothing.
    pub(super) fn silent(&mut self) {
        if self.due().is_none_or(|due| due > self.now) {
            return;
        }
        let passed = self.now.saturating_sub(self.state.asking.silent_from);
        if self.flow.silence.end_after_ms.is_some_and(|end| end <= passed) {
            self.state.changing = None;
            self.state.awaiting = None;
            return self.note(Happened::Ended(SILENT.to_owned()));
        }
        let due = self.flow.silence.remind.iter().take_while(|reminder| reminder.after_ms <= passed).count();
        let Some(reminder) = due.checked_sub(1).and_then(|last| self.flow.silence.remind.get(last)) else {
            return;
        };
        self.state.asking.reminded = due;
        let view = self.view();
        let Some(step) = self.state.open_step().and_then(|id| view.index(id)) else { return };
        let question = view.say(step).text;
        let text = view.text(&reminder.say, &[("question", &question)]);
        let say = view.asking(&self.flow.steps[step], text);
        self.says.push(say);
    }

    /// The person opted out: no reminder disturbs them until they write again.
    pub(super) fn rest(&mut self) {
        self.state.resting = true;
    }

    /// The person opted in again: the open question and its reminders are there as before.
    pub(super) fn wake(&mut self) {
        self.state.resting = false;
        self.state.asking.silent_from = self.now;
        self.state.asking.reminded = 0;
        self.ask_again();
    }
}
