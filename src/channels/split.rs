//! Long texts in several messages, cut where a reader would pause.

use unicode_segmentation::UnicodeSegmentation;

/// How much of a message is used, character by character.
pub trait Measure: Clone {
    /// Adds a character; whether everything still fits.
    fn take(&mut self, c: char) -> bool;
}

/// A message that carries so many UTF-16 units: the strictest reading of a limit "in characters".
#[derive(Clone, Debug)]
pub struct Units {
    used: usize,
    most: usize,
}

impl Units {
    /// An empty message of this size.
    pub fn most(most: usize) -> Units {
        Units { used: 0, most }
    }
}

impl Measure for Units {
    fn take(&mut self, c: char) -> bool {
        self.used += c.len_utf16();
        self.used <= self.most
    }
}

/// The text in as few messages as fit; `empty` measures one.
///
/// Cut, in this order, at an empty line, a line's end, a sentence's end, a space, between two characters as people see
/// them. The earlier kinds only where the message is at least half full. A numbered option stays in one piece. White
/// space at the cuts is dropped; no part is empty.
pub fn split(text: &str, empty: &impl Measure) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let fits = fitting(rest, empty);
        let at = if fits == rest.len() { fits } else { cut(rest, fits) };
        let (part, later) = rest.split_at(at);
        let part = part.trim_end();
        if !part.is_empty() {
            parts.push(part.to_owned());
        }
        rest = later.trim_start();
    }
    parts
}

/// Bytes of the longest beginning that fits, ending between two characters as people see them; at least one `char`.
fn fitting(text: &str, empty: &impl Measure) -> usize {
    let mut measure = empty.clone();
    let mut end = 0;
    for grapheme in text.graphemes(true) {
        let before = measure.clone();
        if !grapheme.chars().all(|c| measure.take(c)) {
            if end > 0 {
                return end;
            }
            // One "character" of thousands of marks: cut inside it.
            measure = before;
            let fits: usize = grapheme.chars().take_while(|c| measure.take(*c)).map(char::len_utf8).sum();
            // A message too small for any character would never end.
            return fits.max(grapheme.chars().next().map_or(0, char::len_utf8));
        }
        end += grapheme.len();
    }
    end
}

/// Where to cut a text of which only the first `fits` bytes fit: more than 0, at most `fits`.
fn cut(text: &str, fits: usize) -> usize {
    let head = &text[..fits];
    let enough = |at: &usize| *at >= fits / 2 && *at > 0;
    // A cut exactly at the end of what fits is fine where white space follows.
    let next_is_space = text[fits..].starts_with(char::is_whitespace);
    let line_end = if text[fits..].starts_with('\n') { Some(fits) } else { head.rfind('\n') };
    if let Some(at) = head.rfind("\n\n").filter(enough) {
        return at;
    }
    if let Some(at) = line_end.filter(enough) {
        return at;
    }
    // An option's line that begins further down goes to the next message whole.
    let line_start = head.rfind('\n').map_or(0, |at| at + 1);
    if line_start > 0 && is_option(&text[line_start..]) {
        return line_start;
    }
    if let Some(at) = sentence_end(head, next_is_space).filter(enough) {
        return at;
    }
    if next_is_space {
        return fits;
    }
    head.rfind(char::is_whitespace).filter(|at| *at > 0).unwrap_or(fits)
}

/// Whether a line reads "12. Label".
fn is_option(line: &str) -> bool {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    (1..=3).contains(&digits) && line[digits..].starts_with(". ")
}

/// Just behind the last mark that ends a sentence.
fn sentence_end(head: &str, next_is_space: bool) -> Option<usize> {
    let ends = |c: char| matches!(c, '.' | '!' | '?' | '…' | '।' | '॥' | '。' | '！' | '？');
    let followed = |at: usize| match head[at..].chars().next() {
        Some(next) => next.is_whitespace(),
        None => next_is_space,
    };
    head.char_indices()
        .rev()
        .map(|(at, c)| (at + c.len_utf8(), c))
        .find(|(at, c)| ends(*c) && followed(*at))
        .map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_message_too_small_for_anything_still_ends() {
        assert_eq!(split("abc", &Units::most(0)), ["a", "b", "c"]);
        assert_eq!(split("😀😀", &Units::most(1)), ["😀", "😀"]);
        assert_eq!(split(" \n ", &Units::most(5)), Vec::<String>::new());
        assert_eq!(split("one two", &Units::most(7)), ["one two"]);
    }

    proptest! {
        #[test]
        fn parts_fit_and_lose_nothing(text in "[a-z .\nनम😀]{0,400}", most in 2..60usize) {
            let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            let parts = split(&text, &Units::most(most));
            prop_assert_eq!(bare(&parts.concat()), bare(&text));
            for part in parts {
                prop_assert!(part.encode_utf16().count() <= most && !part.trim().is_empty());
            }
        }
    }
}
