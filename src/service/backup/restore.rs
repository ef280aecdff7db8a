//! A backup takes the place of the database.

use super::files::{Part, millis, stamp, sync_folder};
use super::{BackupError, CopyError, Watch, store};
use crate::clock::Millis;
use crate::config::Config;
use crate::service::startup::{self, StartError};
use crate::store::backup::{BESIDE, Pace, beside};
use crate::store::migrate::{LATEST, Standing};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Where SQLite keeps what is not in the file yet, or is to be taken back.
const LOGS: [&str; 2] = ["-wal", "-journal"];

/// A backup that was restored.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Restored {
    /// The database it became.
    pub database: String,
    /// What the database was before, where there was one.
    pub kept: Option<String>,
    /// Its size.
    pub bytes: u64,
    /// The last migration it has.
    pub schema: i64,
    /// The last one this program knows; the next start brings the schema there.
    pub known_schema: i64,
    /// Leads in it.
    pub leads: i64,
    /// Conversations in it.
    pub conversations: i64,
    /// Jobs that were still to be sent and may have been sent since.
    pub unsure_jobs: usize,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
}

/// Makes a backup the database. One that is there is replaced only with `force`, and kept beside. The backup stays as it is.
///
/// # Errors
/// Each says what to do; the database is as it was then.
pub fn restore(
    config: &Config,
    backup: &Path,
    force: bool,
    now: Millis,
    watch: &mut Watch<'_>,
) -> Result<Restored, BackupError> {
    let began = Instant::now();
    let database = config.server.sqlite_file().ok_or(BackupError::Postgres)?;
    if !backup.is_file() {
        return Err(BackupError::NoFile(backup.to_owned()));
    }
    if let (Ok(one), Ok(other)) = (backup.canonicalize(), database.canonicalize())
        && one == other
    {
        return Err(BackupError::Itself(backup.to_owned()));
    }
    let _lock = startup::lock(&database).map_err(|error| match error {
        StartError::InUse(file) => BackupError::Served(file),
        other => other.into(),
    })?;
    let old = is_there(&database);
    if old && !force {
        return Err(BackupError::Exists(database));
    }
    let part = taken_over(&database)?;
    let told = |error| BackupError::of(error, backup, part.path());
    store::copy(backup, part.path(), Pace::Alone, watch).map_err(told)?;
    let found = store::check(part.path(), watch).map_err(told)?;
    match found.standing {
        Standing::Known => {}
        Standing::Newer => {
            return Err(BackupError::Newer { path: backup.to_owned(), schema: found.schema });
        }
        Standing::Other => return Err(BackupError::Other(backup.to_owned())),
    }
    let unsure_jobs = store::doubt_jobs(part.path()).map_err(told)?;
    like(&database, part.path());
    let kept = if old { Some(put_aside(&database, now)?) } else { None };
    let bytes = part.become_file(&database)?;
    Ok(Restored {
        database: database.display().to_string(),
        kept: kept.map(|kept| kept.display().to_string()),
        bytes,
        schema: found.schema,
        known_schema: LATEST,
        leads: found.leads,
        conversations: found.conversations,
        unsure_jobs,
        took_ms: millis(began.elapsed()),
    })
}

/// Whether there is a database, or what one left that was taken away by itself.
fn is_there(database: &Path) -> bool {
    database.exists() || LOGS.iter().any(|log| beside(database, log).exists())
}

/// Begins the new file. We hold the lock, so what is there under its name is of a restore that was killed.
fn taken_over(database: &Path) -> Result<Part, BackupError> {
    match Part::begin(database) {
        Err(BackupError::Begun(path)) => {
            std::fs::remove_file(&path).map_err(|source| BackupError::File { path, source })?;
            Part::begin(database)
        }
        begun => begun,
    }
}

/// Keeps the database under another name. Until the new one takes its place it stays where it is, too: at no moment is there none.
fn put_aside(database: &Path, now: Millis) -> Result<PathBuf, BackupError> {
    let kept = beside(database, &format!(".before-restore-{}", stamp(now)));
    if is_there(&kept) {
        return Err(BackupError::Taken(kept));
    }
    let failed = |source| BackupError::File { path: kept.clone(), source };
    // SQLite throws a log away that does not fit its database, and where that is damaged, the log may be what is left.
    for log in LOGS {
        there_or_not(twice(&beside(database, log), &beside(&kept, log))).map_err(failed)?;
    }
    let folded = store::fold(database);
    if !matches!(folded, Err(CopyError::Damaged(_) | CopyError::Denied | CopyError::Sqlite(_))) {
        remove(&kept, &LOGS).map_err(failed)?;
        folded.map_err(|error| BackupError::of(error, database, &kept))?;
    }
    there_or_not(std::fs::hard_link(database, &kept).or_else(|_| std::fs::rename(database, &kept)))
        .map_err(failed)?;
    sync_folder(database).map_err(failed)?;
    // The log of another database would be taken for the new one's.
    remove(database, &BESIDE).map_err(failed)?;
    Ok(kept)
}

/// Gives a file a second name; where the file system has none, it is copied.
fn twice(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::hard_link(from, to).or_else(|_| std::fs::copy(from, to).map(drop))
}

/// Takes away what lies beside a file.
fn remove(file: &Path, suffixes: &[&str]) -> io::Result<()> {
    suffixes.iter().try_for_each(|suffix| there_or_not(std::fs::remove_file(beside(file, suffix))))
}

/// What is not there needs nothing done to it.
fn there_or_not(outcome: io::Result<()>) -> io::Result<()> {
    match outcome {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Who may read the database stays so.
fn like(database: &Path, new: &Path) {
    if let Ok(old) = std::fs::metadata(database) {
        // Where that is not ours to set, only we may read it.
        let _ = std::fs::set_permissions(new, old.permissions());
    }
}
