//! What is said, with how to answer it by keys.

use super::aloud;
use super::hear::Line;
use super::keypad;
use crate::domain::answer::Kind;
use crate::domain::message::Say;
use crate::flow::texts::TextKey;
use crate::understand::{self, DateOrder};

/// A sentence as it is spoken: where it asks, with its keys, those of this page of the menu.
pub fn prompt(line: &Line<'_>, say: Say, page: usize) -> Say {
    let Some(kind) = say.ask else { return say };
    let mut parts = vec![say.text.trim().to_owned()];
    match kind {
        Kind::YesNo | Kind::Consent => parts.push(line.words(TextKey::CallYesNo, &[])),
        Kind::Choices => {
            parts.push(line.words(TextKey::ChooseManyHint, &[]));
            parts.extend(keys(line, &say, page));
            parts.push(line.words(TextKey::CallPick, &[]));
        }
        Kind::Choice | Kind::Location => parts.extend(keys(line, &say, page)),
        Kind::Date => parts.push(line.words(TextKey::CallKeysDate, &[("order", order(line))])),
        Kind::Datetime => parts.push(line.words(TextKey::CallKeysDatetime, &[("order", order(line))])),
        Kind::Time => parts.push(line.words(TextKey::CallKeysTime, &[])),
        Kind::Number | Kind::Money | Kind::Phone | Kind::Postcode => {
            parts.push(line.words(TextKey::CallKeys, &[]));
        }
        Kind::Text | Kind::Name | Kind::Email | Kind::MoneyRange | Kind::Range | Kind::Media => {}
    }
    if say.optional {
        parts.push(line.words(TextKey::SkipHint, &[]));
    }
    parts.retain(|part| !part.is_empty());
    Say { text: parts.join(" "), ..say }
}

/// "For Retail, press 1." and so on; figures of a key of several are said one by one.
fn keys(line: &Line<'_>, say: &Say, page: usize) -> Vec<String> {
    let menu = keypad::menu(say, page);
    let press = |(key, option): &(String, &crate::domain::message::Shown)| {
        let key = key.chars().map(String::from).collect::<Vec<_>>().join(" ");
        line.words(
            TextKey::CallPress,
            &[("option", &aloud::label(&option.label, &say.language)), ("key", &key)],
        )
    };
    let more = menu.more.map(|key| line.words(TextKey::CallMore, &[("key", key)]));
    menu.entries.iter().map(press).chain(more).collect()
}

fn order(line: &Line<'_>) -> &'static str {
    match line.date_order() {
        DateOrder::Dmy => "dmy",
        DateOrder::Mdy => "mdy",
        DateOrder::Ymd => "ymd",
    }
}

impl Line<'_> {
    /// A built-in text, filled in.
    pub(super) fn words(&self, key: TextKey, names: &[(&str, &str)]) -> String {
        self.say(key, names).text
    }

    /// The order of figures in a date, as it is said and keyed here.
    pub(super) fn date_order(&self) -> DateOrder {
        understand::order(self.flow.date_order, self.flow.region.as_deref(), self.state.language())
    }
}
