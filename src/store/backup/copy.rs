//! The copy itself: SQLite's online backup, of one snapshot.

use super::{BUSY, CopyError, Stage, Watch, beside};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};

/// How much is copied at once.
const STEP: u64 = 1 << 20;
/// How much may wait to be written to the disk: all of it at the end would hold up everybody else's writes.
const UNWRITTEN: u64 = 32 << 20;
/// The longest rest between two steps.
const REST: Duration = Duration::from_millis(100);

/// Who else needs the disk meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// A server: after each step we rest for as long as it took.
    BesideServer,
    /// Nobody.
    Alone,
}

/// Copies the database `from`, as it stands when this begins, over the empty file `to`, and sees it to the disk. The copy is one
/// file, without a write-ahead log beside it.
///
/// # Errors
/// `to` is of no use then.
pub fn copy(from: &Path, to: &Path, pace: Pace, watch: &mut Watch<'_>) -> Result<(), CopyError> {
    let source = open_source(from)?;
    // A read that stays open keeps the snapshot. Without it every commit of the server would send the copy back to its first
    // page, and beside a busy server it would never end.
    let snapshot = source.unchecked_transaction()?;
    let number = |sql| snapshot.query_row(sql, [], |row| row.get::<_, i64>(0));
    number("SELECT COUNT(*) FROM sqlite_schema")?;
    let page = number("PRAGMA page_size")?.unsigned_abs();
    // Closing a file ends SQLite's locks on it, so this one is opened before and closed after.
    let written = File::options().write(true).open(to)?;
    let mut target = open(to, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // Whatever goes wrong, the copy is thrown away: it needs no journal. And we see to the disk ourselves.
    target.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")?;
    let backup = Backup::new(&source, &mut target)?;
    let pages = i32::try_from(STEP / page.max(1)).unwrap_or(1).max(1);
    let (mut unwritten, mut busy) = (0, Duration::ZERO);
    loop {
        watch.stop.go_on()?;
        let began = Instant::now();
        match backup.step(pages)? {
            StepResult::Done => break,
            StepResult::More => unwritten += STEP,
            _ if busy > BUSY => return Err(CopyError::Busy),
            _ => {
                std::thread::sleep(REST);
                busy += REST;
            }
        }
        if unwritten >= UNWRITTEN {
            written.sync_data()?;
            unwritten = 0;
        }
        let progress = backup.progress();
        let bytes = |pages: i32| u64::from(pages.unsigned_abs()) * page;
        let (of, left) = (bytes(progress.pagecount), bytes(progress.remaining));
        (watch.tell)(Stage::Copying { done: of - left, of });
        if pace == Pace::BesideServer {
            std::thread::sleep(began.elapsed().min(REST));
        }
    }
    drop(backup);
    drop(target);
    fold(to)?;
    written.sync_all()?;
    Ok(())
}

/// Makes a database one file: what its write-ahead log holds is in it, and there is no log any more until a server opens it.
///
/// # Errors
/// Where somebody else has it open, or it is damaged.
pub fn fold(file: &Path) -> Result<(), CopyError> {
    let connection = open(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let mode: String = connection.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0))?;
    // It stays as it was where others read.
    if mode.eq_ignore_ascii_case("delete") { Ok(()) } else { Err(CopyError::Busy) }
}

/// Opens a file that is there already.
pub(super) fn open(file: &Path, how: OpenFlags) -> Result<Connection, CopyError> {
    let connection = Connection::open_with_flags(file, how | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY)?;
    Ok(connection)
}

/// Opens what is only read. Beside a write-ahead log nothing is touched. Where there is none, a connection that may write
/// takes away again what SQLite lays beside the file while it is open; where it may not, SQLite itself opens it to read.
fn open_source(file: &Path) -> Result<Connection, CopyError> {
    let has_log = beside(file, "-wal").exists();
    let how = if has_log { OpenFlags::SQLITE_OPEN_READ_ONLY } else { OpenFlags::SQLITE_OPEN_READ_WRITE };
    let connection = open(file, how)?;
    connection.execute_batch("PRAGMA query_only = ON")?;
    Ok(connection)
}
