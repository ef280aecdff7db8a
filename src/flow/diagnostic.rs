//! What is wrong with a flow, where, and how to mend it.

use serde::Serialize;
use std::ops::Range;

/// Whether a finding blocks publishing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Blocks publishing.
    Error,
    /// Worth mending; published all the same.
    Warning,
}

/// A finding. Fields are those of `leadwire flow check --json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// The rule's name, as `flow::unknown-key`.
    pub code: &'static str,
    /// Whether it blocks publishing.
    pub severity: Severity,
    /// What is wrong, in one sentence without full stop.
    pub message: String,
    /// What to say beside the underlined text.
    pub label: String,
    /// How to mend it, where that can be said.
    pub help: Option<String>,
    /// The file's path as it was given.
    pub file: String,
    /// The text it is about, in bytes of the file.
    pub span: Range<usize>,
    /// Line of the first byte, from 1.
    pub line: usize,
    /// Column of the first byte in characters, from 1.
    pub column: usize,
    /// Other places that belong to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Related>,
}

/// Another place a finding speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Related {
    /// What to say beside it.
    pub label: String,
    /// The file's path.
    pub file: String,
    /// Bytes of that file.
    pub span: Range<usize>,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Diagnostic {
    /// Adds how to mend it.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Adds how to mend it, where that is known.
    pub fn maybe_help(&mut self, help: Option<String>) -> &mut Self {
        self.help = help.or(self.help.take());
        self
    }
}

/// A place in one of the files of a flow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Index into `Findings::files`; 0 is the flow's own.
    pub file: usize,
    /// First byte.
    pub start: usize,
    /// After the last byte.
    pub end: usize,
}

/// A file as findings need it.
#[derive(Clone, Debug)]
pub struct File {
    /// Its path, for people.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// The findings of one reading, and the files they speak of.
#[derive(Debug, Default)]
pub struct Findings {
    /// The flow's own file, then what it uses.
    pub files: Vec<File>,
    list: Vec<Diagnostic>,
}

impl Findings {
    /// Notes an error.
    pub fn error(
        &mut self,
        code: &'static str,
        place: Place,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> &mut Diagnostic {
        self.add(Severity::Error, code, place, message.into(), label.into())
    }

    /// Notes a warning.
    pub fn warning(
        &mut self,
        code: &'static str,
        place: Place,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> &mut Diagnostic {
        self.add(Severity::Warning, code, place, message.into(), label.into())
    }

    fn add(
        &mut self,
        severity: Severity,
        code: &'static str,
        place: Place,
        message: String,
        label: String,
    ) -> &mut Diagnostic {
        let Related { file, span, line, column, label } = self.at(place, label);
        self.list.push(Diagnostic {
            code,
            severity,
            message,
            label,
            help: None,
            file,
            span,
            line,
            column,
            related: Vec::new(),
        });
        self.list.last_mut().expect("it was just pushed")
    }

    /// A place with its line and column.
    pub fn at(&self, place: Place, label: impl Into<String>) -> Related {
        let file = &self.files[place.file];
        let (line, column) = position(&file.text, place.start);
        Related { label: label.into(), file: file.path.clone(), span: place.start..place.end, line, column }
    }

    /// Whether anything found blocks publishing.
    pub fn any_error(&self) -> bool {
        self.list.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// All findings in the order of the files.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        let rank =
            |path: &str| self.files.iter().position(|file| file.path == path).unwrap_or(self.files.len());
        self.list.sort_by_cached_key(|found| (rank(&found.file), found.span.start, found.severity));
        self.list.dedup();
        self.list
    }
}

/// Line and column of a byte, both from 1, the column in characters.
pub fn position(text: &str, byte: usize) -> (usize, usize) {
    let mut end = byte.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = &text[..end];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_from_one() {
        let text = "a\nñb\n🔥c";
        for (byte, expected) in
            [(0, (1, 1)), (2, (2, 1)), (4, (2, 2)), (6, (3, 1)), (10, (3, 2)), (99, (3, 3))]
        {
            assert_eq!(position(text, byte), expected, "byte {byte}");
        }
    }
}
