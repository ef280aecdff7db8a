//! Calls of campaigns that people answered, counted by the hour beside the ledger.

use super::super::db::{Sql, StoreError, Within};
use crate::args;
use sqlx::FromRow;

/// An hour of a campaign in which calls began that people answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct AnsweredRow {
    pub hour: i64,
    pub answered: i64,
    pub dropped: i64,
}

/// A campaign's hours from this one on, the oldest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn answered(db: Within<'_>, campaign: i64, from: i64) -> Result<Vec<AnsweredRow>, StoreError> {
    const ANSWERED: Sql = Sql::same(
        "SELECT hour, answered, dropped FROM answered_calls WHERE tenant_id = $1 AND campaign_id = $2 AND hour >= $3 ORDER BY hour",
    );
    db.fetch_all(ANSWERED, args![campaign, from]).await
}

/// Counts what a call that began in an hour has come to: more than before, or less where it is corrected.
///
/// # Errors
/// Where the database does not answer.
pub async fn count_answered(tx: Within<'_>, campaign: i64, more: AnsweredRow) -> Result<(), StoreError> {
    const COUNT: Sql = Sql::same(
        "INSERT INTO answered_calls (tenant_id, campaign_id, hour, answered, dropped) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant_id, campaign_id, hour) DO UPDATE SET answered = answered_calls.answered + excluded.answered,
           dropped = answered_calls.dropped + excluded.dropped",
    );
    tx.execute(COUNT, args![campaign, more.hour, more.answered, more.dropped]).await.map(drop)
}
