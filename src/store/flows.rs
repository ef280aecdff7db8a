//! Flow versions, and which of them is each flow's head.

use super::db::{Exec, Sql, StoreError, Tx};
use crate::args;
use crate::clock::Millis;
use sqlx::FromRow;

/// A version as stored.
#[derive(Clone, Debug, FromRow)]
pub struct VersionRow {
    /// Hash of the resolved text.
    pub hash: String,
    /// The flow.
    pub flow_id: String,
    /// The resolved text with its format number (`flow::Source::from_stored`).
    pub source: String,
    /// When it was first published.
    pub created_at: i64,
}

/// A head.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct HeadRow {
    /// The tenant.
    pub tenant_id: i64,
    /// The flow.
    pub flow_id: String,
    /// The version new conversations get.
    pub hash: String,
    /// The file's version a rollback set aside.
    pub overrides: Option<String>,
}

/// A move of a head.
#[derive(Clone, Debug, FromRow)]
pub struct MoveRow {
    /// When.
    pub moved_at: i64,
    /// To which version.
    pub hash: String,
    /// `published`, `rolled_back` or `retired`: then it was this version that ceased to be the head.
    pub how: String,
}

/// One version.
///
/// # Errors
/// Where the database does not answer.
pub async fn version(db: impl Exec, tenant_id: i64, hash: &str) -> Result<Option<VersionRow>, StoreError> {
    const FIND: Sql = Sql::same(
        "SELECT hash, flow_id, source, created_at FROM flow_versions WHERE tenant_id = $1 AND hash = $2",
    );
    db.fetch_optional(FIND, args![tenant_id, hash]).await
}

/// All heads of all tenants: a handful.
///
/// # Errors
/// Where the database does not answer.
pub async fn heads(db: impl Exec) -> Result<Vec<HeadRow>, StoreError> {
    const LIST: Sql =
        Sql::same("SELECT tenant_id, flow_id, hash, overrides FROM flow_heads ORDER BY tenant_id, flow_id");
    db.fetch_all(LIST, args![]).await
}

/// How a flow's head moved, latest first; at most `limit`.
///
/// # Errors
/// Where the database does not answer.
pub async fn moves(
    db: impl Exec,
    tenant_id: i64,
    flow_id: &str,
    limit: i64,
) -> Result<Vec<MoveRow>, StoreError> {
    const LIST: Sql = Sql::same(
        "SELECT moved_at, hash, how FROM flow_moves WHERE tenant_id = $1 AND flow_id = $2 ORDER BY moved_at DESC LIMIT $3",
    );
    db.fetch_all(LIST, args![tenant_id, flow_id, limit]).await
}

/// Keeps a version; one that is there already stays as it is.
///
/// # Errors
/// Where the database does not answer.
pub async fn keep_version(tx: &mut Tx, tenant_id: i64, version: &VersionRow) -> Result<(), StoreError> {
    const INSERT: Sql = Sql::same(
        "INSERT INTO flow_versions (tenant_id, hash, flow_id, source, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
    );
    let VersionRow { hash, flow_id, source, created_at } = version;
    tx.execute(INSERT, args![tenant_id, hash, flow_id, source, *created_at]).await.map(drop)
}

/// Where a head is to move.
#[derive(Clone, Debug)]
pub struct Move<'a> {
    /// The tenant.
    pub tenant_id: i64,
    /// The flow.
    pub flow_id: &'a str,
    /// The head that was read; `None`: the flow is new.
    pub from: Option<&'a str>,
    /// The new head.
    pub to: &'a str,
    /// The file's version this sets aside, in a rollback.
    pub overrides: Option<&'a str>,
    /// When.
    pub at: Millis,
}

const LOG: Sql = Sql::same(
    "INSERT INTO flow_moves (tenant_id, flow_id, moved_at, hash, how) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
);

/// Moves a head if it still is what was read; `false`: somebody else moved it.
///
/// # Errors
/// Where the database does not answer.
pub async fn move_head(tx: &mut Tx, step: &Move<'_>) -> Result<bool, StoreError> {
    const BEGIN: Sql = Sql::same(
        "INSERT INTO flow_heads (tenant_id, flow_id, hash, overrides) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    );
    const SWAP: Sql = Sql::same(
        "UPDATE flow_heads SET hash = $3, overrides = $4 WHERE tenant_id = $1 AND flow_id = $2 AND hash = $5",
    );
    let Move { tenant_id, flow_id, from, to, overrides, at } = step.clone();
    let moved = match from {
        None => tx.execute(BEGIN, args![tenant_id, flow_id, to, overrides.map(str::to_owned)]).await?,
        Some(from) => {
            tx.execute(SWAP, args![tenant_id, flow_id, to, overrides.map(str::to_owned), from]).await?
        }
    };
    if moved == 0 {
        return Ok(false);
    }
    let how = if overrides.is_some() { "rolled_back" } else { "published" };
    tx.execute(LOG, args![tenant_id, flow_id, at, to, how]).await?;
    Ok(true)
}

/// Takes a head away if it still is what was read; `false`: somebody else moved it. The versions stay.
///
/// # Errors
/// Where the database does not answer.
pub async fn retire_head(tx: &mut Tx, head: &HeadRow, at: Millis) -> Result<bool, StoreError> {
    const DELETE: Sql =
        Sql::same("DELETE FROM flow_heads WHERE tenant_id = $1 AND flow_id = $2 AND hash = $3");
    let HeadRow { tenant_id, flow_id, hash, .. } = head;
    if tx.execute(DELETE, args![*tenant_id, flow_id, hash]).await? == 0 {
        return Ok(false);
    }
    tx.execute(LOG, args![*tenant_id, flow_id, at, hash, "retired"]).await?;
    Ok(true)
}
