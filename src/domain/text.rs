//! How text from people is made comparable, and what is taken out of it at the border.

use unicode_normalization::UnicodeNormalization;

/// Punctuation that people put around words and that never changes what they mean.
const OUTER: &[char] = &[
    '.', ',', '!', '?', ';', ':', '"', '\'', '(', ')', '[', ']', '{', '}', '*', '_', '~', '`', '…', '«', '»',
    '“', '”', '„', '‘', '’', '‚', '¡', '¿', '।', '॥', '、', '。', '，',
];

/// The text for comparing: compatibility form (NFKC), lower case, single spaces, no punctuation around it.
///
/// Accents and signs inside stay, and so do figures with their signs ("50%", "+1", "-3").
pub fn fold(text: &str) -> String {
    let plain: String = text.nfkc().flat_map(char::to_lowercase).collect();
    let outer = |c: char| c.is_whitespace() || OUTER.contains(&c);
    let mut folded = String::with_capacity(plain.len());
    for word in plain.trim_matches(outer).split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

/// The text as it is kept: control characters are gone (PostgreSQL refuses NUL, XML most of them), line ends are
/// newlines. Newlines and tabs stay.
pub fn clean(text: &str) -> String {
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
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds() {
        let rows = [
            ("case and spaces", "  OPT \t Out \n", "opt out"),
            ("full width", "ＳＴＯＰ！", "stop"),
            ("quotes and marks", "«¿Sí?»", "sí"),
            ("Devanagari keeps its last vowel sign", "रोको।", "रोको"),
            ("signs stay", "+50%", "+50%"),
            ("inner marks stay", "it's ok.", "it's ok"),
            ("nothing", " … ", ""),
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
    }
}
