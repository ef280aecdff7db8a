//! Imports that are stopped in the middle: whatever stops them, each row is taken once.

use super::import::report_of;
use crate::harness::{Place, number, texts};
use crate::process::{leadwire, program, usual};
use std::collections::BTreeSet;
use std::process::{Child, Stdio};
use std::time::Duration;

on_both!(an_import_that_is_killed_and_interrupted_takes_each_row_once);

const ROWS: usize = 1_000;
/// Every hundredth is wrong.
const GOOD: usize = ROWS - ROWS / 100;
const IMPORT: [&str; 5] = ["leads", "import", "in.csv", "--report", "out.csv"];

async fn an_import_that_is_killed_and_interrupted_takes_each_row_once(place: Place) {
    let app = place.app().await;
    let db = &app.app.db;
    let mut text = "name,phone,first_name,dob\n".to_owned();
    for n in 0..ROWS {
        // Every hundredth is wrong, and takes no number.
        let dob = if n % 100 == 99 { "soon" } else { "2020-01-01" };
        text += &format!("Ann {n},+1415{n:07},Child {n},{dob}\n");
    }
    std::fs::write(place.folder().join("in.csv"), text).unwrap();
    let done = async || number(db, "SELECT COALESCE(MAX(rows_done), 0) FROM imports").await;
    let mut before = 0;
    for signal in ["-KILL", "-INT"] {
        let mut command = program(&place);
        command.args(IMPORT).envs(usual(&place)).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        while done().await <= before {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let told = stopped(child, signal);
        // A database may still carry out what a process that is gone asked last.
        tokio::time::sleep(Duration::from_millis(300)).await;
        before = done().await;
        assert!((1..ROWS as i64).contains(&before) && before % 200 == 0, "in the middle: {before}");
        assert_eq!(app.count("leads").await, before - before / 100, "what is counted is there");
        assert_eq!(told.contains("Interrupted: run the same command again"), signal == "-INT", "{told}");
        let known: BTreeSet<u64> = report_of_all(&place).into_iter().collect();
        assert!(known.len() as i64 >= before, "the report tells of all that is taken");
    }
    let said = leadwire(&place, &IMPORT);
    let expected = format!("{ROWS} of {ROWS} rows ({before} of them by a run before): created {GOOD}");
    assert!(!said.success && said.out.contains(&expected), "{said:?}");
    let lines = report_of(&place, "out.csv");
    let rows: Vec<u64> = lines.iter().map(|line| line.row).collect();
    assert_eq!(rows, (2..ROWS as u64 + 2).collect::<Vec<_>>(), "each row once, in its order");
    let phones: BTreeSet<String> = texts(db, "phone", "leads").await.into_iter().collect();
    assert_eq!((app.count("leads").await, phones.len()), (GOOD as i64, GOOD));
    let enquiries: BTreeSet<String> = texts(db, "enquiry_id", "children").await.into_iter().collect();
    let expected: BTreeSet<String> = (1..=GOOD).map(|n| format!("ENQ{n:04}")).collect();
    assert!(enquiries == expected, "no number is left out, none comes twice");
    let told: BTreeSet<String> =
        lines.into_iter().map(|line| line.enquiry_id).filter(|number| !number.is_empty()).collect();
    assert!(told == expected, "and the report names each");
    assert_eq!(app.count("audit_log WHERE event = 'import'").await, GOOD as i64);
    let done = format!("imports WHERE state = 'done' AND created = {GOOD} AND refused = {}", ROWS - GOOD);
    assert_eq!(app.count(&done).await, 1);
    assert_eq!(app.count("imports").await, 1);
}

/// The rows a report tells of, also where its last line is not whole.
fn report_of_all(place: &Place) -> Vec<u64> {
    let text = std::fs::read_to_string(place.folder().join("out.csv")).unwrap();
    text.lines().skip(1).filter_map(|line| line.split(',').next()?.parse().ok()).collect()
}

/// Stops a process; what it had said.
fn stopped(child: Child, signal: &str) -> String {
    let pid = child.id().to_string();
    assert!(std::process::Command::new("kill").args([signal, &pid]).status().unwrap().success());
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}
