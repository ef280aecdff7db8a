//! Trying again: by somebody's word, or because a sink's configuration changed.

use super::listed::LedgerRow;
use crate::args;
use crate::clock::Millis;
use crate::store::db::{Db, Exec, Sql, StoreError, Tx};
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
    const OPEN: Sql = Sql::same(
        "SELECT holder IS NOT NULL AS is_held FROM outbox WHERE tenant_id = $1 AND lane = $2 AND finished_at IS NULL
         ORDER BY place LIMIT 1",
    );
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
    let open: Option<Job> = tx.fetch_optional(OPEN, args![tenant_id, &again.lane]).await?;
    match open {
        Some(Job { is_held: true }) => return Ok(Retried::UnderWay),
        Some(Job { is_held: false }) => {
            let args = args![tenant_id, &again.lane, now, now + SETTLE, again.wish];
            tx.execute(DUE, args).await?;
        }
        None => {
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
