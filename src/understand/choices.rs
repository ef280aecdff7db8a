//! Some of the options: `billing and qr`, `1,3`, `all`, `none of them`, `all except billing`.

use super::options::{self, Pick};
use super::words::{self, Word};
use super::{Asked, Reader, Reading, Refusal};
use crate::domain::answer::Value;

/// Every option named, in the order of the list.
pub(super) struct Choices;

/// Phrases for all of them, and for none; longer ones are met first by comparing whole phrases.
const ALL: &[&str] = &[
    "all",
    "all of them",
    "all of these",
    "everything",
    "both",
    "both of them",
    "all of the above",
    "every one",
    "all the options",
    "each",
    "todo",
    "todos",
    "todas",
    "ambos",
    "ambas",
    "todos ellos",
    "tudo",
    "tous",
    "toutes",
    "tout",
    "les deux",
    "alle",
    "alles",
    "beide",
    "sab",
    "sabhi",
    "dono",
    "saare",
    "सब",
    "सभी",
    "दोनों",
    "सारे",
    "all please",
    "all of it",
    "them all",
];
const NONE: &[&str] = &[
    "none",
    "none of them",
    "none of these",
    "nothing",
    "neither",
    "none of the above",
    "no one",
    "not any",
    "nada",
    "ninguno",
    "ninguna",
    "ninguno de ellos",
    "nenhum",
    "nenhuma",
    "nenhum deles",
    "aucun",
    "aucune",
    "rien",
    "keine",
    "keines",
    "keins",
    "nichts",
    "koi nahi",
    "कोई नहीं",
    "कुछ नहीं",
    "kuch nahi",
];
const EXCEPT: &[&str] = &[
    "except",
    "but",
    "without",
    "excluding",
    "excepto",
    "menos",
    "salvo",
    "exceto",
    "sauf",
    "ausser",
    "minus",
    "besides",
];

impl Reader for Choices {
    fn read(&self, text: &str, asked: &Asked) -> Result<Reading, Refusal> {
        let words = words::words(text);
        let said = words::join(&words);
        let named = options::named(text, asked);
        // An option called "None of these" is picked by name.
        if let [Pick { option, span }] = named.as_slice()
            && *span == (words.first().map_or(0, |w| w.start)..words.last().map_or(0, |w| w.end))
        {
            return Ok(picked(asked, &[*option], span.clone()));
        }
        if NONE.contains(&said.as_str()) {
            return Ok(Reading::whole(Value::Choices(Vec::new()), text));
        }
        if let Some(left_out) = all_but(text, &words, asked) {
            let kept: Vec<usize> = (0..asked.options.len()).filter(|at| !left_out.contains(at)).collect();
            return Ok(picked(asked, &kept, 0..text.len()));
        }
        let mut found: Vec<usize> = named.iter().map(|pick| pick.option).collect();
        let mut span: Option<std::ops::Range<usize>> = None;
        let mut widen = |more: std::ops::Range<usize>| {
            span = Some(span.take().map_or(more.clone(), |s| s.start.min(more.start)..s.end.max(more.end)));
        };
        named.iter().for_each(|pick| widen(pick.span.clone()));
        for (start, part) in parts(text) {
            let in_part = options::named(part, asked);
            // Within one part two near misses are a guess, two names are two.
            for pick in in_part {
                found.push(pick.option);
                widen(start + pick.span.start..start + pick.span.end);
            }
        }
        found.sort_unstable();
        found.dedup();
        let span = span.ok_or(Refusal::NotUnderstood)?;
        Ok(picked(asked, &found, span))
    }
}

fn picked(asked: &Asked, options: &[usize], span: std::ops::Range<usize>) -> Reading {
    let values = options.iter().map(|at| asked.options[*at].value.clone()).collect();
    Reading { value: Value::Choices(values), span }
}

/// The options left out of "all": none of them for "all", some for "all except …".
fn all_but(text: &str, words: &[Word], asked: &Asked) -> Option<Vec<usize>> {
    let begins = ALL.iter().filter_map(|phrase| words::starts_with(words, 0, phrase)).max()?;
    match words.get(begins) {
        None => Some(Vec::new()),
        Some(word) if EXCEPT.contains(&word.plain.as_str()) => {
            let rest = &text[word.end..];
            let mut left_out: Vec<usize> =
                options::named(rest, asked).iter().map(|pick| pick.option).collect();
            for (_, part) in parts(rest) {
                left_out.extend(options::named(part, asked).iter().map(|pick| pick.option));
            }
            (!left_out.is_empty()).then_some(left_out)
        }
        Some(word) if matches!(word.plain.as_str(), "please" | "thanks" | "chahiye" | "चाहिए") => {
            Some(Vec::new())
        }
        Some(_) => None,
    }
}

/// The parts of a list, divided by commas and "and", with the byte each begins at.
fn parts(text: &str) -> Vec<(usize, &str)> {
    let mut cuts = vec![0];
    for (at, c) in text.char_indices() {
        if matches!(c, ',' | ';' | '/' | '&' | '+' | '\n' | '、' | '،') {
            cuts.push(at + c.len_utf8());
        }
    }
    for word in words::words(text) {
        if matches!(
            word.plain.as_str(),
            "and" | "y" | "e" | "et" | "und" | "aur" | "or" | "also" | "plus" | "और"
        ) {
            cuts.push(word.end);
        }
    }
    cuts.sort_unstable();
    cuts.push(text.len());
    cuts.dedup();
    if cuts.len() <= 2 {
        return Vec::new();
    }
    cuts.windows(2)
        .map(|cut| (cut[0], without_joint(&text[cut[0]..cut[1]])))
        .filter(|(_, part)| !part.is_empty())
        .collect()
}

/// A part without the "and" or comma that ends it.
fn without_joint(part: &str) -> &str {
    let trimmed = part.trim_end_matches([',', ';', '/', '&', '+', '\n', '、', '،', ' ']);
    for joint in ["and", "or", "y", "e", "et", "und", "aur", "also", "plus", "और"] {
        if let Some(rest) = trimmed.strip_suffix(joint)
            && (rest.is_empty() || rest.ends_with(' '))
        {
            return rest;
        }
    }
    trimmed
}

#[cfg(test)]
mod tests {
    use super::super::tests::{asked, options};
    use super::*;
    use crate::domain::answer::Kind;

    #[test]
    fn lists_are_read() {
        let options = options(&["Billing", "QR Payments", "Inventory", "Loyalty"]);
        let asked = Asked { options: &options, ..asked(Kind::Choices) };
        for (label, text, want) in [
            ("two by name", "billing and qr", Some(vec!["Billing", "QR Payments"])),
            ("two by place", "1,3", Some(vec!["Billing", "Inventory"])),
            ("places with and", "1 and 3", Some(vec!["Billing", "Inventory"])),
            ("keycaps", "1️⃣ 4️⃣", Some(vec!["Billing", "Loyalty"])),
            ("all", "all of them", Some(vec!["Billing", "QR Payments", "Inventory", "Loyalty"])),
            ("none", "none of them", Some(vec![])),
            ("all but one", "all except billing", Some(vec!["QR Payments", "Inventory", "Loyalty"])),
            ("typos", "biling, invntory", Some(vec!["Billing", "Inventory"])),
            ("off topic", "when did camus die", None),
        ] {
            let got = super::super::read(text, &asked).ok().map(|reading| reading.value);
            let want = want.map(|list| Value::Choices(list.into_iter().map(str::to_owned).collect()));
            assert_eq!(got, want, "{label}");
        }
    }
}
