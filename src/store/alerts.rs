//! What is alerted about now, what ran on which day, and the key that signs our own links.

use super::db::{Db, Exec, Sql, StoreError, Tx, Within};
use crate::args;
use crate::clock::Millis;
use serde::Serialize;
use sqlx::FromRow;

/// An alert that stands.
#[derive(Clone, Debug, FromRow, Serialize)]
pub struct AlertRow {
    /// The tenant.
    pub tenant_id: i64,
    /// Which alert.
    pub name: String,
    /// In words.
    pub message: String,
    /// Since when.
    pub raised_at: i64,
}

/// Raises an alert; `false`: it stands already.
///
/// # Errors
/// Where the database does not answer.
pub async fn raise(
    tx: &mut Tx,
    tenant_id: i64,
    name: &str,
    message: &str,
    now: Millis,
) -> Result<bool, StoreError> {
    const RAISE: Sql = Sql::same(
        "INSERT INTO alerts (tenant_id, name, message, raised_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, name) DO UPDATE SET message = excluded.message, raised_at = excluded.raised_at, cleared_at = NULL
         WHERE alerts.cleared_at IS NOT NULL",
    );
    Ok(tx.execute(RAISE, args![tenant_id, name, message, now]).await? == 1)
}

/// Clears an alert; `false`: it does not stand.
///
/// # Errors
/// Where the database does not answer.
pub async fn clear(db: &Db, tenant_id: i64, name: &str, now: Millis) -> Result<bool, StoreError> {
    const CLEAR: Sql = Sql::same(
        "UPDATE alerts SET cleared_at = $3 WHERE tenant_id = $1 AND name = $2 AND cleared_at IS NULL",
    );
    Ok(db.execute(CLEAR, args![tenant_id, name, now]).await? == 1)
}

/// What stands, of all tenants.
///
/// # Errors
/// Where the database does not answer.
pub async fn standing(db: &Db) -> Result<Vec<AlertRow>, StoreError> {
    const STANDING: Sql = Sql::same(
        "SELECT tenant_id, name, message, raised_at FROM alerts WHERE cleared_at IS NULL AND tenant_id > 0 ORDER BY raised_at LIMIT 100",
    );
    db.fetch_all(STANDING, args![]).await
}

/// How the result of a run begins that came to nothing.
pub const FAILED: &str = "failed: ";

/// Takes today's run of something that runs once a day, for whoever asks first; `false`: somebody had it.
///
/// # Errors
/// Where the database does not answer.
pub async fn take_run(
    db: &Db,
    tenant_id: i64,
    name: &str,
    day: &str,
    now: Millis,
) -> Result<bool, StoreError> {
    const TAKE: Sql = Sql::same(
        "INSERT INTO schedules (tenant_id, name, ran_for, ran_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, name)
         DO UPDATE SET ran_for = excluded.ran_for, ran_at = excluded.ran_at, took_ms = NULL, result = NULL
         WHERE schedules.ran_for <> excluded.ran_for",
    );
    Ok(db.execute(TAKE, args![tenant_id, name, day, now]).await? == 1)
}

/// Whether the last run of something that runs once a day was that day's, and has ended well: how it went is written down.
///
/// # Errors
/// Where the database does not answer.
pub async fn has_ended(db: &Db, tenant_id: i64, name: &str, day: &str) -> Result<bool, StoreError> {
    const LAST: Sql = Sql::same("SELECT ran_for, result FROM schedules WHERE tenant_id = $1 AND name = $2");
    #[derive(FromRow)]
    struct Run {
        ran_for: String,
        result: Option<String>,
    }
    let run: Option<Run> = db.fetch_optional(LAST, args![tenant_id, name]).await?;
    Ok(run.is_some_and(|run| {
        run.ran_for == day && run.result.is_some_and(|result| !result.starts_with(FAILED))
    }))
}

/// Writes down how a run went.
///
/// # Errors
/// Where the database does not answer.
pub async fn ran(db: Within<'_>, name: &str, took_ms: i64, result: &str) -> Result<(), StoreError> {
    const RAN: Sql =
        Sql::same("UPDATE schedules SET took_ms = $3, result = $4 WHERE tenant_id = $1 AND name = $2");
    db.execute(RAN, args![name, took_ms, result]).await.map(drop)
}

/// A task that runs by itself, and how its last run went.
#[derive(Clone, Debug, FromRow, Serialize)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct RunRow {
    pub name: String,
    pub ran_for: String,
    pub ran_at: i64,
    pub took_ms: Option<i64>,
    pub result: Option<String>,
}

/// Tasks of a tenant, with their last runs.
///
/// # Errors
/// Where the database does not answer.
pub async fn runs(db: Within<'_>) -> Result<Vec<RunRow>, StoreError> {
    const RUNS: Sql = Sql::same(
        "SELECT name, ran_for, ran_at, took_ms, result FROM schedules WHERE tenant_id = $1 ORDER BY name LIMIT 100",
    );
    db.fetch_all(RUNS, args![]).await
}

#[derive(FromRow)]
struct Key {
    value: String,
}

/// The key of that name; `new` becomes it where there is none.
///
/// # Errors
/// Where the database does not answer.
pub async fn signing_key(db: &Db, name: &str, new: &str, now: Millis) -> Result<String, StoreError> {
    const MAKE: Sql = Sql::same(
        "INSERT INTO signing_keys (name, value, created_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING",
    );
    const READ: Sql = Sql::same("SELECT value FROM signing_keys WHERE name = $1");
    db.execute(MAKE, args![name, new, now]).await?;
    let row: Option<Key> = db.fetch_optional(READ, args![name]).await?;
    Ok(row.map_or_else(|| new.to_owned(), |row| row.value))
}
