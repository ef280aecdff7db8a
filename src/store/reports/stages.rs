//! How long leads stay where they stand.

use super::super::db::{Sql, StoreError, Within};
use super::{Period, medians};
use crate::args;
use sqlx::FromRow;

/// Leads at one status.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct StayRow {
    /// The status.
    pub status: String,
    /// How often a lead came to it.
    pub entered: i64,
    /// How many of these have gone on since.
    pub went_on: i64,
    /// How long they had stayed, in milliseconds, summed up.
    pub took: i64,
    /// How long the one in the middle had stayed.
    pub median: Option<i64>,
}

/// Every status that a lead came to in a period. A lead begins as an enquiry; from there on the audit log says when it moved.
///
/// # Errors
/// Where the database does not answer.
pub async fn stays(db: Within<'_>, period: Period) -> Result<Vec<StayRow>, StoreError> {
    macro_rules! stays {
        ($by:literal) => {
            concat!(
                "WITH entries AS (
                   SELECT l.id AS lead_id, 'ENQUIRY_RECEIVED' AS status, l.created_at AS since, 0 AS entry FROM leads l
                   WHERE l.tenant_id = $1 AND l.id >= $2 AND l.id < $3 AND l.merged_into IS NULL
                   UNION ALL
                   SELECT done.lead_id, done.to_status, done.created_at, done.id FROM audit_log done
                   WHERE done.tenant_id = $1 AND done.id >= $2 AND done.id < $3 AND done.lead_id IS NOT NULL
                     AND done.from_status <> done.to_status),
                 stays AS (SELECT status, (SELECT n.created_at FROM audit_log n ",
                $by,
                " WHERE n.tenant_id = $1 AND n.lead_id = entries.lead_id AND n.id > entries.entry AND n.from_status <> n.to_status
                   ORDER BY n.id LIMIT 1) - since AS took FROM entries), ",
                medians!("status", "stays"),
                " SELECT ",
                "stays.status, COUNT(*) AS entered, COUNT(took) AS went_on, CAST(COALESCE(SUM(took), 0) AS BIGINT) AS took,
                   MAX(median) AS median
                 FROM stays LEFT JOIN medians ON medians.status = stays.status GROUP BY stays.status ORDER BY stays.status"
            )
        };
    }
    const STAYS: Sql = Sql { sqlite: stays!("INDEXED BY audit_log_lead"), postgres: stays!("") };
    let (first, last) = period.ids();
    db.fetch_all(STAYS, args![first, last]).await
}
