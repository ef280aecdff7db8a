//! What leads would score under other rules: stored conversations are folded again. Nothing is written.

use crate::clock::Millis;
use crate::domain::access::Tenant;
use crate::domain::channel::Channel;
use crate::domain::lifecycle::Status;
use crate::domain::score::Class;
use crate::domain::what_if::Tally;
use crate::engine::{self, Person, State};
use crate::flow::model::Flow;
use crate::store::db::{Db, StoreError};
use crate::store::scored::{self, ScoredRow};
use std::collections::BTreeMap;
use tokio_util::sync::CancellationToken;

/// Conversations that are read at once.
const PAGE: i64 = 500;

/// Whose conversations, under which rules.
#[derive(Clone, Copy, Debug)]
pub struct WhatIf<'a> {
    /// The tenant.
    pub tenant: Tenant,
    /// The rules; conversations of the flow of this name are scored.
    pub flow: &'a Flow,
    /// Those that began with this id or later.
    pub from_id: i64,
    /// Up to when silence counts.
    pub now: Millis,
}

/// How many conversations there are to score.
///
/// # Errors
/// Where the database does not answer.
pub async fn count(db: &Db, asked: WhatIf<'_>) -> Result<u64, StoreError> {
    let count = scored::count(db.within(asked.tenant), &asked.flow.id, asked.from_id).await?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Scores them again, page by page; `told` hears how many are done. `None`: it was stopped.
///
/// # Errors
/// Where the database does not answer.
pub async fn what_if(
    db: &Db,
    asked: WhatIf<'_>,
    stopped: &CancellationToken,
    told: impl Fn(u64),
) -> Result<Option<Tally>, StoreError> {
    let mut tally = Tally::default();
    let mut from_id = asked.from_id;
    loop {
        if stopped.is_cancelled() {
            return Ok(None);
        }
        let page = scored::page(db.within(asked.tenant), &asked.flow.id, from_id, PAGE).await?;
        let Some(last) = page.last() else { return Ok(Some(tally)) };
        from_id = last.id + 1;
        for row in &page {
            if add(&mut tally, asked, row).is_none() {
                tally.unreadable += 1;
            }
        }
        told(tally.conversations + tally.unreadable);
    }
}

/// Scores one; `None`: it cannot be read.
fn add(tally: &mut Tally, asked: WhatIf<'_>, row: &ScoredRow) -> Option<()> {
    let state: State = serde_json::from_str(&row.state).ok()?;
    let class = |name: &str| Class::ALL.into_iter().find(|class: &Class| class.as_str() == name);
    let nothing = BTreeMap::new();
    let person = Person {
        seed: &row.person_id.to_string(),
        channel: Channel::parse(&row.channel)?,
        lead: &BTreeMap::new(),
        variants: &nothing,
        zone: &jiff::tz::TimeZone::UTC,
        experiments: true,
        is_over: row.is_past
            || row.status.as_deref().and_then(Status::parse).is_some_and(|status| !status.is_open()),
    };
    let again = engine::rescore(asked.flow, &person, &state, asked.now);
    tally.add(row.lead_id, (row.score, class(&row.class)?), (again.score, again.class), again.is_partial);
    Some(())
}
