//! A conversation that asked for all of it becomes an enquiry whose discovery is completed.

use super::contact::{Contact, call};
use super::enquiries::{family, new_lead};
use super::moves::fill;
use super::{Actor, Hand, Refused, Working, assigning};
use crate::app::App;
use crate::domain::access::Tenant;
use crate::domain::enquiry::{Enquiry, from_fields, number};
use crate::domain::lifecycle::Event;
use crate::store::db::{StoreError, Tx};
use crate::store::leads::{self, ChildRow, Entry, GuardianRow, KnownPerson, LeadRow};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

/// What conversations are called in the audit log.
const PROGRAM: &str = "conversation";

/// Makes a lead the enquiry its conversation asked for, or corrects what an earlier turn of that conversation made. Done twice it is done
/// once. A lead that has ended stays as it is; a child that somebody entered, or another conversation did, keeps what it has, and a
/// conversation about another child makes another lead.
///
/// # Errors
/// See [`Refused`]; nothing is stored then.
pub async fn capture(
    app: &App,
    tenant: Tenant,
    (lead_id, conversation_id): (i64, i64),
    fields: &BTreeMap<String, Json>,
) -> Result<(), Refused> {
    let Some(mut enquiry) = from_fields(fields) else { return Ok(()) };
    let actor = Actor { user_id: None, program: PROGRAM.to_owned() };
    let hand = Hand { ids: &app.ids, tenant, actor: &actor, now: app.clock.now() };
    let lead_id = leads::about(app.db.within(tenant), conversation_id).await?.unwrap_or(lead_id);
    let found = leads::find(app.db.within(tenant), lead_id).await?.ok_or(Refused::Missing("lead"))?;
    let mut tx = app.db.begin().await?;
    // In the order of all: the person (what is written of the contact below is theirs as well), the tenant, the lead.
    let person =
        leads::lock_person_by_id(tx.within(tenant), found.person_id, hand.ids.next(hand.now)).await?;
    let person = person.ok_or(Refused::Missing("person"))?;
    // Read under the lock: nothing is made of somebody who was erased meanwhile.
    let now = leads::find(tx.within(tenant), lead_id).await?.ok_or(Refused::Missing("lead"))?;
    if now.erased_at.is_some() {
        return Ok(());
    }
    if now.person_id != found.person_id || now.merged_into.is_some() {
        // It was merged, or taken apart, while this waited for the lock.
        return Err(StoreError::Stale { what: "person" }.into());
    }
    leads::lock_tenant(tx.within(tenant)).await?;
    let (lead_id, known) = target(&mut tx, hand, &person, (&found, conversation_id), &enquiry).await?;
    let mut working = Working::within_tx(app, tenant, &actor, tx, lead_id, None).await?;
    if !working.status()?.is_open() {
        return Ok(());
    }
    if let Some(phone) = enquiry.parents.first_mut().filter(|parent| parent.phone.is_empty()) {
        phone.phone = found.phone.clone().unwrap_or_default();
    }
    // Notes are added to what is there; said twice they are there once.
    let notes = format!("\n{}\n", working.lead.discovery_notes.as_deref().unwrap_or_default());
    enquiry.form.notes = enquiry.form.notes.filter(|note| !notes.contains(&format!("\n{note}\n")));
    let is_new = known.is_none();
    let mut changed = Vec::new();
    let child = match known {
        None => add(&mut working, conversation_id, &enquiry).await?,
        Some(known) if known.conversation_id == Some(conversation_id) => {
            let child = ChildRow {
                id: known.id,
                enquiry_id: known.enquiry_id.clone(),
                ..said(&enquiry, conversation_id)
            };
            if child != known {
                leads::save_child(working.within(), &child, hand.now).await?;
                changed.push("child");
            }
            let parent = guardian(&working.lead, &enquiry);
            if leads::save_guardian(working.within(), child.id, &parent).await? {
                changed.push("parent");
            }
            child
        }
        Some(known) => known,
    };
    let is_own = child.conversation_id == Some(conversation_id);
    if is_own {
        let parent = &enquiry.parents[0];
        let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let (name, phone) = (filled(&parent.name), filled(&parent.phone));
        let contact = Contact {
            name: name.as_deref(),
            phone: phone.as_deref(),
            email: parent.email.as_deref(),
            further: &Map::new(),
            wins: false,
        };
        call(&mut working.tx, tenant, lead_id, contact).await?;
        family(&mut working.tx, tenant, lead_id, &enquiry, &child).await?;
        working.lead.child_id = Some(child.id);
        working.lead.child_name = Some(enquiry.child.name());
        working.lead.enquiry_id = Some(child.enquiry_id.clone());
        working.lead.source = working.lead.source.take().or(enquiry.source);
    }
    changed.extend(fill(&mut working.lead, enquiry.form));
    if !is_new && changed.is_empty() && working.lead.discovery_completed_at.is_some() {
        // It was entered before: a job that ran twice.
        return Ok(());
    }
    working.step(Event::Discovery)?;
    working.lead.discovery_completed_at.get_or_insert(working.now);
    let mut detail = json!({ "enquiry_id": child.enquiry_id, "changed": changed });
    if is_new {
        assigning::in_turn(app, &mut working.tx, hand, &mut working.lead, &mut detail).await?;
    }
    working.done(Event::Discovery.as_str(), None, detail).await?;
    Ok(())
}

/// The lead a conversation is about, and the child it is about already: what this conversation made before; else the person's own, unless
/// that is about another child; else a new one.
async fn target(
    tx: &mut Tx,
    hand: Hand<'_>,
    person: &KnownPerson,
    (found, conversation_id): (&LeadRow, i64),
    enquiry: &Enquiry,
) -> Result<(i64, Option<ChildRow>), Refused> {
    let tenant = hand.tenant;
    if let Some((lead_id, child)) = leads::captured_by(tx.within(tenant), person.id, conversation_id).await? {
        return Ok((lead_id, leads::child(tx.within(tenant), child).await?));
    }
    // Read again: the person's lock keeps it as it is from here on.
    let lead = leads::find(tx.within(tenant), found.id).await?.ok_or(Refused::Missing("lead"))?;
    let known = match lead.child_id {
        Some(child) => leads::child(tx.within(tenant), child).await?,
        None => None,
    };
    let same = |name: Option<&str>| {
        name.is_some_and(|name| name.trim().to_lowercase() == enquiry.child.name().trim().to_lowercase())
    };
    if known.is_none() || same(lead.child_name.as_deref()) {
        return Ok((lead.id, known));
    }
    Ok((new_lead(tx, hand, person, enquiry.source.as_deref()).await?, None))
}

/// The child as the conversation names it.
fn said(enquiry: &Enquiry, conversation_id: i64) -> ChildRow {
    ChildRow {
        id: 0,
        enquiry_id: String::new(),
        first_name: enquiry.child.first_name.clone(),
        last_name: enquiry.child.last_name.clone(),
        dob: enquiry.child.dob.clone(),
        age: enquiry.child.age,
        gender: enquiry.child.gender.map(|gender| gender.as_str().to_owned()),
        conversation_id: Some(conversation_id),
    }
}

/// The parent as the conversation names them.
fn guardian(lead: &LeadRow, enquiry: &Enquiry) -> GuardianRow {
    let parent = &enquiry.parents[0];
    let said = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    GuardianRow {
        person_id: lead.person_id,
        name: said(&parent.name).or_else(|| lead.name.clone()).unwrap_or_default(),
        phone: said(&parent.phone).or_else(|| lead.phone.clone()).unwrap_or_default(),
        email: parent.email.clone().or_else(|| lead.email.clone()),
        relationship: None,
        is_primary: true,
    }
}

/// Adds the child with its parent and its number, and writes down that the lead is an enquiry now.
async fn add(
    working: &mut Working<'_>,
    conversation_id: i64,
    enquiry: &Enquiry,
) -> Result<ChildRow, Refused> {
    let now = working.now;
    let (prefix, n) = leads::next_enquiry(working.within()).await?.ok_or(Refused::Missing("center"))?;
    let child = ChildRow {
        id: working.app.ids.next(now),
        enquiry_id: number(&prefix, n),
        ..said(enquiry, conversation_id)
    };
    leads::add_child(working.within(), &child, now).await?;
    let parent = guardian(&working.lead, enquiry);
    leads::add_guardian(working.within(), child.id, &parent, now).await?;
    let status = working.lead.status.clone();
    let detail = json!({ "enquiry_id": child.enquiry_id, "child_id": child.id }).to_string();
    let entry = Entry {
        id: working.app.ids.next(now),
        lead_id: Some(working.lead.id),
        version: Some(working.lead.version + 1),
        event: Event::Enquiry.as_str(),
        from: Some(&status),
        to: Some(&status),
        reason: None,
        detail,
        user_id: None,
        program: PROGRAM,
    };
    leads::write(working.tx.within(working.tenant), entry, now).await?;
    Ok(child)
}
