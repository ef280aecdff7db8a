//! Follow-ups.

use super::super::openapi::Refusals;
use super::super::problem::Problem;
use super::access::{Caller, unknown};
use super::form::{Checks, Form, Id, Params, Seen, given};
use super::named::{FOLLOW_UP_STATES, FollowUpOutcomeName, FollowUpState};
use super::paging::{cursor, next, page};
use super::refused::{Conflicts, Guarded};
use super::shape::FollowUp;
use super::visits::VisitForm;
use crate::app::App;
use crate::domain::lifecycle::FollowUpOutcome;
use crate::service::lifecycle::{self, FollowUpChange, Followed, NewFollowUp};
use crate::store::leads::{self, FollowUpRow, Thing};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// A follow-up that is planned.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FollowUpForm {
    /// When, by the clock of `time_zone` unless it says otherwise.
    #[schema(required, value_type = String, example = "2026-02-20T10:00:00", format = DateTime)]
    scheduled_date: Option<String>,
    /// By whose clock, an IANA name; the center's unless it is said.
    #[schema(example = "Asia/Kolkata", max_length = 64)]
    time_zone: Option<String>,
    /// What about.
    #[schema(example = "Ask about the weekly plan", max_length = 2000)]
    notes: Option<String>,
    /// Who is to; unless it is said, whoever works the lead, else whoever plans it.
    #[schema(example = json!(null), minimum = 1)]
    assigned_to_user_id: Option<i64>,
    /// The lead's version that was seen.
    #[schema(example = json!(null))]
    version: Option<i64>,
}

/// A follow-up as an answer.
fn answer(follow_up: FollowUpRow) -> ([(HeaderName, String); 1], Json<FollowUp>) {
    ([(header::ETAG, format!("\"{}\"", follow_up.version))], Json(follow_up.into()))
}

/// Plans that somebody speaks with a lead; the lead goes to FOLLOW_UP_PENDING.
#[utoipa::path(
    post, path = "/api/v1/leads/{id}/follow-up", tag = "follow-ups", security(("token" = [])), request_body = FollowUpForm,
    params(("id" = i64, Path, description = "The lead's id.")),
    responses((status = 201, description = "The follow-up.", body = FollowUp), Guarded, Conflicts, Refusals)
)]
pub async fn plan(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    seen: Seen,
    Form(form): Form<FollowUpForm>,
) -> Result<Response, Problem> {
    let tenant = caller.tenant_of(&app, Thing::Lead, id).await?;
    let mut checks = Checks::default();
    let own = checks.zone("/time_zone", form.time_zone.as_deref());
    let (time_zone, zone) =
        own.unwrap_or_else(|| (app.center(tenant.0).time_zone.clone(), app.center(tenant.0).zone.clone()));
    if form.scheduled_date.is_none() {
        checks.wrong("/scheduled_date", "is needed");
    }
    let scheduled_at = checks.instant("/scheduled_date", form.scheduled_date.as_deref(), &zone);
    let notes = checks.text("/notes", form.notes.as_deref(), 0..=2000).filter(|notes| !notes.is_empty());
    let assigned_to = checks.id("/assigned_to_user_id", form.assigned_to_user_id);
    checks.done()?;
    let new = NewFollowUp { scheduled_at: scheduled_at.unwrap_or_default(), time_zone, notes, assigned_to };
    let lead = (id, seen.or(form.version));
    let follow_up = lifecycle::plan_follow_up(&app, tenant, &caller.actor, lead, new).await?;
    let location = format!("/api/v1/follow-ups/{}", follow_up.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], answer(follow_up)).into_response())
}

/// What is said of a follow-up; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FollowUpChangeForm {
    /// `COMPLETED`, `CANCELLED`; with an outcome it is completed.
    #[schema(example = json!(null), value_type = Option<FollowUpState>)]
    status: Option<String>,
    /// What came of it: `ENROLLED`, `POSTPONED` (needs `next_date`), `SCHEDULED_IV` (needs `visit`), `LOST` (needs `reason`).
    #[schema(example = json!(null), value_type = Option<FollowUpOutcomeName>)]
    outcome: Option<String>,
    /// Another date.
    #[schema(example = "2026-02-21T10:00:00", format = DateTime)]
    scheduled_date: Option<String>,
    /// Another clock, for what is pending.
    #[schema(example = json!(null), max_length = 64)]
    time_zone: Option<String>,
    /// Added to the notes.
    #[schema(example = "Could not be reached", max_length = 2000)]
    notes: Option<String>,
    /// Who is to; null: nobody in particular.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>, example = json!(null), minimum = 1)]
    assigned_to_user_id: Option<Option<i64>>,
    /// When they are to be asked again, with `POSTPONED`.
    #[schema(example = json!(null), format = DateTime)]
    next_date: Option<String>,
    /// When they come, with `SCHEDULED_IV`.
    #[schema(example = json!(null))]
    visit: Option<VisitForm>,
    /// Why, with `LOST`.
    #[schema(example = json!(null), min_length = 1, max_length = 500)]
    reason: Option<String>,
    /// The version that was seen.
    #[schema(example = json!(null))]
    version: Option<i64>,
}

/// A follow-up that was changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct FollowedUp {
    /// It.
    #[serde(flatten)]
    follow_up: FollowUp,
    /// The one that comes after it, with `POSTPONED`.
    #[schema(example = json!(null))]
    next_follow_up_id: Option<i64>,
    /// The visit that was planned, with `SCHEDULED_IV`.
    #[schema(example = json!(null))]
    visit_id: Option<i64>,
}

/// Says what there is to say of a follow-up; its outcome moves the lead.
#[utoipa::path(
    patch, path = "/api/v1/follow-ups/{id}", tag = "follow-ups", security(("token" = [])), request_body = FollowUpChangeForm,
    params(("id" = i64, Path, description = "The follow-up's id.")),
    responses((status = 200, description = "The follow-up, and what was planned with it.", body = FollowedUp), Guarded, Conflicts, Refusals)
)]
pub async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    seen: Seen,
    Form(form): Form<FollowUpChangeForm>,
) -> Result<Response, Problem> {
    let tenant = caller.tenant_of(&app, Thing::FollowUp, id).await?;
    let known = leads::follow_up(app.db.within(tenant), id).await?.ok_or_else(|| unknown(Thing::FollowUp))?;
    let mut checks = Checks::default();
    let own = checks.zone("/time_zone", form.time_zone.as_deref());
    let time_zone = own.as_ref().map(|(name, _)| name.clone());
    let clock = match own {
        Some((_, zone)) => zone,
        None => jiff::tz::TimeZone::get(&known.time_zone).unwrap_or(jiff::tz::TimeZone::UTC),
    };
    let names = FollowUpOutcome::ALL.map(FollowUpOutcome::as_str);
    let outcome = checks.choice("/outcome", form.outcome.as_deref(), FollowUpOutcome::parse, names);
    let parse = |name: &str| FOLLOW_UP_STATES.into_iter().find(|known| *known == name);
    let status = checks.choice("/status", form.status.as_deref(), parse, FOLLOW_UP_STATES);
    if outcome.is_some() && status.is_some_and(|status| status != "COMPLETED") {
        checks.refused("/status", "a follow-up with an outcome is COMPLETED");
    }
    let next = checks.instant("/next_date", form.next_date.as_deref(), &clock);
    let next = next.map(|scheduled_at| NewFollowUp {
        scheduled_at,
        time_zone: time_zone.clone().unwrap_or_else(|| known.time_zone.clone()),
        notes: known.notes.clone(),
        assigned_to: None,
    });
    let visit = form.visit.as_ref().map(|visit| visit.checked("/visit", app.center(tenant.0), &mut checks));
    let needs = |wanted: FollowUpOutcome| outcome == Some(wanted);
    for (given, pointer, wanted) in [
        (next.is_some(), "/next_date", FollowUpOutcome::Postponed),
        (visit.is_some(), "/visit", FollowUpOutcome::ScheduledIv),
        (form.reason.is_some(), "/reason", FollowUpOutcome::Lost),
    ] {
        if given && !needs(wanted) {
            checks.refused(pointer, format!("goes with the outcome {} only", wanted.as_str()));
        }
    }
    let change = FollowUpChange {
        expected: seen.or(form.version),
        scheduled_at: checks.instant("/scheduled_date", form.scheduled_date.as_deref(), &clock),
        time_zone,
        assigned_to: form.assigned_to_user_id.map(|id| checks.id("/assigned_to_user_id", id)),
        notes: checks.text("/notes", form.notes.as_deref(), 0..=2000).filter(|notes| !notes.is_empty()),
        cancels: status == Some("CANCELLED"),
        completes: status == Some("COMPLETED"),
        outcome,
        next,
        visit,
        reason: checks.text("/reason", form.reason.as_deref(), 1..=500),
    };
    checks.done()?;
    let followed = lifecycle::change_follow_up(&app, tenant, &caller.actor, id, change).await?;
    let Followed { follow_up, next_follow_up_id, visit_id } = followed;
    let etag = [(header::ETAG, format!("\"{}\"", follow_up.version))];
    Ok((etag, Json(FollowedUp { follow_up: follow_up.into(), next_follow_up_id, visit_id })).into_response())
}

/// A follow-up.
#[utoipa::path(
    get, path = "/api/v1/follow-ups/{id}", tag = "follow-ups", security(("token" = [])),
    params(("id" = i64, Path, description = "The follow-up's id.")),
    responses((status = 200, description = "The follow-up.", body = FollowUp), Guarded, Refusals)
)]
pub async fn show(State(app): State<Arc<App>>, caller: Caller, Id(id): Id) -> Result<Response, Problem> {
    let tenant = caller.tenant_of(&app, Thing::FollowUp, id).await?;
    let found = leads::follow_up(app.db.within(tenant), id).await?.ok_or_else(|| unknown(Thing::FollowUp))?;
    Ok(answer(found).into_response())
}

/// The most follow-ups of one lead that are listed.
const OF_LEAD: i64 = 500;

/// The follow-ups of a lead, the latest date first.
#[utoipa::path(
    get, path = "/api/v1/leads/{id}/follow-ups", tag = "follow-ups", security(("token" = [])),
    params(("id" = i64, Path, description = "The lead's id.")),
    responses((status = 200, description = "The follow-ups.", body = Vec<FollowUp>), Guarded, Refusals)
)]
pub async fn of_lead(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<Vec<FollowUp>>, Problem> {
    let tenant = caller.tenant_of(&app, Thing::Lead, id).await?;
    leads::find(app.db.within(tenant), id).await?.ok_or_else(|| unknown(Thing::Lead))?;
    let rows = leads::follow_ups_of(app.db.within(tenant), id, OF_LEAD).await?;
    Ok(Json(rows.into_iter().map(FollowUp::from).collect()))
}

/// Which pending follow-ups are asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Only those this user is to do.
    #[serde(alias = "assigned_to_user_id")]
    #[param(example = json!(null))]
    assigned_to: Option<i64>,
    /// At most so many, 1 to 500; 50 unless it is said.
    #[param(example = 50, minimum = 1, maximum = 500)]
    limit: Option<i64>,
    /// So many are passed over, up to 10,000.
    #[param(example = 0, minimum = 0, maximum = 10_000)]
    skip: Option<i64>,
    /// Where the page before ended, from the header `Link`.
    #[param(example = json!(null))]
    cursor: Option<String>,
    /// Only of this center, for those who see several.
    #[param(example = 1)]
    center_id: Option<i64>,
}

/// What is pending, the earliest date first; center by center for those who see several. The header `Link` names the next page.
#[utoipa::path(
    get, path = "/api/v1/leads/follow-ups/pending", tag = "follow-ups", security(("token" = [])), params(Wanted),
    responses((status = 200, description = "A page of follow-ups.", body = Vec<FollowUp>), Guarded, Refusals)
)]
pub async fn pending(
    State(app): State<Arc<App>>,
    caller: Caller,
    uri: Uri,
    Params(wanted): Params<Wanted>,
) -> Result<(HeaderMap, Json<Vec<FollowUp>>), Problem> {
    let (limit, mut skip) = page(wanted.limit, wanted.skip)?;
    let cursor = cursor(wanted.cursor.as_deref())?.map(|[tenant, at, id]| (tenant, at, id));
    let mut rows: Vec<(i64, FollowUpRow)> = Vec::new();
    for tenant in caller.tenants(&app, wanted.center_id)? {
        let after = match cursor {
            Some((at, ..)) if tenant.0 < at => continue,
            Some((at, time, id)) if tenant.0 == at => Some((time, id)),
            _ => None,
        };
        // Those that are passed over are read: `skip` is for short lists, `Link` for long ones.
        let wants = limit + 1 + skip - rows.len() as i64;
        let found = leads::pending(app.db.within(tenant), wanted.assigned_to, after, (wants, 0)).await?;
        let passed = skip.min(found.len() as i64);
        skip -= passed;
        rows.extend(found.into_iter().skip(passed as usize).map(|row| (tenant.0, row)));
        if rows.len() as i64 > limit {
            break;
        }
    }
    let mut headers = HeaderMap::new();
    if rows.len() as i64 > limit {
        rows.truncate(limit as usize);
        if let Some((tenant, last)) = rows.last() {
            headers.insert(header::LINK, next(&uri, [*tenant, last.scheduled_at, last.id]));
        }
    }
    Ok((headers, Json(rows.into_iter().map(|(_, row)| FollowUp::from(row)).collect())))
}
