//! Whether a copy is sound, and what is in it.

use super::copy::open;
use super::{CopyError, Stage, Watch};
use crate::store::migrate::{self, Standing};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;

/// What is in a database, of all tenants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// The last migration it has.
    pub schema: i64,
    /// How its migrations stand to ours.
    pub standing: Standing,
    /// Leads.
    pub leads: i64,
    /// Conversations.
    pub conversations: i64,
}

/// Looks at every page and every index of a file that nobody else uses, and at what is in it.
///
/// # Errors
/// Where it is damaged, or no database of ours.
pub fn check(file: &Path, watch: &mut Watch<'_>) -> Result<Contents, CopyError> {
    (watch.tell)(Stage::Checking);
    let connection = open(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    watch.stop.long(&connection);
    watch.stop.go_on()?;
    let found: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if found != "ok" {
        return Err(CopyError::Damaged(found));
    }
    let tables = ["_sqlx_migrations", "leads", "conversations"];
    for table in tables {
        if !has_table(&connection, table)? {
            return Err(CopyError::Foreign);
        }
    }
    let mut applied =
        connection.prepare("SELECT version, checksum FROM _sqlx_migrations ORDER BY version")?;
    let applied: Vec<(i64, Vec<u8>)> =
        applied.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
    let count = |sql| connection.query_row(sql, [], |row| row.get(0));
    Ok(Contents {
        schema: applied.last().map_or(0, |(version, _)| *version),
        standing: migrate::standing(&applied),
        leads: count("SELECT COUNT(*) FROM leads")?,
        conversations: count("SELECT COUNT(*) FROM conversations")?,
    })
}

/// What was still to be sent when a copy was made may have been sent since: it is found out before it is sent, as after a crash.
/// Deliveries that had failed may have been mended since, and are found out as well. How many jobs that are.
///
/// # Errors
/// Where the file cannot be written.
pub fn doubt_jobs(file: &Path) -> Result<usize, CopyError> {
    // The documents have both for PostgreSQL.
    const DOUBT: &str = "UPDATE outbox SET state = 'unsure', unsure = TRUE, holder = NULL
        WHERE finished_at IS NULL AND state IN ('waiting', 'held') AND tenant_id > 0";
    const DOUBT_FAILED: &str = "UPDATE deliveries SET state = 'unknown', doubt = revision
        WHERE submitted_at IS NULL AND state NOT IN ('delivered', 'erased') AND tenant_id > 0 AND NOT EXISTS (SELECT 1 FROM outbox o INDEXED BY outbox_lane
          WHERE o.tenant_id = deliveries.tenant_id AND o.lane = 'deliver:' || sink || ':' || key AND o.finished_at IS NULL)";
    let connection = open(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // The first schemas had none.
    if has_table(&connection, "deliveries")? {
        connection.execute(DOUBT_FAILED, [])?;
    }
    if !has_table(&connection, "outbox")? {
        return Ok(0);
    }
    Ok(connection.execute(DOUBT, [])?)
}

fn has_table(connection: &Connection, name: &str) -> rusqlite::Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1)";
    connection.query_row(sql, [name], |row| row.get(0))
}
