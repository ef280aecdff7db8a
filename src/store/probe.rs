//! Whether the database takes writes, and what its clock says: for whoever looks how it is.

use super::db::{Db, Exec, Sql, StoreError};
use crate::args;
use crate::clock::Millis;
use sqlx::FromRow;

/// Writes durably, and leaves nothing: a row that no process can have is made and taken away in one transaction. One that was
/// rolled back would prove less: SQLite writes its log at the commit, so that a full disk shows only there.
///
/// # Errors
/// Where the database takes no write.
pub async fn write(db: &Db) -> Result<(), StoreError> {
    const MAKE: Sql =
        Sql::same("INSERT INTO replicas (number, holder, leased_until) VALUES (-1, 'probe', 0)");
    const TAKE: Sql = Sql::same("DELETE FROM replicas WHERE number = -1");
    let mut tx = db.begin().await?;
    tx.execute(MAKE, args![]).await?;
    tx.execute(TAKE, args![]).await?;
    tx.commit().await
}

/// What the database's own clock says; `None`: SQLite has none but ours.
///
/// # Errors
/// Where the database does not answer.
pub async fn now(db: &Db) -> Result<Option<Millis>, StoreError> {
    const NOW: &str =
        "SELECT CAST(EXTRACT(EPOCH FROM at) * 1000 AS BIGINT) AS now FROM clock_timestamp() AS at";
    #[derive(FromRow)]
    struct Row {
        now: i64,
    }
    match db {
        Db::Sqlite { .. } => Ok(None),
        Db::Postgres { .. } => {
            let row: Option<Row> = db.fetch_optional(Sql::same(NOW), args![]).await?;
            Ok(row.map(|row| row.now))
        }
    }
}
