//! When each sender may go: places in its account's schedule, reserved for a batch at once.

use super::{account, kind};
use crate::app::App;
use crate::clock::Millis;
use crate::domain::rate::Rate;
use crate::domain::sending::DispatchKind;
use crate::store::db::{Db, StoreError};
use crate::store::outbox::Held;
use crate::store::rates;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// An account's schedule: tenant, account, kind.
type Key = (i64, i64, &'static str);

/// Gives out places in schedules.
///
/// On PostgreSQL they are rows that all processes share. A SQLite file has one process, and the schedules are in memory: after a
/// start each begins as if its burst had been used.
#[derive(Debug, Default)]
pub(super) struct Pacer {
    filled: Mutex<BTreeMap<Key, i64>>,
}

impl Pacer {
    /// When each of these jobs may go, in their order; one that has its place, or needs none, may go now.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub(super) async fn reserve(&self, app: &App, jobs: &[Held]) -> Result<Vec<Millis>, StoreError> {
        let now = app.clock.now();
        let mut at = vec![now; jobs.len()];
        let mut accounts: BTreeMap<Key, (Rate, Vec<(usize, i64)>)> = BTreeMap::new();
        for (place, held) in jobs.iter().enumerate().filter(|(_, held)| !held.slotted) {
            let Some((name, rate, cost)) = pace(app, held) else { continue };
            let key = (held.tenant_id, held.account_id, name);
            accounts.entry(key).or_insert((rate, Vec::new())).1.push((place, cost));
        }
        for (key, (rate, wanted)) in accounts {
            let length = rate.every * wanted.iter().map(|(_, cost)| cost).sum::<i64>();
            let mut free_at = self.fill(app, key, rate, now * 1_000, length).await?;
            for (place, cost) in wanted {
                let (slot, after) = rate.next(free_at, now * 1_000, cost);
                // Rounded up: never sooner than it may.
                at[place] = slot.div_euclid(1_000) + i64::from(slot.rem_euclid(1_000) > 0);
                free_at = after;
            }
        }
        Ok(at)
    }

    /// Fills a schedule by a length; up to when it was filled before.
    async fn fill(
        &self,
        app: &App,
        (tenant_id, account_id, kind): Key,
        rate: Rate,
        now_us: i64,
        length_us: i64,
    ) -> Result<i64, StoreError> {
        if let Db::Postgres { .. } = app.db {
            return rates::reserve(&app.db, tenant_id, account_id, kind, now_us, length_us).await;
        }
        let mut filled = self.filled.lock().unwrap_or_else(PoisonError::into_inner);
        let used = now_us + rate.every * (rate.burst - 1);
        let free_at = filled.entry((tenant_id, account_id, kind)).or_insert(used);
        let before = (*free_at).max(now_us);
        *free_at = before + length_us;
        Ok(before)
    }
}

/// A job's kind, the pace of its account or sink, and what it costs of that; `None`: it goes as it likes.
fn pace(app: &App, held: &Held) -> Option<(&'static str, Rate, i64)> {
    if held.kind == DispatchKind::Delivery.as_str() {
        let named = app.sinks.get(held.tenant_id, &held.recipient)?;
        return Some((DispatchKind::Delivery.as_str(), named.rate?, 1));
    }
    let kind = kind(&held.kind)?;
    let rate = kind.rate(app, account(app, held).ok()?)?;
    Some((kind.kind().as_str(), rate, kind.cost(held)))
}
