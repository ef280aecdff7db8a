//! An e-mail address, written (`Maria7@Example.com`) or said ("john dot merchant at example dot com"), in lower case.

mod said;

use super::{Asked, Reader, Reading, Refusal};
use crate::domain::answer::Value;

/// The one valid address in the text.
pub(super) struct Email;

impl Reader for Email {
    fn read(&self, text: &str, asked: &Asked) -> Result<Reading, Refusal> {
        if let Some(found) = only(&written(text))? {
            return Ok(found);
        }
        // "me.;@example.com" was written and is wrong; it is not said.
        if text
            .split_whitespace()
            .any(|chunk| chunk.split_once('@').is_some_and(|(_, domain)| domain.contains('.')))
        {
            return Err(Refusal::NotUnderstood);
        }
        match said::address(text, asked.language_only()) {
            Some(address) if is_address(&address) => Ok(Reading::whole(Value::Email(address), text)),
            _ => Err(Refusal::NotUnderstood),
        }
    }
}

/// The single address among several writings of it.
fn only(found: &[(String, std::ops::Range<usize>)]) -> Result<Option<Reading>, Refusal> {
    let Some((address, span)) = found.first().cloned() else { return Ok(None) };
    if found.iter().any(|(other, _)| *other != address) {
        return Err(Refusal::Ambiguous);
    }
    Ok(Some(Reading { value: Value::Email(address), span }))
}

/// Every address written with its sign. What surrounds it ("<…>", "mailto:", a full stop) is left out.
fn written(text: &str) -> Vec<(String, std::ops::Range<usize>)> {
    let mut found = Vec::new();
    let mut offset = 0;
    for chunk in text.split(char::is_whitespace) {
        let start = offset;
        offset += chunk.len() + text[offset + chunk.len()..].chars().next().map_or(0, char::len_utf8);
        if !chunk.contains('@') {
            continue;
        }
        let inner = chunk.trim_matches(|c: char| {
            matches!(
                c,
                '<' | '>'
                    | '('
                    | ')'
                    | '['
                    | ']'
                    | '"'
                    | '\''
                    | ','
                    | ';'
                    | ':'
                    | '!'
                    | '?'
                    | '“'
                    | '”'
                    | '。'
                    | '।'
            )
        });
        let inner = inner.strip_prefix("mailto:").unwrap_or(inner);
        let inner = inner.strip_suffix('.').unwrap_or(inner);
        let address = inner.to_lowercase();
        if is_address(&address) {
            let at = start + chunk.find(inner).unwrap_or(0);
            found.push((address, at..at + inner.len()));
        }
    }
    found
}

/// Whether this is an address people have: no quoted parts, no address literals, a domain with a dot.
pub(super) fn is_address(address: &str) -> bool {
    let Some((local, domain)) = address.rsplit_once('@') else { return false };
    address.len() <= 254
        && (1..=64).contains(&local.len())
        && local.chars().all(|c| c.is_alphanumeric() || is_mark(c) || "!#$%&'*+/=?^_`{|}~.-".contains(c))
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && is_domain(domain)
}

/// Marks of scripts in which vowels are marks.
fn is_mark(c: char) -> bool {
    c as u32 > 0x300 && unicode_normalization::char::is_combining_mark(c)
}

fn is_domain(domain: &str) -> bool {
    let labels: Vec<&str> = domain.split('.').collect();
    let Some(top) = labels.last() else { return false };
    labels.len() >= 2
        && labels.iter().all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                // Two hyphens there announce an encoded label.
                && (label.get(2..4) != Some("--") || label.starts_with("xn--"))
                && label.chars().all(|c| c.is_alphanumeric() || is_mark(c) || c == '-')
        })
        && top.chars().count() >= 2
        && !top.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::super::tests::asked;
    use crate::domain::answer::Kind;

    #[test]
    fn addresses_are_read() {
        for (label, text, want) in [
            ("written", "Maria7@Example.com", Some("maria7@example.com")),
            ("in a sentence", "my email is foo@bar.com.", Some("foo@bar.com")),
            ("in brackets", "<foo~$1+spam@bar-2.com>", Some("foo~$1+spam@bar-2.com")),
            ("said", "john dot merchant at example dot com", Some("john.merchant@example.com")),
            ("said the Indian way", "john at the rate gmail dot com", Some("john@gmail.com")),
            ("said without the dot", "john at gmail com", Some("john@gmail.com")),
            ("said with signs", "info at acme dash realty dot co dot uk", Some("info@acme-realty.co.uk")),
            ("said underscore", "maria underscore lopez at yahoo dot com", Some("maria_lopez@yahoo.com")),
            ("said in a sentence", "my email is john at gmail dot com", Some("john@gmail.com")),
            ("spelled", "j as in Juliet k as in kilo at example dot org", Some("jk@example.org")),
            ("brackets for signs", "john(at)doe(dot)com", Some("john@doe.com")),
            ("correction", "jane@x.com no sorry jane@y.com", Some("jane@y.com")),
            ("two", "jane@x.com or jane@y.com", None),
            ("no dot", "foo@bar", None),
            ("written and wrong", "me.;@example.com", None),
            ("two dots", "john@gmail..com", None),
            ("no address", "I don't have an email", None),
            ("a sentence with at", "meet me at the office", None),
        ] {
            let got =
                super::super::read(text, &asked(Kind::Email)).ok().map(|reading| reading.value.to_string());
            assert_eq!(got.as_deref(), want, "{label}: {text}");
        }
    }
}
