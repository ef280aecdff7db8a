//! `leadwire flow test`: plays the transcript tests of flows.

use crate::engine::transcript;
use crate::flow::model::Flow;
use std::io::{self, Write};

/// Plays every `[[test]]` of the flows and writes what came out; true where all passed. `flows` are the files' names with
/// what they hold.
///
/// # Errors
/// Where `out` cannot be written.
pub fn test(flows: &[(String, Flow)], colour: bool, out: &mut impl Write) -> io::Result<bool> {
    let (mut passed, mut failed) = (0usize, 0usize);
    for (path, flow) in flows {
        writeln!(out, "{path}")?;
        if flow.tests.is_empty() {
            writeln!(out, "  no [[test]] in it")?;
        }
        for test in &flow.tests {
            let result = transcript::run(flow, test);
            *(if result.passed() { &mut passed } else { &mut failed }) += 1;
            for line in result.render(colour).lines() {
                writeln!(out, "  {line}")?;
            }
        }
    }
    writeln!(out, "{passed} passed, {failed} failed")?;
    Ok(failed == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{Source, read};

    const FLOW: &str = r#"
id        = "small"
title     = "Small"
languages = ["en"]

[silence]
remind    = [{ after = "1h", say = "Still there? {{ question }}" }]
end_after = "1d"

[[steps]]
id  = "city"
ask = "text"
say = "Which city?"

[[steps]]
id  = "bye"
say = "Thank you,\nbye"
end = "completed"

[[deliver]]
to  = "crm"
on  = "completed"
map = { town = "{{ city }}" }

[[test]]
name    = "a reminder"
channel = "sms"
chat = """
< hi
> Which city?
@ 2h
> Still there? Which city?
< Goa
> Thank you, bye
"""
expect = { outcome = "completed", score = 20, class = "Unqualified", answers = { city = "Goa" }, lead = { city = "Goa" }, delivered = { crm = { town = "Goa" } } }

[[test]]
name    = "we speak first, nobody answers"
channel = "web"
chat = """
> Which city?
@ 3d
> Still there? Which city?
"""
expect = { outcome = "silent", answers = {} }
"#;

    fn played(text: &str) -> (bool, String) {
        let report = read(&Source::resolve("small.toml", text, &|_| None));
        let flow = report.flow.unwrap_or_else(|| panic!("{:?}", report.diagnostics));
        let mut out = Vec::new();
        let all = test(&[("small.toml".into(), flow)], false, &mut out).unwrap();
        (all, String::from_utf8(out).unwrap())
    }

    #[test]
    fn tests_that_hold_take_a_line_each() {
        let expected =
            "small.toml\n  ok a reminder\n  ok we speak first, nobody answers\n2 passed, 0 failed\n";
        assert_eq!(played(FLOW), (true, expected.to_owned()));
    }

    #[test]
    fn whatever_does_not_hold_is_shown() {
        let cases = [
            ("another text", "> Thank you, bye", "> Thanks, bye", "≠ Thanks, bye"),
            ("something missing", "> Thank you, bye\n", "", "≠ (nothing)"),
            ("something more", "> Thank you, bye", "> Thank you, bye\n> More", "| (nothing)"),
            ("no reminder yet", "@ 2h", "@ 10m", "≠ Still there?"),
            ("score", "score = 20", "score = 21", "✗ score: expected 21, got 20"),
            ("class", "class = \"Unqualified\"", "class = \"SQL\"", "✗ class: expected SQL, got Unqualified"),
            (
                "outcome",
                "outcome = \"silent\"",
                "outcome = \"completed\"",
                "✗ outcome: expected completed, got silent",
            ),
            (
                "answer",
                "answers = { city = \"Goa\" }",
                "answers = { city = \"Pune\" }",
                "✗ answer city: expected \"Pune\", got \"Goa\"",
            ),
            (
                "field",
                "lead = { city = \"Goa\" }",
                "lead = { city = 5 }",
                "✗ lead city: expected 5, got \"Goa\"",
            ),
            (
                "delivery",
                "crm = { town = \"Goa\" }",
                "crm = { town = \"Pune\" }",
                "✗ delivered to crm, town: expected Pune, got Goa",
            ),
        ];
        for (label, from, to, shown) in cases {
            assert!(FLOW.contains(from), "{label}");
            let (all, out) = played(&FLOW.replacen(from, to, 1));
            assert!(!all && out.contains(shown) && out.contains("1 passed, 1 failed"), "{label}:\n{out}");
        }
    }
}
