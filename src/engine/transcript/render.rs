//! A played test for people: what was expected on the left, what was said on the right.

use super::{Played, TranscriptResult, plain};
use crate::clock::{DAY, HOUR, MINUTE, Millis, SECOND};
use std::fmt::Write;

/// Characters of one column.
const COLUMN: usize = 46;

impl TranscriptResult {
    /// The result as lines of text: one line where all holds, else the whole chat side by side and what does not hold.
    /// `colour` paints differences with terminal escapes.
    pub fn render(&self, colour: bool) -> String {
        let paint = |code: &str, text: &str| {
            if colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
        };
        if self.passed() {
            return format!("{} {}\n", paint("32", "ok"), self.name);
        }
        let mut out = format!("{} {} (line {})\n", paint("31", "FAILED"), self.name, self.line);
        let mut row = |mark: &str, left: &str, right: &str, differs: bool| {
            let (left, right) = (wrapped(left), wrapped(right));
            for at in 0..left.len().max(right.len()) {
                let cell = |column: &[String]| column.get(at).cloned().unwrap_or_default();
                let line = format!("{mark} {:COLUMN$} | {}", cell(&left), cell(&right));
                let line = if differs { paint("31", line.trim_end()) } else { line.trim_end().to_owned() };
                out.push_str("  ");
                out.push_str(&line);
                out.push('\n');
            }
        };
        row(" ", "expected", "said", false);
        for played in &self.played {
            match played {
                Played::Person(text) => row("<", text, text, false),
                Played::Waited(ms) => row("@", &length(*ms), &length(*ms), false),
                Played::Said { expected, got } => {
                    let text = |side: &Option<String>| side.as_deref().map_or("(nothing)".into(), plain);
                    let differs = !played.holds();
                    row(if differs { "≠" } else { ">" }, &text(expected), &text(got), differs);
                }
            }
        }
        for failure in &self.failures {
            // Writing to a String cannot fail.
            let _ = writeln!(out, "  {}", paint("31", &format!("✗ {failure}")));
        }
        out
    }
}

/// A text in lines no longer than a column, broken at spaces where there are any.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut width = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if width > 0 && width + 1 + length > COLUMN {
            lines.push(String::new());
            width = 0;
        }
        for character in (width > 0).then_some(' ').into_iter().chain(word.chars()) {
            if width == COLUMN {
                lines.push(String::new());
                width = 0;
            }
            if let Some(line) = lines.last_mut() {
                line.push(character);
            }
            width += 1;
        }
    }
    lines
}

/// A length of time as flow files write it.
fn length(ms: Millis) -> String {
    let units = [(DAY, "d"), (HOUR, "h"), (MINUTE, "m"), (SECOND, "s")];
    let unit = units.into_iter().find(|(unit, _)| ms % unit == 0 && ms >= *unit);
    unit.map_or_else(|| format!("{ms}ms"), |(unit, name)| format!("{}{name}", ms / unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_stand_side_by_side() {
        let said = |expected: &str, got: Option<&str>| Played::Said {
            expected: Some(expected.into()),
            got: got.map(str::to_owned),
        };
        let long = "A sentence that is a good deal longer than what a column of the report can hold";
        let result = TranscriptResult {
            name: "a chat".into(),
            line: 12,
            played: vec![
                Played::Person("hi".into()),
                Played::Waited(2 * HOUR),
                said("Welcome!", Some("Welcome!")),
                said(long, Some("Short")),
                said("More", None),
            ],
            failures: vec!["score: expected 5, got 6".into()],
        };
        let expected = "\
FAILED a chat (line 12)
    expected                                       | said
  < hi                                             | hi
  @ 2h                                             | 2h
  > Welcome!                                       | Welcome!
  ≠ A sentence that is a good deal longer than     | Short
  ≠ what a column of the report can hold           |
  ≠ More                                           | (nothing)
  ✗ score: expected 5, got 6
";
        assert_eq!(result.render(false), expected);
        assert!(result.render(true).contains("\u{1b}[31m≠ More"));
        let passed = TranscriptResult { played: vec![], failures: vec![], ..result };
        assert_eq!(passed.render(false), "ok a chat\n");
    }
}
