//! Timers of conversations: which are due, when the next one is, and putting off what no turn can take.

use super::db::{Exec, Sql, StoreError};
use crate::args;
use crate::clock::Millis;
use sqlx::FromRow;

/// A due timer with an address of its person; as many rows as the person has addresses, the latest last.
#[derive(Clone, Debug, FromRow)]
pub struct DueRow {
    /// Whose it is.
    pub tenant_id: i64,
    /// The conversation.
    pub id: i64,
    /// Our account.
    pub account_id: i64,
    /// The channel.
    pub channel: String,
    /// The chat session, where the channel has one.
    pub public_id: Option<String>,
    /// When it was due.
    pub due_at: i64,
    /// Whether the person has begun another conversation there since: no turn comes back to this one.
    pub is_past: bool,
    /// What kind of address.
    pub kind: Option<String>,
    /// The address as it came.
    pub raw: Option<String>,
}

/// The timers that are due at `now`, the earliest first; of at most so many conversations. Of all tenants, because time passes
/// for all of them.
///
/// # Errors
/// Where the database does not answer.
pub async fn due(db: impl Exec, now: Millis, most: i64) -> Result<Vec<DueRow>, StoreError> {
    macro_rules! due {
        ($addresses:literal, $newer:literal) => {
            concat!(
                "SELECT c.tenant_id, c.id, c.account_id, c.channel, c.public_id, c.next_timer_at AS due_at, i.kind, i.raw,
                   c.public_id IS NULL AND EXISTS (SELECT 1 FROM ",
                $newer,
                " WHERE n.tenant_id = c.tenant_id AND n.person_id = c.person_id
                     AND n.id > c.id AND n.channel = c.channel AND n.account_id = c.account_id) AS is_past
                 FROM (SELECT tenant_id, id, person_id, account_id, channel, public_id, next_timer_at FROM conversations
                       WHERE next_timer_at <= $1 ORDER BY next_timer_at LIMIT $2) c
                 LEFT JOIN ",
                $addresses,
                " ON i.tenant_id = c.tenant_id AND i.person_id = c.person_id
                 ORDER BY c.next_timer_at, c.id, i.created_at, i.kind, i.value"
            )
        };
    }
    // SQLite without statistics takes the tenant for a narrow choice, and would look through all it has.
    const DUE: Sql = Sql {
        sqlite: due!(
            "identities i INDEXED BY identities_person",
            "conversations n INDEXED BY conversations_person"
        ),
        postgres: due!("identities i", "conversations n"),
    };
    db.fetch_all(DUE, args![now, most]).await
}

/// When the next timer is due; `None`: there is none.
///
/// # Errors
/// Where the database does not answer.
pub async fn next(db: impl Exec) -> Result<Option<Millis>, StoreError> {
    #[derive(FromRow)]
    struct Next {
        next_timer_at: i64,
    }
    const NEXT: Sql = Sql::same(
        "SELECT tenant_id, next_timer_at FROM conversations WHERE next_timer_at IS NOT NULL ORDER BY next_timer_at LIMIT 1",
    );
    let next: Option<Next> = db.fetch_optional(NEXT, args![]).await?;
    Ok(next.map(|next| next.next_timer_at))
}

/// Puts a timer off, or away where `until` is `None`, if it still stands where it was read.
///
/// Not a turn, because it is for timers that no turn can take; no turn reads this column, and each sets it anew.
///
/// # Errors
/// Where the database does not answer.
pub async fn put_off(
    db: impl Exec,
    tenant_id: i64,
    conversation_id: i64,
    was: Millis,
    until: Option<Millis>,
) -> Result<bool, StoreError> {
    const PUT_OFF: Sql = Sql::same(
        "UPDATE conversations SET next_timer_at = $4 WHERE tenant_id = $1 AND id = $2 AND next_timer_at = $3",
    );
    Ok(db.execute(PUT_OFF, args![tenant_id, conversation_id, was, until]).await? == 1)
}
