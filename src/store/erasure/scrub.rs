//! Writing the database's files anew, so that what was erased is in none of them any more: a row that was changed leaves its old text in
//! free pages, indexes and statistics.

use super::plan::{Fate, TABLES};
use crate::store::db::{Db, StoreError};
use sqlx::{AssertSqlSafe, Executor, FromRow, PgConnection};
use std::time::{Duration, Instant};

/// How long older transactions are waited for: as long as one is open, PostgreSQL keeps what it may still read.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a table is waited for that somebody uses.
const LOCK: &str = "SET lock_timeout = '10s'";

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is written anew now.
    pub what: &'static str,
    /// How many are done.
    pub done: usize,
    /// Of how many.
    pub of: usize,
}

/// Why the files could not be written anew. What was erased is erased; its traces may be in the files for some time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Busy {
    /// Somebody else writes.
    #[error("{0} is in use by somebody else")]
    InUse(&'static str),
    /// Somebody reads for long.
    #[error("somebody has been reading the database for long (a backup, a report)")]
    Read,
    /// Transactions that began before.
    #[error("{0} transactions that began before are still open in this database (see pg_stat_activity)")]
    Older(i64),
}

/// What keeps the files from being written anew, or the database's own trouble.
#[derive(Debug, thiserror::Error)]
pub enum ScrubError {
    /// Later it may go.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The database said no.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for ScrubError {
    fn from(error: sqlx::Error) -> ScrubError {
        ScrubError::Store(error.into())
    }
}

/// Writes the files anew: on SQLite the search indexes, the file and its log; on PostgreSQL every table that has something of people, and
/// the planner's statistics, in which values of columns stand. `told` hears of each step before it begins.
///
/// # Errors
/// See [`ScrubError`]; it may be run again.
pub async fn scrub(db: &Db, mut told: impl FnMut(Step) + Send) -> Result<(), ScrubError> {
    match db {
        Db::Sqlite { writer, gate, .. } => {
            const STEPS: [(&str, &str); 4] = [
                ("the search index", "INSERT INTO lead_words (lead_words) VALUES ('optimize') -- tenant_id"),
                (
                    "the index of messages",
                    "INSERT INTO message_words (message_words) VALUES ('optimize') -- tenant_id",
                ),
                // Its copy is as large as the file: not in memory.
                ("the database", "PRAGMA temp_store = FILE"),
                ("the database", "VACUUM"),
            ];
            let _held = gate.lock().await;
            let mut connection = writer.acquire().await?;
            for (done, (what, sql)) in STEPS.into_iter().enumerate() {
                told(Step { what, done, of: STEPS.len() + 1 });
                connection.execute(sql).await.map_err(|error| held("the database", error))?;
            }
            told(Step { what: "the log", done: STEPS.len(), of: STEPS.len() + 1 });
            let emptied = checkpoint(&mut connection).await;
            connection.execute("PRAGMA temp_store = MEMORY").await?;
            emptied
        }
        Db::Postgres { pool, .. } => {
            let mut connection = pool.acquire().await?.detach();
            let outcome = postgres(&mut connection, &mut told).await;
            // It has settings of its own: nobody else is to get it.
            drop(connection);
            outcome
        }
    }
}

#[derive(FromRow)]
struct Checkpoint {
    busy: i64,
}

/// Puts the log into the file and cuts it to nothing.
async fn checkpoint(connection: &mut sqlx::SqliteConnection) -> Result<(), ScrubError> {
    let began = Instant::now();
    loop {
        let row: Checkpoint =
            sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await?;
        if row.busy == 0 {
            return Ok(());
        }
        if began.elapsed() > PATIENCE {
            return Err(Busy::Read.into());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

fn held(what: &'static str, error: sqlx::Error) -> ScrubError {
    let error = StoreError::from(error);
    if error.is_passing() { Busy::InUse(what).into() } else { error.into() }
}

async fn postgres(
    connection: &mut PgConnection,
    told: &mut (impl FnMut(Step) + Send),
) -> Result<(), ScrubError> {
    let emptied =
        TABLES.iter().filter(|table| !matches!(table.fate, Fate::NotTheirs(_))).map(|table| table.name);
    let tables: Vec<&'static str> = emptied.chain(["lead_words", "message_index"]).collect();
    connection.execute(LOCK).await?;
    older_end(connection).await?;
    for (done, table) in tables.iter().enumerate() {
        told(Step { what: table, done, of: tables.len() + 1 });
        // The name is a constant of ours.
        let vacuum = AssertSqlSafe(format!("VACUUM (FULL, ANALYZE) {table}"));
        connection.execute(vacuum).await.map_err(|error| held(table, error))?;
    }
    told(Step { what: "the statistics", done: tables.len(), of: tables.len() + 1 });
    older_end(connection).await?;
    // Whoever does not own the database is warned, and its statistics keep old values until they are vacuumed by themselves.
    connection
        .execute("VACUUM (FULL) pg_catalog.pg_statistic")
        .await
        .map_err(|error| held("the statistics", error))?;
    Ok(())
}

#[derive(FromRow)]
struct Older {
    n: i64,
}

/// Waits until everybody is done who may still read what was there before.
async fn older_end(connection: &mut PgConnection) -> Result<(), ScrubError> {
    #[derive(FromRow)]
    struct Now {
        at: i64,
    }
    const NOW: &str =
        "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT) AS at FROM clock_timestamp()";
    const OLDER: &str = "SELECT COUNT(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND backend_type = 'client backend' AND xact_start < to_timestamp($1 / 1000000.0) -- tenant_id";
    let now: Now = sqlx::query_as(NOW).fetch_one(&mut *connection).await?;
    let began = Instant::now();
    loop {
        let older: Older = sqlx::query_as(OLDER).bind(now.at).fetch_one(&mut *connection).await?;
        if older.n == 0 {
            return Ok(());
        }
        if began.elapsed() > PATIENCE {
            return Err(Busy::Older(older.n).into());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
