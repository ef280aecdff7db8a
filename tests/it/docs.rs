//! The documents are true where a machine can tell: their commands parse, their variables are those of `.env.example`,
//! their SQL runs on both databases and finds what it says.

use crate::harness::{OUR_NUMBER, Place};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// The documents with commands in them.
const WITH_COMMANDS: [&str; 7] = [
    "README.md",
    "CONTRIBUTING.md",
    "docs/OPERATIONS.md",
    "docs/FLOWS.md",
    "docs/LEADS.md",
    "docs/OUTREACH.md",
    "docs/ARCHITECTURE.md",
];

/// A document of ours.
pub fn document(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Fenced blocks: what stands behind the fence, and the lines within.
pub fn blocks(text: &str) -> Vec<(&str, String)> {
    let mut blocks: Vec<(&str, String)> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        match line.trim_start().strip_prefix("```") {
            Some(kind) if !open => {
                open = true;
                blocks.push((kind, String::new()));
            }
            Some(_) => open = false,
            None if open => {
                let block = &mut blocks.last_mut().expect("one is open").1;
                block.push_str(line);
                block.push('\n');
            }
            None => {}
        }
    }
    blocks
}

#[test]
fn the_commands_parse() {
    let mut seen = BTreeSet::new();
    for name in WITH_COMMANDS {
        for (_, text) in blocks(&document(name)) {
            let lines = text.lines().map(|line| line.trim_start().trim_start_matches("$ "));
            for line in lines.filter_map(|line| line.strip_prefix("leadwire ")) {
                // Up to a comment, a pipe, a redirection, a quoted text, or a column of explanations.
                let words = line.split(['#', '|', '<', '>', '"']).next().unwrap_or_default();
                let words =
                    words.split("   ").next().unwrap_or_default().split(" && ").next().unwrap_or_default();
                let words: Vec<&str> = words.split_whitespace().collect();
                // The help of a command line that does not parse is an error about it.
                let help =
                    Command::new(env!("CARGO_BIN_EXE_leadwire")).args(&words).arg("--help").output().unwrap();
                let told = String::from_utf8_lossy(&help.stderr);
                assert!(help.status.success(), "{name}: leadwire {}\n{told}", words.join(" "));
                seen.extend(words.first().map(|word| (*word).to_owned()));
            }
        }
    }
    let expected = ["flow", "migrate", "simulate", "token"].map(str::to_owned);
    assert!(seen.is_superset(&expected.into()), "{seen:?}");
}

#[test]
fn every_variable_is_documented_and_no_other() {
    let example = document(".env.example");
    let names = example.lines().filter_map(|line| line.trim_start_matches('#').split_once('='));
    let is_name = |name: &str| name.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    let known: BTreeSet<&str> = names.map(|(name, _)| name).filter(|name| is_name(name)).collect();
    let operations = document("docs/OPERATIONS.md");
    let rows = operations.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
    let documented: BTreeSet<&str> = rows.map(|(name, _)| name).filter(|name| is_name(name)).collect();
    assert!(known.len() > 10 && documented == known, "{documented:?}\n{known:?}");
}

on_both! {
    the_questions_to_the_database_are_answered,
}

async fn the_questions_to_the_database_are_answered(place: Place) {
    // Leads "of today" are of the machine's today.
    let app = place.app_at(&[], leadwire::clock::Clock::System).await;
    let (person, other) = ("+15551230000", "+15551230001");
    for (sid, text) in [("SM1", "hi"), ("SM2", "yes")] {
        assert_eq!(app.twilio_message(person, text, sid).await.status, 200);
    }
    assert_eq!(app.twilio_message(other, "STOP", "SM3").await.status, 200);
    let sent = app.count("messages WHERE direction = 'out'").await;
    assert!(sent > 0);
    let reply = app.twilio_message(person, "hi", "SM1").await.body;
    let callback = reply.split("statusCallback=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let path = callback.strip_prefix(crate::harness::PUBLIC_URL).unwrap();
    let report = [
        ("MessageSid", "SM9"),
        ("MessageStatus", "undelivered"),
        ("ErrorCode", "30003"),
        ("From", OUR_NUMBER),
    ];
    assert_eq!(app.twilio(path, &report).await.status, 204);

    let dialect = app.app.db.name();
    let operations = document("docs/OPERATIONS.md");
    let mut asked = 0;
    // What is asked of deliveries is tried where there are some.
    let (before, after) = operations.split_once(crate::ledger::SECTION).unwrap();
    let after = after.split_once("\n## ").map_or("", |(_, rest)| rest);
    for (kind, sql) in blocks(before).into_iter().chain(blocks(after)) {
        if kind == "sql" || kind == format!("sql {dialect}") {
            let rows = app.count(&format!("({sql}) AS question")).await;
            assert!(rows > 0, "nothing on {dialect}:\n{sql}");
            asked += 1;
        }
    }
    assert!(asked >= 9, "{asked} questions");
    app.stop().await;
}
