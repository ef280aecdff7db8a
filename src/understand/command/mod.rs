//! What a person may say at any point: the built-in requests, when the whole message is one.
//!
//! A message counts only where nothing else stands in it, politeness apart, so that an answer is never taken for a request:
//! "back" is one, "I am back on Monday" is an answer. Phrases are hashed on plain words; a message longer than any
//! phrase is dismissed without a look.

mod languages;
mod lexicon;

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use super::words::{self, Word};
use crate::domain::command::Command;

/// A message of more words is an answer.
const MOST_WORDS: usize = 12;

type Phrases = HashMap<String, Command>;

/// The request a message makes, and its argument: what to change for [`Command::Change`] ("email"), the code of the
/// language for [`Command::Language`] where one is named.
pub fn command(text: &str, language: &str) -> Option<(Command, Option<String>)> {
    command_with(text, language, &BTreeMap::new())
}

/// As [`command`], with a flow's own words besides the built-in ones; those words are compared folded.
pub fn command_with(
    text: &str,
    language: &str,
    own: &BTreeMap<Command, Vec<String>>,
) -> Option<(Command, Option<String>)> {
    // A figure is never part of a request, and most short answers have one.
    if text.len() > 160 || text.bytes().next().is_some_and(|b| b.is_ascii_digit() || b == b'+') {
        return None;
    }
    let list = words::words(text);
    if list.is_empty() || list.len() > MOST_WORDS {
        return None;
    }
    let said = words::join(&list);
    for (command, phrases) in own {
        if phrases.iter().any(|phrase| words::phrase(phrase) == said) {
            return Some((*command, None));
        }
    }
    let language = language.split(['-', '_']).next().unwrap_or("en");
    if let Some(command) = known(&said, language) {
        return Some((command, None));
    }
    let core = core(&list);
    let core_said = words::join(core);
    if core.len() != list.len()
        && let Some(command) = known(&core_said, language)
    {
        return Some((command, None));
    }
    if let Some(command) = in_clauses(text, language) {
        return Some((command, None));
    }
    languages::named(core)
        .map(|code| (Command::Language, Some(code.to_owned())))
        .or_else(|| change(text, core))
}

fn known(said: &str, language: &str) -> Option<Command> {
    lexicon::of(language).get(said).or_else(|| lexicon::of("en").get(said)).copied()
}

/// "I didn't hear you, can you repeat that": every clause a request, the last one counts.
fn in_clauses(text: &str, language: &str) -> Option<Command> {
    let mut last = None;
    let mut clauses = 0;
    for clause in text.split([',', '.', ';', '!', '?']) {
        let list = words::words(clause);
        if !list.is_empty() {
            clauses += 1;
            last = Some(
                known(&words::join(&list), language)
                    .or_else(|| known(&words::join(core(&list)), language))?,
            );
        }
    }
    last.filter(|_| clauses > 1)
}

/// Words of politeness that may stand around a request.
const POLITE: &[&str] = &[
    "please",
    "pls",
    "plz",
    "can",
    "could",
    "would",
    "will",
    "you",
    "hey",
    "hi",
    "hello",
    "ok",
    "okay",
    "thanks",
    "thank",
    "i",
    "want",
    "to",
    "need",
    "id",
    "like",
    "now",
    "ai",
    "just",
    "sorry",
    "um",
    "uh",
    "bot",
    "yes",
    "well",
    "do",
    "por",
    "favor",
    "quiero",
    "quisiera",
    "quero",
    "je",
    "voudrais",
    "veux",
    "sil",
    "vous",
    "te",
    "plait",
    "bitte",
    "ich",
    "will",
    "möchte",
    "mochte",
    "mujhe",
    "krpya",
    "kripya",
    "कृपया",
    "मुझे",
    "ji",
    "जी",
    "me",
    "let",
    "should",
    "actually",
    "so",
    "oh",
    "no",
    "dont",
    "we",
    "then",
    "there",
    "really",
    "again",
    "the",
    "for",
    "a",
    "moment",
    "and",
];

/// The message without politeness at its ends.
fn core(list: &[Word]) -> &[Word] {
    let polite = |w: &Word| POLITE.contains(&w.plain.as_str());
    let from = list.iter().position(|w| !polite(w)).unwrap_or(0);
    let to = list
        .iter()
        .rposition(|w| {
            !matches!(
                w.plain.as_str(),
                "please"
                    | "pls"
                    | "plz"
                    | "thanks"
                    | "thank"
                    | "you"
                    | "now"
                    | "favor"
                    | "por"
                    | "bitte"
                    | "ji"
                    | "जी"
                    | "ai"
                    | "plait"
                    | "vous"
                    | "sil"
                    | "bot"
            )
        })
        .map_or(list.len(), |at| at + 1);
    &list[from..to.max(from)]
}

/// How a request to change begins, and where the thing to change stands.
const CHANGES: &[&str] = &[
    "change my",
    "change the",
    "change",
    "correct my",
    "edit my",
    "fix my",
    "update my",
    "modify my",
    "cambiar mi",
    "cambiar el",
    "cambiar la",
    "cambia mi",
    "corregir mi",
    "mudar meu",
    "mudar minha",
    "mudar o",
    "mudar a",
    "alterar meu",
    "alterar minha",
    "corrigir meu",
    "changer mon",
    "changer ma",
    "changer le",
    "changer la",
    "modifier mon",
    "modifier ma",
    "corriger mon",
    "ändere meine",
    "ändere meinen",
    "ändere die",
    "meine",
    "andere meine",
    "andere meinen",
    "andere die",
];

/// Words that end what is to be changed: what it should become is asked afterwards.
const BECOMES: &[&str] = &["to", "a", "por", "para", "en", "zu", "in", "auf", "from"];

/// "change my email", "change city to X", "mera email badlo", "meine E-Mail ändern".
fn change(text: &str, core: &[Word]) -> Option<(Command, Option<String>)> {
    let found = |from: usize, to: usize| {
        let words = core.get(from..to).filter(|words| (1..=4).contains(&words.len()))?;
        Some((Command::Change, Some(text[words[0].start..words[words.len() - 1].end].to_lowercase())))
    };
    let last = core.last()?.plain.as_str();
    if core.len() > 1
        && matches!(
            last,
            "badlo"
                | "badalna"
                | "badalo"
                | "badalni"
                | "badle"
                | "बदलो"
                | "बदलना"
                | "बदलें"
                | "andern"
                | "ändern"
        )
    {
        let from = usize::from(matches!(
            core[0].plain.as_str(),
            "mera"
                | "meri"
                | "apna"
                | "apni"
                | "मेरा"
                | "मेरी"
                | "अपना"
                | "अपनी"
                | "meine"
                | "meinen"
                | "mein"
        ));
        return found(from, core.len() - 1);
    }
    static PLAIN: LazyLock<Vec<String>> =
        LazyLock::new(|| CHANGES.iter().map(|phrase| words::phrase(phrase)).collect());
    let taken = PLAIN.iter().filter_map(|phrase| words::starts_with(core, 0, phrase)).max()?;
    if matches!(core[0].plain.as_str(), "meine") {
        return None;
    }
    let end = core[taken..]
        .iter()
        .position(|w| BECOMES.contains(&w.plain.as_str()))
        .map_or(core.len(), |n| taken + n);
    // "change planes", "change management": without "my" only one word, and what it should become, may follow.
    if taken == 1 && end - taken > 1 {
        return None;
    }
    found(taken, end)
}

#[cfg(test)]
mod tests;
