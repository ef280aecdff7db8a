//! Schedules of accounts that several processes share.

use super::db::{Db, Sql, StoreError};
use crate::args;
use sqlx::FromRow;

#[derive(FromRow)]
struct Filled {
    free_at_us: i64,
}

/// Fills an account's schedule by so many microseconds from now on; up to when it was filled before, at least `now_us`.
///
/// # Errors
/// Where the database does not answer.
pub async fn reserve(
    db: &Db,
    tenant_id: i64,
    account_id: i64,
    kind: &str,
    now_us: i64,
    length_us: i64,
) -> Result<i64, StoreError> {
    const RESERVE: Sql = Sql::same(
        "INSERT INTO send_rates (tenant_id, account_id, kind, free_at_us) VALUES ($1, $2, $3, $4 + $5)
         ON CONFLICT (tenant_id, account_id, kind) DO UPDATE SET free_at_us = $5 +
           CASE WHEN send_rates.free_at_us > $4 THEN send_rates.free_at_us ELSE $4 END
         RETURNING free_at_us",
    );
    let rows: Vec<Filled> =
        db.change_all(RESERVE, args![tenant_id, account_id, kind, now_us, length_us]).await?;
    Ok(rows.first().map_or(now_us, |row| row.free_at_us - length_us))
}
