//! Tokens of programs: made once, shown once, kept as a hash.

use crate::clock::Millis;
use crate::domain::access::{Right, Role, Tenant};
use crate::ids;
use crate::store::db::{Db, StoreError};
use crate::store::tokens::{self, TokenRow};
use sha2::{Digest, Sha256};

/// Tells our tokens from other secrets, for people and for scanners of leaked secrets.
const PREFIX: &str = "lw_";

/// A token that is to be made.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// What it is for.
    pub name: String,
    /// As what it speaks.
    pub role: Role,
    /// What it is confined to; empty: nothing beyond its role.
    pub scopes: Vec<Right>,
    /// Whose it is.
    pub user_id: Option<i64>,
    /// Until when it is good.
    pub expires_at: Option<Millis>,
}

/// Makes a token of a tenant; only its hash is kept.
///
/// # Errors
/// Where the database does not answer.
pub async fn create(db: &Db, tenant: Tenant, new: NewToken, now: Millis) -> Result<String, StoreError> {
    let token = format!("{PREFIX}{}", ids::secret());
    let row = TokenRow {
        tenant_id: tenant.0,
        id: random_id(),
        name: new.name,
        role: new.role.as_str().to_owned(),
        scopes: new.scopes.into_iter().map(Right::as_str).collect::<Vec<_>>().join(" "),
        user_id: new.user_id,
        created_at: now,
        expires_at: new.expires_at,
        used_at: None,
        revoked_at: None,
        owner_role: None,
    };
    tokens::insert(db.within(tenant), &row, &hash(&token)).await?;
    Ok(token)
}

/// An id that no replica makes: a command adds one row and ends; random bits keep two commands of one millisecond apart.
pub fn random_id() -> i64 {
    i64::from_str_radix(&ids::secret()[..12], 16).expect("twelve hex digits are a number").max(1)
}

/// Whom a token speaks for, if it is good.
///
/// # Errors
/// Where the database does not answer.
pub async fn find(db: &Db, token: &str, now: Millis) -> Result<Option<TokenRow>, StoreError> {
    tokens::find(db, &hash(token), now).await
}

/// Notes that a token was used.
///
/// # Errors
/// Where the database does not answer.
pub async fn used(db: &Db, token: &TokenRow, now: Millis) -> Result<(), StoreError> {
    tokens::used(db.within(Tenant(token.tenant_id)), token.id, now).await
}

/// What is kept of a token: SHA-256 in hex. 128 random bits need no slow hash.
pub fn hash(token: &str) -> String {
    Sha256::digest(token).iter().map(|byte| format!("{byte:02x}")).collect()
}
