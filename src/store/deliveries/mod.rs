//! The ledger of deliveries: what each sink is to have, what it has, and every attempt.

mod forget;
mod listed;
mod pages;
mod record;
mod retry;
mod watched;

pub use forget::{Forgotten, forget};
pub use listed::{AttemptRow, Counts, LedgerRow, attempts, counts, find, standing};
pub use pages::{Asked, count_taken, open, taken};
pub use record::{Attempt, Entry, record};
pub use retry::{Again, Retried, again, fingerprint, forget_fingerprints, rekey, set_fingerprint};
pub use watched::{Stands, Watched, watched};

use crate::args;
use crate::clock::Millis;
use crate::store::db::{Db, Sql, StoreError, by_index};
use sqlx::FromRow;

/// A delivery as a job finds it.
#[derive(Clone, Debug, FromRow)]
pub struct Delivery {
    /// Its id.
    pub id: i64,
    /// Our id of the record.
    pub key: String,
    /// Which version is to be there.
    pub revision: i64,
    /// Which is; 0: none.
    pub delivered_revision: i64,
    /// `pending`, `delivered`, `failed`, `unknown`.
    pub state: String,
    /// The sink's id of the record.
    pub sink_id: Option<String>,
    /// Whether the sink has had a record.
    pub is_there: bool,
    /// Which version may have been created, and nobody knows.
    pub doubt: Option<i64>,
    /// Whether another job of the record comes first and is not finished, or is at it now.
    pub is_behind: bool,
}

/// The delivery a job is for; `None`: it is gone.
///
/// # Errors
/// Where the database does not answer.
pub async fn for_job(
    db: &Db,
    tenant_id: i64,
    (sink, key): (&str, &str),
    (lane, place): (&str, i64),
    now: Millis,
) -> Result<Option<Delivery>, StoreError> {
    // Clocks of replicas differ: what is being sent now came first, whatever its place says.
    const FIND: Sql = by_index!(
        "outbox_lane",
        "SELECT ",
        "d.id, d.key, d.revision, d.delivered_revision, d.state, COALESCE(d.sink_id, r.sink_id) AS sink_id,
           d.submitted_at IS NOT NULL OR r.sink_id IS NOT NULL AS is_there, d.doubt,
           EXISTS (SELECT 1 FROM outbox e",
        "WHERE e.tenant_id = $1 AND e.lane = $4 AND e.finished_at IS NULL
             AND (e.place < $5 OR (e.place > $5 AND e.holder IS NOT NULL AND e.run_at > $6))) AS is_behind
         FROM deliveries d LEFT JOIN sink_records r ON r.tenant_id = d.tenant_id AND r.sink = d.sink AND r.key = d.key
         WHERE d.tenant_id = $1 AND d.sink = $2 AND d.key = $3 AND d.erased_at IS NULL"
    );
    Ok(db.ask_all(FIND, args![tenant_id, sink, key, lane, place, now]).await?.into_iter().next())
}
