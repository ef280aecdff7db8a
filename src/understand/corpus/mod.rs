//! Measuring: one line of a corpus of answers in, one prediction out. The corpus has kinds of its own (ordinals, digits,
//! commands) that no question asks for; they are read by the parts that read them inside answers.

use jiff::civil::DateTime;
use serde_json::{Value as Json, json};

use super::numerals::{Manner, mentions};
use super::{Asked, DateOrder, OptionWords, command, position, read, spoken, words};
use crate::domain::answer::{Kind, Value};
use crate::domain::command::Command;

/// The wall clock of cases that name none: Wednesday 2026-03-11, 10:00.
const REFERENCE: DateTime = jiff::civil::datetime(2026, 3, 11, 10, 0, 0, 0);

/// Reads one case (`kind`, `locale`, `region`, `reference_now`, `date_order`, `input`, `options`, `synonyms`) and answers
/// `{"id", "value"}` in the corpus' own writing of values; `null` for what is refused.
pub fn predict(case: &Json) -> Json {
    json!({ "id": case["id"], "value": value(case).unwrap_or(Json::Null) })
}

fn value(case: &Json) -> Option<Json> {
    let text = case["input"].as_str()?;
    let locale = case["locale"].as_str().unwrap_or("en");
    let locale = if locale == "und" { "en" } else { locale };
    let options = options(case);
    let asked = Asked {
        kind: Kind::Text,
        options: &options,
        language: locale,
        region: case["region"].as_str(),
        currency: None,
        date_order: match case["date_order"].as_str() {
            Some("DMY") => Some(DateOrder::Dmy),
            Some("MDY") => Some(DateOrder::Mdy),
            Some("YMD") => Some(DateOrder::Ymd),
            _ => None,
        },
        now: case["reference_now"].as_str().and_then(|at| at.parse().ok()).unwrap_or(REFERENCE),
    };
    let kind = match case["kind"].as_str()? {
        "boolean" => Kind::YesNo,
        "multichoice" => Kind::Choices,
        "ordinal" => return ordinal(text, &asked),
        "digits" => return digits(text, &asked),
        "command" => return command_name(text, asked.language),
        name => Kind::parse(name)?,
    };
    Some(written(read(text, &Asked { kind, ..asked }).ok()?.value))
}

fn options(case: &Json) -> Vec<OptionWords> {
    let synonyms = &case["synonyms"];
    let list = case["options"].as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter()
        .filter_map(Json::as_str)
        .map(|value| OptionWords {
            value: value.to_owned(),
            words: synonyms[value]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Json::as_str)
                .map(str::to_owned)
                .collect(),
        })
        .collect()
}

/// A value as the corpus writes it.
fn written(value: Value) -> Json {
    let decimal = |number: Option<rust_decimal::Decimal>| number.map(|n| n.normalize().to_string());
    match value {
        Value::Number(number) => json!(decimal(Some(number))),
        Value::Money { amount, currency } => json!({ "amount": decimal(Some(amount)), "currency": currency }),
        Value::MoneyRange { min, max, currency } => {
            json!({ "min": decimal(min), "max": decimal(max), "currency": currency })
        }
        Value::Range { min, max } => json!({ "min": decimal(min), "max": decimal(max) }),
        Value::Name { first, last } => json!({ "first": first, "last": last }),
        other => other.as_json(),
    }
}

fn ordinal(text: &str, asked: &Asked) -> Option<Json> {
    let found = mentions(text, Manner::of(asked, text));
    if let [one] = found.iter().filter(|m| m.ordinal).collect::<Vec<_>>().as_slice() {
        return Some(json!(one.value.normalize().to_string()));
    }
    let list = words::words(text);
    let places: Vec<usize> =
        list.iter().filter_map(|w| position::ordinal(&w.plain, asked.language_only())).collect();
    match places.as_slice() {
        [place] if *place != position::LAST => Some(json!((place + 1).to_string())),
        _ => None,
    }
}

fn digits(text: &str, asked: &Asked) -> Option<Json> {
    let list = words::words(text);
    match spoken::digit_runs(&list, asked.language_only()).as_slice() {
        [run] => Some(json!(run.text.trim_start_matches('+'))),
        _ => None,
    }
}

/// The corpus' name of a command; opt-out words are not commands of a conversation and stay unread here.
fn command_name(text: &str, language: &str) -> Option<Json> {
    let (command, _) = command(text, language)?;
    Some(json!(match command {
        Command::Human => "agent",
        Command::Language => "change_language",
        Command::Change => "back",
        other => other.as_str(),
    }))
}

#[cfg(test)]
mod tests;
