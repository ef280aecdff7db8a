//! The plainest readers: what is written exactly.

use super::{Asked, LONGEST, Reading, Refusal};
use crate::domain::answer::{Kind, Value};
use crate::domain::command::Command;
use std::collections::BTreeMap;

/// Reads an answer.
///
/// # Errors
/// Where no value of the kind asked for is in the text.
pub fn read(text: &str, asked: &Asked) -> Result<Reading, Refusal> {
    let said = text.trim();
    if said.is_empty() {
        return Err(Refusal::Empty);
    }
    if said.chars().count() > LONGEST && asked.kind != Kind::Text {
        return Err(Refusal::TooLong);
    }
    let value = value(said, asked).ok_or(Refusal::NotUnderstood)?;
    Ok(Reading { value, span: 0..text.len() })
}

fn value(said: &str, asked: &Asked) -> Option<Value> {
    match asked.kind {
        Kind::Choice => option(said, asked).map(Value::Choice),
        Kind::Choices => {
            let parts: Option<Vec<String>> = said.split(',').map(|part| option(part, asked)).collect();
            parts.map(Value::Choices)
        }
        Kind::YesNo => yes(said).map(Value::YesNo),
        Kind::Consent => yes(said).map(Value::Consent),
        Kind::Number => said.parse().ok().map(Value::Number),
        Kind::Money => said.parse().ok().map(|amount| Value::Money { amount, currency: None }),
        Kind::Email => said.contains('@').then(|| Value::Email(said.to_lowercase())),
        Kind::Phone => {
            let digits: String = said.chars().filter(char::is_ascii_digit).collect();
            (digits.len() >= 7).then(|| Value::Phone(format!("+{digits}")))
        }
        Kind::Name => Some(Value::Name { first: Some(said.to_owned()), last: None }),
        Kind::Text => Some(Value::Text(said.to_owned())),
        Kind::Postcode => Some(Value::Postcode(said.to_owned())),
        Kind::Location => Some(Value::Location { text: said.to_owned(), position: None }),
        Kind::Date => said.parse().ok().map(Value::Date),
        Kind::Time => said.parse().ok().map(Value::Time),
        Kind::Datetime => said.parse().ok().map(Value::Datetime),
        Kind::Media | Kind::MoneyRange | Kind::Range => None,
    }
}

fn yes(said: &str) -> Option<bool> {
    match said.to_lowercase().as_str() {
        "yes" | "y" | "sí" | "si" | "हाँ" => Some(true),
        "no" | "n" | "नहीं" => Some(false),
        _ => None,
    }
}

fn option(said: &str, asked: &Asked) -> Option<String> {
    let said = said.trim();
    let place = said.parse::<usize>().ok().and_then(|place| asked.options.get(place.wrapping_sub(1)));
    let named = |option: &&super::OptionWords| {
        option.words.iter().chain([&option.value]).any(|word| word.to_lowercase() == said.to_lowercase())
    };
    asked.options.iter().find(named).or(place).map(|option| option.value.clone())
}

/// The built-in request a text is, and what it names.
pub fn command(text: &str, language: &str) -> Option<(Command, Option<String>)> {
    command_with(text, language, &BTreeMap::new())
}

/// As `command`, with the flow's own words besides.
pub fn command_with(
    text: &str,
    _language: &str,
    own_words: &BTreeMap<Command, Vec<String>>,
) -> Option<(Command, Option<String>)> {
    let said = text.trim().to_lowercase();
    let own = own_words.iter().find(|(_, words)| words.iter().any(|word| word.to_lowercase() == said));
    if let Some((command, _)) = own {
        return Some((*command, None));
    }
    let names = [("english", "en"), ("spanish", "es"), ("español", "es"), ("french", "fr")];
    if let Some((_, code)) = names.iter().find(|(name, _)| said.trim_end_matches(" please") == *name) {
        return Some((Command::Language, Some((*code).to_owned())));
    }
    let (word, rest) = said.split_once(' ').unwrap_or((said.as_str(), ""));
    let rest = rest.trim_start_matches("my ");
    let rest = (!rest.is_empty()).then(|| rest.to_owned());
    match word {
        "change" => Command::parse(word).map(|command| (command, rest)),
        _ if rest.is_some() => None,
        _ => Command::parse(word).map(|command| (command, None)),
    }
}
