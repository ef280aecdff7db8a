//! Intro visits: planned, attended, and what came of them.

use super::{Actor, Refused, Working, stale};
use crate::app::App;
use crate::clock::Millis;
use crate::domain::access::Tenant;
use crate::domain::lifecycle::{Event, VisitOutcome};
use crate::store::db::StoreError;
use crate::store::leads::{self, VisitRow};
use serde_json::json;

/// A visit that is planned.
#[derive(Clone, Debug)]
pub struct NewVisit {
    /// When.
    pub scheduled_at: Millis,
    /// With which group.
    pub batch_id: Option<i64>,
    /// Who receives them.
    pub trainer_id: Option<i64>,
    /// What is to be known.
    pub notes: Option<String>,
}

/// Plans a visit; the lead goes to IV_SCHEDULED.
///
/// # Errors
/// See [`Refused`].
pub async fn plan_visit(
    app: &App,
    tenant: Tenant,
    actor: &Actor,
    (lead_id, expected): (i64, Option<i64>),
    new: NewVisit,
) -> Result<VisitRow, Refused> {
    let mut working = Working::begin(app, tenant, actor, lead_id, expected).await?;
    working.works_here("/trainer_user_id", new.trainer_id).await?;
    working.step(Event::VisitScheduled)?;
    let visit = add(&mut working, "", new).await?;
    let detail = json!({ "visit_id": visit.id, "scheduled_at": visit.scheduled_at });
    working.done(Event::VisitScheduled.as_str(), None, detail).await?;
    Ok(visit)
}

/// Adds a visit to the lead that is worked on; `pointer`: where in the body it stands.
pub(super) async fn add(
    working: &mut Working<'_>,
    pointer: &str,
    new: NewVisit,
) -> Result<VisitRow, Refused> {
    let NewVisit { scheduled_at, batch_id, trainer_id, notes } = new;
    let (now, by) = (working.now, working.actor.user_id);
    let visit = VisitRow {
        id: working.app.ids.next(now),
        lead_id: working.lead.id,
        scheduled_at,
        attended_at: None,
        batch_id,
        trainer_id,
        outcome: None,
        outcome_notes: notes,
        cancelled_at: None,
        version: 0,
        created_by: by,
        updated_by: by,
        created_at: now,
        updated_at: now,
    };
    open_then(working, pointer, scheduled_at)?;
    leads::add_visit(working.within(), &visit).await?;
    Ok(visit)
}

/// That the center is open then, as far as it said when it is.
fn open_then(working: &Working<'_>, within: &str, at: Millis) -> Result<(), Refused> {
    let center = working.app.center(working.tenant.0);
    let Some(opening) = &center.opening else { return Ok(()) };
    let at = jiff::Timestamp::from_millisecond(at).unwrap_or_default();
    if opening.is_open(&center.zone, at) {
        return Ok(());
    }
    let detail = format!("the center is not open then; its hours are {opening} ({})", center.time_zone);
    Err(Refused::invalid(&format!("{within}/scheduled_at"), detail))
}

/// What is said of a visit; what is not given stays.
#[derive(Clone, Debug, Default)]
pub struct VisitChange {
    /// The version that was seen.
    pub expected: Option<i64>,
    /// Another time.
    pub scheduled_at: Option<Millis>,
    /// When they came; `Some(None)`: they did not.
    pub attended_at: Option<Option<Millis>>,
    /// Another group.
    pub batch_id: Option<Option<i64>>,
    /// Another trainer.
    pub trainer_id: Option<Option<i64>>,
    /// What came of it.
    pub outcome: Option<VisitOutcome>,
    /// In words.
    pub outcome_notes: Option<Option<String>>,
    /// It does not take place after all.
    pub cancels: bool,
}

/// Changes a visit. Its outcome moves the lead; another time plans it anew, so that it leads where a new one would: a lead that is to be
/// followed up awaits it again.
///
/// # Errors
/// See [`Refused`].
pub async fn change_visit(
    app: &App,
    tenant: Tenant,
    actor: &Actor,
    id: i64,
    change: VisitChange,
) -> Result<VisitRow, Refused> {
    let missing = || Refused::Missing("visit");
    let found = leads::visit(app.db.within(tenant), id).await?.ok_or_else(missing)?;
    let mut working = Working::begin(app, tenant, actor, found.lead_id, None).await?;
    // Read again: the lead's lock keeps it as it is from here on.
    let mut visit = leads::visit(working.within(), id).await?.ok_or_else(missing)?;
    if visit.lead_id != working.lead.id {
        // Its lead was merged into another, or taken apart again.
        return Err(StoreError::Stale { what: "visit" }.into());
    }
    if change.expected.is_some_and(|expected| expected != visit.version) {
        let lead = working.lead.clone();
        return Err(stale(working.within(), &lead, visit.version).await?);
    }
    let before = visit.clone();
    if let Some(trainer_id) = change.trainer_id {
        working.works_here("/trainer_user_id", trainer_id).await?;
        visit.trainer_id = trainer_id;
    }
    visit.batch_id = change.batch_id.unwrap_or(visit.batch_id);
    visit.attended_at = change.attended_at.unwrap_or(visit.attended_at);
    visit.outcome_notes = change.outcome_notes.unwrap_or(visit.outcome_notes);
    visit.scheduled_at = change.scheduled_at.unwrap_or(visit.scheduled_at);
    let is_moved = visit.scheduled_at != before.scheduled_at;
    let settles = change.outcome.is_some() || change.cancels;
    if before.cancelled_at.is_some() && (settles && !change.cancels || is_moved) {
        return Err(Refused::Settled("this visit was cancelled; plan another one".to_owned()));
    }
    if before.outcome.is_some() && (is_moved || change.cancels) {
        return Err(Refused::Settled(
            "what came of this visit was said: it is neither moved nor cancelled; plan another one"
                .to_owned(),
        ));
    }
    let mut event = "visit_changed";
    if is_moved {
        event = "visit_rescheduled";
        open_then(&working, "", visit.scheduled_at)?;
        working.step(Event::VisitScheduled)?;
    }
    if change.cancels && before.cancelled_at.is_none() {
        event = "visit_cancelled";
        visit.cancelled_at = Some(working.now);
    }
    if let Some(outcome) =
        change.outcome.filter(|outcome| before.outcome.as_deref() != Some(outcome.as_str()))
    {
        if let Some(known) = &before.outcome {
            return Err(Refused::Settled(format!(
                "what came of this visit was said already: {known}; what comes after it is another visit or a follow-up"
            )));
        }
        // A lead that has ended meanwhile stays where it is; what came of the visit is still to be known.
        if working.status()?.is_open() {
            working.step(outcome.event())?;
        }
        event = outcome.event().as_str();
        visit.outcome = Some(outcome.as_str().to_owned());
        // Who says what came of a visit says that it took place: when it was planned, unless they came before that.
        if outcome != VisitOutcome::NoShow && visit.attended_at.is_none() {
            visit.attended_at = Some(visit.scheduled_at.min(working.now));
        }
    }
    if visit.cancelled_at.is_some() && visit.attended_at.is_some() {
        return Err(Refused::Settled(
            "nobody attends a visit that was cancelled; plan another one".to_owned(),
        ));
    }
    if visit.outcome.as_deref() == Some(VisitOutcome::NoShow.as_str()) && visit.attended_at.is_some() {
        return Err(Refused::invalid("/attended_at", "nobody attends a visit whose outcome is NO_SHOW"));
    }
    if visit == before {
        return Ok(visit);
    }
    visit.version += 1;
    visit.updated_by = actor.user_id;
    visit.updated_at = working.now;
    leads::save_visit(working.within(), &visit).await?;
    let detail = json!({ "visit_id": id, "scheduled_at": visit.scheduled_at, "outcome": visit.outcome });
    working.done(event, None, detail).await?;
    Ok(visit)
}
