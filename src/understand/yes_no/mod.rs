//! Yes or no, by a lexicon per language with the reach of negations.

mod lexicon;

use super::words::{self, Word};
use super::{Asked, Reader, Reading, Refusal};
use crate::domain::answer::Value;
use lexicon::Mark;

/// Yes, no, or neither.
pub(super) struct YesNo;

impl Reader for YesNo {
    fn read(&self, text: &str, asked: &Asked) -> Result<Reading, Refusal> {
        judge(text, asked.language_only())
            .map(|verdict| Reading { value: Value::YesNo(verdict.yes), span: verdict.span })
    }
}

/// An answer to a yes-or-no question.
pub(super) struct Verdict {
    /// Which.
    pub yes: bool,
    /// It was said outright ("yes"), not inferred ("sounds good").
    pub outright: bool,
    /// Where.
    pub span: std::ops::Range<usize>,
}

/// A phrase of the lexicon in the text.
struct Found {
    mark: Mark,
    word: usize,
    words: usize,
}

/// How many words a "not" reaches over.
const REACH: usize = 5;

/// Reads a verdict in the conversation's language, and in English where that says nothing.
///
/// # Errors
/// Nothing settles it, or both are said.
pub(super) fn judge(text: &str, language: &str) -> Result<Verdict, Refusal> {
    if let Some(verdict) = by_sign(text) {
        return Ok(verdict);
    }
    let words = words::words(text);
    // Shown with numbers, yes is the first and no the second.
    if let [word] = words.as_slice()
        && let Some(yes) = match word.plain.as_str() {
            "1" => Some(true),
            "2" => Some(false),
            _ => None,
        }
    {
        return Ok(Verdict { yes, outright: true, span: word.start..word.end });
    }
    let own = weigh(text, &words, language);
    match own {
        Err(Refusal::NotUnderstood) if language != "en" => weigh(text, &words, "en"),
        _ => own,
    }
}

/// Thumbs, ticks and crosses, where all of them agree and no words stand beside them.
fn by_sign(text: &str) -> Option<Verdict> {
    let (mut yes, mut no) = (false, false);
    for c in text.chars() {
        match c {
            '👍' | '✅' | '👌' | '✔' | '☑' | '🆗' | '🙆' | '💯' => yes = true,
            '👎' | '❌' | '🚫' | '✖' | '❎' | '🙅' | '⛔' => no = true,
            _ if c.is_alphanumeric() => return None,
            _ => {}
        }
    }
    (yes != no).then_some(Verdict { yes, outright: true, span: 0..text.len() })
}

fn weigh(text: &str, words: &[Word], language: &str) -> Result<Verdict, Refusal> {
    let found = marks(words, language);
    let first = found.first().ok_or(Refusal::NotUnderstood)?;
    let settles = |mark: Mark| matches!(mark, Mark::Yes | Mark::Fine | Mark::No);
    // "how many people say yes" is a question of theirs.
    if language == "en" && !(settles(first.mark) && first.word == 0) && asks_back(words) {
        return Err(Refusal::NotUnderstood);
    }
    // "No. I need to think about it first" is a no for now.
    let refused_first =
        first.mark == Mark::No && first.word == 0 && !found.iter().any(|f| f.mark == Mark::Yes);
    if !refused_first && found.iter().any(|f| f.mark == Mark::Open) {
        return Err(Refusal::Ambiguous);
    }
    let mut outright = Vec::new();
    let mut fine = Vec::new();
    let mut leaning = Vec::new();
    let mut assent = Vec::new();
    let mut not: Option<usize> = None;
    for f in &found {
        let turned = not.is_some_and(|at| f.word - at <= REACH && !parted(text, words, at, f.word));
        let said = |yes: bool| (yes != turned, f);
        // "not totally sure" is neither.
        if turned && matches!(words[f.word].plain.as_str(), "sure" | "certain" | "positive" | "confident") {
            return Err(Refusal::Ambiguous);
        }
        match f.mark {
            Mark::Yes => outright.push(said(true)),
            Mark::Fine => fine.push(said(true)),
            Mark::No => outright.push((false, f)),
            Mark::For => leaning.push(said(true)),
            Mark::Assent => assent.push(said(true)),
            Mark::Against => leaning.push(said(false)),
            Mark::Not => {
                not = Some(f.word + f.words - 1);
                continue;
            }
            Mark::Open | Mark::Nothing => continue,
        }
        if turned {
            not = None;
        }
    }
    if outright.is_empty() {
        outright = fine;
    }
    let pleasantry = found.iter().any(|f| f.mark == Mark::Nothing);
    if leaning.is_empty() && not.is_none() && !pleasantry {
        leaning = assent;
    }
    let (said, outright) = match (outright.is_empty(), leaning.is_empty()) {
        (false, _) => (outright, true),
        (true, false) => (leaning, false),
        (true, true) => {
            let at = not.ok_or(Refusal::NotUnderstood)?;
            return if words.len() <= 7 {
                Ok(Verdict { yes: false, outright: false, span: words[at].start..words[at].end })
            } else {
                Err(Refusal::NotUnderstood)
            };
        }
    };
    let yes = said[0].0;
    if said.iter().any(|(other, _)| *other != yes) {
        return Err(Refusal::Ambiguous);
    }
    let place = said[0].1;
    let span = words[place.word].start..words[place.word + place.words - 1].end;
    Ok(Verdict { yes, outright, span })
}

/// The lexicon's phrases in the text, left to right, the longest at each place.
fn marks(words: &[Word], language: &str) -> Vec<Found> {
    let lexicon = lexicon::of(language);
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let phrase = lexicon.get(&words[at].plain).and_then(|phrases| {
            phrases.iter().find(|(rest, _)| {
                rest.len() < words.len() - at
                    && rest.iter().zip(&words[at + 1..]).all(|(part, word)| *part == word.plain)
            })
        });
        let taken = phrase.map_or(0, |(rest, _)| rest.len()) + 1;
        if let Some((_, mark)) = phrase {
            found.push(Found { mark: *mark, word: at, words: taken });
        }
        at += taken;
    }
    found
}

/// Whether a clause ends between two words, so that a "not" does not reach over.
fn parted(text: &str, words: &[Word], from: usize, to: usize) -> bool {
    text[words[from].end..words[to].start].contains([',', '.', ';', '!', '?'])
        || words[from..to].iter().any(|w| w.plain == "but")
}

/// Words that begin a question or an order instead of an answer.
const ASKING: &[&str] = &[
    "what", "whats", "how", "hows", "when", "where", "wheres", "who", "whos", "why", "which", "is", "are",
    "can", "could", "do", "does", "did", "will", "would", "should", "has", "have", "tell", "show", "find",
    "give", "search", "look", "play", "open", "list", "display", "check", "google", "explain", "define",
    "am", "was", "were", "whose", "anything", "set", "read", "pull", "remind", "locate", "ai", "hey", "hi",
    "hello", "thank", "thanks", "bye", "goodbye", "fill",
];

fn asks_back(words: &[Word]) -> bool {
    words.len() > 2
        && ASKING.contains(&words[0].plain.as_str())
        && !matches!(
            (words[0].plain.as_str(), words[1].plain.as_str()),
            ("do", "it" | "that") | ("is", "ok" | "fine" | "good" | "true")
        )
}

#[cfg(test)]
mod tests;
