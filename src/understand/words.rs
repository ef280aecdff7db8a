//! A text in words: folded for comparison, with the place each stood at.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// One word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// As [`plain`] makes it.
    pub plain: String,
    /// Byte of the text it begins at.
    pub start: usize,
    /// Byte of the text after it.
    pub end: usize,
}

/// Lower case, no apostrophes ("don't" is `dont`), no Latin diacritics ("sí" is `si`), so that what people leave out on
/// a phone does not matter. Marks of other scripts stay: in Hindi they are vowels.
pub fn plain(word: &str) -> String {
    if word.is_ascii() {
        return word.bytes().filter(|b| *b != b'\'').map(|b| b.to_ascii_lowercase() as char).collect();
    }
    word.nfkd()
        .filter(|c| {
            !matches!(c, '\u{300}'..='\u{36f}' | '\u{fe0f}' | '\u{20e3}')
                && !is_apostrophe(*c)
                && !is_joiner(*c)
        })
        .flat_map(char::to_lowercase)
        .nfc()
        .collect()
}

/// The words of a text, in order. Anything but letters, figures and their marks divides them.
pub fn words(text: &str) -> Vec<Word> {
    let mut found = Vec::with_capacity(8);
    let mut open: Option<usize> = None;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let inside = is_letter(c)
            || (open.is_some()
                && (is_joiner(c)
                    || (is_apostrophe(c) && chars.peek().is_some_and(|(_, next)| next.is_alphabetic()))));
        match (inside, open) {
            (true, None) => open = Some(at),
            (false, Some(start)) => {
                found.push(Word { plain: plain(&text[start..at]), start, end: at });
                open = None;
            }
            _ => {}
        }
    }
    if let Some(start) = open {
        found.push(Word { plain: plain(&text[start..]), start, end: text.len() });
    }
    found
}

/// The plain words of a phrase joined by single spaces: how tables of words are keyed.
pub fn phrase(text: &str) -> String {
    join(&words(text))
}

/// Words joined by single spaces.
pub fn join(words: &[Word]) -> String {
    let mut joined = String::with_capacity(words.iter().map(|w| w.plain.len() + 1).sum());
    for word in words {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(&word.plain);
    }
    joined
}

/// With the figures of Devanagari and Arabic in ASCII.
pub fn ascii_figures(text: Cow<'_, str>) -> Cow<'_, str> {
    let foreign =
        |c: char| matches!(c, '\u{966}'..='\u{96f}' | '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}');
    if !text.contains(foreign) {
        return text;
    }
    let ascii = |c: char| {
        // The ten figures of each of these blocks stand in order from a multiple of sixteen, or six past it.
        let offset = match c {
            '\u{966}'..='\u{96f}' => u32::from(c) - 0x966,
            '\u{660}'..='\u{669}' => u32::from(c) - 0x660,
            '\u{6f0}'..='\u{6f9}' => u32::from(c) - 0x6f0,
            _ => return c,
        };
        char::from_digit(offset, 10).unwrap_or(c)
    };
    Cow::Owned(text.chars().map(ascii).collect())
}

/// With the hyphens between letters as spaces; every byte keeps its place.
pub fn hyphens_as_spaces(text: &str) -> Cow<'_, str> {
    if !text.contains('-') {
        return Cow::Borrowed(text);
    }
    let mut spaced = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let between =
            spaced.ends_with(char::is_alphabetic) && chars.peek().is_some_and(|next| next.is_alphabetic());
        spaced.push(if c == '-' && between { ' ' } else { c });
    }
    Cow::Owned(spaced)
}

/// Whether the words from `at` on begin with those of `phrase` (already plain, single spaces); how many it took.
pub fn starts_with(words: &[Word], at: usize, phrase: &str) -> Option<usize> {
    let mut taken = 0;
    for part in phrase.split(' ') {
        if words.get(at + taken)?.plain != part {
            return None;
        }
        taken += 1;
    }
    Some(taken)
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | '`' | '´')
}

/// Zero-width joiners stand inside words of Indian scripts.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_placed() {
        for (label, text, want) in [
            ("apostrophes", "Don’t, I'm", "dont im"),
            ("diacritics of Latin", "Sí, não", "si nao"),
            ("vowels of Devanagari stay", "नहीं हाँ", "नहीं हाँ"),
            ("hyphens divide", "twenty-five", "twenty five"),
            ("a quote is no apostrophe", "'yes'", "yes"),
            ("marks alone", "... !!", ""),
        ] {
            assert_eq!(phrase(text), want.split(' ').map(plain).collect::<Vec<_>>().join(" "), "{label}");
        }
        let list = words("é no");
        assert_eq!((list[1].start, list[1].end), (3, 5));
    }
}
