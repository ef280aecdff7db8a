//! A number, in figures or words. Two different ones are ambiguous.

use duckling::{DimensionKind, DimensionValue};
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

use super::numerals::{self, Manner, Mention, mentions};
use super::{Asked, Reader, Reading, Refusal, guard, words};
use crate::domain::answer::Value;

/// The one number in the text.
pub(super) struct Number;

impl Reader for Number {
    fn read(&self, text: &str, asked: &Asked) -> Result<Reading, Refusal> {
        let (value, span) = find(text, asked)?;
        Ok(Reading { value: Value::Number(value), span })
    }
}

/// The number a text says, and where.
///
/// # Errors
/// None, or two different ones.
pub(super) fn find(text: &str, asked: &Asked) -> Result<(Decimal, std::ops::Range<usize>), Refusal> {
    let language = asked.language_only();
    let list = words::words(text);
    if let [word] = list.as_slice()
        && let Some(value) = numerals::simple(&word.plain, language)
    {
        return Ok((Decimal::from(value), word.start..word.end));
    }
    let mut found = mentions(text, Manner::of(asked, text));
    let nothing_seen = found.is_empty();
    found.retain(|mention| counts(text, mention));
    if found.iter().any(|mention| !mention.unit) {
        found.retain(|mention| !mention.unit);
    }
    // Languages whose number words are not ours to build: the recogniser sees "zwei und zwanzig" whole.
    let built_elsewhere = !matches!(language, "en" | "hi" | "es" | "pt");
    let foreign = if built_elsewhere && (found.is_empty() || has_more_words(&list, &found)) {
        recognised(text, asked, language)
    } else {
        Vec::new()
    };
    let mut all: Vec<(Decimal, std::ops::Range<usize>)> =
        if foreign.is_empty() { found.iter().map(|m| (m.value, m.start..m.end)).collect() } else { foreign };
    if nothing_seen && !built_elsewhere {
        all = recognised(text, asked, language);
    }
    let Some((value, span)) = all.first().cloned() else { return Err(Refusal::NotUnderstood) };
    if all.iter().any(|(other, _)| *other != value) {
        return Err(Refusal::Ambiguous);
    }
    Ok((value, span))
}

/// Whether a mention is an amount here: no ordinal, and no "one" that stands for a thing ("the one I like").
fn counts(text: &str, mention: &Mention) -> bool {
    if mention.ordinal {
        return false;
    }
    if !text[mention.start..mention.end].eq_ignore_ascii_case("one") {
        return true;
    }
    let before = words::words(&text[..mention.start]);
    let last = before.last().map(|w| w.plain.as_str());
    let second = before.len().checked_sub(2).map(|at| before[at].plain.as_str());
    match last {
        Some(
            "which" | "this" | "that" | "another" | "no" | "any" | "every" | "each" | "some" | "which one"
            | "good" | "other",
        ) => false,
        Some("the") => matches!(second, Some("only" | "just")),
        _ => true,
    }
}

fn has_more_words(list: &[words::Word], found: &[Mention]) -> bool {
    list.iter().any(|word| {
        word.plain.chars().all(char::is_alphabetic)
            && !found.iter().any(|m| m.start <= word.start && word.end <= m.end)
    })
}

/// What the recogniser finds, longest first at each place.
fn recognised(text: &str, asked: &Asked, language: &str) -> Vec<(Decimal, std::ops::Range<usize>)> {
    let Some(lang) = guard::lang(language) else { return Vec::new() };
    // The recogniser takes the hyphens of "quatre-vingt-dix" for minus signs; spaces keep every place.
    let spaced = words::hyphens_as_spaces(text);
    let entities = guard::entities(&spaced, lang, None, &[DimensionKind::Numeral], asked.now, false);
    let mut found: Vec<(Decimal, std::ops::Range<usize>)> = entities
        .iter()
        .filter_map(|entity| match entity.value {
            DimensionValue::Numeral(value) => Some((Decimal::from_f64(value)?, entity.start..entity.end)),
            _ => None,
        })
        .collect();
    let longer: Vec<std::ops::Range<usize>> = found.iter().map(|(_, span)| span.clone()).collect();
    found.retain(|(_, span)| {
        !longer.iter().any(|l| l.len() > span.len() && l.start <= span.start && span.end <= l.end)
    });
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::asked;
    use super::*;
    use crate::domain::answer::Kind;

    #[test]
    fn numbers_are_read() {
        for (label, text, language, want) in [
            ("figure", "12", "en", Some("12")),
            ("in a sentence", "for 3 people please", "en", Some("3")),
            ("words", "twenty-five", "en", Some("25")),
            ("dozen", "a dozen", "en", Some("12")),
            ("lakh", "2.5 lakh", "en", Some("250000")),
            ("thousands", "1,200", "en", Some("1200")),
            ("with a unit", "3bhk", "en", Some("3")),
            ("correction", "three, no wait, four", "en", Some("4")),
            ("the same twice", "5, yes five", "en", Some("5")),
            ("two", "3 bedrooms and 2 baths", "en", None),
            ("pronoun", "which one do you prefer", "en", None),
            ("the only one", "just the one", "en", Some("1")),
            ("ordinal", "the third", "en", None),
            ("German, composed", "zweiundzwanzig", "de", Some("22")),
            ("French, composed", "quatre-vingt-dix", "fr", Some("90")),
            ("Hindi figures", "२५", "hi", Some("25")),
            ("none", "show me new cars", "en", None),
        ] {
            let asked = Asked { language, ..asked(Kind::Number) };
            let got = super::super::read(text, &asked).ok().map(|reading| reading.value.to_string());
            assert_eq!(got.as_deref(), want, "{label}: {text}");
        }
    }
}
