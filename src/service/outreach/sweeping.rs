//! Leads that stayed in the hopper too long are let go, and attempts of which nobody said what came of them are to be asked about, or given
//! up.

use super::LEASE;
use super::ending::end_open;
use crate::app::App;
use crate::clock::{HOUR, MINUTE, Millis};
use crate::domain::access::Tenant;
use crate::domain::channel::Channel;
use crate::domain::outreach::Came;
use crate::store::db::StoreError;
use crate::store::outreach::hopper::{self, Claim, StaleRow};
use crate::store::outreach::{self as store, AttemptRow, End, members};

/// Leads that are looked at together.
const AT_ONCE: i64 = 500;
/// How long until the provider is asked again about an attempt.
const ASKED_AGAIN: Millis = 4 * MINUTE;
/// How long it is asked where it does not say.
const ASKED_FOR: Millis = 2 * HOUR;

/// What was let go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Leads that were ready and nobody tried.
    pub ready: u64,
    /// Attempts that were given up.
    pub given_up: u64,
    /// Calls about which the provider is to be asked.
    pub unheard: Vec<Unheard>,
}

/// A call of which nobody said what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unheard {
    /// Its tenant.
    pub tenant: Tenant,
    /// The attempt.
    pub attempt: AttemptRow,
}

/// Lets go whatever's lease is over, of all tenants.
///
/// # Errors
/// Where the database does not answer; what was let go until then stays so.
pub async fn sweep(app: &App) -> Result<Swept, StoreError> {
    let mut all = Swept::default();
    loop {
        let stale = hopper::stale(&app.db, app.clock.now(), AT_ONCE).await?;
        for row in &stale {
            match row.attempt_id.filter(|_| row.state == "claimed") {
                Some(attempt) => unheard(app, row, attempt, &mut all).await?,
                None => all.ready += let_go(app, row).await?,
            }
        }
        // Each of them is gone, or its lease is longer.
        if (stale.len() as i64) < AT_ONCE {
            return Ok(all);
        }
    }
}

async fn let_go(app: &App, row: &StaleRow) -> Result<u64, StoreError> {
    let tenant = Tenant(row.tenant_id);
    let mut tx = app.db.begin().await?;
    let gone = hopper::take_out(tx.within(tenant), &[row.lead_id]).await?;
    members::again(tx.within(tenant), row.campaign_id, row.lead_id, 0).await?;
    tx.commit().await?;
    Ok(gone)
}

/// An attempt of which nothing was heard for longer than any call lasts. Of a call the provider is asked; whoever asks has it for a while.
async fn unheard(app: &App, row: &StaleRow, attempt: i64, all: &mut Swept) -> Result<(), StoreError> {
    let tenant = Tenant(row.tenant_id);
    let found = store::find(app.db.within(tenant), attempt).await?;
    let found = found.filter(|attempt| attempt.ended_at.is_none());
    match found {
        Some(attempt) if attempt.channel == Channel::Voice.as_str() => {
            let leased_until = app.clock.now() + ASKED_AGAIN;
            let longer = Claim { lead_id: row.lead_id, attempt_id: attempt.id, leased_until };
            hopper::claim(app.db.within(tenant), &[longer]).await?;
            all.unheard.push(Unheard { tenant, attempt });
        }
        Some(attempt) => all.given_up += u64::from(give_up(app, tenant, attempt.id).await?),
        // It is over already, or was never written: only the hopper does not know.
        None => {
            let mut tx = app.db.begin().await?;
            hopper::done(tx.within(tenant), row.lead_id, attempt).await?;
            members::again(tx.within(tenant), row.campaign_id, row.lead_id, 0).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

/// The provider knows nothing of a call: it was never made, and counts as little as one that was taken back. `false`: it is over already.
///
/// # Errors
/// Where the database does not answer.
pub async fn never_made(app: &App, tenant: Tenant, attempt: i64) -> Result<bool, StoreError> {
    end_open(app, tenant, attempt, &End::of(Came::Cancelled)).await
}

/// The provider does not say what came of a call: it is asked again, and given up in the end. `false`: it is asked again.
///
/// # Errors
/// Where the database does not answer.
pub async fn unsaid(app: &App, tenant: Tenant, attempt: &AttemptRow) -> Result<bool, StoreError> {
    if app.clock.now() < attempt.began_at + LEASE + ASKED_FOR {
        return Ok(false);
    }
    give_up(app, tenant, attempt.id).await
}

/// It counts as failed; should a report come late, it is corrected.
async fn give_up(app: &App, tenant: Tenant, attempt: i64) -> Result<bool, StoreError> {
    tracing::warn!(attempt.id = attempt, "nobody said what came of an attempt; it counts as failed");
    end_open(app, tenant, attempt, &End::of(Came::Failed)).await
}
