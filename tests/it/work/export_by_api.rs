//! Leads to files by the API: the same leads as the list, the same columns as the command.

use super::export::no_formulas;
use super::import_by_api::{CSV, XLSX, send};
use super::{OTHER, OURS, ask, enquiry, entered, hire, id, two_centers, well};
use crate::harness::{Place, Reply, TestApp, texts};
use crate::process::leadwire;
use leadwire::domain::access::Role;
use serde_json::json;
use std::collections::BTreeSet;
use std::io::{Cursor, Read};

on_both!(
    an_export_has_what_the_list_has,
    many_leads_come_page_by_page,
    no_cell_is_a_formula,
    what_cannot_be_asked_for,
);

async fn csv_of(app: &TestApp, token: &str, query: &str) -> Reply {
    ask(app, token, "GET", &format!("/api/v1/leads/export{query}"), None).await
}

/// The ids of a CSV's leads, in their order.
fn ids(text: &str) -> Vec<i64> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(reader.headers().unwrap().get(0), Some("id"), "{text}");
    reader.records().map(|record| record.unwrap()[0].parse().unwrap()).collect()
}

/// A spreadsheet.
async fn book_of(app: &TestApp, token: &str, query: &str) -> Vec<u8> {
    let request = app.request("GET", &format!("/api/v1/leads/export?format=xlsx{query}")).bearer_auth(token);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], XLSX);
    response.bytes().await.unwrap().to_vec()
}

async fn an_export_has_what_the_list_has(place: Place) {
    let app = two_centers(&place).await;
    let who = hire(&app, OURS, Role::CenterAdmin).await;
    for (n, source) in ["WALK_IN", "ONLINE", "WALK_IN"].into_iter().enumerate() {
        let mut form = enquiry(&format!("+1415555{n:04}"));
        form["source"] = json!(source);
        form["parents"][0]["name"] = json!(format!("Ann Number{n}"));
        well(&ask(&app, &who.token, "POST", "/api/v1/leads/enquiry", Some(&form)).await);
        app.clock.advance(3_600_000);
    }
    app.twilio_message("+14155551234", "Hello there", "SM1").await.texts();
    leadwire::service::indexing::read(&app.app).await.unwrap();
    let first = ids(&csv_of(&app, &who.token, "").await.body)[3];
    let assigned = json!({"user_id": who.user_id});
    well(&ask(&app, &who.token, "POST", &format!("/api/v1/leads/{first}/assign"), Some(&assigned)).await);
    let put_aside = ids(&csv_of(&app, &who.token, "").await.body)[2];
    ask(&app, &who.token, "DELETE", &format!("/api/v1/leads/{put_aside}"), None).await;
    let segment = json!({"name": "online", "filter": {"source": "ONLINE"}});
    let segment = id(&well(&ask(&app, &who.token, "POST", "/api/v1/segments", Some(&segment)).await));
    let theirs = hire(&app, OTHER, Role::CenterAdmin).await;
    let other = id(&entered(&app, &theirs.token, "+14155550000").await);
    for (query, expected) in [
        ("", 4),
        ("source=WALK_IN", 2),
        ("channel=sms", 1),
        ("channel=enquiry&status=ENQUIRY_RECEIVED", 3),
        ("class=SQL", 0),
        ("converted=true", 0),
        ("active=true", 3),
        ("assigned_to=me", 1),
        ("search=number1", 1),
        ("said=hello", 1),
        ("search=--", 0),
        ("from=2026-01-05T11:30:00Z", 2),
        ("from=2026-01-05T10:30:00Z&to=2026-01-05T11:30:00Z", 1),
        (&format!("segment={segment}"), 1),
        (&format!("segment={segment}&source=WALK_IN"), 2),
    ] {
        let listed = well(&ask(&app, &who.token, "GET", &format!("/api/v1/leads?{query}"), None).await);
        let listed: Vec<i64> = listed.as_array().unwrap().iter().map(id).collect();
        let reply = csv_of(&app, &who.token, &format!("?{query}")).await;
        assert_eq!(reply.status, 200, "{query}: {reply:?}");
        assert_eq!((ids(&reply.body), listed.len()), (listed, expected), "{query}");
    }
    let reply = csv_of(&app, &who.token, "").await;
    assert_eq!(reply.header("content-type"), CSV);
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(
        reply.header("content-disposition"),
        "attachment; filename=\"leads-20260105-130000.csv\"",
        "{reply:?}"
    );
    // The command writes the same.
    leadwire(&place, &["leads", "export", "--out", "all.csv"]).ok();
    assert_eq!(std::fs::read_to_string(place.folder().join("all.csv")).unwrap(), reply.body);
    // Each their own; who sees all, all of them.
    assert_eq!(ids(&csv_of(&app, &theirs.token, "").await.body), [other]);
    let root = hire(&app, OURS, Role::SuperAdmin).await;
    assert_eq!(ids(&csv_of(&app, &root.token, "").await.body).len(), 5);
    assert_eq!(ids(&csv_of(&app, &root.token, "?center_id=2").await.body), [other]);
}

async fn many_leads_come_page_by_page(place: Place) {
    const ROWS: usize = 1_100;
    let app = two_centers(&place).await;
    let who = hire(&app, OURS, Role::CenterAdmin).await;
    let rows: String = (0..ROWS).map(|n| format!("Ann {n},+1415{n:07}\n")).collect();
    well(&send(&app, &who.token, ("", CSV), format!("name,phone\n{rows}")).await);
    let all = ids(&csv_of(&app, &who.token, "").await.body);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), ROWS);
    assert!(all.is_sorted_by(|one, other| one > other), "the newest first");
    // A spreadsheet has them all: it is taken in elsewhere.
    let book = book_of(&app, &who.token, "").await;
    let theirs = hire(&app, OTHER, Role::CenterAdmin).await;
    let copied = well(&send(&app, &theirs.token, ("", XLSX), book).await);
    assert_eq!((&copied["created"], &copied["refused"]), (&json!(ROWS), &json!(0)));
    let phones = async |tenant: i64| {
        texts(&app.app.db, "phone", &format!("leads WHERE tenant_id = {tenant} ORDER BY phone")).await
    };
    assert_eq!(phones(1).await, phones(2).await);
}

async fn no_cell_is_a_formula(place: Place) {
    let app = place.app().await;
    let who = hire(&app, OURS, Role::CenterAdmin).await;
    for (n, name) in ["=HYPERLINK(\"http://x\")", "@SUM(A1)", "-2+3"].into_iter().enumerate() {
        let mut form = enquiry(&format!("+1415555{n:04}"));
        form["parents"][0]["name"] = json!(name);
        well(&ask(&app, &who.token, "POST", "/api/v1/leads/enquiry", Some(&form)).await);
    }
    app.twilio_message("+14155551234", "=cmd|' /C calc'!A0", "SM1").await.texts();
    let text = csv_of(&app, &who.token, "").await.body;
    assert!(text.contains("'=HYPERLINK") && text.contains("'=cmd|"), "{text}");
    no_formulas(&text);
    let book = book_of(&app, &who.token, "").await;
    let mut sheet = String::new();
    let mut archive = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    archive.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut sheet).unwrap();
    assert!(sheet.contains("=cmd|") && !sheet.contains("<f>"), "no formula: {sheet}");
}

async fn what_cannot_be_asked_for(place: Place) {
    let app = place.app().await;
    let who = hire(&app, OURS, Role::CenterAdmin).await;
    for (query, status) in [
        ("?format=pdf", 400),
        ("?limit=5", 400),
        ("?cursor=1.2", 400),
        ("?status=GONE", 400),
        ("?channel=pigeon", 400),
        ("?segment=x", 400),
        ("?from=yesterday", 422),
        ("?segment=7", 404),
        ("?center_id=7", 404),
    ] {
        let reply = csv_of(&app, &who.token, query).await;
        assert_eq!(reply.status, status, "{query}: {reply:?}");
    }
}
