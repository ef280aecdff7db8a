//! People who work here.

use super::db::{Exec, Sql, StoreError, Within};
use crate::args;
use crate::clock::Millis;
use sqlx::FromRow;

/// Somebody who works here. Their password's hash is not among it.
#[derive(Clone, Debug, PartialEq, FromRow)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct UserRow {
    pub tenant_id: i64,
    pub id: i64,
    pub email: String,
    pub name: String,
    pub role: String,
    pub is_active: bool,
    pub capacity: Option<i64>,
    pub away_until: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
    pub version: i64,
}

/// The columns of [`UserRow`].
macro_rules! users {
    ($rest:literal) => {
        Sql::same(concat!(
            "SELECT tenant_id, id, email, name, role, is_active, capacity, away_until, created_at, updated_at, version FROM users ",
            $rest
        ))
    };
}

/// Adds somebody; `false`: the address is somebody's already, here or in another tenant.
///
/// # Errors
/// Where the database does not answer.
pub async fn add(db: Within<'_>, user: &UserRow, password_hash: Option<&str>) -> Result<bool, StoreError> {
    const INSERT: Sql = Sql::same(
        "INSERT INTO users (tenant_id, id, email, name, role, password_hash, is_active, capacity, away_until, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) ON CONFLICT (email) DO NOTHING",
    );
    let UserRow { id, email, name, role, is_active, capacity, away_until, created_at, .. } = user;
    let args = args![*id, email, name, role, password_hash, *is_active, *capacity, *away_until, *created_at];
    Ok(db.execute(INSERT, args).await? == 1)
}

/// Everybody of a tenant, in the order in which they came.
///
/// # Errors
/// Where the database does not answer.
pub async fn list(db: Within<'_>) -> Result<Vec<UserRow>, StoreError> {
    db.fetch_all(users!("WHERE tenant_id = $1 ORDER BY id"), args![]).await
}

/// Somebody of a tenant.
///
/// # Errors
/// Where the database does not answer.
pub async fn find(db: Within<'_>, id: i64) -> Result<Option<UserRow>, StoreError> {
    db.fetch_optional(users!("WHERE tenant_id = $1 AND id = $2"), args![id]).await
}

/// Somebody of a tenant whom nobody else changes until the transaction ends.
///
/// # Errors
/// Where the database does not answer.
pub async fn lock(tx: Within<'_>, id: i64) -> Result<Option<UserRow>, StoreError> {
    const FIND: Sql = users!("WHERE tenant_id = $1 AND id = $2");
    const LOCK: Sql =
        Sql { sqlite: FIND.sqlite, postgres: users!("WHERE tenant_id = $1 AND id = $2 FOR UPDATE").postgres };
    tx.fetch_optional(LOCK, args![id]).await
}

/// Whoever has this address, lower case, in whatever tenant: addresses are what people log in by.
///
/// # Errors
/// Where the database does not answer.
pub async fn by_email(db: impl Exec, email: &str) -> Result<Option<UserRow>, StoreError> {
    db.fetch_optional(users!("WHERE email = $1"), args![email]).await
}

/// Whoever has this address, as [`by_email`], with what is kept of their password.
///
/// # Errors
/// Where the database does not answer.
pub async fn credentials(
    db: impl Exec,
    email: &str,
) -> Result<Option<(UserRow, Option<String>)>, StoreError> {
    #[derive(FromRow)]
    struct Row {
        #[sqlx(flatten)]
        user: UserRow,
        password_hash: Option<String>,
    }
    const FIND: Sql = Sql::same(
        "SELECT tenant_id, id, email, name, role, is_active, capacity, away_until, created_at, updated_at, version, password_hash FROM users
         WHERE email = $1",
    );
    let row: Option<Row> = db.fetch_optional(FIND, args![email]).await?;
    Ok(row.map(|row| (row.user, row.password_hash)))
}

/// Writes what may be changed of somebody, as their next version; `false`: nobody has the id.
///
/// # Errors
/// Where the database does not answer.
pub async fn save(db: Within<'_>, user: &UserRow, now: Millis) -> Result<bool, StoreError> {
    const SAVE: Sql = Sql::same(
        "UPDATE users SET name = $3, role = $4, is_active = $5, capacity = $6, away_until = $7, updated_at = $8, version = version + 1
         WHERE tenant_id = $1 AND id = $2",
    );
    let UserRow { id, name, role, is_active, capacity, away_until, .. } = user;
    let args = args![*id, name, role, *is_active, *capacity, *away_until, now];
    Ok(db.execute(SAVE, args).await? == 1)
}

/// Whose turn it is to be given a lead: of the counselors who are there and have room, whoever got one longest ago; `None`: nobody. Only
/// under the tenant's lock, so that two do not ask at once.
///
/// # Errors
/// Where the database does not answer.
pub async fn next_counselor(tx: Within<'_>, now: Millis) -> Result<Option<i64>, StoreError> {
    macro_rules! next {
        ($leads:literal) => {
            concat!(
                "SELECT u.id FROM users u WHERE u.tenant_id = $1 AND u.role = 'COUNSELOR' AND u.is_active
                   AND (u.away_until IS NULL OR u.away_until <= $2)
                   AND (u.capacity IS NULL OR u.capacity > (SELECT COUNT(*) FROM ",
                $leads,
                " WHERE l.tenant_id = $1 AND l.assigned_to = u.id AND l.is_active AND l.status NOT IN ('CONVERTED', 'CLOSED_LOST')))
                 ORDER BY u.assigned_at, u.id LIMIT 1"
            )
        };
    }
    #[derive(FromRow)]
    struct Row {
        id: i64,
    }
    const NEXT: Sql = Sql { sqlite: next!("leads l INDEXED BY leads_open_of"), postgres: next!("leads l") };
    let row: Option<Row> = tx.fetch_optional(NEXT, args![now]).await?;
    Ok(row.map(|row| row.id))
}

/// Notes that somebody was given a lead; `turn` is larger than anybody's before.
///
/// # Errors
/// Where the database does not answer.
pub async fn was_given(tx: Within<'_>, id: i64, turn: i64) -> Result<(), StoreError> {
    const GIVEN: Sql = Sql::same("UPDATE users SET assigned_at = $3 WHERE tenant_id = $1 AND id = $2");
    tx.execute(GIVEN, args![id, turn]).await.map(drop)
}

/// Sets a password's hash; `false`: nobody has the id.
///
/// # Errors
/// Where the database does not answer.
pub async fn set_password(db: Within<'_>, id: i64, hash: &str, now: Millis) -> Result<bool, StoreError> {
    const SET: Sql =
        Sql::same("UPDATE users SET password_hash = $3, updated_at = $4 WHERE tenant_id = $1 AND id = $2");
    Ok(db.execute(SET, args![id, hash, now]).await? == 1)
}
