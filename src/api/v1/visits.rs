//! Intro visits.

use super::super::openapi::Refusals;
use super::super::problem::Problem;
use super::access::{Caller, unknown};
use super::form::{Checks, Form, Id, Params, Seen, day_or_instant, given};
use super::named::{DayOrInstant, VisitOutcomeName};
use super::paging::page;
use super::refused::{Conflicts, Guarded};
use super::shape::IntroVisit;
use crate::app::App;
use crate::domain::access::Tenant;
use crate::domain::center::Center;
use crate::domain::lifecycle::VisitOutcome;
use crate::domain::when;
use crate::service::lifecycle::{self, NewVisit, VisitChange};
use crate::store::leads::{self, Thing, VisitFilter, VisitRow};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::tz::TimeZone;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A visit that is planned.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VisitForm {
    /// When, by the center's clock unless it says otherwise.
    #[schema(required, value_type = String, example = "2026-02-15T16:00:00", format = DateTime)]
    scheduled_at: Option<String>,
    /// With which group, as your own system numbers them.
    #[schema(example = 5, minimum = 1)]
    batch_id: Option<i64>,
    /// Who receives them.
    #[schema(example = json!(null), minimum = 1)]
    trainer_user_id: Option<i64>,
    /// What is to be known.
    #[serde(alias = "outcome_notes")]
    #[schema(example = "Comes with both parents", max_length = 2000)]
    notes: Option<String>,
    /// The lead's version that was seen.
    #[schema(example = json!(null))]
    version: Option<i64>,
}

impl VisitForm {
    /// The visit; `at`: where the form stands in the body.
    pub fn checked(&self, at: &str, center: &Center, checks: &mut Checks) -> NewVisit {
        let pointer = |field: &str| format!("{at}/{field}");
        if self.scheduled_at.is_none() {
            checks.wrong(pointer("scheduled_at"), "is needed");
        }
        let scheduled_at = checks.visit(&pointer("scheduled_at"), self.scheduled_at.as_deref(), center);
        NewVisit {
            scheduled_at: scheduled_at.unwrap_or_default(),
            batch_id: checks.id(&pointer("batch_id"), self.batch_id),
            trainer_id: checks.id(&pointer("trainer_user_id"), self.trainer_user_id),
            notes: checks
                .text(&pointer("notes"), self.notes.as_deref(), 0..=2000)
                .filter(|notes| !notes.is_empty()),
        }
    }
}

/// A visit as an answer.
fn answer(visit: VisitRow) -> ([(HeaderName, String); 1], Json<IntroVisit>) {
    ([(header::ETAG, format!("\"{}\"", visit.version))], Json(visit.into()))
}

/// Plans a visit; the lead goes to IV_SCHEDULED.
#[utoipa::path(
    post, path = "/api/v1/leads/{id}/intro-visit", tag = "visits", security(("token" = [])), request_body = VisitForm,
    params(("id" = i64, Path, description = "The lead's id.")),
    responses((status = 201, description = "The visit.", body = IntroVisit), Guarded, Conflicts, Refusals)
)]
pub async fn plan(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    seen: Seen,
    Form(form): Form<VisitForm>,
) -> Result<Response, Problem> {
    let tenant = caller.tenant_of(&app, Thing::Lead, id).await?;
    let mut checks = Checks::default();
    let new = form.checked("", app.center(tenant.0), &mut checks);
    checks.done()?;
    let lead = (id, seen.or(form.version));
    let visit = lifecycle::plan_visit(&app, tenant, &caller.actor, lead, new).await?;
    let location = format!("/api/v1/intro-visits/{}", visit.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], answer(visit)).into_response())
}

/// What is said of a visit; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VisitChangeForm {
    /// Another time.
    #[schema(example = json!(null), format = DateTime)]
    scheduled_at: Option<String>,
    /// When they came; null: they did not.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, example = "2026-02-15T16:10:00", format = DateTime)]
    attended_at: Option<Option<String>>,
    /// Another group.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>, example = 5, minimum = 1)]
    batch_id: Option<Option<i64>>,
    /// Another trainer.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>, example = json!(null), minimum = 1)]
    trainer_user_id: Option<Option<i64>>,
    /// What came of it: `INTERESTED_ENROLL_NOW`, `INTERESTED_ENROLL_LATER`, `NOT_INTERESTED`, `NO_SHOW`.
    #[schema(example = json!(null), value_type = Option<VisitOutcomeName>)]
    outcome: Option<String>,
    /// In words.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, example = "Child enjoyed the session", max_length = 2000)]
    outcome_notes: Option<Option<String>>,
    /// That it does not take place after all.
    #[serde(default)]
    #[schema(example = false)]
    cancelled: bool,
    /// The version that was seen.
    #[schema(example = json!(null))]
    version: Option<i64>,
}

/// Says what there is to say of a visit; its outcome moves the lead, and another time plans it anew.
#[utoipa::path(
    patch, path = "/api/v1/intro-visits/{id}", tag = "visits", security(("token" = [])), request_body = VisitChangeForm,
    params(("id" = i64, Path, description = "The visit's id.")),
    responses((status = 200, description = "The visit.", body = IntroVisit), Guarded, Conflicts, Refusals)
)]
pub async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    seen: Seen,
    Form(form): Form<VisitChangeForm>,
) -> Result<Response, Problem> {
    let tenant = caller.tenant_of(&app, Thing::Visit, id).await?;
    let center = app.center(tenant.0);
    let mut checks = Checks::default();
    let names = VisitOutcome::ALL.map(VisitOutcome::as_str);
    let attended = form.attended_at.as_ref();
    let change = VisitChange {
        expected: seen.or(form.version),
        scheduled_at: checks.visit("/scheduled_at", form.scheduled_at.as_deref(), center),
        attended_at: attended.map(|at| checks.instant("/attended_at", at.as_deref(), &center.zone)),
        batch_id: form.batch_id.map(|id| checks.id("/batch_id", id)),
        trainer_id: form.trainer_user_id.map(|id| checks.id("/trainer_user_id", id)),
        outcome: checks.choice("/outcome", form.outcome.as_deref(), VisitOutcome::parse, names),
        outcome_notes: checks.emptied(
            "/outcome_notes",
            form.outcome_notes.as_ref().map(Option::as_deref),
            2000,
        ),
        cancels: form.cancelled,
    };
    let is_attended = form.attended_at.as_ref().is_some_and(Option::is_some);
    if form.cancelled && (form.outcome.is_some() || is_attended || form.scheduled_at.is_some()) {
        checks.refused(
            "/cancelled",
            "a visit that is cancelled has no outcome, nobody who came, and no other time",
        );
    }
    checks.done()?;
    let visit = lifecycle::change_visit(&app, tenant, &caller.actor, id, change).await?;
    Ok(answer(visit).into_response())
}

/// A visit.
#[utoipa::path(
    get, path = "/api/v1/intro-visits/{id}", tag = "visits", security(("token" = [])),
    params(("id" = i64, Path, description = "The visit's id.")),
    responses((status = 200, description = "The visit.", body = IntroVisit), Guarded, Refusals)
)]
pub async fn show(State(app): State<Arc<App>>, caller: Caller, Id(id): Id) -> Result<Response, Problem> {
    let tenant = caller.tenant_of(&app, Thing::Visit, id).await?;
    let visit = leads::visit(app.db.within(tenant), id).await?.ok_or_else(|| unknown(Thing::Visit))?;
    Ok(answer(visit).into_response())
}

/// Which visits are asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Only of this lead.
    #[param(example = json!(null))]
    lead_id: Option<i64>,
    /// Only of this day, by the center's clock.
    #[param(example = "2026-02-15", format = Date)]
    date: Option<String>,
    /// Only from this day or instant on.
    #[param(example = json!(null), inline, value_type = Option<DayOrInstant>)]
    from: Option<String>,
    /// Only before this day or instant.
    #[param(example = json!(null), inline, value_type = Option<DayOrInstant>)]
    to: Option<String>,
    /// Only of this trainer.
    #[param(example = json!(null))]
    trainer_user_id: Option<i64>,
    /// Only those that are to take place, or of which nobody has said what came of them.
    #[param(example = false)]
    open: Option<bool>,
    /// At most so many, 1 to 500; 50 unless it is said.
    #[param(example = 50, minimum = 1, maximum = 500)]
    limit: Option<i64>,
    /// So many are passed over, up to 10,000.
    #[param(example = 0, minimum = 0, maximum = 10_000)]
    skip: Option<i64>,
    /// Only of this center, for those who see several.
    #[param(example = 1)]
    center_id: Option<i64>,
}

impl Wanted {
    fn filter(&self, zone: &TimeZone) -> Result<VisitFilter, Problem> {
        let (limit, skip) = page(self.limit, self.skip)?;
        let at = |name: &str, given: &Option<String>| {
            given.as_deref().map(|given| day_or_instant(name, given, zone)).transpose()
        };
        let (mut from, mut to) = (at("from", &self.from)?, at("to", &self.to)?);
        if let Some(date) = at("date", &self.date)? {
            let day = when::day(date, zone);
            from = Some(from.map_or(day.start, |from| from.max(day.start)));
            to = Some(to.map_or(day.end, |to| to.min(day.end)));
        }
        Ok(VisitFilter {
            from: from.unwrap_or(i64::MIN),
            to: to.unwrap_or(i64::MAX),
            trainer_id: self.trainer_user_id,
            open: self.open.unwrap_or(false),
            after: None,
            skip,
            limit,
        })
    }
}

/// Visits in the order in which they are planned; those of one lead, the newest first.
#[utoipa::path(
    get, path = "/api/v1/intro-visits", tag = "visits", security(("token" = [])), params(Wanted),
    responses((status = 200, description = "A page of visits.", body = Vec<IntroVisit>), Guarded, Refusals)
)]
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Params(wanted): Params<Wanted>,
) -> Result<Json<Vec<IntroVisit>>, Problem> {
    let mut rows: Vec<VisitRow> = Vec::new();
    let (limit, mut skip) = page(wanted.limit, wanted.skip)?;
    for tenant in caller.tenants(&app, wanted.center_id)? {
        // Those that are passed over are read, so that they are passed over once, in whichever center they are.
        let wants = limit + skip - rows.len() as i64;
        let filter = VisitFilter { skip: 0, limit: wants, ..wanted.filter(&app.center(tenant.0).zone)? };
        let found = of(&app, tenant, &wanted, &filter).await?;
        let passed = skip.min(found.len() as i64);
        skip -= passed;
        rows.extend(found.into_iter().skip(passed as usize));
        if rows.len() as i64 >= limit {
            break;
        }
    }
    rows.truncate(limit as usize);
    Ok(Json(rows.into_iter().map(IntroVisit::from).collect()))
}

/// The most visits of one lead that are looked at.
const OF_LEAD: i64 = 500;

async fn of(
    app: &App,
    tenant: Tenant,
    wanted: &Wanted,
    filter: &VisitFilter,
) -> Result<Vec<VisitRow>, Problem> {
    let Some(lead_id) = wanted.lead_id else {
        return Ok(leads::visits(app.db.within(tenant), filter).await?);
    };
    let all = leads::visits_of(app.db.within(tenant), lead_id, OF_LEAD).await?;
    let is_meant = |visit: &VisitRow| {
        (filter.from..filter.to).contains(&visit.scheduled_at)
            && filter.trainer_id.is_none_or(|trainer| visit.trainer_id == Some(trainer))
            && !(filter.open && (visit.outcome.is_some() || visit.cancelled_at.is_some()))
    };
    Ok(all.into_iter().filter(is_meant).collect())
}
