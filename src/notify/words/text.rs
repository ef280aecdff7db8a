//! People's text made safe to stand among ours: one line, no longer than wanted, nothing in it that reorders or hides.

use unicode_segmentation::UnicodeSegmentation;

/// What stands where a text was cut.
const ELLIPSIS: char = '…';

/// More code points than this are not kept together as one character; a family of emoji has eleven.
const LONGEST_CHARACTER: usize = 32;

/// The longest address that is shown, in characters: ours are far shorter, and media take at least that.
const LONGEST_LINK: usize = 800;

/// A text's length as the strictest medium counts it: in UTF-16 code units. Who counts code points counts no more.
pub(in crate::notify) fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// The text as one line of at most `most` characters: white space and control characters are single spaces; marks that reorder text
/// or cannot be seen are gone.
pub(in crate::notify) fn clean(text: &str, most: usize) -> String {
    let (mut line, mut length, mut is_apart) = (String::new(), 0, false);
    for c in text.chars().filter(|c| !is_hidden(*c)) {
        if c.is_whitespace() || c.is_control() {
            is_apart = !line.is_empty();
            continue;
        }
        if std::mem::take(&mut is_apart) {
            line.push(' ');
            length += 1;
        }
        line.push(c);
        length += c.len_utf16();
        // What follows would be cut: however long a text is, only its beginning is looked at.
        if length > most {
            break;
        }
    }
    shorten(&line, most, str::to_owned)
}

/// Marks, embeddings, overrides and isolates of the bidirectional algorithm (UAX 9), and what has no width. The joiners stay: Persian
/// and emoji need them.
fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}'
            | '\u{ad}' | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
    )
}

/// The text, escaped piece by piece, and cut before it is longer than `most`; where it is, it ends in an ellipsis. What people see as
/// one character is not cut apart, nor is an escape. `escape` looks at single characters only.
pub(in crate::notify) fn shorten(text: &str, most: usize, escape: impl Fn(&str) -> String) -> String {
    let whole = escape(text);
    if units(&whole) <= most {
        return whole;
    }
    let (mut kept, mut length) = (String::new(), 0);
    // As much of it as leaves room for the ellipsis.
    let mut end = 0;
    for piece in pieces(text) {
        let piece = escape(piece);
        length += units(&piece);
        if length > most {
            break;
        }
        kept.push_str(&piece);
        if length < most {
            end = kept.len();
        }
    }
    kept.truncate(end);
    kept.truncate(kept.trim_end().len());
    if most > 0 {
        kept.push(ELLIPSIS);
    }
    kept
}

/// What people see as characters; one that never ends is taken apart.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.graphemes(true).flat_map(|grapheme| {
        let whole = grapheme.chars().nth(LONGEST_CHARACTER).is_none();
        let parts = if whole { 0 } else { usize::MAX };
        let single = whole.then_some(grapheme);
        let apart = grapheme.char_indices().map(|(at, c)| &grapheme[at..at + c.len_utf8()]).take(parts);
        single.into_iter().chain(apart)
    })
}

/// The address, if it can stand in a link of any medium as it is: `http` or `https`, and no character that ends a link somewhere.
/// Brackets are percent-encoded, which servers read alike (RFC 3986, 2.2).
pub(in crate::notify) fn link(url: &str) -> Option<String> {
    let is_ours = url.starts_with("https://") || url.starts_with("http://");
    let is_plain =
        url.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '\'' | '\\' | '`' | '|'));
    let encoded = url.replace('(', "%28").replace(')', "%29").replace('*', "%2A");
    (is_ours && is_plain && encoded.len() <= LONGEST_LINK).then_some(encoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_without_what_is_hidden() {
        let rows = [
            ("plain", "Ann Example", "Ann Example"),
            ("lines", " a\r\n\tb\u{2028}c\u{85}d ", "a b c d"),
            ("controls", "a\0\u{1b}[31mb\u{7f}", "a [31mb"),
            ("reordered", "\u{202e}evil\u{202c} \u{2066}x\u{2069}\u{200f}", "evil x"),
            ("nothing to see", "\u{200b}\u{feff}\0\n", ""),
            ("joined", "می\u{200c}خواهم 👩\u{200d}🔧", "می\u{200c}خواهم 👩\u{200d}🔧"),
            ("right to left", "שלום", "שלום"),
        ];
        for (label, text, expected) in rows {
            assert_eq!(clean(text, 100), expected, "{label}");
        }
    }

    #[test]
    fn cut_between_characters() {
        let zalgo = format!("a{}", "\u{301}".repeat(10_000));
        let rows = [
            ("fits", "abcde", 5, "abcde"),
            ("too long", "abcdef", 5, "abcd…"),
            ("before a space", "abc def", 5, "abc…"),
            ("an accent stays with its letter", "abce\u{301}f", 5, "abc…"),
            ("an emoji counts two", "👍👍👍", 5, "👍👍…"),
            ("a family is one", "x👩\u{200d}👩\u{200d}👧y", 8, "x…"),
            ("a flag is one", "🇩🇪🇫🇷", 6, "🇩🇪…"),
            ("no room", "abc", 0, ""),
            ("room for one", "abc", 1, "…"),
            ("a character without end", &zalgo, 4, "a\u{301}\u{301}…"),
        ];
        for (label, text, most, expected) in rows {
            let cut = shorten(text, most, str::to_owned);
            assert_eq!(cut, expected, "{label}");
            assert!(units(&cut) <= most, "{label}");
        }
        let escape = |text: &str| text.replace('&', "&amp;");
        assert_eq!(shorten("a&&b", 10, escape), "a&amp;…", "an escape is not cut");
        assert_eq!(shorten("a&b", 7, escape), "a&amp;b", "escapes count");
    }

    #[test]
    fn what_can_be_a_link() {
        let long = format!("https://a.example/{}", "x".repeat(LONGEST_LINK));
        let rows = [
            ("https", "https://a.example/c?t=1&x=2", Some("https://a.example/c?t=1&x=2")),
            ("http", "http://localhost:8080/l", Some("http://localhost:8080/l")),
            ("brackets", "https://a.example/(x)*", Some("https://a.example/%28x%29%2A")),
            ("script", "javascript:alert(1)", None),
            ("space", "https://a.example/ x", None),
            ("quote", "https://a.example/\"x", None),
            ("newline", "https://a.example/\n", None),
            ("no ASCII", "https://ä.example/", None),
            ("too long", &long, None),
        ];
        for (label, url, expected) in rows {
            assert_eq!(link(url).as_deref(), expected, "{label}");
        }
    }
}
