//! The two databases behind one set of statements.

mod exec;
mod sql;
mod within;

pub use exec::Exec;
pub use sql::{Arg, Sql};
pub(super) use sql::{by_index, each_of, list};
pub use within::{Recorded, Recorder, Within};

use sql::fill;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, FromRow, Postgres, Sqlite, Transaction};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// What a statement can fail with.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A unique key is taken.
    #[error("a row with this key already exists ({constraint})")]
    Conflict {
        /// The constraint (PostgreSQL) or the columns (SQLite).
        constraint: String,
    },
    /// Someone else changed it first.
    #[error("the {what} was changed by someone else")]
    Stale {
        /// Which thing.
        what: &'static str,
    },
    /// A stored value cannot be read back.
    #[error("stored value of {column} is not valid")]
    Corrupt {
        /// Where.
        column: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The database said no, or was not there.
    #[error("database query failed")]
    Sqlx(#[source] sqlx::Error),
    /// The turn loop's own connection said no.
    #[error("database query failed")]
    Sqlite(#[from] rusqlite::Error),
}

impl StoreError {
    /// The error with its causes in words. Never its debug form: there PostgreSQL quotes the values of rows.
    pub fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut source = std::error::Error::source(self);
        while let Some(cause) = source {
            text = format!("{text}: {cause}");
            source = cause.source();
        }
        text
    }

    /// Whether the same transaction may succeed when it is simply run again (serialisation failure, deadlock, lost
    /// connection, busy file).
    pub fn is_passing(&self) -> bool {
        match self {
            StoreError::Sqlx(sqlx::Error::Database(error)) => {
                matches!(
                    error.code().as_deref(),
                    Some(
                        "40001"
                            | "40P01"
                            | "53300"
                            | "55P03"
                            | "57014"
                            | "57P01"
                            | "57P03"
                            | "5"
                            | "517"
                            | "261"
                    )
                )
            }
            StoreError::Sqlx(sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut) => true,
            StoreError::Sqlite(rusqlite::Error::SqliteFailure(error, _)) => {
                matches!(error.code, rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked)
            }
            StoreError::Stale { .. } => true,
            _ => false,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) if database.is_unique_violation() => StoreError::Conflict {
                // PostgreSQL names the constraint; SQLite only says "UNIQUE constraint failed: leads.tenant, leads.phone".
                constraint: database.constraint().unwrap_or_else(|| database.message()).to_owned(),
            },
            _ => StoreError::Sqlx(error),
        }
    }
}

/// A type that decodes from a row of either database; `#[derive(FromRow)]` is enough.
pub trait Record:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin + 'static
{
}
impl<T> Record for T where
    T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin + 'static
{
}

/// A database with its connections.
#[derive(Clone, Debug)]
pub enum Db {
    /// One file, one server process: one connection writes, others read.
    Sqlite {
        /// The connection that writes everything but turns.
        writer: SqlitePool,
        /// Connections that only read.
        readers: SqlitePool,
        /// The turn loop's own connection.
        turns: Arc<Mutex<rusqlite::Connection>>,
        /// Held by whoever writes: the two writers wait here in order, not in SQLite's sleeping retries.
        gate: Arc<Mutex<()>>,
        /// What is asked for tenants.
        recorder: Recorder,
    },
    /// A server, shared by replicas.
    Postgres {
        /// For everything but turns and the outbox.
        pool: PgPool,
        /// How a turn loop makes its own connection: its few statements are planned once, whatever the batch holds.
        turns: Box<PgConnectOptions>,
        /// For the outbox, whose few statements are planned once as well.
        outbox: PgPool,
        /// What is asked for tenants.
        recorder: Recorder,
    },
}

/// Turn loops on PostgreSQL: two overlap one's fsync with the other's work, more add nothing (measured).
pub const TURN_LOOPS: usize = 2;

/// The outbox's connections: it takes, gives back, looks up and listens, and one is to spare.
const OUTBOX: u32 = 5;

/// How long a writer of another process (a command beside the server) may hold the file.
const BUSY: Duration = Duration::from_secs(5);
/// How long a statement waits for a connection.
pub(super) const ACQUIRE: Duration = Duration::from_secs(10);

impl Db {
    /// Opens the database a URL names: `sqlite:PATH` or `postgres://…`. SQLite's databases in memory are no use here: every
    /// connection would have its own.
    ///
    /// # Errors
    /// Where the URL is not one of these or the database cannot be reached.
    pub async fn connect(url: &str, connections: u32) -> Result<Db, StoreError> {
        if url.starts_with("sqlite:") {
            Self::connect_sqlite(url).await
        } else {
            Self::connect_postgres(url, connections).await
        }
    }

    async fn connect_sqlite(url: &str) -> Result<Db, StoreError> {
        let options = url
            .parse::<SqliteConnectOptions>()?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // FULL: a turn that was answered survives power loss; grouped turns share the cost.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY)
            .pragma("cache_size", "-8192")
            .pragma("temp_store", "MEMORY")
            .disable_statement_logging();
        let pool = |connections: u32| {
            SqlitePoolOptions::new()
                .max_connections(connections)
                .min_connections(1)
                .idle_timeout(None)
                .max_lifetime(None)
                .test_before_acquire(false)
                .acquire_timeout(ACQUIRE)
        };
        let turns = Self::turn_connection(options.get_filename());
        let writer = pool(1).connect_with(options.clone()).await?;
        let readers = pool(4).connect_with(options.read_only(true)).await?;
        Ok(Db::Sqlite {
            writer,
            readers,
            turns: Arc::new(Mutex::new(turns?)),
            gate: Arc::default(),
            recorder: Recorder::default(),
        })
    }

    /// Set as the pools' connections are.
    fn turn_connection(file: &std::path::Path) -> Result<rusqlite::Connection, StoreError> {
        let connection = rusqlite::Connection::open(file)?;
        connection.busy_timeout(BUSY)?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY;",
        )?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(connection)
    }

    async fn connect_postgres(url: &str, connections: u32) -> Result<Db, StoreError> {
        let mut options =
            url.parse::<PgConnectOptions>()?.statement_cache_capacity(256).disable_statement_logging();
        if options.get_application_name().is_none() {
            options = options.application_name("leadwire");
        }
        let pool = |connections: u32| {
            PgPoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE).idle_timeout(None)
        };
        // Lists are filtered by whatever somebody asks for: what was planned for another filter is a wrong plan. No plan of ours is worth
        // compiling, or a second process.
        let planned_anew = [
            ("plan_cache_mode", "force_custom_plan"),
            ("jit", "off"),
            ("max_parallel_workers_per_gather", "0"),
        ];
        let planned_once = [
            ("plan_cache_mode", "force_generic_plan"),
            ("jit", "off"),
            ("enable_seqscan", "off"),
            // Whoever holds a person's row for so long must not hold up everybody else.
            ("lock_timeout", "5000"),
            ("statement_timeout", "10000"),
        ];
        let everything_else = match pool(connections)
            .test_before_acquire(false)
            .connect_with(options.clone().options(planned_anew))
            .await
        {
            // A pool that tried in vain keeps the reason to itself.
            Err(sqlx::Error::PoolTimedOut) => {
                options.connect().await?.close().await?;
                return Err(sqlx::Error::PoolTimedOut.into());
            }
            outcome => outcome?,
        };
        let planned = options.options(planned_once);
        Ok(Db::Postgres {
            // A claim that meets a dead connection is simply made again; that costs less than asking before each.
            outbox: pool(OUTBOX).test_before_acquire(false).connect_with(planned.clone()).await?,
            turns: Box::new(planned),
            pool: everything_else,
            recorder: Recorder::default(),
        })
    }

    /// Starts a transaction that intends to write.
    ///
    /// # Errors
    /// Where no connection can be had or another writer holds the file too long.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            // IMMEDIATE: take the write lock now, so that a read followed by a write cannot fail half way.
            Db::Sqlite { writer, gate, recorder, .. } => {
                let gate = gate.clone().lock_owned().await;
                Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?, gate, recorder.clone())
            }
            Db::Postgres { pool, recorder, .. } => {
                let tx = Transaction::begin(exec::living(pool).await?, None).await?;
                Tx::Postgres(tx, recorder.clone())
            }
        })
    }

    /// Which database this is, for people.
    pub fn name(&self) -> &'static str {
        match self {
            Db::Sqlite { .. } => "sqlite",
            Db::Postgres { .. } => "postgres",
        }
    }

    /// Closes all connections; SQLite's write-ahead log is folded into the file.
    pub async fn close(&self) {
        match self {
            Db::Sqlite { writer, readers, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Db::Postgres { pool, outbox, .. } => {
                outbox.close().await;
                pool.close().await;
            }
        }
    }
}

/// A transaction that intends to write.
#[derive(Debug)]
pub enum Tx {
    /// On SQLite.
    Sqlite(Transaction<'static, Sqlite>, OwnedMutexGuard<()>, Recorder),
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>, Recorder),
}

impl Tx {
    /// Makes everything durable.
    ///
    /// # Errors
    /// Where the database refuses; then nothing of it happened.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Tx::Sqlite(tx, ..) => tx.commit().await?,
            Tx::Postgres(tx, _) => tx.commit().await?,
        }
        Ok(())
    }
}
