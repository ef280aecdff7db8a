//! Intro visits.

use super::super::db::{Sql, StoreError, Within, by_index};
use crate::args;
use crate::clock::Millis;
use sqlx::FromRow;

/// A visit.
#[derive(Clone, Debug, PartialEq, FromRow)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct VisitRow {
    pub id: i64,
    pub lead_id: i64,
    pub scheduled_at: i64,
    pub attended_at: Option<i64>,
    pub batch_id: Option<i64>,
    pub trainer_id: Option<i64>,
    pub outcome: Option<String>,
    pub outcome_notes: Option<String>,
    pub cancelled_at: Option<i64>,
    pub version: i64,
    pub created_by: Option<i64>,
    pub updated_by: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
}

/// What is asked of visits: a statement that ends so, on SQLite by this index.
macro_rules! visits {
    ($index:literal, $rest:literal) => {
        visits!(@ concat!(" INDEXED BY ", $index), $rest)
    };
    ($rest:literal) => {
        visits!(@ "", $rest)
    };
    (@ $by:expr, $rest:literal) => {
        Sql { sqlite: visits!(% $by, $rest), postgres: visits!(% "", $rest) }
    };
    (% $by:expr, $rest:literal) => {
        concat!(
            "SELECT ",
            "id, lead_id, scheduled_at, attended_at, batch_id, trainer_id, outcome, outcome_notes, cancelled_at, version, created_by,
             updated_by, created_at, updated_at FROM intro_visits",
            $by,
            $rest
        )
    };
}

/// Adds a visit.
///
/// # Errors
/// Where the database does not answer.
pub async fn add_visit(tx: Within<'_>, visit: &VisitRow) -> Result<(), StoreError> {
    const INSERT: Sql = Sql::same(
        "INSERT INTO intro_visits (tenant_id, id, lead_id, scheduled_at, batch_id, trainer_id, outcome_notes, version, created_by,
           updated_by, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $8, $9, $9)",
    );
    let VisitRow {
        id,
        lead_id,
        scheduled_at,
        batch_id,
        trainer_id,
        outcome_notes,
        created_by,
        created_at,
        ..
    } = visit;
    let args = args![
        *id,
        *lead_id,
        *scheduled_at,
        *batch_id,
        *trainer_id,
        outcome_notes.clone(),
        *created_by,
        *created_at
    ];
    tx.execute(INSERT, args).await.map(drop)
}

/// A visit.
///
/// # Errors
/// Where the database does not answer.
pub async fn visit(db: Within<'_>, id: i64) -> Result<Option<VisitRow>, StoreError> {
    const FIND: Sql = visits!(" WHERE tenant_id = $1 AND id = $2");
    db.fetch_optional(FIND, args![id]).await
}

/// Writes a visit whose lead this transaction has locked, as its next version.
///
/// # Errors
/// Where the database does not answer.
pub async fn save_visit(tx: Within<'_>, visit: &VisitRow) -> Result<(), StoreError> {
    const SAVE: Sql = Sql::same(
        "UPDATE intro_visits SET scheduled_at = $3, attended_at = $4, batch_id = $5, trainer_id = $6, outcome = $7, outcome_notes = $8,
           updated_by = $9, updated_at = $10, version = $11, cancelled_at = $12 WHERE tenant_id = $1 AND id = $2",
    );
    let args = args![
        visit.id,
        visit.scheduled_at,
        visit.attended_at,
        visit.batch_id,
        visit.trainer_id,
        visit.outcome.clone(),
        visit.outcome_notes.clone(),
        visit.updated_by,
        visit.updated_at,
        visit.version,
        visit.cancelled_at
    ];
    tx.execute(SAVE, args).await.map(drop)
}

/// Cancels the visits of a lead that are to come; how many those were. Of one that was, its outcome may still be said.
///
/// # Errors
/// Where the database does not answer.
pub async fn cancel_visits(
    tx: Within<'_>,
    lead_id: i64,
    user_id: Option<i64>,
    now: Millis,
) -> Result<u64, StoreError> {
    const CANCEL: Sql = by_index!(
        "intro_visits_lead",
        "UPDATE ",
        "intro_visits",
        "SET cancelled_at = $4, updated_by = $3, updated_at = $4, version = version + 1
         WHERE tenant_id = $1 AND lead_id = $2 AND scheduled_at > $4 AND attended_at IS NULL AND outcome IS NULL AND cancelled_at IS NULL"
    );
    tx.execute(CANCEL, args![lead_id, user_id, now]).await
}

/// The visits of a lead, the newest first; at most `limit`.
///
/// # Errors
/// Where the database does not answer.
pub async fn visits_of(db: Within<'_>, lead_id: i64, limit: i64) -> Result<Vec<VisitRow>, StoreError> {
    const LIST: Sql =
        visits!("intro_visits_lead", " WHERE tenant_id = $1 AND lead_id = $2 ORDER BY id DESC LIMIT $3");
    db.fetch_all(LIST, args![lead_id, limit]).await
}

/// Which visits.
#[derive(Clone, Debug, Default)]
pub struct VisitFilter {
    /// Planned from this instant on …
    pub from: Millis,
    /// … and before this.
    pub to: Millis,
    /// Only of this trainer.
    pub trainer_id: Option<i64>,
    /// Only those that are to take place, or of which nobody has said what came of them.
    pub open: bool,
    /// Behind the visit of this time and id: where the page before ended.
    pub after: Option<(Millis, i64)>,
    /// So many are passed over.
    pub skip: i64,
    /// At most so many.
    pub limit: i64,
}

/// Visits in the order in which they are planned.
///
/// # Errors
/// Where the database does not answer.
pub async fn visits(db: Within<'_>, filter: &VisitFilter) -> Result<Vec<VisitRow>, StoreError> {
    const ALL: Sql = visits!(
        "intro_visits_day",
        " WHERE tenant_id = $1 AND scheduled_at >= $2 AND scheduled_at < $3 AND $4 = 0 AND ($5 = 0 OR (outcome IS NULL AND cancelled_at IS NULL))
           AND (scheduled_at, id) > ($6, $7) ORDER BY scheduled_at, id LIMIT $8 OFFSET $9"
    );
    const OF_TRAINER: Sql = visits!(
        "intro_visits_trainer",
        " WHERE tenant_id = $1 AND scheduled_at >= $2 AND scheduled_at < $3 AND trainer_id = $4 AND ($5 = 0 OR (outcome IS NULL AND cancelled_at IS NULL))
           AND (scheduled_at, id) > ($6, $7) ORDER BY scheduled_at, id LIMIT $8 OFFSET $9"
    );
    let (after, id) = filter.after.unwrap_or((Millis::MIN, 0));
    let trainer = filter.trainer_id.unwrap_or(0);
    let args =
        args![filter.from, filter.to, trainer, i64::from(filter.open), after, id, filter.limit, filter.skip];
    db.fetch_all(if filter.trainer_id.is_some() { OF_TRAINER } else { ALL }, args).await
}
