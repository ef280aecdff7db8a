//! Brings a database's schema up to date. One folder of migrations serves both databases.

use super::db::{Db, Exec, Sql, StoreError};
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr};

/// Version, description and text of every migration, oldest first; never edited once released.
const MIGRATIONS: [(i64, &str, &str); 5] = [
    (1, "conversations", include_str!("../../migrations/0001_conversations.sql")),
    (2, "outbox", include_str!("../../migrations/0002_outbox.sql")),
    (3, "windows", include_str!("../../migrations/0003_windows.sql")),
    (4, "accounts", include_str!("../../migrations/0004_accounts.sql")),
    (5, "calls", include_str!("../../migrations/0005_calls.sql")),
];

/// A schema that cannot be brought up to date.
#[derive(Debug, thiserror::Error)]
#[error("the database schema cannot be migrated")]
pub struct SchemaError(#[from] MigrateError);

/// Applies what is missing, under the database's own migration lock; how many migrations the schema has now.
///
/// # Errors
/// Where a migration fails or an applied one is not the one we know.
pub async fn migrate(db: &Db) -> Result<usize, SchemaError> {
    match db {
        Db::Sqlite { writer, .. } => migrator(str::to_owned).run(writer).await,
        // A clustered key is SQLite's alone; lines marked so are PostgreSQL's.
        Db::Postgres { pool, .. } => {
            let dialect = |text: &str| text.replace(") WITHOUT ROWID;", ");").replace("-- postgres: ", "");
            migrator(dialect).run(pool).await
        }
    }?;
    Ok(MIGRATIONS.len())
}

fn migrator(dialect: impl Fn(&str) -> String) -> Migrator {
    let migration = |(version, description, text): &(i64, &'static str, &str)| {
        let sql = AssertSqlSafe(dialect(text)).into_sql_str();
        Migration::new(*version, (*description).into(), MigrationType::Simple, sql, false)
    };
    Migrator::with_migrations(MIGRATIONS.iter().map(migration).collect())
}

/// How the migrations of a database stand to ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// They are ours; the last ones may be missing, and are applied at the next start.
    Known,
    /// A newer program wrote it.
    Newer,
    /// They are others.
    Other,
}

/// The last migration we know.
pub const LATEST: i64 = MIGRATIONS[MIGRATIONS.len() - 1].0;

/// How migrations of a SQLite file, version and checksum, oldest first, stand to ours.
pub(super) fn standing(applied: &[(i64, Vec<u8>)]) -> Standing {
    if applied.iter().any(|(version, _)| *version > LATEST) {
        return Standing::Newer;
    }
    let ours = migrator(str::to_owned);
    let mut ours = ours.iter().map(|migration| (migration.version, &*migration.checksum));
    // Of ours none is left out.
    let is_ours = |(version, checksum): &(i64, Vec<u8>)| ours.next() == Some((*version, checksum));
    let is_known = !applied.is_empty() && applied.iter().all(is_ours);
    if is_known { Standing::Known } else { Standing::Other }
}

/// Whether every migration is applied.
///
/// # Errors
/// Where the database does not answer.
pub async fn is_current(db: &Db) -> Result<bool, StoreError> {
    #[derive(sqlx::FromRow)]
    struct Row {
        version: i64,
    }
    let latest = Sql::same("SELECT MAX(version) AS version FROM _sqlx_migrations WHERE success");
    let row: Option<Row> = db.fetch_optional(latest, vec![]).await?;
    Ok(row.is_some_and(|row| row.version == LATEST))
}
