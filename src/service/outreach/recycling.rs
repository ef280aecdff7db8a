//! Leads that could not be reached are tried again.

use super::{changed, room};
use crate::domain::lifecycle::Status;
use crate::domain::outreach::{Kind, Standing};
use crate::service::desk::Desk;
use crate::store::db::StoreError;
use crate::store::outreach::{self as store, TrackedRow};
use tokio_util::sync::CancellationToken;

/// What leads may be recycled to.
pub const TARGETS: [Standing; 2] = [Standing::New, Standing::Callback];

/// What leads that may be recycled stand at, where they say anything.
pub fn recyclable() -> impl Iterator<Item = Standing> {
    let may = |standing: &Standing| standing.kind() == Kind::Recyclable && *standing != Standing::New;
    Standing::ALL.into_iter().filter(may)
}

/// What is to be tried again.
#[derive(Clone, Debug)]
pub struct Recycle {
    /// Leads that stand so; `None`: those that say nothing. None of them is final.
    pub from: Vec<Option<Standing>>,
    /// What they are to stand at.
    pub to: Standing,
    /// Whether their tries are counted anew. What was tried stays in the ledger: laws count it.
    pub resets: bool,
    /// At most so many; `None`: all.
    pub most: Option<u64>,
}

/// What was recycled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recycled {
    /// So many leads.
    pub leads: u64,
    /// Whether there are others that were wanted: there were too many, or it was stopped.
    pub has_more: bool,
}

impl Recycle {
    /// The words of the leads that are wanted; nothing is said by an empty word, too.
    fn words(&self) -> Vec<Option<&'static str>> {
        let able = self
            .from
            .iter()
            .filter(|from| from.is_none_or(|from| from.kind() != Kind::Final && from != self.to));
        let words = able.flat_map(|from| match from {
            None => vec![None, Some("")],
            Some(from) => vec![Some(from.as_str())],
        });
        words.collect()
    }
}

/// Recycles; told as it goes on how many leads there were. What was done when `stopped` stays done, and nothing is half done.
///
/// # Errors
/// Where the database does not answer; what was done until then stays.
pub async fn recycle(
    desk: &Desk<'_>,
    wanted: &Recycle,
    stopped: &CancellationToken,
    told: &mut (dyn FnMut(u64) + Send),
) -> Result<Recycled, StoreError> {
    let mut all = Recycled::default();
    for word in wanted.words() {
        loop {
            let limit = room(wanted.most, all.leads);
            if stopped.is_cancelled() || limit == 0 {
                let one = store::standing_so(desk.db.within(desk.tenant), word, 1).await?;
                if one.is_empty() {
                    break;
                }
                all.has_more = true;
                return Ok(all);
            }
            let Some(taken) = batch(desk, word, wanted, limit).await? else { break };
            all.leads += taken;
            told(all.leads);
        }
    }
    Ok(all)
}

/// How many of the next leads were recycled; `None`: there are none.
async fn batch(
    desk: &Desk<'_>,
    word: Option<&str>,
    wanted: &Recycle,
    limit: i64,
) -> Result<Option<u64>, StoreError> {
    let now = desk.clock.now();
    let mut tx = desk.db.begin().await?;
    let ids = store::standing_so(tx.within(desk.tenant), word, limit).await?;
    if ids.is_empty() {
        return Ok(None);
    }
    let leads = store::lock(tx.within(desk.tenant), &ids).await?;
    // On PostgreSQL somebody may have changed them between the two: tried, converted, closed, merged them or put them aside.
    let still = leads.iter().filter(|lead| lead.dial_status.as_deref() == word && is_alive(lead));
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
    if wanted.resets {
        let leads: Vec<i64> = changes.iter().map(|change| change.lead.id).collect();
        store::members::reset(tx.within(desk.tenant), &leads).await?;
    }
    tx.commit().await?;
    Ok(Some(changes.len() as u64))
}

/// Whether a lead's life is not over.
fn is_alive(lead: &TrackedRow) -> bool {
    let is_open = Status::parse(&lead.status).is_some_and(Status::is_open);
    is_open && lead.is_active && lead.merged_into.is_none()
}
