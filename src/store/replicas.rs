//! Numbers for processes that make row ids: leased, so that no two use the same.

use super::db::{Db, Exec, Sql, StoreError};
use crate::args;
use crate::clock::{MINUTE, Millis, SECOND};
use sqlx::FromRow;

/// How many processes can hold a number at once: 5 bits of an id.
pub const MOST: i64 = 32;
/// How long a number is held without renewal. A process that is killed holds its number on, so this is short: one that
/// is killed again and again must not use them all up.
pub const LEASE: Millis = MINUTE;
/// How often a number is renewed.
pub const RENEWAL: Millis = 15 * SECOND;

/// A number this process holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replica {
    /// 0 to 31.
    pub number: i64,
    /// The name it is held under.
    pub holder: String,
}

#[derive(FromRow)]
struct Taken {
    number: i64,
}

/// Takes a free number, or one whose lease ran out, for `holder`. `None`: all are held.
///
/// A SQLite file belongs to the one server that has its lock: whoever held a number there is gone.
///
/// # Errors
/// Where the database does not answer.
pub async fn take(db: &Db, holder: String, now: Millis) -> Result<Option<Replica>, StoreError> {
    const ALL: Sql = Sql::same("DELETE FROM replicas");
    const EXPIRED: Sql = Sql::same("DELETE FROM replicas WHERE leased_until < $1");
    const HELD: Sql = Sql::same("SELECT number FROM replicas ORDER BY number");
    const TAKE: Sql = Sql::same(
        "INSERT INTO replicas (number, holder, leased_until) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    );
    let mut tx = db.begin().await?;
    match db {
        Db::Sqlite { .. } => tx.execute(ALL, args![]).await?,
        Db::Postgres { .. } => tx.execute(EXPIRED, args![now]).await?,
    };
    let held: Vec<Taken> = tx.fetch_all(HELD, args![]).await?;
    let mut mine = None;
    for number in (0..MOST).filter(|number| held.iter().all(|taken| taken.number != *number)) {
        if tx.execute(TAKE, args![number, &holder, now + LEASE]).await? == 1 {
            mine = Some(number);
            break;
        }
    }
    tx.commit().await?;
    Ok(mine.map(|number| Replica { number, holder }))
}

/// Renews a number; `false`: the lease ran out and somebody else may hold it.
///
/// # Errors
/// Where the database does not answer.
pub async fn renew(db: impl Exec, replica: &Replica, now: Millis) -> Result<bool, StoreError> {
    const RENEW: Sql = Sql::same("UPDATE replicas SET leased_until = $3 WHERE number = $1 AND holder = $2");
    Ok(db.execute(RENEW, args![replica.number, &replica.holder, now + LEASE]).await? == 1)
}

/// Gives a number back.
///
/// # Errors
/// Where the database does not answer.
pub async fn release(db: impl Exec, replica: &Replica) -> Result<(), StoreError> {
    const RELEASE: Sql = Sql::same("DELETE FROM replicas WHERE number = $1 AND holder = $2");
    db.execute(RELEASE, args![replica.number, &replica.holder]).await.map(drop)
}
