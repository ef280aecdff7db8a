//! Links by which somebody chooses a password, once. Only hashes of their secrets are kept.

use super::db::{Exec, Sql, StoreError, Tx, Within};
use crate::args;
use crate::clock::Millis;
use sqlx::FromRow;

/// What a link is for.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Invitation {
    /// The tenant.
    pub tenant_id: i64,
    /// Its id.
    pub id: i64,
    /// Who may choose a password; `None`: the first administrator.
    pub user_id: Option<i64>,
}

/// Keeps a new link by its secret's hash. `until`: it holds so long.
///
/// # Errors
/// Where the database does not answer.
pub async fn insert(
    db: Within<'_>,
    (id, user_id): (i64, Option<i64>),
    hash: &str,
    (now, until): (Millis, Millis),
) -> Result<(), StoreError> {
    const INSERT: Sql = Sql::same(
        "INSERT INTO invitations (tenant_id, id, user_id, hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
    );
    db.execute(INSERT, args![id, user_id, hash, now, until]).await.map(drop)
}

macro_rules! invitations {
    ($rest:literal) => {
        Sql::same(concat!(
            "SELECT i.tenant_id, i.id, i.user_id FROM invitations i LEFT JOIN users u ON u.tenant_id = i.tenant_id AND u.id = i.user_id ",
            $rest
        ))
    };
}

/// The link of that hash, if it still holds: not used, not too old, and whose it is works here; the first administrator's as long as
/// nobody does.
///
/// # Errors
/// Where the database does not answer.
pub async fn find(db: impl Exec, hash: &str, now: Millis) -> Result<Option<Invitation>, StoreError> {
    const FIND: Sql = invitations!(
        "WHERE i.hash = $1 AND i.expires_at > $2
           AND CASE WHEN i.user_id IS NULL THEN NOT EXISTS (SELECT 1 FROM users) ELSE u.is_active END"
    );
    db.fetch_optional(FIND, args![hash, now]).await
}

/// Uses a link up; `false`: somebody has.
///
/// # Errors
/// Where the database does not answer.
pub async fn take(tx: Within<'_>, id: i64) -> Result<bool, StoreError> {
    const TAKE: Sql = Sql::same("DELETE FROM invitations WHERE tenant_id = $1 AND id = $2");
    Ok(tx.execute(TAKE, args![id]).await? == 1)
}

/// Takes back every link of somebody.
///
/// # Errors
/// Where the database does not answer.
pub async fn revoke(tx: Within<'_>, user_id: i64) -> Result<u64, StoreError> {
    const REVOKE: Sql = Sql::same("DELETE FROM invitations WHERE tenant_id = $1 AND user_id = $2");
    tx.execute(REVOKE, args![user_id]).await
}

/// Forgets links that no longer hold.
///
/// # Errors
/// Where the database does not answer.
pub async fn forget(db: Within<'_>, now: Millis) -> Result<u64, StoreError> {
    const FORGET: Sql = Sql::same("DELETE FROM invitations WHERE tenant_id = $1 AND expires_at <= $2");
    db.execute(FORGET, args![now]).await
}

/// Whether anybody works here, in whatever tenant; nobody else comes first until the transaction ends.
///
/// # Errors
/// Where the database does not answer.
pub async fn is_anybody_here(tx: &mut Tx) -> Result<bool, StoreError> {
    #[derive(FromRow)]
    struct Row {
        n: i64,
    }
    const LOCK: Sql = Sql::same("UPDATE tenants SET name = name WHERE id = $1");
    const ANYBODY: Sql = Sql::same("SELECT COUNT(*) AS n FROM (SELECT tenant_id FROM users LIMIT 1) u");
    tx.execute(LOCK, args![super::tenants::DEFAULT_TENANT]).await?;
    let row: Option<Row> = tx.fetch_optional(ANYBODY, args![]).await?;
    Ok(row.is_some_and(|row| row.n > 0))
}
