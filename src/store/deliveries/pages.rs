//! The ledger page by page: what is not there as it should be, and what was taken.

use super::LedgerRow;
use super::listed::ledger;
use crate::args;
use crate::clock::Millis;
use crate::store::db::{Db, Exec, Sql, StoreError};
use sqlx::FromRow;

/// Which rows are asked for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Of this sink.
    pub sink: Option<String>,
    /// Held on this channel.
    pub channel: Option<String>,
    /// Taken since then; of those not taken this says nothing.
    pub since: Millis,
}

/// The next rows after this one that are not there as they should be, by sink and id.
///
/// # Errors
/// Where the database does not answer.
pub async fn open(
    db: &Db,
    tenant_id: i64,
    asked: &Asked,
    after: Option<&LedgerRow>,
    most: i64,
) -> Result<Vec<LedgerRow>, StoreError> {
    macro_rules! sql {
        ($rows:literal) => {
            Sql { sqlite: ledger!("INDEXED BY deliveries_open", $rows), postgres: ledger!("", $rows) }
        };
    }
    const OF_ALL: Sql = sql!(
        "WHERE tenant_id = $1 AND state <> 'delivered' AND erased_at IS NULL AND (sink, id) > ($2, $3) AND ($4 = '' OR channel = $4) ORDER BY sink, id LIMIT $5"
    );
    const OF_ONE: Sql = sql!(
        "WHERE tenant_id = $1 AND state <> 'delivered' AND erased_at IS NULL AND sink = $2 AND id > $3 AND ($4 = '' OR channel = $4) ORDER BY id LIMIT $5"
    );
    let sql = if asked.sink.is_some() { OF_ONE } else { OF_ALL };
    let first = asked.sink.clone().unwrap_or_default();
    let (sink, id) = after.map_or((first, 0), |row| (row.sink.clone(), row.id));
    db.fetch_all(sql, args![tenant_id, sink, id, asked.channel.clone().unwrap_or_default(), most]).await
}

/// The next rows after this one that were taken, by when they were first.
///
/// # Errors
/// Where the database does not answer.
pub async fn taken(
    db: &Db,
    tenant_id: i64,
    asked: &Asked,
    after: Option<&LedgerRow>,
    most: i64,
) -> Result<Vec<LedgerRow>, StoreError> {
    macro_rules! rows {
        ($index:literal) => {
            ledger!(
                $index,
                "WHERE tenant_id = $1 AND submitted_at IS NOT NULL AND submitted_at >= $2 AND (submitted_at > $2 OR id > $3)
                   AND ($4 = '' OR sink = $4) AND ($5 = '' OR channel = $5) ORDER BY submitted_at, id LIMIT $6"
            )
        };
    }
    const TAKEN: Sql = Sql { sqlite: rows!("INDEXED BY deliveries_submitted"), postgres: rows!("") };
    let (since, id) = after.map_or((asked.since, 0), |row| (row.submitted_at.unwrap_or(asked.since), row.id));
    let (sink, channel) = (asked.sink.clone().unwrap_or_default(), asked.channel.clone().unwrap_or_default());
    db.fetch_all(TAKEN, args![tenant_id, since, id, sink, channel, most]).await
}

#[derive(FromRow)]
struct Count {
    count: i64,
}

/// How many rows [`taken`] comes to.
///
/// # Errors
/// Where the database does not answer.
pub async fn count_taken(db: &Db, tenant_id: i64, asked: &Asked) -> Result<u64, StoreError> {
    macro_rules! rows {
        ($index:literal) => {
            concat!(
                "SELECT ",
                "COUNT(*) AS count FROM deliveries ",
                $index,
                " WHERE tenant_id = $1 AND submitted_at IS NOT NULL AND submitted_at >= $2 AND ($3 = '' OR sink = $3)
                   AND ($4 = '' OR channel = $4)"
            )
        };
    }
    const COUNT: Sql = Sql { sqlite: rows!("INDEXED BY deliveries_submitted"), postgres: rows!("") };
    let (sink, channel) = (asked.sink.clone().unwrap_or_default(), asked.channel.clone().unwrap_or_default());
    let row: Option<Count> = db.fetch_optional(COUNT, args![tenant_id, asked.since, sink, channel]).await?;
    Ok(row.map_or(0, |row| row.count.unsigned_abs()))
}
