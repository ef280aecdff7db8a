//! Leads moved on by hand: discovery, status, conversion, closing, reopening; edits, and leads put aside.

use super::{Actor, Refused, Working, assigning, status_of};
use crate::app::App;
use crate::domain::access::Tenant;
use crate::domain::enquiry::{Form, noted};
use crate::domain::lifecycle::{Event, NotAllowed, Status};
use crate::store::leads::{self, LeadRow};
use serde_json::{Value as Json, json};

/// Where a lead is to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// The discovery form was filled in.
    Discovery(Form),
    /// Somebody is to speak with them; what for.
    FollowUp(Option<String>),
    /// They bought, under this reference; what else is to be noted.
    Convert(String, Option<String>),
    /// Nothing came of it, because of this; what else is to be noted.
    Close(String, Option<String>),
    /// It begins again, because of this.
    Reopen(String),
    /// Only a note.
    Note(String),
}

impl Move {
    /// Does it.
    ///
    /// # Errors
    /// See [`Refused`].
    pub async fn make(
        self,
        app: &App,
        tenant: Tenant,
        actor: &Actor,
        lead_id: i64,
        expected: Option<i64>,
    ) -> Result<LeadRow, Refused> {
        let mut working = Working::begin(app, tenant, actor, lead_id, expected).await?;
        match self {
            Move::Discovery(form) => {
                working.step(Event::Discovery)?;
                let changed = fill(&mut working.lead, form);
                working.lead.discovery_completed_at.get_or_insert(working.now);
                working.done(Event::Discovery.as_str(), None, json!({ "changed": changed })).await
            }
            Move::FollowUp(note) => {
                working.step(Event::FollowUp)?;
                let changed = fill(&mut working.lead, Form { notes: note, ..Form::default() });
                working.done(Event::FollowUp.as_str(), None, json!({ "changed": changed })).await
            }
            Move::Convert(reference, note) => {
                working.step(Event::Convert)?;
                fill(&mut working.lead, Form { notes: note, ..Form::default() });
                working.lead.converted_at = Some(working.now);
                working.lead.customer_ref = Some(reference.clone());
                working.done(Event::Convert.as_str(), None, json!({ "customer_ref": reference })).await
            }
            Move::Close(reason, note) => {
                working.close(Event::Close, &reason)?;
                fill(&mut working.lead, Form { notes: note, ..Form::default() });
                working.done(Event::Close.as_str(), Some(&reason), json!({})).await
            }
            Move::Reopen(reason) => {
                let ended = json!({
                    "closed_reason": working.lead.closed_reason, "customer_ref": working.lead.customer_ref,
                });
                working.step(Event::Reopen)?;
                // How it ended before stays in the log; the lead has not ended.
                working.lead.closed_reason = None;
                working.lead.closed_at = None;
                working.lead.customer_ref = None;
                working.lead.converted_at = None;
                working.done(Event::Reopen.as_str(), Some(&reason), ended).await
            }
            Move::Note(note) => {
                let changed = fill(&mut working.lead, Form { notes: Some(note), ..Form::default() });
                working.done("note", None, json!({ "changed": changed })).await
            }
        }
    }
}

/// Writes a form into a lead; the names of the fields that are other than before.
pub(in crate::service) fn fill(lead: &mut LeadRow, form: Form) -> Vec<&'static str> {
    let mut changed = Vec::new();
    let mut set = |name, field: &mut Option<String>, value: Option<String>| {
        if value.is_some() && *field != value {
            *field = value;
            changed.push(name);
        }
    };
    let expectations = form
        .parent_expectations
        .map(|keys| serde_json::to_string(&keys).expect("a list of texts always serialises"));
    set("school", &mut lead.school, form.school);
    set("preferred_schedule", &mut lead.preferred_schedule, form.preferred_schedule);
    set("parent_expectations", &mut lead.parent_expectations, expectations);
    let notes = form.notes.map(|note| noted(lead.discovery_notes.as_deref(), &note));
    set("discovery_notes", &mut lead.discovery_notes, notes);
    changed
}

/// A status that somebody sets by hand. Only statuses that an event without more leads to can be set so; where the lead is there
/// already, a note is all that is left of it.
///
/// # Errors
/// See [`Refused`].
pub async fn set_status(
    app: &App,
    tenant: Tenant,
    actor: &Actor,
    (lead_id, expected): (i64, Option<i64>),
    to: Status,
    (note, reason, reference): (Option<String>, Option<String>, Option<String>),
) -> Result<LeadRow, Refused> {
    let lead = leads::find(app.db.within(tenant), lead_id).await?.ok_or(Refused::Missing("lead"))?;
    let from = status_of(&lead)?;
    // Whatever happens between here and the lock, the lead's own status decides what is possible.
    let expected = expected.or(Some(lead.version));
    if from == to {
        return match note {
            Some(note) => Move::Note(note).make(app, tenant, actor, lead_id, expected).await,
            None => Ok(lead),
        };
    }
    let needs =
        |pointer: &str, what: &str| Err(Refused::invalid(pointer, format!("{} needs {what}", to.as_str())));
    let by = |what: &str| Err(Refused::invalid("/status", format!("{} is reached by {what}", to.as_str())));
    let with_note = Form { notes: note.clone(), ..Form::default() };
    let movement = match to {
        Status::DiscoveryCompleted if from == Status::EnquiryReceived => Move::Discovery(with_note),
        _ if !from.is_open() => {
            let event = match to {
                Status::Converted => Event::Convert,
                Status::ClosedLost => Event::Close,
                Status::IvScheduled | Status::IvCompleted | Status::IvNoShow => Event::VisitScheduled,
                Status::DiscoveryCompleted | Status::EnquiryReceived => Event::Discovery,
                Status::FollowUpPending => Event::FollowUp,
            };
            return Err(NotAllowed { event, status: from }.into());
        }
        Status::DiscoveryCompleted | Status::EnquiryReceived => {
            let (from, to) = (from.as_str(), to.as_str());
            return Err(Refused::Settled(format!("a lead that is {from} does not become {to} any more")));
        }
        Status::FollowUpPending => Move::FollowUp(note),
        Status::Converted => match reference {
            Some(reference) => Move::Convert(reference, note),
            None => return needs("/customer_ref", "the customer's reference"),
        },
        Status::ClosedLost => match reason {
            Some(reason) => Move::Close(reason, note),
            None => return needs("/reason", "a reason"),
        },
        Status::IvScheduled => return by("POST /api/v1/leads/{id}/intro-visit"),
        Status::IvCompleted | Status::IvNoShow => {
            return by("PATCH /api/v1/intro-visits/{id} with its outcome");
        }
    };
    movement.make(app, tenant, actor, lead_id, expected).await
}

/// Changes by hand that do not move the lead on.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    /// What they look for.
    pub form: Form,
    /// Who works it; `Some(None)`: nobody.
    pub assigned_to: Option<Option<i64>>,
}

/// Edits a lead.
///
/// # Errors
/// See [`Refused`].
pub async fn edit(
    app: &App,
    tenant: Tenant,
    actor: &Actor,
    (lead_id, expected): (i64, Option<i64>),
    edit: Edit,
) -> Result<LeadRow, Refused> {
    let mut working = Working::begin(app, tenant, actor, lead_id, expected).await?;
    let mut detail = json!({});
    let changed = fill(&mut working.lead, edit.form);
    let mut event = "edit";
    if let Some(user_id) = edit.assigned_to.filter(|user_id| *user_id != working.lead.assigned_to) {
        working.works_here("/assigned_to_user_id", user_id).await?;
        detail["assigned_from"] = json!(working.lead.assigned_to);
        detail["assigned_to"] = json!(user_id);
        working.lead.assigned_to = user_id;
        event = "assign";
    }
    if changed.is_empty() && event == "edit" {
        return Ok(working.lead);
    }
    if !changed.is_empty() {
        detail["changed"] = json!(changed);
    }
    working.done(event, None, detail).await
}

/// Gives a lead to the counselor whose turn it is.
///
/// # Errors
/// See [`Refused`]; where nobody is there who has room, the lead stays as it is.
pub async fn assign_next(
    app: &App,
    tenant: Tenant,
    actor: &Actor,
    (lead_id, expected): (i64, Option<i64>),
) -> Result<LeadRow, Refused> {
    // The tenant before the lead, as enquiries do.
    let mut tx = app.db.begin().await?;
    leads::lock_tenant(tx.within(tenant)).await?;
    let mut working = Working::within_tx(app, tenant, actor, tx, lead_id, expected).await?;
    let mut detail = json!({ "assigned_from": working.lead.assigned_to });
    let hand = working.hand();
    if !assigning::to_next(&mut working.tx, hand, &mut working.lead, &mut detail).await? {
        return Err(Refused::Settled("no counselor is there who has room; see GET /api/v1/users".to_owned()));
    }
    working.done("assign", None, detail).await
}

/// Puts a lead aside, or takes it up again. It is never deleted by this.
///
/// # Errors
/// See [`Refused`].
pub async fn set_active(
    app: &App,
    tenant: Tenant,
    actor: &Actor,
    (lead_id, expected): (i64, Option<i64>),
    is_active: bool,
) -> Result<LeadRow, Refused> {
    let mut working = Working::begin(app, tenant, actor, lead_id, expected).await?;
    if working.lead.is_active == is_active {
        return Ok(working.lead);
    }
    working.lead.is_active = is_active;
    working
        .done(if is_active { "activate" } else { "deactivate" }, None, Json::Object(serde_json::Map::new()))
        .await
}
