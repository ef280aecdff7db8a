//! Leads that stayed in the hopper too long are let go, and attempts of which nobody said what came of them are asked about, or given up.

use super::ending::{Ending, end};
use crate::app::App;
use crate::domain::access::Tenant;
use crate::domain::outreach::Came;
use crate::store::db::StoreError;
use crate::store::outreach::hopper::{self, StaleRow};
use crate::store::outreach::members;

/// Leads that are looked at together.
const AT_ONCE: i64 = 500;

/// What was let go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Leads that were ready and nobody tried.
    pub ready: u64,
    /// Attempts that were given up.
    pub attempts: u64,
}

/// Lets go whatever's lease is over, of all tenants.
///
/// # Errors
/// Where the database does not answer; what was let go until then stays so.
pub async fn sweep(app: &App) -> Result<Swept, StoreError> {
    let mut all = Swept::default();
    loop {
        let stale = hopper::stale(&app.db, app.clock.now(), AT_ONCE).await?;
        let before = all;
        for row in &stale {
            match row.attempt_id.filter(|_| row.state == "claimed") {
                Some(attempt) => all.attempts += give_up(app, row, attempt).await?,
                None => all.ready += let_go(app, row).await?,
            }
        }
        if (stale.len() as i64) < AT_ONCE || all == before {
            return Ok(all);
        }
    }
}

async fn let_go(app: &App, row: &StaleRow) -> Result<u64, StoreError> {
    let tenant = Tenant(row.tenant_id);
    let mut tx = app.db.begin().await?;
    let gone = hopper::take_out(tx.within(tenant), &[row.lead_id]).await?;
    members::again(tx.within(tenant), row.campaign_id, row.lead_id).await?;
    tx.commit().await?;
    Ok(gone)
}

/// An attempt of which nothing was heard for longer than any call lasts has failed; should a report come late, it is corrected.
async fn give_up(app: &App, row: &StaleRow, attempt: i64) -> Result<u64, StoreError> {
    let tenant = Tenant(row.tenant_id);
    tracing::warn!(attempt.id = attempt, "nobody said what came of an attempt; it counts as failed");
    if !end(app, tenant, attempt, &Ending::of(Came::Failed)).await? {
        // It is over already, or was never written: only the hopper does not know.
        let mut tx = app.db.begin().await?;
        hopper::done(tx.within(tenant), row.lead_id, attempt).await?;
        members::again(tx.within(tenant), row.campaign_id, row.lead_id).await?;
        tx.commit().await?;
    }
    Ok(1)
}
