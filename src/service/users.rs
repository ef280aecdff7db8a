//! People who work here, and what they log in with.

use crate::clock::Millis;
use crate::domain::access::{Role, Tenant};
use crate::service::lifecycle::Actor;
use crate::store::db::{Db, StoreError, Tx};
use crate::store::leads::{Entry, write};
use crate::store::users::{self, UserRow};
use crate::store::{invitations, log_ins};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

/// How long passwords may be, in characters. (NIST SP 800-63B: at least eight where another factor stands beside it, fifteen where none
/// does; and at least 64 at the upper end.)
pub const PASSWORD: RangeInclusive<usize> = 12..=256;

/// Argon2id with 19 MiB, two passes, one lane: the first choice of OWASP's password storage recommendations.
static ARGON: LazyLock<Argon2<'static>> = LazyLock::new(|| {
    let params = Params::new(19 * 1024, 2, 1, None).expect("these parameters are within Argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
});

/// What is kept of a password. Slow on purpose: run off the async threads.
pub fn hash(password: &SecretString) -> String {
    let mut salt = [0u8; 16];
    getrandom::fill(&mut salt).expect("the operating system's random source answers");
    let hash = ARGON.hash_password_with_salt(password.expose_secret().as_bytes(), &salt);
    hash.expect("a password within its bounds can be hashed").to_string()
}

/// Whether a password is the one that was kept as `hash`. Slow on purpose: run off the async threads.
pub fn is_password(password: &SecretString, hash: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else { return false };
    ARGON.verify_password(password.expose_secret().as_bytes(), &hash).is_ok()
}

/// Somebody new.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Their id.
    pub id: i64,
    /// What they log in by, lower case.
    pub email: String,
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// What is kept of their password.
    pub password_hash: Option<String>,
    /// The most open leads that are given to them unasked.
    pub capacity: Option<i64>,
}

/// Somebody does something with users, and when: `entry` is the id of what the audit log says of it.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    /// Who.
    pub actor: &'a Actor,
    /// The entry's id.
    pub entry: i64,
    /// When.
    pub now: Millis,
}

/// Adds somebody; `None`: somebody has the address already, here or in another tenant.
///
/// # Errors
/// Where the database does not answer.
pub async fn add(db: &Db, tenant: Tenant, new: NewUser, by: By<'_>) -> Result<Option<UserRow>, StoreError> {
    let user = UserRow {
        tenant_id: tenant.0,
        id: new.id,
        email: new.email,
        name: new.name,
        role: new.role.as_str().to_owned(),
        is_active: true,
        capacity: new.capacity,
        away_until: None,
        created_at: by.now,
        updated_at: by.now,
        version: 0,
    };
    let mut tx = db.begin().await?;
    if !users::add(tx.within(tenant), &user, new.password_hash.as_deref()).await? {
        return Ok(None);
    }
    audited(tx, tenant, "user_added", &user, by).await?;
    Ok(Some(user))
}

/// Changes somebody as they stand once nobody else changes them; `None`: nobody has the id. Where `change` refuses, nothing is changed.
///
/// # Errors
/// What `change` says, or that the database does not answer.
pub async fn change<E: From<StoreError>>(
    db: &Db,
    tenant: Tenant,
    id: i64,
    by: By<'_>,
    change: impl FnOnce(&mut UserRow) -> Result<(), E>,
) -> Result<Option<UserRow>, E> {
    let mut tx = db.begin().await?;
    let Some(mut user) = users::lock(tx.within(tenant), id).await? else { return Ok(None) };
    change(&mut user)?;
    if !user.is_active {
        // Whoever works here again later logs in again.
        log_ins::end_all(tx.within(tenant), id, 0).await?;
        invitations::revoke(tx.within(tenant), id).await?;
    }
    users::save(tx.within(tenant), &user, by.now).await?;
    user.version += 1;
    audited(tx, tenant, "user_changed", &user, by).await?;
    Ok(Some(user))
}

/// Sets somebody's password, by what is kept of it: their sessions end, but for the one of this id (0: none is kept), and links they had
/// no longer hold.
///
/// # Errors
/// Where the database does not answer.
pub async fn set_password(
    db: &Db,
    tenant: Tenant,
    user: &UserRow,
    (hash, kept_session): (&str, i64),
    by: By<'_>,
) -> Result<(), StoreError> {
    let mut tx = db.begin().await?;
    users::set_password(tx.within(tenant), user.id, hash, by.now).await?;
    log_ins::end_all(tx.within(tenant), user.id, kept_session).await?;
    invitations::revoke(tx.within(tenant), user.id).await?;
    audited(tx, tenant, "password_set", user, by).await
}

/// Writes down what was done with somebody or by them, and commits.
///
/// # Errors
/// Where the database does not answer.
pub(super) async fn audited(
    mut tx: Tx,
    tenant: Tenant,
    event: &str,
    user: &UserRow,
    by: By<'_>,
) -> Result<(), StoreError> {
    let entry = Entry {
        id: by.entry,
        lead_id: None,
        version: None,
        event,
        from: None,
        to: None,
        reason: None,
        detail: json!({ "user": user.id, "role": user.role, "is_active": user.is_active }).to_string(),
        user_id: by.actor.user_id,
        program: &by.actor.program,
    };
    write(tx.within(tenant), entry, by.now).await?;
    tx.commit().await
}

/// Whether a text can be an e-mail address: something, one `@`, a host with a dot or `localhost`, no blanks.
pub fn is_address(text: &str) -> bool {
    let Some((local, host)) = text.rsplit_once('@') else { return false };
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>,;:\"()[]\\".contains(c);
    !local.is_empty()
        && !local.contains('@')
        && text.len() <= 254
        && text.chars().all(is_plain)
        && (host == "localhost" || (host.contains('.') && !host.starts_with('.') && !host.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_kept_as_salted_hashes() {
        let password = SecretString::from("correct horse battery staple");
        let (one, other) = (hash(&password), hash(&password));
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, other, "salted");
        assert!(is_password(&password, &one) && is_password(&password, &other));
        assert!(!is_password(&SecretString::from("correct horse battery stable"), &one));
        assert!(!is_password(&password, "") && !is_password(&password, "$argon2id$nonsense"));
    }

    #[test]
    fn addresses() {
        for good in ["ann@example.com", "ann.b+c@mail.example.co.in", "ops@localhost"] {
            assert!(is_address(good), "{good}");
        }
        for bad in
            ["", "ann", "@example.com", "ann@", "ann@host", "a n@example.com", "a@b@example.com", "ann@.com"]
        {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
