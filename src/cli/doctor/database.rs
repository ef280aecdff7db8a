//! The database: that it answers, has our schema, takes writes; and whether a server has it.

use super::finding::Finding;
use super::{clock, standing, storage, tenants};
use crate::clock::Clock;
use crate::config::Config;
use crate::service::startup;
use crate::store::db::Db;
use crate::store::migrate::{self, Stands};
use crate::store::probe;
use std::fs::{File, TryLockError};
use std::path::Path;

const AREA: &str = "database";
const MIGRATE: &str = "run `leadwire migrate`, or start the server, which does the same";

/// Looks at the folders, then at the database in them; what cannot be asked because of an earlier fault is left out.
pub async fn check(config: &Config, clock: &Clock) -> Vec<Finding> {
    let owned = config.clone();
    let mut found = match tokio::task::spawn_blocking(move || storage::check(&owned)).await {
        Ok(found) => found,
        Err(_) => vec![Finding::fault(AREA, "the folders could not be looked at", "look at them by hand")],
    };
    if found.iter().any(Finding::is_fault) {
        return found;
    }
    let file = config.server.sqlite_file();
    if let Some(file) = file.as_deref().filter(|file| !file.exists()) {
        // Connecting would make it.
        found.push(Finding::fault(AREA, format!("{} is not there yet", file.display()), MIGRATE));
        return found;
    }
    match startup::connect(config).await {
        Ok(db) => {
            found.push(Finding::ok(AREA, format!("{} answers", db.name())));
            if let Some(file) = &file {
                found.extend(lock(file));
            }
            found.extend(inside(config, &db, clock).await);
            db.close().await;
        }
        Err(error) => {
            let mut what = error.to_string();
            let mut cause = std::error::Error::source(&error);
            while let Some(inner) = cause {
                let words = inner.to_string();
                if !what.contains(&words) {
                    what = format!("{what}: {words}");
                }
                cause = inner.source();
            }
            let cure = "start the database, and check host, port, user, password and name in DATABASE_URL";
            found.push(Finding::fault(AREA, what, cure));
        }
    }
    found
}

async fn inside(config: &Config, db: &Db, clock: &Clock) -> Vec<Finding> {
    let mut found = Vec::new();
    let before = clock.now();
    if let Ok(Some(theirs)) = probe::now(db).await {
        found.push(clock::judged("PostgreSQL's", theirs, (before, clock.now())));
    }
    let schema = schema(db).await;
    let is_usable = !schema.is_fault();
    found.push(schema);
    if !is_usable {
        return found;
    }
    found.push(match probe::write(db).await {
        Ok(()) => Finding::ok(AREA, "takes writes"),
        Err(error) => Finding::fault(
            AREA,
            format!("takes no writes: {}", error.chain()),
            "make room on its disk; give the file to the user Leadwire runs as; a PostgreSQL must be no read-only copy",
        ),
    });
    found.extend(tenants::check(config, db).await);
    found.extend(standing::check(db, clock.now()).await);
    found
}

async fn schema(db: &Db) -> Finding {
    let area = "schema";
    match migrate::stands(db).await {
        Ok(Stands::Current) => Finding::ok(area, "is up to date"),
        Ok(Stands::Missing) => Finding::fault(area, "the database has no tables of ours yet", MIGRATE),
        Ok(Stands::Older) => Finding::fault(area, "is older than this program", MIGRATE),
        Ok(Stands::Newer) => Finding::fault(
            area,
            "is newer than this program",
            "install the later release that has been here, or restore the backup made before it",
        ),
        Err(error) => Finding::fault(
            area,
            format!("cannot be read: {}", error.chain()),
            "check that the user of DATABASE_URL may read the tables there",
        ),
    }
}

/// Whether a server has the SQLite file. The lock is asked for and given back at once.
fn lock(file: &Path) -> Option<Finding> {
    let held = match File::open(file.with_extension("lock")) {
        Ok(lock) => matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)),
        Err(_) => false,
    };
    let what = if held { "a server has the file" } else { "no server has the file" };
    Some(Finding::ok("server", what))
}
