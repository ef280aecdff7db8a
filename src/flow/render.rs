//! Findings as people read them: the line, the underlined text, the cure.

use crate::flow::diagnostic::{Diagnostic, File, Severity};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource};
use std::fmt::Write;

/// Findings as text, one after the other; `files` are the texts they speak of. `width` is that of the terminal, in characters.
pub fn render(diagnostics: &[Diagnostic], files: &[File], colour: bool, width: usize) -> String {
    let theme = if colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler =
        GraphicalReportHandler::new_themed(theme).with_width(width).with_context_lines(1).with_links(false);
    let mut out = String::new();
    for found in diagnostics {
        one(&handler, found, files, &mut out);
        out.push('\n');
    }
    out
}

fn one(handler: &GraphicalReportHandler, found: &Diagnostic, files: &[File], out: &mut String) {
    let text = files.iter().find(|file| file.path == found.file).map_or("", |file| file.text.as_str());
    let mut labels = vec![label(text, &found.label, &found.span)];
    let mut elsewhere = String::new();
    for related in &found.related {
        if related.file == found.file {
            labels.push(label(text, &related.label, &related.span));
        } else {
            let _ = write!(
                elsewhere,
                "\n{}:{}:{}: {}",
                related.file, related.line, related.column, related.label
            );
        }
    }
    let mut report = MietteDiagnostic::new(found.message.clone())
        .with_code(found.code)
        .with_labels(labels)
        .with_severity(match found.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        });
    let help = found.help.clone().unwrap_or_default() + &elsewhere;
    if !help.is_empty() {
        report = report.with_help(help.trim_start().to_owned());
    }
    let report =
        miette::Report::from(report).with_source_code(NamedSource::new(&found.file, text.to_owned()));
    if handler.render_report(out, report.as_ref()).is_err() {
        let _ = writeln!(
            out,
            "{}:{}:{}: {}: {}",
            found.file, found.line, found.column, found.code, found.message
        );
    }
}

/// The underlined text; nothing is shown as the character there, and only the first line of several.
fn label(text: &str, said: &str, span: &std::ops::Range<usize>) -> LabeledSpan {
    let start = span.start.min(text.len());
    let written = text.get(start..span.end.min(text.len())).unwrap_or_default();
    let length = written.find('\n').unwrap_or(written.len());
    LabeledSpan::new(Some(said.to_owned()), start, length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{Source, read};

    #[test]
    fn a_finding_shows_file_line_column_text_and_cure() {
        let text = "id = \"a\"\ntitle = \"A\"\n[[steps]]\nid = \"b\"\nsai = \"Hello\"\nend = \"completed\"\n";
        let source = Source::alone("flows/a.toml", text);
        let shown = render(&read(&source).diagnostics, &source.files(), false, 100);
        for part in
            ["flow::unknown-key", "flows/a.toml:5:1", "sai = \"Hello\"", "did you mean `say`?", "unknown key"]
        {
            assert!(shown.contains(part), "{part} in:\n{shown}");
        }
        assert!(!shown.contains('\u{1b}'), "no colour unless asked");
        assert!(render(&read(&source).diagnostics, &source.files(), true, 100).contains('\u{1b}'));
    }
}
