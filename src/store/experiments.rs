//! What experiments have shown to whom, and what came of it.

use super::db::{Sql, StoreError, Within};
use crate::args;
use sqlx::FromRow;

/// An experiment that somebody was shown a variant of.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct ExperimentRow {
    /// Its name.
    pub experiment: String,
    /// How many people.
    pub people: i64,
    /// When the first was.
    pub since: i64,
    /// When the last was.
    pub until: i64,
}

/// All experiments that somebody was shown a variant of, by name.
///
/// # Errors
/// Where the database does not answer.
pub async fn list(db: Within<'_>) -> Result<Vec<ExperimentRow>, StoreError> {
    const LIST: Sql = Sql::same(
        "SELECT experiment, COUNT(*) AS people, MIN(created_at) AS since, MAX(created_at) AS until FROM exposures
         WHERE tenant_id = $1 GROUP BY experiment ORDER BY experiment",
    );
    db.fetch_all(LIST, args![]).await
}

/// A variant.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct VariantRow {
    /// Its name.
    pub variant: String,
    /// How many people were shown it.
    pub people: i64,
    /// How many of them reached the goal after that.
    pub converted: i64,
    /// When the first was shown it.
    pub since: i64,
}

/// What counts as conversion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'a> {
    /// A goal of conversations.
    Goal(&'a str),
    /// That a lead of theirs was converted.
    Converted,
    /// That a lead of theirs was delivered.
    Delivered,
}

/// Statements by what a person has done after they were shown a variant.
macro_rules! variants {
    ($($did:expr),*) => {
        concat!(
            "WITH shown AS (SELECT e.variant, e.created_at, CASE WHEN EXISTS (SELECT 1 FROM ",
            $($did,)*
            ") THEN 1 END AS converted FROM exposures e WHERE e.tenant_id = $1 AND e.experiment = $2)
             SELECT variant, COUNT(*) AS people, COUNT(converted) AS converted, MIN(created_at) AS since
             FROM shown GROUP BY variant ORDER BY variant"
        )
    };
}

/// The variants of an experiment that somebody was shown, by name. A person counts once, and only for what came after.
///
/// # Errors
/// Where the database does not answer.
pub async fn variants(
    db: Within<'_>,
    experiment: &str,
    target: Target<'_>,
) -> Result<Vec<VariantRow>, StoreError> {
    macro_rules! reached {
        ($by:literal) => {
            variants!(
                "goals g ",
                $by,
                " WHERE g.tenant_id = $1 AND g.goal = $3 AND g.person_id = e.person_id AND g.created_at > e.created_at"
            )
        };
    }
    macro_rules! converted {
        ($by:literal) => {
            variants!(
                "leads l ",
                $by,
                " WHERE l.tenant_id = $1 AND l.person_id = e.person_id AND l.status = 'CONVERTED' AND l.converted_at > e.created_at"
            )
        };
    }
    macro_rules! delivered {
        ($by:literal, $then_by:literal) => {
            variants!(
                "leads l ",
                $by,
                " JOIN deliveries d ",
                $then_by,
                " ON d.tenant_id = l.tenant_id AND d.lead_id = l.id
                  WHERE l.tenant_id = $1 AND l.person_id = e.person_id AND d.submitted_at > e.created_at"
            )
        };
    }
    const REACHED: Sql = Sql { sqlite: reached!("INDEXED BY goals_reached"), postgres: reached!("") };
    const CONVERTED: Sql = Sql { sqlite: converted!("INDEXED BY leads_person"), postgres: converted!("") };
    const DELIVERED: Sql = Sql {
        sqlite: delivered!("INDEXED BY leads_person", "INDEXED BY deliveries_lead"),
        postgres: delivered!("", ""),
    };
    match target {
        Target::Goal(goal) => db.fetch_all(REACHED, args![experiment, goal]).await,
        Target::Converted => db.fetch_all(CONVERTED, args![experiment]).await,
        Target::Delivered => db.fetch_all(DELIVERED, args![experiment]).await,
    }
}
