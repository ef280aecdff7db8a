//! Leads that were merged into others: receipts, what is found by the same identities, and what goes from one to the other and back.

mod alike;
mod moving;
mod shown;

pub use alike::{Alike, alike};
pub use moving::{
    ConversationRow, Owned, SumsRow, children_of, conversations_of, follow_ups_of, give_conversations,
    give_identities, give_jobs, give_told, heard, leads_of, rescore, retarget, set_score, set_sums,
    share_words, sums, visits_of,
};
pub use shown::{
    ExposureRow, StandingRow, exposures, forget_exposures, give_exposures, put_back, set_standing, standing,
};

use super::db::{Sql, StoreError, Within, by_index};
use crate::args;
use crate::clock::Millis;
use sqlx::FromRow;

/// That a lead was merged into another.
#[derive(Clone, Debug, PartialEq, FromRow)]
pub struct MergeRow {
    /// Its id.
    pub id: i64,
    /// The lead that stays.
    pub lead_id: i64,
    /// The one that was merged into it.
    pub other_id: i64,
    /// Whose they are.
    pub person_id: i64,
    /// Whose the other was; the same: they were one person's before.
    pub other_person_id: i64,
    /// What went from the other to the one that stays, JSON; `{}`: it went back, or the person was erased.
    pub moved: String,
    /// Why.
    pub reason: String,
    /// Who did it; `None`: a program that is nobody's.
    pub user_id: Option<i64>,
    /// With what.
    pub program: String,
    /// When.
    pub created_at: i64,
    /// When it was undone; `None`: it holds.
    pub undone_at: Option<i64>,
}

/// Writes that a lead was merged into another.
///
/// # Errors
/// Where the database does not answer.
pub async fn add(tx: Within<'_>, merge: &MergeRow) -> Result<(), StoreError> {
    const INSERT: Sql = Sql::same(
        "INSERT INTO merges (tenant_id, id, lead_id, other_id, person_id, other_person_id, moved, reason, user_id, program, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    );
    let MergeRow {
        id,
        lead_id,
        other_id,
        person_id,
        other_person_id,
        moved,
        reason,
        user_id,
        program,
        created_at,
        ..
    } = merge;
    let args = args![
        *id,
        *lead_id,
        *other_id,
        *person_id,
        *other_person_id,
        moved,
        reason,
        *user_id,
        program,
        *created_at
    ];
    tx.execute(INSERT, args).await.map(drop)
}

/// A merge.
///
/// # Errors
/// Where the database does not answer.
pub async fn find(db: Within<'_>, id: i64) -> Result<Option<MergeRow>, StoreError> {
    const FIND: Sql = Sql::same(
        "SELECT id, lead_id, other_id, person_id, other_person_id, moved, reason, user_id, program, created_at, undone_at FROM merges
         WHERE tenant_id = $1 AND id = $2",
    );
    db.fetch_optional(FIND, args![id]).await
}

/// A merge after this one, by which more became this person's, and that holds.
///
/// # Errors
/// Where the database does not answer.
pub async fn later(tx: Within<'_>, person_id: i64, id: i64) -> Result<Option<i64>, StoreError> {
    #[derive(FromRow)]
    struct Id {
        id: i64,
    }
    const LATER: Sql = by_index!(
        "merges_person",
        "SELECT ",
        "id FROM merges",
        "WHERE tenant_id = $1 AND person_id = $2 AND id > $3 AND undone_at IS NULL ORDER BY id DESC LIMIT 1"
    );
    let row: Option<Id> = tx.fetch_optional(LATER, args![person_id, id]).await?;
    Ok(row.map(|row| row.id))
}

/// Writes that a merge was undone, and forgets what it had moved; `false`: it was undone before.
///
/// # Errors
/// Where the database does not answer.
pub async fn close(tx: Within<'_>, id: i64, now: Millis) -> Result<bool, StoreError> {
    const CLOSE: Sql = Sql::same(
        "UPDATE merges SET undone_at = $3, moved = '{}' WHERE tenant_id = $1 AND id = $2 AND undone_at IS NULL",
    );
    Ok(tx.execute(CLOSE, args![id, now]).await? == 1)
}
