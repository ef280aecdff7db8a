//! Where a byte of a string's content stands in the file that writes the string.

use crate::flow::diagnostic::{Findings, Place};
use std::ops::Range;

/// The place of `range`, bytes of a string's content, where the string itself stands at `string`.
pub fn inside(findings: &Findings, string: Place, range: Range<usize>) -> Place {
    let text = &findings.files[string.file].text;
    let Some(raw) = text.get(string.start..string.end) else { return string };
    let offsets = offsets(raw);
    let at = |byte: usize| string.start + offsets.get(byte).or(offsets.last()).copied().unwrap_or(0);
    let (start, end) = (at(range.start), at(range.end));
    Place { file: string.file, start, end: end.max(start) }
}

/// For each byte of the content, and for its end, the byte of the writing.
fn offsets(raw: &str) -> Vec<usize> {
    let (quote, basic) = match raw.as_bytes() {
        [b'"', b'"', b'"', ..] if raw.len() >= 6 => (3, true),
        [b'\'', b'\'', b'\'', ..] if raw.len() >= 6 => (3, false),
        [b'"', ..] => (1, true),
        [b'\'', ..] => (1, false),
        _ => (0, false),
    };
    let mut at = quote;
    let end = raw.len().saturating_sub(quote);
    if quote == 3 {
        // A line break straight after the opening quotes is not part of the content.
        at += if raw[at..].starts_with("\r\n") { 2 } else { usize::from(raw[at..].starts_with('\n')) };
    }
    let mut offsets = Vec::with_capacity(raw.len());
    while at < end {
        let Some(character) = raw[at..].chars().next() else { break };
        if !basic || character != '\\' {
            offsets.extend((0..character.len_utf8()).map(|byte| at + byte));
            at += character.len_utf8();
            continue;
        }
        let (written, content) = escape(&raw[at..end]);
        offsets.extend(std::iter::repeat_n(at, content));
        at += written;
    }
    offsets.push(end);
    offsets
}

/// How many bytes an escape takes in the writing, and how many in the content.
fn escape(raw: &str) -> (usize, usize) {
    let hex = |digits: usize| {
        let code = raw.get(2..2 + digits).and_then(|code| u32::from_str_radix(code, 16).ok());
        (2 + digits, code.and_then(char::from_u32).map_or(1, char::len_utf8))
    };
    match raw.as_bytes().get(1) {
        Some(b'x') => hex(2),
        Some(b'u') => hex(4),
        Some(b'U') => hex(8),
        // A backslash at the end of a line swallows the break and the space that follows.
        Some(b' ' | b'\t' | b'\r' | b'\n') => (raw.len() - raw[1..].trim_start().len(), 0),
        Some(_) => (2, 1),
        None => (1, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_found_in_its_writing() {
        let rows: [(&str, &str, &str, &str); 6] = [
            ("plain", r#""Hi {{ name }}""#, "name", "name"),
            ("after an escape", r#""a \"b\" {{ name }}""#, "name", "name"),
            ("after a code point", r#""\u00f1\U0001F525 {{ name }}""#, "name", "name"),
            ("literal", r"'C:\n {{ name }}'", "name", "name"),
            ("over lines", "\"\"\"\nHi\n{{ name }}\"\"\"", "name", "name"),
            ("folded line", "\"\"\"Hi \\\n    {{ name }}\"\"\"", "name", "name"),
        ];
        for (label, raw, sought, expected) in rows {
            let document = format!("x = {raw}");
            let value: toml::Table = toml::from_str(&document).unwrap();
            let content = value["x"].as_str().unwrap();
            let at = content.find(sought).unwrap();
            let offsets = offsets(raw);
            assert_eq!(offsets.len(), content.len() + 1, "{label}");
            assert_eq!(&raw[offsets[at]..offsets[at + sought.len()]], expected, "{label}");
        }
    }
}
