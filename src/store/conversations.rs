//! Conversations as programs read them: by their public id, which is the only credential and sees only itself.

use super::db::{Db, Exec, Sql, StoreError};
use crate::args;
use sqlx::FromRow;

/// A conversation with its lead.
#[derive(Clone, Debug, FromRow)]
pub struct SessionRow {
    /// The tenant.
    pub tenant_id: i64,
    /// The conversation.
    pub id: i64,
    /// The person.
    pub person_id: i64,
    /// The account it runs on.
    pub account_id: i64,
    /// Its flow.
    pub flow_id: String,
    /// Its flow's version.
    pub flow_hash: String,
    /// The engine's snapshot, JSON.
    pub state: String,
    /// `utm_source`.
    pub source: Option<String>,
    /// When it began.
    pub created_at: i64,
    /// The lead's fields, JSON.
    pub fields: String,
    /// Variants of the person, JSON.
    pub variants: String,
}

/// A message of a transcript.
#[derive(Clone, Debug, FromRow)]
pub struct MessageRow {
    /// Its place.
    pub seq: i64,
    /// `in` or `out`.
    pub direction: String,
    /// The text.
    pub body: String,
    /// When.
    pub created_at: i64,
}

/// What a program reported, or what a turn earned.
#[derive(Clone, Debug, FromRow)]
pub struct EarnedRow {
    /// The rule or behaviour.
    pub rule: String,
    /// Points, summed.
    pub points: i64,
    /// When it was first earned.
    pub created_at: i64,
}

/// The conversation of a chat session.
///
/// # Errors
/// Where the database does not answer.
pub async fn by_public_id(db: &Db, public_id: &str) -> Result<Option<SessionRow>, StoreError> {
    const FIND: Sql = Sql::same(
        "SELECT c.tenant_id, c.id, c.person_id, c.account_id, c.flow_id, c.flow_hash, c.state, c.source, c.created_at, l.fields, p.variants
         FROM conversations c
         JOIN leads l ON l.tenant_id = c.tenant_id AND l.id = c.lead_id
         JOIN persons p ON p.tenant_id = c.tenant_id AND p.id = c.person_id
         WHERE c.public_id = $1",
    );
    // Every answer in a chat asks: planned once.
    Ok(db.ask_all(FIND, args![public_id]).await?.pop())
}

/// An address of a conversation's person, with what the conversation runs on.
#[derive(Clone, Debug, FromRow)]
pub struct AddressRow {
    /// The account it runs on.
    pub account_id: i64,
    /// Its channel.
    pub channel: String,
    /// The chat session, where the channel has one.
    pub public_id: Option<String>,
    /// What kind of address.
    pub kind: String,
    /// The address as it came.
    pub raw: String,
}

/// The addresses of a conversation's person, the oldest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn addresses(
    db: impl Exec,
    tenant_id: i64,
    conversation_id: i64,
) -> Result<Vec<AddressRow>, StoreError> {
    macro_rules! addresses {
        ($addresses:literal) => {
            concat!(
                "SELECT c.tenant_id, c.account_id, c.channel, c.public_id, i.kind, i.raw FROM conversations c JOIN ",
                $addresses,
                " ON i.tenant_id = c.tenant_id AND i.person_id = c.person_id
                 WHERE c.tenant_id = $1 AND c.id = $2 ORDER BY i.created_at, i.kind, i.value"
            )
        };
    }
    // SQLite without statistics takes the tenant for a narrow choice, and would look through all it has.
    const ADDRESSES: Sql = Sql {
        sqlite: addresses!("identities i INDEXED BY identities_person"),
        postgres: addresses!("identities i"),
    };
    db.fetch_all(ADDRESSES, args![tenant_id, conversation_id]).await
}

/// Its last messages, in order; at most `limit`.
///
/// # Errors
/// Where the database does not answer.
pub async fn transcript(
    db: impl Exec,
    tenant_id: i64,
    conversation_id: i64,
    limit: i64,
) -> Result<Vec<MessageRow>, StoreError> {
    const LIST: Sql = Sql::same(
        "SELECT seq, direction, body, created_at FROM messages
         WHERE tenant_id = $1 AND conversation_id = $2 ORDER BY seq DESC LIMIT $3",
    );
    let mut last: Vec<MessageRow> = db.fetch_all(LIST, args![tenant_id, conversation_id, limit]).await?;
    last.reverse();
    Ok(last)
}

/// What a conversation earned, by rule, in the order first earned. Rules that were taken back add up to nothing and are
/// left out.
///
/// # Errors
/// Where the database does not answer.
pub async fn earned(
    db: impl Exec,
    tenant_id: i64,
    conversation_id: i64,
) -> Result<Vec<EarnedRow>, StoreError> {
    const LIST: Sql = Sql::same(
        "SELECT rule, CAST(SUM(points) AS BIGINT) AS points, MIN(created_at) AS created_at FROM score_entries
         WHERE tenant_id = $1 AND conversation_id = $2 GROUP BY rule HAVING SUM(points) <> 0 ORDER BY MIN(seq * 4096 + n)",
    );
    db.fetch_all(LIST, args![tenant_id, conversation_id]).await
}

/// A behaviour by its name.
#[derive(Clone, Debug, FromRow)]
pub struct ReportedRow {
    /// Its name.
    pub action: String,
}

/// Behaviours that programs reported and that earned nothing, each once, in the order first reported; at most `limit`.
///
/// # Errors
/// Where the database does not answer.
pub async fn unpaid(
    db: impl Exec,
    tenant_id: i64,
    conversation_id: i64,
    limit: i64,
) -> Result<Vec<ReportedRow>, StoreError> {
    // What our own turns note beside messages is no behaviour.
    const LIST: Sql = Sql::same(
        "SELECT action FROM behaviours WHERE tenant_id = $1 AND conversation_id = $2
         AND action NOT IN ('session_started', 'profile', 'variant_asked', 'converted', 'silence', 'refused_by_provider')
         GROUP BY action HAVING SUM(points) = 0 ORDER BY MIN(seq) LIMIT $3",
    );
    db.fetch_all(LIST, args![tenant_id, conversation_id, limit]).await
}

/// Whether a person, known by this identity, has a later conversation by text message than their latest by phone.
///
/// # Errors
/// Where the database does not answer.
pub async fn newer_by_text(
    db: impl Exec,
    tenant_id: i64,
    account_id: i64,
    kind: &str,
    value: &str,
) -> Result<bool, StoreError> {
    #[derive(FromRow)]
    struct Newer {
        id: i64,
    }
    const FIND: Sql = Sql::same(
        "SELECT s.id FROM identities i
         JOIN conversations s ON s.tenant_id = i.tenant_id AND s.person_id = i.person_id AND s.channel = 'sms' AND s.account_id = $2
         WHERE i.tenant_id = $1 AND i.kind = $3 AND i.value = $4 AND s.id > (SELECT COALESCE(MAX(v.id), 0) FROM conversations v
           WHERE v.tenant_id = i.tenant_id AND v.person_id = i.person_id AND v.channel = 'voice' AND v.account_id = $2)
         LIMIT 1",
    );
    let newer: Option<Newer> = db.fetch_optional(FIND, args![tenant_id, account_id, kind, value]).await?;
    Ok(newer.is_some_and(|newer| newer.id > 0))
}

/// Whether the latest conversation by text message of a person, known by this identity, is one that a call began, open and
/// touched since `since`: the next call takes it up again.
///
/// # Errors
/// Where the database does not answer.
pub async fn went_on_by_text(
    db: impl Exec,
    tenant_id: i64,
    account_id: i64,
    kind: &str,
    value: &str,
    since: i64,
) -> Result<bool, StoreError> {
    #[derive(FromRow)]
    struct Latest {
        began_as_call: bool,
    }
    const FIND: Sql = Sql::same(
        "SELECT s.outcome IS NULL AND s.updated_at >= $5 AND EXISTS (SELECT 1 FROM messages m WHERE m.tenant_id = s.tenant_id
           AND m.conversation_id = s.id AND m.seq = 1 AND m.direction = 'call') AS began_as_call
         FROM identities i
         JOIN conversations s ON s.tenant_id = i.tenant_id AND s.person_id = i.person_id AND s.channel = 'sms' AND s.account_id = $2
         WHERE i.tenant_id = $1 AND i.kind = $3 AND i.value = $4 ORDER BY s.id DESC LIMIT 1",
    );
    let latest: Option<Latest> =
        db.fetch_optional(FIND, args![tenant_id, account_id, kind, value, since]).await?;
    Ok(latest.is_some_and(|latest| latest.began_as_call))
}
