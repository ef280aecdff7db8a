//! What is not restored: each says why, and the database stays as it is.

use super::{Dump, assert_same, database, dump, names, run, text};
use crate::harness::{Place, on_sqlite};
use crate::process::Server;
use leadwire::store::db::Db;
use std::path::Path;

/// A restore that fails says this, and changes nothing.
#[track_caller]
fn refused(place: &Place, label: &str, file: &Path, before: &Dump, told: &str) {
    let (beside, bytes) = (names(place.folder()), std::fs::read(file).ok());
    for arguments in [&["restore", text(file), "--force"][..], &["restore", text(file), "--force", "--json"]]
    {
        let said = run(place, &database(place), arguments);
        assert!(!said.success && said.out.is_empty(), "{label}: {said:?}");
        assert!(said.told.starts_with("error: ") && said.told.contains(told), "{label}: {said:?}");
    }
    assert_eq!(names(place.folder()), beside, "{label}: nothing is left");
    assert_eq!(std::fs::read(file).ok(), bytes, "{label}: the file stays as it is");
    assert_same(&dump(&database(place)), before);
}

#[test]
fn what_is_no_sound_backup_is_refused() {
    on_sqlite(async |place: Place| {
        let server = Server::start(&place).await;
        server.message("+14155550123", "hi", "SM1").await.unwrap().texts();
        server.terminate();
        assert!(server.ended().await.0.success());
        let db = Db::connect(place.database_url(), 1).await.unwrap();
        super::fatten(&db).await;
        db.close().await;
        drop(db);
        let backup = place.folder().join("backup.db");
        run(&place, &database(&place), &["backup", "--out", text(&backup)]).ok();
        let whole = std::fs::read(&backup).unwrap();
        let before = dump(&database(&place));
        let file = place.folder().join("file.db");
        let refuse = |label: &str, told: &str| refused(&place, label, &file, &before, told);

        refuse("none", "there is no file ");
        let cases: [(&str, Vec<u8>, &str); 6] = [
            ("an empty file", Vec::new(), "is no database of Leadwire's"),
            ("garbage", b"anything but a database ".repeat(1_000), "is damaged, or no database"),
            ("cut off in the middle", whole[..whole.len() / 2].to_vec(), "is damaged, or no database"),
            ("cut off in the first page", whole[..1_000].to_vec(), "is damaged, or no database"),
            ("without its last page", whole[..whole.len() - 4_096].to_vec(), "is damaged, or no database"),
            (
                "pages overwritten",
                whole
                    .iter()
                    .enumerate()
                    .map(|(at, byte)| if at / 4_096 % 7 == 6 { 0x5a } else { *byte })
                    .collect(),
                "is damaged, or no database",
            ),
        ];
        for (label, bytes, told) in cases {
            std::fs::write(&file, bytes).unwrap();
            refuse(label, told);
        }

        let changes = [
            ("another program's", "DROP TABLE _sqlx_migrations", "is no database of Leadwire's"),
            (
                "a newer Leadwire's",
                "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9000, 'more', TRUE, x'00', 0)",
                "was written by a newer Leadwire (schema 9000, this one knows ",
            ),
            (
                "with a migration that is not ours",
                "UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 2",
                "has another schema than any of this Leadwire's",
            ),
            (
                "with a migration left out",
                "DELETE FROM _sqlx_migrations WHERE version = 2",
                "has another schema than any of this Leadwire's",
            ),
        ];
        for (label, sql, told) in changes {
            std::fs::write(&file, &whole).unwrap();
            rusqlite::Connection::open(&file).unwrap().execute_batch(sql).unwrap();
            refuse(label, told);
        }

        refused(&place, "the database itself", &database(&place), &before, "is the database itself");
        let said = run(&place, &database(&place), &["restore", text(&backup)]);
        assert!(!said.success && said.told.contains("is there already; --force "), "{said:?}");
        assert_same(&dump(&database(&place)), &before);
        // And what all of these were made of is one.
        run(&place, &database(&place), &["restore", text(&backup), "--force"]).ok();
        assert_same(&dump(&database(&place)), &before);
    });
}

#[test]
fn a_served_database_is_not_replaced() {
    on_sqlite(async |place: Place| {
        let server = Server::start(&place).await;
        let backup = place.folder().join("backup.db");
        run(&place, &database(&place), &["backup", "--out", text(&backup)]).ok();
        server.message("+14155550123", "hi", "SM1").await.unwrap().texts();
        for force in [&["restore", text(&backup)][..], &["restore", text(&backup), "--force"]] {
            let said = run(&place, &database(&place), force);
            assert!(!said.success && said.told.contains("stop it first"), "{said:?}");
        }
        server.message("+14155550123", "yes", "SM2").await.unwrap().texts();
        server.terminate();
        assert!(server.ended().await.0.success());
        let inbound =
            dump(&database(&place))["messages"].iter().filter(|row| row.contains("Text(\"in\")")).count();
        assert_eq!(inbound, 2, "what was said is there");
    });
}

#[test]
fn a_database_that_another_program_has_open_is_not_replaced() {
    on_sqlite(async |place: Place| {
        let server = Server::start(&place).await;
        let backup = place.folder().join("backup.db");
        run(&place, &database(&place), &["backup", "--out", text(&backup)]).ok();
        server.terminate();
        assert!(server.ended().await.0.success());
        let other = rusqlite::Connection::open(database(&place)).unwrap();
        other.query_row("SELECT COUNT(*) FROM leads", [], |row| row.get::<_, i64>(0)).unwrap();
        let said = run(&place, &database(&place), &["restore", text(&backup), "--force"]);
        assert!(!said.success && said.told.contains("another program has "), "{said:?}");
        drop(other);
        run(&place, &database(&place), &["restore", text(&backup), "--force"]).ok();
    });
}
