//! Figures and letters said one by one: "double five", "oh", "nine nine", "j as in Juliet", "alpha".

use super::numerals;
use super::words::Word;

/// A figure said as a word: 0–9 in English and the conversation's language.
pub(super) fn digit(word: &str, language: &str) -> Option<u64> {
    match word {
        "oh" | "o" | "nought" | "naught" | "nil" | "ou" => return Some(0),
        "for" | "to" | "too" | "do" if language == "en" => return None,
        _ => {}
    }
    numerals::simple(word, language).filter(|value| *value <= 9)
}

/// How often the next figure is meant.
pub(super) fn repeat(word: &str) -> Option<usize> {
    Some(match word {
        "double" | "dubal" | "doble" | "डबल" => 2,
        "triple" | "treble" | "tripel" | "ट्रिपल" => 3,
        _ => return None,
    })
}

/// A run of figures written or said, the plus sign kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Digits {
    /// Figures, with a leading `+` where one was said.
    pub text: String,
    /// Figures only.
    pub count: usize,
    /// How many of the words were words, not figures.
    pub said: usize,
    /// Words from and to.
    pub from: usize,
    pub to: usize,
}

/// The runs of figures among words, where at least one is said as a word; two-digit words ("twelve", "trente-deux") add both figures.
pub(super) fn digit_runs(words: &[Word], language: &str) -> Vec<Digits> {
    let mut runs: Vec<Digits> = Vec::new();
    let mut run = Digits { text: String::new(), count: 0, said: 0, from: 0, to: 0 };
    let mut at = 0;
    while at < words.len() {
        match piece(words, at, language) {
            Some((text, said, taken)) => {
                if run.text.is_empty() {
                    run.from = at;
                }
                run.count += text.bytes().filter(u8::is_ascii_digit).count();
                run.said += usize::from(said);
                run.text.push_str(&text);
                at += taken;
                run.to = at;
            }
            None => {
                if run.count > 0 {
                    runs.push(run.clone());
                }
                run = Digits { text: String::new(), count: 0, said: 0, from: 0, to: 0 };
                at += 1;
            }
        }
    }
    if run.count > 0 {
        runs.push(run);
    }
    runs
}

/// The figures of the word at `at`, whether they were said, and how many words they took.
fn piece(words: &[Word], at: usize, language: &str) -> Option<(String, bool, usize)> {
    let word = words[at].plain.as_str();
    if word.bytes().all(|b| b.is_ascii_digit()) {
        return Some((word.to_owned(), false, 1));
    }
    if matches!(word, "plus" | "प्लस" | "mas" | "mais")
        && words.get(at + 1).is_some_and(|w| digit(&w.plain, language).is_some())
    {
        return Some(("+".to_owned(), true, 1));
    }
    if let Some(times) = repeat(word) {
        let next = words.get(at + 1)?;
        let figure = if next.plain.len() == 1 && next.plain.bytes().all(|b| b.is_ascii_digit()) {
            next.plain.clone()
        } else {
            digit(&next.plain, language)?.to_string()
        };
        return Some((figure.repeat(times), true, 2));
    }
    if let Some(figure) = digit(word, language) {
        return Some((figure.to_string(), true, 1));
    }
    let tens = numerals::simple(word, language).or_else(|| french_tens(word, language))?;
    if tens > 99 {
        return None;
    }
    // "thirty two" and "trente-deux" are 32; "thirty" before another "thirty" is 30.
    let unit = words
        .get(at + 1)
        .and_then(|w| digit(&w.plain, language))
        .filter(|u| *u > 0 && tens >= 20 && tens % 10 == 0);
    Some(match unit {
        Some(unit) => ((tens + unit).to_string(), true, 2),
        None => (tens.to_string(), true, 1),
    })
}

fn french_tens(word: &str, language: &str) -> Option<u64> {
    if language != "fr" {
        return None;
    }
    Some(match word {
        "vingt" => 20,
        "trente" => 30,
        "quarante" => 40,
        "cinquante" => 50,
        "soixante" => 60,
        _ => return None,
    })
}

/// The letter of a spelling word: "alpha" is a, "zed" is z, "bee" is b.
pub(super) fn letter(word: &str) -> Option<char> {
    let mut chars = word.chars();
    if let (Some(c), None) = (chars.next(), chars.next())
        && c.is_ascii_alphabetic()
    {
        return Some(c);
    }
    const NATO: &[&str] = &[
        "alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet", "kilo",
        "lima", "mike", "november", "oscar", "papa", "quebec", "romeo", "sierra", "tango", "uniform",
        "victor", "whiskey", "xray", "yankee", "zulu",
    ];
    const ALSO: &[(&str, char)] = &[
        ("alfa", 'a'),
        ("juliett", 'j'),
        ("whisky", 'w'),
        ("zed", 'z'),
        ("zee", 'z'),
        ("bee", 'b'),
        ("cee", 'c'),
        ("dee", 'd'),
        ("ef", 'f'),
        ("gee", 'g'),
        ("aitch", 'h'),
        ("haitch", 'h'),
        ("jay", 'j'),
        ("kay", 'k'),
        ("el", 'l'),
        ("em", 'm'),
        ("en", 'n'),
        ("pee", 'p'),
        ("cue", 'q'),
        ("queue", 'q'),
        ("ar", 'r'),
        ("are", 'r'),
        ("ess", 's'),
        ("tee", 't'),
        ("you", 'u'),
        ("vee", 'v'),
        ("ex", 'x'),
        ("why", 'y'),
        ("zipper", 'z'),
        ("zebra", 'z'),
        ("sugar", 's'),
        ("roger", 'r'),
        ("apple", 'a'),
        ("see", 'c'),
        ("sea", 'c'),
        ("tea", 't'),
        ("eye", 'i'),
        ("oh", 'o'),
    ];
    NATO.iter()
        .find(|name| **name == word)
        .and_then(|name| name.chars().next())
        .or_else(|| ALSO.iter().find(|(name, _)| *name == word).map(|(_, c)| *c))
}
