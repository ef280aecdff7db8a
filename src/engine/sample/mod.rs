//! A chat on a hand-turned clock, for tests. Between every two inputs the state goes through JSON.

pub mod generated;

use super::*;
use crate::clock::SECOND;
use crate::flow::{Source, read};
use std::sync::LazyLock;

static NO_FIELDS: BTreeMap<String, serde_json::Value> = BTreeMap::new();
static NO_VARIANTS: BTreeMap<String, String> = BTreeMap::new();
static UTC: LazyLock<jiff::tz::TimeZone> = LazyLock::new(|| jiff::tz::TimeZone::UTC);

/// When sample chats begin.
pub const START: Millis = 1_767_607_200_000;

/// A person of whom nothing is known.
pub fn nobody() -> Person<'static> {
    Person {
        seed: "1",
        channel: Channel::Sms,
        lead: &NO_FIELDS,
        variants: &NO_VARIANTS,
        zone: &UTC,
        experiments: true,
        is_over: false,
    }
}

/// Reads a flow that must be right.
pub fn flow(text: &str) -> Flow {
    let report = read(&Source::resolve("sample.toml", text, &|_| None));
    let found: Vec<&String> = report.diagnostics.iter().map(|d| &d.message).collect();
    report.flow.unwrap_or_else(|| panic!("{found:?}"))
}

/// A conversation under way.
pub struct Chat<'a> {
    pub flow: &'a Flow,
    pub person: Person<'a>,
    pub state: State,
    pub now: Millis,
    /// All effects so far.
    pub effects: Vec<Effect>,
}

impl<'a> Chat<'a> {
    /// Opened by us, as on a web page.
    pub fn new(flow: &'a Flow) -> Self {
        let mut chat = Chat::with(flow, nobody());
        chat.input(&Input::Open { said: None });
        chat
    }

    /// Not yet opened.
    pub fn with(flow: &'a Flow, person: Person<'a>) -> Self {
        let state = State::new(flow, "en", START);
        Chat { flow, person, state, now: START, effects: Vec::new() }
    }

    pub fn input(&mut self, input: &Input) -> Vec<Effect> {
        let before = serde_json::to_string(&self.state).unwrap();
        let restored: State = serde_json::from_str(&before).unwrap();
        assert_eq!(restored, self.state, "a state survives being stored");
        let (state, effects) = step(self.flow, &self.person, restored, input, self.now);
        self.state = state;
        self.effects.extend(effects.iter().cloned());
        assert_eq!(self.earned(), self.state.score(), "the score is the sum of the ledger");
        effects
    }

    /// Ten seconds later the person writes; what we say to it.
    pub fn say(&mut self, text: &str) -> Vec<String> {
        self.said(Said::text(text))
    }

    pub fn said(&mut self, said: Said) -> Vec<String> {
        self.now += 10 * SECOND;
        texts(&self.input(&Input::Said(said)))
    }

    /// The sum of all rows ever written.
    pub fn earned(&self) -> i64 {
        let rows = self.effects.iter().filter_map(|effect| match effect {
            Effect::Scored(entry) => Some(entry.points),
            _ => None,
        });
        rows.sum()
    }

    pub fn json(&self, step: &str) -> serde_json::Value {
        let value = self.state.answer(step).and_then(|left| left.value.as_ref());
        value.map_or(serde_json::Value::Null, Value::as_json)
    }
}

pub fn texts(effects: &[Effect]) -> Vec<String> {
    let texts = effects.iter().filter_map(|effect| match effect {
        Effect::Say(say) => Some(say.text.clone()),
        _ => None,
    });
    texts.collect()
}
