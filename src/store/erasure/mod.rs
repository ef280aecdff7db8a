//! Erasing a person, and telling all that is known of one: whose rows they are, what becomes of them, receipts, and what is left of an
//! opt-out.

mod plan;
mod scope;
mod scrub;
mod statements;
mod suppressions;

pub use plan::{Fate, Of, TABLES, Table};
pub use scope::{Elsewhere, elsewhere, forgotten, named_beside, recordings, scope};
pub use scrub::{Busy, ScrubError, Step, scrub};
pub use statements::Scope;
pub use suppressions::{Suppressed, keep, key, suppress};

use super::db::{Exec, Sql, StoreError, Tx, Within};
use super::leads;
use crate::args;
use crate::clock::Millis;
use crate::domain::access::Tenant;
use sqlx::FromRow;
use statements::{EMPTYING, TELLING};
use std::collections::BTreeMap;

/// Higher than any place in a conversation: what was erased is never behind, and is not read again.
const ERASED_SEQ: i64 = (1 << 53) - 1;

#[derive(FromRow)]
struct Count {
    n: i64,
}

/// Empties a person's rows, whose locks the transaction holds; how many rows of which table are theirs.
///
/// # Errors
/// Where the database does not answer.
pub async fn empty(
    tx: &mut Tx,
    tenant: Tenant,
    scope: &Scope,
    now: Millis,
) -> Result<BTreeMap<&'static str, i64>, StoreError> {
    let mut counts = BTreeMap::new();
    if let Tx::Sqlite(..) = tx {
        // What this connection frees is overwritten from now on, not only when the file is written anew.
        tx.execute(Sql::same("PRAGMA secure_delete = ON"), vec![]).await?;
    }
    for made in EMPTYING.iter() {
        let args = scope.args(made, now);
        let n = match made.table.fate {
            Fate::Emptied([]) => {
                let row: Option<Count> = tx.within(tenant).fetch_optional(made.sql, args).await?;
                row.map_or(0, |row| row.n)
            }
            _ => i64::try_from(tx.within(tenant).execute(made.sql, args).await?).unwrap_or(i64::MAX),
        };
        if n > 0 {
            counts.insert(made.table.name, n);
        }
    }
    words(tx, tenant, scope).await?;
    Ok(counts)
}

/// Empties the index of leads' words, and that over what was said; lets nobody who read it before write it again.
async fn words(tx: &mut Tx, tenant: Tenant, scope: &Scope) -> Result<(), StoreError> {
    const GONE: Sql = Sql::same(
        "DELETE FROM message_words WHERE rowid IN (SELECT id FROM conversations WHERE tenant_id = $1
           AND id IN (SELECT value FROM json_each($2)))",
    );
    const INDEX: Sql = Sql {
        sqlite: "INSERT INTO message_index (tenant_id, conversation_id, seq) SELECT $1, value, $3 FROM json_each($2) WHERE true
                 ON CONFLICT (tenant_id, conversation_id) DO UPDATE SET seq = excluded.seq",
        postgres: "INSERT INTO message_index (tenant_id, conversation_id, seq)
                   SELECT $1, CAST(json_array_elements_text($2::json) AS BIGINT), $3
                   ON CONFLICT (tenant_id, conversation_id) DO UPDATE SET seq = excluded.seq, words = NULL",
    };
    let conversations = serde_json::json!(scope.conversations).to_string();
    if let Tx::Sqlite(..) = tx {
        tx.within(tenant).execute(GONE, args![&conversations]).await?;
    }
    tx.within(tenant).execute(INDEX, args![conversations, ERASED_SEQ]).await?;
    leads::settle(tx.within(tenant), &scope.leads).await
}

#[derive(FromRow)]
struct ToldRow {
    told: String,
}

/// All rows of a person that are told: the table's name in the export, and its rows, each a JSON object.
///
/// # Errors
/// Where the database does not answer.
pub async fn told(
    tx: &mut Tx,
    tenant: Tenant,
    scope: &Scope,
) -> Result<Vec<(&'static str, Vec<String>)>, StoreError> {
    let mut all = Vec::new();
    for made in TELLING.iter() {
        let rows: Vec<ToldRow> = tx.within(tenant).fetch_all(made.sql, scope.args(made, 0)).await?;
        all.push((made.table.told, rows.into_iter().map(|row| row.told).collect()));
    }
    Ok(all)
}

/// A receipt.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct ErasureRow {
    pub id: i64,
    pub lead_id: i64,
    pub person_id: i64,
    pub reason: String,
    pub receipt: String,
    pub user_id: Option<i64>,
    pub program: String,
    pub created_at: i64,
}

/// Keeps a receipt.
///
/// # Errors
/// Where the database does not answer.
pub async fn write(tx: Within<'_>, row: &ErasureRow) -> Result<(), StoreError> {
    const INSERT: Sql = Sql::same(
        "INSERT INTO erasures (tenant_id, id, lead_id, person_id, reason, receipt, user_id, program, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    );
    let ErasureRow { id, lead_id, person_id, reason, receipt, user_id, program, created_at } = row;
    let args = args![*id, *lead_id, *person_id, reason, receipt, *user_id, program, *created_at];
    tx.execute(INSERT, args).await.map(drop)
}

/// The receipt of a person who was erased.
///
/// # Errors
/// Where the database does not answer.
pub async fn receipt(db: Within<'_>, person_id: i64) -> Result<Option<ErasureRow>, StoreError> {
    const FIND: Sql = Sql::same(
        "SELECT id, lead_id, person_id, reason, receipt, user_id, program, created_at FROM erasures
         WHERE tenant_id = $1 AND person_id = $2 ORDER BY id LIMIT 1",
    );
    db.fetch_optional(FIND, args![person_id]).await
}
