//! Files of leads that were taken in, and how far.

use super::db::{Sql, StoreError, Within};
use crate::args;
use crate::clock::Millis;
use sqlx::FromRow;

/// An import.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct ImportRow {
    pub id: i64,
    pub hash: String,
    pub options: String,
    pub state: String,
    pub rows_total: i64,
    pub rows_done: i64,
    pub created: i64,
    pub updated: i64,
    pub skipped: i64,
    pub refused: i64,
    pub started_at: i64,
    pub updated_at: i64,
}

impl ImportRow {
    /// One of so many rows, none of which is done, as it stands at `now`; nobody has named it.
    pub fn blank(rows: u64, state: &str, now: Millis) -> ImportRow {
        ImportRow {
            id: 0,
            hash: String::new(),
            options: String::new(),
            state: state.to_owned(),
            rows_total: i64::try_from(rows).unwrap_or(i64::MAX),
            rows_done: 0,
            created: 0,
            updated: 0,
            skipped: 0,
            refused: 0,
            started_at: now,
            updated_at: now,
        }
    }

    /// Whether the whole file is taken.
    pub fn is_done(&self) -> bool {
        self.state == "done"
    }
}

/// The last import of a file with these options.
///
/// # Errors
/// Where the database does not answer.
pub async fn last(db: Within<'_>, hash: &str, options: &str) -> Result<Option<ImportRow>, StoreError> {
    macro_rules! last {
        ($by:literal) => {
            concat!(
                "SELECT ",
                "id, hash, options, state, rows_total, rows_done, created, updated, skipped, refused, started_at, updated_at
                 FROM imports ",
                $by,
                " WHERE tenant_id = $1 AND hash = $2 AND options = $3 ORDER BY id DESC LIMIT 1"
            )
        };
    }
    const LAST: Sql = Sql { sqlite: last!("INDEXED BY imports_file"), postgres: last!("") };
    db.fetch_optional(LAST, args![hash, options]).await
}

/// Begins one; `false`: another process has begun the same just now.
///
/// # Errors
/// Where the database does not answer.
pub async fn begin(db: Within<'_>, import: &ImportRow) -> Result<bool, StoreError> {
    const INSERT: Sql = Sql::same(
        "INSERT INTO imports (tenant_id, id, hash, options, state, rows_total, rows_done, created, updated, skipped, refused,
           started_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING",
    );
    let ImportRow { id, hash, options, state, rows_total, rows_done, created, updated, skipped, .. } = import;
    let ImportRow { refused, started_at, updated_at, .. } = import;
    let args = args![
        *id,
        hash,
        options,
        state,
        *rows_total,
        *rows_done,
        *created,
        *updated,
        *skipped,
        *refused,
        *started_at,
        *updated_at
    ];
    Ok(db.execute(INSERT, args).await? == 1)
}

/// Holds an import that has come as far as `rows_done` until the transaction ends; `false`: it has not, somebody else goes on with it.
///
/// # Errors
/// Where the database does not answer.
pub async fn hold(tx: Within<'_>, id: i64, rows_done: i64, now: Millis) -> Result<bool, StoreError> {
    const HOLD: Sql =
        Sql::same("UPDATE imports SET updated_at = $4 WHERE tenant_id = $1 AND id = $2 AND rows_done = $3");
    Ok(tx.execute(HOLD, args![id, rows_done, now]).await? == 1)
}

/// Writes how far an import has come that this transaction holds.
///
/// # Errors
/// Where the database does not answer.
pub async fn save(tx: Within<'_>, import: &ImportRow) -> Result<(), StoreError> {
    const SAVE: Sql = Sql::same(
        "UPDATE imports SET state = $3, rows_done = $4, created = $5, updated = $6, skipped = $7, refused = $8, updated_at = $9
         WHERE tenant_id = $1 AND id = $2",
    );
    let ImportRow { id, state, rows_done, created, updated, skipped, refused, updated_at, .. } = import;
    let args = args![*id, state, *rows_done, *created, *updated, *skipped, *refused, *updated_at];
    tx.execute(SAVE, args).await.map(drop)
}
