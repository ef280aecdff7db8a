//! The proof: a marker that was in every text is nowhere afterwards, and the numbers are what they were.

use super::planted::{NUMBER, numbers, planted};
use crate::harness::{Place, TestApp, number, texts};
use crate::process::leadwire;
use crate::work::{OURS, ask, entered, hire, id, well};
use leadwire::domain::access::Role;
use leadwire::store::db::Db;
use std::path::{Path, PathBuf};

on_both!(a_marker_in_every_text_is_nowhere_afterwards, a_column_that_is_left_out_is_found_out,);

async fn a_marker_in_every_text_is_nowhere_afterwards(place: Place) {
    let app = place.app().await;
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    let other = id(&entered(&app, &admin.token, "+14155550155").await);
    let secret = leadwire::ids::secret();
    let marker = format!("zq{}", &secret[..14]);
    let lead = planted(&app, &admin.token, &marker).await;
    let before = numbers(&app, &admin.token).await;

    let export = leadwire(&place, &["lead", "export", &lead.to_string()]).ok();
    let told: serde_json::Value = serde_json::from_str(&export).unwrap();
    for (table, column) in [
        ("messages", "body"),
        ("answers", "value"),
        ("leads", "discovery_notes"),
        ("deliveries", "payload"),
        ("delivery_attempts", "response"),
        ("visits", "outcome_notes"),
        ("follow_ups", "notes"),
        ("notices", "content"),
        ("behaviours", "metadata"),
        ("children", "first_name"),
        ("parents", "phone"),
        ("history", "detail"),
        ("recordings", "url"),
        ("consents", "wording"),
        ("jobs", "payload"),
        ("addresses", "value"),
    ] {
        let all = told[table].as_array().unwrap_or_else(|| panic!("no {table}: {export}"));
        assert!(all.iter().any(|row| row[column].to_string().contains(&marker)), "{table} {column}: {all:?}");
    }
    let db = &app.app.db;
    assert!(!traces(&place, db, &marker).await.is_empty(), "the marker is looked for where it is");
    let csv = |name: &str| {
        leadwire(&place, &["leads", "export", "--out", name]).ok();
        std::fs::read_to_string(place.folder().join(name)).unwrap()
    };
    assert!(csv("before.csv").contains(&marker));
    std::fs::remove_file(place.folder().join("before.csv")).unwrap();

    // Others read and write in the same PostgreSQL while tests run: what says that it was too busy is run again.
    let mut said = leadwire(&place, &["lead", "erase", &lead.to_string(), "--yes"]);
    assert!(said.out.starts_with("Erased: leads"), "{said:?}");
    let first = said.out.clone();
    for _ in 0..5 {
        if said.success {
            break;
        }
        assert!(said.told.contains("the person is erased"), "{said:?}");
        said = leadwire(&place, &["lead", "erase", &lead.to_string(), "--yes"]);
        assert!(said.out.starts_with("Erased before: leads"), "{said:?}");
    }
    assert!(said.success, "{said:?}");
    for told in [&first, &said.out, &said.told] {
        assert!(!told.contains(&marker) && !told.contains("4155550199"), "{told}");
    }
    assert!(first.contains("the record 00Q1 (ours: lw-"), "{first}");

    let tables = in_tables(db, &marker).await;
    assert!(tables.is_empty(), "{tables:?}");
    for marker in [marker.as_str(), &NUMBER[1..], "4155550198"] {
        let mut left = traces(&place, db, marker).await;
        for _ in 0..20 {
            if left.is_empty() || matches!(db, Db::Sqlite { .. }) {
                break;
            }
            // Files that were written anew go with the next checkpoint, and others' transactions keep old rows.
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
            leadwire(&place, &["lead", "erase", &lead.to_string(), "--yes"]);
            left = traces(&place, db, marker).await;
        }
        assert!(left.is_empty(), "{marker} is left in {left:?}");
    }
    assert!(!csv("after.csv").contains(&marker));
    assert!(!in_folder(place.folder(), &marker), "nor in any other file");

    assert_eq!(numbers(&app, &admin.token).await, before, "numbers are what they were");
    works_on(&app, &admin.token, lead, other, &marker).await;
}

/// What was to leave does not, and the others are as they were.
async fn works_on(app: &TestApp, token: &str, lead: i64, other: i64, marker: &str) {
    let db = &app.app.db;
    assert_eq!(number(db, "SELECT COUNT(*) FROM outbox WHERE id IN (74, 75) AND state = 'opted_out' AND finished_at IS NOT NULL").await, 2);
    assert_eq!(number(db, "SELECT COUNT(*) FROM deliveries WHERE state = 'delivered' AND id = 71").await, 1);
    assert_eq!(number(db, "SELECT COUNT(*) FROM deliveries WHERE state = 'erased' AND id = 72").await, 1);
    assert_eq!(number(db, "SELECT COUNT(*) FROM notices WHERE state = 'waiting'").await, 0);
    assert_eq!(number(db, "SELECT COUNT(*) FROM campaign_members WHERE next_at IS NULL").await, 1);
    assert_eq!(number(db, "SELECT COUNT(*) FROM hopper").await, 0);
    assert_eq!(number(db, "SELECT COUNT(*) FROM follow_ups WHERE status = 'PENDING'").await, 0);
    for rest in ["", "/details", "/timeline", "/score", "/follow-ups", "/export"] {
        let shown = ask(app, token, "GET", &format!("/api/v1/leads/{lead}{rest}"), None).await;
        assert_eq!(shown.status, 200, "{rest}: {shown:?}");
        assert!(!shown.body.contains(marker), "{rest}: {shown:?}");
    }
    let shown = well(&ask(app, token, "GET", &format!("/api/v1/leads/{lead}"), None).await);
    assert!(shown["erased_at"].is_string() && shown["name"].is_null(), "{shown}");
    let shown = well(&ask(app, token, "GET", &format!("/api/v1/leads/{other}"), None).await);
    assert_eq!((&shown["name"], &shown["erased_at"]), (&"Anshu Goyal".into(), &serde_json::Value::Null));
    for path in [format!("/api/v1/leads?search={marker}"), format!("/api/v1/leads?said={marker}")] {
        assert_eq!(well(&ask(app, token, "GET", &path, None).await), serde_json::json!([]));
    }
    let found = well(&ask(app, token, "GET", "/api/v1/leads?search=goyal", None).await);
    assert_eq!(found.as_array().unwrap().len(), 1, "the index knows the others");
}

/// Tables of which a row's text has the marker.
async fn in_tables(db: &Db, marker: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (table, columns) in super::schema::columns(db, true).await {
        for column in columns {
            let rest = format!("{table} WHERE CAST({column} AS TEXT) LIKE '%{marker}%'");
            if !texts(db, &column, &rest).await.is_empty() {
                found.push(format!("{table}.{column}"));
            }
        }
    }
    found
}

/// Files of the database that have the marker. Those of PostgreSQL are read where this machine has them and they may be read.
async fn traces(place: &Place, db: &Db, marker: &str) -> Vec<PathBuf> {
    match db {
        Db::Sqlite { .. } => {
            let files = ["leadwire.db", "leadwire.db-wal", "leadwire.db-shm"];
            files.map(|name| place.folder().join(name)).into_iter().filter(|file| has(file, marker)).collect()
        }
        Db::Postgres { .. } => {
            use leadwire::store::db::{Exec, Sql};
            db.execute(Sql::same("CHECKPOINT"), vec![]).await.unwrap();
            let folder = texts(
                db,
                "current_setting('data_directory') || '/base/' || oid",
                "pg_database WHERE datname = current_database()",
            )
            .await;
            let Ok(files) = std::fs::read_dir(&folder[0]) else {
                println!("the files of PostgreSQL cannot be read: its tables are");
                return in_tables(db, marker).await.into_iter().map(PathBuf::from).collect();
            };
            // Tables, indexes, what is kept beside them, and the statistics: those of this schema, and of the database as a whole.
            let ours = texts(
                db,
                "pg_relation_filenode(c.oid)",
                "pg_class c WHERE pg_relation_filenode(c.oid) IS NOT NULL AND (c.relnamespace = current_schema()::regnamespace
                   OR c.relname LIKE 'pg_statistic%' OR c.oid IN (SELECT t.reltoastrelid FROM pg_class t
                     WHERE t.relnamespace = current_schema()::regnamespace)
                   OR c.oid IN (SELECT i.indexrelid FROM pg_index i JOIN pg_class t ON t.reltoastrelid = i.indrelid
                     WHERE t.relnamespace = current_schema()::regnamespace))",
            )
            .await;
            let is_ours =
                |name: &str| ours.iter().any(|node| name == node || name.starts_with(&format!("{node}.")));
            let files = files.map(|entry| entry.unwrap().path());
            files
                .filter(|file| is_ours(&file.file_name().unwrap().to_string_lossy()) && has(file, marker))
                .collect()
        }
    }
}

fn in_folder(folder: &Path, marker: &str) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() { in_folder(&path, marker) } else { has(&path, marker) }
    })
}

fn has(file: &Path, marker: &str) -> bool {
    let bytes = std::fs::read(file).unwrap_or_default();
    bytes.windows(marker.len()).any(|window| window == marker.as_bytes())
}

async fn a_column_that_is_left_out_is_found_out(place: Place) {
    let app = place.app().await;
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    let db = &app.app.db;
    crate::harness::execute(db, "ALTER TABLE leads ADD COLUMN nickname TEXT").await;
    let lead = planted(&app, &admin.token, "zqforgotten").await;
    super::erased(&app, &admin.token, lead).await;
    assert_eq!(in_tables(db, "zqforgotten").await, ["leads.nickname"]);
    if let Db::Sqlite { .. } = db {
        leadwire(&place, &["lead", "erase", &lead.to_string(), "--yes"]).ok();
        assert!(!traces(&place, db, "zqforgotten").await.is_empty(), "the files say so too");
    }
}
