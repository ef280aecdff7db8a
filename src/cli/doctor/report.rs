//! The findings as lines, or as JSON.

use super::finding::{Finding, Status};
use serde_json::json;
use std::io::{IsTerminal, Write};

/// Prints the findings; whether there is no fault.
///
/// # Errors
/// Where standard output is closed.
pub fn print(findings: &[Finding], json: bool) -> std::io::Result<bool> {
    let out = std::io::stdout();
    let colour = out.is_terminal();
    write(&mut out.lock(), findings, json, colour)
}

fn write(out: &mut impl Write, findings: &[Finding], json: bool, colour: bool) -> std::io::Result<bool> {
    let count = |status| findings.iter().filter(|finding| finding.status == status).count();
    let (ok, warnings, faults) = (count(Status::Ok), count(Status::Warning), count(Status::Fault));
    if json {
        let report = json!({"findings": findings, "ok": ok, "warnings": warnings, "faults": faults});
        writeln!(out, "{report:#}")?;
        return Ok(faults == 0);
    }
    for Finding { area, status, what, cure } in findings {
        let word = match status {
            Status::Ok => "ok     ",
            Status::Warning => "warning",
            Status::Fault => "FAULT  ",
        };
        let word = match (colour, status) {
            (false, _) => word.to_owned(),
            (true, Status::Ok) => format!("\x1b[32m{word}\x1b[0m"),
            (true, Status::Warning) => format!("\x1b[33m{word}\x1b[0m"),
            (true, Status::Fault) => format!("\x1b[31;1m{word}\x1b[0m"),
        };
        writeln!(out, "{word}  {area}: {what}")?;
        if let Some(cure) = cure {
            writeln!(out, "         -> {cure}")?;
        }
    }
    let counted = |number, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
    writeln!(out, "{ok} ok, {}, {}", counted(warnings, "warning"), counted(faults, "fault"))?;
    Ok(faults == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_are_no_faults() {
        let rows = [
            ("all is well", Finding::ok("clock", "right"), true),
            ("a warning", Finding::warning("clock", "7 s off", "set it"), true),
            ("a fault", Finding::fault("clock", "an hour off", "set it"), false),
        ];
        for (label, finding, expected) in rows {
            let mut lines = Vec::new();
            assert_eq!(
                write(&mut lines, std::slice::from_ref(&finding), false, false).unwrap(),
                expected,
                "{label}"
            );
            let lines = String::from_utf8(lines).unwrap();
            assert!(lines.contains(&format!("clock: {}", finding.what)), "{label}: {lines}");
            assert_eq!(lines.contains("-> set it"), finding.cure.is_some(), "{label}: {lines}");
            let mut json = Vec::new();
            assert_eq!(write(&mut json, &[finding], true, false).unwrap(), expected, "{label}");
        }
    }
}
