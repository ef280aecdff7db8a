//! An enquiry that somebody enters: parents known by their numbers, the child, its number, and the lead about it, in one transaction.

use super::contact::{Contact, call};
use super::moves::fill;
use super::{Actor, Hand, Refused, assigning, record, works_here};
use crate::app::App;
use crate::domain::access::Tenant;
use crate::domain::enquiry::{Enquiry, Parent, number};
use crate::domain::identity::Identity;
use crate::domain::keywords;
use crate::domain::lifecycle::{Event, Status};
use crate::store::db::{StoreError, Tx};
use crate::store::leads::{self, ChildRow, GuardianRow, KnownPerson, LeadRow, NewLead};
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
    let (tx, lead, child) = loop {
        tried += 1;
        match try_enter(app, tenant, actor, enquiry).await {
            Err(Refused::Store(error)) if error.is_passing() && tried < TRIES => {}
            outcome => break outcome?,
        }
    };
    // A commit of which nobody knows whether it happened is not made again: there would be a second child.
    tx.commit().await?;
    Ok((lead, child))
}

async fn try_enter(
    app: &App,
    tenant: Tenant,
    actor: &Actor,
    enquiry: &Enquiry,
) -> Result<(Tx, LeadRow, ChildRow), Refused> {
    let hand = Hand { ids: &app.ids, tenant, actor, now: app.clock.now() };
    let mut tx = app.db.begin().await?;
    works_here(tx.within(tenant), "/assigned_to_user_id", enquiry.assigned_to).await?;
    let Entering { mut lead, was, child, is_known } =
        enter_within(&mut tx, hand, enquiry, Target::Open, &Map::new()).await?;
    let mut detail = json!({ "enquiry_id": child.enquiry_id, "child_id": child.id, "known_lead": is_known });
    assigning::in_turn(app, &mut tx, hand, &mut lead, &mut detail).await?;
    record(&mut tx, hand, &mut lead, &was, (Event::Enquiry.as_str(), None, &detail)).await?;
    Ok((tx, lead, child))
}

/// Which lead an enquiry becomes.
#[derive(Clone, Copy, Debug)]
pub(in crate::service) enum Target {
    /// The first parent's that is open and about no child yet, or a new one.
    Open,
    /// A new one.
    New,
    /// This one, which is the first parent's and about no child yet.
    Lead(i64),
}

/// An enquiry that is entered but for its lead's last word: [`record`] writes that.
#[derive(Clone, Debug)]
pub(in crate::service) struct Entering {
    /// The lead as it is to be written.
    pub lead: LeadRow,
    /// What it stood at.
    pub was: String,
    /// The child.
    pub child: ChildRow,
    /// Whether the lead was there before.
    pub is_known: bool,
}

/// Enters an enquiry in a transaction that may enter others as well; `further` goes into the lead's fields.
pub(in crate::service) async fn enter_within(
    tx: &mut Tx,
    hand: Hand<'_>,
    enquiry: &Enquiry,
    into: Target,
    further: &Map<String, Json>,
) -> Result<Entering, Refused> {
    let Hand { ids, tenant, now, .. } = hand;
    let persons = persons(tx, hand, &enquiry.parents).await?;
    // The number last but one: whoever takes it holds up all other enquiries of the tenant until the end of the transaction.
    let Some((prefix, n)) = leads::next_enquiry(tx.within(tenant)).await? else {
        return Err(Refused::Missing("center"));
    };
    let child = ChildRow {
        id: ids.next(now),
        enquiry_id: number(&prefix, n),
        first_name: enquiry.child.first_name.clone(),
        last_name: enquiry.child.last_name.clone(),
        dob: enquiry.child.dob.clone(),
        age: enquiry.child.age,
        gender: enquiry.child.gender.map(|gender| gender.as_str().to_owned()),
        conversation_id: None,
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
    let known = match into {
        Target::Open => leads::without_child(tx.within(tenant), first.id).await?,
        Target::New => None,
        Target::Lead(id) => Some(id),
    };
    let lead_id = match known {
        Some(lead_id) => lead_id,
        None => new_lead(tx, hand, first, enquiry.source.as_deref()).await?,
    };
    let parent = &enquiry.parents[0];
    let contact = Contact {
        name: Some(&parent.name),
        phone: Some(&parent.phone),
        email: parent.email.as_deref(),
        further,
        wins: false,
    };
    call(tx, tenant, lead_id, contact).await?;
    family(tx, tenant, lead_id, enquiry, &child).await?;
    let mut lead = leads::lock(tx.within(tenant), lead_id).await?.ok_or(Refused::Missing("lead"))?;
    let is_open = Status::parse(&lead.status).is_some_and(Status::is_open);
    if matches!(into, Target::Open) && !(is_open && lead.is_active && lead.child_id.is_none()) {
        // Somebody closed it, or made it another child's, since it was looked for.
        return Err(StoreError::Stale { what: "lead" }.into());
    }
    let was = lead.status.clone();
    lead.child_id = Some(child.id);
    lead.child_name = Some(enquiry.child.name());
    lead.enquiry_id = Some(child.enquiry_id.clone());
    lead.source = lead.source.or_else(|| enquiry.source.clone());
    lead.assigned_to = enquiry.assigned_to.or(lead.assigned_to);
    fill(&mut lead, enquiry.form.clone());
    Ok(Entering { lead, was, child, is_known: known.is_some() })
}

/// Adds a lead of a person whose lock is held. Conversations go on in the lead they are in; a person who has none yet gets this one.
pub(in crate::service) async fn new_lead(
    tx: &mut Tx,
    hand: Hand<'_>,
    person: &KnownPerson,
    source: Option<&str>,
) -> Result<i64, Refused> {
    let Hand { ids, tenant, actor, now } = hand;
    let id = if person.lead_id == 0 { ids.next(now) } else { person.lead_id };
    let is_taken = leads::find(tx.within(tenant), id).await?.is_some();
    let id = if is_taken { ids.next(now) } else { id };
    let new = NewLead { id, person_id: person.id, source, created_by: actor.user_id };
    leads::add_lead(tx.within(tenant), &new, now).await?;
    Ok(id)
}

/// The parents as persons, in their order, each under its lock. Locks are taken in the order of the numbers, so that two enquiries
/// that name the same parents do not wait for each other.
async fn persons(tx: &mut Tx, hand: Hand<'_>, parents: &[Parent]) -> Result<Vec<KnownPerson>, Refused> {
    let mut keys: Vec<(String, Identity)> = parents
        .iter()
        .map(|parent| Identity::phone(&parent.phone))
        .map(|identity| (identity.key(), identity))
        .collect();
    keys.sort_by(|(one, _), (other, _)| one.cmp(other));
    keys.dedup_by(|(one, _), (other, _)| one == other);
    let mut locked: Vec<(String, KnownPerson)> = Vec::new();
    for (key, identity) in keys {
        let person = person_of(tx, hand, &identity).await?;
        locked.push((key, person));
    }
    let of = |parent: &Parent| {
        let key = Identity::phone(&parent.phone).key();
        locked.iter().find(|(known, _)| *known == key).expect("every parent was looked for").1.clone()
    };
    Ok(parents.iter().map(of).collect())
}

/// Whoever has an identity, or a new person who has it from now on; under their lock.
pub(in crate::service) async fn person_of(
    tx: &mut Tx,
    hand: Hand<'_>,
    identity: &Identity,
) -> Result<KnownPerson, Refused> {
    let Hand { ids, tenant, now, .. } = hand;
    let (kind, key, turn) = (identity.kind.as_str(), identity.key(), ids.next(now));
    if let Some(person) = leads::lock_person(tx.within(tenant), (kind, &key), turn).await? {
        return Ok(person);
    }
    let person = KnownPerson { id: ids.next(now), turn, lead_id: ids.next(now) };
    if leads::add_person(tx, tenant, &person, (kind, &key, &identity.value), now).await? {
        return Ok(person);
    }
    // Somebody else entered them just now, and has committed it.
    let known = leads::lock_person(tx.within(tenant), (kind, &key), turn).await?;
    Ok(known.ok_or(StoreError::Stale { what: "person" })?)
}

/// Writes what else a lead is found by: its child and all its parents.
pub(super) async fn family(
    tx: &mut Tx,
    tenant: Tenant,
    lead_id: i64,
    enquiry: &Enquiry,
    child: &ChildRow,
) -> Result<(), Refused> {
    let names =
        enquiry.parents.iter().flat_map(|parent| [Some(parent.name.as_str()), parent.email.as_deref()]);
    let own = [Some(child.first_name.as_str()), child.last_name.as_deref(), Some(child.enquiry_id.as_str())];
    let phones = enquiry.parents.iter().map(|parent| parent.phone.as_str());
    let family = keywords::further(own.into_iter().chain(names).flatten(), phones);
    leads::add_words(tx.within(tenant), lead_id, &family).await?;
    Ok(())
}
