//! A place: one of the options where there are some, else the words themselves without what leads up to them.

use super::words::{self, Word};
use super::{Asked, Reader, Reading, Refusal, options};
use crate::domain::answer::Value;

/// A place in words; a shared position needs no reading.
pub(super) struct Location;

/// Words after which a place follows, plain.
const BEFORE: &[&str] = &[
    "in", "from", "at", "near", "around", "to", "is", "for", "of", "en", "desde", "de", "em", "dans", "a",
    "aus", "bei", "within", "visiting", "leaving", "hai",
];

/// Words that begin a sentence about a place instead of a place.
const SENTENCE: &[&str] = &[
    "i",
    "im",
    "we",
    "were",
    "my",
    "our",
    "the",
    "please",
    "yes",
    "yeah",
    "sure",
    "it",
    "its",
    "can",
    "could",
    "find",
    "search",
    "look",
    "looking",
    "check",
    "show",
    "something",
    "somewhere",
    "like",
    "vivo",
    "estoy",
    "soy",
    "somos",
    "estamos",
    "moro",
    "estou",
    "sou",
    "ich",
    "wir",
    "je",
    "nous",
    "jhabite",
    "main",
    "hum",
    "that",
    "check",
    "get",
    "will",
    "how",
    "some",
    "in",
    "around",
    "near",
    "from",
    "for",
    "at",
    "en",
    "em",
    "um",
    "well",
    "oh",
    "maybe",
    "ok",
    "okay",
    "one",
    "any",
    "want",
    "id",
    "ill",
    "book",
    "you",
];

/// Words after a place that are not of it.
const AFTER: &[&str] = &[
    "please",
    "thanks",
    "thank",
    "pls",
    "area",
    "por",
    "bitte",
    "hai",
    "se",
    "mein",
    "hu",
    "hoon",
    "rehta",
    "rehti",
    "is",
    "would",
    "will",
    "and",
    "where",
    "when",
    "if",
    "ideally",
    "preferably",
    "that",
    "this",
    "today",
    "tomorrow",
    "me",
    "also",
    "but",
    "i",
    "now",
    "for",
];

impl Reader for Location {
    fn read(&self, text: &str, asked: &Asked) -> Result<Reading, Refusal> {
        if !asked.options.is_empty() {
            return match options::named(text, asked).as_slice() {
                [] => Err(Refusal::NotUnderstood),
                [pick] => Ok(place(&asked.options[pick.option].value, pick.span.clone())),
                _ => Err(Refusal::Ambiguous),
            };
        }
        let words = words::words(text);
        let span = open(text, &words).ok_or(Refusal::NotUnderstood)?;
        Ok(place(&text[span.clone()], span))
    }
}

fn place(name: &str, span: std::ops::Range<usize>) -> Reading {
    Reading { value: Value::Location { text: name.to_owned(), position: None }, span }
}

/// The bytes of the place: all of a message that is no sentence, else what follows its last "in", "from" or "is".
fn open(text: &str, words: &[Word]) -> Option<std::ops::Range<usize>> {
    let (first, last) = (words.first()?, words.last()?);
    let sentence = SENTENCE.contains(&first.plain.as_str());
    if !sentence && words.len() <= 8 && !text.trim_end().ends_with('?') {
        let end =
            words.iter().rposition(|w| !matches!(w.plain.as_str(), "please" | "pls" | "thanks" | "hai"))?;
        return Some(first.start..words[end].end);
    }
    let lead = words.iter().rposition(|w| BEFORE.contains(&w.plain.as_str()) && w.end < last.start)?;
    let from = words[lead + 1..]
        .iter()
        .position(|w| !matches!(w.plain.as_str(), "the" | "or" | "a" | "city" | "around" | "town"))
        .map(|n| lead + 1 + n)?;
    let to = words[from..]
        .iter()
        .position(|w| AFTER.contains(&w.plain.as_str()))
        .map_or(words.len(), |n| from + n);
    // A full stop or an exclamation mark ends it, a comma before a region does not.
    let to = (from + 1..to)
        .find(|at| text[words[at - 1].end..words[*at].start].contains(['.', '!', '?', ';']))
        .unwrap_or(to);
    (to > from && to - from <= 6).then(|| words[from].start..words[to - 1].end)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{asked, options};
    use super::*;
    use crate::domain::answer::Kind;

    #[test]
    fn places_are_read() {
        for (label, text, want) in [
            ("the words", "Mexico City, Roma Norte", Some("Mexico City, Roma Norte")),
            ("lead", "I live in San Jose", Some("San Jose")),
            ("lead and please", "We are in New York please.", Some("New York")),
            ("region", "somewhere in Portland, OR", Some("Portland, OR")),
            ("polite", "Mumbai please", Some("Mumbai")),
            ("a sentence without a place", "I would rather not say", None),
        ] {
            let got = super::super::read(text, &asked(Kind::Location))
                .ok()
                .map(|reading| reading.value.to_string());
            assert_eq!(got.as_deref(), want, "{label}");
        }
        let list = options(&["Austin", "Mumbai"]);
        let asked = Asked { options: &list, ..asked(Kind::Location) };
        assert_eq!(
            super::super::read("austin TX", &asked).map(|r| r.value.to_string()).as_deref(),
            Ok("Austin")
        );
        assert_eq!(super::super::read("near the big mall", &asked), Err(Refusal::NotUnderstood));
    }
}
