//! Trying again: by somebody's word, or because a sink's configuration changed; and forgetting what is old.

use super::listed::LedgerRow;
use crate::args;
use crate::clock::Millis;
use crate::store::db::{Db, Exec, Sql, StoreError, Tx};
use sqlx::FromRow;

/// A job that delivers again.
#[derive(Clone, Debug)]
pub struct Again<'a> {
    /// Its id.
    pub id: i64,
    /// Its payload.
    pub payload: String,
    /// The record's lane.
    pub lane: String,
    /// The sink's number.
    pub account_id: i64,
    /// Names the wish, so that the same one makes one job.
    pub dedupe_key: String,
    /// What is delivered.
    pub row: &'a LedgerRow,
}

/// What became of the wish to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retried {
    /// A job is due now.
    Due,
    /// It is being sent at this moment.
    UnderWay,
}

#[derive(FromRow)]
struct Job {
    id: i64,
    is_held: bool,
}

/// Makes a delivery due: the job it has, or a new one.
///
/// # Errors
/// Where the database does not answer; then nothing happened.
pub async fn again(
    tx: &mut Tx,
    tenant_id: i64,
    again: &Again<'_>,
    now: Millis,
) -> Result<Retried, StoreError> {
    const OPEN: Sql = Sql::same(
        "SELECT id, holder IS NOT NULL AS is_held FROM outbox WHERE tenant_id = $1 AND lane = $2 AND finished_at IS NULL
         ORDER BY place LIMIT 1",
    );
    const DUE: Sql = Sql::same(
        "UPDATE outbox SET run_at = $3, attempts = 0, slotted = FALSE WHERE tenant_id = $1 AND id = $2 AND holder IS NULL
         AND finished_at IS NULL",
    );
    const NEW: Sql = Sql::same(
        "INSERT INTO outbox (tenant_id, id, kind, account_id, lane, place, recipient, payload, person_id, channel, conversation_id,
           seq, part, parts, dedupe_key, confirms, state, attempts, run_at, wanted_at, created_at)
         VALUES ($1, $2, 'delivery', $3, $4, $2, $5, $6, 0, '', $7, 0, 0, 1, $8, FALSE, 'waiting', 0, $9, $9, $9)
         ON CONFLICT DO NOTHING",
    );
    let open: Option<Job> = tx.fetch_optional(OPEN, args![tenant_id, &again.lane]).await?;
    match open {
        Some(Job { is_held: true, .. }) => return Ok(Retried::UnderWay),
        Some(Job { id, .. }) => drop(tx.execute(DUE, args![tenant_id, id, now]).await?),
        None => {
            let Again { id, payload, lane, account_id, dedupe_key, row } = again;
            let args = args![
                tenant_id,
                *id,
                *account_id,
                lane,
                &row.sink,
                payload,
                row.conversation_id,
                dedupe_key,
                now
            ];
            tx.execute(NEW, args).await?;
        }
    }
    Ok(Retried::Due)
}

#[derive(FromRow)]
struct Fingerprint {
    fingerprint: String,
}

/// How a sink was configured when it was last started; `None`: it never was.
///
/// # Errors
/// Where the database does not answer.
pub async fn fingerprint(db: &Db, tenant_id: i64, sink: &str) -> Result<Option<String>, StoreError> {
    const READ: Sql = Sql::same("SELECT fingerprint FROM sinks WHERE tenant_id = $1 AND name = $2");
    let row: Option<Fingerprint> = db.fetch_optional(READ, args![tenant_id, sink]).await?;
    Ok(row.map(|row| row.fingerprint))
}

/// Writes down how a sink is configured now.
///
/// # Errors
/// Where the database does not answer.
pub async fn set_fingerprint(
    db: &Db,
    tenant_id: i64,
    sink: &str,
    fingerprint: &str,
    now: Millis,
) -> Result<(), StoreError> {
    const SET: Sql = Sql::same(
        "INSERT INTO sinks (tenant_id, name, fingerprint, updated_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, name) DO UPDATE SET fingerprint = excluded.fingerprint, updated_at = excluded.updated_at",
    );
    db.execute(SET, args![tenant_id, sink, fingerprint, now]).await.map(drop)
}

/// Deliveries of a sink, by id, that no job is about although they are not there as they should be: written before the sink was
/// configured, or given up.
///
/// # Errors
/// Where the database does not answer.
pub async fn to_take_up(
    db: &Db,
    tenant_id: i64,
    sink: &str,
    after: i64,
    most: i64,
) -> Result<Vec<LedgerRow>, StoreError> {
    let asked = super::Asked { sink: Some(sink.to_owned()), after, most, ..super::Asked::default() };
    super::list(db, tenant_id, false, &asked).await
}

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
        "SELECT MAX(id) AS id FROM (SELECT id FROM deliveries WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3) AS next",
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
    const DELIVERIES: Sql = Sql::same(
        "DELETE FROM deliveries WHERE tenant_id = $1 AND id > $2 AND id <= $3 AND state = 'delivered' AND submitted_at < $4
           AND updated_at < $4",
    );
    let next: Option<Last> = db.fetch_optional(LAST, args![tenant_id, after, most]).await?;
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
    let deliveries = tx.execute(DELIVERIES, args()).await?;
    tx.commit().await?;
    Ok(Forgotten { last: Some(last), deliveries, attempts })
}
