//! The audit log: who did what when, and why.

use super::super::db::{Sql, StoreError, Within, by_index};
use crate::args;
use crate::clock::Millis;
use sqlx::FromRow;

/// What is written down.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// Its id.
    pub id: i64,
    /// The lead it is about.
    pub lead_id: Option<i64>,
    /// The lead's version after it.
    pub version: Option<i64>,
    /// What happened.
    pub event: &'a str,
    /// What the lead stood at before.
    pub from: Option<&'a str>,
    /// And after.
    pub to: Option<&'a str>,
    /// Why, in the words of whoever did it.
    pub reason: Option<&'a str>,
    /// Further facts, JSON.
    pub detail: String,
    /// Who did it.
    pub user_id: Option<i64>,
    /// With what.
    pub program: &'a str,
}

/// An entry of the log.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct AuditRow {
    pub id: i64,
    pub version: Option<i64>,
    pub event: String,
    pub from_status: Option<String>,
    pub to_status: Option<String>,
    pub reason: Option<String>,
    pub detail: String,
    pub user_id: Option<i64>,
    pub program: String,
    pub created_at: i64,
}

macro_rules! entries {
    ($rest:literal) => {
        by_index!(
            "audit_log_lead",
            "SELECT ",
            "id, version, event, from_status, to_status, reason, detail, user_id, program, created_at FROM audit_log",
            concat!("WHERE tenant_id = $1 AND lead_id = $2 ", $rest)
        )
    };
}

/// Adds an entry.
///
/// # Errors
/// Where the database does not answer.
pub async fn write(tx: Within<'_>, entry: Entry<'_>, now: Millis) -> Result<(), StoreError> {
    const INSERT: Sql = Sql::same(
        "INSERT INTO audit_log (tenant_id, id, lead_id, version, event, from_status, to_status, reason, detail, user_id, program,
           created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    );
    let Entry { id, lead_id, version, event, from, to, reason, detail, user_id, program } = entry;
    let args = args![id, lead_id, version, event, from, to, reason, detail, user_id, program, now];
    tx.execute(INSERT, args).await.map(drop)
}

/// Entries about a lead from before `before`, the newest first; at most `limit`.
///
/// # Errors
/// Where the database does not answer.
pub async fn audit(
    db: Within<'_>,
    lead_id: i64,
    before: Millis,
    limit: i64,
) -> Result<Vec<AuditRow>, StoreError> {
    const LIST: Sql = entries!("AND created_at < $3 ORDER BY created_at DESC, id DESC LIMIT $4");
    db.fetch_all(LIST, args![lead_id, before, limit]).await
}

/// What made a lead of version `version` what it is now, the oldest first; at most `limit`.
///
/// # Errors
/// Where the database does not answer.
pub async fn since(
    db: Within<'_>,
    lead_id: i64,
    version: i64,
    limit: i64,
) -> Result<Vec<AuditRow>, StoreError> {
    const LIST: Sql = entries!("AND version > $3 ORDER BY id LIMIT $4");
    db.fetch_all(LIST, args![lead_id, version, limit]).await
}
