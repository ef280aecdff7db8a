//! Deliveries as a comparison needs them.

use super::Run;
use crate::args;
use crate::clock::Millis;
use crate::ids;
use crate::store::db::{Db, Exec, Sql, StoreError, by_index};
use sqlx::FromRow;

/// A delivery.
#[derive(Clone, Debug, FromRow)]
pub struct Kept {
    /// Its id.
    pub id: i64,
    /// Our id of the record.
    pub key: String,
    /// The sink's.
    pub sink_id: Option<String>,
    /// How it was held.
    pub channel: String,
    /// What is to be there, JSON.
    pub payload: String,
    /// Which version of it.
    pub revision: i64,
    /// `pending`, `delivered`, `failed`, `unknown`.
    pub state: String,
    /// When it last changed.
    pub updated_at: i64,
    /// When its person was erased: what is there is not ours to compare.
    pub erased_at: Option<i64>,
}

/// The columns of [`Kept`]; by way of an index where SQLite, which has no statistics, would go through all of a tenant's rows.
macro_rules! columns {
    () => {
        columns!("")
    };
    ($index:literal) => {
        concat!(
            "SELECT ",
            "id, key, sink_id, channel, payload, revision, state, updated_at, erased_at FROM deliveries ",
            $index,
            " WHERE tenant_id = $1 AND "
        )
    };
}

async fn listed(
    db: &Db,
    run: &Run,
    sql: Sql,
    wanted: &impl serde::Serialize,
) -> Result<Vec<Kept>, StoreError> {
    let wanted = serde_json::to_string(wanted).expect("texts and numbers always serialise");
    db.fetch_all(sql, args![run.tenant_id, &run.sink, wanted]).await
}

/// The deliveries of a run's sink with these keys of ours.
///
/// # Errors
/// Where the database does not answer.
pub async fn by_keys(db: &Db, run: &Run, keys: &[&str]) -> Result<Vec<Kept>, StoreError> {
    const KEYS: Sql = Sql {
        sqlite: concat!(
            columns!("INDEXED BY deliveries_key"),
            "sink = $2 AND key IN (SELECT value FROM json_each($3))"
        ),
        postgres: concat!(columns!(), "sink = $2 AND key IN (SELECT json_array_elements_text($3::json))"),
    };
    listed(db, run, KEYS, &keys).await
}

/// The deliveries of a run's sink that have these ids there.
///
/// # Errors
/// Where the database does not answer.
pub async fn by_sink_ids(db: &Db, run: &Run, ids: &[&str]) -> Result<Vec<Kept>, StoreError> {
    const IDS: Sql = Sql {
        sqlite: concat!(
            columns!("INDEXED BY deliveries_sink_id"),
            "sink = $2 AND sink_id IN (SELECT value FROM json_each($3))"
        ),
        postgres: concat!(
            columns!(),
            "sink = $2 AND sink_id IN (SELECT json_array_elements_text($3::json)) AND sink_id IS NOT NULL"
        ),
    };
    listed(db, run, IDS, &ids).await
}

/// The deliveries of a run's sink with these ids of rows.
///
/// # Errors
/// Where the database does not answer.
pub async fn by_ids(db: &Db, run: &Run, wanted: &[i64]) -> Result<Vec<Kept>, StoreError> {
    const IDS: Sql = Sql {
        sqlite: concat!(columns!(), "sink || '' = $2 AND id IN (SELECT value FROM json_each($3))"),
        postgres: concat!(
            columns!(),
            "sink || '' = $2 AND id IN (SELECT CAST(json_array_elements_text($3::json) AS BIGINT))"
        ),
    };
    listed(db, run, IDS, &wanted).await
}

/// The next deliveries of a run's sink after a row, by id; of one channel where it is not empty. All that were written before the
/// run began, whether they arrived or not.
///
/// # Errors
/// Where the database does not answer.
pub async fn window(
    db: &Db,
    run: &Run,
    channel: &str,
    after: i64,
    most: i64,
) -> Result<Vec<Kept>, StoreError> {
    // The sink is compared as an expression, so that the rows are read in the order of their ids.
    const WINDOW: Sql = Sql::same(concat!(
        columns!(),
        "id > $3 AND id < $4 AND sink || '' = $2 AND ($5 = '' OR channel = $5) ORDER BY id LIMIT $6"
    ));
    let before = ids::first_at(run.started_at);
    db.fetch_all(WINDOW, args![run.tenant_id, &run.sink, after, before, channel, most]).await
}

#[derive(FromRow)]
struct Count {
    count: i64,
}

/// How many deliveries a run goes through.
///
/// # Errors
/// Where the database does not answer.
pub async fn total(db: &Db, run: &Run, channel: &str, after: i64) -> Result<i64, StoreError> {
    const TOTAL: Sql = Sql::same(
        "SELECT COUNT(*) AS count FROM deliveries WHERE tenant_id = $1 AND id > $3 AND id < $4 AND sink || '' = $2
           AND ($5 = '' OR channel = $5)",
    );
    let before = ids::first_at(run.started_at);
    let row: Option<Count> =
        db.fetch_optional(TOTAL, args![run.tenant_id, &run.sink, after, before, channel]).await?;
    Ok(row.map_or(0, |row| row.count))
}

/// Deliveries of a sink that are not there as they should be, as the ledger knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow, serde::Serialize)]
pub struct Open {
    /// On their way.
    pub pending: i64,
    /// Somebody has to mend something.
    pub failed: i64,
    /// They may be there.
    pub unknown: i64,
}

/// What of a sink is not there, as the ledger knows, of what was written since then.
///
/// # Errors
/// Where the database does not answer.
pub async fn open(db: &Db, tenant_id: i64, sink: &str, since: Millis) -> Result<Open, StoreError> {
    const OPEN: Sql = by_index!(
        "deliveries_open",
        "SELECT ",
        "COUNT(CASE WHEN state = 'pending' THEN 1 END) AS pending, COUNT(CASE WHEN state = 'failed' THEN 1 END) AS failed,
           COUNT(CASE WHEN state = 'unknown' THEN 1 END) AS unknown FROM deliveries",
        "WHERE tenant_id = $1 AND sink = $2 AND id >= $3 AND state <> 'delivered'"
    );
    Ok(db.fetch_optional(OPEN, args![tenant_id, sink, ids::first_at(since)]).await?.unwrap_or_default())
}
