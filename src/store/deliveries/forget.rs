//! Forgetting what was delivered long ago.

use crate::args;
use crate::clock::Millis;
use crate::ids;
use crate::store::db::{Db, Exec, Sql, StoreError};
use sqlx::FromRow;

#[derive(FromRow)]
struct Last {
    id: Option<i64>,
}

/// What a purge would take, or took, of a piece of the ledger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// The last row that was looked at; `None`: there are no more.
    pub last: Option<i64>,
    /// Deliveries.
    pub deliveries: u64,
    /// Their attempts, and those of what stays.
    pub attempts: u64,
}

#[derive(FromRow)]
struct Count {
    count: i64,
}

/// Forgets the next `most` deliveries above `after` that were taken before `before` and are as they should be, with their attempts.
/// With `dry` it only counts.
///
/// # Errors
/// Where the database does not answer.
pub async fn forget(
    db: &Db,
    tenant_id: i64,
    (after, before): (i64, Millis),
    most: i64,
    dry: bool,
) -> Result<Forgotten, StoreError> {
    const LAST: Sql = Sql::same(
        "SELECT MAX(id) AS id FROM (SELECT id FROM deliveries WHERE tenant_id = $1 AND id > $2 AND id < $4 ORDER BY id LIMIT $3) AS next",
    );
    const COUNT: Sql = Sql::same(
        "SELECT COUNT(*) AS count FROM deliveries WHERE tenant_id = $1 AND id > $2 AND id <= $3 AND state = 'delivered'
           AND submitted_at < $4 AND updated_at < $4",
    );
    const COUNT_ATTEMPTS: Sql = Sql::same(
        "SELECT COUNT(*) AS count FROM delivery_attempts WHERE tenant_id = $1 AND delivery_id IN (SELECT id FROM deliveries
           WHERE tenant_id = $1 AND id > $2 AND id <= $3 AND state = 'delivered' AND submitted_at < $4 AND updated_at < $4)",
    );
    const ATTEMPTS: Sql = Sql::same(
        "DELETE FROM delivery_attempts WHERE tenant_id = $1 AND delivery_id IN (SELECT id FROM deliveries
           WHERE tenant_id = $1 AND id > $2 AND id <= $3 AND state = 'delivered' AND submitted_at < $4 AND updated_at < $4)",
    );
    // A lead's record is corrected when the lead comes back; a conversation's never is.
    const RECORDS: Sql = Sql::same(
        "INSERT INTO sink_records (tenant_id, sink, key, sink_id) SELECT tenant_id, sink, key, sink_id FROM deliveries
         WHERE tenant_id = $1 AND id > $2 AND id <= $3 AND state = 'delivered' AND submitted_at < $4 AND updated_at < $4
           AND sink_id IS NOT NULL AND key NOT LIKE 'lw-%-%'
         ON CONFLICT (tenant_id, sink, key) DO UPDATE SET sink_id = excluded.sink_id",
    );
    const DELIVERIES: Sql = Sql::same(
        "DELETE FROM deliveries WHERE tenant_id = $1 AND id > $2 AND id <= $3 AND state = 'delivered' AND submitted_at < $4
           AND updated_at < $4",
    );
    let next: Option<Last> =
        db.fetch_optional(LAST, args![tenant_id, after, most, ids::first_at(before)]).await?;
    let Some(last) = next.and_then(|next| next.id) else { return Ok(Forgotten::default()) };
    let args = || args![tenant_id, after, last, before];
    if dry {
        let count = |row: Option<Count>| row.map_or(0, |row| row.count as u64);
        let deliveries = count(db.fetch_optional(COUNT, args()).await?);
        let attempts = count(db.fetch_optional(COUNT_ATTEMPTS, args()).await?);
        return Ok(Forgotten { last: Some(last), deliveries, attempts });
    }
    let mut tx = db.begin().await?;
    let attempts = tx.execute(ATTEMPTS, args()).await?;
    tx.execute(RECORDS, args()).await?;
    let deliveries = tx.execute(DELIVERIES, args()).await?;
    tx.commit().await?;
    Ok(Forgotten { last: Some(last), deliveries, attempts })
}
