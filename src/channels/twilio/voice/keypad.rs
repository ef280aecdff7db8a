//! Options on the keys of a phone, and what keys mean as an answer.

use crate::domain::answer::Kind;
use crate::domain::command::Command;
use crate::domain::message::{Said, Say, Shown};
use crate::understand::DateOrder;

/// Options one key can name.
const KEYS: usize = 9;
/// Options on a page, where the last key leads to the next one.
const PAGE: usize = 8;
/// The key to the next page.
const MORE: &str = "9";

/// What was pressed.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Pressed {
    /// An answer, as though it were tapped or said.
    Said(Said),
    /// This page of the menu.
    Page(usize),
    /// A request.
    Request(Command),
    /// Nothing that is known here.
    Nothing,
}

/// How the options of a question lie on the keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Menu<'a> {
    /// Keys with their options, in order.
    pub entries: Vec<(String, &'a Shown)>,
    /// The key to further options.
    pub more: Option<&'static str>,
}

/// The menu of a question, on this page; empty where it has no options.
///
/// One of up to nine: a key each. One of more: pages of eight, the ninth key leads on. Several of up to nine: a key each; of
/// more: two keys each.
pub(super) fn menu(question: &Say, page: usize) -> Menu<'_> {
    let options = &question.options;
    if options.len() <= KEYS {
        let entries = options.iter().enumerate().map(|(at, option)| ((at + 1).to_string(), option)).collect();
        return Menu { entries, more: None };
    }
    if question.ask == Some(Kind::Choices) {
        let entries =
            options.iter().enumerate().map(|(at, option)| (format!("{:02}", at + 1), option)).collect();
        return Menu { entries, more: None };
    }
    let shown = options.chunks(PAGE).nth(page % pages(question)).unwrap_or_default();
    let entries = shown.iter().enumerate().map(|(at, option)| ((at + 1).to_string(), option)).collect();
    Menu { entries, more: Some(MORE) }
}

/// How many pages the menu of a question has.
fn pages(question: &Say) -> usize {
    if question.options.len() <= KEYS { 1 } else { question.options.len().div_ceil(PAGE) }
}

/// What keys mean as an answer to a question. `#` only ends them and is not among them.
pub(super) fn pressed(keys: &str, question: &Say, page: usize, order: DateOrder) -> Pressed {
    if keys.starts_with('*') {
        return Pressed::Request(Command::Back);
    }
    if keys.is_empty() || keys.contains('*') {
        return Pressed::Nothing;
    }
    let text = |text: String| Pressed::Said(Said::text(text));
    match question.ask {
        _ if keys == "0" && has_menu(question) => Pressed::Request(Command::Help),
        Some(Kind::Choices) => several(keys, question).map_or(Pressed::Nothing, Pressed::Said),
        Some(Kind::Choice | Kind::Location) if !question.options.is_empty() => one(keys, question, page),
        Some(Kind::YesNo | Kind::Consent) => match keys {
            "1" => text("yes".to_owned()),
            "2" => text("no".to_owned()),
            _ => Pressed::Nothing,
        },
        Some(Kind::Date) => date(keys, order).map_or(Pressed::Nothing, text),
        Some(Kind::Time) => time(keys).map_or(Pressed::Nothing, text),
        Some(Kind::Datetime) => {
            let parts = keys.split_at_checked(8);
            let both = parts.and_then(|(day, hour)| Some(format!("{} {}", date(day, order)?, time(hour)?)));
            both.map_or(Pressed::Nothing, text)
        }
        Some(Kind::Name | Kind::Email | Kind::Media) => Pressed::Nothing,
        Some(_) | None => text(keys.to_owned()),
    }
}

fn has_menu(question: &Say) -> bool {
    !question.options.is_empty() || matches!(question.ask, Some(Kind::YesNo | Kind::Consent))
}

fn one(keys: &str, question: &Say, page: usize) -> Pressed {
    let menu = menu(question, page);
    if menu.more == Some(keys) {
        return Pressed::Page((page + 1) % pages(question));
    }
    let picked = menu.entries.iter().find(|(key, _)| key == keys);
    picked.map_or(Pressed::Nothing, |(_, option)| {
        Pressed::Said(Said {
            text: option.label.clone(),
            tapped: Some(option.value.clone()),
            ..Said::default()
        })
    })
}

/// All options that are keyed, each once; `None` where any key names none.
fn several(keys: &str, question: &Say) -> Option<Said> {
    let menu = menu(question, 0);
    let width = menu.entries.first()?.0.len();
    if !keys.len().is_multiple_of(width) {
        return None;
    }
    let mut places: Vec<usize> = Vec::new();
    for at in (0..keys.len()).step_by(width) {
        let key = keys.get(at..at + width)?;
        let place = menu.entries.iter().position(|(known, _)| known == key)?;
        if !places.contains(&place) {
            places.push(place);
        }
    }
    if let [only] = places.as_slice() {
        let option = menu.entries[*only].1;
        return Some(Said {
            text: option.label.clone(),
            tapped: Some(option.value.clone()),
            ..Said::default()
        });
    }
    let labels: Vec<&str> = places.iter().map(|place| menu.entries[*place].1.label.as_str()).collect();
    // The reader knows "1, 3" as the first and the third, unless an option itself reads as a number.
    let numbers = labels.iter().any(|label| label.bytes().any(|byte| byte.is_ascii_digit()));
    let numbered = || places.iter().map(|place| (place + 1).to_string()).collect::<Vec<_>>();
    Some(Said::text(if numbers { labels.join(", ") } else { numbered().join(", ") }))
}

/// Eight figures in the order of this place, as every reader knows them: `2026-03-14`.
fn date(keys: &str, order: DateOrder) -> Option<String> {
    let part = |from: usize, to: usize| keys.get(from..to).filter(|_| keys.len() == 8);
    let (year, month, day) = match order {
        DateOrder::Dmy => (part(4, 8)?, part(2, 4)?, part(0, 2)?),
        DateOrder::Mdy => (part(4, 8)?, part(0, 2)?, part(2, 4)?),
        DateOrder::Ymd => (part(0, 4)?, part(4, 6)?, part(6, 8)?),
    };
    Some(format!("{year}-{month}-{day}"))
}

/// Three or four figures on a clock of 24 hours: `9:30`, `15:00`.
fn time(keys: &str) -> Option<String> {
    let (hour, minute) = keys.split_at_checked(keys.len().checked_sub(2)?)?;
    let shaped =
        matches!(keys.len(), 3 | 4) && hour.parse::<u8>().ok()? < 24 && minute.parse::<u8>().ok()? < 60;
    shaped.then(|| format!("{hour}:{minute}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(ask: Kind, options: usize) -> Say {
        let option = |at| Shown {
            value: format!("v{at}"),
            label: format!("Label {}", ["a", "b", "c", "d", "e"][at % 5]),
            short: None,
        };
        Say {
            text: "?".into(),
            language: "en".into(),
            step: Some("a".into()),
            ask: Some(ask),
            options: (0..options).map(option).collect(),
            optional: false,
        }
    }

    fn told(keys: &str, ask: Kind, options: usize, page: usize) -> String {
        match pressed(keys, &question(ask, options), page, DateOrder::Dmy) {
            Pressed::Said(Said { tapped: Some(value), .. }) => format!("tap {value}"),
            Pressed::Said(said) => said.text,
            Pressed::Page(page) => format!("page {page}"),
            Pressed::Request(command) => format!("request {}", command.as_str()),
            Pressed::Nothing => "nothing".to_owned(),
        }
    }

    #[test]
    fn what_keys_mean() {
        use Kind::*;
        let rows = [
            ("one of five", "5", Choice, 5, 0, "tap v4"),
            ("no such key", "6", Choice, 5, 0, "nothing"),
            ("the last of nine", "9", Choice, 9, 0, "tap v8"),
            ("more than nine: on", "9", Choice, 20, 0, "page 1"),
            ("the second page", "1", Choice, 20, 1, "tap v8"),
            ("the last page is short", "4", Choice, 20, 2, "tap v19"),
            ("and has no more than it has", "5", Choice, 20, 2, "nothing"),
            ("around to the first", "9", Choice, 20, 2, "page 0"),
            ("a page that is not there", "1", Choice, 10, 7, "tap v8"),
            ("two keys for one", "12", Choice, 5, 0, "nothing"),
            ("help", "0", Choice, 5, 0, "request help"),
            ("back", "*", Choice, 5, 0, "request back"),
            ("back from figures", "*12", Number, 0, 0, "request back"),
            ("a slip", "12*", Number, 0, 0, "nothing"),
            ("one of several", "2", Choices, 4, 0, "tap v1"),
            ("several", "13", Choices, 4, 0, "1, 3"),
            ("one twice", "11", Choices, 4, 0, "tap v0"),
            ("several, one unknown", "15", Choices, 4, 0, "nothing"),
            ("two keys each", "0112", Choices, 12, 0, "1, 12"),
            ("half a pair", "011", Choices, 12, 0, "nothing"),
            ("yes", "1", YesNo, 0, 0, "yes"),
            ("no", "2", Consent, 0, 0, "no"),
            ("neither", "3", YesNo, 0, 0, "nothing"),
            ("a date", "14032026", Date, 0, 0, "2026-03-14"),
            ("too short a date", "1403", Date, 0, 0, "nothing"),
            ("a time", "1530", Time, 0, 0, "15:30"),
            ("an early time", "930", Time, 0, 0, "9:30"),
            ("no time", "2530", Time, 0, 0, "nothing"),
            ("a day and a time", "140320261530", Datetime, 0, 0, "2026-03-14 15:30"),
            ("a number", "0", Number, 0, 0, "0"),
            ("a phone", "4155552671", Phone, 0, 0, "4155552671"),
            ("a postal code", "94107", Postcode, 0, 0, "94107"),
            ("no name", "5", Name, 0, 0, "nothing"),
            ("a place among options", "2", Location, 3, 0, "tap v1"),
            ("a place without", "94107", Location, 0, 0, "94107"),
            ("nothing", "", Number, 0, 0, "nothing"),
        ];
        for (label, keys, ask, options, page, expected) in rows {
            assert_eq!(told(keys, ask, options, page), expected, "{label}");
        }
    }

    #[test]
    fn dates_are_keyed_as_they_are_written_there() {
        let rows = [(DateOrder::Dmy, "14032026"), (DateOrder::Mdy, "03142026"), (DateOrder::Ymd, "20260314")];
        for (order, keys) in rows {
            assert_eq!(date(keys, order).as_deref(), Some("2026-03-14"), "{order:?}");
        }
    }

    #[test]
    fn options_that_are_numbers_are_named() {
        let mut question = question(Kind::Choices, 3);
        for (option, label) in question.options.iter_mut().zip(["1", "2–5", "6+"]) {
            option.label = label.to_owned();
        }
        assert_eq!(pressed("13", &question, 0, DateOrder::Dmy), Pressed::Said(Said::text("1, 6+")));
    }
}
