//! Leads that could not be reached are tried again.

use super::{AT_ONCE, changed};
use crate::domain::outreach::{Kind, Standing};
use crate::service::desk::Desk;
use crate::store::db::StoreError;
use crate::store::outreach as store;
use tokio_util::sync::CancellationToken;

/// What is to be tried again.
#[derive(Clone, Debug)]
pub struct Recycle {
    /// Leads that stand so; `None`: those that say nothing. None of them is final.
    pub from: Vec<Option<Standing>>,
    /// What they are to stand at.
    pub to: Standing,
    /// Whether their tries are counted anew. What was tried stays in the ledger: laws count it.
    pub resets: bool,
}

/// Recycles; how many leads there were, told as it goes on. What was done when `stopped` stays done, and nothing is half done.
///
/// # Errors
/// Where the database does not answer; what was done until then stays.
pub async fn recycle(
    desk: &Desk<'_>,
    wanted: &Recycle,
    stopped: &CancellationToken,
    told: &mut (dyn FnMut(u64) + Send),
) -> Result<u64, StoreError> {
    let mut all = 0;
    let from = wanted
        .from
        .iter()
        .filter(|from| from.is_none_or(|from| from.kind() != Kind::Final && from != wanted.to));
    for from in from {
        loop {
            if stopped.is_cancelled() {
                return Ok(all);
            }
            let taken = batch(desk, *from, wanted).await?;
            if taken == 0 {
                break;
            }
            all += taken;
            told(all);
        }
    }
    Ok(all)
}

async fn batch(desk: &Desk<'_>, from: Option<Standing>, wanted: &Recycle) -> Result<u64, StoreError> {
    let now = desk.clock.now();
    let mut tx = desk.db.begin().await?;
    let name = from.map(Standing::as_str);
    let ids = store::standing_so(tx.within(desk.tenant), name, AT_ONCE as i64).await?;
    let leads = store::lock(tx.within(desk.tenant), &ids).await?;
    // What somebody changed between is another lead's by now.
    let still = leads.iter().filter(|lead| lead.dial_status.as_deref() == name);
    let changes: Vec<store::Change> = still
        .map(|lead| {
            let mut to = lead.clone();
            to.dial_status = Some(wanted.to.as_str().to_owned());
            to.last_status_change = Some(now);
            if wanted.resets {
                to.tries = 0;
            }
            changed(lead, &to, desk.ids.next(now))
        })
        .collect();
    let by = ("recycled", desk.actor.user_id, desk.actor.program.as_str());
    store::change(tx.within(desk.tenant), &changes, by, now).await?;
    tx.commit().await?;
    Ok(changes.len() as u64)
}
