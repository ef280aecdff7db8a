//! Follow-ups: that somebody is to speak with a lead, and what came of it.

use super::visits::{self, NewVisit};
use super::{Actor, Refused, Working, reminders, stale};
use crate::app::App;
use crate::clock::Millis;
use crate::domain::access::Tenant;
use crate::domain::enquiry::noted;
use crate::domain::lifecycle::{Event, FollowUpOutcome};
use crate::store::db::StoreError;
use crate::store::leads::{self, FollowUpRow};
use serde_json::json;

/// Still to be done.
pub const PENDING: &str = "PENDING";
const COMPLETED: &str = "COMPLETED";
const CANCELLED: &str = "CANCELLED";

/// A follow-up that is planned.
#[derive(Clone, Debug)]
pub struct NewFollowUp {
    /// When.
    pub scheduled_at: Millis,
    /// By whose clock, an IANA name.
    pub time_zone: String,
    /// What about.
    pub notes: Option<String>,
    /// Who is to; `None`: whoever works the lead, else whoever plans it.
    pub assigned_to: Option<i64>,
}

/// Plans a follow-up; the lead goes to FOLLOW_UP_PENDING.
///
/// # Errors
/// See [`Refused`].
pub async fn plan_follow_up(
    app: &App,
    tenant: Tenant,
    actor: &Actor,
    (lead_id, expected): (i64, Option<i64>),
    new: NewFollowUp,
) -> Result<FollowUpRow, Refused> {
    let mut working = Working::begin(app, tenant, actor, lead_id, expected).await?;
    working.works_here("/assigned_to_user_id", new.assigned_to).await?;
    working.step(Event::FollowUp)?;
    let follow_up = add(&mut working, new).await?;
    let detail = json!({ "follow_up_id": follow_up.id, "scheduled_at": follow_up.scheduled_at });
    working.done(Event::FollowUp.as_str(), None, detail).await?;
    Ok(follow_up)
}

async fn add(working: &mut Working<'_>, new: NewFollowUp) -> Result<FollowUpRow, Refused> {
    let NewFollowUp { scheduled_at, time_zone, notes, assigned_to } = new;
    let (now, by) = (working.now, working.actor.user_id);
    let follow_up = FollowUpRow {
        id: working.app.ids.next(now),
        lead_id: working.lead.id,
        scheduled_at,
        time_zone,
        completed_at: None,
        status: PENDING.to_owned(),
        outcome: None,
        notes,
        assigned_to: assigned_to.or(working.lead.assigned_to).or(by),
        dates: 1,
        version: 0,
        created_by: by,
        updated_by: by,
        created_at: now,
        updated_at: now,
    };
    leads::add_follow_up(working.within(), &follow_up).await?;
    reminders::write(working.app, &mut working.tx, working.tenant, &follow_up, now).await?;
    Ok(follow_up)
}

/// What is said of a follow-up; what is not given stays.
#[derive(Clone, Debug, Default)]
pub struct FollowUpChange {
    /// The version that was seen.
    pub expected: Option<i64>,
    /// Another date.
    pub scheduled_at: Option<Millis>,
    /// By another clock.
    pub time_zone: Option<String>,
    /// Somebody else is to.
    pub assigned_to: Option<Option<i64>>,
    /// Added to the notes.
    pub notes: Option<String>,
    /// It is not to be done any more.
    pub cancels: bool,
    /// What came of it; it is done then.
    pub outcome: Option<FollowUpOutcome>,
    /// It is done, and nothing in particular came of it.
    pub completes: bool,
    /// When they are to be asked again, with POSTPONED.
    pub next: Option<NewFollowUp>,
    /// When they come, with SCHEDULED_IV.
    pub visit: Option<NewVisit>,
    /// Why, with LOST.
    pub reason: Option<String>,
}

/// A follow-up that was changed, and what was planned with it.
#[derive(Clone, Debug)]
pub struct Followed {
    /// The follow-up.
    pub follow_up: FollowUpRow,
    /// The next one.
    pub next_follow_up_id: Option<i64>,
    /// The visit.
    pub visit_id: Option<i64>,
}

/// Changes a follow-up; its outcome moves the lead.
///
/// # Errors
/// See [`Refused`].
pub async fn change_follow_up(
    app: &App,
    tenant: Tenant,
    actor: &Actor,
    id: i64,
    change: FollowUpChange,
) -> Result<Followed, Refused> {
    let missing = || Refused::Missing("follow-up");
    let found = leads::follow_up(app.db.within(tenant), id).await?.ok_or_else(missing)?;
    let mut working = Working::begin(app, tenant, actor, found.lead_id, None).await?;
    let mut follow_up = leads::follow_up(working.within(), id).await?.ok_or_else(missing)?;
    if follow_up.lead_id != working.lead.id {
        // Its lead was merged into another, or taken apart again.
        return Err(StoreError::Stale { what: "follow-up" }.into());
    }
    if change.expected.is_some_and(|expected| expected != follow_up.version) {
        let lead = working.lead.clone();
        return Err(stale(working.within(), &lead, follow_up.version).await?);
    }
    let before = follow_up.clone();
    let settles = change.outcome.is_some() || change.cancels || change.completes;
    if before.status != PENDING && (settles || change.scheduled_at.is_some() || change.assigned_to.is_some())
    {
        return Err(Refused::Settled(format!(
            "this follow-up is {} already; plan another one with POST /api/v1/leads/{{id}}/follow-up",
            before.status
        )));
    }
    if let Some(assigned_to) = change.assigned_to {
        working.works_here("/assigned_to_user_id", assigned_to).await?;
        follow_up.assigned_to = assigned_to;
    }
    follow_up.scheduled_at = change.scheduled_at.unwrap_or(follow_up.scheduled_at);
    follow_up.dates += i64::from(follow_up.scheduled_at != before.scheduled_at);
    follow_up.time_zone = change.time_zone.unwrap_or(follow_up.time_zone);
    if let Some(note) = change.notes {
        follow_up.notes = Some(noted(follow_up.notes.as_deref(), &note));
    }
    let mut event = "follow_up_changed";
    let mut detail = json!({ "follow_up_id": id });
    let mut reason = None;
    let (mut next_follow_up_id, mut visit_id) = (None, None);
    if let Some(outcome) = change.outcome {
        event = outcome.event().as_str();
        follow_up.outcome = Some(outcome.as_str().to_owned());
        match outcome {
            FollowUpOutcome::Enrolled => working.step(outcome.event())?,
            FollowUpOutcome::Postponed => {
                let next = change.next.ok_or_else(|| {
                    Refused::invalid(
                        "/next_date",
                        "POSTPONED needs the date at which they are to be asked again",
                    )
                })?;
                working.step(outcome.event())?;
                let next = NewFollowUp { assigned_to: next.assigned_to.or(follow_up.assigned_to), ..next };
                next_follow_up_id = Some(add(&mut working, next).await?.id);
                detail["next_follow_up_id"] = json!(next_follow_up_id);
            }
            FollowUpOutcome::ScheduledIv => {
                let new = change.visit.ok_or_else(|| {
                    Refused::invalid("/visit", "SCHEDULED_IV needs the visit that was agreed on")
                })?;
                working.works_here("/visit/trainer_user_id", new.trainer_id).await?;
                working.step(outcome.event())?;
                visit_id = Some(visits::add(&mut working, "/visit", new).await?.id);
                detail["visit_id"] = json!(visit_id);
            }
            FollowUpOutcome::Lost => {
                let why = change.reason.ok_or_else(|| Refused::invalid("/reason", "LOST needs a reason"))?;
                working.close(outcome.event(), &why)?;
                reason = Some(why);
            }
        }
    }
    if settles {
        if change.cancels {
            event = "follow_up_cancelled";
        } else if change.outcome.is_none() {
            event = "follow_up_completed";
        }
        follow_up.status = if change.cancels { CANCELLED } else { COMPLETED }.to_owned();
        follow_up.completed_at = (!change.cancels).then_some(working.now);
    }
    if follow_up == before {
        return Ok(Followed { follow_up, next_follow_up_id, visit_id });
    }
    follow_up.version += 1;
    follow_up.updated_by = actor.user_id;
    follow_up.updated_at = working.now;
    // Before the lead ends: what is pending of it then is cancelled, and this one is done.
    leads::save_follow_up(working.within(), &follow_up).await?;
    if follow_up.scheduled_at != before.scheduled_at {
        reminders::write(app, &mut working.tx, tenant, &follow_up, working.now).await?;
    }
    working.done(event, reason.as_deref(), detail).await?;
    Ok(Followed { follow_up, next_follow_up_id, visit_id })
}
