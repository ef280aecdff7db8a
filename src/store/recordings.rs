//! Recordings of calls: where the provider keeps them.

use super::db::{Exec, Sql, StoreError};
use crate::args;
use sqlx::FromRow;

/// A recording of a call.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct RecordingRow {
    /// The tenant.
    pub tenant_id: i64,
    /// The conversation held in the call.
    pub conversation_id: i64,
    /// The provider's id of it.
    pub sid: String,
    /// The provider's id of the call.
    pub call_sid: String,
    /// Where it is kept; `None`: nothing was recorded.
    pub url: Option<String>,
    /// How long it is.
    pub seconds: Option<i64>,
    /// `completed`, `absent` or `failed`.
    pub status: String,
    /// When we were told.
    pub created_at: i64,
}

/// Keeps a recording; told twice, what was told first stays.
///
/// # Errors
/// Where the database does not answer.
pub async fn keep(db: impl Exec, row: &RecordingRow) -> Result<(), StoreError> {
    const KEEP: Sql = Sql::same(
        "INSERT INTO recordings (tenant_id, conversation_id, sid, call_sid, url, seconds, status, created_at)
         SELECT $1, $2, $3, $4, CASE WHEN NOT EXISTS (SELECT 1 FROM conversations c JOIN leads l ON l.tenant_id = c.tenant_id
           AND l.id = c.lead_id WHERE c.tenant_id = $1 AND c.id = $2 AND l.erased_at IS NOT NULL) THEN CAST($5 AS TEXT) END,
           $6, $7, $8 WHERE TRUE ON CONFLICT DO NOTHING",
    );
    let row = row.clone();
    let args = args![
        row.tenant_id,
        row.conversation_id,
        row.sid,
        row.call_sid,
        row.url,
        row.seconds,
        row.status,
        row.created_at
    ];
    db.execute(KEEP, args).await.map(drop)
}

/// The recordings of a conversation, oldest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn of(
    db: impl Exec,
    tenant_id: i64,
    conversation_id: i64,
) -> Result<Vec<RecordingRow>, StoreError> {
    const LIST: Sql = Sql::same(
        "SELECT tenant_id, conversation_id, sid, call_sid, url, seconds, status, created_at FROM recordings
         WHERE tenant_id = $1 AND conversation_id = $2 ORDER BY created_at, sid",
    );
    db.fetch_all(LIST, args![tenant_id, conversation_id]).await
}
