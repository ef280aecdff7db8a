//! Taking what is due: one statement, so that two processes never take the same.

use super::Held;
use crate::args;
use crate::clock::{Millis, SECOND};
use crate::store::db::{Db, Exec, Sql, StoreError};
use sqlx::FromRow;

/// How long a row is held: longer than a send may take, with the time it waits in the process before.
pub const LEASE: Millis = 45 * SECOND;
/// How long a report is waited for before what may have been sent is sent again.
pub const SETTLE: Millis = 20 * SECOND;
/// When to look again at a row whose lane is busy. Whoever finishes what is before it wakes it; this is for the instant in
/// which both miss each other.
pub const BEHIND: Millis = SECOND;
/// When to look again at one that was found waiting so.
const STILL_BEHIND: Millis = 15 * SECOND;

/// `$1` now, `$2` the holder, `$3` the end of the lease, `$4` when an unsure one is settled, `$5` when to look again at one
/// that is behind another, `$6` how many.
///
/// Of the rows that are due: a hold that ran out leaves it unsure whether the row was sent; a row behind an unfinished one of
/// its lane is put off until that one's time; all others are taken.
macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "WITH due AS MATERIALIZED (
               SELECT o.tenant_id, o.id,
                 (SELECT e.run_at FROM outbox e WHERE e.tenant_id = o.tenant_id AND e.lane = o.lane
                    AND e.finished_at IS NULL AND e.place < o.place ORDER BY e.place LIMIT 1) AS behind
               FROM outbox o WHERE o.finished_at IS NULL AND o.run_at <= $1 ORDER BY o.run_at LIMIT $6 ",
            $lock,
            ")
             UPDATE outbox SET
               state = CASE WHEN outbox.holder IS NOT NULL THEN 'unsure'
                            WHEN due.behind IS NULL AND outbox.state IN ('waiting', 'deferred') THEN 'held' ELSE outbox.state END,
               unsure = (outbox.unsure OR outbox.holder IS NOT NULL),
               attempts = outbox.attempts + CASE WHEN outbox.holder IS NULL AND due.behind IS NULL THEN 1 ELSE 0 END,
               run_at = CASE WHEN outbox.holder IS NOT NULL THEN $4 WHEN due.behind IS NULL THEN $3
                             WHEN due.behind > $5 THEN due.behind ELSE $5 END,
               holder = CASE WHEN outbox.holder IS NULL AND due.behind IS NULL THEN $2 END
             FROM due WHERE outbox.tenant_id = due.tenant_id AND outbox.id = due.id
             RETURNING outbox.tenant_id, outbox.id, kind, account_id, lane, place, recipient, payload, person_id, channel,
               conversation_id, seq, part, parts, confirms, state, attempts, holder, run_at, wanted_at, created_at, slotted,
               unasked_until"
        )
    };
}

/// Takes rows.
const CLAIM: Sql = Sql { sqlite: claim!(""), postgres: claim!("FOR UPDATE OF o SKIP LOCKED") };

/// The statement that takes rows, so that a test can look at its plan.
pub fn claim_statement() -> Sql {
    CLAIM
}

/// Takes at most so many rows that are due. Rows without holder among them were looked at and could not be taken; where as
/// many come back as were asked for there may be more.
///
/// # Errors
/// Where the database does not answer.
pub async fn claim(db: &Db, holder: &str, now: Millis, most: i64) -> Result<Vec<Held>, StoreError> {
    let args = args![now, holder, now + LEASE, now + SETTLE, now + STILL_BEHIND, most];
    db.change_all(CLAIM, args).await
}

/// Ends the holds of processes that are gone, where it is known that there is no other: what they held is due.
///
/// # Errors
/// Where the database does not answer.
pub async fn hold_of_dead(db: &Db, now: Millis) -> Result<u64, StoreError> {
    const END: Sql = Sql::same(
        "UPDATE outbox SET run_at = $1 WHERE finished_at IS NULL AND run_at > $1 AND holder IS NOT NULL AND tenant_id > 0",
    );
    db.execute(END, args![now]).await
}

#[derive(FromRow)]
struct Due {
    at: Option<i64>,
}

/// When the next row is due.
///
/// # Errors
/// Where the database does not answer.
pub async fn next_due(db: &Db) -> Result<Option<Millis>, StoreError> {
    const NEXT: Sql =
        Sql::same("SELECT MIN(run_at) AS at FROM outbox WHERE finished_at IS NULL AND tenant_id > 0");
    let due: Option<Due> = db.fetch_optional(NEXT, args![]).await?;
    Ok(due.and_then(|due| due.at))
}
