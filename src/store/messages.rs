//! Messages after they were written: what the provider says became of them.

use super::db::{Exec, Sql, StoreError};
use crate::args;
use crate::channels::MessageRef;
use crate::clock::Millis;
use sqlx::FromRow;

/// How a message stands.
#[derive(Clone, Debug, FromRow)]
pub struct StatusRow {
    /// The provider's id, once known.
    pub provider_id: Option<String>,
    /// The last status.
    pub status: Option<String>,
}

/// How an outgoing message stands; `None`: there is no such message.
///
/// # Errors
/// Where the database does not answer.
pub async fn status(db: impl Exec, key: MessageRef) -> Result<Option<StatusRow>, StoreError> {
    const FIND: Sql = Sql::same(
        "SELECT provider_id, status FROM messages WHERE tenant_id = $1 AND conversation_id = $2 AND seq = $3 AND direction = 'out'",
    );
    db.fetch_optional(FIND, args![key.tenant_id, key.conversation_id, key.seq]).await
}

/// Records a status if the message still stands where it was read; `false`: another callback came between.
///
/// # Errors
/// Where the database does not answer.
pub async fn set_status(
    db: impl Exec,
    key: MessageRef,
    was: Option<&str>,
    status: &str,
    provider_id: &str,
    error_code: Option<&str>,
    now: Millis,
) -> Result<bool, StoreError> {
    const SET: Sql = Sql::same(
        "UPDATE messages SET status = $5, status_at = $6, provider_id = COALESCE(provider_id, $7), error_code = COALESCE($8, error_code)
         WHERE tenant_id = $1 AND conversation_id = $2 AND seq = $3 AND COALESCE(status, '') = $4",
    );
    let error_code = error_code.map(str::to_owned);
    let args = args![
        key.tenant_id,
        key.conversation_id,
        key.seq,
        was.unwrap_or_default(),
        status,
        now,
        provider_id,
        error_code
    ];
    Ok(db.execute(SET, args).await? == 1)
}
