//! One row, once it is decided what becomes of it.

use super::super::lifecycle::{Contact, Entering, Hand, Refused, Target, call, enter_within, fill, new_lead};
use super::super::lifecycle::{person_of, record, status_of};
use super::Told;
use crate::clock::Millis;
use crate::domain::enquiry::{Child, Enquiry, Parent};
use crate::domain::identity::Identity;
use crate::domain::import::{Decision, Known, Outcome, Row, is_named, moves};
use crate::domain::lifecycle::Status;
use crate::store::db::{StoreError, Tx};
use crate::store::leads::{self, LeadRow};
use serde_json::{Map, Value as Json, json};

/// What happened, in the audit log.
const EVENT: &str = "import";

/// Where a change comes from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin {
    pub import_id: i64,
    pub row: u64,
}

/// What is to become of a row, and the lead that it would be of then. A lead that is not there yet has no id.
pub(super) fn planned(n: u64, row: &Row, decision: Decision, now: Millis) -> (Told, Option<Known>) {
    let (outcome, lead, why) = match decision {
        Decision::New { beside } => {
            let known = Known {
                lead_id: 0,
                person_id: 0,
                name: row.name.clone(),
                child_name: row.child.as_ref().map(Child::name),
                status: row.status.unwrap_or(Status::EnquiryReceived).as_str().to_owned(),
                created_at: row.created_at.unwrap_or(now),
                row: Some(n),
            };
            let why = beside.map(|(_, why)| why).unwrap_or_default();
            return (
                Told { row: n, outcome: Outcome::Created, lead_id: None, enquiry_id: None, why },
                Some(known),
            );
        }
        Decision::Update { into, event } => {
            let known = Known {
                name: row.name.clone().or(into.name.clone()),
                child_name: row.child.as_ref().map(Child::name).or(into.child_name.clone()),
                status: event
                    .and(row.status)
                    .map_or(into.status.clone(), |status| status.as_str().to_owned()),
                ..into
            };
            (Outcome::Updated, Some(known), String::new())
        }
        Decision::Skip { is, why } => (Outcome::Skipped, Some(is), why),
        Decision::Refuse { is, why } => (Outcome::Refused, Some(is), why),
    };
    let lead_id = lead.as_ref().map(|known| known.lead_id).filter(|id| *id != 0);
    let told = Told { row: n, outcome, lead_id, enquiry_id: None, why };
    (told, lead.filter(|_| outcome == Outcome::Updated))
}

fn enquiry(row: &Row, child: &Child) -> Enquiry {
    let parent = Parent {
        name: row.name.clone().unwrap_or_default(),
        phone: row.phone.clone().unwrap_or_default(),
        email: row.email.clone(),
        relationship: row.relationship.clone(),
    };
    Enquiry {
        child: child.clone(),
        parents: vec![parent],
        source: row.source.clone(),
        form: row.form.clone(),
        assigned_to: row.assigned_to,
    }
}

fn contact<'a>(row: &'a Row, wins: bool) -> Contact<'a> {
    let Row { name, phone, email, further, .. } = row;
    Contact { name: name.as_deref(), phone: phone.as_deref(), email: email.as_deref(), further, wins }
}

fn known(lead: &LeadRow, row: &Row, from: Origin) -> Known {
    Known {
        lead_id: lead.id,
        person_id: lead.person_id,
        name: row.name.clone().or(lead.name.clone()),
        child_name: lead.child_name.clone(),
        status: lead.status.clone(),
        created_at: lead.created_at,
        row: Some(from.row),
    }
}

/// Makes a lead; `beside`: the lead of the same person beside which it must be one of its own, and why.
pub(super) async fn create(
    tx: &mut Tx,
    hand: Hand<'_>,
    from: Origin,
    row: &Row,
    beside: Option<(Known, String)>,
) -> Result<(Told, Option<Known>), Refused> {
    let into = if beside.is_some() { Target::New } else { Target::Open };
    let mut detail = json!({ "import_id": from.import_id, "row": from.row });
    let mut why = String::new();
    if let Some((is, as_known)) = beside {
        lock(tx, hand, is.person_id).await?;
        let whose = leads::find(tx.within(hand.tenant), is.lead_id).await?.map(|lead| lead.person_id);
        if whose != Some(is.person_id) {
            // It became another person's since it was looked up.
            return Err(StoreError::Stale { what: "person" }.into());
        }
        claim(tx, hand, row, is.person_id).await?;
        why = as_known;
    }
    let (mut lead, was, is_known) = match &row.child {
        Some(child) => {
            let Entering { lead, was, child, is_known } =
                enter_within(tx, hand, &enquiry(row, child), into, &row.further).await?;
            detail["enquiry_id"] = json!(child.enquiry_id);
            detail["child_id"] = json!(child.id);
            detail["known_lead"] = json!(is_known);
            (lead, was, is_known)
        }
        None => (plain(tx, hand, row).await?, String::new(), false),
    };
    let at = row.created_at.unwrap_or(hand.now);
    if is_known {
        match moves(Some(status_of(&lead)?), row.status) {
            Ok(event) => {
                move_to(&mut lead, event.and(row.status), hand.now);
                why = format!("lead {} is about the child now", lead.id);
            }
            Err(cannot) => why = format!("lead {} is about the child now, and {cannot}", lead.id),
        }
    } else {
        move_to(&mut lead, row.status, at);
        if row.created_at.is_some() {
            leads::set_created(tx.within(hand.tenant), lead.id, at).await?;
            lead.created_at = at;
        }
    }
    let was = if was.is_empty() { lead.status.clone() } else { was };
    record(tx, hand, &mut lead, &was, (EVENT, None, &detail)).await?;
    let told = Told {
        row: from.row,
        outcome: Outcome::Created,
        lead_id: Some(lead.id),
        enquiry_id: lead.enquiry_id.clone(),
        why,
    };
    let known = known(&lead, row, from);
    Ok((told, Some(known)))
}

fn move_to(lead: &mut LeadRow, status: Option<Status>, at: Millis) {
    let Some(status) = status.filter(|status| status.as_str() != lead.status) else { return };
    lead.status = status.as_str().to_owned();
    lead.status_at = Some(at);
    lead.proposal = None;
    if status == Status::DiscoveryCompleted {
        lead.discovery_completed_at = Some(at);
    }
}

/// What a row's person is known by.
fn identity(row: &Row) -> Identity {
    match (&row.phone, &row.email) {
        (Some(phone), _) => Identity::phone(phone),
        (None, email) => Identity::email(email.as_deref().unwrap_or_default()),
    }
}

/// Takes a person's lock.
async fn lock(tx: &mut Tx, hand: Hand<'_>, person_id: i64) -> Result<(), Refused> {
    let turn = hand.ids.next(hand.now);
    let person = leads::lock_person_by_id(tx.within(hand.tenant), person_id, turn).await?;
    person.map(drop).ok_or(Refused::Missing("person"))
}

/// Lets a person whose lock is held be known by what a row's is known by as well; `false`: somebody is already.
async fn claim(tx: &mut Tx, hand: Hand<'_>, row: &Row, person_id: i64) -> Result<bool, Refused> {
    let identity = identity(row);
    let (kind, key) = (identity.kind.as_str(), identity.key());
    let names = (kind, key.as_str(), identity.value.as_str());
    Ok(leads::add_identity(tx, hand.tenant, person_id, names, hand.now).await?)
}

/// A lead without a child, of whoever has the number, or the address where there is no number.
async fn plain(tx: &mut Tx, hand: Hand<'_>, row: &Row) -> Result<LeadRow, Refused> {
    let person = person_of(tx, hand, &identity(row)).await?;
    let id = new_lead(tx, hand, &person, row.source.as_deref()).await?;
    call(tx, hand.tenant, id, contact(row, false)).await?;
    let mut lead = leads::lock(tx.within(hand.tenant), id).await?.ok_or(Refused::Missing("lead"))?;
    lead.assigned_to = row.assigned_to;
    fill(&mut lead, row.form.clone());
    Ok(lead)
}

/// Writes what a row says into a lead. What it does not say stays, and so does where the lead came from and when.
pub(super) async fn update(
    tx: &mut Tx,
    hand: Hand<'_>,
    from: Origin,
    row: &Row,
    into: Known,
) -> Result<(Told, Option<Known>), Refused> {
    let Hand { tenant, now, .. } = hand;
    let told = |outcome, lead: &LeadRow, why: String| Told {
        row: from.row,
        outcome,
        lead_id: Some(lead.id),
        enquiry_id: lead.enquiry_id.clone(),
        why,
    };
    lock(tx, hand, into.person_id).await?;
    let mut lead = leads::lock(tx.within(tenant), into.lead_id).await?.ok_or(Refused::Missing("lead"))?;
    // Its person may have been erased since it was looked up.
    if lead.erased_at.is_some() {
        return Ok((told(Outcome::Refused, &lead, format!("lead {} was erased meanwhile", lead.id)), None));
    }
    if lead.person_id != into.person_id {
        return Err(StoreError::Stale { what: "person" }.into());
    }
    if let Some(into) = lead.merged_into {
        let why = format!("lead {} was merged into {into} meanwhile", lead.id);
        return Ok((told(Outcome::Refused, &lead, why), None));
    }
    // Somebody may have moved it since it was looked up.
    let event = match moves(Some(status_of(&lead)?), row.status) {
        Ok(event) => event,
        Err(why) => return Ok((told(Outcome::Refused, &lead, format!("lead {} {why}", lead.id)), None)),
    };
    if let Some(child) = &row.child
        && lead.child_id.is_some()
        && !is_named(lead.child_name.as_deref(), Some(&child.name()))
    {
        let why = format!("lead {} is about another child", lead.id);
        return Ok((told(Outcome::Refused, &lead, why), None));
    }
    let is_claimed = claim(tx, hand, row, into.person_id).await?;
    if let Some(phone) = row.phone.as_ref().filter(|_| !is_claimed) {
        let owner = leads::owners(tx.within(tenant), &[Identity::phone(phone).key()]).await?;
        if owner.iter().any(|owner| owner.person_id != into.person_id) {
            // It was nobody's when it was decided to write it here.
            return Err(StoreError::Stale { what: "person" }.into());
        }
    }
    let mut detail = json!({ "import_id": from.import_id, "row": from.row });
    let mut was = lead.status.clone();
    let mut changed = Vec::new();
    let mut form = row.form.clone();
    match &row.child {
        Some(child) if lead.child_id.is_none() => {
            let entered =
                enter_within(tx, hand, &enquiry(row, child), Target::Lead(lead.id), &Map::new()).await?;
            lead = entered.lead;
            was = entered.was;
            detail["enquiry_id"] = json!(entered.child.enquiry_id);
            detail["child_id"] = json!(entered.child.id);
            changed.push("child");
        }
        child => {
            // The same file twice is no second note.
            form.notes = form.notes.filter(|note| {
                lead.discovery_notes.as_deref().is_none_or(|known| !known.contains(note.as_str()))
            });
            changed.extend(fill(&mut lead, form));
            if let Some((child, id)) = child.as_ref().zip(lead.child_id)
                && grown(tx, hand, id, child).await?
            {
                changed.push("child");
            }
            if row.assigned_to.is_some() && row.assigned_to != lead.assigned_to {
                detail["assigned_from"] = json!(lead.assigned_to);
                lead.assigned_to = row.assigned_to;
                changed.push("assigned_to");
            }
        }
    }
    changed.extend(call(tx, tenant, lead.id, contact(row, true)).await?);
    if lead.source.is_none() && row.source.is_some() {
        lead.source = row.source.clone();
        changed.push("source");
    }
    move_to(&mut lead, event.and(row.status), now);
    if changed.is_empty() && lead.status == was {
        return Ok((told(Outcome::Skipped, &lead, format!("lead {} has all of it", lead.id)), None));
    }
    detail["changed"] = Json::from(changed);
    record(tx, hand, &mut lead, &was, (EVENT, None, &detail)).await?;
    let after = Known { row: into.row, ..known(&lead, row, from) };
    Ok((told(Outcome::Updated, &lead, String::new()), Some(after)))
}

/// Writes what a row says of a child that is known; whether that is other than before.
async fn grown(tx: &mut Tx, hand: Hand<'_>, id: i64, said: &Child) -> Result<bool, Refused> {
    let Some(before) = leads::child(tx.within(hand.tenant), id).await? else {
        return Err(Refused::Missing("child"));
    };
    let mut child = before.clone();
    child.dob = said.dob.clone().or(child.dob);
    child.age = said.age.or(child.age);
    child.gender = said.gender.map(|gender| gender.as_str().to_owned()).or(child.gender);
    let is_other = (&child.dob, child.age, &child.gender) != (&before.dob, before.age, &before.gender);
    if is_other {
        leads::save_child(tx.within(hand.tenant), &child, hand.now).await?;
    }
    Ok(is_other)
}
