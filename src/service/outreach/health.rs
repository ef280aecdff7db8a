//! Which channels work for a tenant: there is an account of its own, what it sends by is configured, and its provider takes something.
//!
//! What nobody asked for tells it, since that alone can wait: where its tries fail one after the other, for reasons that are not the
//! recipient's, campaigns let the channel rest, then try it with one attempt at a time until something goes. Replicas share what they know by
//! the database.

use crate::app::App;
use crate::clock::Millis;
use crate::domain::access::Tenant;
use crate::domain::channel::Channel;
use crate::domain::outreach::{MOST_FAILURES, RESTS, Unwell};
use crate::service::outbox;
use crate::store::db::{StoreError, Within};
use crate::store::outreach::health as store;
use std::collections::BTreeMap;

/// Channels of a tenant that do not work at an instant, or of which it is not known.
///
/// # Errors
/// Where the database does not answer.
pub async fn unwell(app: &App, db: Within<'_>, now: Millis) -> Result<BTreeMap<Channel, Unwell>, StoreError> {
    let tenant = db.tenant();
    let failing = store::failing(db, MOST_FAILURES).await?;
    let of = |channel: Channel| {
        let Some(account) = outbox::account(app, tenant, channel) else { return Some(Unwell::NoAccount) };
        let is_it =
            |row: &&store::FailingRow| (row.account_id, &*row.channel) == (account.id, channel.as_str());
        let until = failing.iter().find(is_it)?.failed_at + RESTS;
        Some(if now < until { Unwell::Failing { until } } else { Unwell::OnTrial })
    };
    Ok(Channel::ALL.into_iter().filter_map(|channel| Some((channel, of(channel)?))).collect())
}

/// Whether an attempt may find out if a channel works again; one at a time does.
///
/// # Errors
/// Where the database does not answer.
pub async fn probes(app: &App, tx: Within<'_>, channel: Channel, now: Millis) -> Result<bool, StoreError> {
    match outbox::account(app, tx.tenant(), channel) {
        Some(account) => store::probe(tx, account.id, channel, now - RESTS, now).await,
        None => Ok(false),
    }
}

/// Channels a tenant has no account to send by.
pub fn missing(app: &App, tenant: Tenant) -> Vec<Channel> {
    Channel::ALL.into_iter().filter(|channel| outbox::account(app, tenant, *channel).is_none()).collect()
}

/// Something that nobody asked for went by an account on a channel, or did not for reasons that are not the recipient's. What cannot be
/// written down is told by the next.
pub async fn heard(app: &App, tenant: Tenant, (account, channel): (i64, &str), went: bool) {
    let db = app.db.within(tenant);
    let written = match went {
        true => store::went(db, account, channel).await,
        false => store::failed(db, account, channel, app.clock.now()).await,
    };
    if let Err(error) = written {
        tracing::warn!(account.id = account, "how a channel works could not be recorded: {}", error.chain());
    }
}
