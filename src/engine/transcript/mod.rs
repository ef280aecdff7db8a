//! `[[test]]` transcripts: a chat played on a clock of its own, and what must hold at its end.

mod render;

use super::fold::COMPLETED;
use super::{Effect, Input, Outcome, Person, State, payload, step};
use crate::clock::{Millis, SECOND};
use crate::domain::message::Said;
use crate::flow::keyword_language;
use crate::flow::model::{Expect, Flow, Line, TranscriptTest};
use serde_json::Value as Json;
use std::collections::{BTreeMap, VecDeque};

/// When a test begins that does not say: Monday, 5 January 2026, 10:00 UTC.
const BEGINS: Millis = 1_767_607_200_000;
/// From one line of the person to the next.
const PAUSE: Millis = 10 * SECOND;

/// A played test.
#[derive(Clone, Debug, PartialEq)]
pub struct TranscriptResult {
    /// The test's name.
    pub name: String,
    /// Where in the file it begins, from 1.
    pub line: usize,
    /// What happened, in order.
    pub played: Vec<Played>,
    /// What of `expect` does not hold, in words.
    pub failures: Vec<String>,
}

/// One line as it was played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Played {
    /// The person said.
    Person(String),
    /// Time passed, in milliseconds.
    Waited(Millis),
    /// We were expected to say something, or said something, or both.
    Said {
        /// By the test; `None`: nothing.
        expected: Option<String>,
        /// By the flow; `None`: nothing.
        got: Option<String>,
    },
}

impl Played {
    /// Whether what was expected came.
    pub fn holds(&self) -> bool {
        match self {
            Played::Said { expected: Some(expected), got: Some(got) } => plain(expected) == plain(got),
            Played::Said { .. } => false,
            Played::Person(_) | Played::Waited(_) => true,
        }
    }
}

impl TranscriptResult {
    /// Whether all holds.
    pub fn passed(&self) -> bool {
        self.failures.is_empty() && self.played.iter().all(Played::holds)
    }
}

/// Plays a test.
///
/// A chat that begins with the person's line is opened by it; else we speak first. Each line of the person comes ten
/// seconds after the one before, or right after a wait; reminders come while time passes. What we say must be exactly what
/// the test expects, line for line; spaces and line breaks count as one space.
pub fn run(flow: &Flow, test: &TranscriptTest) -> TranscriptResult {
    let mut player = Player::new(flow, test);
    if !matches!(test.chat.first(), Some(Line::Says(_))) {
        player.input(&Input::Open { said: None });
    }
    for line in &test.chat {
        match line {
            Line::Says(text) => player.person(text),
            Line::Waits(ms) => player.wait(*ms),
            Line::Expects(text) => {
                let got = player.said.pop_front();
                player.played.push(Played::Said { expected: Some(text.clone()), got });
            }
        }
    }
    player.unexpected();
    let failures = player.check(&test.expect);
    TranscriptResult { name: test.name.clone(), line: test.line, played: player.played, failures }
}

struct Player<'a> {
    flow: &'a Flow,
    test: &'a TranscriptTest,
    zone: jiff::tz::TimeZone,
    lead: BTreeMap<String, Json>,
    /// Those the test names, else each experiment's first: a new experiment changes no test that was there before.
    variants: BTreeMap<String, String>,
    state: State,
    now: Millis,
    waited: bool,
    /// What we said that no line of the test has met yet.
    said: VecDeque<String>,
    delivered: BTreeMap<String, BTreeMap<String, String>>,
    played: Vec<Played>,
}

impl<'a> Player<'a> {
    fn new(flow: &'a Flow, test: &'a TranscriptTest) -> Self {
        let zone = jiff::tz::TimeZone::UTC;
        let begins = test.now.and_then(|now| now.to_zoned(zone.clone()).ok());
        let now = begins.map_or(BEGINS, |at| at.timestamp().as_millisecond());
        let first = flow
            .experiments
            .iter()
            .filter_map(|(name, experiment)| Some((name.clone(), experiment.variants.first()?.0.clone())));
        let mut variants: BTreeMap<String, String> = first.collect();
        variants.extend(test.variants.clone());
        Player {
            flow,
            test,
            zone,
            lead: BTreeMap::new(),
            variants,
            state: State::new(flow, test.language.as_deref().unwrap_or(""), now),
            now,
            waited: true,
            said: VecDeque::new(),
            delivered: BTreeMap::new(),
            played: Vec::new(),
        }
    }

    fn person(&mut self, text: &str) {
        self.unexpected();
        if !std::mem::take(&mut self.waited) {
            self.pass(PAUSE);
        }
        self.played.push(Played::Person(text.to_owned()));
        let said = Said::text(text);
        // A conversation that ended without completing is over: the next message begins another.
        if matches!(self.state.outcome(), Outcome::Ended(outcome) if outcome != COMPLETED) {
            self.lead.extend(self.state.fields().clone());
            self.state = State::new(self.flow, self.state.language(), self.now);
        }
        if !self.state.is_opened()
            && self.test.language.is_none()
            && let Some(language) = keyword_language(self.flow, text)
        {
            self.state = State::new(self.flow, language, self.now);
        }
        if self.state.is_opened() {
            self.input(&Input::Said(said));
        } else {
            self.input(&Input::Open { said: Some(said) });
        }
    }

    fn wait(&mut self, ms: Millis) {
        self.unexpected();
        self.played.push(Played::Waited(ms));
        self.pass(ms);
        self.waited = true;
    }

    /// Time passes; timers fire when they are due.
    fn pass(&mut self, ms: Millis) {
        let until = self.now.saturating_add(ms);
        while let Some(due) = self.state.next_timer().filter(|due| *due <= until) {
            self.now = self.now.max(due);
            self.input(&Input::Silent);
            if self.state.next_timer() == Some(due) {
                break;
            }
        }
        self.now = until;
    }

    fn input(&mut self, input: &Input) {
        let person = Person {
            seed: &self.test.name,
            channel: self.test.channel,
            lead: &self.lead,
            variants: &self.variants,
            zone: &self.zone,
            experiments: true,
            is_over: false,
        };
        let (state, effects) = step(self.flow, &person, self.state.clone(), input, self.now);
        for effect in effects {
            match effect {
                Effect::Say(say) => self.said.push_back(say.text),
                Effect::Reached { goal } => {
                    for deliver in self.flow.deliver.iter().filter(|deliver| deliver.on == goal) {
                        let payload = payload(self.flow, &person, &state, deliver);
                        self.delivered.insert(deliver.to.clone(), payload);
                    }
                }
                _ => {}
            }
        }
        self.state = state;
    }

    /// What we said and the test does not expect.
    fn unexpected(&mut self) {
        let said = self.said.drain(..);
        self.played.extend(said.map(|got| Played::Said { expected: None, got: Some(got) }));
    }

    fn check(&self, expect: &Expect) -> Vec<String> {
        let mut failures = Vec::new();
        let mut same = |what: &str, expected: String, got: String| {
            if expected != got {
                failures.push(format!("{what}: expected {expected}, got {got}"));
            }
        };
        if let Some(score) = expect.score {
            same("score", score.to_string(), self.state.score().to_string());
        }
        if let Some(class) = expect.class {
            same("class", class.as_str().into(), self.state.class().as_str().into());
        }
        if let Some(outcome) = &expect.outcome {
            let got = match self.state.outcome() {
                Outcome::Open => "",
                Outcome::Ended(outcome) => outcome,
            };
            same("outcome", shown(outcome), shown(got));
        }
        for (step, expected) in &expect.answers {
            let got = self.state.answer(step).and_then(|left| left.value.as_ref());
            let got = got.map_or(Json::Null, |value| value.as_json());
            same(&format!("answer {step}"), number_free(expected), number_free(&got));
        }
        for (field, expected) in &expect.lead {
            let got = self.state.fields().get(field).or_else(|| self.lead.get(field)).unwrap_or(&Json::Null);
            same(&format!("lead {field}"), number_free(expected), number_free(got));
        }
        for (experiment, expected) in &expect.variants {
            let got = self.state.variants().get(experiment).map_or("none", String::as_str);
            same(&format!("variant of {experiment}"), expected.clone(), got.to_owned());
        }
        for (sink, expected) in &expect.delivered {
            match self.delivered.get(sink) {
                None => failures.push(format!("delivered to {sink}: nothing")),
                Some(got) => {
                    for (field, expected) in expected {
                        let got = got.get(field).map_or("nothing", String::as_str);
                        if got != expected {
                            failures.push(format!(
                                "delivered to {sink}, {field}: expected {expected}, got {got}"
                            ));
                        }
                    }
                }
            }
        }
        failures
    }
}

fn shown(outcome: &str) -> String {
    if outcome.is_empty() { "still open".into() } else { outcome.to_owned() }
}

/// JSON in which 5 and 5.0 are the same.
fn number_free(value: &Json) -> String {
    match value.as_f64() {
        Some(number) => number.to_string(),
        None => value.to_string(),
    }
}

/// A text on one line.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
