//! Sessions of people who work here. Only hashes of their secrets are kept.

use super::db::{Exec, Sql, StoreError, Within};
use crate::args;
use crate::clock::Millis;
use sqlx::FromRow;

/// A session, and whose it is.
#[derive(Clone, Debug, FromRow)]
pub struct SessionRow {
    /// The tenant.
    pub tenant_id: i64,
    /// Its id.
    pub id: i64,
    /// Who.
    pub user_id: i64,
    /// What they log in by.
    pub email: String,
    /// Their name.
    pub name: String,
    /// Their role by now.
    pub role: String,
    /// When it began.
    pub created_at: i64,
    /// When it was used last, to within a minute.
    pub used_at: i64,
    /// Until when it is good.
    pub expires_at: i64,
    /// Where it began.
    pub address: String,
    /// With what.
    pub agent: String,
}

macro_rules! sessions {
    ($rest:literal) => {
        Sql::same(concat!(
            "SELECT s.tenant_id, s.id, s.user_id, u.email, u.name, u.role, s.created_at, s.used_at, s.expires_at, s.address, s.agent
             FROM sessions s JOIN users u ON u.tenant_id = s.tenant_id AND u.id = s.user_id ",
            $rest
        ))
    };
}

/// Keeps a new session by its secret's hash.
///
/// # Errors
/// Where the database does not answer.
pub async fn insert(tx: Within<'_>, session: &SessionRow, hash: &str) -> Result<(), StoreError> {
    const INSERT: Sql = Sql::same(
        "INSERT INTO sessions (tenant_id, id, user_id, hash, created_at, used_at, expires_at, address, agent)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    );
    let SessionRow { id, user_id, created_at, used_at, expires_at, address, agent, .. } = session;
    tx.execute(INSERT, args![*id, *user_id, hash, *created_at, *used_at, *expires_at, address, agent])
        .await
        .map(drop)
}

/// The session of that hash, if it is still good, was used since then, and whose it is still works here.
///
/// # Errors
/// Where the database does not answer.
pub async fn find(
    db: impl Exec,
    hash: &str,
    now: Millis,
    used_since: Millis,
) -> Result<Option<SessionRow>, StoreError> {
    const FIND: Sql = sessions!("WHERE s.hash = $1 AND s.expires_at > $2 AND s.used_at > $3 AND u.is_active");
    db.fetch_optional(FIND, args![hash, now, used_since]).await
}

/// Somebody's sessions that are still good, the newest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn of_user(
    db: Within<'_>,
    user_id: i64,
    now: Millis,
    used_since: Millis,
) -> Result<Vec<SessionRow>, StoreError> {
    const LIST: Sql = sessions!(
        "WHERE s.tenant_id = $1 AND s.user_id = $2 AND s.expires_at > $3 AND s.used_at > $4 ORDER BY s.id DESC LIMIT 100"
    );
    db.fetch_all(LIST, args![user_id, now, used_since]).await
}

/// Notes that a session was used.
///
/// # Errors
/// Where the database does not answer.
pub async fn used(db: Within<'_>, id: i64, now: Millis) -> Result<(), StoreError> {
    const USED: Sql = Sql::same("UPDATE sessions SET used_at = $3 WHERE tenant_id = $1 AND id = $2");
    db.execute(USED, args![id, now]).await.map(drop)
}

/// Ends one session of somebody; `false`: they have none of that id.
///
/// # Errors
/// Where the database does not answer.
pub async fn end(db: Within<'_>, user_id: i64, id: i64) -> Result<bool, StoreError> {
    const END: Sql = Sql::same("DELETE FROM sessions WHERE tenant_id = $1 AND user_id = $2 AND id = $3");
    Ok(db.execute(END, args![user_id, id]).await? == 1)
}

/// Ends all sessions of somebody but one (0: all of them); how many there were.
///
/// # Errors
/// Where the database does not answer.
pub async fn end_all(db: Within<'_>, user_id: i64, but: i64) -> Result<u64, StoreError> {
    const END: Sql = Sql::same("DELETE FROM sessions WHERE tenant_id = $1 AND user_id = $2 AND id <> $3");
    db.execute(END, args![user_id, but]).await
}

/// Forgets sessions that are no longer good.
///
/// # Errors
/// Where the database does not answer.
pub async fn forget(db: Within<'_>, now: Millis, used_since: Millis) -> Result<u64, StoreError> {
    const FORGET: Sql =
        Sql::same("DELETE FROM sessions WHERE tenant_id = $1 AND (expires_at <= $2 OR used_at <= $3)");
    db.execute(FORGET, args![now, used_since]).await
}
