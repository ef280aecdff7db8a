//! Copies of a SQLite file: made while others write to it, checked, and looked into.
//!
//! All of it runs on the caller's thread and takes its time; a [`Watch`] tells how far it is and ends it.

mod contents;
mod copy;

pub use contents::{Contents, check, doubt_jobs};
pub use copy::{Pace, copy, fold};

use rusqlite::{ErrorCode, InterruptHandle};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long somebody else may hold a file before we give up.
const BUSY: Duration = Duration::from_secs(5);

/// What SQLite keeps beside a file: the write-ahead log, its index, and the journal of files without such a log.
pub const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// The file that SQLite keeps beside this one.
pub fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// What copying can fail with.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The disk is full.
    #[error("the disk is full")]
    NoRoom,
    /// It is not a database, or no longer a sound one.
    #[error("{0}")]
    Damaged(String),
    /// A database, but not one of ours.
    #[error("it has no tables of Leadwire's")]
    Foreign,
    /// We may not open it.
    #[error("it cannot be opened")]
    Denied,
    /// Somebody else has the file open.
    #[error("another program has it open")]
    Busy,
    /// We were told to stop.
    #[error("stopped")]
    Stopped,
    /// The operating system said no.
    #[error(transparent)]
    Io(io::Error),
    /// SQLite said no.
    #[error(transparent)]
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for CopyError {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::SqliteFailure(code, _) => match code.code {
                ErrorCode::DiskFull => CopyError::NoRoom,
                // The message of the connection that noticed may be about something else.
                ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt => CopyError::Damaged(code.to_string()),
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => CopyError::Busy,
                ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly => {
                    CopyError::Denied
                }
                ErrorCode::OperationInterrupted => CopyError::Stopped,
                _ => CopyError::Sqlite(error),
            },
            _ => CopyError::Sqlite(error),
        }
    }
}

impl From<io::Error> for CopyError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::StorageFull { CopyError::NoRoom } else { CopyError::Io(error) }
    }
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Copying, in bytes.
    Copying {
        /// So many are copied.
        done: u64,
        /// Of so many.
        of: u64,
    },
    /// All is copied; every page of the copy is looked at.
    Checking,
}

/// Ends a copy, or a check, from another thread.
#[derive(Default)]
pub struct Stop {
    asked: AtomicBool,
    running: Mutex<Option<InterruptHandle>>,
}

impl fmt::Debug for Stop {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Stop").field("asked", &self.asked).finish_non_exhaustive()
    }
}

impl Stop {
    /// Asks for the end; whoever works ends with [`CopyError::Stopped`].
    pub fn stop(&self) {
        self.asked.store(true, Ordering::SeqCst);
        if let Some(statement) = &*self.running.lock().unwrap_or_else(PoisonError::into_inner) {
            statement.interrupt();
        }
    }

    /// A statement that takes long may be interrupted from here on.
    fn long(&self, connection: &rusqlite::Connection) {
        let handle = connection.get_interrupt_handle();
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = Some(handle);
    }

    /// # Errors
    /// Where the end was asked for.
    fn go_on(&self) -> Result<(), CopyError> {
        if self.asked.load(Ordering::SeqCst) { Err(CopyError::Stopped) } else { Ok(()) }
    }
}

/// Who watches.
pub struct Watch<'a> {
    /// Ends it.
    pub stop: &'a Stop,
    /// Is told how far it is, after every step.
    pub tell: &'a mut dyn FnMut(Stage),
}
