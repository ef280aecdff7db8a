//! Accounts by which nothing goes, by channel.

use super::super::db::{Sql, StoreError, Within};
use crate::args;
use crate::clock::Millis;
use crate::domain::channel::Channel;
use sqlx::FromRow;

/// An account by which nothing goes on a channel.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct FailingRow {
    pub account_id: i64,
    pub channel: String,
    pub failed_at: i64,
}

/// Accounts of which so many tries in a row did not go.
///
/// # Errors
/// Where the database does not answer.
pub async fn failing(db: Within<'_>, failures: i64) -> Result<Vec<FailingRow>, StoreError> {
    const FAILING: Sql = Sql::same(
        "SELECT account_id, channel, failed_at FROM channel_health WHERE tenant_id = $1 AND failures >= $2",
    );
    db.fetch_all(FAILING, args![failures]).await
}

/// Counts a try that did not go.
///
/// # Errors
/// Where the database does not answer.
pub async fn failed(db: Within<'_>, account: i64, channel: &str, now: Millis) -> Result<(), StoreError> {
    const FAILED: Sql = Sql::same(
        "INSERT INTO channel_health (tenant_id, account_id, channel, failures, failed_at) VALUES ($1, $2, $3, 1, $4)
         ON CONFLICT (tenant_id, account_id, channel) DO UPDATE SET failures = channel_health.failures + 1, failed_at = excluded.failed_at",
    );
    db.execute(FAILED, args![account, channel, now]).await.map(drop)
}

/// Something went: whatever failed before is over. Mostly nothing did, and then nothing is written.
///
/// # Errors
/// Where the database does not answer.
pub async fn went(mut db: Within<'_>, account: i64, channel: &str) -> Result<(), StoreError> {
    #[derive(FromRow)]
    struct Failures {
        failures: i64,
    }
    const FAILURES: Sql = Sql::same(
        "SELECT failures FROM channel_health WHERE tenant_id = $1 AND account_id = $2 AND channel = $3",
    );
    const WENT: Sql = Sql::same(
        "UPDATE channel_health SET failures = 0 WHERE tenant_id = $1 AND account_id = $2 AND channel = $3",
    );
    let known: Option<Failures> = db.again().fetch_optional(FAILURES, args![account, channel]).await?;
    match known.filter(|known| known.failures > 0) {
        Some(_) => db.execute(WENT, args![account, channel]).await.map(drop),
        None => Ok(()),
    }
}

/// Lets one through that finds out whether it works again, where none was since `since`; `false`: one was.
///
/// # Errors
/// Where the database does not answer.
pub async fn probe(
    tx: Within<'_>,
    account: i64,
    channel: Channel,
    since: Millis,
    now: Millis,
) -> Result<bool, StoreError> {
    const PROBE: Sql = Sql::same(
        "UPDATE channel_health SET probed_at = $5 WHERE tenant_id = $1 AND account_id = $2 AND channel = $3 AND probed_at <= $4",
    );
    Ok(tx.execute(PROBE, args![account, channel.as_str(), since, now]).await? == 1)
}
