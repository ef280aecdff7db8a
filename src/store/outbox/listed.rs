//! The outbox as operators see it: lists, one row, how deep it is; and what they can do about it.

use crate::args;
use crate::clock::Millis;
use crate::ids;
use crate::store::db::{Db, Exec, Sql, StoreError, by_index};
use serde::Serialize;
use sqlx::FromRow;

/// A row of a list.
#[derive(Clone, Debug, FromRow, Serialize)]
pub struct ListedRow {
    /// Its id.
    pub id: i64,
    /// What sends it.
    pub kind: String,
    /// Our account.
    pub account_id: i64,
    /// Its state.
    pub state: String,
    /// How often it was taken.
    pub attempts: i64,
    /// How often it was sent again though it may have been sent.
    pub repeats: i64,
    /// How often it turned out that it had been.
    pub doubles: i64,
    /// When it is due, or its hold runs out.
    pub run_at: i64,
    /// When it was written.
    pub created_at: i64,
    /// When it was finished.
    pub finished_at: Option<i64>,
    /// Why it was not sent, as far as that is known.
    pub last_error: Option<String>,
    /// The provider's number for that.
    pub error_code: Option<String>,
}

/// All of a row.
#[derive(Clone, Debug, FromRow, Serialize)]
pub struct WholeRow {
    /// What lists show.
    #[sqlx(flatten)]
    #[serde(flatten)]
    pub listed: ListedRow,
    /// How.
    pub channel: String,
    /// The person it goes to.
    pub person_id: i64,
    /// The conversation it belongs to.
    pub conversation_id: i64,
    /// The message's place there.
    pub seq: i64,
    /// Which part of the message, from 0.
    pub part: i64,
    /// Of so many.
    pub parts: i64,
    /// Who holds it.
    pub holder: Option<String>,
    /// Whether it was ever unknown whether it was sent.
    pub unsure: bool,
    /// The provider's id.
    pub provider_id: Option<String>,
    /// The provider's further ids, JSON.
    pub doubled_as: Option<String>,
    /// The recipient as the provider writes it.
    pub recipient: String,
    /// The request's body.
    pub payload: String,
}

/// Which rows are asked for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// In this state; `open`: in any that is not finished.
    pub state: Option<String>,
    /// Of this kind.
    pub kind: Option<String>,
    /// Older than the row of this id.
    pub before: Option<i64>,
    /// At most so many.
    pub most: i64,
}

/// Rows, the newest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn list(db: impl Exec, tenant_id: i64, asked: &Asked) -> Result<Vec<ListedRow>, StoreError> {
    const LIST: Sql = Sql::same(
        "SELECT id, kind, account_id, state, attempts, repeats, doubles, run_at, created_at, finished_at, last_error, error_code
         FROM outbox WHERE tenant_id = $1 AND id < $2 AND ($3 = '' OR state = $3 OR ($3 = 'open' AND finished_at IS NULL))
         AND ($4 = '' OR kind = $4) ORDER BY id DESC LIMIT $5",
    );
    let (state, kind) = (asked.state.clone().unwrap_or_default(), asked.kind.clone().unwrap_or_default());
    db.fetch_all(LIST, args![tenant_id, asked.before.unwrap_or(i64::MAX), state, kind, asked.most]).await
}

/// All of a row; `None`: there is none of that id.
///
/// # Errors
/// Where the database does not answer.
pub async fn find(db: impl Exec, tenant_id: i64, id: i64) -> Result<Option<WholeRow>, StoreError> {
    const FIND: Sql = Sql::same(
        "SELECT id, kind, account_id, state, attempts, repeats, doubles, run_at, created_at, finished_at, last_error, error_code,
           channel, person_id, conversation_id, seq, part, parts, holder, unsure, provider_id, doubled_as, recipient, payload
         FROM outbox WHERE tenant_id = $1 AND id = $2",
    );
    db.fetch_optional(FIND, args![tenant_id, id]).await
}

/// Gives a row that failed its tries again, due now; `false`: it is not one that failed.
///
/// One that may have been sent counts as repeated from here on.
///
/// # Errors
/// Where the database does not answer.
pub async fn retry(db: &Db, tenant_id: i64, id: i64, now: Millis) -> Result<bool, StoreError> {
    const RETRY: Sql = Sql::same(
        "UPDATE outbox SET repeats = repeats + CASE WHEN unsure THEN 1 ELSE 0 END, state = 'waiting', attempts = 0,
           run_at = $3, wanted_at = $3, slotted = FALSE, holder = NULL, finished_at = NULL
         WHERE tenant_id = $1 AND id = $2 AND state IN ('dead', 'rejected') AND finished_at IS NOT NULL",
    );
    // What its message was to tell waits again with it.
    const TOLD: Sql = by_index!(
        "notices_failed",
        "UPDATE ",
        "notices",
        "SET state = 'waiting', last_error = NULL WHERE tenant_id = $1 AND bulletin = $2 AND state = 'failed'"
    );
    let mut tx = db.begin().await?;
    let again = tx.execute(RETRY, args![tenant_id, id, now]).await? == 1;
    if again {
        tx.execute(TOLD, args![tenant_id, id]).await?;
    }
    tx.commit().await?;
    Ok(again)
}

/// How deep the outbox is.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Depth {
    /// Rows that are not finished.
    pub open: i64,
    /// When the oldest of them was meant to leave, of those that are past that time.
    pub oldest: Option<i64>,
    /// Rows that were given up.
    pub dead: i64,
}

/// How deep the outbox of all tenants is.
///
/// # Errors
/// Where the database does not answer.
pub async fn depth(db: impl Exec) -> Result<Depth, StoreError> {
    const DEPTH: Sql = Sql::same(
        "SELECT (SELECT COUNT(*) FROM outbox WHERE finished_at IS NULL) AS open,
           (SELECT MIN(wanted_at) FROM outbox o WHERE finished_at IS NULL AND state <> 'deferred' AND NOT EXISTS (SELECT 1 FROM outbox d
              WHERE d.tenant_id = o.tenant_id AND d.lane = o.lane AND d.finished_at IS NULL AND d.state = 'deferred')) AS oldest,
           (SELECT COUNT(*) FROM outbox WHERE state = 'dead' AND tenant_id > 0) AS dead",
    );
    Ok(db.fetch_optional(DEPTH, args![]).await?.unwrap_or_default())
}

#[derive(FromRow)]
struct Last {
    id: Option<i64>,
}

/// Forgets the next `most` rows above `after` that were finished before `before`; those that were given up stay. The last row it
/// looked at; `None`: there are no more.
///
/// # Errors
/// Where the database does not answer.
pub async fn forget(
    db: &Db,
    tenant_id: i64,
    after: i64,
    before: Millis,
    most: i64,
) -> Result<Option<i64>, StoreError> {
    const LAST: Sql = Sql::same(
        "SELECT MAX(id) AS id FROM (SELECT id FROM outbox WHERE tenant_id = $1 AND id > $2 AND id < $3 ORDER BY id LIMIT $4) AS next",
    );
    const FORGET: Sql = Sql::same(
        "DELETE FROM outbox WHERE tenant_id = $1 AND id > $2 AND id <= $3 AND finished_at < $4 AND state <> 'dead'",
    );
    let next: Option<Last> =
        db.fetch_optional(LAST, args![tenant_id, after, ids::first_at(before), most]).await?;
    let Some(last) = next.and_then(|next| next.id) else { return Ok(None) };
    db.execute(FORGET, args![tenant_id, after, last, before]).await?;
    Ok(Some(last))
}
