//! Messages after they were written: what the provider says became of them, and replies that are kept no longer.

use super::db::{Db, Exec, Sql, StoreError};
use crate::args;
use crate::channels::MessageRef;
use crate::clock::Millis;
use crate::domain::identity::{Identity, IdentityKind};
use sqlx::FromRow;

/// How a message stands.
#[derive(Clone, Debug, FromRow)]
pub struct StatusRow {
    /// The status of each part, JSON: a list of names and `null`s; `None`: none was reported.
    pub parts: Option<String>,
    /// The provider's id, the first that was told.
    pub provider_id: Option<String>,
}

/// How an outgoing message stands; `None`: there is no such message.
///
/// # Errors
/// Where the database does not answer.
pub async fn status(db: impl Exec, key: MessageRef) -> Result<Option<StatusRow>, StoreError> {
    const FIND: Sql = Sql::same(
        "SELECT parts, provider_id FROM messages WHERE tenant_id = $1 AND conversation_id = $2 AND seq = $3 AND direction = 'out'",
    );
    db.fetch_optional(FIND, args![key.tenant_id, key.conversation_id, key.seq]).await
}

#[derive(FromRow)]
struct Place {
    conversation_id: i64,
    seq: i64,
}

/// The message of ours that a provider calls so, sent to the person with this identity; `None`: none that we know of.
///
/// # Errors
/// Where the database does not answer.
pub async fn sent_as(
    db: impl Exec,
    tenant_id: i64,
    kind: &str,
    value: &str,
    provider_id: &str,
) -> Result<Option<MessageRef>, StoreError> {
    const FIND: Sql = Sql::same(
        "SELECT m.conversation_id, m.seq FROM identities i
         JOIN messages m ON m.tenant_id = i.tenant_id AND m.person_id = i.person_id AND m.provider_id = $4
         WHERE i.tenant_id = $1 AND i.kind = $2 AND i.value = $3 AND m.direction = 'out'",
    );
    let place: Option<Place> = db.fetch_optional(FIND, args![tenant_id, kind, value, provider_id]).await?;
    Ok(place.map(|Place { conversation_id, seq }| MessageRef { tenant_id, conversation_id, seq }))
}

#[derive(FromRow)]
struct Address {
    kind: String,
    raw: String,
}

/// The identities of whomever a message of ours went to.
///
/// # Errors
/// Where the database does not answer.
pub async fn addressees(db: impl Exec, key: MessageRef) -> Result<Vec<Identity>, StoreError> {
    const LIST: Sql = Sql::same(
        "SELECT i.kind, i.raw FROM messages m
         JOIN identities i ON i.tenant_id = m.tenant_id AND i.person_id = m.person_id
         WHERE m.tenant_id = $1 AND m.conversation_id = $2 AND m.seq = $3 AND m.direction = 'out' ORDER BY i.kind, i.value",
    );
    let rows: Vec<Address> = db.fetch_all(LIST, args![key.tenant_id, key.conversation_id, key.seq]).await?;
    let identity = |Address { kind, raw }| Some(Identity { kind: IdentityKind::parse(&kind)?, value: raw });
    Ok(rows.into_iter().filter_map(identity).collect())
}

/// How a message stands anew.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// The status of each part, JSON.
    pub parts: &'a str,
    /// What they come to.
    pub status: &'a str,
    /// The provider's id, where it gave one; the first that is told is kept.
    pub provider_id: Option<&'a str>,
    /// Why it failed; the last that is told is kept.
    pub error_code: Option<&'a str>,
}

/// Records how a message stands if its parts are still what was read; `false`: another callback came between.
///
/// # Errors
/// Where the database does not answer.
pub async fn set_status(
    db: impl Exec,
    key: MessageRef,
    was: Option<&str>,
    stands: Standing<'_>,
    now: Millis,
) -> Result<bool, StoreError> {
    const SET: Sql = Sql::same(
        "UPDATE messages SET parts = $5, status = $6, status_at = $7, provider_id = COALESCE(provider_id, $8),
         error_code = COALESCE($9, error_code)
         WHERE tenant_id = $1 AND conversation_id = $2 AND seq = $3 AND direction = 'out' AND COALESCE(parts, '') = $4",
    );
    let args = args![
        key.tenant_id,
        key.conversation_id,
        key.seq,
        was.unwrap_or_default(),
        stands.parts,
        stands.status,
        now,
        stands.provider_id.map(str::to_owned),
        stands.error_code.map(str::to_owned)
    ];
    Ok(db.execute(SET, args).await? == 1)
}

#[derive(FromRow)]
struct Last {
    id: Option<i64>,
}

/// Forgets what inbound messages from before `before` were answered with, in the next `most` conversations whose ids are
/// above `after` and below `below`. The last conversation it looked at; `None`: there are no more.
///
/// # Errors
/// Where the database does not answer.
pub async fn forget_replies(
    db: &Db,
    tenant_id: i64,
    after: i64,
    below: i64,
    before: Millis,
    most: i64,
) -> Result<Option<i64>, StoreError> {
    const LAST: Sql = Sql::same(
        "SELECT MAX(id) AS id FROM (SELECT id FROM conversations WHERE tenant_id = $1 AND id > $2 AND id < $3
         ORDER BY id LIMIT $4) AS next",
    );
    const FORGET: Sql = Sql::same(
        "UPDATE messages SET reply = NULL WHERE tenant_id = $1 AND conversation_id > $2 AND conversation_id <= $3
         AND created_at < $4 AND reply IS NOT NULL",
    );
    let next: Option<Last> = db.fetch_optional(LAST, args![tenant_id, after, below, most]).await?;
    let Some(last) = next.and_then(|next| next.id) else { return Ok(None) };
    db.execute(FORGET, args![tenant_id, after, last, before]).await?;
    Ok(Some(last))
}
