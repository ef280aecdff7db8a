//! Saved filters of leads.

use super::db::{Sql, StoreError, Within};
use crate::args;
use crate::clock::Millis;
use sqlx::FromRow;

/// A saved filter.
#[derive(Clone, Debug, PartialEq, FromRow)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct SegmentRow {
    pub id: i64,
    pub name: String,
    pub filter: String,
    pub created_by: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
    pub version: i64,
}

/// Adds a segment; `false`: there is one of this name.
///
/// # Errors
/// Where the database does not answer.
pub async fn add(db: Within<'_>, segment: &SegmentRow) -> Result<bool, StoreError> {
    const INSERT: Sql = Sql::same(
        "INSERT INTO segments (tenant_id, id, name, filter, created_by, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $6)
         ON CONFLICT (tenant_id, name) DO NOTHING",
    );
    let SegmentRow { id, name, filter, created_by, created_at, .. } = segment;
    Ok(db.execute(INSERT, args![*id, name, filter, *created_by, *created_at]).await? == 1)
}

/// All segments of a tenant, by name; at most `limit`.
///
/// # Errors
/// Where the database does not answer.
pub async fn list(db: Within<'_>, limit: i64) -> Result<Vec<SegmentRow>, StoreError> {
    const LIST: Sql = Sql::same(
        "SELECT id, name, filter, created_by, created_at, updated_at, version FROM segments WHERE tenant_id = $1 ORDER BY name LIMIT $2",
    );
    db.fetch_all(LIST, args![limit]).await
}

/// A segment.
///
/// # Errors
/// Where the database does not answer.
pub async fn find(db: Within<'_>, id: i64) -> Result<Option<SegmentRow>, StoreError> {
    const FIND: Sql = Sql::same(
        "SELECT id, name, filter, created_by, created_at, updated_at, version FROM segments WHERE tenant_id = $1 AND id = $2",
    );
    db.fetch_optional(FIND, args![id]).await
}

/// Gives a segment another filter, as its next version; with `expected` only if it is at that. `false`: it is not, or there is none of that id.
///
/// # Errors
/// Where the database does not answer.
pub async fn set_filter(
    db: Within<'_>,
    id: i64,
    filter: &str,
    expected: Option<i64>,
    now: Millis,
) -> Result<bool, StoreError> {
    const SET: Sql = Sql::same(
        "UPDATE segments SET filter = $3, updated_at = $4, version = version + 1
         WHERE tenant_id = $1 AND id = $2 AND ($5 < 0 OR version = $5)",
    );
    Ok(db.execute(SET, args![id, filter, now, expected.unwrap_or(-1)]).await? == 1)
}

/// Forgets a segment, not its leads; `false`: there is none of that id.
///
/// # Errors
/// Where the database does not answer.
pub async fn remove(db: Within<'_>, id: i64) -> Result<bool, StoreError> {
    const REMOVE: Sql = Sql::same("DELETE FROM segments WHERE tenant_id = $1 AND id = $2");
    Ok(db.execute(REMOVE, args![id]).await? == 1)
}
