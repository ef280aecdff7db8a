//! Trying again: by somebody's word, or because a sink's configuration changed.

use super::listed::LedgerRow;
use crate::args;
use crate::clock::Millis;
use crate::store::db::{Db, Exec, Sql, StoreError, Tx, by_index};
use crate::store::outbox::SETTLE;
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
    /// What a parcel that waits is told as well, JSON; `{}`: nothing.
    pub wish: &'static str,
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
    is_held: bool,
    carries_it: bool,
}

/// Makes a delivery due: the jobs it has, or a new one. What may have arrived is left alone for as long as it may be under way.
///
/// # Errors
/// Where the database does not answer; then nothing happened.
pub async fn again(
    tx: &mut Tx,
    tenant_id: i64,
    again: &Again<'_>,
    now: Millis,
) -> Result<Retried, StoreError> {
    const OPEN: Sql = Sql {
        sqlite: "SELECT holder IS NOT NULL AS is_held, COALESCE(payload ->> 'revision' = $3, FALSE) AS carries_it FROM outbox
                 INDEXED BY outbox_lane WHERE tenant_id = $1 AND lane = $2 AND finished_at IS NULL ORDER BY place",
        postgres: "SELECT holder IS NOT NULL AS is_held,
                   COALESCE(CAST(CAST(payload AS JSON) ->> 'revision' AS BIGINT) = $3, FALSE) AS carries_it
                   FROM outbox WHERE tenant_id = $1 AND lane = $2 AND finished_at IS NULL ORDER BY place",
    };
    // SQLite has no statistics to tell that a lane is few rows.
    const DUE: Sql = {
        macro_rules! due {
            ($index:literal, $payload:literal) => {
                concat!(
                    "UPDATE ",
                    "outbox ",
                    $index,
                    " SET run_at = CASE WHEN state <> 'unsure' THEN $3 WHEN run_at > $4 THEN $4 ELSE run_at END,
                       attempts = 0, slotted = FALSE, payload = ",
                    $payload,
                    " WHERE tenant_id = $1 AND lane = $2 AND holder IS NULL AND finished_at IS NULL"
                )
            };
        }
        Sql {
            sqlite: due!("INDEXED BY outbox_lane", "json_patch(payload, $5)"),
            postgres: due!("", "CAST(CAST(payload AS JSONB) || CAST($5 AS JSONB) AS TEXT)"),
        }
    };
    const NEW: Sql = Sql::same(
        "INSERT INTO outbox (tenant_id, id, kind, account_id, lane, place, recipient, payload, person_id, channel, conversation_id,
           seq, part, parts, dedupe_key, confirms, state, attempts, run_at, wanted_at, created_at)
         VALUES ($1, $2, 'delivery', $3, $4, $2, $5, $6, 0, '', $7, 0, 0, 1, $8, FALSE, 'waiting', 0, $9, $9, $9)
         ON CONFLICT (tenant_id, dedupe_key) WHERE dedupe_key IS NOT NULL DO NOTHING",
    );
    let jobs: Vec<Job> = tx.fetch_all(OPEN, args![tenant_id, &again.lane, again.row.revision]).await?;
    let is_held = jobs.first().is_some_and(|first| first.is_held);
    if !jobs.is_empty() && !is_held {
        tx.execute(DUE, args![tenant_id, &again.lane, now, now + SETTLE, again.wish]).await?;
    }
    // What was written while the sink was not configured has no job, though an earlier version may have one.
    if !jobs.iter().any(|job| job.carries_it) {
        let Again { id, payload, lane, account_id, dedupe_key, row, .. } = again;
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
    Ok(if is_held { Retried::UnderWay } else { Retried::Due })
}

#[derive(FromRow)]
struct Id {
    id: i64,
}

/// Gives a delivery that was never tried another key: its sink takes corrections now, or no longer does. Where a delivery has that
/// key, it becomes this version of it. The delivery that has the key; `None`: a job is under way, and everything stays.
///
/// # Errors
/// Where the database does not answer; then nothing happened.
pub async fn rekey(
    tx: &mut Tx,
    tenant_id: i64,
    (row, lane): (&LedgerRow, &str),
    key: &str,
    now: Millis,
) -> Result<Option<i64>, StoreError> {
    const OPEN: Sql = by_index!(
        "outbox_lane",
        "SELECT ",
        "id FROM outbox",
        "WHERE tenant_id = $1 AND lane = $2 AND finished_at IS NULL ORDER BY place LIMIT 1"
    );
    const OTHER: Sql = Sql::same("SELECT id FROM deliveries WHERE tenant_id = $1 AND sink = $2 AND key = $3");
    const MOVED: Sql =
        Sql::same("UPDATE deliveries SET key = $3, updated_at = $4 WHERE tenant_id = $1 AND id = $2");
    const JOINED: Sql = Sql::same(
        "UPDATE deliveries SET conversation_id = n.conversation_id, channel = n.channel, event = n.event, lead_data = n.lead_data,
           payload = n.payload, revision = n.revision, state = 'pending', updated_at = $4
         FROM deliveries n WHERE n.tenant_id = $1 AND n.id = $3 AND deliveries.tenant_id = $1 AND deliveries.id = $2",
    );
    const GONE: Sql = Sql::same("DELETE FROM deliveries WHERE tenant_id = $1 AND id = $2");
    let open: Option<Id> = tx.fetch_optional(OPEN, args![tenant_id, lane]).await?;
    if open.is_some() {
        return Ok(None);
    }
    let other: Option<Id> = tx.fetch_optional(OTHER, args![tenant_id, &row.sink, key]).await?;
    let Some(Id { id: other }) = other else {
        tx.execute(MOVED, args![tenant_id, row.id, key, now]).await?;
        return Ok(Some(row.id));
    };
    tx.execute(JOINED, args![tenant_id, other, row.id, now]).await?;
    tx.execute(GONE, args![tenant_id, row.id]).await?;
    Ok(Some(other))
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

/// Forgets how sinks were configured that no longer are: what is to be delivered to them meanwhile is taken up once they are again.
///
/// # Errors
/// Where the database does not answer.
pub async fn forget_fingerprints(db: &Db, tenant_id: i64, configured: &[&str]) -> Result<(), StoreError> {
    const FORGET: Sql = Sql {
        sqlite: "DELETE FROM sinks WHERE tenant_id = $1 AND name NOT IN (SELECT value FROM json_each($2))",
        postgres: "DELETE FROM sinks WHERE tenant_id = $1 AND name NOT IN (SELECT json_array_elements_text($2::json))",
    };
    let names = serde_json::to_string(configured).expect("texts always serialise");
    db.execute(FORGET, args![tenant_id, names]).await.map(drop)
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
