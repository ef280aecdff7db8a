//! From a number to a number: `2–5`, `11+`, `under 10`, `between 50 and 60 lakh`, `400k ish to maybe 450`.

use rust_decimal::Decimal;

use super::numerals::{Manner, Mention, mentions};
use super::words;
use super::{Asked, Reader, Reading, Refusal};
use crate::domain::answer::Value;

/// Two numbers, or one with an open end.
pub(super) struct Range;

impl Reader for Range {
    fn read(&self, text: &str, asked: &Asked) -> Result<Reading, Refusal> {
        let found = bounds(text, Manner::of(asked, text)).ok_or(Refusal::NotUnderstood)?;
        let value = Value::Range { min: found.min, max: found.max };
        Ok(Reading { value, span: found.span })
    }
}

/// What a text says about two ends; at least one is there.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bounds {
    pub min: Option<Decimal>,
    pub max: Option<Decimal>,
    pub span: std::ops::Range<usize>,
}

/// Words before a number that make it the upper end, plain.
const BELOW: &[&str] = &[
    "under",
    "below",
    "less than",
    "less or equal than",
    "fewer than",
    "up to",
    "upto",
    "at most",
    "no more than",
    "not more than",
    "max",
    "maximum",
    "maximum of",
    "within",
    "smaller than",
    "lower than",
    "until",
    "till",
    "not over",
    "not exceed",
    "not exceeding",
    "smaller or equal than",
    "not greater than",
    "not bigger than",
    "not above",
    "hasta",
    "menos de",
    "como maximo",
    "max de",
    "ate",
    "menos que",
    "no maximo",
    "moins de",
    "jusqua",
    "au plus",
    "unter",
    "bis",
    "hochstens",
    "bis zu",
    "weniger als",
    "maximal",
    "inferior a",
    "menor que",
    "abaixo de",
    "inferieur a",
    "kleiner als",
    "se kam",
    "not be more than",
    "maximo",
];

/// Words before a number that make it the lower end.
const ABOVE: &[&str] = &[
    "over",
    "above",
    "more than",
    "at least",
    "from",
    "min",
    "minimum",
    "minimum of",
    "starting",
    "starting at",
    "starting from",
    "greater than",
    "bigger than",
    "larger than",
    "higher than",
    "exceed",
    "exceeds",
    "exceeding",
    "surpass",
    "upwards of",
    "no less than",
    "not less than",
    "greater or equal than",
    "no fewer than",
    "desde",
    "mas de",
    "al menos",
    "por lo menos",
    "minimo",
    "a partir de",
    "mais de",
    "pelo menos",
    "acima de",
    "plus de",
    "au moins",
    "uber",
    "mindestens",
    "ab",
    "mehr als",
    "superior a",
    "mayor que",
    "maior que",
    "superieur a",
    "grosser als",
    "partir de",
    "no minimo",
    "at least or equal to",
    "greater than or equal to",
    "not smaller than",
    "not lower than",
    "not below",
];

/// Words after a number with the same effect.
const OR_LESS: &[&str] = &[
    "or less",
    "or under",
    "or below",
    "and below",
    "and under",
    "or fewer",
    "max",
    "at most",
    "maximum",
    "tops",
    "or lower",
    "and less",
    "o menos",
    "ou menos",
    "ou moins",
    "oder weniger",
    "and lower",
    "or smaller",
    "ya kam",
    "hochstens",
];
const OR_MORE: &[&str] = &[
    "plus",
    "or more",
    "and more",
    "and above",
    "or above",
    "and up",
    "or over",
    "and over",
    "onwards",
    "or greater",
    "or higher",
    "minimum",
    "or bigger",
    "or larger",
    "upwards",
    "at least",
    "o mas",
    "y mas",
    "ou mais",
    "ou plus",
    "et plus",
    "oder mehr",
    "und mehr",
    "min",
    "ya zyada",
    "em diante",
];

/// The ends a text names.
pub(super) fn bounds(text: &str, manner: Manner) -> Option<Bounds> {
    let mut found = mentions(text, manner);
    // A year after the range ("from 200 to 3000000 in 2008") is not an end.
    if found.len() > 1
        && let Some(last) = found.last()
        && words::phrase(&text[..last.start]).ends_with(" in")
    {
        found.pop();
    }
    match found.as_slice() {
        [one] => single(text, one),
        [low, high] => pair(text, low, high),
        _ => None,
    }
}

fn single(text: &str, number: &Mention) -> Option<Bounds> {
    let span = number.start..number.end;
    let before = words::phrase(&text[..number.start]);
    let after = words::phrase(&text[number.end..]);
    let ends = |cues: &[&str]| cues.iter().any(|cue| ends_with_words(&before, cue));
    let begins = |cues: &[&str]| cues.iter().any(|cue| starts_with_words(&after, cue));
    let sign: String = text[..number.start].chars().filter(|c| matches!(c, '<' | '>' | '≤' | '≥')).collect();
    let plus = text[number.end..].trim_start().starts_with('+');
    let max = ends(BELOW) || begins(OR_LESS) || matches!(sign.as_str(), "<" | "≤");
    let min = ends(ABOVE) || begins(OR_MORE) || plus || matches!(sign.as_str(), ">" | "≥");
    match (min, max) {
        (true, false) => Some(Bounds { min: Some(number.value), max: None, span }),
        (false, true) => Some(Bounds { min: None, max: Some(number.value), span }),
        _ => None,
    }
}

fn pair(text: &str, first: &Mention, second: &Mention) -> Option<Bounds> {
    let span = first.start..second.end;
    let between = &text[first.end..second.start];
    let said = words::phrase(between);
    let before = words::phrase(&text[..first.start]);
    let spans_up = between.contains(['-', '–', '—', '−', '~', '〜', '～'])
        || said.split(' ').any(|w| {
            matches!(w, "to" | "till" | "until" | "through" | "upto" | "bis" | "hasta" | "ate" | "se" | "से")
        })
        || (said.split(' ').any(|w| matches!(w, "and" | "y" | "e" | "et" | "und" | "aur"))
            && before.split(' ').any(|w| matches!(w, "between" | "entre" | "zwischen")))
        || (said.split(' ').any(|w| matches!(w, "a" | "à" | "al"))
            && before.split(' ').any(|w| matches!(w, "de" | "desde" | "del" | "entre")));
    if spans_up {
        let (low, high) = same_scale(first, second);
        return (low <= high).then_some(Bounds { min: Some(low), max: Some(high), span });
    }
    // "at least 20 and at most 100": each end by itself.
    let (left, right) =
        (single(&text[..second.start], first)?, single(&text[first.end..], &shifted(second, first.end))?);
    let (min, max) = (left.min.or(right.min), left.max.or(right.max));
    (min.is_some() && max.is_some() && min <= max).then_some(Bounds { min, max, span })
}

fn shifted(mention: &Mention, by: usize) -> Mention {
    Mention { start: mention.start - by, end: mention.end - by, ..mention.clone() }
}

/// "50 to 60 lakh" and "400k to 450": the scale that was said once belongs to both ends.
fn same_scale(first: &Mention, second: &Mention) -> (Decimal, Decimal) {
    let (mut low, mut high) = (first.value, second.value);
    if first.scale == Decimal::ONE && second.scale > Decimal::ONE && low * second.scale <= high {
        low *= second.scale;
    } else if second.scale == Decimal::ONE && first.scale > Decimal::ONE && high < low {
        high *= first.scale;
    }
    (low, high)
}

fn ends_with_words(text: &str, cue: &str) -> bool {
    text.strip_suffix(cue).is_some_and(|rest| rest.is_empty() || rest.ends_with(' '))
}

fn starts_with_words(text: &str, cue: &str) -> bool {
    text.strip_prefix(cue).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_read() {
        let manner = Manner { decimal_comma: false, indian: true, language: "en" };
        for (label, text, want) in [
            ("dash", "2–5", Some((Some(2), Some(5)))),
            ("plus", "11+", Some((Some(11), None))),
            ("under", "under 10", Some((None, Some(10)))),
            ("scale said once", "between 50 and 60 lakh", Some((Some(5_000_000), Some(6_000_000)))),
            ("scale said first", "400k ish to maybe 450", Some((Some(400_000), Some(450_000)))),
            ("each scaled", "₹50K–₹2L", Some((Some(50_000), Some(200_000)))),
            ("each end said", "at most 100 and at least 20", Some((Some(20), Some(100)))),
            ("one number", "7", None),
            ("two numbers", "3 or 4", None),
        ] {
            let got = bounds(text, manner).map(|b| (b.min, b.max));
            let want =
                want.map(|(a, b): (Option<i64>, Option<i64>)| (a.map(Decimal::from), b.map(Decimal::from)));
            assert_eq!(got, want, "{label}");
        }
    }
}
