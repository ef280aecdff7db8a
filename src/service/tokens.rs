//! Tokens of programs: made, and recognised.

use crate::clock::Millis;
use crate::ids;
use crate::store::db::{Db, StoreError};
use crate::store::tenants::DEFAULT_TENANT;
use crate::store::tokens::{self, TokenRow};
use sha2::{Digest, Sha256};

/// Tells our tokens from other secrets, for people and for scanners of leaked secrets.
const PREFIX: &str = "lw_";

/// Makes a token of the default tenant; only its hash is kept.
///
/// # Errors
/// Where the database does not answer.
pub async fn create(
    db: &Db,
    name: &str,
    now: Millis,
    expires_at: Option<Millis>,
) -> Result<String, StoreError> {
    let token = format!("{PREFIX}{}", ids::secret());
    // Not a replica's id: a command makes one row and ends; random bits keep two commands of one millisecond apart.
    let id = i64::from_str_radix(&ids::secret()[..12], 16).expect("twelve hex digits are a number");
    tokens::insert(db, DEFAULT_TENANT, id, name, &hash(&token), now, expires_at).await?;
    Ok(token)
}

/// Whom a token speaks for, if it is good.
///
/// # Errors
/// Where the database does not answer.
pub async fn find(db: &Db, token: &str, now: Millis) -> Result<Option<TokenRow>, StoreError> {
    tokens::find(db, &hash(token), now).await
}

/// What is kept of a token: SHA-256 in hex. 128 random bits need no slow hash.
pub fn hash(token: &str) -> String {
    Sha256::digest(token).iter().map(|byte| format!("{byte:02x}")).collect()
}
