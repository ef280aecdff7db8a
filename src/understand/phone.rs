//! A phone number, written or said, read to E.164 by the numbering plan of its country.

use super::words::{self, Word};
use super::{Asked, Reader, Reading, Refusal, guard, spoken};
use crate::domain::answer::Value;

/// The one valid number in the text.
pub(super) struct Phone;

/// Fewer figures are no number that can be called from elsewhere; more are none in any plan.
const FEWEST: usize = 5;
const MOST: usize = 18;

impl Reader for Phone {
    fn read(&self, text: &str, asked: &Asked) -> Result<Reading, Refusal> {
        let mut found: Vec<(String, std::ops::Range<usize>)> = Vec::new();
        for span in written(text) {
            if let Some(number) = number(&text[span.clone()], asked) {
                found.push((number, span));
            }
        }
        if found.is_empty() {
            let words = words::words(text);
            for run in spoken::digit_runs(&words, asked.language_only()) {
                if run.said > 0
                    && (FEWEST..=MOST).contains(&run.count)
                    && let Some(number) = number(&with_plus(text, &words, &run), asked)
                {
                    found.push((number, words[run.from].start..words[run.to - 1].end));
                }
            }
        }
        let Some((number, span)) = found.first().cloned() else { return Err(Refusal::NotUnderstood) };
        if found.iter().any(|(other, _)| *other != number) {
            return Err(Refusal::Ambiguous);
        }
        Ok(Reading { value: Value::Phone(number), span })
    }
}

fn with_plus(text: &str, words: &[Word], run: &spoken::Digits) -> String {
    let signed = text[..words[run.from].start].trim_end().ends_with('+');
    if signed { format!("+{}", run.text) } else { run.text.clone() }
}

/// The number, tried as it stands and, where it may lack its plus, with it.
fn number(candidate: &str, asked: &Asked) -> Option<String> {
    if let Some(number) = guard::phone(candidate, asked.region) {
        return Some(number);
    }
    let bare = candidate.trim_start();
    let long = bare.bytes().filter(u8::is_ascii_digit).count() >= 11;
    (asked.region.is_none() && long && !bare.starts_with(['+', '0']))
        .then(|| guard::phone(&format!("+{bare}"), None))
        .flatten()
}

/// Stretches of figures with what is written between them, that may be a phone number and nothing else.
fn written(text: &str) -> Vec<std::ops::Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let begins = bytes[at].is_ascii_digit()
            || (matches!(bytes[at], b'+' | b'(') && more_follows(&bytes[at + 1..]));
        if !begins {
            at += 1;
            continue;
        }
        let end = stretch(text, at);
        let digits = text[at..end].bytes().filter(u8::is_ascii_digit).count();
        if (FEWEST..=MOST).contains(&digits) && !is_part(text, at, end) {
            found.push(at..end);
        }
        at = end.max(at + 1);
    }
    found
}

fn more_follows(rest: &[u8]) -> bool {
    rest.iter().take(3).any(u8::is_ascii_digit)
}

/// The end of the stretch that begins at `start`: figures, and between them signs, brackets, single spaces, an extension.
fn stretch(text: &str, start: usize) -> usize {
    let mut end = start;
    for (offset, c) in text[start..].char_indices() {
        let at = start + offset;
        if c.is_ascii_digit() {
            end = at + 1;
        } else if !matches!(
            c,
            ' ' | '-' | '.' | '(' | ')' | '/' | '+' | '\u{a0}' | '‐' | '–' | '—' | '~' | '[' | ']'
        ) || (c == '+' && at > start && !text[..at].ends_with('('))
            || at - end >= 4
        {
            break;
        }
    }
    end
}

/// Whether the stretch belongs to something else: a word, a date, a decimal, a calculation, an account with `#`.
fn is_part(text: &str, start: usize, end: usize) -> bool {
    let before = text[..start].chars().next_back();
    let after = text[end..].chars().next();
    let body = &text[start..end];
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    let extension = text[end..].trim_start().to_ascii_lowercase();
    let extended = extension.starts_with('x') || extension.starts_with("ext");
    letter(before)
        || (letter(after) && !extended)
        || matches!(before, Some('#' | '*' | '=' | '@' | '-'))
        || matches!(after, Some('*' | '=' | '@'))
        || is_date_or_decimal(body)
}

fn is_date_or_decimal(body: &str) -> bool {
    let body = body.split(' ').next().filter(|first| first.len() >= 8).unwrap_or(body);
    let parts: Vec<&str> = body.split(['/', '.', '-']).collect();
    let sizes: Vec<usize> = parts.iter().map(|p| p.trim().len()).collect();
    let all_digits = parts.iter().all(|p| p.trim().bytes().all(|b| b.is_ascii_digit()));
    all_digits
        && (matches!(sizes.as_slice(), [1 | 2, 1 | 2, 4] | [4, 1 | 2, 1 | 2])
            || (body.contains('/') && matches!(sizes.as_slice(), [4, 4]))
            || (sizes.len() == 2 && body.contains('.') && sizes[0] < 3))
}

#[cfg(test)]
mod tests {
    use super::super::tests::asked;
    use super::*;
    use crate::domain::answer::Kind;

    #[test]
    fn numbers_are_read_to_e164() {
        for (label, text, language, region, want) in [
            ("national", "(415) 555-2671", "en", "US", Some("+14155552671")),
            ("international", "+91 98765 43210", "en", "US", Some("+919876543210")),
            ("in a sentence", "call me at 415.555.2671 please", "en", "US", Some("+14155552671")),
            ("extension", "415-555-2671 ext 12", "en", "US", Some("+14155552671")),
            (
                "said",
                "nine eight double seven six five four three two one",
                "en",
                "IN",
                Some("+919877654321"),
            ),
            ("oh", "oh two oh seven one eight three eight seven five oh", "en", "GB", Some("+442071838750")),
            ("French pairs", "zéro deux douze trente-deux trente trente", "fr", "FR", Some("+33212323030")),
            ("correction", "415 555 2671, sorry, 415 555 2672", "en", "US", Some("+14155552672")),
            ("two", "415 555 2671 or 415 555 2672", "en", "US", None),
            ("too short", "5552671", "en", "US", None),
            ("date", "16/04/2010", "en", "US", None),
            ("date and time", "2012-01-02 08:00", "en", "US", None),
            ("inside a word", "s6666666666", "en", "US", None),
            ("refused", "I would rather not say", "en", "US", None),
        ] {
            let asked = Asked { language, region: Some(region), ..asked(Kind::Phone) };
            let got = super::super::read(text, &asked).ok().map(|reading| reading.value.to_string());
            assert_eq!(got.as_deref(), want, "{label}");
        }
    }
}
