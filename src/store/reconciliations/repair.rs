//! Repairing: what is missing there is created again, what differs is corrected.

use super::Run;
use crate::args;
use crate::clock::Millis;
use crate::store::db::{Db, Exec, Sql, StoreError, by_index};
use crate::store::deliveries::{self, Again};
use sqlx::FromRow;

/// A delivery that is to be made right, with the job that does it.
#[derive(Clone, Debug)]
pub struct Mended {
    /// The delivery.
    pub delivery_id: i64,
    /// The version that was compared: where there is another by now, nothing is done.
    pub revision: i64,
    /// The job, which is the new version.
    pub job_id: i64,
    /// What it carries.
    pub payload: String,
    /// The record's lane.
    pub lane: String,
    /// It is not there: it is created, not corrected.
    pub is_missing: bool,
    /// The sink can be asked once more before it is created: it may have come since.
    pub asks_first: bool,
    /// What was found, by its reference.
    pub reference: String,
}

/// Makes deliveries due again, each only where it still stands as it was compared and nothing of it is under way; how many.
///
/// The version is a new one, so that the sink does not take it for a repeat of what it answered before.
///
/// # Errors
/// Where the database does not answer; then nothing happened.
pub async fn mend(
    db: &Db,
    run: &Run,
    (kind, account_id): (&str, i64),
    mended: &[Mended],
    now: Millis,
) -> Result<i64, StoreError> {
    const TURNED: Sql = by_index!(
        "outbox_lane",
        "UPDATE ",
        "deliveries SET state = 'pending', revision = $4, updated_at = $5,
           sink_id = CASE WHEN $6 THEN NULL ELSE sink_id END,
           submitted_at = CASE WHEN $6 THEN NULL ELSE submitted_at END,
           delivered_revision = CASE WHEN $6 THEN 0 ELSE delivered_revision END,
           doubt = CASE WHEN $6 AND $8 THEN revision ELSE doubt END
         WHERE tenant_id = $1 AND id = $2 AND revision = $3 AND state = 'delivered' AND erased_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM outbox o",
        "WHERE o.tenant_id = $1 AND o.lane = $7 AND o.finished_at IS NULL)"
    );
    const REPAIRED: Sql = Sql::same(
        "UPDATE reconciliation_findings SET repaired_at = $5 WHERE tenant_id = $1 AND run_id = $2 AND kind = $3 AND reference = $4",
    );
    let mut tx = db.begin().await?;
    let mut count = 0;
    for one in mended {
        let turned = args![
            run.tenant_id,
            one.delivery_id,
            one.revision,
            one.job_id,
            now,
            one.is_missing,
            &one.lane,
            one.asks_first
        ];
        if tx.execute(TURNED, turned).await? == 0 {
            continue;
        }
        let Some(row) = deliveries::find(&mut tx, run.tenant_id, one.delivery_id).await? else { continue };
        let again = Again {
            id: one.job_id,
            payload: one.payload.clone(),
            lane: one.lane.clone(),
            account_id,
            dedupe_key: format!("reconcile:{}", one.job_id),
            wish: "{}",
            row: &row,
        };
        deliveries::again(&mut tx, run.tenant_id, &again, now).await?;
        tx.execute(REPAIRED, args![run.tenant_id, run.id, kind, &one.reference, now]).await?;
        count += 1;
    }
    tx.commit().await?;
    Ok(count)
}

/// How repairs of a run stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Repairs {
    /// On their way.
    pub pending: i64,
    /// Not taken.
    pub failed: i64,
}

/// How many repairs of a run have not arrived.
///
/// # Errors
/// Where the database does not answer.
pub async fn unfinished(db: &Db, run: &Run) -> Result<Repairs, StoreError> {
    const UNFINISHED: Sql = Sql::same(
        "SELECT COUNT(CASE WHEN d.state = 'pending' THEN 1 END) AS pending,
           COUNT(CASE WHEN d.state IN ('failed', 'unknown') THEN 1 END) AS failed
         FROM reconciliation_findings f JOIN deliveries d ON d.tenant_id = f.tenant_id AND d.id = f.delivery_id
         WHERE f.tenant_id = $1 AND f.run_id = $2 AND f.repaired_at IS NOT NULL",
    );
    Ok(db.fetch_optional(UNFINISHED, args![run.tenant_id, run.id]).await?.unwrap_or_default())
}
