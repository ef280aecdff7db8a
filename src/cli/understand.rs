//! `leadwire understand < cases.jsonl > predictions.jsonl`: measures how answers are read.

use std::io::{BufRead, BufWriter, Write, stdin, stdout};

use anyhow::Context;

use crate::understand::corpus;

/// Reads a case a line from standard input and writes a prediction a line to standard output, as it goes.
///
/// # Errors
/// A line is no JSON (its number is named), or reading or writing fails.
pub fn run() -> anyhow::Result<()> {
    let mut out = BufWriter::new(stdout().lock());
    for (number, line) in stdin().lock().lines().enumerate() {
        let line = line.context("reading the cases")?;
        if line.trim().is_empty() {
            continue;
        }
        let case = serde_json::from_str(&line).with_context(|| format!("line {} is no case", number + 1))?;
        writeln!(out, "{}", corpus::predict(&case)).context("writing the predictions")?;
    }
    out.flush().context("writing the predictions")
}
