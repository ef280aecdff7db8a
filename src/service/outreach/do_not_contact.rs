//! Numbers and patterns are put on do-not-contact lists, and taken off.

use super::listed::hash;
use crate::app::App;
use crate::domain::access::Tenant;
use crate::domain::identity::{e164, match_key};
use crate::domain::outreach::{is_pattern, pattern};
use crate::service::lifecycle::Actor;
use crate::store::db::StoreError;
use crate::store::outreach::campaigns;
use crate::store::outreach::do_not_contact::{self as store, EVERY};

/// The most patterns of a list that are shown.
const SHOWN: i64 = 10_000;

/// Why a list is not as it was asked to be.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// There is no such campaign.
    #[error("there is no such campaign")]
    NoCampaign,
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An entry as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry(store::Entry);

impl Entry {
    /// What somebody wrote, as it is kept.
    ///
    /// # Errors
    /// What to write instead.
    pub fn of(app: &App, tenant: Tenant, text: &str) -> Result<Entry, &'static str> {
        if is_pattern(text) {
            let kept = pattern(text).ok_or(
                "must be a pattern such as +1900* or *0123: + or * first, then figures, * and ?, at least three figures",
            )?;
            return Ok(Entry(store::Entry { pattern: kept, is_wild: true }));
        }
        let number =
            e164(text).ok_or("must be a number such as +14155550123, or a pattern such as +1900*")?;
        let kept = hash(&app.suppression_key, tenant.0, &match_key(&number));
        kept.map(|hash| Entry(store::Entry { pattern: hash, is_wild: false }))
            .ok_or("must be a number of somebody")
    }
}

/// Whose list: that of a campaign, which must be there, or the tenant's own.
async fn list_of(app: &App, tenant: Tenant, campaign: Option<i64>) -> Result<i64, ListError> {
    let Some(id) = campaign else { return Ok(EVERY) };
    let found = campaigns::find(app.db.within(tenant), id).await?;
    found.map(|row| row.id).ok_or(ListError::NoCampaign)
}

/// Puts entries on the tenant's list, or a campaign's; how many were not on it.
///
/// # Errors
/// See [`ListError`].
pub async fn add(
    app: &App,
    tenant: Tenant,
    actor: &Actor,
    campaign: Option<i64>,
    entries: Vec<Entry>,
) -> Result<u64, ListError> {
    let of = list_of(app, tenant, campaign).await?;
    let entries: Vec<store::Entry> = entries.into_iter().map(|entry| entry.0).collect();
    let now = app.clock.now();
    Ok(store::add(app.db.within(tenant), of, &entries, actor.user_id, now).await?)
}

/// Takes an entry off the tenant's list, or a campaign's; `false`: it is not on it. Whom it named is looked at again.
///
/// # Errors
/// See [`ListError`].
pub async fn remove(
    app: &App,
    tenant: Tenant,
    campaign: Option<i64>,
    entry: &Entry,
) -> Result<bool, ListError> {
    let of = list_of(app, tenant, campaign).await?;
    let mut tx = app.db.begin().await?;
    let was = store::remove(tx.within(tenant), of, &entry.0.pattern).await?;
    if was {
        campaigns::look_again(tx.within(tenant), campaign).await?;
    }
    tx.commit().await?;
    Ok(was)
}

/// What is on the tenant's list, or a campaign's: its patterns, and how many numbers.
///
/// # Errors
/// See [`ListError`].
pub async fn show(app: &App, tenant: Tenant, campaign: Option<i64>) -> Result<(Vec<String>, i64), ListError> {
    let of = list_of(app, tenant, campaign).await?;
    let patterns = store::patterns_of(app.db.within(tenant), of, SHOWN).await?;
    Ok((patterns, store::count(app.db.within(tenant), of).await?))
}
