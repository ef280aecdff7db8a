//! An enquiry that somebody enters: parents known by their numbers, the child, its number, and the lead about it, in one transaction.

use super::moves::fill;
use super::{Actor, Refused, Working, works_here};
use crate::app::App;
use crate::clock::Millis;
use crate::domain::access::Tenant;
use crate::domain::enquiry::{Enquiry, Parent, number};
use crate::domain::identity::Identity;
use crate::domain::keywords;
use crate::domain::lifecycle::Event;
use crate::store::db::{StoreError, Tx};
use crate::store::leads::{self, ChildRow, FieldsRow, GuardianRow, KnownPerson, LeadRow, NewLead};
use serde_json::{Map, Value as Json, json};

/// A person may be in a turn, and two enquiries may name the same parents: so many times it is begun again.
const TRIES: usize = 5;

/// Enters an enquiry. The first parent's lead is used where it is about no child yet, a new one made where not.
///
/// # Errors
/// See [`Refused`]; nothing is stored then.
pub async fn enter(
    app: &App,
    tenant: Tenant,
    actor: &Actor,
    enquiry: &Enquiry,
) -> Result<(LeadRow, ChildRow), Refused> {
    let mut tried = 0;
    loop {
        tried += 1;
        match try_enter(app, tenant, actor, enquiry).await {
            Err(Refused::Store(error)) if error.is_passing() && tried < TRIES => {}
            outcome => return outcome,
        }
    }
}

async fn try_enter(
    app: &App,
    tenant: Tenant,
    actor: &Actor,
    enquiry: &Enquiry,
) -> Result<(LeadRow, ChildRow), Refused> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    works_here(tx.within(tenant), "/assigned_to_user_id", enquiry.assigned_to).await?;
    let persons = persons(app, &mut tx, tenant, &enquiry.parents, now).await?;
    // The number last but one: whoever takes it holds up all other enquiries of the tenant until the end of the transaction.
    let Some((prefix, n)) = leads::next_enquiry(tx.within(tenant)).await? else {
        return Err(Refused::Missing("center"));
    };
    let child = ChildRow {
        id: app.ids.next(now),
        enquiry_id: number(&prefix, n),
        first_name: enquiry.child.first_name.clone(),
        last_name: enquiry.child.last_name.clone(),
        dob: enquiry.child.dob.clone(),
        age: enquiry.child.age,
        gender: enquiry.child.gender.map(|gender| gender.as_str().to_owned()),
    };
    leads::add_child(tx.within(tenant), &child, now).await?;
    for (person, (n, parent)) in persons.iter().zip(enquiry.parents.iter().enumerate()) {
        let guardian = GuardianRow {
            person_id: person.id,
            name: parent.name.clone(),
            phone: parent.phone.clone(),
            email: parent.email.clone(),
            relationship: parent.relationship.clone(),
            is_primary: n == 0,
        };
        leads::add_guardian(tx.within(tenant), child.id, &guardian, now).await?;
    }
    let first = &persons[0];
    let known = leads::without_child(tx.within(tenant), first.id).await?;
    let lead_id = match known {
        Some(lead_id) => lead_id,
        None => {
            // Conversations go on in the lead they are in; a person who has none yet gets this one.
            let id = if first.lead_id == 0 { app.ids.next(now) } else { first.lead_id };
            let is_taken = leads::find(tx.within(tenant), id).await?.is_some();
            let id = if is_taken { app.ids.next(now) } else { id };
            let source = enquiry.source.as_deref();
            let new = NewLead { id, person_id: first.id, source, created_by: actor.user_id };
            leads::add_lead(tx.within(tenant), &new, now).await?;
            id
        }
    };
    describe(&mut tx, tenant, lead_id, enquiry, &child).await?;
    let lead = leads::lock(tx.within(tenant), lead_id).await?.ok_or(Refused::Missing("lead"))?;
    let was = lead.status.clone();
    let mut working = Working { app, tenant, actor, now, tx, lead, was };
    working.lead.child_id = Some(child.id);
    working.lead.child_name = Some(enquiry.child.name());
    working.lead.enquiry_id = Some(child.enquiry_id.clone());
    working.lead.source = working.lead.source.or_else(|| enquiry.source.clone());
    working.lead.assigned_to = enquiry.assigned_to.or(working.lead.assigned_to);
    fill(&mut working.lead, enquiry.form.clone());
    let mut detail =
        json!({ "enquiry_id": child.enquiry_id, "child_id": child.id, "known_lead": known.is_some() });
    working.give_in_turn(&mut detail).await?;
    let lead = working.done(Event::Enquiry.as_str(), None, detail).await?;
    Ok((lead, child))
}

/// The parents as persons, in their order, each under its lock. Locks are taken in the order of the numbers, so that two enquiries
/// that name the same parents do not wait for each other.
async fn persons(
    app: &App,
    tx: &mut Tx,
    tenant: Tenant,
    parents: &[Parent],
    now: Millis,
) -> Result<Vec<KnownPerson>, Refused> {
    let mut keys: Vec<(String, &Parent)> =
        parents.iter().map(|parent| (Identity::phone(&parent.phone).key(), parent)).collect();
    keys.sort_by(|(one, _), (other, _)| one.cmp(other));
    keys.dedup_by(|(one, _), (other, _)| one == other);
    let mut locked: Vec<(String, KnownPerson)> = Vec::new();
    for (key, parent) in keys {
        let turn = app.ids.next(now);
        let person = match leads::lock_person(tx.within(tenant), ("phone", &key), turn).await? {
            Some(person) => person,
            None => {
                let person = KnownPerson { id: app.ids.next(now), turn, lead_id: app.ids.next(now) };
                if leads::add_person(tx, tenant, &person, (&key, &parent.phone), now).await? {
                    person
                } else {
                    // Somebody else entered them just now, and has committed it.
                    let known = leads::lock_person(tx.within(tenant), ("phone", &key), turn).await?;
                    known.ok_or(StoreError::Stale { what: "person" })?
                }
            }
        };
        locked.push((key, person));
    }
    let of = |parent: &Parent| {
        let key = Identity::phone(&parent.phone).key();
        locked.iter().find(|(known, _)| *known == key).expect("every parent was looked for").1.clone()
    };
    Ok(parents.iter().map(of).collect())
}

/// Writes what the lead is called and found by. What the person said of themselves stays.
pub(super) async fn describe(
    tx: &mut Tx,
    tenant: Tenant,
    lead_id: i64,
    enquiry: &Enquiry,
    child: &ChildRow,
) -> Result<(), Refused> {
    let Some(known) = leads::fields(tx.within(tenant), lead_id).await? else {
        return Err(Refused::Missing("lead"));
    };
    let parent = &enquiry.parents[0];
    let mut fields: Map<String, Json> = serde_json::from_str(&known.fields)
        .map_err(|source| StoreError::Corrupt { column: "leads.fields", source: source.into() })?;
    let mut keep = |name: &str, known: Option<String>, said: Option<&str>| {
        let value = known.or_else(|| said.map(str::to_owned));
        if let Some(value) = &value {
            fields.entry(name).or_insert_with(|| json!(value));
        }
        value
    };
    let contact = FieldsRow {
        name: keep("name", known.name, Some(&parent.name)),
        phone: keep("phone", known.phone, Some(&parent.phone)),
        email: keep("email", known.email, parent.email.as_deref()),
        sender_name: known.sender_name,
        fields: String::new(),
    };
    let contact = FieldsRow { fields: Json::Object(fields).to_string(), ..contact };
    let texts = [contact.name.as_deref(), contact.sender_name.as_deref(), contact.email.as_deref()];
    let words = keywords::of_lead(tenant.0, texts.into_iter().flatten(), contact.phone.as_deref());
    leads::set_contact(tx.within(tenant), lead_id, &contact, &words).await?;
    let names =
        enquiry.parents.iter().flat_map(|parent| [Some(parent.name.as_str()), parent.email.as_deref()]);
    let own = [Some(child.first_name.as_str()), child.last_name.as_deref(), Some(child.enquiry_id.as_str())];
    let phones = enquiry.parents.iter().map(|parent| parent.phone.as_str());
    let family = keywords::further(own.into_iter().chain(names).flatten(), phones);
    leads::add_words(tx.within(tenant), lead_id, &family).await?;
    Ok(())
}
