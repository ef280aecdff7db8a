//! What follow-ups come to.

use super::super::db::{Sql, StoreError, Within};
use super::Period;
use crate::args;
use crate::clock::{DAY, Millis};
use sqlx::FromRow;

/// Follow-ups that were planned in a period.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromRow)]
pub struct FollowUpCounts {
    /// All of them.
    pub planned: i64,
    /// Those that were done.
    pub completed: i64,
    /// Those that were called off.
    pub cancelled: i64,
    /// Those that are still to be done.
    pub pending: i64,
    /// Those of them whose time has passed.
    pub overdue: i64,
    /// Those that were done within a day of their time, or before it.
    pub on_time: i64,
}

/// How many follow-ups were planned in a period, and what became of them until `now`.
///
/// # Errors
/// Where the database does not answer.
pub async fn follow_up_counts(
    db: Within<'_>,
    period: Period,
    now: Millis,
) -> Result<FollowUpCounts, StoreError> {
    const COUNT: Sql = Sql::same(
        "SELECT COUNT(CASE WHEN status = 'COMPLETED' THEN 1 END) AS completed, COUNT(*) AS planned,
           COUNT(CASE WHEN status = 'CANCELLED' THEN 1 END) AS cancelled, COUNT(CASE WHEN status = 'PENDING' THEN 1 END) AS pending,
           COUNT(CASE WHEN status = 'PENDING' AND scheduled_at < $4 THEN 1 END) AS overdue,
           COUNT(CASE WHEN status = 'COMPLETED' AND completed_at <= scheduled_at + $5 THEN 1 END) AS on_time
         FROM follow_ups WHERE tenant_id = $1 AND id >= $2 AND id < $3 GROUP BY tenant_id",
    );
    let (first, last) = period.ids();
    let row = db.fetch_optional(COUNT, args![first, last, now, DAY]).await?;
    Ok(row.unwrap_or_default())
}

/// An outcome, and how often it came.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct OutcomeRow {
    /// The outcome; empty: nothing in particular came of it.
    pub outcome: String,
    /// How often.
    pub n: i64,
}

/// What came of those that were done, of all that were planned in a period; the most frequent first.
///
/// # Errors
/// Where the database does not answer.
pub async fn outcomes(db: Within<'_>, period: Period) -> Result<Vec<OutcomeRow>, StoreError> {
    const COUNT: Sql = Sql::same(
        "SELECT COALESCE(outcome, '') AS outcome, COUNT(*) AS n FROM follow_ups
         WHERE tenant_id = $1 AND id >= $2 AND id < $3 AND status = 'COMPLETED'
         GROUP BY COALESCE(outcome, '') ORDER BY COUNT(*) DESC, COALESCE(outcome, '')",
    );
    let (first, last) = period.ids();
    db.fetch_all(COUNT, args![first, last]).await
}

/// Leads that were followed up, or were not.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct FollowedRow {
    /// 1: a follow-up of theirs was done; 0: none was.
    pub followed: i64,
    /// How many.
    pub leads: i64,
    /// How many of them are converted.
    pub converted: i64,
}

/// Leads that came in a period, with and without a follow-up that was done.
///
/// # Errors
/// Where the database does not answer.
pub async fn followed(db: Within<'_>, period: Period) -> Result<Vec<FollowedRow>, StoreError> {
    macro_rules! followed {
        ($by:literal) => {
            concat!(
                "WITH facts AS (SELECT CASE WHEN EXISTS (SELECT 1 FROM follow_ups f ",
                $by,
                " WHERE f.tenant_id = $1 AND f.lead_id = l.id AND f.status = 'COMPLETED') THEN 1 ELSE 0 END AS followed,
                   CASE WHEN l.status = 'CONVERTED' THEN 1 END AS converted
                 FROM leads l WHERE l.tenant_id = $1 AND l.id >= $2 AND l.id < $3 AND l.merged_into IS NULL)
                 SELECT CAST(followed AS BIGINT) AS followed, COUNT(*) AS leads, COUNT(converted) AS converted
                 FROM facts GROUP BY followed ORDER BY followed"
            )
        };
    }
    const COUNT: Sql = Sql { sqlite: followed!("INDEXED BY follow_ups_lead"), postgres: followed!("") };
    let (first, last) = period.ids();
    db.fetch_all(COUNT, args![first, last]).await
}
