//! When nobody answers: reminders, then an ending; and rest after an opt-out.

use super::log::Happened;
use super::turn::Turn;
use super::{Person, State, decay};
use crate::clock::Millis;
use crate::domain::channel::Channel;
use crate::flow::model::{Flow, Reminder};

/// The outcome of a conversation nobody answered.
pub(super) const SILENT: &str = "silent";

/// What is due in a silent conversation.
enum Due<'a> {
    /// Nothing yet.
    Nothing,
    /// It ends.
    Ending,
    /// A reminder; after it so many count as said. Of several that are due only the last is said.
    Reminder(usize, &'a Reminder),
}

/// The reminders of a conversation there. Nobody is called to be reminded: a call knows its own silence, and after it only the
/// ending is left.
fn reminders(flow: &Flow, channel: Channel) -> &[Reminder] {
    if channel == Channel::Voice { &[] } else { &flow.silence.remind }
}

/// When something is next said or ended, counted from when the person was last heard.
fn next(flow: &Flow, channel: Channel, state: &State) -> Option<Millis> {
    if state.resting || !state.is_open() || state.standing.at.is_none() {
        return None;
    }
    let asking = &state.asking;
    let ending = flow.silence.end_after_ms.map(|after| asking.silent_from.saturating_add(after));
    let reminder = reminders(flow, channel)
        .get(asking.reminded)
        .map(|reminder| asking.silent_from.saturating_add(reminder.after_ms).max(asking.held_until));
    [ending, reminder].into_iter().flatten().min()
}

fn due<'a>(flow: &'a Flow, channel: Channel, state: &State, now: Millis) -> Due<'a> {
    if next(flow, channel, state).is_none_or(|due| due > now) {
        return Due::Nothing;
    }
    let passed = now.saturating_sub(state.asking.silent_from);
    if flow.silence.end_after_ms.is_some_and(|after| after <= passed) {
        return Due::Ending;
    }
    let reminders = reminders(flow, channel);
    let count = reminders.iter().take_while(|reminder| reminder.after_ms <= passed).count();
    match count.checked_sub(1).and_then(|last| reminders.get(last)) {
        Some(reminder) => Due::Reminder(count, reminder),
        None => Due::Nothing,
    }
}

/// See [`super::due_reminder`].
pub(super) fn due_reminder<'a>(
    flow: &'a Flow,
    person: &Person<'_>,
    state: &State,
    now: Millis,
) -> Option<&'a Reminder> {
    match due(flow, person.channel, state, now) {
        Due::Reminder(_, reminder) => Some(reminder),
        Due::Nothing | Due::Ending => None,
    }
}

impl Turn<'_> {
    /// When silence is next looked at: to say something, to end, or for what it costs.
    pub(super) fn due(&self) -> Option<Millis> {
        let says = next(self.flow, self.person.channel, &self.state);
        says.into_iter().chain(decay::next(self.flow, self.person, &self.state)).min()
    }

    /// The timer fired: ends the conversation where that is due, else says the last reminder that is due. A timer that
    /// fires early, or late after an answer, does nothing.
    pub(super) fn silent(&mut self) {
        match due(self.flow, self.person.channel, &self.state, self.now) {
            Due::Nothing => {}
            Due::Ending => self.end_silently(),
            Due::Reminder(count, reminder) => {
                self.state.asking.reminded = count;
                let view = self.view();
                let Some(step) = self.state.open_step().and_then(|id| view.index(id)) else { return };
                let question = view.say(step).text;
                let text = view.text(&reminder.say, &[("question", &question)]);
                let say = view.asking(&self.flow.steps[step], text);
                self.says.push(say);
            }
        }
    }

    /// The timer fired while nothing may be said: an ending comes all the same, a reminder waits until then or is passed over.
    pub(super) fn withheld(&mut self, until: Option<Millis>) {
        match (due(self.flow, self.person.channel, &self.state, self.now), until) {
            (Due::Nothing, _) => {}
            (Due::Ending, _) => self.end_silently(),
            (Due::Reminder(..), Some(until)) => self.state.asking.held_until = until,
            (Due::Reminder(count, _), None) => self.state.asking.reminded = count,
        }
    }

    fn end_silently(&mut self) {
        self.state.changing = None;
        self.state.awaiting = None;
        self.note(Happened::Ended(SILENT.to_owned()));
    }

    /// The person opted out: no reminder disturbs them until they write again.
    pub(super) fn rest(&mut self) {
        self.state.resting = true;
    }

    /// The person opted in again: the open question and its reminders are there as before.
    pub(super) fn wake(&mut self) {
        self.state.resting = false;
        self.state.asking.heard(self.now);
        self.ask_again();
    }
}
