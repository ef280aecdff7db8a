//! Leads that turn out to be one: found, merged, and taken apart again.
//!
//! The lock is both persons', in the order of their ids, then both leads': turns of either begin again and find the one who is left.

mod duplicates;
mod learning;
mod persons;
mod undoing;

pub use duplicates::{Duplicate, duplicates};
pub use undoing::undo;

use super::{Actor, Hand, Refused, record, retried, status_of};
use crate::app::App;
use crate::domain::access::Tenant;
use crate::domain::identity::IdentityKind;
use crate::domain::merging::{self, Likeness};
use crate::domain::outreach::Standing;
use crate::service::outreach::changed;
use crate::store::db::{StoreError, Tx};
use crate::store::leads::{self, LeadRow};
use crate::store::merges::{self, ExposureRow, MergeRow};
use crate::store::outreach::{self, TrackedRow, members};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

/// What went from the lead that was merged to the one that stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Moved {
    /// By which identities they are one.
    pub by: Vec<merging::Strong>,
    /// Identities of the other person: kind, value.
    pub identities: Vec<(String, String)>,
    /// All conversations of the other person.
    pub conversations: Vec<i64>,
    /// The conversations that were about the lead.
    pub about: Vec<i64>,
    /// Leads of the other person, the merged one among them.
    pub leads: Vec<i64>,
    /// Children whose parent the other person was.
    pub children: Vec<i64>,
    /// Follow-ups of the lead.
    pub follow_ups: Vec<i64>,
    /// Visits of the lead.
    pub visits: Vec<i64>,
    /// What the lead that stays did not know, by column.
    pub filled: Vec<String>,
    /// The same of its fields, by name.
    pub fields: Vec<String>,
    /// What it stood at before, where that is other than after.
    pub status: Option<String>,
    /// How many messages the other had.
    pub messages: i64,
    /// Its score and class before.
    pub score: Option<(i64, String)>,
    /// Whether the other lead was active.
    pub was_active: bool,
    /// Whether the lead that stays was put aside, and is active again because the other was.
    pub was_aside: bool,
    /// The lead the person's conversations went to before, where that was the other.
    pub conversed_in: Option<i64>,
    /// The variants of the person who stays, before.
    pub variants: Option<BTreeMap<String, String>>,
    /// Experiments the other person was in before the one who stays.
    pub experiments: Vec<String>,
    /// Where both were in one, what came later.
    pub later: Vec<ExposureRow>,
    /// Campaigns that the lead came into because the other was in them.
    #[serde(default)]
    pub campaigns: Vec<i64>,
}

impl Moved {
    /// By which kinds of identities they are one.
    pub fn kinds(&self) -> Vec<&'static str> {
        let mut names: Vec<&str> = self.by.iter().map(|(kind, _)| kind.as_str()).collect();
        names.dedup();
        names
    }
}

/// What is to be merged, and why.
#[derive(Clone, Debug)]
pub struct Merger<'a> {
    /// The server.
    pub app: &'a App,
    /// Whose leads they are.
    pub tenant: Tenant,
    /// Who merges.
    pub actor: &'a Actor,
    /// The lead that stays.
    pub lead_id: i64,
    /// The version of it that was seen.
    pub expected: Option<i64>,
    /// The lead that is merged into it.
    pub other_id: i64,
    /// Why.
    pub reason: &'a str,
}

impl Merger<'_> {
    /// Merges one lead into another: all of the other, and of its person, is the first one's from then on. What the first knows stays; what
    /// it does not know it learns, and it comes into the campaigns that the other is in. Of two variants of an experiment the one that was
    /// shown first counts, and both persons have opted out of what either has.
    ///
    /// # Errors
    /// See [`Refused`]: above all where they are not one by any strong identity, or have one of a kind each that differ.
    pub async fn merge(&self) -> Result<(MergeRow, LeadRow), Refused> {
        retried(|| self.try_merge()).await
    }

    async fn try_merge(&self) -> Result<(MergeRow, LeadRow), Refused> {
        let Merger { app, tenant, actor, .. } = *self;
        let now = app.clock.now();
        let hand = Hand { ids: &app.ids, tenant, actor, now };
        if self.lead_id == self.other_id {
            return Err(Refused::invalid("/other_lead_id", "is the lead itself"));
        }
        let mut tx = app.db.begin().await?;
        let (mut lead, mut other) = both(&mut tx, hand, (self.lead_id, self.other_id), &[]).await?;
        for lead in [&lead, &other] {
            if let Some(into) = lead.merged_into {
                return Err(Refused::merged(lead.id, into));
            }
        }
        if let Some(expected) = self.expected.filter(|expected| *expected != lead.version) {
            let changes = leads::since(tx.within(tenant), lead.id, expected, super::TOLD).await?;
            return Err(Refused::Stale { version: lead.version, changes });
        }
        let status = merging::standing(status_of(&lead)?, status_of(&other)?)
            .map_err(|why| Refused::Settled(why.to_owned()))?;
        let mut moved = Moved { was_active: other.is_active, ..Moved::default() };
        moved.by = match duplicates::likeness(&mut tx, tenant, &lead, &other).await? {
            Likeness::One(by) => by,
            Likeness::Two(kinds) => return Err(differing(&kinds)),
            Likeness::Unknown => {
                return Err(Refused::Settled(
                    "nothing says that they are one: they share no number, WhatsApp id or e-mail address"
                        .to_owned(),
                ));
            }
        };
        same_child(&mut tx, tenant, &lead, &other).await?;
        let mut detail = json!({ "other_lead_id": other.id, "by": moved.kinds() });
        if !status_of(&lead)?.is_open() {
            // As for every lead that ends.
            let cancelled = leads::cancel_pending(tx.within(tenant), other.id, actor.user_id, now).await?;
            let visits = leads::cancel_visits(tx.within(tenant), other.id, actor.user_id, now).await?;
            detail["cancelled_follow_ups"] = json!(cancelled);
            detail["cancelled_visits"] = json!(visits);
        }
        let (person_id, other_person_id) = (lead.person_id, other.person_id);
        moved.campaigns = members::without(tx.within(tenant), other.id, lead.id).await?;
        persons::join(&mut tx, tenant, &lead, &other, &mut moved).await?;
        learning::learn(&mut tx, tenant, (lead.id, other.id), &mut moved).await?;
        leave_alone(&mut tx, hand, (lead.id, other.id)).await?;
        // Read again, with what it has learnt.
        lead = leads::lock(tx.within(tenant), lead.id).await?.ok_or(Refused::Missing("lead"))?;
        moved.filled.extend(learning::fill(&mut lead, &other));
        let was = lead.status.clone();
        if status.as_str() != was {
            moved.status = Some(was.clone());
            lead.status = status.as_str().to_owned();
            lead.status_at = Some(now);
            lead.proposal = other.proposal.clone();
        }
        moved.was_aside = !lead.is_active && other.is_active;
        lead.is_active |= other.is_active;
        let merge = MergeRow {
            id: app.ids.next(now),
            lead_id: lead.id,
            other_id: other.id,
            person_id,
            other_person_id,
            moved: serde_json::to_string(&moved).expect("plain values always serialise"),
            reason: self.reason.to_owned(),
            user_id: actor.user_id,
            program: actor.program.clone(),
            created_at: now,
            undone_at: None,
        };
        merges::add(tx.within(tenant), &merge).await?;
        detail["merge_id"] = json!(merge.id);
        record(&mut tx, hand, &mut lead, &was, ("merge", Some(self.reason), &detail)).await?;
        let was = other.status.clone();
        other.person_id = person_id;
        other.is_active = false;
        other.merged_into = Some(lead.id);
        let detail = json!({ "merge_id": merge.id, "into": lead.id });
        record(&mut tx, hand, &mut other, &was, ("merged", Some(self.reason), &detail)).await?;
        members::follow(tx.within(tenant), lead.id, other.id, now).await?;
        tx.commit().await?;
        Ok((merge, lead))
    }
}

fn differing(kinds: &[IdentityKind]) -> Refused {
    let names: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    Refused::Settled(format!(
        "they are two: each has its own {}, and nothing of that kind in common; who shares an address or a number only may be of one family",
        names.join(" and its own ")
    ))
}

/// Both leads, locked with their persons and further ones, in the order of all.
async fn both(
    tx: &mut Tx,
    hand: Hand<'_>,
    (lead_id, other_id): (i64, i64),
    further: &[i64],
) -> Result<(LeadRow, LeadRow), Refused> {
    let Hand { ids, tenant, now, .. } = hand;
    let (mut persons, mut leads) = (Vec::new(), [lead_id, other_id]);
    for id in leads {
        persons.push(leads::find(tx.within(tenant), id).await?.ok_or(Refused::Missing("lead"))?.person_id);
    }
    let of = |id: i64| if id == lead_id { persons[0] } else { persons[1] };
    let mut ordered = [&persons, further].concat();
    ordered.sort_unstable();
    ordered.dedup();
    for id in ordered {
        let turn = ids.next(now);
        leads::lock_person_by_id(tx.within(tenant), id, turn).await?.ok_or(Refused::Missing("person"))?;
    }
    leads.sort_unstable();
    let mut locked = Vec::new();
    for id in leads {
        let lead = leads::lock(tx.within(tenant), id).await?.ok_or(Refused::Missing("lead"))?;
        if let Some(erased_at) = lead.erased_at {
            return Err(Refused::erased(erased_at));
        }
        if lead.person_id != of(id) {
            // Somebody merged it between.
            return Err(StoreError::Stale { what: "person" }.into());
        }
        locked.push(lead);
    }
    let at = locked.iter().position(|lead| lead.id == lead_id).ok_or(Refused::Missing("lead"))?;
    let lead = locked.remove(at);
    let other = locked.pop().ok_or(Refused::Missing("lead"))?;
    Ok((lead, other))
}

/// Where the other lead stands at `do_not_call`, so does the one that stays from then on: it comes into campaigns that were not to try them.
async fn leave_alone(tx: &mut Tx, hand: Hand<'_>, (lead_id, other_id): (i64, i64)) -> Result<(), StoreError> {
    let Hand { ids, tenant, actor, now } = hand;
    let rows = outreach::lock(tx.within(tenant), &[lead_id, other_id]).await?;
    let no_more = |row: &&TrackedRow| row.dial_status.as_deref() == Some(Standing::DoNotCall.as_str());
    let is_other = rows.iter().filter(no_more).any(|row| row.id == other_id);
    let own = rows.iter().filter(|row| is_other && !no_more(row)).find(|row| row.id == lead_id);
    let Some(own) = own else { return Ok(()) };
    let to = TrackedRow {
        dial_status: Some(Standing::DoNotCall.as_str().to_owned()),
        last_status_change: Some(now),
        ..own.clone()
    };
    let change = changed(own, &to, ids.next(now));
    outreach::change(tx.within(tenant), &[change], ("merge", actor.user_id, &actor.program), now).await
}

/// That both leads are about the same child, as far as they are about one. Whoever entered a child twice called it the same.
async fn same_child(tx: &mut Tx, tenant: Tenant, lead: &LeadRow, other: &LeadRow) -> Result<(), Refused> {
    let (Some(one), Some(two)) = (lead.child_id, other.child_id) else { return Ok(()) };
    let one = leads::child(tx.within(tenant), one).await?.ok_or(Refused::Missing("child"))?;
    let two = leads::child(tx.within(tenant), two).await?.ok_or(Refused::Missing("child"))?;
    if merging::same_child(
        (&one.first_name, one.last_name.as_deref(), one.dob.as_deref()),
        (&two.first_name, two.last_name.as_deref(), two.dob.as_deref()),
    ) {
        return Ok(());
    }
    Err(Refused::Settled(format!("they are about two children, {} and {}", one.enquiry_id, two.enquiry_id)))
}
