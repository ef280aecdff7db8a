//! Failed log-ins, by hashes of what they are counted for; shared by all replicas.

use super::db::{Db, Exec, Sql, StoreError, Tx};
use crate::args;
use crate::clock::Millis;
use sqlx::FromRow;

/// What has failed for a key.
#[derive(Clone, Copy, Debug, Default, FromRow)]
pub struct Failed {
    /// How often.
    pub failures: i64,
    /// When the last time.
    pub last_at: i64,
    /// Until when nothing is tried.
    pub open_at: i64,
}

/// What has failed for a key that nobody else counts until the transaction ends.
///
/// # Errors
/// Where the database does not answer.
pub async fn lock(tx: &mut Tx, key: &str) -> Result<Failed, StoreError> {
    const ENSURE: Sql = Sql::same(
        "INSERT INTO log_in_failures (key, failures, last_at, open_at) VALUES ($1, 0, 0, 0) ON CONFLICT DO NOTHING",
    );
    const LOCK: Sql = Sql {
        sqlite: "SELECT failures, last_at, open_at FROM log_in_failures WHERE key = $1",
        postgres: "SELECT failures, last_at, open_at FROM log_in_failures WHERE key = $1 FOR UPDATE",
    };
    tx.execute(ENSURE, args![key]).await?;
    Ok(tx.fetch_optional(LOCK, args![key]).await?.unwrap_or_default())
}

/// Writes what has failed for a key.
///
/// # Errors
/// Where the database does not answer.
pub async fn set(tx: &mut Tx, key: &str, failed: Failed) -> Result<(), StoreError> {
    const SET: Sql =
        Sql::same("UPDATE log_in_failures SET failures = $2, last_at = $3, open_at = $4 WHERE key = $1");
    tx.execute(SET, args![key, failed.failures, failed.last_at, failed.open_at]).await.map(drop)
}

/// Forgets what failed last before then.
///
/// # Errors
/// Where the database does not answer.
pub async fn forget(db: &Db, before: Millis) -> Result<u64, StoreError> {
    const FORGET: Sql = Sql::same("DELETE FROM log_in_failures WHERE last_at < $1");
    db.execute(FORGET, args![before]).await
}
