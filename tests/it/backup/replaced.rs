//! What `--force` replaces is kept, and can be put back.

use super::{assert_same, database, dump, names, run, text};
use crate::harness::{Place, on_sqlite};
use crate::process::Server;
use leadwire::store::migrate::LATEST;
use rusqlite::Connection;
use sha2::{Digest, Sha384};
use std::path::{Path, PathBuf};

/// Where a replaced database is kept.
fn kept(place: &Place) -> PathBuf {
    let names = names(place.folder());
    let kept: Vec<_> = names.iter().filter(|name| name.starts_with("leadwire.db.before-restore-")).collect();
    assert_eq!(kept.len(), 1, "{names:?}");
    place.folder().join(kept[0])
}

#[test]
fn a_replaced_database_is_kept_with_what_its_log_held() {
    on_sqlite(async |place: Place| {
        let mut server = Server::start(&place).await;
        server.message("+14155550123", "hi", "SM1").await.unwrap().texts();
        let backup = place.folder().join("backup.db");
        run(&place, &database(&place), &["backup", "--out", text(&backup)]).ok();
        let backed_up = dump(&backup);
        server.message("+14155550124", "hi", "SM2").await.unwrap().texts();
        server.kill();
        let log = place.folder().join("leadwire.db-wal");
        assert!(log.metadata().unwrap().len() > 0, "what was said last is in the log only");
        let before = dump(&database(&place));
        assert_ne!(before["leads"], backed_up["leads"]);

        let said = run(&place, &database(&place), &["restore", text(&backup), "--force"]).ok();
        let old = kept(&place);
        assert!(said.contains(&format!("is kept: {}", old.display())), "{said}");
        assert_same(&dump(&old), &before);
        assert_same(&dump(&database(&place)), &backed_up);
        assert_same(&dump(&backup), &backed_up);
        let all = names(place.folder());
        assert!(!all.iter().any(|name| name.ends_with("-wal") || name.ends_with(".part")), "{all:?}");

        // And back again.
        let elsewhere = place.folder().join("elsewhere.db");
        std::fs::rename(&old, &elsewhere).unwrap();
        run(&place, &database(&place), &["restore", text(&elsewhere), "--force"]).ok();
        assert_same(&dump(&database(&place)), &before);
        let server = Server::start(&place).await;
        server.message("+14155550124", "yes", "SM3").await.unwrap().texts();
    });
}

#[test]
fn a_damaged_database_is_kept_as_it_is_with_its_log() {
    on_sqlite(async |place: Place| {
        let server = Server::start(&place).await;
        server.message("+14155550123", "hi", "SM1").await.unwrap().texts();
        let backup = place.folder().join("backup.db");
        run(&place, &database(&place), &["backup", "--out", text(&backup)]).ok();
        server.terminate();
        assert!(server.ended().await.0.success());
        let parts = ["", "-wal", "-journal"];
        let of = |file: &PathBuf, part: &str| PathBuf::from(format!("{}{part}", file.display()));
        for part in parts {
            std::fs::write(of(&database(&place), part), format!("no database {part}").repeat(1_000)).unwrap();
        }
        run(&place, &database(&place), &["restore", text(&backup), "--force"]).ok();
        assert_same(&dump(&database(&place)), &dump(&backup));
        let names = names(place.folder());
        let old =
            names.iter().find(|name| name.contains(".before-restore-") && !name.ends_with("l")).unwrap();
        for part in parts {
            let text = std::fs::read_to_string(of(&place.folder().join(old), part)).unwrap();
            assert_eq!(text, format!("no database {part}").repeat(1_000), "{names:?}");
        }
        assert!(!of(&database(&place), "-wal").exists() && !of(&database(&place), "-journal").exists());
    });
}

#[test]
fn a_log_without_its_database_is_not_taken_for_the_new_ones() {
    on_sqlite(async |place: Place| {
        let mut server = Server::start(&place).await;
        let backup = place.folder().join("backup.db");
        run(&place, &database(&place), &["backup", "--out", text(&backup)]).ok();
        let backed_up = dump(&backup);
        server.message("+14155550123", "hi", "SM1").await.unwrap().texts();
        server.kill();
        std::fs::remove_file(database(&place)).unwrap();
        let said = run(&place, &database(&place), &["restore", text(&backup)]);
        assert!(!said.success && said.told.contains("--force"), "{said:?}");
        run(&place, &database(&place), &["restore", text(&backup), "--force"]).ok();
        assert_same(&dump(&database(&place)), &backed_up);
        let all = names(place.folder());
        let log = all.iter().find(|name| name.ends_with("-wal")).unwrap();
        assert!(log.contains(".before-restore-"), "{all:?}");
    });
}

/// The same rows in the schema that a Leadwire with so many migrations had.
fn older(file: &Path, migrations: usize) -> PathBuf {
    let old = PathBuf::from(format!("{}.old", file.display()));
    let connection = Connection::open(&old).unwrap();
    let applied = "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL,
        installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, checksum BLOB NOT NULL,
        execution_time BIGINT NOT NULL)";
    connection.execute_batch(applied).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    for (name, version) in names(&folder).iter().take(migrations).zip(1..) {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        connection.execute_batch(&text).unwrap();
        let row = (version, Sha384::digest(&text).to_vec());
        let insert = "INSERT INTO _sqlx_migrations VALUES (?1, 'then', '2026-01-01', TRUE, ?2, 0)";
        connection.execute(insert, row).unwrap();
    }
    connection.execute("ATTACH ?1 AS new", [text(file)]).unwrap();
    for (table, _) in dump(&old) {
        // Words are put there by their triggers, not by the tables that full-text search keeps them in.
        if table != "_sqlx_migrations" && !table.contains("_words") {
            let columns = "SELECT group_concat(name) FROM pragma_table_info(?1)";
            let columns: String = connection.query_row(columns, [&table], |row| row.get(0)).unwrap();
            let copy = format!("INSERT INTO main.{table} ({columns}) SELECT {columns} FROM new.{table}");
            connection.execute_batch(&copy).unwrap();
        }
    }
    old
}

#[test]
fn a_backup_of_an_older_schema_is_brought_up_to_date_at_the_next_start() {
    on_sqlite(async |place: Place| {
        let server = Server::start(&place).await;
        let first = server.message("+14155550123", "hi", "SM1").await.unwrap();
        let backup = place.folder().join("backup.db");
        run(&place, &database(&place), &["backup", "--out", text(&backup)]).ok();
        server.terminate();
        assert!(server.ended().await.0.success());
        for migrations in 1..LATEST {
            let old = older(&backup, migrations as usize);
            let said = run(&place, &database(&place), &["restore", text(&old), "--force"]).ok();
            std::fs::remove_file(old).unwrap();
            std::fs::remove_file(kept(&place)).unwrap();
            let told = format!(
                "Its schema is {migrations}, of an older Leadwire; the next start brings it to {LATEST}."
            );
            assert!(said.contains(&told), "{said}");
            let server = Server::start(&place).await;
            assert_eq!(server.message("+14155550123", "hi", "SM1").await.unwrap().body, first.body);
            server.message("+14155550124", "hi", "SM2").await.unwrap().texts();
            server.terminate();
            assert!(server.ended().await.0.success());
        }
    });
}
