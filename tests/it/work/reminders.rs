//! Follow-ups are told of: before they are due and where they are overdue, to whoever is to do them and to the lists of the
//! configuration.

use super::{OURS, ask, entered, hire, id, well};
use crate::harness::{Place, START, TestApp, execute, number, texts};
use crate::mail::server::{Options, Server};
use crate::outbox::fake::{Act, Fake};
use leadwire::clock::{Clock, HOUR, MINUTE};
use leadwire::domain::access::Role;
use leadwire::service::lifecycle::{self, Reminder};
use serde_json::json;

on_both!(
    whoever_is_to_do_it_is_told_by_mail_and_the_list_as_well,
    what_is_done_or_moved_is_not_told_of,
    without_mail_and_lists_nobody_is_told,
    nobody_is_told_of_whoever_was_erased_a_moment_ago,
);

const TOML: &str = r#"
[[lists]]
name = "desk"
kind = "slack"
webhook = "DESK"
[follow_ups]
via = ["desk"]
before = "30m"
overdue = "1h"
"#;

async fn desk() -> Fake {
    let fake = Fake::start().await;
    fake.always(|_| Act::TakeSaying("ok"));
    fake
}

async fn app(place: &Place, toml: &str, further: &[(&str, &str)]) -> TestApp {
    let file = place.folder().join("leadwire.toml");
    std::fs::write(&file, toml).unwrap();
    let file = file.display().to_string();
    let mut settings =
        vec![("LEADWIRE_CONFIG", file.as_str()), ("ALLOW_PRIVATE_ADDRESSES", "127.0.0.1,localhost")];
    settings.extend(further);
    let mut app = place.app_at(&settings, Clock::fixed(START)).await;
    app.work().await;
    app
}

/// What the desk was told.
fn told(desk: &Fake) -> Vec<String> {
    desk.came().iter().map(|came| came.json["blocks"].to_string()).collect()
}

async fn planned(app: &TestApp, token: &str, phone: &str, date: &str) -> i64 {
    let lead = id(&entered(app, token, phone).await);
    let body = json!({"scheduled_date": date, "notes": "Ask about the weekly plan"});
    id(&well(&ask(app, token, "POST", &format!("/api/v1/leads/{lead}/follow-up"), Some(&body)).await))
}

async fn whoever_is_to_do_it_is_told_by_mail_and_the_list_as_well(place: Place) {
    let (desk, server) = (desk().await, Server::start(Options::default()).await);
    let ca = place.folder().join("ca.pem");
    std::fs::write(&ca, server.ca_pem()).unwrap();
    let (ca, port) = (ca.display().to_string(), server.port().to_string());
    let settings = [
        ("DESK", desk.url.as_str()),
        ("SMTP_HOST", Server::HOST),
        ("SMTP_PORT", port.as_str()),
        ("SMTP_SECURITY", "starttls"),
        ("SMTP_USER", Server::USER),
        ("SENDER_EMAIL", "bot@example.com"),
        ("SENDER_PASSWORD", Server::PASSWORD),
        ("SMTP_CA_FILE", ca.as_str()),
    ];
    let mut app = app(&place, TOML, &settings).await;
    let who = hire(&app, OURS, Role::Counselor).await;
    planned(&app, &who.token, "+14155550123", "2026-01-05T12:00:00Z").await;
    app.pass(89 * MINUTE).await;
    assert_eq!((told(&desk).len(), server.letters().len()), (0, 0), "not yet");
    app.pass(2 * MINUTE).await;
    let letter = server.letter(0).await;
    assert_eq!(letter.to.len(), 1);
    assert!(letter.to[0].starts_with("counselor-"), "{:?}", letter.to);
    assert!(letter.raw.contains("Follow-up due") && letter.raw.contains("weekly plan"), "{}", letter.raw);
    let first = told(&desk);
    assert_eq!(first.len(), 1);
    assert!(first[0].contains("Follow-up due") && first[0].contains("Anshu Goyal"), "{first:?}");
    assert!(first[0].contains("2026-01-05 12:00 (UTC)"), "{first:?}");
    app.pass(2 * HOUR).await;
    assert!(told(&desk)[1].contains("Follow-up overdue"), "{:?}", told(&desk));
    assert_eq!((told(&desk).len(), server.letters().len()), (2, 2), "once each");
    app.pass(24 * HOUR).await;
    assert_eq!((told(&desk).len(), server.letters().len()), (2, 2), "and no more");
}

async fn what_is_done_or_moved_is_not_told_of(place: Place) {
    let desk = desk().await;
    let mut app = app(&place, TOML, &[("DESK", &desk.url)]).await;
    let who = hire(&app, OURS, Role::Counselor).await;
    let change = async |app: &TestApp, id: i64, body: serde_json::Value| {
        well(&ask(app, &who.token, "PATCH", &format!("/api/v1/follow-ups/{id}"), Some(&body)).await)
    };
    let done = planned(&app, &who.token, "+14155550101", "2026-01-05T12:00:00Z").await;
    let cancelled = planned(&app, &who.token, "+14155550102", "2026-01-05T12:00:00Z").await;
    let moved = planned(&app, &who.token, "+14155550103", "2026-01-05T12:00:00Z").await;
    change(&app, done, json!({"status": "COMPLETED"})).await;
    change(&app, cancelled, json!({"status": "CANCELLED"})).await;
    change(&app, moved, json!({"scheduled_date": "2026-01-06T12:00:00Z"})).await;
    change(&app, moved, json!({"scheduled_date": "2026-01-07T12:00:00Z"})).await;
    change(&app, moved, json!({"scheduled_date": "2026-01-06T12:00:00Z"})).await;
    app.pass(6 * HOUR).await;
    assert_eq!(told(&desk), Vec::<String>::new());
    app.pass(20 * HOUR).await;
    assert_eq!(told(&desk).len(), 1, "at the new date, once though it came twice to it");
    // A date that has passed is overdue at once, or an hour after it.
    planned(&app, &who.token, "+14155550104", "2026-01-05T12:00:00Z").await;
    app.pass(2_000).await;
    assert!(told(&desk).last().unwrap().contains("Follow-up overdue"), "{:?}", told(&desk));
}

async fn without_mail_and_lists_nobody_is_told(place: Place) {
    let mut app = app(&place, "", &[]).await;
    let who = hire(&app, OURS, Role::Counselor).await;
    planned(&app, &who.token, "+14155550101", "2026-01-05T12:00:00Z").await;
    app.pass(6 * HOUR).await;
    assert_eq!(app.count("notices").await, 0);
    assert_eq!(app.count("outbox WHERE finished_at IS NULL").await, 0, "and nothing waits");
}

async fn nobody_is_told_of_whoever_was_erased_a_moment_ago(place: Place) {
    let desk = desk().await;
    let app = app(&place, TOML, &[("DESK", &desk.url)]).await;
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    planned(&app, &admin.token, "+919876543210", "2026-02-20T10:00:00").await;
    let db = &app.app.db;
    let lead = number(db, "SELECT MAX(id) FROM leads").await;
    let jobs = texts(db, "payload", "outbox WHERE kind = 'reminder' ORDER BY id").await;
    let reminder: Reminder = serde_json::from_str(&jobs[0]).unwrap();
    crate::erasure::erased(&app, &admin.token, lead).await;
    // As its job read it before the erasure.
    execute(db, "UPDATE follow_ups SET status = 'PENDING'").await;
    lifecycle::remind(&app.app, OURS, &reminder).await.unwrap();
    assert_eq!(number(db, "SELECT COUNT(*) FROM notices").await, 0);
}
