//! Leads to files: what is in them, and that they come back as they were.

use super::import::{Line, import_file};
use super::{OURS, ask, enquiry, hire, id, two_centers, well};
use crate::harness::{Place, texts};
use crate::process::{Said, leadwire};
use leadwire::domain::access::Role;
use leadwire::store::db::Db;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::Read;

on_both!(what_is_exported_comes_back_as_it_was, filters_and_files,);

/// What of a lead is to survive the way through a file.
async fn leads(db: &Db, tenant: i64) -> Vec<String> {
    let columns = [
        "name",
        "phone",
        "email",
        "source",
        "child_name",
        "school",
        "preferred_schedule",
        "parent_expectations",
    ];
    let columns = columns.map(|column| format!("COALESCE(l.{column}, '')")).join(" || '|' || ");
    let rest = format!(
        "(SELECT {columns} || '|' || COALESCE(c.first_name, '') || '|' || COALESCE(c.dob, '') || '|' || COALESCE(c.gender, '')
           || '|' || l.status || '|' || COALESCE(l.discovery_notes, '') || '|' || l.created_at AS whole
         FROM leads l LEFT JOIN children c ON c.tenant_id = l.tenant_id AND c.id = l.child_id WHERE l.tenant_id = {tenant}) w"
    );
    let mut all = texts(db, "whole", &rest).await;
    all.sort();
    all
}

async fn what_is_exported_comes_back_as_it_was(place: Place) {
    let app = two_centers(&place).await;
    let db = &app.app.db;
    let who = hire(&app, OURS, Role::CenterAdmin).await;
    for (n, name) in
        ["Anshu Goyal", "=HYPERLINK(\"http://x\")", "@SUM(A1)", "Comma, \"quoted\"", "Ünïcödé 名"]
            .iter()
            .enumerate()
    {
        let mut form = enquiry(&format!("+1415555{n:04}"));
        form["parents"][0]["name"] = json!(name);
        form["notes"] = json!("-2+3 | said \"so\"");
        well(&ask(&app, &who.token, "POST", "/api/v1/leads/enquiry", Some(&form)).await);
    }
    let moved = texts(db, "id", "leads ORDER BY id").await.remove(0);
    let path = format!("/api/v1/leads/{moved}/follow-up");
    let follow_up = json!({"scheduled_date": "2026-02-15T16:00:00"});
    well(&ask(&app, &who.token, "POST", &path, Some(&follow_up)).await);
    app.twilio_message("+14155551234", "+cmd|' /C calc'!A0", "SM1").await.texts();
    let before = leads(db, 1).await;
    assert_eq!(before.len(), 6);
    for (n, name) in ["all.csv", "all.xlsx"].into_iter().enumerate() {
        let out = leadwire(&place, &["leads", "export", "--out", name]).ok();
        assert!(out.contains(&format!("6 leads are written to {name}")), "{out}");
        let slug = format!("copy{n}");
        leadwire(&place, &["tenant", "add", &slug]).ok();
        let (said, lines) = import_file(&place, name, &["--tenant", &slug]);
        assert!(
            said.success && lines.iter().all(|line: &Line| line.outcome == "created"),
            "{said:?} {lines:?}"
        );
        assert_eq!(leads(db, n as i64 + 3).await, before, "{name}");
        assert!(
            texts(db, "fields", &format!("leads WHERE tenant_id = {}", n + 3))
                .await
                .iter()
                .all(|fields| !fields.contains("import"))
        );
    }
    assert_eq!(leads(db, 1).await, before, "those that were there are as they were");
    assert_eq!(leads(db, 2).await.len(), 0);
    let text = std::fs::read_to_string(place.folder().join("all.csv")).unwrap();
    no_formulas(&text);
    assert!(text.contains("'=HYPERLINK") && text.contains("'+cmd|"), "{text}");
    let file = std::fs::File::open(place.folder().join("all.xlsx")).unwrap();
    let mut sheet = String::new();
    zip::ZipArchive::new(file)
        .unwrap()
        .by_name("xl/worksheets/sheet1.xml")
        .unwrap()
        .read_to_string(&mut sheet)
        .unwrap();
    assert!(sheet.contains("@SUM(A1)") && !sheet.contains("<f>"), "no formula: {sheet}");
    // A lead that has ended stays where it is.
    let closed = json!({"reason": "x"});
    well(&ask(&app, &who.token, "POST", &format!("/api/v1/leads/{moved}/close"), Some(&closed)).await);
    leadwire(&place, &["leads", "export", "--out", "ended.csv", "--status", "CLOSED_LOST"]).ok();
    let (said, lines) = import_file(&place, "ended.csv", &["--tenant", "other"]);
    assert!(!said.success && lines.len() == 1 && lines[0].why.starts_with("status: must be"), "{lines:?}");
}

async fn filters_and_files(place: Place) {
    let app = two_centers(&place).await;
    let who = hire(&app, OURS, Role::CenterAdmin).await;
    let mut all = Vec::new();
    let sources = ["WALK_IN", "ONLINE", "WALK_IN"];
    for (n, source) in sources.into_iter().enumerate() {
        let mut form = enquiry(&format!("+1415555{n:04}"));
        form["source"] = json!(source);
        form["parents"][0]["name"] = json!(format!("Ann Number{n}"));
        all.push(id(&well(&ask(&app, &who.token, "POST", "/api/v1/leads/enquiry", Some(&form)).await)));
        app.clock.advance(3_600_000);
    }
    app.twilio_message("+14155551234", "Hello", "SM1").await.texts();
    let export = |arguments: &[&str]| -> Said {
        leadwire(&place, &[&["leads", "export", "--out", "out.csv"], arguments].concat())
    };
    let rows: [(&[&str], usize); 10] = [
        (&[], 4),
        (&["--source", "WALK_IN"], 2),
        (&["--channel", "sms"], 1),
        (&["--channel", "enquiry"], 3),
        (&["--class", "SQL"], 0),
        (&["--status", "ENQUIRY_RECEIVED"], 4),
        (&["--search", "number1"], 1),
        (&["--from", "2026-01-05T11:30:00Z"], 2),
        (&["--from", "2026-01-05T10:30:00Z", "--to", "2026-01-05T11:30:00Z"], 1),
        (&["--source", "WALK_IN", "--search", "ann", "--to", "2026-01-05T10:30:00Z"], 1),
    ];
    for (which, expected) in rows {
        export(which).ok();
        let text = std::fs::read_to_string(place.folder().join("out.csv")).unwrap();
        assert_eq!(text.lines().count() - 1, expected, "{which:?}");
    }
    export(&[]).ok();
    let text = std::fs::read_to_string(place.folder().join("out.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let api = well(&ask(&app, &who.token, "GET", "/api/v1/leads", None).await);
    for (record, lead) in reader.records().zip(api.as_array().unwrap()) {
        let record = record.unwrap();
        let cells: BTreeMap<&str, &str> = header.iter().zip(&record).collect();
        for (field, value) in lead.as_object().unwrap() {
            let cell = cells.get(field.as_str()).unwrap_or_else(|| panic!("{field} is no column"));
            match value {
                serde_json::Value::String(text) if text.ends_with('Z') && text.contains('T') => {
                    assert_eq!(text.replace('T', " ").trim_end_matches('Z'), *cell, "{field}");
                }
                serde_json::Value::String(text) => assert_eq!(text, cell, "{field}"),
                serde_json::Value::Null => assert_eq!("", *cell, "{field}"),
                other => assert_eq!(other.to_string(), *cell, "{field}"),
            }
        }
    }
    for wrong in
        [&["--status", "GONE"][..], &["--from", "yesterday"], &["--search", "--"], &["--channel", "pigeon"]]
    {
        assert!(!export(wrong).success, "{wrong:?}");
    }
    let wrong = leadwire(&place, &["leads", "export", "--out", "leads.pdf"]);
    assert!(!wrong.success && wrong.told.contains("must end in .csv or .xlsx"), "{wrong:?}");
    let json = export(&["--json"]).ok();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap()["leads"], 4);
}

/// No cell of a CSV is a formula to a spreadsheet.
pub fn no_formulas(text: &str) {
    for record in csv::Reader::from_reader(text.as_bytes()).records() {
        for cell in &record.unwrap() {
            let is_number = cell
                .strip_prefix(['+', '-'])
                .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
            assert!(is_number || !cell.starts_with(['=', '+', '-', '@', '\t']), "a formula: {cell}");
        }
    }
}
