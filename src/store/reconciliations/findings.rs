//! What a comparison found, as people and repairs read it.

use super::Run;
use crate::args;
use crate::store::db::{Db, Exec, Sql, StoreError};
use serde::Serialize;
use sqlx::FromRow;

/// Something found.
#[derive(Clone, Debug, FromRow, Serialize)]
pub struct Finding {
    /// What tells it from others of its kind: the delivery's id, or the sink's id of what is not ours.
    pub reference: String,
    /// The delivery; 0: none.
    pub delivery_id: i64,
    /// The sink's id.
    pub sink_id: Option<String>,
    /// Names of fields, or ids.
    pub detail: String,
}

/// How many were found of a kind.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Counted {
    /// The kind.
    pub kind: String,
    /// How many.
    pub count: i64,
    /// Of these, how many are being repaired.
    pub repaired: i64,
}

/// How much a run found.
///
/// # Errors
/// Where the database does not answer.
pub async fn counted(db: &Db, run: &Run) -> Result<Vec<Counted>, StoreError> {
    const COUNTED: Sql = Sql::same(
        "SELECT kind, COUNT(*) AS count, COUNT(repaired_at) AS repaired FROM reconciliation_findings WHERE tenant_id = $1 AND run_id = $2
         GROUP BY kind",
    );
    db.fetch_all(COUNTED, args![run.tenant_id, run.id]).await
}

/// The first findings of a kind, by reference.
///
/// # Errors
/// Where the database does not answer.
pub async fn findings(db: &Db, run: &Run, kind: &str, most: i64) -> Result<Vec<Finding>, StoreError> {
    const FINDINGS: Sql = Sql::same(
        "SELECT reference, delivery_id, sink_id, detail FROM reconciliation_findings WHERE tenant_id = $1 AND run_id = $2 AND kind = $3
         ORDER BY reference LIMIT $4",
    );
    db.fetch_all(FINDINGS, args![run.tenant_id, run.id, kind, most]).await
}

/// The next findings of a kind after a reference that nobody repaired.
///
/// # Errors
/// Where the database does not answer.
pub async fn findings_of(
    db: &Db,
    run: &Run,
    kind: &str,
    after: &str,
    most: i64,
) -> Result<Vec<Finding>, StoreError> {
    const FINDINGS: Sql = Sql::same(
        "SELECT reference, delivery_id, sink_id, detail FROM reconciliation_findings WHERE tenant_id = $1 AND run_id = $2 AND kind = $3
           AND reference > $4 AND repaired_at IS NULL ORDER BY reference LIMIT $5",
    );
    db.fetch_all(FINDINGS, args![run.tenant_id, run.id, kind, after, most]).await
}
