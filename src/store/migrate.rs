//! Brings a database's schema up to date. One folder of migrations serves both databases.

use super::db::{Db, Exec, Sql, StoreError};
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr};

/// Version, description and text of every migration, oldest first; never edited once released.
const MIGRATIONS: [(i64, &str, &str); 25] = [
    (1, "conversations", include_str!("../../migrations/0001_conversations.sql")),
    (2, "outbox", include_str!("../../migrations/0002_outbox.sql")),
    (3, "windows", include_str!("../../migrations/0003_windows.sql")),
    (4, "accounts", include_str!("../../migrations/0004_accounts.sql")),
    (5, "calls", include_str!("../../migrations/0005_calls.sql")),
    (6, "deliveries", include_str!("../../migrations/0006_deliveries.sql")),
    (7, "reconciliations", include_str!("../../migrations/0007_reconciliations.sql")),
    (8, "sink records", include_str!("../../migrations/0008_sink_records.sql")),
    (9, "leads at work", include_str!("../../migrations/0009_leads_at_work.sql")),
    (10, "reports", include_str!("../../migrations/0010_reports.sql")),
    (11, "imports", include_str!("../../migrations/0011_imports.sql")),
    (12, "search", include_str!("../../migrations/0012_search.sql")),
    (13, "erasure", include_str!("../../migrations/0013_erasure.sql")),
    (14, "log-ins", include_str!("../../migrations/0014_log_ins.sql")),
    (15, "visits", include_str!("../../migrations/0015_visits.sql")),
    (16, "merges", include_str!("../../migrations/0016_merges.sql")),
    (17, "lead counts", include_str!("../../migrations/0017_lead_counts.sql")),
    (18, "centers", include_str!("../../migrations/0018_centers.sql")),
    (19, "common words", include_str!("../../migrations/0019_common_words.sql")),
    (20, "who said it", include_str!("../../migrations/0020_who_said_it.sql")),
    (21, "words to come", include_str!("../../migrations/0021_words_to_come.sql")),
    (22, "outreach", include_str!("../../migrations/0022_outreach.sql")),
    (23, "versions", include_str!("../../migrations/0023_versions.sql")),
    (24, "campaigns", include_str!("../../migrations/0024_campaigns.sql")),
    (25, "what holds campaigns", include_str!("../../migrations/0025_what_holds_campaigns.sql")),
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
        Db::Postgres { pool, .. } => migrator(for_postgres).run(pool).await,
    }?;
    Ok(MIGRATIONS.len())
}

/// A clustered key is SQLite's alone, as are lines that end so; lines marked for it are PostgreSQL's.
fn for_postgres(text: &str) -> String {
    let mut kept: String =
        text.lines().filter(|line| !line.ends_with("-- sqlite")).flat_map(|line| [line, "\n"]).collect();
    if !text.ends_with('\n') {
        kept.pop();
    }
    kept.replace(") WITHOUT ROWID;", ");").replace("-- postgres: ", "")
}

fn migrator(dialect: impl Fn(&str) -> String) -> Migrator {
    let migration = |(version, description, text): &(i64, &'static str, &str)| {
        let sql = AssertSqlSafe(dialect(text)).into_sql_str();
        Migration::new(*version, (*description).into(), MigrationType::Simple, sql, false)
    };
    Migrator::with_migrations(MIGRATIONS.iter().map(migration).collect())
}

/// How a database's schema stands to the one this program knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// There is none yet.
    Missing,
    /// Migrations are to be applied.
    Older,
    /// As it should be.
    Current,
    /// A later release has been here.
    Newer,
}

/// How the migrations of a SQLite file stand to ours.
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
// None is left out: so many of them are that version.
const _: () = assert!(LATEST == MIGRATIONS.len() as i64);

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

/// How the schema stands.
///
/// # Errors
/// Where the database does not answer.
pub async fn stands(db: &Db) -> Result<Stands, StoreError> {
    #[derive(sqlx::FromRow)]
    struct Row {
        version: Option<i64>,
    }
    let latest = Sql::same("SELECT MAX(version) AS version FROM _sqlx_migrations WHERE success");
    let row: Option<Row> = match db.fetch_optional(latest, vec![]).await {
        Err(StoreError::Sqlx(sqlx::Error::Database(error)))
            if error.code().as_deref() == Some("42P01") || error.message().starts_with("no such table") =>
        {
            return Ok(Stands::Missing);
        }
        other => other?,
    };
    Ok(match row.and_then(|row| row.version) {
        None => Stands::Missing,
        Some(version) if version < LATEST => Stands::Older,
        Some(version) if version > LATEST => Stands::Newer,
        Some(_) => Stands::Current,
    })
}
