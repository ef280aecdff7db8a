//! Tokens of programs. Only their hashes are kept.

use super::db::{Exec, Sql, StoreError};
use crate::args;
use crate::clock::Millis;
use sqlx::FromRow;

/// What a token may be used for.
#[derive(Clone, Debug, FromRow)]
pub struct TokenRow {
    /// The tenant it speaks for.
    pub tenant_id: i64,
    /// What it was named.
    pub name: String,
}

/// Keeps a new token's hash.
///
/// # Errors
/// Where the database does not answer.
pub async fn insert(
    db: impl Exec,
    tenant_id: i64,
    id: i64,
    name: &str,
    hash: &str,
    now: Millis,
    expires_at: Option<Millis>,
) -> Result<(), StoreError> {
    const INSERT: Sql = Sql::same(
        "INSERT INTO api_tokens (tenant_id, id, name, hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
    );
    db.execute(INSERT, args![tenant_id, id, name, hash, now, expires_at]).await.map(drop)
}

/// The token of that hash, if it is still good.
///
/// # Errors
/// Where the database does not answer.
pub async fn find(db: impl Exec, hash: &str, now: Millis) -> Result<Option<TokenRow>, StoreError> {
    const FIND: Sql = Sql::same(
        "SELECT tenant_id, name FROM api_tokens WHERE hash = $1 AND (expires_at IS NULL OR expires_at > $2)",
    );
    db.fetch_optional(FIND, args![hash, now]).await
}
