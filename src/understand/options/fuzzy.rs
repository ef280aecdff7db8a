//! Options by what nearly names them: typos, plurals, abbreviations, words run together.

use crate::understand::options::Pick;
use crate::understand::words::Word;

/// How alike a window of words and an option must be inside a sentence, and as the whole message.
const ALIKE: f64 = 0.92;
const ALIKE_ALONE: f64 = 0.86;
/// How far the best option must be ahead of the second.
const MARGIN: f64 = 0.03;
/// Shorter words are not compared: at three letters everything is alike.
const SHORTEST: usize = 4;

/// The one option that is nearly named; both where two are equally near.
pub(super) fn closest(words: &[Word], options: &[&[Vec<Word>]]) -> Vec<Pick> {
    let mut scores: Vec<(f64, std::ops::Range<usize>)> = vec![(0.0, 0..0); options.len()];
    for (option, phrases) in options.iter().enumerate() {
        for phrase in *phrases {
            let (score, span) = best_window(words, phrase);
            if score > scores[option].0 {
                scores[option] = (score, span);
            }
        }
    }
    let needed = if words.len() <= 2 { ALIKE_ALONE } else { ALIKE };
    let best = scores.iter().map(|(score, _)| *score).fold(0.0, f64::max);
    if best < needed {
        return Vec::new();
    }
    scores
        .into_iter()
        .enumerate()
        .filter(|(_, (score, _))| *score > best - MARGIN)
        .map(|(option, (_, span))| Pick { option, span })
        .collect()
}

fn best_window(words: &[Word], phrase: &[Word]) -> (f64, std::ops::Range<usize>) {
    let wanted: String = phrase.iter().map(|w| w.plain.as_str()).collect();
    let mut best = (0.0, 0..0);
    if wanted.chars().count() < SHORTEST || wanted.bytes().any(|b| b.is_ascii_digit()) {
        return prefix_of(words, phrase).unwrap_or(best);
    }
    let longest = (phrase.len() + 1).min(words.len());
    for size in 1..=longest {
        for window in words.windows(size) {
            let said: String = window.iter().map(|w| w.plain.as_str()).collect();
            let score = likeness(&said, &wanted);
            if score > best.0 {
                best = (score, window[0].start..window[size - 1].end);
            }
        }
    }
    match prefix_of(words, phrase) {
        Some(prefix) if prefix.0 > best.0 => prefix,
        _ => best,
    }
}

/// A message of one word that begins a word of the option: "eve" of "Evening", "fri" of "Friday".
fn prefix_of(words: &[Word], phrase: &[Word]) -> Option<(f64, std::ops::Range<usize>)> {
    let [word] = words else { return None };
    let begins = word.plain.chars().count() >= 3
        && phrase
            .iter()
            .any(|w| w.plain.starts_with(&word.plain) && !w.plain.bytes().any(|b| b.is_ascii_digit()));
    begins.then_some((0.95, word.start..word.end))
}

/// Jaro-Winkler, but 0 where lengths differ too much for a typo; endings ("rental", "mangoes") count as near.
fn likeness(said: &str, wanted: &str) -> f64 {
    let (a, b) = (said.chars().count(), wanted.chars().count());
    if a < SHORTEST {
        return 0.0;
    }
    if a > b && a - b <= 3 && b >= 4 && said.starts_with(wanted) {
        return 0.96;
    }
    let apart = a.abs_diff(b);
    if apart > 2
        && apart * 3 > b.max(a)
        && !(a == 4 && wanted.starts_with(&said[..said.char_indices().nth(3).map_or(said.len(), |c| c.0)]))
    {
        return 0.0;
    }
    // A first letter that differs is another word far oftener than a typo.
    if said.chars().next() != wanted.chars().next() {
        return 0.0;
    }
    strsim::jaro_winkler(said, wanted)
}
