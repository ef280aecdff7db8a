//! What becomes known of a row beside its own send: the provider's reports, and answers that came after the hold was lost.

use crate::args;
use crate::channels::MessageRef;
use crate::clock::{MINUTE, Millis};
use crate::ids;
use crate::store::db::{Db, Exec, Sql, StoreError};
use sqlx::FromRow;

/// A row of which it was once unsure whether it was sent.
#[derive(Clone, Debug, FromRow)]
pub struct UnsureRow {
    /// Whose it is.
    pub tenant_id: i64,
    /// Its id.
    pub id: i64,
    /// What sends it.
    pub kind: String,
    /// Its lane.
    pub lane: Option<String>,
    /// Its place there.
    pub place: i64,
    /// The provider's id, as far as one is known.
    pub provider_id: Option<String>,
    /// The provider's further ids, JSON.
    pub doubled_as: Option<String>,
    /// When it was finished.
    pub finished_at: Option<i64>,
}

/// The unsure row of a part of a message; nearly always there is none, and the index that says so is nearly empty.
///
/// # Errors
/// Where the database does not answer.
pub async fn by_message(
    db: impl Exec,
    message: MessageRef,
    part: usize,
) -> Result<Option<UnsureRow>, StoreError> {
    const FIND: Sql = Sql::same(
        "SELECT tenant_id, id, kind, lane, place, provider_id, doubled_as, finished_at FROM outbox
         WHERE tenant_id = $1 AND conversation_id = $2 AND seq = $3 AND part = $4 AND unsure",
    );
    let MessageRef { tenant_id, conversation_id, seq } = message;
    db.fetch_optional(FIND, args![tenant_id, conversation_id, seq, part as i64]).await
}

/// A row by its id.
///
/// # Errors
/// Where the database does not answer.
pub async fn by_row(db: impl Exec, tenant_id: i64, id: i64) -> Result<Option<UnsureRow>, StoreError> {
    const FIND: Sql = Sql::same(
        "SELECT tenant_id, id, kind, lane, place, provider_id, doubled_as, finished_at FROM outbox
         WHERE tenant_id = $1 AND id = $2",
    );
    db.fetch_optional(FIND, args![tenant_id, id]).await
}

/// Finishes a row that turned out to have been sent, whoever holds it; `false`: it is finished already.
///
/// # Errors
/// Where the database does not answer.
pub async fn mark_sent(
    db: impl Exec,
    row: &UnsureRow,
    provider_id: &str,
    now: Millis,
) -> Result<bool, StoreError> {
    const SENT: Sql = Sql::same(
        "UPDATE outbox SET state = 'sent', finished_at = $4, provider_id = $3, holder = NULL, unsure = TRUE
         WHERE tenant_id = $1 AND id = $2 AND finished_at IS NULL",
    );
    Ok(db.execute(SENT, args![row.tenant_id, row.id, provider_id, now]).await? == 1)
}

/// Learns the provider's id of a finished row that had none; `false`: it has one.
///
/// # Errors
/// Where the database does not answer.
pub async fn name(db: impl Exec, row: &UnsureRow, provider_id: &str) -> Result<bool, StoreError> {
    const NAME: Sql = Sql::same(
        "UPDATE outbox SET provider_id = $3, state = 'sent' WHERE tenant_id = $1 AND id = $2 AND provider_id IS NULL
         AND finished_at IS NOT NULL",
    );
    Ok(db.execute(NAME, args![row.tenant_id, row.id, provider_id]).await? == 1)
}

/// Adds a further id of the provider's if the others are still what was read: it was sent once more than it should be.
///
/// # Errors
/// Where the database does not answer.
pub async fn add_double(db: impl Exec, row: &UnsureRow, all: &str) -> Result<bool, StoreError> {
    const ADD: Sql = Sql::same(
        "UPDATE outbox SET doubles = doubles + 1, doubled_as = $3, unsure = TRUE
         WHERE tenant_id = $1 AND id = $2 AND COALESCE(doubled_as, '') = $4",
    );
    let was = row.doubled_as.clone().unwrap_or_default();
    Ok(db.execute(ADD, args![row.tenant_id, row.id, all, was]).await? == 1)
}

#[derive(FromRow)]
struct Known {
    provider_id: String,
}

/// The provider's ids of what else was sent in a lane since about `since`: none of them is the one that is looked for.
///
/// # Errors
/// Where the database does not answer.
pub async fn known_ids(
    db: &Db,
    tenant_id: i64,
    lane: Option<&str>,
    since: Millis,
) -> Result<Vec<String>, StoreError> {
    const KNOWN: Sql = Sql::same(
        "SELECT provider_id FROM outbox WHERE tenant_id = $1 AND id >= $3 AND lane = $2 AND provider_id IS NOT NULL",
    );
    let from = ids::first_at(since - 10 * MINUTE);
    let rows: Vec<Known> = db.fetch_all(KNOWN, args![tenant_id, lane.map(str::to_owned), from]).await?;
    Ok(rows.into_iter().map(|row| row.provider_id).collect())
}
