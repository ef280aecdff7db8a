//! What becomes of what was heard: an answer for the engine, a page of a menu, a question whether it was understood.

use super::aloud::aloud;
use super::keypad::{self, Pressed};
use crate::clock::Millis;
use crate::domain::answer::{Kind, Value};
use crate::domain::call::{Call, Doubted, Heard};
use crate::domain::command::Command;
use crate::domain::message::{Said, Say};
use crate::engine::{self, Input, Person, State};
use crate::flow::model::Flow;
use crate::flow::texts::TextKey;
use crate::understand::{self, Asked};

/// After so many silences in a row nobody is there; where a question allows more tries, after those.
const DEAD: usize = 5;

/// A conversation on the line, for reading only.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// Its flow.
    pub flow: &'a Flow,
    /// Who is there.
    pub person: &'a Person<'a>,
    /// How it stands.
    pub state: &'a State,
    /// The clock.
    pub now: Millis,
}

/// What follows from what was heard.
#[derive(Clone, Debug, PartialEq)]
pub enum Move {
    /// The engine takes this.
    Engine(Input),
    /// The conversation stands; this is said.
    Say(Vec<Say>),
    /// This is said, and then we hang up.
    Close(Say),
}

/// Decides what follows from keys, speech or silence. What is not yet certain is kept in `call`.
pub fn hear(line: &Line<'_>, call: &mut Call, heard: &Heard) -> Move {
    let doubted = call.doubted.take();
    call.silences = if *heard == Heard::Nothing { call.silences + 1 } else { 0 };
    match heard {
        Heard::Keys(keys) => keyed(line, call, doubted, keys),
        Heard::Speech { text, confidence } => said(line, call, doubted, text, *confidence),
        Heard::Nothing | Heard::Began { .. } | Heard::Transferred { .. } => silent(line, call, doubted),
    }
}

/// Nothing came: asked again as often as the question allows, until nobody can be there any more.
fn silent(line: &Line<'_>, call: &mut Call, doubted: Option<Doubted>) -> Move {
    let open = line.state.open_step().and_then(|id| line.flow.steps.iter().find(|step| step.id == id));
    let tries = open.and_then(|step| step.tries).map_or(0, |tries| tries as usize);
    if call.silences >= DEAD.max(tries) {
        return Move::Close(line.say(TextKey::CallDead, &[]));
    }
    match doubted {
        Some(doubted) => {
            let says = vec![line.say(TextKey::CallUnheard, &[]), confirm(line, &doubted)];
            call.doubted = Some(doubted);
            Move::Say(says)
        }
        None => Move::Engine(Input::Unheard { why: Some(TextKey::CallUnheard) }),
    }
}

fn keyed(line: &Line<'_>, call: &mut Call, doubted: Option<Doubted>, keys: &str) -> Move {
    if let Some(doubted) = doubted {
        return match keys {
            "1" => Move::Engine(Input::Said(Said::text(doubted.text))),
            "2" => wrong(line),
            _ if keys.starts_with('*') => request(line, Command::Back),
            _ => {
                let says = vec![confirm(line, &doubted)];
                call.doubted = Some(doubted);
                Move::Say(says)
            }
        };
    }
    let Some(question) = line.question() else { return Move::Engine(Input::Said(Said::text(keys))) };
    match keypad::pressed(keys, &question, call.page, line.date_order()) {
        Pressed::Said(said) => Move::Engine(Input::Said(said)),
        Pressed::Request(command) => request(line, command),
        Pressed::Page(page) => {
            call.page = page;
            Move::Say(vec![Say { text: line.say(TextKey::CallFurther, &[]).text, ..question }])
        }
        Pressed::Nothing => Move::Engine(Input::Unheard { why: None }),
    }
}

/// A built-in request by a key; where the flow has it switched off, no such key.
fn request(line: &Line<'_>, command: Command) -> Move {
    if line.flow.off.contains(&command) {
        return Move::Engine(Input::Unheard { why: None });
    }
    Move::Engine(Input::Requested { command })
}

fn said(
    line: &Line<'_>,
    call: &mut Call,
    doubted: Option<Doubted>,
    text: &str,
    confidence: Option<f64>,
) -> Move {
    if let Some(doubted) = doubted {
        match yes_no(line, text) {
            Some(true) => return Move::Engine(Input::Said(Said::text(doubted.text))),
            Some(false) => return wrong(line),
            // Neither: whoever says it anew, or asks for something, is heard.
            None => {}
        }
    }
    // Recognisers write whole sentences: "Civic."
    let text = text.trim().trim_end_matches(['.', '।', '。']);
    let kind = line.question().and_then(|question| question.ask);
    let spelled = (kind == Some(Kind::Name)).then(|| understand::spelled(text)).flatten();
    let said = Said::text(spelled.as_deref().unwrap_or(text));
    let unsure = confidence.is_some_and(|sure| sure < line.flow.voice.confirm_below);
    let always = matches!(kind, Some(Kind::Name | Kind::Email));
    if !unsure && !always {
        return Move::Engine(Input::Said(said));
    }
    let Some(understood) = engine::understood(line.flow, line.person, line.state, &said, line.now) else {
        return Move::Engine(Input::Said(said));
    };
    let aloud = match &understood.value {
        // In the person's own words: "sí", not "yes".
        Value::YesNo(_) | Value::Consent(_) => text.to_owned(),
        value => aloud(value, &understood.aloud, line.state.language()),
    };
    let doubted = Doubted { text: said.text, aloud };
    let ask = confirm(line, &doubted);
    call.doubted = Some(doubted);
    Move::Say(vec![ask])
}

/// What was read back is not what was meant: names and addresses are spelled then.
fn wrong(line: &Line<'_>) -> Move {
    let spells = matches!(line.question().and_then(|question| question.ask), Some(Kind::Name | Kind::Email));
    Move::Engine(Input::Unheard { why: Some(if spells { TextKey::CallSpell } else { TextKey::CallWrong }) })
}

fn confirm(line: &Line<'_>, doubted: &Doubted) -> Say {
    line.say(TextKey::CallConfirm, &[("heard", &doubted.aloud)])
}

fn yes_no(line: &Line<'_>, text: &str) -> Option<bool> {
    let asked = Asked {
        kind: Kind::YesNo,
        options: &[],
        language: line.state.language(),
        region: None,
        currency: None,
        date_order: None,
        now: jiff::civil::DateTime::default(),
    };
    match understand::read(text, &asked).ok()?.value {
        Value::YesNo(yes) => Some(yes),
        _ => None,
    }
}

impl Line<'_> {
    /// A built-in text, filled in.
    pub(super) fn say(&self, key: TextKey, names: &[(&str, &str)]) -> Say {
        engine::built_in_with(self.flow, self.person, self.state, key, names)
    }

    /// The open question.
    fn question(&self) -> Option<Say> {
        engine::question(self.flow, self.person, self.state)
    }
}
