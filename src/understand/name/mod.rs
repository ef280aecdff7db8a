//! A person's name: written alone, or after "my name is"; sentences and questions are refused.
//!
//! A word with figures may follow a word of letters ("Maria Gonzalez 7"): people and tests number their names. A message
//! without any word of letters is no name.

mod lexicon;

use super::words::{self, Word};
use super::{Asked, Reader, Reading, Refusal};
use crate::domain::answer::Value;
use lexicon::{HONORIFICS, INTRODUCTIONS, PARTICLES, QUALIFICATIONS, SUFFIXES, TAIL, is_no_name};

/// The name in the text, in its parts.
pub(super) struct Name;

/// More words are no name.
const MOST_WORDS: usize = 6;

impl Reader for Name {
    fn read(&self, text: &str, _asked: &Asked) -> Result<Reading, Refusal> {
        let list = words::words(text);
        if list.is_empty() || text.contains('@') {
            return Err(Refusal::NotUnderstood);
        }
        if let Some(found) = labelled(text, &list).or_else(|| introduced(text, &list)) {
            return Ok(found);
        }
        if text.trim_end().ends_with('?') {
            return Err(Refusal::NotUnderstood);
        }
        let list = without_politeness(&list);
        let (Some(first), Some(last)) = (list.first(), list.last()) else {
            return Err(Refusal::NotUnderstood);
        };
        let span = first.start..last.end;
        if list.len() > 2 && spelled_out(list) {
            let joined: String = list.iter().map(|w| w.plain.as_str()).collect();
            let name = capitalised(&joined);
            return Ok(Reading { value: Value::Name { first: Some(name), last: None }, span });
        }
        parts(&text[span.clone()]).map(|value| Reading { value, span }).ok_or(Refusal::NotUnderstood)
    }
}

/// The name after an introduction, up to where the sentence goes on.
fn introduced(text: &str, list: &[Word]) -> Option<Reading> {
    let introduction = |at: usize| {
        let taken = INTRODUCTIONS.iter().filter_map(|phrase| words::starts_with(list, at, phrase)).max()?;
        Some((at, taken))
    };
    // "I'm calling because my name is …": the fuller introduction wins over "I'm".
    let mut found: Vec<(usize, usize)> = (0..list.len()).filter_map(introduction).collect();
    found.sort_by_key(|(at, taken)| (*taken == 1, *at));
    found.iter().find_map(|(at, taken)| after(text, list, at + taken))
}

/// The name that begins at word `from` and ends where the sentence goes on.
fn after(text: &str, list: &[Word], from: usize) -> Option<Reading> {
    let mut to = from;
    while let Some(word) = list.get(to) {
        let clause = to > from && {
            let between = &text[list[to - 1].end..word.start];
            between.contains([',', '!', '?', ';', '\n', '(', ')'])
                || (between.contains('.') && list[to - 1].plain.len() > 3)
        };
        if clause || TAIL.contains(&word.plain.as_str()) || to - from >= 4 {
            break;
        }
        to += 1;
    }
    let name = list.get(from..to).filter(|name| !name.is_empty())?;
    let none = |w: &Word| is_no_name(&w.plain) || (w.plain.len() > 5 && w.plain.ends_with("ing"));
    if name.iter().any(none) {
        return None;
    }
    let span = name[0].start..name[name.len() - 1].end;
    parts(&text[span.clone()]).map(|value| Reading { value, span })
}

/// "first name Anna last name Kowalska".
fn labelled(text: &str, list: &[Word]) -> Option<Reading> {
    let behind = |labels: &[&str]| {
        (0..list.len()).find_map(|at| {
            let taken = labels.iter().filter_map(|label| words::starts_with(list, at, label)).max()?;
            let is = usize::from(list.get(at + taken).is_some_and(|w| w.plain == "is"));
            list.get(at + taken + is)
        })
    };
    let (first, last) =
        (behind(&["first name", "given name"])?, behind(&["last name", "surname", "family name"])?);
    let written = |word: &Word| Some(text[word.start..word.end].to_owned());
    let span = first.start.min(last.start)..first.end.max(last.end);
    Some(Reading { value: Value::Name { first: written(first), last: written(last) }, span })
}

/// Without "hi", "sure", "please" at the ends.
fn without_politeness(list: &[Word]) -> &[Word] {
    let polite = |w: &Word| {
        matches!(
            w.plain.as_str(),
            "hi" | "hello"
                | "hey"
                | "sure"
                | "yes"
                | "ok"
                | "okay"
                | "please"
                | "thanks"
                | "here"
                | "yeah"
                | "hola"
                | "ji"
                | "hai"
                | "uh"
                | "um"
        )
    };
    let from = list.iter().position(|w| !polite(w)).unwrap_or(list.len());
    let to = list.iter().rposition(|w| !polite(w)).map_or(from, |at| at + 1);
    &list[from..to.max(from)]
}

/// "l o u is e wa t s o n": most words are a letter or two.
fn spelled_out(list: &[Word]) -> bool {
    let short = list.iter().filter(|w| w.plain.chars().count() <= 2).count();
    list.len() >= 4
        && short * 4 >= list.len() * 3
        && list.iter().all(|w| w.plain.chars().all(char::is_alphabetic))
}

/// Splits into given and family name: titles, middle names and degrees are left out, "Last, First" is turned.
fn parts(text: &str) -> Option<Value> {
    let segments: Vec<&str> = text.split(',').map(str::trim).filter(|s| !s.is_empty()).collect();
    let turned = segments.len() >= 2 && !is_suffix_segment(segments[1]);
    let (family, given) = if turned { (Some(segments[0]), segments[1]) } else { (None, *segments.first()?) };
    let mut given: Vec<&str> = given.split_whitespace().collect();
    let total = given.len() + family.map_or(0, |f| f.split_whitespace().count());
    let rest = segments.get(if turned { 2 } else { 1 }..).unwrap_or_default();
    if total > MOST_WORDS || !rest.iter().all(|segment| is_suffix_segment(segment)) {
        return None;
    }
    let every = || given.iter().copied().chain(family.into_iter().flat_map(str::split_whitespace));
    if !every().all(is_name_word)
        || !every().any(|w| w.chars().all(|c| !c.is_numeric()) && w.chars().any(char::is_alphabetic))
    {
        return None;
    }
    // "J.R." is two initials, "Jr." a generation; a single capital is an initial, never an article.
    let is_one_of = |list: &[&str], word: &str| {
        !word.trim_end_matches('.').contains('.')
            && list.contains(&words::phrase(word).replace(' ', "").as_str())
    };
    let initial =
        |word: &str| word.trim_end_matches('.').chars().count() == 1 && word.starts_with(char::is_uppercase);
    while given.len() > 1 && is_one_of(HONORIFICS, given[0]) {
        given.remove(0);
    }
    while given.len() > 1
        && given
            .last()
            .is_some_and(|w| is_one_of(SUFFIXES, w) || (is_one_of(QUALIFICATIONS, w) && given.len() > 2))
    {
        given.pop();
    }
    if given.iter().any(|w| !initial(w) && is_no_name(&words::phrase(w))) {
        return None;
    }
    let trim = |w: &str| {
        w.trim_end_matches([',', ';', '!'])
            .trim_end_matches(|c| c == '.' && w.chars().filter(|c| *c != '.').count() > 2)
            .to_owned()
    };
    if let Some(family) = family {
        return Some(Value::Name {
            first: given.first().map(|w| trim(w)),
            last: Some(without_degrees(family)),
        });
    }
    let first = trim(given.first()?);
    // The family name is the last word with the particles before it ("von Bergen"), and a number that was put on it.
    let numbered = usize::from(given.len() > 2 && given[given.len() - 1].chars().all(char::is_numeric));
    let mut from = given.len().saturating_sub(1 + numbered).max(1);
    if let Some(particle) =
        (1..given.len()).find(|at| is_one_of(PARTICLES, given[*at]) && *at < given.len() - 1)
    {
        from = particle;
    }
    let last: Vec<String> = given.get(from..)?.iter().map(|w| trim(w)).collect();
    Some(Value::Name { first: Some(first), last: (!last.is_empty()).then(|| last.join(" ")) })
}

/// "Washington Jr. MD" without generation and degree.
fn without_degrees(family: &str) -> String {
    let kept = family.split_whitespace().filter(|w| !is_suffix_segment(w)).collect::<Vec<_>>().join(" ");
    if kept.is_empty() { family.to_owned() } else { kept }
}

fn is_suffix_segment(segment: &str) -> bool {
    segment.split_whitespace().all(|w| {
        if w.trim_end_matches('.').contains('.') {
            return false;
        }
        let plain = words::phrase(w).replace(' ', "");
        SUFFIXES.contains(&plain.as_str()) || QUALIFICATIONS.contains(&plain.as_str())
    })
}

/// Letters with the signs names carry, or a short number.
fn is_name_word(word: &str) -> bool {
    let word = word.trim_end_matches(['.', ',', ';', '!', '।']);
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let figures = word.chars().filter(|c| c.is_numeric()).count();
    let known = word.chars().all(|c| {
        c.is_alphanumeric()
            || matches!(c, '-' | '\'' | '’' | '.' | '‐' | '\u{200c}' | '\u{200d}')
            || unicode_normalization::char::is_combining_mark(c)
    });
    known && word.chars().count() <= 30 && (letters > 0 || (1..=8).contains(&figures))
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::tests::asked;
    use super::*;
    use crate::domain::answer::Kind;

    fn name(text: &str) -> Option<(Option<String>, Option<String>)> {
        match super::super::read(text, &asked(Kind::Name)).ok()?.value {
            Value::Name { first, last } => Some((first, last)),
            _ => None,
        }
    }

    #[test]
    fn names_are_read() {
        for (label, text, first, last) in [
            ("one", "Maria", "Maria", None),
            ("two", "Maria Gonzalez", "Maria", Some("Gonzalez")),
            ("numbered", "Maria Gonzalez 7", "Maria", Some("Gonzalez 7")),
            ("middle name", "Alex Ben Johnson", "Alex", Some("Johnson")),
            ("particle", "Juan de la Vega", "Juan", Some("de la Vega")),
            ("turned", "Smith, John", "John", Some("Smith")),
            ("title and degree", "Dr. John Smith, MD", "John", Some("Smith")),
            ("introduced", "my name is Priya Sharma", "Priya", Some("Sharma")),
            ("I'm", "Hi, I'm Raj", "Raj", None),
            ("going on", "This is Emma, I called yesterday", "Emma", None),
            ("Spanish", "me llamo José Luis Pérez", "José", Some("Pérez")),
            ("Hindi", "मेरा नाम राहुल शर्मा है", "राहुल", Some("शर्मा")),
            ("Hinglish", "mera naam Rahul hai", "Rahul", None),
            ("spelled", "j o e l r i c e", "Joelrice", None),
        ] {
            let want = (Some(first.to_owned()), last.map(str::to_owned));
            assert_eq!(name(text), Some(want), "{label}: {text}");
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for (label, text) in [
            ("question", "is the brexit finalized yet"),
            ("order", "fill up my water bottle for the gym"),
            ("figures", "12345"),
            ("address", "maria@example.com"),
            ("refusal", "I would rather not say"),
            ("marked question", "Maria?"),
            ("I'm not a name", "I'm not sure"),
        ] {
            assert_eq!(name(text), None, "{label}: {text}");
        }
    }
}
