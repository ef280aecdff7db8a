//! Schedules of accounts that several processes share.

use super::db::{Db, Sql, StoreError, Tx};
use crate::args;
use crate::domain::access::Tenant;
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

/// How far a campaign's schedule is filled, in microseconds, which nobody else fills until the transaction ends.
///
/// # Errors
/// Where the database does not answer.
pub async fn filled(tx: &mut Tx, tenant: Tenant, campaign: i64, kind: &str) -> Result<i64, StoreError> {
    const FILLED: Sql =
        Sql::same("SELECT free_at_us FROM send_rates WHERE tenant_id = $1 AND account_id = $2 AND kind = $3");
    let row: Option<Filled> = tx.within(tenant).fetch_optional(FILLED, args![campaign, kind]).await?;
    Ok(row.map_or(0, |row| row.free_at_us))
}

/// Fills a campaign's schedule up to an instant, in microseconds.
///
/// # Errors
/// Where the database does not answer.
pub async fn fill(
    tx: &mut Tx,
    tenant: Tenant,
    campaign: i64,
    kind: &str,
    free_at_us: i64,
) -> Result<(), StoreError> {
    const FILL: Sql = Sql::same(
        "INSERT INTO send_rates (tenant_id, account_id, kind, free_at_us) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, account_id, kind) DO UPDATE SET free_at_us = excluded.free_at_us",
    );
    tx.within(tenant).execute(FILL, args![campaign, kind, free_at_us]).await.map(drop)
}
