//! The ledger as people and programs read it.

use crate::args;
use crate::clock::Millis;
use crate::store::db::{Db, Exec, Sql, StoreError};
use serde::Serialize;
use sqlx::FromRow;

/// A delivery as lists show it.
#[derive(Clone, Debug, FromRow, Serialize)]
pub struct LedgerRow {
    /// Its id.
    pub id: i64,
    /// The sink.
    pub sink: String,
    /// Our id of the record there.
    pub key: String,
    /// The lead.
    pub lead_id: i64,
    /// The conversation.
    pub conversation_id: i64,
    /// How it was held.
    pub channel: String,
    /// The lead as it was delivered, JSON.
    pub lead_data: String,
    /// What is to be there, JSON.
    #[serde(skip)]
    pub payload: String,
    /// Which version of it.
    #[serde(skip)]
    pub revision: i64,
    /// `pending`, `delivered`, `failed`, `unknown`.
    pub state: String,
    /// The sink's id of the record.
    pub sink_id: Option<String>,
    /// What the sink answered.
    pub response: Option<String>,
    /// How often it was tried.
    pub attempts: i64,
    /// How often since it first failed.
    pub retry_count: i64,
    /// When it was last tried.
    pub last_attempt_at: Option<i64>,
    /// When it first failed.
    pub failed_at: Option<i64>,
    /// Why it was not taken the last time it was not.
    pub last_error: Option<String>,
    /// When it was first taken.
    pub submitted_at: Option<i64>,
    /// What the CRM last said became of it.
    pub crm_status: Option<String>,
    /// When it was written.
    pub created_at: i64,
    /// When it last changed.
    #[serde(skip)]
    pub updated_at: i64,
}

/// The columns of [`LedgerRow`], read by way of this index (SQLite has no statistics to find it by), for these rows.
macro_rules! ledger {
    ($index:literal, $rows:literal) => {
        concat!(
            "SELECT ",
            "id, sink, key, lead_id, conversation_id, channel, lead_data, payload, revision, state, sink_id, response, attempts,
               retry_count, last_attempt_at, failed_at, last_error, submitted_at, crm_status, created_at, updated_at FROM deliveries ",
            $index,
            " ",
            $rows
        )
    };
}
pub(super) use ledger;

/// A row by its id.
///
/// # Errors
/// Where the database does not answer.
pub async fn find(db: impl Exec, tenant_id: i64, id: i64) -> Result<Option<LedgerRow>, StoreError> {
    const FIND: Sql = Sql::same(ledger!("", "WHERE tenant_id = $1 AND id = $2"));
    db.fetch_optional(FIND, args![tenant_id, id]).await
}

/// An attempt.
#[derive(Clone, Debug, FromRow, Serialize)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct AttemptRow {
    pub id: i64,
    pub action: String,
    pub outcome: String,
    pub is_repeat: bool,
    pub status: Option<i64>,
    pub duration_ms: i64,
    pub request: String,
    pub response: String,
    pub error: Option<String>,
    pub created_at: i64,
}

/// The attempts of a delivery, the oldest first; at most 1,000.
///
/// # Errors
/// Where the database does not answer.
pub async fn attempts(
    db: impl Exec,
    tenant_id: i64,
    delivery_id: i64,
) -> Result<Vec<AttemptRow>, StoreError> {
    const ATTEMPTS: Sql = Sql::same(
        "SELECT id, action, outcome, is_repeat, status, duration_ms, request, response, error, created_at FROM delivery_attempts
         WHERE tenant_id = $1 AND delivery_id = $2 ORDER BY id LIMIT 1000",
    );
    db.fetch_all(ATTEMPTS, args![tenant_id, delivery_id]).await
}

/// How many deliveries of a time stand how.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromRow, Serialize)]
pub struct Counts {
    /// All.
    pub total: i64,
    /// The sink has them.
    pub delivered: i64,
    /// To be delivered.
    pub pending: i64,
    /// Of these, tried in vain so far.
    pub retrying: i64,
    /// Somebody has to mend something.
    pub failed: i64,
    /// They may be there.
    pub unknown: i64,
}

impl Counts {
    /// Those that were tried.
    pub fn tried(&self) -> i64 {
        self.delivered + self.retrying + self.failed + self.unknown
    }
}

/// How the deliveries stand that were written since then.
///
/// # Errors
/// Where the database does not answer.
pub async fn counts(db: impl Exec, tenant_id: i64, since: Millis) -> Result<Counts, StoreError> {
    const COUNTS: Sql = Sql::same(
        "SELECT COUNT(*) AS total, COUNT(CASE WHEN state = 'delivered' THEN 1 END) AS delivered,
           COUNT(CASE WHEN state = 'pending' THEN 1 END) AS pending,
           COUNT(CASE WHEN state = 'pending' AND failed_at IS NOT NULL THEN 1 END) AS retrying, COUNT(CASE WHEN state = 'failed' THEN 1 END) AS failed,
           COUNT(CASE WHEN state = 'unknown' THEN 1 END) AS unknown
         FROM deliveries WHERE tenant_id = $1 AND id >= $2",
    );
    let since = crate::ids::first_at(since);
    Ok(db.fetch_optional(COUNTS, args![tenant_id, since]).await?.unwrap_or_default())
}

/// How a sink's deliveries stand that are not there as they should be.
#[derive(Clone, Debug, FromRow, Serialize)]
pub struct Standing {
    /// The tenant.
    pub tenant_id: i64,
    /// The sink.
    pub sink: String,
    /// `pending`, `failed` or `unknown`.
    pub state: String,
    /// How many.
    pub count: i64,
}

/// How all sinks of all tenants stand: those with something open alone.
///
/// # Errors
/// Where the database does not answer.
pub async fn standing(db: &Db) -> Result<Vec<Standing>, StoreError> {
    const STANDING: Sql = Sql::same(
        "SELECT tenant_id, sink, state, COUNT(*) AS count FROM deliveries WHERE state <> 'delivered' AND erased_at IS NULL AND tenant_id > 0
         GROUP BY tenant_id, sink, state ORDER BY tenant_id, sink, state",
    );
    db.fetch_all(STANDING, args![]).await
}
