//! The command itself, beside the server: its exit code, its JSON, its plan.

use super::fake::Crm;
use super::{delivered, plant, server};
use crate::harness::Place;
use serde_json::Value as Json;
use std::process::Command;

const SINK: &str = r#"
[[sinks]]
name = "crm"
kind = "rest"
url = "URL/leads"
update = "URL/leads/{{ sink_id }}"
list = "URL/leads?page={{ page }}"
found = "/leads"
find_by_key = "URL/find?leadwire_id={{ key }}"
key_field = "/leadwire_id"
FIELDS
"#;

on_both!(the_exit_code_says_whether_something_is_left);

/// Runs the command; its exit code and what it printed.
async fn run(place: &Place, further: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leadwire"));
    command
        .args(["leads", "reconcile", "--since", "2026-01-01"])
        .args(further)
        .current_dir(place.folder())
        .env("DATABASE_URL", place.database_url())
        .env("LEADWIRE_CONFIG", place.folder().join("leadwire.toml"))
        .env("ALLOW_PRIVATE_ADDRESSES", "127.0.0.1");
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let told =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code().unwrap(), told)
}

async fn the_exit_code_says_whether_something_is_left(place: Place) {
    let crm = Crm::start().await;
    let mut app = server(&place, &crm, SINK, &[]).await;
    let ids = delivered(&app, &crm, "crm", 40).await;
    let (code, told) = run(&place, &[]).await;
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("no difference") && told.contains("nothing is left to do"), "{told}");
    plant(&crm, &ids);
    let (code, told) = run(&place, &["--sink", "crm"]).await;
    assert_eq!(code, 1, "{told}");
    for words in [
        "missing there",
        "(lw-5)",
        "--apply delivers it again",
        "(lw-900001)",
        ": email",
        "10 differences, 0 repaired",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert!(!told.contains("example.com") && !told.contains("Lead 5"), "ids, not persons: {told}");
    let (code, told) = run(&place, &["--json"]).await;
    let json: Json = serde_json::from_str(&told).unwrap();
    assert_eq!((code, json[0]["found"][2]["count"].as_i64()), (1, Some(3)), "{told}");
    let (code, told) = run(&place, &["--sink", "other"]).await;
    assert!(code == 1 && told.contains("there are crm"), "{told}");
    // The server delivers what the command makes due; its clock is moved to the command's.
    app.clock.advance(leadwire::clock::Clock::System.now() - app.clock.now() + 60_000);
    app.work().await;
    let clock = app.clock.clone();
    let ticking = tokio::spawn(async move {
        loop {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            clock.advance(1_000);
        }
    });
    let (code, told) = run(&place, &["--apply"]).await;
    assert_eq!(code, 1, "what is for people is left: {told}");
    assert!(told.contains("4 to be delivered, 4 arrived"), "{told}");
    ticking.abort();
    crm.restore(40);
    let (code, told) = run(&place, &[]).await;
    assert_eq!(code, 0, "{told}");
}
