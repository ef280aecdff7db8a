//! How many leads stand where.

use super::super::db::{Sql, StoreError, Within};
use crate::args;
use sqlx::FromRow;

/// How many leads stand so.
#[derive(Clone, Debug, FromRow)]
pub struct StandingRow {
    /// Their `dial_status`; `None`: they say nothing.
    pub dial_status: Option<String>,
    /// What their lives stand at.
    pub status: String,
    /// `active`, `inactive`, or `merged` into others.
    pub standing: String,
    /// How many.
    pub n: i64,
}

/// How many leads stand where. Those that nobody tried are what is left of all.
///
/// # Errors
/// Where the database does not answer.
pub async fn standings(mut db: Within<'_>) -> Result<Vec<StandingRow>, StoreError> {
    macro_rules! dialled {
        ($leads:literal) => {
            concat!(
                "SELECT ",
                "dial_status, status,
                   CASE WHEN merged_into IS NOT NULL THEN 'merged' WHEN is_active THEN 'active' ELSE 'inactive' END AS standing,
                   COUNT(*) AS n FROM ",
                $leads,
                " WHERE tenant_id = $1 AND (dial_status IS NULL OR dial_status <> 'new') GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
            )
        };
    }
    const DIALLED: Sql =
        Sql { sqlite: dialled!("leads INDEXED BY leads_dialled"), postgres: dialled!("leads") };
    const ALL: Sql = Sql::same(
        "SELECT 'new' AS dial_status, status, standing, CAST(SUM(n) AS BIGINT) AS n FROM lead_counts WHERE tenant_id = $1
         GROUP BY status, standing ORDER BY status, standing",
    );
    let mut all: Vec<StandingRow> = db.again().fetch_all(ALL, args![]).await?;
    let dialled: Vec<StandingRow> = db.fetch_all(DIALLED, args![]).await?;
    for row in &dialled {
        let same = |new: &&mut StandingRow| (&new.status, &new.standing) == (&row.status, &row.standing);
        if let Some(new) = all.iter_mut().find(same) {
            new.n -= row.n;
        }
    }
    all.retain(|row| row.n > 0);
    all.extend(dialled);
    Ok(all)
}
