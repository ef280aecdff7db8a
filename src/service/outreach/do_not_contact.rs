//! Numbers and patterns are put on do-not-contact lists, and taken off.

use super::listed::hash;
use crate::app::App;
use crate::domain::access::Tenant;
use crate::domain::identity::{e164, match_key};
use crate::domain::outreach::{is_pattern, pattern};
use crate::service::lifecycle::Actor;
use crate::store::db::StoreError;
use crate::store::leads;
use crate::store::outreach::campaigns;
use crate::store::outreach::do_not_contact::{self as store, EVERY};
use std::collections::HashSet;

/// The most patterns of a list, the tenant's and each campaign's: whoever is judged is compared with all of them. Numbers are looked up, and
/// may be any number.
const MOST_PATTERNS: usize = 10_000;
/// What is said of a pattern beyond them.
pub const NO_ROOM: &str =
    "finds no room: a list has 10,000 patterns at most; one with fewer figures stands for many";

/// Why a list is not as it was asked to be.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// There is no such campaign.
    #[error("there is no such campaign")]
    NoCampaign,
    /// There is no room for these patterns, and nothing was put on it: their places among the entries.
    #[error("a pattern {NO_ROOM}")]
    Full(Vec<usize>),
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

/// Puts entries on the tenant's list, or a campaign's; how many were not on it. Where one finds no room, none is put there.
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
    let mut tx = app.db.begin().await?;
    if entries.iter().any(|entry| entry.is_wild) {
        // Whoever adds patterns as well waits, so that they are counted one after the other.
        leads::lock_tenant(tx.within(tenant)).await?;
        let known = store::patterns_of(tx.within(tenant), of).await?;
        let beyond = beyond(&entries, &known);
        if !beyond.is_empty() {
            return Err(ListError::Full(beyond));
        }
    }
    let added = store::add(tx.within(tenant), of, &entries, actor.user_id, now).await?;
    tx.commit().await?;
    Ok(added)
}

/// Which of these entries are patterns for which a list that has these has no room.
fn beyond(entries: &[store::Entry], known: &[String]) -> Vec<usize> {
    let mut there: HashSet<&str> = known.iter().map(String::as_str).collect();
    let mut beyond = Vec::new();
    for (n, entry) in entries.iter().enumerate().filter(|(_, entry)| entry.is_wild) {
        if there.len() < MOST_PATTERNS {
            there.insert(&entry.pattern);
        } else if !there.contains(entry.pattern.as_str()) {
            beyond.push(n);
        }
    }
    beyond
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
    let patterns = store::patterns_of(app.db.within(tenant), of).await?;
    Ok((patterns, store::count(app.db.within(tenant), of).await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_find_room_as_long_as_there_is_any_and_numbers_always_do() {
        let wild = |n: usize| store::Entry { pattern: format!("+1{n:05}*"), is_wild: true };
        let number = store::Entry { pattern: "a hash".to_owned(), is_wild: false };
        let known: Vec<String> = (0..MOST_PATTERNS - 1).map(|n| wild(n).pattern).collect();
        let (new, newer) = (wild(70_000), wild(70_001));
        let entries = [new.clone(), wild(0), newer.clone(), number.clone(), new.clone(), newer];
        assert_eq!(beyond(&entries, &known), [2, 5], "the one that is left goes to the first");
        assert_eq!(beyond(&[new, number], &known), [0; 0]);
    }
}
