//! What a lead's page shows beside the lead: what was said, earned, delivered and sent. Each list is cut: a page shows no more.

use super::super::db::{Record, Sql, StoreError, Within, by_index, list};
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

/// A conversation of a lead.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct TalkRow {
    id: i64,
    updated_at: i64,
}

/// The conversations of a lead, those that changed last first.
///
/// # Errors
/// Where the database does not answer.
pub async fn talks(db: Within<'_>, (person_id, lead_id): (i64, i64)) -> Result<Vec<TalkRow>, StoreError> {
    const LIST: Sql = by_index!(
        "conversations_person",
        "SELECT ",
        "id, updated_at FROM conversations",
        "WHERE tenant_id = $1 AND person_id = $2 AND lead_id = $3 ORDER BY updated_at DESC, id DESC"
    );
    db.fetch_all(LIST, args![person_id, lead_id]).await
}

/// So many conversations are read first; most leads have no more.
const AT_FIRST: usize = 16;

/// A row of a conversation.
trait InTalk {
    /// When it came, in which conversation and where there.
    fn place(&self) -> (Millis, i64, i64);
}

/// Rows of conversations before `before`, the newest first: conversations are read, those that changed last first, until all others can
/// only hold what is older. Some people have hundreds.
async fn newest<R: Record + InTalk>(
    mut db: Within<'_>,
    sql: Sql,
    mut talks: &[TalkRow],
    before: Millis,
    limit: i64,
) -> Result<Vec<R>, StoreError> {
    let (mut found, mut at_once) = (Vec::new(), AT_FIRST);
    while !talks.is_empty() {
        let (now, later) = talks.split_at(at_once.min(talks.len()));
        let ids: Vec<i64> = now.iter().map(|talk| talk.id).collect();
        let rows: Vec<R> = db.again().fetch_all(sql, args![list(&ids), before, limit]).await?;
        found.extend(rows);
        found.sort_by_key(|row| std::cmp::Reverse(row.place()));
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let is_full = found.len() as i64 == limit;
        let last = found.last().filter(|_| is_full).map(|row| row.place().0);
        if later.first().zip(last).is_some_and(|(next, last)| next.updated_at < last) {
            break;
        }
        (talks, at_once) = (later, at_once * 4);
    }
    Ok(found)
}

/// Selects rows of conversations whose ids are `$2`.
macro_rules! of_talks {
    ($columns:literal, $table:literal, $order:literal) => {
        Sql {
            sqlite: of_talks!(@ $columns, "json_each($2) w CROSS JOIN conversations c ON c.id = w.value ", $table, $order),
            postgres: of_talks!(@ $columns,
                "(SELECT CAST(json_array_elements_text($2::json) AS BIGINT) AS id) w JOIN conversations c ON c.id = w.id ", $table, $order),
        }
    };
    (@ $columns:literal, $conversations:literal, $table:literal, $order:literal) => {
        concat!(
            "SELECT ", $columns, " FROM ", $conversations, "JOIN ", $table,
            " r ON r.tenant_id = c.tenant_id AND r.conversation_id = c.id WHERE c.tenant_id = $1 AND r.created_at < $3 ", $order,
            " DESC LIMIT $4"
        )
    };
}

impl InTalk for SaidRow {
    fn place(&self) -> (Millis, i64, i64) {
        (self.created_at, self.conversation_id, self.seq)
    }
}

/// The last messages of conversations before `before`, the newest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn messages(
    db: Within<'_>,
    talks: &[TalkRow],
    before: Millis,
    limit: i64,
) -> Result<Vec<SaidRow>, StoreError> {
    const LIST: Sql = of_talks!(
        "r.conversation_id, r.seq, c.channel, r.direction, r.body, r.status, r.created_at",
        "messages",
        "AND r.direction IN ('in', 'out') ORDER BY r.created_at DESC, r.conversation_id DESC, r.seq"
    );
    newest(db, LIST, talks, before, limit).await
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

impl InTalk for LedgerRow {
    fn place(&self) -> (Millis, i64, i64) {
        (self.created_at, self.conversation_id, self.seq)
    }
}

/// The last entries in the ledger of conversations before `before`, the newest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn score_ledger(
    db: Within<'_>,
    talks: &[TalkRow],
    before: Millis,
    limit: i64,
) -> Result<Vec<LedgerRow>, StoreError> {
    const LIST: Sql = of_talks!(
        "r.conversation_id, r.seq, r.rule, r.step, r.points, r.created_at",
        "score_entries",
        "ORDER BY r.created_at DESC, r.conversation_id DESC, r.seq DESC, r.n"
    );
    newest(db, LIST, talks, before, limit).await
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
        sqlite: sums!("conversations c INDEXED BY conversations_person CROSS"),
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
    const LIST: Sql = Sql {
        // In this order: without statistics SQLite takes the tenant for a narrow choice, and looks through all attempts of the tenant.
        sqlite: tried!("deliveries d INDEXED BY deliveries_lead CROSS"),
        postgres: tried!("deliveries d"),
    };
    db.fetch_all(LIST, args![lead_id, before, limit]).await
}
