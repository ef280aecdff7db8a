//! What experiments have shown to somebody, and what they have opted out of: of two persons who are one.

use super::super::db::{Sql, StoreError, Within, list};
use crate::args;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

/// How a person stands.
#[derive(Clone, Debug, FromRow)]
pub struct StandingRow {
    /// The lead their conversations go to.
    pub lead_id: i64,
    /// The variant of each experiment, JSON.
    pub variants: String,
    /// The channels they opted out of, comma-separated.
    pub opted_out: String,
}

/// How a person stands, whose lock is held.
///
/// # Errors
/// Where the database does not answer.
pub async fn standing(tx: Within<'_>, person_id: i64) -> Result<Option<StandingRow>, StoreError> {
    const FIND: Sql =
        Sql::same("SELECT lead_id, variants, opted_out FROM persons WHERE tenant_id = $1 AND id = $2");
    tx.fetch_optional(FIND, args![person_id]).await
}

/// Writes how a person stands.
///
/// # Errors
/// Where the database does not answer.
pub async fn set_standing(tx: Within<'_>, person_id: i64, standing: &StandingRow) -> Result<(), StoreError> {
    const SET: Sql = Sql::same(
        "UPDATE persons SET lead_id = $3, variants = $4, opted_out = $5 WHERE tenant_id = $1 AND id = $2",
    );
    let StandingRow { lead_id, variants, opted_out } = standing;
    tx.execute(SET, args![person_id, *lead_id, variants, opted_out]).await.map(drop)
}

/// That somebody was shown a variant.
#[derive(Clone, Debug, PartialEq, Eq, FromRow, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct ExposureRow {
    pub experiment: String,
    pub person_id: i64,
    pub variant: String,
    pub conversation_id: i64,
    pub created_at: i64,
}

/// What a person was shown.
///
/// # Errors
/// Where the database does not answer.
pub async fn exposures(tx: Within<'_>, person_id: i64) -> Result<Vec<ExposureRow>, StoreError> {
    const LIST: Sql = Sql {
        sqlite: "SELECT experiment, person_id, variant, conversation_id, created_at FROM exposures INDEXED BY exposures_person
                 WHERE tenant_id = $1 AND person_id = $2 ORDER BY experiment",
        postgres: "SELECT experiment, person_id, variant, conversation_id, created_at FROM exposures
                   WHERE tenant_id = $1 AND person_id = $2 ORDER BY experiment",
    };
    tx.fetch_all(LIST, args![person_id]).await
}

/// Takes back that a person was shown a variant of these experiments.
///
/// # Errors
/// Where the database does not answer.
pub async fn forget_exposures(
    tx: Within<'_>,
    person_id: i64,
    experiments: &[&str],
) -> Result<u64, StoreError> {
    const FORGET: Sql = Sql {
        sqlite: "DELETE FROM exposures WHERE tenant_id = $1 AND person_id = $2 AND experiment IN (SELECT value FROM json_each($3))",
        postgres: "DELETE FROM exposures WHERE tenant_id = $1 AND person_id = $2
                     AND experiment = ANY (ARRAY(SELECT json_array_elements_text($3::json)))",
    };
    tx.execute(FORGET, args![person_id, list(experiments)]).await
}

/// Lets it be another person who was shown the variants of these experiments.
///
/// # Errors
/// Where the database does not answer.
pub async fn give_exposures(
    tx: Within<'_>,
    (from, to): (i64, i64),
    experiments: &[&str],
) -> Result<u64, StoreError> {
    const GIVE: Sql = Sql {
        sqlite: "UPDATE exposures SET person_id = $3 WHERE tenant_id = $1 AND person_id = $2
                   AND experiment IN (SELECT value FROM json_each($4))",
        postgres: "UPDATE exposures SET person_id = $3 WHERE tenant_id = $1 AND person_id = $2
                     AND experiment = ANY (ARRAY(SELECT json_array_elements_text($4::json)))",
    };
    tx.execute(GIVE, args![from, to, list(experiments)]).await
}

/// Writes again that somebody was shown a variant, where it was taken back.
///
/// # Errors
/// Where the database does not answer.
pub async fn put_back(tx: Within<'_>, exposure: &ExposureRow) -> Result<u64, StoreError> {
    const INSERT: Sql = Sql::same(
        "INSERT INTO exposures (tenant_id, experiment, person_id, variant, conversation_id, created_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT DO NOTHING",
    );
    let ExposureRow { experiment, person_id, variant, conversation_id, created_at } = exposure;
    tx.execute(INSERT, args![experiment, *person_id, variant, *conversation_id, *created_at]).await
}
