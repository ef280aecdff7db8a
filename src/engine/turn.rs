//! One turn: an input on its way from what happened to effects.

use super::Person;
use super::fold::COMPLETED;
use super::log::Happened;
use super::reported::{Behaviour, behaviour};
use super::silence::SILENT;
use super::state::{Outcome, Standing, State};
use super::view::View;
use crate::clock::Millis;
use crate::domain::message::{Said, Say};
use crate::flow::model::Flow;
use crate::flow::texts::TextKey;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// One turn under way.
pub(super) struct Turn<'a> {
    pub flow: &'a Flow,
    pub person: &'a Person<'a>,
    pub now: Millis,
    pub state: State,
    /// Steps walked since the last answer, the open question or the end among them.
    pub stretch: Vec<usize>,
    /// The log before this turn, where the turn folded anew.
    pub old_log: Option<Vec<Happened>>,
    /// What is said.
    pub says: Vec<Say>,
    /// Variants shown for the first time.
    pub exposed: Vec<(String, String)>,
    /// Whether a person was asked for.
    pub handoff: bool,
    /// The standing before this turn.
    pub before: Standing,
    /// The length of the log before this turn.
    pub log_before: usize,
    /// Goals reached for the first time.
    pub goals: Vec<String>,
    /// Whether a fold passes over questions nobody was asked, where answers to later ones are left.
    pub bridges: bool,
}

impl<'a> Turn<'a> {
    pub fn begin(flow: &'a Flow, person: &'a Person<'a>, state: State, now: Millis) -> Self {
        let mut turn = Turn {
            flow,
            person,
            now,
            before: state.standing.clone(),
            log_before: state.log.len(),
            state,
            stretch: Vec::new(),
            old_log: None,
            says: Vec::new(),
            exposed: Vec::new(),
            handoff: false,
            goals: Vec::new(),
            bridges: false,
        };
        turn.draw();
        turn
    }

    pub fn view(&self) -> View<'_> {
        View { flow: self.flow, person: self.person, state: &self.state }
    }

    /// The conversation opens; a first message answers nothing. Opened before, its question is said again.
    pub fn open(&mut self, _said: Option<&Said>) {
        if self.state.opened {
            return self.ask_again();
        }
        self.state.opened = true;
        if !self.state.is_open() {
            // Left before it began: nothing of it is left over.
            self.state.log.clear();
            self.state.standing = Standing::new(self.flow, &self.state.first_language);
        }
        self.state.known.clone_from(self.person.lead);
        self.start();
        self.ask_new();
    }

    /// What counts must not come before the opening: a fold begins with it.
    fn open_first(&mut self) {
        if !self.state.opened {
            self.open(None);
        }
    }

    /// The person said something.
    pub fn said(&mut self, said: &Said) {
        if !self.state.opened {
            return self.open(Some(said));
        }
        self.state.resting = false;
        self.state.asking.heard(self.now);
        if self.corrected(said) || self.awaited(said) {
            return;
        }
        let open = self.state.open_step().and_then(|id| self.view().index(id));
        if let Some(step) = open
            && let Some(value) = self.picked(step, said)
        {
            return self.answered(step, said, value);
        }
        if self.commanded(said) {
            return;
        }
        match open {
            Some(step) => match self.read(step, said) {
                Ok(reading) => self.answered(step, said, reading),
                Err(unread) => self.unreadable(step, said, unread),
            },
            None => self.after_end(said),
        }
    }

    /// A message after the end. What is complete rests, but for a word that starts the flow; silence and leaving are
    /// forgotten; any other ending is past and the conversation begins again.
    fn after_end(&mut self, said: &Said) {
        let word = said.text.trim().to_lowercase();
        if word == "start" || self.flow.start.keywords.contains(&word) {
            return self.restart();
        }
        if *self.state.outcome() == Outcome::Ended(COMPLETED.to_owned()) {
            return self.builtin(TextKey::AfterEnd, &[]);
        }
        let without_step = self.state.log.iter().find_map(|happened| match happened {
            Happened::Ended(outcome) => Some(outcome == SILENT),
            _ => None,
        });
        match without_step {
            Some(silent) => {
                self.resume();
                // A late answer is an answer; after leaving, the question comes first.
                if silent {
                    self.said(said);
                } else {
                    self.ask_new();
                }
            }
            None => {
                self.begin_again();
                self.ask_new();
            }
        }
    }

    /// Says what the walk came by, and the question or ending it came to.
    pub fn ask_new(&mut self) {
        let stretch = std::mem::take(&mut self.stretch);
        for step in &stretch {
            let say = self.view().say(*step);
            if say.step.is_some() || !say.text.is_empty() {
                self.says.push(say);
                self.shown(*step);
            }
        }
        self.stretch = stretch;
        self.state.asking.asked_at = self.now;
        self.state.asking.tries = 0;
        self.state.asking.heard(self.now);
    }

    /// Says the open question again, if one is open.
    pub fn ask_again(&mut self) {
        let view = self.view();
        if let Some(step) = self.state.open_step().and_then(|id| view.index(id)) {
            let say = view.say(step);
            self.says.push(say);
            self.shown(step);
        }
    }

    /// Says where the conversation is, after something that changed nothing.
    pub fn stay(&mut self) {
        if self.state.is_open() {
            self.ask_again();
        } else {
            self.builtin(TextKey::AfterEnd, &[]);
        }
    }

    /// Says a built-in text.
    pub fn builtin(&mut self, key: TextKey, extra: &[(&str, &str)]) {
        let say = self.view().builtin(key, extra);
        self.says.push(say);
    }

    /// A program reports a behaviour: what pages see counts once, whoever saw it first.
    pub fn behaved(&mut self, action: &str) {
        let Behaviour::Pays(rule) = behaviour(self.flow, action) else { return };
        let standing = &self.state.standing;
        let repeat = standing.events.contains(rule) || standing.ledger.iter().any(|entry| entry.rule == rule);
        if !repeat {
            self.open_first();
            self.note(Happened::Behaved(rule.to_owned()));
        }
    }

    /// A program knows lead fields.
    pub fn profile(&mut self, fields: &BTreeMap<String, Json>) {
        let has = |name: &String| {
            self.state.standing.fields.get(name).or_else(|| self.state.known.get(name)).cloned()
        };
        let news: BTreeMap<_, _> = fields
            .iter()
            .filter(|(name, value)| has(name).as_ref() != Some(value))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        if !news.is_empty() {
            self.open_first();
            self.note(Happened::Profile(news));
        }
    }

    /// A goal was reached; told once per conversation.
    pub fn reach(&mut self, goal: &str) {
        if self.state.reached.insert(goal.to_owned()) {
            self.goals.push(goal.to_owned());
        }
    }
}
