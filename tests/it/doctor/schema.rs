//! The database before, after and beside what this program knows, and folders that cannot be written.

use super::{Found, not_ok};
use crate::harness::{Place, execute, on_sqlite};
use crate::process::{Said, finish, leadwire, program, usual};
use leadwire::store::db::Db;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;

on_both!(a_schema_of_another_release_is_told);

async fn a_schema_of_another_release_is_told(place: Place) {
    let is_file = place.database_url().starts_with("sqlite:");
    let ask = |label: &str, area: &str, cure: &str| {
        let said = leadwire(&place, &["doctor", "--offline", "--json"]);
        let fault = only_fault(&said);
        assert!(fault.area == area && fault.cure.contains(cure), "{label}: {fault:?}");
    };
    ask("nothing yet", if is_file { "database" } else { "schema" }, "leadwire migrate");
    assert!(!place.folder().join("leadwire.db").exists(), "looking makes nothing");
    leadwire(&place, &["migrate"]).ok();
    assert!(leadwire(&place, &["doctor", "--offline"]).success);
    let db = Db::connect(place.database_url(), 1).await.unwrap();
    execute(&db, "UPDATE _sqlx_migrations SET version = version + 1000 WHERE version = (SELECT MAX(version) FROM _sqlx_migrations)").await;
    ask("newer", "schema", "later release");
    execute(&db, "DELETE FROM _sqlx_migrations WHERE version > 1000").await;
    ask("older", "schema", "leadwire migrate");
    db.close().await;
}

#[test]
fn a_folder_that_cannot_be_written_is_told() {
    on_sqlite(async |place: Place| {
        leadwire(&place, &["migrate"]).ok();
        std::fs::create_dir_all(place.folder().join("data")).unwrap();
        // Whoever may do everything is not hindered: it runs as nobody, who may read.
        let mode = |path: &Path, mode| {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        };
        for entry in
            std::fs::read_dir(place.folder()).unwrap().chain(std::fs::read_dir(place.flows()).unwrap())
        {
            let path = entry.unwrap().path();
            mode(&path, if path.is_dir() { 0o777 } else { 0o644 });
        }
        mode(place.folder(), 0o555);
        let mut command = program(&place);
        command.args(["doctor", "--offline", "--json"]).envs(usual(&place));
        if is_root() {
            command.uid(65_534).gid(65_534);
        }
        let said = finish(command);
        mode(place.folder(), 0o755);
        let fault = only_fault(&said);
        assert!(fault.area.starts_with("folder ") && fault.cure.contains("chown"), "{fault:?}");
    });
}

#[test]
fn a_temporary_folder_that_is_not_there_is_told() {
    on_sqlite(async |place: Place| {
        leadwire(&place, &["migrate"]).ok();
        let mut command = program(&place);
        command.args(["doctor", "--offline", "--json"]).envs(usual(&place));
        command.env("TMPDIR", place.folder().join("swept away"));
        let fault = only_fault(&finish(command));
        assert!(fault.area.starts_with("temporary folder ") && fault.cure.contains("TMPDIR"), "{fault:?}");
    });
}

fn only_fault(said: &Said) -> Found {
    assert!(!said.success);
    let mut faults: Vec<Found> = not_ok(said).into_iter().filter(|found| found.status == "fault").collect();
    assert_eq!(faults.len(), 1, "{faults:?}");
    faults.remove(0)
}

/// Whether these tests run as root.
fn is_root() -> bool {
    let id = std::process::Command::new("id").arg("-u").output().unwrap();
    id.stdout.starts_with(b"0")
}
