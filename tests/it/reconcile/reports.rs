//! `POST /webhooks/crm/{sink}`: what CRMs report of leads.

use super::fake::Crm;
use super::{delivered, server};
use crate::harness::{Place, Reply, TestApp, execute, texts};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use leadwire::clock::{MINUTE, SECOND};
use leadwire::store::deliveries::{self, Entry};
use serde_json::{Value as Json, json};
use sha2::Sha256;

const NEW: &str = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
const OLD: &str = "whsec_YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWY=";
const WRONG: &str = "whsec_enp6enp6enp6enp6enp6enp6enp6enp6enp6enp6eno=";

const SINKS: &str = r#"
[[sinks]]
name = "crm"
kind = "rest"
url = "URL/leads"
reports = "CRM_REPORTS_SECRET"
FIELDS

[[sinks]]
name = "silent"
kind = "rest"
url = "URL/leads"

[[sinks]]
tenant = "shop"
name = "crm"
kind = "rest"
url = "URL/leads"
reports = "SHOP_REPORTS_SECRET"
"#;

on_both!(
    who_may_report,
    what_may_be_reported,
    the_latest_stands,
    each_report_counts_once,
    tenants_are_apart,
    what_is_reported_early_counts_later
);

async fn reporting(place: &Place) -> TestApp {
    let crm = Crm::start().await;
    // A tenant has to be there before the file names it.
    let db = place.connect(1).await;
    leadwire::store::migrate::migrate(&db).await.unwrap();
    leadwire::store::tenants::ensure_default(&db, "UTC", 0).await.unwrap();
    execute(
        &db,
        "INSERT INTO tenants (id, slug, name, time_zone, created_at) VALUES (7, 'shop', 'Shop', 'UTC', 0)",
    )
    .await;
    let both = format!("{NEW},{OLD}");
    let app =
        server(place, &crm, SINKS, &[("CRM_REPORTS_SECRET", &both), ("SHOP_REPORTS_SECRET", WRONG)]).await;
    delivered(&app, &crm, "crm", 3).await;
    app
}

fn sign(secret: &str, id: &str, seconds: i64, body: &str) -> String {
    let key = STANDARD.decode(&secret["whsec_".len()..]).unwrap();
    let mac = Hmac::<Sha256>::new_from_slice(&key).unwrap().chain_update(format!("{id}.{seconds}.{body}"));
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

/// Posts a body, signed with this secret so many seconds from now.
async fn post(app: &TestApp, path: &str, (secret, id, offset): (&str, &str, i64), body: &str) -> Reply {
    let seconds = app.clock.now() / SECOND + offset;
    let request = app
        .request("POST", path)
        .header("webhook-id", id)
        .header("webhook-timestamp", seconds.to_string())
        .header("webhook-signature", sign(secret, id, seconds, body));
    app.send(request.body(body.to_owned())).await
}

async fn report(app: &TestApp, id: &str, body: &Json) -> Json {
    post(app, "/webhooks/crm/crm", (NEW, id, 0), &body.to_string()).await.ok()
}

async fn statuses(app: &TestApp) -> Vec<String> {
    texts(&app.app.db, "crm_status", "deliveries WHERE tenant_id = 1 ORDER BY id").await
}

async fn who_may_report(place: Place) {
    let app = reporting(&place).await;
    let body = r#"{"key":"lw-1","status":"contacted"}"#;
    let crm = "/webhooks/crm/crm";
    let rows = [
        ("the newer secret", crm, NEW, 0, 200),
        ("the older one", crm, OLD, 0, 200),
        ("another's", crm, WRONG, 0, 403),
        ("too old", crm, NEW, -301, 403),
        ("old enough", crm, NEW, -300, 200),
        ("from the future", crm, NEW, 301, 403),
        ("no such sink", "/webhooks/crm/other", NEW, 0, 404),
        ("no such tenant", "/webhooks/crm/other/crm", NEW, 0, 404),
        ("a sink without a secret", "/webhooks/crm/silent", NEW, 0, 503),
        ("another tenant's secret", "/webhooks/crm/shop/crm", NEW, 0, 403),
        ("by the tenant's name", "/webhooks/crm/default/crm", NEW, 0, 200),
    ];
    for (n, (label, path, secret, offset, status)) in rows.into_iter().enumerate() {
        let reply = post(&app, path, (secret, &format!("msg_{n}"), offset), body).await;
        assert_eq!(reply.status, status, "{label}: {reply:?}");
    }
    let reply = app.send(app.request("POST", crm).body(body)).await;
    assert_eq!((reply.status, reply.json()["type"].as_str().unwrap()), (401, "/problems/unsigned"));
    let seconds = app.clock.now() / SECOND;
    let changed = app
        .request("POST", crm)
        .header("webhook-id", "msg_x")
        .header("webhook-timestamp", seconds.to_string())
        .header("webhook-signature", sign(NEW, "msg_x", seconds, body));
    assert_eq!(app.send(changed.body(body.replace("contacted", "sold"))).await.status, 403, "a changed body");
    assert_eq!(statuses(&app).await[0], "contacted");
}

async fn what_may_be_reported(place: Place) {
    let app = reporting(&place).await;
    let many = |count: usize| Json::Array(vec![json!({"key": "lw-1", "status": "sold"}); count]).to_string();
    let rows = [
        ("no JSON", "{".to_owned(), 400, ""),
        ("no object", "[1]".to_owned(), 400, "/0"),
        ("nobody named", json!({"status": "sold"}).to_string(), 400, "/id"),
        ("an id that is none", json!({"id": true, "status": "sold"}).to_string(), 400, "/id"),
        ("no status", json!({"key": "lw-1"}).to_string(), 400, "/status"),
        (
            "another status",
            json!([{"key": "lw-1", "status": "sold"}, {"key": "lw-1", "status": "won"}]).to_string(),
            400,
            "/1/status",
        ),
        ("no instant", json!({"key": "lw-1", "status": "sold", "at": "today"}).to_string(), 400, "/at"),
        (
            "next year",
            json!({"key": "lw-1", "status": "sold", "at": "2027-01-01T00:00:00Z"}).to_string(),
            400,
            "/at",
        ),
        ("no report", many(0), 400, ""),
        ("too many", many(101), 400, ""),
        ("as many as may be", many(100), 200, ""),
        ("too long", " ".repeat(70_000), 413, ""),
        ("in capitals", json!({"id": 2, "status": "SOLD"}).to_string(), 200, ""),
    ];
    for (n, (label, body, status, pointer)) in rows.into_iter().enumerate() {
        let reply = post(&app, "/webhooks/crm/crm", (NEW, &format!("msg_{n}"), 0), &body).await;
        assert_eq!(reply.status, status, "{label}: {reply:?}");
        let told = if status == 400 {
            reply.json()["errors"][0]["pointer"].as_str().unwrap_or_default().to_owned()
        } else {
            String::new()
        };
        assert_eq!(told, pointer, "{label}");
    }
    assert_eq!(statuses(&app).await, ["sold", "sold", ""], "what was refused changed nothing");
}

async fn the_latest_stands(place: Place) {
    let app = reporting(&place).await;
    let rows = [
        (
            "by our id",
            json!({"key": "lw-1", "status": "qualified", "at": "2026-01-06T09:30:00Z"}),
            "taken",
            "qualified",
        ),
        (
            "an older one, by theirs",
            json!({"id": "1", "status": "contacted", "at": "2026-01-06T09:00:00Z"}),
            "outdated",
            "qualified",
        ),
        (
            "of the same instant, less far",
            json!({"id": 1, "status": "submitted", "at": "2026-01-06T09:30:00Z"}),
            "outdated",
            "qualified",
        ),
        (
            "of the same instant, further",
            json!({"id": 1, "status": "lost", "at": "2026-01-06T10:30:00+01:00"}),
            "taken",
            "lost",
        ),
        ("without an instant: now", json!({"key": "lw-1", "status": "contacted"}), "taken", "contacted"),
        ("of nobody", json!({"key": "lw-99", "status": "sold"}), "unknown", "contacted"),
    ];
    for (label, body, field, stands) in rows {
        let answer = report(&app, &format!("msg {label}"), &body).await;
        assert_eq!(answer[field], 1, "{label}: {answer}");
        assert_eq!(statuses(&app).await, [stands, "", ""], "{label}");
    }
    assert_eq!(app.count("crm_reports").await, 6, "all are kept");
    assert_eq!(app.count("crm_reports WHERE delivery_id IS NULL").await, 1);
}

async fn each_report_counts_once(place: Place) {
    let app = reporting(&place).await;
    let list = json!([{"key": "lw-1", "status": "contacted"}, {"key": "lw-2", "status": "sold"}, {"key": "x", "status": "sold"}]);
    let answer = report(&app, "msg_1", &list).await;
    assert_eq!(answer, json!({"taken": 2, "outdated": 0, "unknown": 1, "repeated": 0}));
    app.clock.advance(MINUTE);
    assert_eq!(report(&app, "msg_2", &json!({"key": "lw-1", "status": "lost"})).await["taken"], 1);
    app.clock.advance(MINUTE);
    let answer = report(&app, "msg_1", &list).await;
    assert_eq!(
        answer,
        json!({"taken": 0, "outdated": 0, "unknown": 0, "repeated": 3}),
        "sent again, with a later timestamp"
    );
    assert_eq!(statuses(&app).await, ["lost", "sold", ""]);
    assert_eq!(app.count("crm_reports").await, 4);
}

async fn tenants_are_apart(place: Place) {
    let app = reporting(&place).await;
    let body = json!([{"key": "lw-1", "status": "sold"}, {"id": "1", "status": "sold"}]).to_string();
    let answer = post(&app, "/webhooks/crm/shop/crm", (WRONG, "msg_1", 0), &body).await.ok();
    assert_eq!(answer["unknown"], 2, "{answer}");
    assert_eq!(statuses(&app).await, ["", "", ""]);
}

/// A CRM may report of a record before its answer to the request that made it has come.
async fn what_is_reported_early_counts_later(place: Place) {
    let app = reporting(&place).await;
    let ids = texts(&app.app.db, "sink_id", "deliveries WHERE tenant_id = 1 ORDER BY id").await;
    execute(&app.app.db, "UPDATE deliveries SET sink_id = NULL, state = 'pending' WHERE key = 'lw-2'").await;
    for (n, status) in ["contacted", "submitted"].into_iter().enumerate() {
        let taken = report(&app, &format!("msg_{n}"), &json!({"id": ids[1], "status": status})).await;
        assert_eq!(taken["unknown"], 1, "{taken}");
    }
    let row =
        texts(&app.app.db, "CAST(id AS TEXT) || ' ' || revision", "deliveries WHERE key = 'lw-2'").await;
    let (id, revision) = row[0].split_once(' ').unwrap();
    let entry = Entry {
        tenant_id: 1,
        delivery_id: id.parse().unwrap(),
        state: "delivered",
        delivered_revision: revision.parse().ok(),
        sink_id: Some(ids[1].clone()),
        is_gone: false,
        doubt: None,
        answered: None,
        error: None,
        at: app.clock.now(),
        attempts: Vec::new(),
    };
    deliveries::record(&app.app.db, &[entry]).await.unwrap();
    assert_eq!(statuses(&app).await, ["", "contacted", ""], "the further of two of one instant");
    assert_eq!(app.count("crm_reports WHERE delivery_id IS NULL").await, 0);
}
