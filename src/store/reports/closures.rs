//! Why leads are closed.

use super::super::db::{Sql, StoreError, Within};
use super::Period;
use crate::args;
use sqlx::FromRow;

/// The most pairs of a reason and a source that are read: reasons are anybody's words.
pub const MOST_REASONS: i64 = 10_000;

/// A reason that leads from a source were closed for.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct ClosureRow {
    /// The reason, as somebody wrote it; empty: none is left.
    pub reason: String,
    /// Where the leads came from; empty: nobody said.
    pub source: String,
    /// How many.
    pub n: i64,
    /// How many were closed for whatever reason: the same in every row.
    pub total: i64,
}

/// Leads that were closed in a period and are closed still, by reason and source, the most frequent first. Reasons that differ in blanks
/// or the case of plain letters are one here already, so that the most frequent ones are not cut off for their spelling.
///
/// # Errors
/// Where the database does not answer.
pub async fn closures(db: Within<'_>, period: Period) -> Result<Vec<ClosureRow>, StoreError> {
    // A run of blanks becomes one: each is marked, marks that meet cancel out. No text has the marks, which are control characters.
    const LIST: Sql = Sql::same(
        "WITH closed AS (
           SELECT COALESCE(l.closed_reason, '') AS reason, COALESCE(l.source, '') AS source,
             LOWER(REPLACE(REPLACE(REPLACE(TRIM(COALESCE(l.closed_reason, '')), ' ', '\u{1}\u{2}'), '\u{2}\u{1}', ''), '\u{1}\u{2}', ' ')) AS folded
           FROM audit_log done JOIN leads l ON l.tenant_id = done.tenant_id AND l.id = done.lead_id AND l.closed_at = done.created_at
           WHERE done.tenant_id = $1 AND done.id >= $2 AND done.id < $3 AND done.to_status = 'CLOSED_LOST' AND done.from_status <> done.to_status
             AND l.status = 'CLOSED_LOST' AND l.merged_into IS NULL),
         counted AS (SELECT MIN(reason) AS reason, source, COUNT(*) AS n FROM closed GROUP BY folded, source)
         SELECT reason, source, n, CAST(SUM(n) OVER () AS BIGINT) AS total FROM counted ORDER BY n DESC, reason, source LIMIT $4",
    );
    let (first, last) = period.ids();
    db.fetch_all(LIST, args![first, last, MOST_REASONS]).await
}
