//! What a sink has, compared with the ledger: planted differences are found, what can be repaired is, and a run goes on where it
//! was interrupted.

mod bench;
mod command;
mod fake;
mod nightly;
mod planted;
mod reports;
mod resumed;

use crate::harness::{Place, START, TestApp, execute};
use fake::Crm;
use leadwire::clock::{Clock, DAY, HOUR};
use leadwire::delivery::{Named, Snapshot};
use leadwire::http::{Guard, Outbound};
use leadwire::ids;
use leadwire::jobs::Errands;
use leadwire::jobs::reconcile::{AskError, Report, Setting, Wanted, compare};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// The fields every sink here has.
const FIELDS: &str = r#"fields = { leadwire_id = "{{ key }}", full_name = "{{ full_name }}", phone = "{{ phone }}", email = "{{ email }}", city = "{{ city }}" }"#;

/// A server with these sinks; `URL` in them is the CRM's.
async fn server(place: &Place, crm: &Crm, sinks: &str, further: &[(&str, &str)]) -> TestApp {
    let path = place.folder().join("leadwire.toml");
    std::fs::write(&path, sinks.replace("URL", &crm.url).replace("FIELDS", FIELDS)).unwrap();
    let path = path.display().to_string();
    let mut settings = vec![
        ("LEADWIRE_CONFIG", path.as_str()),
        ("ALLOW_PRIVATE_ADDRESSES", "127.0.0.1"),
        ("OUTGOING_TIMEOUT_SECONDS", "20"),
        ("CRM_TOKEN", "token"),
    ];
    settings.extend(further);
    place.app_at(&settings, Clock::fixed(START + DAY)).await
}

/// What asks sinks.
fn errands(app: &TestApp) -> Arc<Errands> {
    let guard = Guard::new(app.app.config.outgoing.allowed.clone());
    Arc::new(Errands::new(Arc::new(Outbound::new(guard, Duration::from_secs(20)))))
}

fn sink<'a>(app: &'a TestApp, name: &str) -> &'a Named {
    app.app.sinks.get(1, name).unwrap()
}

/// All of the last two days.
fn wanted(app: &TestApp) -> Wanted {
    Wanted { since: app.clock.now() - 2 * DAY, words: "2d".to_owned(), ..Wanted::default() }
}

async fn compared(app: &TestApp, name: &str, wanted: &Wanted) -> Result<Report, AskError> {
    let setting = Setting { db: &app.app.db, clock: &app.clock, ids: &app.app.ids, errands: errands(app) };
    compare(&setting, sink(app, name), wanted, &|_| {}).await
}

/// What was found, as `missing there / missing here / differing / duplicates`.
fn told(report: &Report) -> String {
    report.found.iter().map(|found| found.count.to_string()).collect::<Vec<_>>().join(" / ")
}

fn number(n: i64) -> String {
    format!("+1415555{n:04}")
}

/// Writes so many deliveries of a sink that arrived within the last day, and has the CRM have them; the CRM's ids.
async fn delivered(app: &TestApp, crm: &Crm, name: &str, many: i64) -> Vec<u64> {
    let mut ids = Vec::new();
    let first = ids::first_at(START + HOUR);
    let mut rows = Vec::new();
    for n in 1..=many {
        let (key, phone, email) = (format!("lw-{n}"), number(n), format!("lead{n}@example.com"));
        let lead = format!("Lead {n}");
        let there = [
            ("leadwire_id", key.as_str()),
            ("full_name", &lead),
            ("phone", &phone),
            ("email", &email),
            ("city", "Rome"),
        ];
        let id = crm.add(&there);
        ids.push(id);
        let snapshot = Snapshot {
            event: "completed".to_owned(),
            fields: [("full_name".to_owned(), lead.clone()), ("city".to_owned(), "Rome".to_owned())].into(),
            facts: [("phone".to_owned(), json!(phone)), ("email".to_owned(), json!(email))].into(),
            happened_at: START,
        };
        let payload = serde_json::to_string(&snapshot).unwrap();
        rows.push(format!(
            "(1, {row}, '{name}', '{key}', {n}, {n}, {n}, '{channel}', 'completed', '{{}}', '{payload}', {row}, {row}, 'delivered', '{id}', {START}, {START}, {START})",
            row = first + n,
            channel = if n % 10 == 0 { "sms" } else { "web" },
        ));
    }
    for rows in rows.chunks(500) {
        execute(
            &app.app.db,
            format!(
                "INSERT INTO deliveries (tenant_id, id, sink, key, lead_id, person_id, conversation_id, channel, event, lead_data, payload,
                   revision, delivered_revision, state, sink_id, submitted_at, created_at, updated_at) VALUES {}",
                rows.join(", ")
            ),
        )
        .await;
    }
    ids
}

/// Plants one difference of each kind more than the one before: one missing there, two missing here, three differing, four twice.
fn plant(crm: &Crm, ids: &[u64]) {
    crm.remove(ids[4]);
    for n in [900_001, 900_002] {
        let (key, phone) = (format!("lw-{n}"), number(n));
        crm.add(&[("leadwire_id", &key), ("full_name", "Nobody"), ("phone", &phone), ("city", "Oslo")]);
    }
    crm.set(ids[7], "email", "another@example.com");
    crm.set(ids[8], "city", "Oslo");
    crm.set(ids[9], "full_name", "");
    // These say the same.
    crm.set(ids[10], "email", "LEAD11@Example.com");
    crm.set(ids[11], "phone", "+1 (415) 555-0012");
    for n in [20, 21, 22, 23] {
        let (key, name, phone, email) =
            (format!("lw-{n}"), format!("Lead {n}"), number(n), format!("lead{n}@example.com"));
        crm.add(&[
            ("leadwire_id", &key),
            ("full_name", &name),
            ("phone", &phone),
            ("email", &email),
            ("city", "Rome"),
        ]);
    }
}
