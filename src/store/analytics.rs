//! Sums over all conversations of a tenant, for the analytics page of programs.

use super::db::{Exec, Sql, StoreError};
use crate::args;
use crate::clock::Millis;
use sqlx::FromRow;

/// The length of a slot in which conversations are counted by time: every time zone's midnight lies between two slots.
pub const SLOT: Millis = 15 * 60 * 1_000;
/// The most sources that are told apart: `utm_source` is anybody's word.
const SOURCES: i64 = 50;

/// Conversations that have something in common.
#[derive(Clone, Debug, FromRow)]
pub struct Group {
    /// What groups them: `class`, `source` or `slot`.
    pub part: String,
    /// The class, the source (empty: none), or the slot's number since the epoch.
    pub name: String,
    /// How many.
    pub sessions: i64,
    /// Their scores, summed.
    pub score: i64,
    /// How many of them were completed.
    pub completed: i64,
    /// How many of them are sales qualified.
    pub qualified: i64,
}

/// How many leads there are.
#[derive(Clone, Debug, FromRow)]
pub struct Leads {
    /// The count.
    pub leads: i64,
}

/// Conversations by class, by source (the fifty with the most) and, from `since` on, by slot.
///
/// One statement. Ids carry the time, so that the last days are a range of the primary key; the other two parts read every
/// conversation of the tenant. They have no index of their own: it would cost every turn a write, and this is asked seldom.
///
/// # Errors
/// Where the database does not answer.
pub async fn groups(
    db: impl Exec,
    tenant_id: i64,
    since: Millis,
    first_id: i64,
) -> Result<Vec<Group>, StoreError> {
    const GROUPS: Sql = Sql::same(
        "WITH facts AS (
           SELECT class, COALESCE(source, '') AS source, COUNT(*) AS sessions, CAST(SUM(score) AS BIGINT) AS score,
             COUNT(CASE WHEN outcome = 'completed' THEN 1 END) AS completed, COUNT(CASE WHEN class = 'SQL' THEN 1 END) AS qualified
           FROM conversations WHERE tenant_id = $1 GROUP BY class, COALESCE(source, ''))
         SELECT 'class' AS part, class AS name, CAST(SUM(sessions) AS BIGINT) AS sessions, CAST(SUM(score) AS BIGINT) AS score,
           CAST(SUM(completed) AS BIGINT) AS completed, CAST(SUM(qualified) AS BIGINT) AS qualified
         FROM facts GROUP BY class
         UNION ALL
         SELECT * FROM (SELECT 'source' AS part, source AS name, CAST(SUM(sessions) AS BIGINT) AS sessions, CAST(SUM(score) AS BIGINT) AS score,
           CAST(SUM(completed) AS BIGINT) AS completed, CAST(SUM(qualified) AS BIGINT) AS qualified
         FROM facts GROUP BY source ORDER BY SUM(sessions) DESC, source LIMIT $5) AS sources
         UNION ALL
         SELECT 'slot' AS part, CAST(created_at / $4 AS TEXT) AS name, COUNT(*) AS sessions, CAST(SUM(score) AS BIGINT) AS score,
           COUNT(CASE WHEN outcome = 'completed' THEN 1 END) AS completed, COUNT(CASE WHEN class = 'SQL' THEN 1 END) AS qualified
         FROM conversations WHERE tenant_id = $1 AND id >= $3 AND created_at >= $2 GROUP BY created_at / $4",
    );
    db.fetch_all(GROUPS, args![tenant_id, since, first_id, SLOT, SOURCES]).await
}

/// How many leads the tenant has, without those that were merged into others.
///
/// # Errors
/// Where the database does not answer.
pub async fn leads(db: impl Exec, tenant_id: i64) -> Result<i64, StoreError> {
    const COUNT: Sql = Sql::same(
        "SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) AS leads FROM lead_counts WHERE tenant_id = $1 AND standing <> 'merged'",
    );
    let row: Option<Leads> = db.fetch_optional(COUNT, args![tenant_id]).await?;
    Ok(row.map_or(0, |row| row.leads))
}
