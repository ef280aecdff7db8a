//! "The first, no wait, the second": what was said last counts.

use super::words::{self, Word};

/// Words by which people take back what they said before, plain. The longer ones first where one begins another.
const MARKERS: &[&str] = &[
    "no wait",
    "wait no",
    "no sorry",
    "sorry no",
    "oh wait",
    "wait",
    "sorry i mean",
    "sorry i meant",
    "sorry",
    "i mean",
    "i meant",
    "no actually",
    "but actually",
    "actually",
    "make that",
    "make it",
    "scratch that",
    "correction",
    "or rather",
    "no i said",
    // Spanish, Portuguese
    "no espera",
    "espera",
    "perdon",
    "quiero decir",
    "quise decir",
    "mejor dicho",
    "digo",
    "no mejor",
    "pero en realidad",
    "en realidad",
    "nao espera",
    "desculpa",
    "desculpe",
    "quer dizer",
    "quero dizer",
    "alias",
    "mas na verdade",
    "na verdade",
    // French, German
    "non attends",
    "attendez",
    "attends",
    "pardon",
    "je veux dire",
    "enfin",
    "plutot",
    "en fait",
    "nein warte",
    "warte",
    "ich meine",
    "quatsch",
    "doch lieber",
    "eigentlich",
    // Hindi
    "nahi ruko",
    "ruko",
    "matlab",
    "nahin ruko",
    "नहीं रुको",
    "रुको",
    "मतलब",
];

/// Where the corrected part begins: the byte after the last marker that has something before it and after it.
pub(super) fn tail(text: &str) -> Option<usize> {
    if text.len() < 8 {
        return None;
    }
    let words = words::words(text);
    (1..words.len()).rev().find_map(|at| {
        let taken = MARKERS.iter().filter_map(|marker| words::starts_with(&words, at, marker)).max()?;
        let next: &Word = words.get(at + taken)?;
        Some(next.start)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_follows_the_last_marker() {
        for (label, text, want) in [
            ("no wait", "the first, no wait, the second", Some("the second")),
            ("last of two", "one, sorry, two, I mean three", Some("three")),
            ("nothing before", "sorry, my name is Raj", None),
            ("nothing after", "I have no idea, I'm sorry", None),
            ("none", "the second one", None),
            ("Spanish", "el martes, perdón, el jueves", Some("el jueves")),
        ] {
            assert_eq!(tail(text).map(|at| &text[at..]), want, "{label}");
        }
    }
}
