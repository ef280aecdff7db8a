//! Follow-ups: that somebody is to speak with a lead, when, and what came of it.

use super::super::db::{Sql, StoreError, Within};
use crate::args;
use crate::clock::Millis;
use sqlx::FromRow;

/// A follow-up.
#[derive(Clone, Debug, PartialEq, FromRow)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct FollowUpRow {
    pub id: i64,
    pub lead_id: i64,
    pub scheduled_at: i64,
    pub time_zone: String,
    pub completed_at: Option<i64>,
    pub status: String,
    pub outcome: Option<String>,
    pub notes: Option<String>,
    pub assigned_to: Option<i64>,
    pub dates: i64,
    pub version: i64,
    pub created_by: Option<i64>,
    pub updated_by: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
}

/// What is asked of follow-ups: a statement that ends so, on SQLite by this index.
macro_rules! follow_ups {
    ($index:literal, $rest:literal) => {
        follow_ups!(@ concat!(" INDEXED BY ", $index), $rest)
    };
    ($rest:literal) => {
        follow_ups!(@ "", $rest)
    };
    (@ $by:expr, $rest:literal) => {
        Sql { sqlite: follow_ups!(% $by, $rest), postgres: follow_ups!(% "", $rest) }
    };
    (% $by:expr, $rest:literal) => {
        concat!(
            "SELECT ",
            "id, lead_id, scheduled_at, time_zone, completed_at, status, outcome, notes, assigned_to, dates, version, created_by, updated_by,
             created_at, updated_at FROM follow_ups",
            $by,
            $rest
        )
    };
}

/// Adds a follow-up.
///
/// # Errors
/// Where the database does not answer.
pub async fn add_follow_up(tx: Within<'_>, follow_up: &FollowUpRow) -> Result<(), StoreError> {
    const INSERT: Sql = Sql::same(
        "INSERT INTO follow_ups (tenant_id, id, lead_id, scheduled_at, time_zone, status, notes, assigned_to, version, created_by,
           updated_by, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $9, $10, $10)",
    );
    let FollowUpRow {
        id,
        lead_id,
        scheduled_at,
        time_zone,
        status,
        notes,
        assigned_to,
        created_by,
        created_at,
        ..
    } = follow_up;
    let args = args![
        *id,
        *lead_id,
        *scheduled_at,
        time_zone,
        status,
        notes.clone(),
        *assigned_to,
        *created_by,
        *created_at
    ];
    tx.execute(INSERT, args).await.map(drop)
}

/// Writes the job that tells somebody of a follow-up at `at`; `payload` is what it carries, JSON.
///
/// # Errors
/// Where the database does not answer.
pub async fn add_reminder(
    tx: Within<'_>,
    job_id: i64,
    payload: &str,
    (at, now): (Millis, Millis),
) -> Result<(), StoreError> {
    const JOB: Sql = Sql::same(
        "INSERT INTO outbox (tenant_id, id, kind, account_id, place, recipient, payload, person_id, channel, conversation_id, seq,
           part, parts, confirms, state, attempts, run_at, wanted_at, created_at)
         VALUES ($1, $2, 'reminder', 0, $2, 'follow-up', $3, 0, '', 0, 0, 0, 1, FALSE, 'waiting', 0, $4, $4, $5)",
    );
    tx.execute(JOB, args![job_id, payload, at, now]).await.map(drop)
}

/// A follow-up.
///
/// # Errors
/// Where the database does not answer.
pub async fn follow_up(db: Within<'_>, id: i64) -> Result<Option<FollowUpRow>, StoreError> {
    const FIND: Sql = follow_ups!(" WHERE tenant_id = $1 AND id = $2");
    db.fetch_optional(FIND, args![id]).await
}

/// Writes a follow-up whose lead this transaction has locked, as its next version.
///
/// # Errors
/// Where the database does not answer.
pub async fn save_follow_up(tx: Within<'_>, follow_up: &FollowUpRow) -> Result<(), StoreError> {
    const SAVE: Sql = Sql::same(
        "UPDATE follow_ups SET scheduled_at = $3, time_zone = $4, completed_at = $5, status = $6, outcome = $7, notes = $8,
           assigned_to = $9, updated_by = $10, updated_at = $11, version = $12, dates = $13 WHERE tenant_id = $1 AND id = $2",
    );
    let args = args![
        follow_up.id,
        follow_up.scheduled_at,
        &follow_up.time_zone,
        follow_up.completed_at,
        &follow_up.status,
        follow_up.outcome.clone(),
        follow_up.notes.clone(),
        follow_up.assigned_to,
        follow_up.updated_by,
        follow_up.updated_at,
        follow_up.version,
        follow_up.dates
    ];
    tx.execute(SAVE, args).await.map(drop)
}

/// Cancels what is pending of a lead that has come to its end; how many there were.
///
/// # Errors
/// Where the database does not answer.
pub async fn cancel_pending(
    tx: Within<'_>,
    lead_id: i64,
    user_id: Option<i64>,
    now: Millis,
) -> Result<u64, StoreError> {
    const CANCEL: Sql = Sql {
        sqlite: "UPDATE follow_ups INDEXED BY follow_ups_lead SET status = 'CANCELLED', updated_by = $3, updated_at = $4, version = version + 1
                 WHERE tenant_id = $1 AND lead_id = $2 AND status = 'PENDING'",
        postgres: "UPDATE follow_ups SET status = 'CANCELLED', updated_by = $3, updated_at = $4, version = version + 1
                   WHERE tenant_id = $1 AND lead_id = $2 AND status = 'PENDING'",
    };
    tx.execute(CANCEL, args![lead_id, user_id, now]).await
}

/// The follow-ups of a lead, the latest date first; at most `limit`.
///
/// # Errors
/// Where the database does not answer.
pub async fn follow_ups_of(db: Within<'_>, lead_id: i64, limit: i64) -> Result<Vec<FollowUpRow>, StoreError> {
    const LIST: Sql = follow_ups!(
        "follow_ups_lead",
        " WHERE tenant_id = $1 AND lead_id = $2 ORDER BY scheduled_at DESC, id DESC LIMIT $3"
    );
    db.fetch_all(LIST, args![lead_id, limit]).await
}

/// What is pending, the earliest date first; `after`: time and id where the page before ended.
///
/// # Errors
/// Where the database does not answer.
pub async fn pending(
    db: Within<'_>,
    assigned_to: Option<i64>,
    after: Option<(Millis, i64)>,
    (limit, skip): (i64, i64),
) -> Result<Vec<FollowUpRow>, StoreError> {
    const ALL: Sql = follow_ups!(
        "follow_ups_pending",
        " WHERE tenant_id = $1 AND status = 'PENDING' AND $2 = 0 AND (scheduled_at, id) > ($3, $4)
         ORDER BY scheduled_at, id LIMIT $5 OFFSET $6"
    );
    const MINE: Sql = follow_ups!(
        "follow_ups_mine",
        " WHERE tenant_id = $1 AND status = 'PENDING' AND assigned_to = $2 AND (scheduled_at, id) > ($3, $4)
         ORDER BY scheduled_at, id LIMIT $5 OFFSET $6"
    );
    let (at, id) = after.unwrap_or((Millis::MIN, 0));
    let args = args![assigned_to.unwrap_or(0), at, id, limit, skip];
    db.fetch_all(if assigned_to.is_some() { MINE } else { ALL }, args).await
}

/// What somebody has to do before `until`, what is overdue first; at most `limit`.
///
/// # Errors
/// Where the database does not answer.
pub async fn agenda(
    db: Within<'_>,
    user_id: i64,
    until: Millis,
    limit: i64,
) -> Result<Vec<FollowUpRow>, StoreError> {
    const MINE: Sql = follow_ups!(
        "follow_ups_mine",
        " WHERE tenant_id = $1 AND status = 'PENDING' AND assigned_to = $2 AND scheduled_at < $3
         ORDER BY scheduled_at, id LIMIT $4"
    );
    db.fetch_all(MINE, args![user_id, until, limit]).await
}
