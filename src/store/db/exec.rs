//! Running statements, also where the database went away and came back.
//!
//! Connections are not tested before they are used, so after a restart of PostgreSQL the pool's are dead and nobody has
//! noticed. A read is simply run again. A write may have arrived before its connection broke and is never run twice: its
//! connection is tested first, which is a round trip for the few writes that are not turns.

use super::{Arg, Db, Record, Sql, StoreError, Tx, fill};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgPool};
use sqlx::sqlite::SqliteArguments;
use sqlx::{Connection, Postgres, query_as_with, query_with};

/// Runs statements: `&Db` (a pooled connection per call) or `&mut Tx` (inside the transaction).
pub trait Exec: Sized + Send {
    /// Runs a statement; how many rows it changed.
    fn execute(self, sql: Sql, args: Vec<Arg>) -> impl Future<Output = Result<u64, StoreError>> + Send;
    /// All rows.
    fn fetch_all<T: Record>(
        self,
        sql: Sql,
        args: Vec<Arg>,
    ) -> impl Future<Output = Result<Vec<T>, StoreError>> + Send;
    /// The first row, if any.
    fn fetch_optional<T: Record>(
        self,
        sql: Sql,
        args: Vec<Arg>,
    ) -> impl Future<Output = Result<Option<T>, StoreError>> + Send;
}

impl Exec for &Db {
    async fn execute(self, sql: Sql, args: Vec<Arg>) -> Result<u64, StoreError> {
        Ok(match self {
            Db::Sqlite { writer, gate, .. } => {
                let _held = gate.lock().await;
                query_with(sql.sqlite, fill::<SqliteArguments>(args)).execute(writer).await?.rows_affected()
            }
            Db::Postgres { pool, .. } => {
                let mut connection = living(pool).await?;
                let query = query_with(sql.postgres, fill::<PgArguments>(args));
                query.execute(&mut *connection).await?.rows_affected()
            }
        })
    }

    async fn fetch_all<T: Record>(self, sql: Sql, args: Vec<Arg>) -> Result<Vec<T>, StoreError> {
        match self {
            Db::Sqlite { readers, .. } => {
                Ok(query_as_with(sql.sqlite, fill::<SqliteArguments>(args)).fetch_all(readers).await?)
            }
            Db::Postgres { pool, .. } => {
                let query = || query_as_with(sql.postgres, fill::<PgArguments>(args.clone()));
                match query().fetch_all(pool).await {
                    Err(error) if is_lost(&error) => Ok(query().fetch_all(&mut *living(pool).await?).await?),
                    other => Ok(other?),
                }
            }
        }
    }

    async fn fetch_optional<T: Record>(self, sql: Sql, args: Vec<Arg>) -> Result<Option<T>, StoreError> {
        match self {
            Db::Sqlite { readers, .. } => {
                Ok(query_as_with(sql.sqlite, fill::<SqliteArguments>(args)).fetch_optional(readers).await?)
            }
            Db::Postgres { pool, .. } => {
                let query = || query_as_with(sql.postgres, fill::<PgArguments>(args.clone()));
                match query().fetch_optional(pool).await {
                    Err(error) if is_lost(&error) => {
                        Ok(query().fetch_optional(&mut *living(pool).await?).await?)
                    }
                    other => Ok(other?),
                }
            }
        }
    }
}

impl Db {
    /// Reads over and over with ever other values: planned once, on one of the outbox's connections.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn ask_all<T: Record>(&self, sql: Sql, args: Vec<Arg>) -> Result<Vec<T>, StoreError> {
        match self {
            Db::Sqlite { .. } => self.fetch_all(sql, args).await,
            Db::Postgres { outbox, .. } => {
                Ok(query_as_with(sql.postgres, fill::<PgArguments>(args)).fetch_all(outbox).await?)
            }
        }
    }

    /// Runs a statement that changes rows and gives them back, over and over with ever other values: planned once, on one of
    /// the outbox's connections. One statement is one transaction.
    ///
    /// # Errors
    /// Where the database does not answer; it is not known then whether it happened.
    pub async fn change_all<T: Record>(&self, sql: Sql, args: Vec<Arg>) -> Result<Vec<T>, StoreError> {
        Ok(match self {
            Db::Sqlite { writer, gate, .. } => {
                let _held = gate.lock().await;
                query_as_with(sql.sqlite, fill::<SqliteArguments>(args)).fetch_all(writer).await?
            }
            Db::Postgres { outbox, .. } => {
                query_as_with(sql.postgres, fill::<PgArguments>(args)).fetch_all(outbox).await?
            }
        })
    }
}

impl Exec for &mut Tx {
    async fn execute(self, sql: Sql, args: Vec<Arg>) -> Result<u64, StoreError> {
        Ok(match self {
            Tx::Sqlite(tx, ..) => query_with(sql.sqlite, fill::<SqliteArguments>(args))
                .execute(&mut **tx)
                .await?
                .rows_affected(),
            Tx::Postgres(tx, _) => {
                query_with(sql.postgres, fill::<PgArguments>(args)).execute(&mut **tx).await?.rows_affected()
            }
        })
    }

    async fn fetch_all<T: Record>(self, sql: Sql, args: Vec<Arg>) -> Result<Vec<T>, StoreError> {
        Ok(match self {
            Tx::Sqlite(tx, ..) => {
                query_as_with(sql.sqlite, fill::<SqliteArguments>(args)).fetch_all(&mut **tx).await?
            }
            Tx::Postgres(tx, _) => {
                query_as_with(sql.postgres, fill::<PgArguments>(args)).fetch_all(&mut **tx).await?
            }
        })
    }

    async fn fetch_optional<T: Record>(self, sql: Sql, args: Vec<Arg>) -> Result<Option<T>, StoreError> {
        Ok(match self {
            Tx::Sqlite(tx, ..) => {
                query_as_with(sql.sqlite, fill::<SqliteArguments>(args)).fetch_optional(&mut **tx).await?
            }
            Tx::Postgres(tx, _) => {
                query_as_with(sql.postgres, fill::<PgArguments>(args)).fetch_optional(&mut **tx).await?
            }
        })
    }
}

/// A connection that answered just now. Dead ones on the way are closed: as many as the pool can hold, for all may have died
/// together; the one after them is new.
pub(super) async fn living(pool: &PgPool) -> Result<PoolConnection<Postgres>, sqlx::Error> {
    for _ in 0..pool.options().get_max_connections() {
        let mut connection = pool.acquire().await?;
        match connection.ping().await {
            Ok(()) => return Ok(connection),
            Err(error) if is_lost(&error) => drop(connection.detach()),
            Err(error) => return Err(error),
        }
    }
    pool.acquire().await
}

/// Whether the connection is gone rather than the statement refused.
fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        // The server said that it ends the connection: shutdown, crash of another, not yet ready.
        sqlx::Error::Database(error) => matches!(error.code().as_deref(), Some("57P01" | "57P02" | "57P03")),
        _ => false,
    }
}
