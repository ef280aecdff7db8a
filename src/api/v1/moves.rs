//! Leads moved on: discovery, status, conversion, closing, reopening; edited, assigned, put aside.

use super::super::openapi::Refusals;
use super::super::problem::Problem;
use super::access::Caller;
use super::enquiry::looked;
use super::form::{Checks, Form, Id, Seen, given};
use super::named::{Expectation, ReferenceForm, StatusName};
use super::refused::{Conflicts, Guarded};
use super::shape::Lead;
use crate::app::App;
use crate::domain::lifecycle::Status;
use crate::service::lifecycle::{self, Move};
use crate::store::leads::{LeadRow, Thing};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, header};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A lead, with the version that `If-Match` takes.
pub type Answer = ([(HeaderName, String); 1], Json<Lead>);

/// A lead as an answer.
pub fn answer(lead: LeadRow) -> Answer {
    ([(header::ETAG, format!("\"{}\"", lead.version))], Json(lead.into()))
}

async fn make(
    app: &App,
    caller: &Caller,
    (id, expected): (i64, Option<i64>),
    movement: Move,
) -> Result<Answer, Problem> {
    let tenant = caller.tenant_of(app, Thing::Lead, id).await?;
    Ok(answer(movement.make(app, tenant, &caller.actor, id, expected).await?))
}

/// The discovery form.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DiscoveryForm {
    /// The child's school.
    #[schema(example = "Delhi Public School", max_length = 200)]
    school: Option<String>,
    /// When they could come.
    #[schema(example = "Mon/Wed/Fri - 4:00 PM", max_length = 200)]
    preferred_schedule: Option<String>,
    /// What they hope for.
    #[schema(value_type = Option<Vec<Expectation>>, example = json!(["child_development", "physical_activity"]), max_items = 20)]
    parent_expectations: Option<Vec<String>>,
    /// What else was said; it is added to what was noted before.
    #[serde(alias = "remarks", alias = "discovery_notes")]
    #[schema(example = "Interested in Pre-K Gym", max_length = 2000)]
    notes: Option<String>,
    /// The version that was seen.
    #[schema(example = json!(null))]
    version: Option<i64>,
}

/// Fills in the discovery form; the first time, the lead goes to DISCOVERY_COMPLETED.
#[utoipa::path(
    patch, path = "/api/v1/leads/{id}/discovery", tag = "leads at work", security(("token" = [])), request_body = DiscoveryForm,
    params(("id" = i64, Path, description = "The lead's id.")),
    responses((status = 200, description = "The lead.", body = Lead), Guarded, Conflicts, Refusals)
)]
pub async fn discovery(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    seen: Seen,
    Form(form): Form<DiscoveryForm>,
) -> Result<Answer, Problem> {
    let mut checks = Checks::default();
    let filled = looked!(form).checked(&mut checks);
    checks.done()?;
    make(&app, &caller, (id, seen.or(form.version)), Move::Discovery(filled)).await
}

/// A status set by hand.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusForm {
    /// What the lead is to stand at.
    #[schema(value_type = StatusName, example = "FOLLOW_UP_PENDING")]
    status: String,
    /// Added to the notes.
    #[schema(example = "Wants to be called back", max_length = 2000)]
    notes: Option<String>,
    /// Why, with CLOSED_LOST.
    #[schema(example = json!(null), min_length = 1, max_length = 500)]
    reason: Option<String>,
    /// The customer's reference, with CONVERTED.
    #[serde(alias = "student_id", alias = "enrollment_id")]
    #[schema(example = json!(null), value_type = Option<ReferenceForm>)]
    customer_ref: Option<Reference>,
    /// The version that was seen.
    #[schema(example = json!(null))]
    version: Option<i64>,
}

/// Sets a status by hand, as far as the lead's life allows it without more.
#[utoipa::path(
    patch, path = "/api/v1/leads/{id}/status", tag = "leads at work", security(("token" = [])), request_body = StatusForm,
    params(("id" = i64, Path, description = "The lead's id.")),
    responses((status = 200, description = "The lead.", body = Lead), Guarded, Conflicts, Refusals)
)]
pub async fn status(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    seen: Seen,
    Form(form): Form<StatusForm>,
) -> Result<Answer, Problem> {
    let mut checks = Checks::default();
    let to = checks.choice("/status", Some(&form.status), Status::parse, Status::ALL.map(Status::as_str));
    let notes = checks.text("/notes", form.notes.as_deref(), 0..=2000).filter(|notes| !notes.is_empty());
    let reason = checks.text("/reason", form.reason.as_deref(), 1..=500);
    let reference = form.customer_ref.as_ref().and_then(|reference| reference.checked(&mut checks));
    checks.done()?;
    let to = to.ok_or_else(Problem::internal)?;
    let tenant = caller.tenant_of(&app, Thing::Lead, id).await?;
    let lead = lifecycle::set_status(
        &app,
        tenant,
        &caller.actor,
        (id, seen.or(form.version)),
        to,
        (notes, reason, reference),
    )
    .await?;
    Ok(answer(lead))
}

/// The customer's reference: text, or a number.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Reference {
    /// A number.
    Number(i64),
    /// Text.
    Text(String),
}

impl Reference {
    fn checked(&self, checks: &mut Checks) -> Option<String> {
        match self {
            Reference::Number(number) => Some(number.to_string()),
            Reference::Text(text) => checks.text("/customer_ref", Some(text), 1..=200),
        }
    }
}

/// Who bought, under which reference.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConvertForm {
    /// The customer's reference; also accepted as `student_id` and `enrollment_id`.
    #[serde(alias = "student_id", alias = "enrollment_id")]
    #[schema(required, value_type = ReferenceForm, example = 123)]
    customer_ref: Option<Reference>,
    /// The version that was seen.
    #[schema(example = json!(null))]
    version: Option<i64>,
}

/// Marks a lead as converted: they bought.
#[utoipa::path(
    post, path = "/api/v1/leads/{id}/convert", tag = "leads at work", security(("token" = [])), request_body = ConvertForm,
    params(("id" = i64, Path, description = "The lead's id.")),
    responses((status = 200, description = "The lead.", body = Lead), Guarded, Conflicts, Refusals)
)]
pub async fn convert(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    seen: Seen,
    Form(form): Form<ConvertForm>,
) -> Result<Answer, Problem> {
    let mut checks = Checks::default();
    let reference = form.customer_ref.as_ref().and_then(|reference| reference.checked(&mut checks));
    if form.customer_ref.is_none() {
        checks
            .wrong("/customer_ref", "is needed: the reference of the customer or enrolment this lead became");
    }
    checks.done()?;
    make(&app, &caller, (id, seen.or(form.version)), Move::Convert(reference.unwrap_or_default(), None)).await
}

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonForm {
    /// Why.
    #[schema(required, value_type = String, example = "Moved to another city", min_length = 1, max_length = 500)]
    reason: Option<String>,
    /// The version that was seen.
    #[schema(example = json!(null))]
    version: Option<i64>,
}

impl ReasonForm {
    fn checked(&self) -> Result<String, Problem> {
        let mut checks = Checks::default();
        let reason = checks.needed("/reason", self.reason.as_deref(), 1..=500);
        checks.done()?;
        Ok(reason)
    }
}

/// Closes a lead: nothing came of it.
#[utoipa::path(
    post, path = "/api/v1/leads/{id}/close", tag = "leads at work", security(("token" = [])), request_body = ReasonForm,
    params(("id" = i64, Path, description = "The lead's id.")),
    responses((status = 200, description = "The lead.", body = Lead), Guarded, Conflicts, Refusals)
)]
pub async fn close(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    seen: Seen,
    Form(form): Form<ReasonForm>,
) -> Result<Answer, Problem> {
    make(&app, &caller, (id, seen.or(form.version)), Move::Close(form.checked()?, None)).await
}

/// Opens a lead again that has ended.
#[utoipa::path(
    post, path = "/api/v1/leads/{id}/reopen", tag = "leads at work", security(("token" = [])), request_body = ReasonForm,
    params(("id" = i64, Path, description = "The lead's id.")),
    responses((status = 200, description = "The lead.", body = Lead), Guarded, Conflicts, Refusals)
)]
pub async fn reopen(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    seen: Seen,
    Form(form): Form<ReasonForm>,
) -> Result<Answer, Problem> {
    make(&app, &caller, (id, seen.or(form.version)), Move::Reopen(form.checked()?)).await
}

/// What may be changed of a lead without moving it on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditForm {
    /// The child's school.
    #[schema(example = "Delhi Public School", max_length = 200)]
    school: Option<String>,
    /// When they could come.
    #[schema(example = "Mon/Wed/Fri - 4:00 PM", max_length = 200)]
    preferred_schedule: Option<String>,
    /// What they hope for.
    #[schema(value_type = Option<Vec<Expectation>>, example = json!(["child_development", "physical_activity"]), max_items = 20)]
    parent_expectations: Option<Vec<String>>,
    /// What else was said; it is added to what was noted before.
    #[serde(alias = "remarks", alias = "discovery_notes")]
    #[schema(example = "Interested in Pre-K Gym", max_length = 2000)]
    notes: Option<String>,
    /// Who works it; null: nobody.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>, example = json!(null), minimum = 1)]
    assigned_to_user_id: Option<Option<i64>>,
    /// The version that was seen.
    #[schema(example = json!(null))]
    version: Option<i64>,
}

/// Changes a lead without moving it on.
#[utoipa::path(
    patch, path = "/api/v1/leads/{id}", tag = "leads at work", security(("token" = [])), request_body = EditForm,
    params(("id" = i64, Path, description = "The lead's id.")),
    responses((status = 200, description = "The lead.", body = Lead), Guarded, Conflicts, Refusals)
)]
pub async fn edit(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    seen: Seen,
    Form(form): Form<EditForm>,
) -> Result<Answer, Problem> {
    let mut checks = Checks::default();
    let filled = looked!(form).checked(&mut checks);
    let assigned_to = form.assigned_to_user_id.map(|id| checks.id("/assigned_to_user_id", id));
    checks.done()?;
    let tenant = caller.tenant_of(&app, Thing::Lead, id).await?;
    let edit = lifecycle::Edit { form: filled, assigned_to };
    Ok(answer(lifecycle::edit(&app, tenant, &caller.actor, (id, seen.or(form.version)), edit).await?))
}

/// Who is to work a lead.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignForm {
    /// Who; null: nobody.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>, example = json!(null), minimum = 1)]
    user_id: Option<Option<i64>>,
    /// Whoever's turn it is, of the counselors who are there and have room.
    #[serde(default)]
    #[schema(example = false)]
    next: bool,
    /// The version that was seen.
    #[schema(example = json!(null))]
    version: Option<i64>,
}

/// Gives a lead to somebody, or takes it from whoever has it.
#[utoipa::path(
    post, path = "/api/v1/leads/{id}/assign", tag = "leads at work", security(("token" = [])), request_body = AssignForm,
    params(("id" = i64, Path, description = "The lead's id.")),
    responses((status = 200, description = "The lead.", body = Lead), Guarded, Conflicts, Refusals)
)]
pub async fn assign(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    seen: Seen,
    Form(form): Form<AssignForm>,
) -> Result<Answer, Problem> {
    let tenant = caller.tenant_of(&app, Thing::Lead, id).await?;
    if form.next {
        if form.user_id.is_some() {
            return Err(Problem::unprocessable("/user_id", "name somebody, or ask for the next, not both"));
        }
        let lead = (id, seen.or(form.version));
        return Ok(answer(lifecycle::assign_next(&app, tenant, &caller.actor, lead).await?));
    }
    if form.user_id.is_none() {
        return Err(Problem::unprocessable("/user_id", "say who (null: nobody), or ask for the next"));
    }
    let edit = lifecycle::Edit { assigned_to: form.user_id, ..lifecycle::Edit::default() };
    Ok(answer(lifecycle::edit(&app, tenant, &caller.actor, (id, seen.or(form.version)), edit).await?))
}

/// Puts a lead aside. It is not deleted, and keeps its status.
#[utoipa::path(
    delete, path = "/api/v1/leads/{id}", tag = "leads at work", security(("token" = [])),
    params(("id" = i64, Path, description = "The lead's id.")),
    responses((status = 200, description = "The lead.", body = Lead), Guarded, Conflicts, Refusals)
)]
pub async fn deactivate(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    seen: Seen,
) -> Result<Answer, Problem> {
    set_active(&app, &caller, id, seen, false).await
}

/// Takes a lead up again that was put aside.
#[utoipa::path(
    post, path = "/api/v1/leads/{id}/activate", tag = "leads at work", security(("token" = [])),
    params(("id" = i64, Path, description = "The lead's id.")),
    responses((status = 200, description = "The lead.", body = Lead), Guarded, Conflicts, Refusals)
)]
pub async fn activate(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    seen: Seen,
) -> Result<Answer, Problem> {
    set_active(&app, &caller, id, seen, true).await
}

async fn set_active(
    app: &App,
    caller: &Caller,
    id: i64,
    seen: Seen,
    is_active: bool,
) -> Result<Answer, Problem> {
    let tenant = caller.tenant_of(app, Thing::Lead, id).await?;
    Ok(answer(lifecycle::set_active(app, tenant, &caller.actor, (id, seen.0), is_active).await?))
}
