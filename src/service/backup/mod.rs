//! Backup and restore of a SQLite file. PostgreSQL has programs of its own for that.

mod files;
mod restore;

pub use restore::{Restored, restore};

use crate::clock::Millis;
use crate::config::Config;
use crate::service::startup::StartError;
use crate::store::backup::{self as store, CopyError, Pace, Watch};
use files::Part;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// How a PostgreSQL is backed up.
pub const PG_DUMP: &str =
    r#"pg_dump --format=custom --no-owner --file=leadwire.dump "${DATABASE_URL:?is not set}""#;
/// How it is restored.
pub const PG_RESTORE: &str = r#"pg_restore --clean --if-exists --no-owner --single-transaction --dbname="${DATABASE_URL:?is not set}" leadwire.dump"#;

/// A backup that was not made, or not restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database is a PostgreSQL.
    #[error(
        "the database is a PostgreSQL, which has its own programs for this. With DATABASE_URL set in the shell, back up with\n  \
         {PG_DUMP}\nand restore, once all servers and workers are stopped, with\n  {PG_RESTORE}\n\
         docs/OPERATIONS.md says more"
    )]
    Postgres,
    /// There is nothing to back up.
    #[error("there is no database at {0}; check DATABASE_URL")]
    NoDatabase(PathBuf),
    /// There is nothing to restore.
    #[error("there is no file {0}")]
    NoFile(PathBuf),
    /// The name of the backup is taken.
    #[error("{0} is there already, and a backup overwrites nothing; name another")]
    Taken(PathBuf),
    /// Another backup has this name, or had.
    #[error("{0} is there already: another backup is being written, or was killed; if none runs, remove it")]
    Begun(PathBuf),
    /// The folder is missing.
    #[error("the folder {0} is not there; make it, or name another")]
    NoFolder(PathBuf),
    /// There is a database already.
    #[error(
        "{0} is there already; --force puts the backup in its place, and keeps it under another name beside"
    )]
    Exists(PathBuf),
    /// The backup is the database.
    #[error("{0} is the database itself")]
    Itself(PathBuf),
    /// A server runs.
    #[error("a server, or another restore, uses {0}; stop it first")]
    Served(PathBuf),
    /// Somebody else has the database open.
    #[error("another program has {0} open; close it first")]
    Open(PathBuf),
    /// It is damaged.
    #[error("{path} is damaged, or no database: {why}")]
    Damaged {
        /// Which.
        path: PathBuf,
        /// What was found.
        why: String,
    },
    /// Not one of ours.
    #[error("{0} is no database of Leadwire's")]
    Foreign(PathBuf),
    /// One of ours, but with a schema that is not.
    #[error("{0} has another schema than any of this Leadwire's")]
    Other(PathBuf),
    /// A newer program wrote it.
    #[error("{path} was written by a newer Leadwire (schema {schema}, this one knows {known}); use that one", known = crate::store::migrate::LATEST)]
    Newer {
        /// Which.
        path: PathBuf,
        /// Its last migration.
        schema: i64,
    },
    /// There is no room.
    #[error("the disk is full: {0} could not be written, and nothing of it is left")]
    NoRoom(PathBuf),
    /// We were told to stop.
    #[error("stopped; nothing was changed")]
    Stopped,
    /// A file or folder cannot be used.
    #[error("{path} cannot be used")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// We may not read it.
    #[error("{0} cannot be opened; run this as the user the server runs as")]
    Denied(PathBuf),
    /// SQLite says no.
    #[error("{path} could not be copied")]
    Copy {
        /// Which.
        path: PathBuf,
        /// Why.
        source: CopyError,
    },
    /// The lock cannot be had.
    #[error(transparent)]
    Start(#[from] StartError),
}

impl BackupError {
    /// What an error means that came up while `from` was copied to `to`.
    fn of(error: CopyError, from: &Path, to: &Path) -> BackupError {
        let from = from.to_owned();
        match error {
            CopyError::NoRoom => BackupError::NoRoom(to.to_owned()),
            CopyError::Damaged(why) => BackupError::Damaged { path: from, why },
            CopyError::Foreign => BackupError::Foreign(from),
            CopyError::Denied => BackupError::Denied(from),
            CopyError::Busy => BackupError::Open(from),
            CopyError::Stopped => BackupError::Stopped,
            CopyError::Io(source) => BackupError::File { path: to.to_owned(), source },
            source @ CopyError::Sqlite(_) => BackupError::Copy { path: from, source },
        }
    }
}

/// A backup that was made.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Made {
    /// Where it is.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// The last migration it has.
    pub schema: i64,
    /// Leads in it.
    pub leads: i64,
    /// Conversations in it.
    pub conversations: i64,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
}

/// Backs the database up, whether or not a server runs on it, and checks the backup. `out` is a file that is not there, or a
/// folder in which it gets its usual name; without it, it goes into `backups` in the data folder.
///
/// # Errors
/// Each says what to do; nothing is left then.
pub fn backup(
    config: &Config,
    out: Option<&Path>,
    now: Millis,
    watch: &mut Watch<'_>,
) -> Result<Made, BackupError> {
    let began = Instant::now();
    let database = config.server.sqlite_file().ok_or(BackupError::Postgres)?;
    if !database.exists() {
        return Err(BackupError::NoDatabase(database));
    }
    let usual = format!("leadwire-{}.db", files::stamp(now));
    let file = match out {
        Some(folder) if folder.is_dir() => folder.join(usual),
        Some(file) => file.to_owned(),
        None => {
            let folder = config.server.data.join("backups");
            std::fs::create_dir_all(&folder)
                .map_err(|source| BackupError::File { path: folder.clone(), source })?;
            folder.join(usual)
        }
    };
    if file.exists() {
        return Err(BackupError::Taken(file));
    }
    let part = Part::begin(&file)?;
    let told = |error| BackupError::of(error, &database, part.path());
    store::copy(&database, part.path(), Pace::BesideServer, watch).map_err(told)?;
    let found = store::check(part.path(), watch).map_err(told)?;
    if file.exists() {
        return Err(BackupError::Taken(file));
    }
    let bytes = part.become_file(&file)?;
    Ok(Made {
        file: file.display().to_string(),
        bytes,
        schema: found.schema,
        leads: found.leads,
        conversations: found.conversations,
        took_ms: files::millis(began.elapsed()),
    })
}
