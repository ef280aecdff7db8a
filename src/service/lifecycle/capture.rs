//! A conversation that asked for all of it becomes an enquiry whose discovery is completed.

use super::contact::{Contact, call};
use super::enquiries::family;
use super::moves::fill;
use super::{Actor, Refused, Working, assigning};
use crate::app::App;
use crate::domain::access::Tenant;
use crate::domain::enquiry::{from_fields, number};
use crate::domain::lifecycle::Event;
use crate::store::leads::{self, ChildRow, Entry, GuardianRow};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

/// What conversations are called in the audit log.
const PROGRAM: &str = "conversation";

/// Makes a lead the enquiry its conversation asked for, or corrects what an earlier turn of it made. Done twice it is done once. A lead
/// that has ended, or that is about a child somebody entered, keeps what it has.
///
/// # Errors
/// See [`Refused`]; nothing is stored then.
pub async fn capture(
    app: &App,
    tenant: Tenant,
    lead_id: i64,
    fields: &BTreeMap<String, Json>,
) -> Result<(), Refused> {
    let Some(mut enquiry) = from_fields(fields) else { return Ok(()) };
    let actor = Actor { user_id: None, program: PROGRAM.to_owned() };
    let found = leads::find(app.db.within(tenant), lead_id).await?.ok_or(Refused::Missing("lead"))?;
    // The person before the lead, as turns do: what is written of the contact below is theirs as well.
    let mut tx = app.db.begin().await?;
    let turn = app.ids.next(app.clock.now());
    leads::lock_person_by_id(tx.within(tenant), found.person_id, turn).await?;
    let mut working = Working::within_tx(app, tenant, &actor, tx, lead_id, None).await?;
    if !working.status()?.is_open() {
        return Ok(());
    }
    // Notes are added to what is there; said twice they are there once.
    let is_noted = |note: &String| {
        working.lead.discovery_notes.as_deref().is_some_and(|notes| notes.lines().any(|line| line == note))
    };
    enquiry.form.notes = enquiry.form.notes.filter(|note| !is_noted(note));
    let known = match working.lead.child_id {
        Some(child) => leads::child(working.within(), child).await?,
        None => None,
    };
    let child = ChildRow {
        id: known.as_ref().map_or_else(|| app.ids.next(working.now), |known| known.id),
        enquiry_id: match &known {
            Some(known) => known.enquiry_id.clone(),
            None => {
                let next = leads::next_enquiry(working.within()).await?;
                let (prefix, n) = next.ok_or(Refused::Missing("center"))?;
                number(&prefix, n)
            }
        },
        first_name: enquiry.child.first_name.clone(),
        last_name: enquiry.child.last_name.clone(),
        dob: enquiry.child.dob.clone(),
        age: enquiry.child.age,
        gender: enquiry.child.gender.map(|gender| gender.as_str().to_owned()),
    };
    let (is_known, now) = (known.is_some(), working.now);
    let child_changed = known.as_ref().is_some_and(|known| *known != child);
    if is_known {
        leads::save_child(working.within(), &child, now).await?;
    } else {
        add(&mut working, &child, &enquiry).await?;
    }
    if let Some(phone) = enquiry.parents.first_mut().filter(|parent| parent.phone.is_empty()) {
        phone.phone = working.lead.phone.clone().unwrap_or_default();
    }
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
    let mut changed = fill(&mut working.lead, enquiry.form);
    if child_changed {
        changed.push("child");
    }
    if is_known && changed.is_empty() && working.lead.discovery_completed_at.is_some() {
        // It was entered before: a job that ran twice.
        return Ok(());
    }
    working.step(Event::Discovery)?;
    working.lead.discovery_completed_at.get_or_insert(working.now);
    let mut detail = json!({ "enquiry_id": child.enquiry_id, "changed": changed });
    if !is_known {
        let hand = working.hand();
        assigning::in_turn(app, &mut working.tx, hand, &mut working.lead, &mut detail).await?;
    }
    working.done(Event::Discovery.as_str(), None, detail).await?;
    Ok(())
}

/// Adds the child with its parent, and writes down that the lead is an enquiry now.
async fn add(
    working: &mut Working<'_>,
    child: &ChildRow,
    enquiry: &crate::domain::enquiry::Enquiry,
) -> Result<(), Refused> {
    let now = working.now;
    leads::add_child(working.within(), child, now).await?;
    let parent = &enquiry.parents[0];
    let guardian = GuardianRow {
        person_id: working.lead.person_id,
        name: working.lead.name.clone().unwrap_or_else(|| parent.name.clone()),
        phone: working.lead.phone.clone().unwrap_or_else(|| parent.phone.clone()),
        email: parent.email.clone().or_else(|| working.lead.email.clone()),
        relationship: None,
        is_primary: true,
    };
    leads::add_guardian(working.within(), child.id, &guardian, now).await?;
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
    Ok(())
}
