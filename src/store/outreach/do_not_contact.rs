//! Do-not-contact lists, of a tenant and of campaigns. Numbers are kept as keyed hashes: a list of those who want to be left alone is
//! nobody's to read. Patterns with `*` and `?` name no single person, and are kept as they are.

use super::super::db::{Sql, StoreError, Within, by_index, list};
use crate::args;
use crate::clock::Millis;
use serde::Serialize;
use sqlx::FromRow;

/// The tenant's own list, whatever campaign asks.
pub const EVERY: i64 = 0;

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// A keyed hash, or a pattern.
    pub pattern: String,
    /// Whether it is a pattern.
    pub is_wild: bool,
}

/// Adds entries to a list; how many were not in it.
///
/// # Errors
/// Where the database does not answer.
pub async fn add(
    db: Within<'_>,
    campaign: i64,
    entries: &[Entry],
    user_id: Option<i64>,
    now: Millis,
) -> Result<u64, StoreError> {
    const ADD: Sql = Sql {
        sqlite: "INSERT INTO do_not_contact (tenant_id, campaign_id, pattern, is_wild, created_by, created_at)
                 SELECT $1, $2, value ->> 'pattern', value ->> 'is_wild', $4, $5 FROM json_each($3) WHERE TRUE ON CONFLICT DO NOTHING",
        postgres: "INSERT INTO do_not_contact (tenant_id, campaign_id, pattern, is_wild, created_by, created_at)
                   SELECT $1, $2, r.pattern, r.is_wild, $4, $5 FROM json_to_recordset($3::json) AS r(pattern TEXT, is_wild BOOLEAN)
                   ORDER BY r.pattern ON CONFLICT DO NOTHING",
    };
    db.execute(ADD, args![campaign, list(entries), user_id, now]).await
}

/// Takes an entry off a list; `false`: it is not on it.
///
/// # Errors
/// Where the database does not answer.
pub async fn remove(db: Within<'_>, campaign: i64, pattern: &str) -> Result<bool, StoreError> {
    const REMOVE: Sql =
        Sql::same("DELETE FROM do_not_contact WHERE tenant_id = $1 AND campaign_id = $2 AND pattern = $3");
    Ok(db.execute(REMOVE, args![campaign, pattern]).await? == 1)
}

/// An entry of one of the lists that are asked.
#[derive(Clone, Debug, FromRow)]
pub struct ListedRow {
    /// Whose list it is: a campaign's, or [`EVERY`].
    pub campaign_id: i64,
    /// A keyed hash, or a pattern.
    pub pattern: String,
}

/// Which of these hashes are on the tenant's list or a campaign's.
///
/// # Errors
/// Where the database does not answer.
pub async fn listed(db: Within<'_>, campaign: i64, hashes: &[String]) -> Result<Vec<ListedRow>, StoreError> {
    const LISTED: Sql = Sql {
        sqlite: "SELECT campaign_id, pattern FROM do_not_contact WHERE tenant_id = $1 AND pattern IN (SELECT value FROM json_each($3))
                   AND campaign_id IN (0, $2)",
        postgres: "SELECT campaign_id, pattern FROM do_not_contact WHERE tenant_id = $1
                     AND pattern = ANY (ARRAY(SELECT json_array_elements_text($3::json))) AND campaign_id IN (0, $2)",
    };
    db.fetch_all(LISTED, args![campaign, list(hashes)]).await
}

/// Patterns of the tenant's list and a campaign's: all of them, however many there are.
///
/// # Errors
/// Where the database does not answer.
pub async fn wild(db: Within<'_>, campaign: i64) -> Result<Vec<ListedRow>, StoreError> {
    const WILD: Sql = by_index!(
        "do_not_contact_list",
        "SELECT ",
        "campaign_id, pattern FROM do_not_contact",
        "WHERE tenant_id = $1 AND campaign_id IN (0, $2) AND is_wild = TRUE ORDER BY pattern"
    );
    db.fetch_all(WILD, args![campaign]).await
}

/// Patterns of one list alone.
///
/// # Errors
/// Where the database does not answer.
pub async fn patterns_of(db: Within<'_>, campaign: i64) -> Result<Vec<String>, StoreError> {
    const PATTERNS: Sql = by_index!(
        "do_not_contact_list",
        "SELECT ",
        "pattern FROM do_not_contact",
        "WHERE tenant_id = $1 AND campaign_id = $2 AND is_wild = TRUE ORDER BY pattern"
    );
    #[derive(FromRow)]
    struct Pattern {
        pattern: String,
    }
    let rows: Vec<Pattern> = db.fetch_all(PATTERNS, args![campaign]).await?;
    Ok(rows.into_iter().map(|row| row.pattern).collect())
}

/// How many numbers a list has, beside its patterns.
///
/// # Errors
/// Where the database does not answer.
pub async fn count(db: Within<'_>, campaign: i64) -> Result<i64, StoreError> {
    const COUNT: Sql = Sql {
        sqlite: "SELECT COUNT(*) AS n FROM do_not_contact INDEXED BY do_not_contact_list
                 WHERE tenant_id = $1 AND campaign_id = $2 AND is_wild = FALSE",
        postgres: "SELECT COUNT(*) AS n FROM do_not_contact WHERE tenant_id = $1 AND campaign_id = $2 AND is_wild = FALSE",
    };
    #[derive(FromRow)]
    struct Count {
        n: i64,
    }
    let row: Option<Count> = db.fetch_optional(COUNT, args![campaign]).await?;
    Ok(row.map_or(0, |row| row.n))
}
