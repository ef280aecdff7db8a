//! Conversations with their scores, to be scored again.

use super::db::{Sql, StoreError, Within};
use crate::args;
use sqlx::FromRow;

/// A conversation as it was scored.
#[derive(Clone, Debug, FromRow)]
pub struct ScoredRow {
    /// The conversation.
    pub id: i64,
    /// Its person.
    pub person_id: i64,
    /// Its lead.
    pub lead_id: i64,
    /// The channel.
    pub channel: String,
    /// The engine's snapshot, JSON.
    pub state: String,
    /// The score.
    pub score: i64,
    /// The class.
    pub class: String,
    /// What its lead stands at.
    pub status: Option<String>,
    /// Whether the person has begun another conversation there since, as with timers: silence takes nothing from it any more.
    pub is_past: bool,
}

/// A lead by name.
#[derive(Clone, Debug, FromRow)]
pub struct NamedRow {
    /// The lead.
    pub id: i64,
    /// Its name.
    pub name: Option<String>,
    /// What it calls itself at a provider.
    pub sender_name: Option<String>,
    /// Its number.
    pub phone: Option<String>,
}

/// How many conversations of a flow there are from this id on, without those of people who were erased.
///
/// # Errors
/// Where the database does not answer.
pub async fn count(db: Within<'_>, flow_id: &str, from_id: i64) -> Result<i64, StoreError> {
    #[derive(FromRow)]
    struct Count {
        number: i64,
    }
    const COUNT: Sql = Sql::same(
        "SELECT COUNT(*) AS number FROM conversations WHERE tenant_id = $1 AND flow_id = $2 AND id >= $3 AND state <> ''",
    );
    let count: Option<Count> = db.fetch_optional(COUNT, args![flow_id, from_id]).await?;
    Ok(count.map_or(0, |count| count.number))
}

/// Conversations of a flow from this id on, in the order they began; at most `most`. Those of people who were erased are left out.
///
/// # Errors
/// Where the database does not answer.
pub async fn page(
    db: Within<'_>,
    flow_id: &str,
    from_id: i64,
    most: i64,
) -> Result<Vec<ScoredRow>, StoreError> {
    macro_rules! page {
        ($newer:literal) => {
            // By the key, which is the order: no index is named for what SQLite keeps in its key.
            concat!(
                "SELECT ",
                "c.id, c.person_id, c.lead_id, c.channel, c.state, c.score, c.class, l.status,
                   c.public_id IS NULL AND EXISTS (SELECT 1 FROM ",
                $newer,
                " WHERE n.tenant_id = c.tenant_id AND n.person_id = c.person_id AND n.id > c.id AND n.channel = c.channel
                     AND n.account_id = c.account_id) AS is_past FROM conversations c
                 LEFT JOIN leads l ON l.tenant_id = c.tenant_id AND l.id = c.lead_id
                 WHERE c.tenant_id = $1 AND c.flow_id = $2 AND c.id >= $3 AND c.state <> '' ORDER BY c.id LIMIT $4"
            )
        };
    }
    const PAGE: Sql = Sql {
        sqlite: page!("conversations n INDEXED BY conversations_person"),
        postgres: page!("conversations n"),
    };
    db.fetch_all(PAGE, args![flow_id, from_id, most]).await
}

/// The names of these leads.
///
/// # Errors
/// Where the database does not answer.
pub async fn names(db: Within<'_>, lead_ids: &[i64]) -> Result<Vec<NamedRow>, StoreError> {
    const NAMES: Sql = Sql {
        sqlite: "SELECT l.id, l.name, l.sender_name, l.phone FROM json_each($2) w
                 CROSS JOIN leads l WHERE l.tenant_id = $1 AND l.id = w.value",
        postgres:
            "SELECT l.id, l.name, l.sender_name, l.phone FROM json_array_elements_text($2::json) w(value)
                   JOIN leads l ON l.tenant_id = $1 AND l.id = CAST(w.value AS BIGINT)",
    };
    let ids = serde_json::Value::from(lead_ids.to_vec()).to_string();
    db.fetch_all(NAMES, args![ids]).await
}
