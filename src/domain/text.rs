//! How text from people is made comparable, and what is taken out of it at the border.

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

/// Punctuation of other scripts and typesetters that people put around words.
const OUTER: &[char] = &[
    '¿', '¡', '…', '“', '”', '„', '‘', '’', '‚', '«', '»', '।', '॥', '。', '？', '！', '，', '、', '–', '—',
];

/// White space or punctuation that carries no meaning at the ends of a message. Signs of figures do: `-3`, `50%`, `11+`.
fn is_outer(c: char) -> bool {
    const MEANS: &[char] = &['+', '-', '#', '@', '$', '%', '&', '<', '>', '=', '/'];
    c.is_whitespace() || (c.is_ascii_punctuation() && !MEANS.contains(&c)) || OUTER.contains(&c)
}

/// The text as it is kept: control characters are gone (PostgreSQL refuses NUL, XML most of them), line ends are
/// newlines. Newlines and tabs stay.
pub fn clean(text: &str) -> Cow<'_, str> {
    if !text.contains(|c: char| c.is_control() && c != '\n' && c != '\t') {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' => kept.push('\n'),
            '\n' | '\t' => kept.push(c),
            _ if c.is_control() => {}
            _ => kept.push(c),
        }
    }
    Cow::Owned(kept)
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
    fn folds() {
        let rows = [
            ("case and spaces", "  OPT \t Out \n", "opt out"),
            ("case and outer marks", "  Start! ", "start"),
            ("full width", "ＳＴＯＰ！", "stop"),
            ("quotes and marks", "«¿Sí?»", "sí"),
            ("Devanagari full stop", "मदद।", "मदद"),
            ("Devanagari keeps its last vowel sign", "रोको।", "रोको"),
            ("signs stay", "+50%", "+50%"),
            ("a minus stays", "-3", "-3"),
            ("inner marks stay", "it's an e-mail.", "it's an e-mail"),
            ("emoji stays", "👍", "👍"),
            ("only marks", " … ", ""),
            ("nothing", "", ""),
        ];
        for (label, text, expected) in rows {
            assert_eq!(fold(text), expected, "{label}");
        }
    }

    #[test]
    fn cleans() {
        let rows = [
            ("NUL and bell", "a\0b\u{7}c", "abc"),
            ("line ends", "a\r\nb\rc\nd", "a\nb\nc\nd"),
            ("tab", "a\tb", "a\tb"),
            ("C1 controls", "a\u{85}b\u{9f}", "ab"),
            ("joined emoji", "👩‍👧 नमस्ते", "👩‍👧 नमस्ते"),
        ];
        for (label, text, expected) in rows {
            assert_eq!(clean(text), expected, "{label}");
        }
        assert!(matches!(clean("plain"), Cow::Borrowed(_)));
    }
}
