//! What a lead's page shows beside the lead: what was said, earned, delivered and sent. Each list is cut: a page shows no more.

use super::super::db::{Sql, StoreError, Within};
use crate::args;
use crate::clock::Millis;
use sqlx::FromRow;

/// A message.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct SaidRow {
    pub conversation_id: i64,
    pub seq: i64,
    pub channel: String,
    pub direction: String,
    pub body: String,
    pub status: Option<String>,
    pub created_at: i64,
}

/// The last messages of a lead before `before`, the newest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn messages(
    db: Within<'_>,
    (person_id, lead_id): (i64, i64),
    before: Millis,
    limit: i64,
) -> Result<Vec<SaidRow>, StoreError> {
    macro_rules! said {
        ($conversations:literal) => {
            concat!(
                "SELECT ",
                "m.conversation_id, m.seq, c.channel, m.direction, m.body, m.status, m.created_at FROM ",
                $conversations,
                " JOIN messages m ON m.tenant_id = c.tenant_id AND m.conversation_id = c.id
                 WHERE c.tenant_id = $1 AND c.person_id = $2 AND c.lead_id = $3 AND m.created_at < $4 AND m.direction IN ('in', 'out')
                 ORDER BY m.created_at DESC, m.conversation_id DESC, m.seq DESC LIMIT $5"
            )
        };
    }
    const LIST: Sql = Sql {
        sqlite: said!("conversations c INDEXED BY conversations_person"),
        postgres: said!("conversations c"),
    };
    db.fetch_all(LIST, args![person_id, lead_id, before, limit]).await
}

/// An entry of the score's ledger.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct LedgerRow {
    pub conversation_id: i64,
    pub seq: i64,
    pub rule: String,
    pub step: Option<String>,
    pub points: i64,
    pub created_at: i64,
}

/// The last entries of a lead's ledger before `before`, the newest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn score_ledger(
    db: Within<'_>,
    (person_id, lead_id): (i64, i64),
    before: Millis,
    limit: i64,
) -> Result<Vec<LedgerRow>, StoreError> {
    macro_rules! earned {
        ($conversations:literal) => {
            concat!(
                "SELECT ",
                "s.conversation_id, s.seq, s.rule, s.step, s.points, s.created_at FROM ",
                $conversations,
                " JOIN score_entries s ON s.tenant_id = c.tenant_id AND s.conversation_id = c.id
                 WHERE c.tenant_id = $1 AND c.person_id = $2 AND c.lead_id = $3 AND s.created_at < $4
                 ORDER BY s.created_at DESC, s.conversation_id DESC, s.seq DESC, s.n DESC LIMIT $5"
            )
        };
    }
    const LIST: Sql = Sql {
        sqlite: earned!("conversations c INDEXED BY conversations_person"),
        postgres: earned!("conversations c"),
    };
    db.fetch_all(LIST, args![person_id, lead_id, before, limit]).await
}

/// The points of a lead's ledger by what they are for.
#[derive(Clone, Copy, Debug, Default, FromRow)]
pub struct SumsRow {
    /// For what was answered.
    pub fit: i64,
    /// For what was done.
    pub engagement: i64,
}

/// The sums of a lead's whole ledger, however long it is.
///
/// # Errors
/// Where the database does not answer.
pub async fn score_sums(
    db: Within<'_>,
    (person_id, lead_id): (i64, i64),
    fit: &str,
) -> Result<SumsRow, StoreError> {
    macro_rules! sums {
        ($conversations:literal) => {
            concat!(
                "SELECT ",
                "CAST(COALESCE(SUM(CASE WHEN s.rule = $4 THEN s.points ELSE 0 END), 0) AS BIGINT) AS fit,
                   CAST(COALESCE(SUM(CASE WHEN s.rule = $4 THEN 0 ELSE s.points END), 0) AS BIGINT) AS engagement FROM ",
                $conversations,
                " JOIN score_entries s ON s.tenant_id = c.tenant_id AND s.conversation_id = c.id
                 WHERE c.tenant_id = $1 AND c.person_id = $2 AND c.lead_id = $3 GROUP BY c.tenant_id"
            )
        };
    }
    const SUMS: Sql = Sql {
        sqlite: sums!("conversations c INDEXED BY conversations_person"),
        postgres: sums!("conversations c"),
    };
    Ok(db.fetch_optional(SUMS, args![person_id, lead_id, fit]).await?.unwrap_or_default())
}

/// A delivery.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct DeliveredRow {
    pub id: i64,
    pub sink: String,
    pub state: String,
    pub sink_id: Option<String>,
    pub attempts: i64,
    pub last_error: Option<String>,
    pub crm_status: Option<String>,
    pub created_at: i64,
    pub updated_at: i64,
}

/// Where a lead was delivered to, the newest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn deliveries(db: Within<'_>, lead_id: i64, limit: i64) -> Result<Vec<DeliveredRow>, StoreError> {
    macro_rules! delivered {
        ($by:literal) => {
            concat!(
                "SELECT ",
                "id, sink, state, sink_id, attempts, last_error, crm_status, created_at, updated_at FROM deliveries ",
                $by,
                " WHERE tenant_id = $1 AND lead_id = $2 ORDER BY id DESC LIMIT $3"
            )
        };
    }
    const LIST: Sql = Sql { sqlite: delivered!("INDEXED BY deliveries_lead"), postgres: delivered!("") };
    db.fetch_all(LIST, args![lead_id, limit]).await
}

/// One try of a delivery.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct AttemptRow {
    pub delivery_id: i64,
    pub sink: String,
    pub action: String,
    pub outcome: String,
    pub status: Option<i64>,
    pub error: Option<String>,
    pub created_at: i64,
}

/// The last tries to deliver a lead before `before`, the newest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn attempts(
    db: Within<'_>,
    lead_id: i64,
    before: Millis,
    limit: i64,
) -> Result<Vec<AttemptRow>, StoreError> {
    macro_rules! tried {
        ($deliveries:literal) => {
            concat!(
                "SELECT ",
                "a.delivery_id, d.sink, a.action, a.outcome, a.status, a.error, a.created_at FROM ",
                $deliveries,
                " JOIN delivery_attempts a ON a.tenant_id = d.tenant_id AND a.delivery_id = d.id
                 WHERE d.tenant_id = $1 AND d.lead_id = $2 AND a.created_at < $3
                 ORDER BY a.created_at DESC, a.delivery_id DESC, a.id DESC LIMIT $4"
            )
        };
    }
    const LIST: Sql =
        Sql { sqlite: tried!("deliveries d INDEXED BY deliveries_lead"), postgres: tried!("deliveries d") };
    db.fetch_all(LIST, args![lead_id, before, limit]).await
}
