//! Calls without a server: the reference documents, what is read, and the ways through a call.

mod calls;
mod documents;
mod events;

use super::*;
use crate::domain::call::{Call, Heard};
use crate::domain::channel::Channel;
use crate::domain::message::Say;
use crate::engine::{self, Effect, Input, Person, State};
use crate::flow::model::Flow;
use crate::flow::{Source, read as read_flow};
use std::collections::BTreeMap;

/// A flow of these steps, with a last word.
fn flow(steps: &str) -> Flow {
    let head = "id = \"a\"\ntitle = \"A\"\n[start]\nchannels = [\"voice\"]\ndefault = true\n";
    let text = format!("{head}{steps}\n[[steps]]\nid = \"bye\"\nsay = \"Bye\"\nend = \"completed\"\n");
    let report = read_flow(&Source::alone("a.toml", &text));
    report.flow.unwrap_or_else(|| panic!("{:?}", report.diagnostics))
}

/// A call held without a server.
struct Phone<'a> {
    flow: &'a Flow,
    state: State,
    call: Call,
    says: Vec<Say>,
    closed: bool,
}

impl<'a> Phone<'a> {
    fn new(flow: &'a Flow) -> Phone<'a> {
        let state = State::new(flow, "", NOW);
        Phone { flow, state, call: Call::default(), says: vec![], closed: false }
    }

    fn input(&mut self, input: &Input) {
        let nothing = BTreeMap::new();
        let variants = BTreeMap::new();
        let person = person(&nothing, &variants);
        let asked = self.state.open_step().map(str::to_owned);
        let (state, effects) = engine::step(self.flow, &person, self.state.clone(), input, NOW);
        if state.open_step() != asked.as_deref() {
            self.call.page = 0;
        }
        self.state = state;
        let says = effects.into_iter().filter_map(|effect| match effect {
            Effect::Say(say) => Some(say),
            _ => None,
        });
        self.say(says.collect());
    }

    fn say(&mut self, says: Vec<Say>) {
        let nothing = BTreeMap::new();
        let variants = BTreeMap::new();
        let person = person(&nothing, &variants);
        let line = Line { flow: self.flow, person: &person, state: &self.state, now: NOW };
        self.says = says.into_iter().map(|say| prompt(&line, say, self.call.page)).collect();
    }

    /// What is said after something was heard, in one line.
    fn hears(&mut self, heard: &Heard) -> String {
        let nothing = BTreeMap::new();
        let variants = BTreeMap::new();
        let person = person(&nothing, &variants);
        let line = Line { flow: self.flow, person: &person, state: &self.state, now: NOW };
        match hear(&line, &mut self.call, heard) {
            Move::Engine(input) => self.input(&input),
            Move::Say(says) => self.say(says),
            Move::Close(say) => {
                self.closed = true;
                self.say(vec![say]);
            }
        }
        self.says.iter().map(|say| say.text.as_str()).collect::<Vec<_>>().join(" | ")
    }

    fn says(&mut self, text: &str) -> String {
        self.hears(&Heard::Speech { text: text.into(), confidence: Some(0.9) })
    }

    fn presses(&mut self, keys: &str) -> String {
        self.hears(&Heard::Keys(keys.into()))
    }

    fn document(&self, action: &str) -> String {
        let nothing = BTreeMap::new();
        let variants = BTreeMap::new();
        let question = engine::question(self.flow, &person(&nothing, &variants), &self.state);
        let after =
            After::Listen { question: question.as_ref(), doubted: self.call.doubted.is_some(), action };
        document(&Document { flow: self.flow, says: &self.says, after, record: None })
    }

    fn told(&self, text: &str) -> Say {
        let text = text.to_owned();
        Say { text, language: "en".into(), step: None, ask: None, options: vec![], optional: false }
    }

    fn answer(&self, step: &str) -> String {
        let value = self.state.answer(step).and_then(|left| left.value.as_ref());
        value.map_or("nothing".to_owned(), ToString::to_string)
    }
}

/// 2026-01-05T10:00:00Z.
const NOW: i64 = 1_767_607_200_000;

fn person<'a>(
    lead: &'a BTreeMap<String, serde_json::Value>,
    variants: &'a BTreeMap<String, String>,
) -> Person<'a> {
    static UTC: std::sync::LazyLock<jiff::tz::TimeZone> =
        std::sync::LazyLock::new(|| jiff::tz::TimeZone::UTC);
    Person {
        seed: "1",
        channel: Channel::Voice,
        lead,
        variants,
        zone: &UTC,
        experiments: true,
        is_over: false,
    }
}
