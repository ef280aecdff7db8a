//! What a person may say at any point: back, change, restart, skip, help, human, language, repeat, cancel.

use super::language;
use super::log::{Given, Happened, Left};
use super::state::{Awaiting, Changing, State};
use super::turn::Turn;
use super::view::View;
use crate::domain::command::Command;
use crate::domain::message::Said;
use crate::flow::model::Step;
use crate::flow::texts::TextKey;
use crate::understand::command_with;

/// The outcome of a conversation the person left.
const CANCELLED: &str = "cancelled";

/// The goal that is reached by asking for a person; notifications name it.
const HANDOFF: &str = "handoff";

impl Turn<'_> {
    /// Does what a built-in request asks; false where the message is none, or this flow has it switched off.
    pub(super) fn commanded(&mut self, said: &Said) -> bool {
        let command = command_with(&said.text, self.state.language(), &self.flow.words);
        let Some((command, rest)) = command.filter(|(command, _)| !self.flow.off.contains(command)) else {
            return false;
        };
        if command == Command::Language && self.may_answer(&said.text, rest.as_deref()) {
            return false;
        }
        self.requested(command, rest.as_deref(), said)
    }

    /// A request by a key or button, which means nothing else; one this flow has switched off changes nothing.
    pub(super) fn pressed(&mut self, command: Command) {
        if !self.state.opened {
            return self.open(None);
        }
        self.state.resting = false;
        self.state.asking.heard(self.now);
        self.state.awaiting = None;
        if self.flow.off.contains(&command) || !self.requested(command, None, &Said::default()) {
            self.stay();
        }
    }

    /// Does a request; `rest` is what it is about. False where it means nothing here.
    fn requested(&mut self, command: Command, rest: Option<&str>, said: &Said) -> bool {
        let open = self.state.open_step().and_then(|id| self.view().index(id));
        match command {
            Command::Back => self.back(),
            Command::Change => self.change(rest.unwrap_or("")),
            Command::Restart => self.restart(),
            Command::Help => self.reply(TextKey::Help),
            Command::Human => {
                self.handoff = true;
                self.reach(HANDOFF);
                self.reply(TextKey::Human);
            }
            Command::Language => self.speak(rest.unwrap_or("")),
            Command::Skip | Command::NoPreference => {
                let Some(step) = open else { return false };
                if self.flow.steps[step].optional {
                    self.left(step, Given::Skipped, said, None);
                } else if command == Command::Skip {
                    let why = self.view().builtin(TextKey::SkipNotAllowed, &[]);
                    self.refused(step, said, why);
                } else {
                    return false;
                }
            }
            Command::Repeat if open.is_some() => self.ask_again(),
            Command::Cancel => {
                if self.state.changing.take().is_some() {
                    self.stay();
                    return true;
                }
                if !self.state.is_open() {
                    return false;
                }
                self.note(Happened::Ended(CANCELLED.to_owned()));
                self.builtin(TextKey::Cancelled, &[]);
            }
            Command::Repeat => return false,
        }
        true
    }

    /// Takes a message as the answer to our own question, where it is one.
    pub(super) fn awaited(&mut self, said: &Said) -> bool {
        match self.state.awaiting.take() {
            Some(Awaiting::Change) => match self.view().meant(&said.text) {
                Some(entry) => self.reopen(entry),
                None => return false,
            },
            Some(Awaiting::Language) => match language::named(&said.text, &self.flow.languages) {
                Some(code) => self.switch(code),
                None => return false,
            },
            None => return false,
        }
        true
    }

    fn reply(&mut self, key: TextKey) {
        self.builtin(key, &[]);
        self.ask_again();
    }

    /// Takes back the last answer and asks its question again; while an answer is being changed, lets it stand instead.
    fn back(&mut self) {
        if self.state.changing.take().is_some() {
            return self.stay();
        }
        let last = self.state.log.iter().rposition(|happened| matches!(happened, Happened::Left(_)));
        let Some(last) = last else { return self.reply(TextKey::BackNothing) };
        let mut log = self.state.log.clone();
        if let Happened::Left(left) = log.remove(last) {
            self.state.parked.retain(|kept| kept.step != left.step);
        }
        log.retain(|happened| !matches!(happened, Happened::Ended(_)));
        self.refold(log);
        self.stretch.drain(..self.stretch.len().saturating_sub(1));
        self.ask_new();
    }

    fn change(&mut self, which: &str) {
        match self.view().meant(which) {
            Some(entry) => self.reopen(entry),
            None if self.state.lefts().next().is_none() => self.reply(TextKey::BackNothing),
            None => {
                self.state.awaiting = Some(Awaiting::Change);
                let answers = self.view().answers_aloud();
                self.builtin(TextKey::ChangedWhat, &[("questions", &answers)]);
            }
        }
    }

    /// Asks an earlier question again; its answer stands until there is another.
    fn reopen(&mut self, entry: usize) {
        self.state.changing = Some(Changing { entry, asked_at: self.now, tries: 0 });
        self.ask_again();
    }

    /// Begins again. What programs reported and the language stay: they are no answers. What silence took goes with what it was
    /// taken of.
    pub(super) fn restart(&mut self) {
        self.begin_again();
        self.builtin(TextKey::Restarted, &[]);
        self.ask_new();
    }

    /// Folds what is no answer and no ending, from the beginning.
    pub(super) fn begin_again(&mut self) {
        let is_past = |happened: &Happened| {
            matches!(happened, Happened::Left(_) | Happened::Ended(_) | Happened::Silence { .. })
        };
        let keeps = |happened: &&Happened| !is_past(happened);
        let log = self.state.log.iter().filter(keeps).cloned().collect();
        self.state.parked.clear();
        self.state.changing = None;
        self.refold(log);
    }

    /// Forgets an ending no step made: the question that was open is open again.
    pub(super) fn resume(&mut self) {
        let keeps = |happened: &&Happened| !matches!(happened, Happened::Ended(_));
        let log = self.state.log.iter().filter(keeps).cloned().collect();
        self.refold(log);
        self.stretch.drain(..self.stretch.len().saturating_sub(1));
    }

    /// The person is there again: goes on where it stopped.
    pub(super) fn returned(&mut self) {
        if !self.state.opened {
            return self.open(None);
        }
        let left = self.state.log.iter().any(|happened| matches!(happened, Happened::Ended(_)));
        if left && !self.state.is_open() {
            self.resume();
            return self.ask_new();
        }
        self.state.resting = false;
        self.state.asking.heard(self.now);
        self.stay();
    }

    /// The person is gone: ends here, until they return.
    pub(super) fn left_off(&mut self, outcome: &str) {
        if self.state.is_open() {
            self.state.changing = None;
            self.state.awaiting = None;
            self.note(Happened::Ended(outcome.to_owned()));
        }
    }

    /// Speaks the language named, the other one of two, or asks which.
    fn speak(&mut self, which: &str) {
        let languages = &self.flow.languages;
        let others: Vec<&String> = languages.iter().filter(|code| *code != self.state.language()).collect();
        match (language::named(which, languages), others.as_slice()) {
            (Some(code), _) => self.switch(code),
            (None, [other]) if which.is_empty() => self.switch(other),
            _ => {
                self.state.awaiting = (!others.is_empty()).then_some(Awaiting::Language);
                let names: Vec<&str> = languages.iter().map(|code| language::own_name(code)).collect();
                self.builtin(TextKey::LanguageUnknown, &[("languages", &names.join(", "))]);
                if others.is_empty() {
                    self.ask_again();
                }
            }
        }
    }

    /// Whether a message that names a language (`code`) may be meant as an answer: nothing but the name of one that is
    /// spoken already, or that this flow does not speak.
    fn may_answer(&self, text: &str, code: Option<&str>) -> bool {
        let changes = |code: &str| {
            code != self.state.language() && self.flow.languages.iter().any(|spoken| spoken == code)
        };
        self.state.open_step().is_some() && words(text).len() == 1 && code.is_some_and(|code| !changes(code))
    }

    fn switch(&mut self, code: &str) {
        if code != self.state.language() {
            self.note(Happened::Language(code.to_owned()));
            self.builtin(TextKey::LanguageChanged, &[]);
        }
        self.ask_again();
    }
}

impl State {
    /// Where in the log the answer of a step that counts is.
    pub(super) fn place_of(&self, step: &str) -> Option<(usize, &Left)> {
        self.log.iter().enumerate().rev().find_map(|(place, happened)| match happened {
            Happened::Left(left) if left.step == step => Some((place, left)),
            _ => None,
        })
    }
}

impl View<'_> {
    /// The place in the log of the one answer a person means by `which`: by the question's name, else by the words of the
    /// question, else by what was answered. `None` where that is none, or more than one.
    fn meant(&self, which: &str) -> Option<usize> {
        let which = words(which);
        if which.is_empty() {
            return None;
        }
        let answers = self.state.answers();
        let candidates: Vec<(&Left, &Step)> = answers
            .values()
            .filter_map(|left| Some((*left, &self.flow.steps[self.index(&left.step)?])))
            .collect();
        let by_full_name =
            |_: &Left, step: &Step| [&step.id, &step.save].into_iter().any(|name| words(name) == which);
        let by_name = |_: &Left, step: &Step| {
            [&step.id, &step.save].into_iter().any(|name| words(name).iter().any(|word| which.contains(word)))
        };
        let by_question = |_: &Left, step: &Step| {
            // Short words are in every question. Bytes: a word of three letters says much in many scripts.
            let asked = words(&self.text(&step.say, &[]));
            which.iter().any(|word| word.len() > 3 && asked.contains(word))
        };
        let by_answer = |left: &Left, step: &Step| {
            let said = left.value.as_ref().map(|value| words(&self.read_aloud(step, value)));
            said.is_some_and(|said| which.iter().any(|word| said.contains(word)))
        };
        let ways: [Fits; 4] = [&by_full_name, &by_name, &by_question, &by_answer];
        ways.into_iter().find_map(|fits| {
            let mut fitting = candidates.iter().filter(|(left, step)| fits(left, step));
            match (fitting.next(), fitting.next()) {
                (Some((left, _)), None) => self.state.place_of(&left.step).map(|(place, _)| place),
                _ => None,
            }
        })
    }

    /// What was answered so far, as people read it.
    fn answers_aloud(&self) -> String {
        let mut told: Vec<String> = Vec::new();
        for left in self.state.lefts() {
            let Some(step) = self.index(&left.step).map(|at| &self.flow.steps[at]) else { continue };
            let answer = left.value.as_ref().map_or_else(|| "—".to_owned(), |v| self.read_aloud(step, v));
            told.push(format!("{}: {answer}", step.save.replace(['_', '-'], " ")));
        }
        told.join(", ")
    }
}

/// Whether an answer is meant.
type Fits<'a> = &'a dyn Fn(&Left, &Step) -> bool;

/// Words in lower case, without what joins them.
fn words(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| c.is_whitespace() || c == '_' || c.is_ascii_punctuation());
    parts.filter(|part| !part.is_empty()).map(str::to_lowercase).collect()
}
