//! Segments: filters of leads under a name.

use super::super::extract::rfc3339;
use super::super::openapi::Refusals;
use super::super::problem::Problem;
use super::access::Caller;
use super::form::{Checks, Form, Id, Params, Seen};
use super::leads::Whose;
use super::paging::COUNTED;
use super::refused::{Conflicts, Guarded};
use super::sieve::Sieve;
use crate::app::App;
use crate::domain::access::Tenant;
use crate::store::leads;
use crate::store::segments::{self, SegmentRow};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use utoipa::ToSchema;

/// The most segments of a center.
const MOST: i64 = 500;

/// A saved filter.
#[derive(Debug, Serialize, ToSchema)]
pub struct Segment {
    /// Its id; `segment` of the list takes it.
    #[schema(example = 210_453_397_511_i64)]
    id: i64,
    /// The center.
    #[schema(example = 1)]
    center_id: i64,
    /// Its name.
    #[schema(example = "Asked for a price")]
    name: String,
    /// Which leads: parameters of the list.
    filter: Sieve,
    /// How many leads it has, counted up to 500; null in lists.
    #[schema(example = 42)]
    leads: Option<i64>,
    /// Who saved it.
    #[schema(example = 5)]
    created_by_id: Option<i64>,
    /// When, RFC 3339.
    #[schema(example = "2026-02-01T09:00:00Z")]
    created_at: String,
    /// When it was changed last, RFC 3339.
    #[schema(example = "2026-02-01T09:00:00Z")]
    updated_at: String,
    /// How often it was changed; its ETag.
    #[schema(example = 3)]
    version: i64,
}

fn segment(tenant: Tenant, row: SegmentRow, leads: Option<i64>) -> Segment {
    Segment {
        id: row.id,
        center_id: tenant.0,
        name: row.name,
        filter: serde_json::from_str(&row.filter).unwrap_or_default(),
        leads,
        created_by_id: row.created_by,
        created_at: rfc3339(row.created_at),
        updated_at: rfc3339(row.updated_at),
        version: row.version,
    }
}

/// The segment, in whichever tenant of the caller's it is.
///
/// # Errors
/// 404 where none has it.
pub async fn found(app: &App, caller: &Caller, id: i64) -> Result<(Tenant, SegmentRow), Problem> {
    for tenant in caller.tenants(app, None)? {
        if let Some(row) = segments::find(app.db.within(tenant), id).await? {
            return Ok((tenant, row));
        }
    }
    Err(Problem::not_found("there is no such segment; GET /api/v1/segments lists those there are"))
}

/// The segments there are, by name.
#[utoipa::path(
    get, path = "/api/v1/segments", tag = "leads at work", security(("token" = [])), params(Whose),
    responses((status = 200, description = "They.", body = Vec<Segment>), Guarded, Refusals)
)]
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Params(whose): Params<Whose>,
) -> Result<Json<Vec<Segment>>, Problem> {
    let mut all = Vec::new();
    for tenant in caller.tenants(&app, whose.center_id)? {
        let rows = segments::list(app.db.within(tenant), MOST).await?;
        all.extend(rows.into_iter().map(|row| segment(tenant, row, None)));
    }
    Ok(Json(all))
}

/// A segment, with how many leads it has.
#[utoipa::path(
    get, path = "/api/v1/segments/{id}", tag = "leads at work", security(("token" = [])),
    params(("id" = i64, Path, description = "The segment's id.")),
    responses((status = 200, description = "It.", body = Segment), Guarded, Refusals)
)]
pub async fn show(State(app): State<Arc<App>>, caller: Caller, Id(id): Id) -> Result<Response, Problem> {
    let (tenant, row) = found(&app, &caller, id).await?;
    counted(&app, &caller, tenant, row).await
}

async fn counted(app: &App, caller: &Caller, tenant: Tenant, row: SegmentRow) -> Result<Response, Problem> {
    let sieve: Sieve = serde_json::from_str(&row.filter).unwrap_or_default();
    let filter = sieve.filter_in(app, caller, tenant)?;
    let n = match filter {
        Some(filter) => leads::count(&app.db, tenant, &filter, COUNTED).await?,
        None => 0,
    };
    let etag = [(header::ETAG, format!("\"{}\"", row.version))];
    Ok((etag, Json(segment(tenant, row, Some(n)))).into_response())
}

/// A filter to be saved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SegmentForm {
    /// Its name, once in a center.
    #[schema(required, value_type = String, example = "Asked for a price", min_length = 1, max_length = 100)]
    name: Option<String>,
    /// Which leads: parameters of the list.
    filter: Sieve,
    /// The center, for those who see several.
    #[schema(example = json!(null))]
    center_id: Option<i64>,
}

/// Saves a filter under a name.
#[utoipa::path(
    post, path = "/api/v1/segments", tag = "leads at work", security(("token" = [])), request_body = SegmentForm,
    responses((status = 201, description = "The segment.", body = Segment), Guarded, Conflicts, Refusals)
)]
pub async fn add(
    State(app): State<Arc<App>>,
    caller: Caller,
    Form(form): Form<SegmentForm>,
) -> Result<Response, Problem> {
    let tenant = caller.tenant(&app, form.center_id)?;
    let mut checks = Checks::default();
    let name = checks.needed("/name", form.name.as_deref(), 1..=100);
    checks.done()?;
    form.filter.filter_in(&app, &caller, tenant)?;
    let now = app.clock.now();
    let row = SegmentRow {
        id: app.ids.next(now),
        name,
        filter: serde_json::to_string(&form.filter).expect("plain values always serialise"),
        created_by: caller.actor.user_id,
        created_at: now,
        updated_at: now,
        version: 0,
    };
    if !segments::add(app.db.within(tenant), &row).await? {
        return Err(Problem::not_possible("there is a segment of this name already", vec![]));
    }
    let location = format!("/api/v1/segments/{}", row.id);
    let segment = counted(&app, &caller, tenant, row).await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], segment).into_response())
}

/// Another filter.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SegmentChangeForm {
    /// Which leads: parameters of the list.
    filter: Sieve,
    /// The version that was seen; or send `If-Match`.
    #[schema(example = 3)]
    version: Option<i64>,
}

/// Gives a segment another filter.
#[utoipa::path(
    patch, path = "/api/v1/segments/{id}", tag = "leads at work", security(("token" = [])), request_body = SegmentChangeForm,
    params(("id" = i64, Path, description = "The segment's id.")),
    responses((status = 200, description = "The segment.", body = Segment), Guarded, Conflicts, Refusals)
)]
pub async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    seen: Seen,
    Form(form): Form<SegmentChangeForm>,
) -> Result<Response, Problem> {
    let (tenant, _) = found(&app, &caller, id).await?;
    form.filter.filter_in(&app, &caller, tenant)?;
    let filter = serde_json::to_string(&form.filter).expect("plain values always serialise");
    let expected = seen.or(form.version);
    let is_set = segments::set_filter(app.db.within(tenant), id, &filter, expected, app.clock.now()).await?;
    let (tenant, row) = found(&app, &caller, id).await?;
    if !is_set {
        let (version, at) = (row.version, rfc3339(row.updated_at));
        let now = json!({ "event": "segment_changed", "detail": segment(tenant, row, None), "at": at });
        return Err(Problem::stale(version, vec![now]));
    }
    counted(&app, &caller, tenant, row).await
}

/// Forgets a segment; its leads stay.
#[utoipa::path(
    delete, path = "/api/v1/segments/{id}", tag = "leads at work", security(("token" = [])),
    params(("id" = i64, Path, description = "The segment's id.")),
    responses((status = 204, description = "It is forgotten."), Guarded, Refusals)
)]
pub async fn remove(State(app): State<Arc<App>>, caller: Caller, Id(id): Id) -> Result<StatusCode, Problem> {
    let (tenant, _) = found(&app, &caller, id).await?;
    segments::remove(app.db.within(tenant), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
