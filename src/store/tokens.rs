//! Tokens of programs. Only their hashes are kept.

use super::db::{Exec, Sql, StoreError, Within};
use crate::args;
use crate::clock::Millis;
use sqlx::FromRow;

/// What a token may be used for.
#[derive(Clone, Debug, FromRow)]
pub struct TokenRow {
    /// The tenant it speaks for.
    pub tenant_id: i64,
    /// Its id.
    pub id: i64,
    /// What it was named.
    pub name: String,
    /// As what it speaks.
    pub role: String,
    /// What it is confined to, with blanks between; empty: nothing beyond its role.
    pub scopes: String,
    /// Whose it is.
    pub user_id: Option<i64>,
    /// When it was made.
    pub created_at: i64,
    /// Until when it is good.
    pub expires_at: Option<i64>,
    /// When it was used last, to within a minute.
    pub used_at: Option<i64>,
    /// When it was taken back.
    pub revoked_at: Option<i64>,
    /// What whoever it belongs to is by now.
    pub owner_role: Option<String>,
}

macro_rules! tokens {
    ($rest:literal) => {
        Sql::same(concat!(
            "SELECT t.tenant_id, t.id, t.name, t.role, t.scopes, t.user_id, t.created_at, t.expires_at, t.used_at, t.revoked_at,
               u.role AS owner_role FROM api_tokens t LEFT JOIN users u ON u.tenant_id = t.tenant_id AND u.id = t.user_id ",
            $rest
        ))
    };
}

/// Keeps a new token's hash.
///
/// # Errors
/// Where the database does not answer.
pub async fn insert(db: Within<'_>, token: &TokenRow, hash: &str) -> Result<(), StoreError> {
    const INSERT: Sql = Sql::same(
        "INSERT INTO api_tokens (tenant_id, id, name, hash, role, scopes, user_id, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    );
    let TokenRow { id, name, role, scopes, user_id, created_at, expires_at, .. } = token;
    db.execute(INSERT, args![*id, name, hash, role, scopes, *user_id, *created_at, *expires_at])
        .await
        .map(drop)
}

/// The token of that hash, if it is still good and whoever it belongs to still works here.
///
/// # Errors
/// Where the database does not answer.
pub async fn find(db: impl Exec, hash: &str, now: Millis) -> Result<Option<TokenRow>, StoreError> {
    const FIND: Sql = tokens!(
        "WHERE t.hash = $1 AND (t.expires_at IS NULL OR t.expires_at > $2) AND t.revoked_at IS NULL
           AND (t.user_id IS NULL OR u.is_active)"
    );
    db.fetch_optional(FIND, args![hash, now]).await
}

/// The tokens of a tenant, in the order in which they were made.
///
/// # Errors
/// Where the database does not answer.
pub async fn list(db: Within<'_>) -> Result<Vec<TokenRow>, StoreError> {
    db.fetch_all(tokens!("WHERE t.tenant_id = $1 ORDER BY t.created_at, t.id"), args![]).await
}

/// Notes that a token was used.
///
/// # Errors
/// Where the database does not answer.
pub async fn used(db: Within<'_>, id: i64, now: Millis) -> Result<(), StoreError> {
    const USED: Sql = Sql::same("UPDATE api_tokens SET used_at = $3 WHERE tenant_id = $1 AND id = $2");
    db.execute(USED, args![id, now]).await.map(drop)
}

/// Takes a token back; `false`: there is none of that id, or it was taken back before.
///
/// # Errors
/// Where the database does not answer.
pub async fn revoke(db: Within<'_>, id: i64, now: Millis) -> Result<bool, StoreError> {
    const REVOKE: Sql = Sql::same(
        "UPDATE api_tokens SET revoked_at = $3 WHERE tenant_id = $1 AND id = $2 AND revoked_at IS NULL",
    );
    Ok(db.execute(REVOKE, args![id, now]).await? == 1)
}
