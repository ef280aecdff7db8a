//! Folding and cleaning of text, the same everywhere words are compared.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// What two writings of the same words have in common: compatibility forms unified (NFKC), lower case, white space
/// collapsed, punctuation around the whole stripped. `"  Start!"` and `"start"` fold alike. An emoji is kept.
pub fn fold(text: &str) -> String {
    let unified: Cow<str> =
        if text.is_ascii() { Cow::Borrowed(text) } else { Cow::Owned(text.nfkc().collect()) };
    let mut folded = String::with_capacity(unified.len());
    for word in unified.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().filter(|c| !c.is_control()).flat_map(char::to_lowercase));
    }
    let kept = folded.trim_matches(is_outer);
    if kept.len() == folded.len() { folded } else { kept.to_owned() }
}

/// White space or punctuation that carries no meaning at the ends of a message. `+`, `#`, `@`, currency and emoji do.
fn is_outer(c: char) -> bool {
    c.is_whitespace()
        || (c.is_ascii_punctuation()
            && !matches!(c, '+' | '#' | '@' | '$' | '%' | '&' | '*' | '<' | '>' | '=' | '/'))
        || matches!(
            c,
            '¿' | '¡'
                | '…'
                | '“'
                | '”'
                | '‘'
                | '’'
                | '«'
                | '»'
                | '।'
                | '。'
                | '？'
                | '！'
                | '，'
                | '、'
                | '–'
                | '—'
        )
}

/// Without control characters (NUL among them), which databases and screens choke on; newline and tab stay.
pub fn clean(text: &str) -> Cow<'_, str> {
    let stray = |c: char| c.is_control() && c != '\n' && c != '\t';
    if text.contains(stray) { Cow::Owned(text.replace(stray, "")) } else { Cow::Borrowed(text) }
}

/// Compatibility forms unified (full-width figures, ligatures, non-breaking spaces), borrowed where nothing changes.
pub fn unified(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfkc_quick(text.chars()) == IsNormalized::Yes {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfkc().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding() {
        for (label, text, want) in [
            ("case and outer marks", "  Start! ", "start"),
            ("inner white space", "start\t over\n", "start over"),
            ("inner marks stay", "e-mail", "e-mail"),
            ("full width", "ＳＴＯＰ", "stop"),
            ("Spanish marks", "¿Ayuda?", "ayuda"),
            ("Devanagari full stop", "मदद।", "मदद"),
            ("emoji stays", "👍", "👍"),
            ("a sign with meaning stays", "11+", "11+"),
            ("only marks", "...", ""),
            ("nothing", "", ""),
        ] {
            assert_eq!(fold(text), want, "{label}");
        }
    }

    #[test]
    fn cleaning() {
        for (label, text, want) in [
            ("NUL", "a\0b", "ab"),
            ("bell and escape", "a\u{7}\u{1b}[1m", "a[1m"),
            ("newline and tab stay", "a\n\tb", "a\n\tb"),
        ] {
            assert_eq!(clean(text), want, "{label}");
        }
        assert!(matches!(clean("plain"), Cow::Borrowed(_)));
    }
}
