//! What came of an attempt is written down: in the ledger, in what its lead says, and in its campaign, in one transaction. Said again it
//! changes nothing; said otherwise it is corrected.

use super::changed;
use crate::app::App;
use crate::clock::{HOUR, MINUTE, Millis};
use crate::domain::access::Tenant;
use crate::domain::channel::Channel;
use crate::domain::outreach::{Answered, Came, corrected};
use crate::store::db::StoreError;
use crate::store::outreach::{self as store, AnsweredRow, End, NO_STEP, hopper, members};

/// How long a lead rests whose attempt was taken back.
const RESTS: Millis = 5 * MINUTE;

/// Ends an attempt; `false`: there is none of that id, or it came to that already.
///
/// # Errors
/// Where the database does not answer; then nothing was written.
pub async fn end(app: &App, tenant: Tenant, attempt_id: i64, end: &End) -> Result<bool, StoreError> {
    write(app, tenant, attempt_id, end, What::News).await
}

/// Ends an attempt that is not over: what was found out or given up says nothing against what was reported meanwhile. `false`: it is over.
///
/// # Errors
/// As [`end`].
pub async fn end_open(app: &App, tenant: Tenant, attempt_id: i64, end: &End) -> Result<bool, StoreError> {
    write(app, tenant, attempt_id, end, What::Open).await
}

/// Corrects an attempt that was given up as failed, of which something is heard after all.
///
/// # Errors
/// As [`end`].
pub(super) async fn end_given_up(
    app: &App,
    tenant: Tenant,
    attempt_id: i64,
    end: &End,
) -> Result<bool, StoreError> {
    write(app, tenant, attempt_id, end, What::GivenUp).await
}

/// What may be written of an attempt of which something is known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    News,
    Open,
    GivenUp,
}

async fn write(
    app: &App,
    tenant: Tenant,
    attempt_id: i64,
    end: &End,
    what: What,
) -> Result<bool, StoreError> {
    let Some(found) = store::find(app.db.within(tenant), attempt_id).await? else { return Ok(false) };
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    // The lead's row first: whoever ends this attempt as well, or another of it, waits, and what is news is decided after.
    let lead = store::lock(tx.within(tenant), &[found.lead_id]).await?.into_iter().next();
    let Some(attempt) = store::find(tx.within(tenant), attempt_id).await? else { return Ok(false) };
    let before = attempt.came.as_deref().and_then(Came::parse);
    let is_news = match what {
        What::News => end.came.is_news(before),
        What::Open => before.is_none(),
        What::GivenUp => before == Some(Came::Failed) || end.came.is_news(before),
    };
    if !is_news {
        return Ok(false);
    }
    if !store::end(tx.within(tenant), attempt_id, end, now).await? {
        return Ok(false);
    }
    // What was taken back, and was made all the same, counts from now on.
    let is_first = matches!(before, None | Some(Came::Cancelled));
    hopper::done(tx.within(tenant), attempt.lead_id, attempt_id).await?;
    if let Some(campaign) = attempt.campaign_id.filter(|_| is_first) {
        match end.came {
            // What cannot be done now may not be possible in a minute either.
            Came::Cancelled => {
                members::again(tx.within(tenant), campaign, attempt.lead_id, now + RESTS).await?;
            }
            _ if attempt.step == NO_STEP => {
                members::again(tx.within(tenant), campaign, attempt.lead_id, now).await?;
            }
            _ => members::tried(tx.within(tenant), campaign, attempt.lead_id, attempt.step).await?,
        }
    }
    if let Some(lead) = lead {
        let ledger = store::ledger(tx.within(tenant), &[lead.id]).await?;
        let ledger = ledger.get(&lead.id).copied().unwrap_or_default();
        if let Some((_, said)) = corrected(&lead.tracked(), &ledger) {
            let mut to = lead.saying(said);
            to.tries += i64::from(is_first && end.came != Came::Cancelled);
            let change = changed(&lead, &to, app.ids.next(now));
            store::change(tx.within(tenant), &[change], ("attempted", None, "outreach"), now).await?;
        }
    }
    // The last row that is locked: many calls of an hour end at once.
    if let Some(campaign) = attempt.campaign_id.filter(|_| attempt.channel == Channel::Voice.as_str()) {
        let (was, is) = (Answered::of(before), Answered::of(Some(end.came)));
        let more = AnsweredRow {
            hour: attempt.began_at / HOUR,
            answered: i64::from(is.all) - i64::from(was.all),
            dropped: i64::from(is.dropped) - i64::from(was.dropped),
        };
        if was != is {
            store::count_answered(tx.within(tenant), campaign, more).await?;
        }
    }
    tx.commit().await?;
    metrics::counter!("leadwire_attempts_total", "channel" => attempt.channel, "came" => end.came.as_str())
        .increment(1);
    Ok(true)
}
