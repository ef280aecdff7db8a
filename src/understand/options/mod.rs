//! Which options of a list a text names: by their words, by place, by a number that falls into them, with typos.
//!
//! **Figures where options are figures.** In `["1", "2–5", "6–10"]` a bare "2" could be the second option or the number two.
//! It is a number first: whoever is asked "how many" says how many, and the two readings mostly agree. Only where it
//! falls in no option, or in several, or where the options speak of thousands (nobody answers "2" for "Under ₹50K"),
//! is it a place in the list. Everywhere else a bare figure is a place.

mod fuzzy;
mod intervals;
mod related;

use super::numerals::Manner;
use super::position::{self, LAST, Place};
use super::words::{self, Word};
use super::{Asked, OptionWords};

/// An option named in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pick {
    /// Its place in the list.
    pub option: usize,
    /// Bytes of the text.
    pub span: std::ops::Range<usize>,
}

/// An option in plain words.
struct Folded {
    phrases: Vec<Vec<Word>>,
}

/// Words too common to tell one option from another inside a sentence.
const COMMON: &[&str] = &[
    "a", "an", "the", "of", "my", "no", "yes", "just", "to", "or", "and", "in", "i", "is", "on", "for",
    "with", "me", "not", "it", "one", "this", "that", "please", "other", "de", "la", "el", "en", "un", "una",
    "y", "o", "e", "les", "le", "des", "du", "et", "ou", "und", "oder", "der", "die", "das", "ka", "ki",
    "ke", "hai", "now", "at", "by", "want", "need", "like", "all", "do", "be", "can", "you", "call", "more",
    "less", "than",
];

/// Words that take away what follows them.
const NEGATORS: &[&str] = &[
    "not",
    "except",
    "but",
    "without",
    "dont",
    "no",
    "excluding",
    "minus",
    "excepto",
    "menos",
    "salvo",
    "sauf",
    "ausser",
    "nicht",
    "pas",
    "nahi",
];

/// The options a text names, in the order of the list; empty where it names none.
pub(super) fn named(text: &str, asked: &Asked) -> Vec<Pick> {
    let words = words::words(text);
    let language = asked.language_only();
    if words.is_empty() {
        return by_sign(text, asked.options);
    }
    let options: Vec<Folded> = asked.options.iter().map(fold_option).collect();
    if let Some(option) = whole(&words, &options) {
        return vec![Pick { option, span: words[0].start..words[words.len() - 1].end }];
    }
    if let Some(picks) = intervals::by_value(text, asked, Manner::of(asked, text)) {
        return picks;
    }
    let count = options.len();
    let places = position::only_places(&words, language)
        .or_else(|| position::only_letter(&words).map(|place| vec![place]))
        .unwrap_or_default();
    let picks = at_places(&words, &places, count);
    if !picks.is_empty() {
        return picks;
    }
    let mut picks = phrases(&words, &options);
    let named = position::named_places(&words, language);
    picks.extend(at_places(&words, &unnegated(&words, named), count));
    if picks.is_empty() || lists(&words) {
        picks.extend(distinctive(&words, &options));
    }
    let folded: Vec<&[Vec<Word>]> = options.iter().map(|option| option.phrases.as_slice()).collect();
    if picks.is_empty() {
        picks = fuzzy::closest(&words, &folded);
    }
    if picks.is_empty() {
        picks = related::named(&words, &folded);
    }
    picks.sort_by_key(|pick| pick.option);
    picks.dedup_by_key(|pick| pick.option);
    picks
}

/// Whether the message joins things, so that one found may not be all: "restaurant or retail".
fn lists(words: &[Word]) -> bool {
    words.len() <= 8
        && words.iter().any(|w| {
            matches!(w.plain.as_str(), "or" | "and" | "o" | "y" | "ou" | "und" | "oder" | "aur" | "ya")
        })
}

fn fold_option(option: &OptionWords) -> Folded {
    let mut phrases: Vec<Vec<Word>> =
        std::iter::once(&option.value).chain(&option.words).map(|phrase| words::words(phrase)).collect();
    phrases.retain(|phrase| !phrase.is_empty());
    phrases.dedup();
    Folded { phrases }
}

/// A message of signs only, standing in one option's words: an emoji of a label.
fn by_sign(text: &str, options: &[OptionWords]) -> Vec<Pick> {
    let sign = text.trim();
    let mut bearing = (0..options.len()).filter(|at| {
        options[*at].value.contains(sign) || options[*at].words.iter().any(|w| w.contains(sign))
    });
    match (bearing.next(), bearing.next()) {
        (Some(option), None) if !sign.is_ascii() => vec![Pick { option, span: 0..text.len() }],
        _ => Vec::new(),
    }
}

/// The whole message is one of an option's phrases.
fn whole(words: &[Word], options: &[Folded]) -> Option<usize> {
    let mut same = (0..options.len()).filter(|at| {
        options[*at].phrases.iter().any(|phrase| {
            phrase.len() == words.len() && phrase.iter().zip(words).all(|(a, b)| a.plain == b.plain)
        })
    });
    let first = same.next()?;
    same.next().is_none().then_some(first)
}

fn at_places(words: &[Word], places: &[Place], count: usize) -> Vec<Pick> {
    let mut picks = Vec::new();
    for place in places {
        let option = if place.index == LAST { count.wrapping_sub(1) } else { place.index };
        if option >= count {
            return Vec::new();
        }
        picks.push(Pick { option, span: words[place.from].start..words[place.to - 1].end });
    }
    picks
}

fn unnegated(words: &[Word], mut places: Vec<Place>) -> Vec<Place> {
    places.retain(|place| !negated(words, place.from));
    places
}

/// Whether a negator stands before word `at`, with at most an article between.
fn negated(words: &[Word], at: usize) -> bool {
    let before = |n: usize| at.checked_sub(n).map(|i| words[i].plain.as_str());
    let negates = |word: Option<&str>| word.is_some_and(|w| NEGATORS.contains(&w));
    let article = matches!(
        before(1),
        Some("the" | "a" | "an" | "el" | "la" | "le" | "o" | "want" | "like" | "need" | "die" | "das")
    );
    negates(before(1)) && before(1) != Some("no") || article && negates(before(2)) && before(2) != Some("but")
}

/// Options whose words stand in the text as they are; where two overlap the longer one counts.
fn phrases(words: &[Word], options: &[Folded]) -> Vec<Pick> {
    let mut found: Vec<(usize, usize, usize)> = Vec::new();
    for (option, folded) in options.iter().enumerate() {
        for phrase in &folded.phrases {
            let common = phrase.len() == 1 && COMMON.contains(&phrase[0].plain.as_str());
            let figure = phrase.len() == 1 && phrase[0].plain.bytes().all(|b| b.is_ascii_digit());
            if phrase.len() > words.len() || common || (figure && words.len() > 4) {
                continue;
            }
            for at in 0..=words.len() - phrase.len() {
                if phrase.iter().zip(&words[at..]).all(|(a, b)| a.plain == b.plain) && !negated(words, at) {
                    found.push((option, at, phrase.len()));
                }
            }
        }
    }
    let covered = |(_, at, len): &(usize, usize, usize)| {
        found.iter().any(|(_, other, longer)| longer > len && other <= at && at + len <= other + longer)
    };
    found
        .iter()
        .filter(|one| !covered(one))
        .map(|(option, at, len)| Pick { option: *option, span: words[*at].start..words[at + len - 1].end })
        .collect()
}

/// Options with a word of their own in the text ("maruti" of "Maruti Suzuki"), by how many of their words are there.
fn distinctive(words: &[Word], options: &[Folded]) -> Vec<Pick> {
    let has = |folded: &Folded, word: &str| folded.phrases.iter().flatten().any(|w| w.plain == word);
    let mut scores: Vec<(usize, std::ops::Range<usize>)> = vec![(0, 0..0); options.len()];
    for (at, word) in words.iter().enumerate() {
        let alone = words.len() <= 2;
        if (COMMON.contains(&word.plain.as_str()) && !alone) || word.plain.len() < 2 || negated(words, at) {
            continue;
        }
        let mut holding = (0..options.len()).filter(|option| has(&options[*option], &word.plain));
        if let (Some(option), None) = (holding.next(), holding.next()) {
            let (score, span) = &mut scores[option];
            *span = if *score == 0 { word.start..word.end } else { span.start..word.end };
            *score += 1;
        }
    }
    let best = scores.iter().map(|(score, _)| *score).max().unwrap_or(0);
    scores
        .into_iter()
        .enumerate()
        .filter(|(_, (score, _))| best > 0 && *score == best)
        .map(|(option, (_, span))| Pick { option, span })
        .collect()
}
