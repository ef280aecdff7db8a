//! A backup is what was there when it began, however busy the server is.

use super::{assert_same, back_up, database, dump, names, on, run, text};
use crate::harness::{Place, number, on_sqlite, stored};
use crate::process::load::{Load, again};
use crate::process::{Server, free_address};
use crate::whole::assert_whole;
use leadwire::store::backup::Stage;
use leadwire::store::db::Db;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// How many people write at once.
const PEOPLE: usize = 40;
/// Tables whose rows are written once and never changed.
const WRITTEN_ONCE: [&str; 8] =
    ["messages", "answers", "score_entries", "behaviours", "exposures", "consents", "identities", "goals"];

#[test]
fn a_backup_made_while_people_write_is_whole_and_goes_on_where_it_was_made() {
    on_sqlite(async |place: Place| {
        let server = Server::start(&place).await;
        let before = Load::new().run(&server, "before", PEOPLE, 12).await;
        let said_before: usize = before.iter().map(Vec::len).sum();
        assert!(before.iter().flatten().all(|posted| posted.answered.is_some()));

        // Three backups, one after the other, while the same people write on.
        let load = Load { undaunted: true, ..Load::new() };
        let files: Vec<_> = (0..3).map(|n| place.folder().join(format!("live-{n}.db"))).collect();
        let backups = {
            let (place, files) = (place.clone(), files.clone());
            tokio::task::spawn_blocking(move || {
                for file in &files {
                    run(&place, &database(&place), &["backup", "--out", text(file)]).ok();
                }
            })
        };
        let began = Instant::now();
        tokio::select! {
            _ = load.run(&server, "meanwhile", PEOPLE, usize::MAX) => panic!("the load ended by itself"),
            done = backups => done.unwrap(),
        }
        let meanwhile = load.answered.load(Ordering::SeqCst);
        println!("{meanwhile} turns answered in the {:?} of three backups", began.elapsed());
        assert!(meanwhile > PEOPLE, "{meanwhile} turns were answered meanwhile");
        server.terminate();
        assert!(server.ended().await.0.success());
        let live = dump(&database(&place));

        for (n, file) in files.iter().enumerate() {
            // Into a folder that is not there.
            let restored = place.folder().join(format!("other-{n}/leadwire.db"));
            run(&place, &restored, &["restore", text(file)]).ok();
            let found = dump(&restored);
            for table in WRITTEN_ONCE {
                let rows = &live[table];
                for row in &found[table] {
                    assert!(rows.binary_search(row).is_ok(), "{table}: {row}");
                }
            }
            let url = format!("sqlite:{}", restored.display());
            let db = Db::connect(&url, 1).await.unwrap();
            // With the next one: of every conversation in it, all places up to its last.
            assert_whole(&db).await;
            let inbound = number(&db, "SELECT COUNT(*) FROM messages WHERE direction = 'in'").await as usize;
            assert!((said_before..=said_before + meanwhile + PEOPLE).contains(&inbound), "{inbound}");
            let rows = stored(&db).await;

            let address = free_address();
            let mut command = on(&place, &restored, &["serve"]);
            command.env("LEADWIRE_LISTEN", &address);
            let server = Server::run(command, &address).await;
            let replies = again(&server, &before, |_| true).await;
            for (book, replies) in before.iter().zip(replies) {
                let kept: Vec<&String> = book.iter().filter_map(|posted| posted.answered.as_ref()).collect();
                assert_eq!(replies.iter().collect::<Vec<_>>(), kept, "the identical reply");
            }
            assert_eq!(stored(&db).await, rows, "a repeat changes nothing");
            let after = Load::new().run(&server, "after", PEOPLE, 3).await;
            assert!(after.iter().flatten().all(|posted| posted.answered.is_some()), "they go on");
            assert_whole(&db).await;
            db.close().await;
        }

        // And with nobody writing: every row of every table.
        let quiet = place.folder().join("quiet.db");
        run(&place, &database(&place), &["backup", "--out", text(&quiet)]).ok();
        let restored = place.folder().join("quiet/leadwire.db");
        run(&place, &restored, &["restore", text(&quiet)]).ok();
        assert_same(&dump(&restored), &live);
        assert_same(&dump(&quiet), &live);
        assert_eq!(names(&place.folder().join("quiet")), ["leadwire.db", "leadwire.lock"], "one file");
    });
}

#[test]
fn what_is_written_after_it_began_is_not_in_it_and_not_held_up_by_it() {
    on_sqlite(async |place: Place| {
        let app = place.app().await;
        for n in 0..20 {
            app.twilio_message(&format!("+1415555{n:04}"), "hi", &format!("SM{n}")).await.texts();
        }
        super::fatten(&app.app.db).await;
        let (before, out) = (dump(&database(&place)), place.folder().join("copy.db"));
        let (app, runtime) = (std::sync::Arc::new(app), tokio::runtime::Handle::current());
        let copied = {
            let (app, out) = (app.clone(), out.clone());
            tokio::task::spawn_blocking(move || {
                let (mut steps, mut last, mut slowest) = (0, 0, Duration::ZERO);
                let mut tell = |stage, _: &_| {
                    let Stage::Copying { done, of } = stage else { return };
                    assert!(done > last && done <= of, "{last} {done} {of}: not a page is copied twice");
                    (steps, last) = (steps + 1, done);
                    let began = Instant::now();
                    let (person, sid) = (format!("+1415556{steps:04}"), format!("SM-step-{steps}"));
                    runtime.block_on(app.twilio_message(&person, "hi", &sid)).texts();
                    slowest = slowest.max(began.elapsed());
                };
                let made = back_up(&app.app.config, &out, &mut tell).unwrap();
                (made, steps, slowest)
            })
        };
        let (made, steps, slowest) = copied.await.unwrap();
        println!("{made:?}, {steps} turns meanwhile, the slowest {slowest:?}");
        assert!(steps >= 5, "{steps} turns were taken while it was copied");
        assert!(slowest < Duration::from_secs(3), "nobody waited for it to end: {slowest:?}");
        assert_eq!((made.leads, made.conversations), (20, 20));
        assert_eq!(made.bytes, std::fs::metadata(&out).unwrap().len());
        assert_same(&dump(&out), &before);
        assert_eq!(app.count("leads").await, 20 + steps);
    });
}
