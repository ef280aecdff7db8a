//! Where a backup goes: to a name that was free, whole or not at all.

use super::{assert_same, back_up, database, dump, names, on, run, text};
use crate::harness::{Place, on_sqlite};
use crate::process::finish;
use leadwire::service::backup::BackupError;
use leadwire::store::backup::Stage;
use serde_json::Value as Json;
use std::path::Path;

/// A database in which somebody said something, and nobody is served.
async fn filled(place: &Place) {
    let app = place.app().await;
    app.twilio_message("+14155550123", "hi", "SM1").await.texts();
    app.stop().await;
}

#[test]
fn without_a_name_it_goes_into_the_data_folder() {
    on_sqlite(async |place: Place| {
        filled(&place).await;
        let said = run(&place, &database(&place), &["backup"]).ok();
        let folder = place.folder().join("data/backups");
        let [name] = &names(&folder)[..] else { panic!("{:?}", names(&folder)) };
        assert!(said.contains(&format!("backups/{name}: ")), "{said}");
        assert!(said.contains("1 leads, 1 conversations"), "{said}");
        let digits = name.strip_prefix("leadwire-").and_then(|rest| rest.strip_suffix(".db")).unwrap();
        let is_stamp = |(at, c): (usize, char)| if at == 8 { c == '-' } else { c.is_ascii_digit() };
        assert!(digits.len() == 15 && digits.chars().enumerate().all(is_stamp), "{name}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(folder.join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "its owner's alone");
        }
        assert_same(&dump(&folder.join(name)), &dump(&database(&place)));
    });
}

#[test]
fn as_json_it_says_what_was_made_and_restored() {
    on_sqlite(async |place: Place| {
        filled(&place).await;
        let folder = place.folder().join("kept");
        std::fs::create_dir(&folder).unwrap();
        let said = run(&place, &database(&place), &["backup", "--out", text(&folder), "--json"]).ok();
        let said: Json = serde_json::from_str(&said).unwrap();
        let [name] = &names(&folder)[..] else { panic!("{:?}", names(&folder)) };
        let file = folder.join(name);
        assert_eq!(said["file"], text(&file), "a folder gets the usual name");
        assert_eq!(said["bytes"], std::fs::metadata(&file).unwrap().len());
        assert_eq!((&said["leads"], &said["conversations"]), (&1.into(), &1.into()));
        assert!(said["took_ms"].is_u64() && said["schema"].is_u64(), "{said}");

        let restored = place.folder().join("new/leadwire.db");
        let told = run(&place, &restored, &["restore", text(&file), "--json"]).ok();
        let told: Json = serde_json::from_str(&told).unwrap();
        assert_eq!((&told["leads"], &told["conversations"]), (&1.into(), &1.into()));
        assert_eq!((&told["kept"], &told["unsure_jobs"]), (&Json::Null, &0.into()));
        assert_eq!((&told["database"], &told["schema"]), (&text(&restored).into(), &told["known_schema"]));
    });
}

/// A backup that fails says this, and leaves the folder as it was.
#[track_caller]
fn refused(place: &Place, database: &Path, out: &Path, told: &str) {
    let folder = out.parent().filter(|folder| folder.is_dir());
    let before = folder.map(names);
    let said = run(place, database, &["backup", "--out", text(out)]);
    assert!(!said.success && said.out.is_empty(), "{said:?}");
    assert!(said.told.starts_with("error: ") && said.told.contains(told), "{told}: {said:?}");
    assert_eq!(folder.map(names), before, "nothing is left");
}

#[test]
fn what_cannot_be_written_is_told_and_leaves_nothing() {
    on_sqlite(async |place: Place| {
        filled(&place).await;
        let here = |name: &str| place.folder().join(name);
        let db = database(&place);
        std::fs::write(here("taken.db"), "mine").unwrap();
        refused(&place, &db, &here("taken.db"), "taken.db is there already");
        refused(&place, &db, &db, "leadwire.db is there already");
        refused(&place, &db, &here("nowhere/x.db"), "nowhere is not there; make it");
        std::fs::write(here("begun.db.part"), "half").unwrap();
        refused(&place, &db, &here("begun.db"), "begun.db.part is there already");
        refused(&place, &here("other.db"), &here("x.db"), "there is no database at ");
        std::fs::write(here("text.db"), "this is no database, and a long text at that. ".repeat(100))
            .unwrap();
        refused(&place, &here("text.db"), &here("x.db"), "text.db is damaged, or no database: ");
        rusqlite::Connection::open(here("foreign.db"))
            .unwrap()
            .execute_batch("CREATE TABLE leads (a)")
            .unwrap();
        refused(&place, &here("foreign.db"), &here("x.db"), "foreign.db is no database of Leadwire's");
        assert_eq!(std::fs::read_to_string(here("taken.db")).unwrap(), "mine");
    });
}

#[cfg(unix)]
#[test]
fn a_file_that_may_grow_no_further_is_told_and_taken_away() {
    on_sqlite(async |place: Place| {
        let app = place.app().await;
        super::fatten(&app.app.db).await;
        app.stop().await;
        let out = place.folder().join("full.db");
        let before = names(place.folder());
        // As on a full disk, writing fails half way: a megabyte is let through.
        let program = on(&place, &database(&place), &["backup", "--out", text(&out)]);
        let mut limited = std::process::Command::new("bash");
        limited.args(["-c", "trap '' XFSZ; ulimit -f 1024; exec \"$0\" \"$@\""]);
        limited.arg(program.get_program()).args(program.get_args()).env_clear();
        limited.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
        limited.current_dir(place.folder()).stdin(std::process::Stdio::null());
        let said = finish(limited);
        assert!(!said.success && said.told.starts_with("error: "), "{said:?}");
        assert!(said.told.contains("could not be copied") || said.told.contains("full"), "{said:?}");
        assert_eq!(names(place.folder()), before, "nothing is left");
    });
}

#[test]
fn one_that_is_told_to_stop_leaves_nothing() {
    on_sqlite(async |place: Place| {
        let app = place.app().await;
        super::fatten(&app.app.db).await;
        for (label, when) in [("while it copies", false), ("while it checks", true)] {
            let before = names(place.folder());
            let out = place.folder().join("stopped.db");
            let mut tell = |stage, stop: &leadwire::store::backup::Stop| {
                if matches!(stage, Stage::Checking) == when {
                    stop.stop();
                }
            };
            let outcome = back_up(&app.app.config, &out, &mut tell);
            assert!(matches!(outcome, Err(BackupError::Stopped)), "{label}: {outcome:?}");
            assert_eq!(names(place.folder()), before, "{label}");
        }
    });
}
