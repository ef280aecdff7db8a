//! Backup and restore: what was in the database is in it again, whatever happened meanwhile.

mod jobs;
mod live;
mod places;
mod postgres;
mod refusals;
mod replaced;

use crate::harness::Place;
use crate::process::{Said, finish, program, usual};
use leadwire::service::backup::{self, BackupError, Made};
use leadwire::store::backup::{Stage, Stop, Watch};
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Every row of every table, in an order of its own.
type Dump = BTreeMap<String, Vec<String>>;

/// What a database holds; it is opened only to read.
fn dump(file: &Path) -> Dump {
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut tables = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        .unwrap();
    let tables: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let rows = |table: &String| {
        let mut statement = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = statement.column_count();
        let row = |row: &rusqlite::Row<'_>| {
            let values: Vec<Value> = (0..columns).map(|n| row.get(n).unwrap()).collect();
            Ok(format!("{values:?}"))
        };
        let mut rows: Vec<String> = statement.query_map([], row).unwrap().map(Result::unwrap).collect();
        rows.sort();
        rows
    };
    tables.iter().map(|table| (table.clone(), rows(table))).collect()
}

/// Fails with the first table that differs.
#[track_caller]
fn assert_same(found: &Dump, expected: &Dump) {
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    assert!(expected.len() > 10 && expected.values().map(Vec::len).sum::<usize>() > 10, "there is something");
    for (table, rows) in expected {
        assert_eq!(&found[table], rows, "{table}");
    }
}

/// A command on this database.
fn on(place: &Place, database: &Path, arguments: &[&str]) -> Command {
    let mut command = program(place);
    command.args(arguments).envs(usual(place)).env("DATABASE_URL", format!("sqlite:{}", database.display()));
    command
}

/// Runs a command on this database to its end.
fn run(place: &Place, database: &Path, arguments: &[&str]) -> Said {
    finish(on(place, database, arguments))
}

/// The database of this test.
fn database(place: &Place) -> PathBuf {
    place.folder().join("leadwire.db")
}

/// A path as an argument.
fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// What lies in a folder, by name.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Backs up in this process, telling how far it is.
fn back_up(
    config: &leadwire::config::Config,
    out: &Path,
    tell: &mut dyn FnMut(Stage, &Stop),
) -> Result<Made, BackupError> {
    let stop = Stop::default();
    let mut tell = |stage| tell(stage, &stop);
    backup::backup(config, Some(out), crate::harness::START, &mut Watch { stop: &stop, tell: &mut tell })
}

/// Makes a database worth copying in several steps: some megabytes of messages nobody sent.
async fn fatten(db: &leadwire::store::db::Db) {
    crate::harness::execute(
        db,
        "INSERT INTO messages (tenant_id, conversation_id, seq, person_id, direction, body, created_at)
         WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 6000)
         SELECT 7, n, 1, n, 'out', hex(randomblob(500)), 0 FROM n",
    )
    .await;
}
