//! Campaigns: which there are, new ones, and changes.

use super::super::super::extract::rfc3339;
use super::super::super::openapi::Refusals;
use super::super::super::problem::Problem;
use super::super::access::Caller;
use super::super::form::{Checks, Form, Id, Params, Seen};
use super::super::named::CampaignState;
use super::super::paging::{cursor, next, page};
use super::super::refused::Guarded;
use super::refused::{self, CampaignConflicts, refused, unknown_campaign};
use crate::app::App;
use crate::domain::access::Tenant;
use crate::domain::outreach::campaign::{self, Settings};
use crate::domain::outreach::mistakes::{NAME, is_plain_name};
use crate::domain::outreach::settings;
use crate::service::outreach as service;
use crate::store::db::StoreError;
use crate::store::outreach::campaigns::{self, CampaignRow};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// A campaign.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Campaign {
    /// Its id.
    #[schema(example = 210_453_397_511_i64)]
    pub id: i64,
    /// The center.
    #[schema(example = 1)]
    pub center_id: i64,
    /// Its name.
    #[schema(example = "Spring term")]
    pub name: String,
    /// `draft`, `running`, `paused`, `ended`.
    #[schema(value_type = CampaignState, example = "running")]
    pub state: String,
    /// What it does.
    pub settings: Settings,
    /// Who made it.
    #[schema(example = 5)]
    pub created_by_id: Option<i64>,
    /// When, RFC 3339.
    #[schema(example = "2026-02-01T09:00:00Z")]
    pub created_at: String,
    /// When it was changed last, RFC 3339.
    #[schema(example = "2026-02-01T09:30:00Z")]
    pub updated_at: String,
    /// When it was started first, RFC 3339; null: it was not yet.
    #[schema(example = "2026-02-01T09:30:00Z")]
    pub started_at: Option<String>,
    /// When it ended, RFC 3339; null: it did not yet.
    #[schema(example = json!(null))]
    pub ended_at: Option<String>,
    /// How often it was changed; its ETag.
    #[schema(example = 3)]
    pub version: i64,
}

/// A campaign as an answer.
///
/// # Errors
/// Where its row holds what nobody writes.
pub fn campaign(tenant: Tenant, row: CampaignRow) -> Result<Campaign, StoreError> {
    let settings = service::read(&row)?.settings;
    Ok(Campaign {
        id: row.id,
        center_id: tenant.0,
        name: row.name,
        state: row.state,
        settings,
        created_by_id: row.created_by,
        created_at: rfc3339(row.created_at),
        updated_at: rfc3339(row.updated_at),
        started_at: row.started_at.map(rfc3339),
        ended_at: row.ended_at.map(rfc3339),
        version: row.version,
    })
}

/// A campaign, with its version as ETag.
pub fn tagged(tenant: Tenant, row: CampaignRow) -> Result<Response, Problem> {
    let etag = [(header::ETAG, format!("\"{}\"", row.version))];
    Ok((etag, Json(campaign(tenant, row)?)).into_response())
}

/// The campaign, in whichever tenant of the caller's it is.
///
/// # Errors
/// 404 where none has it.
pub async fn found(app: &App, caller: &Caller, id: i64) -> Result<(Tenant, CampaignRow), Problem> {
    for tenant in caller.tenants(app, None)? {
        if let Some(row) = campaigns::find(app.db.within(tenant), id).await? {
            return Ok((tenant, row));
        }
    }
    Err(unknown_campaign())
}

/// Which campaigns are asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Only those that are so.
    #[param(value_type = Option<CampaignState>, example = "running")]
    state: Option<String>,
    /// At most so many, 1 to 500; 50 unless it is said.
    #[param(example = 50, minimum = 1, maximum = 500)]
    limit: Option<i64>,
    /// Where the page before ended, from the header `Link`.
    #[param(example = json!(null))]
    cursor: Option<String>,
    /// Only of this center, for those who see several.
    #[param(example = 1)]
    center_id: Option<i64>,
}

fn state(name: &str) -> Result<campaign::State, Problem> {
    let names = campaign::State::ALL.map(campaign::State::as_str).join(", ");
    campaign::State::parse(name).ok_or_else(|| Problem::malformed(format!("state must be one of {names}")))
}

/// Campaigns, the newest first; center by center for those who see several. The header `Link` names the next page.
#[utoipa::path(
    get, path = "/api/v1/campaigns", tag = "campaigns", security(("token" = [])), params(Wanted),
    responses(
        (status = 200, description = "A page of campaigns.", body = Vec<Campaign>,
         headers(("Link" = String, description = "The next page, where there is one."))),
        Guarded, Refusals
    )
)]
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    uri: Uri,
    Params(wanted): Params<Wanted>,
) -> Result<(HeaderMap, Json<Vec<Campaign>>), Problem> {
    let (limit, _) = page(wanted.limit, None)?;
    let cursor = cursor(wanted.cursor.as_deref())?.map(|[tenant, id]| (tenant, id));
    let state = wanted.state.as_deref().map(state).transpose()?;
    let mut rows: Vec<(Tenant, CampaignRow)> = Vec::new();
    for tenant in caller.tenants(&app, wanted.center_id)? {
        let before = match cursor {
            Some((at, _)) if tenant.0 < at => continue,
            Some((at, id)) if tenant.0 == at => id,
            _ => i64::MAX,
        };
        let wants = limit + 1 - rows.len() as i64;
        let found = campaigns::list(app.db.within(tenant), state, before, wants).await?;
        rows.extend(found.into_iter().map(|row| (tenant, row)));
        if rows.len() as i64 > limit {
            break;
        }
    }
    let mut headers = HeaderMap::new();
    if rows.len() as i64 > limit {
        rows.truncate(limit as usize);
        if let Some((tenant, last)) = rows.last() {
            headers.insert(header::LINK, next(&uri, [tenant.0, last.id]));
        }
    }
    let all: Result<Vec<Campaign>, StoreError> =
        rows.into_iter().map(|(tenant, row)| campaign(tenant, row)).collect();
    Ok((headers, Json(all?)))
}

/// A campaign that is made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignForm {
    /// Its name, once in a center.
    #[schema(required, value_type = String, example = "Spring term", min_length = 1, max_length = 100)]
    name: Option<String>,
    /// What it does; what is left out is as usual.
    #[schema(value_type = Settings)]
    settings: serde_json::Value,
    /// The center, for those who see several.
    #[schema(example = json!(null))]
    center_id: Option<i64>,
}

/// Refuses a name that cannot be told in a line.
fn plain(checks: &mut Checks, name: Option<&str>) {
    if !name.is_none_or(is_plain_name) {
        checks.refused("/name", "must be one line, without characters that turn its direction");
    }
}

/// Settings of a body; what is wrong with them is told with the rest of it.
fn read(checks: &mut Checks, given: serde_json::Value) -> Settings {
    settings::read(given).unwrap_or_else(|mistakes| {
        refused::add(checks, mistakes);
        Settings::default()
    })
}

/// Makes a campaign, which does nothing until it is started. Everything that is wrong with its settings is told at once.
#[utoipa::path(
    post, path = "/api/v1/campaigns", tag = "campaigns", security(("token" = [])), request_body = CampaignForm,
    responses((status = 201, description = "The campaign.", body = Campaign), Guarded, CampaignConflicts, Refusals)
)]
pub async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    Form(form): Form<CampaignForm>,
) -> Result<Response, Problem> {
    let mut checks = Checks::default();
    let name = checks.needed("/name", form.name.as_deref(), NAME);
    plain(&mut checks, form.name.as_deref());
    let settings = read(&mut checks, form.settings);
    checks.done()?;
    let tenant = caller.tenant(&app, form.center_id)?;
    let made = service::create(&app, tenant, &caller.actor, name, &settings).await;
    let row = made.map_err(|unfit| refused(tenant, unfit))?;
    let location = [(header::LOCATION, format!("/api/v1/campaigns/{}", row.id))];
    Ok((StatusCode::CREATED, location, tagged(tenant, row)?).into_response())
}

/// A campaign.
#[utoipa::path(
    get, path = "/api/v1/campaigns/{id}", tag = "campaigns", security(("token" = [])),
    params(("id" = i64, Path, description = "The campaign's id.")),
    responses((status = 200, description = "It.", body = Campaign), Guarded, Refusals)
)]
pub async fn show(State(app): State<Arc<App>>, caller: Caller, Id(id): Id) -> Result<Response, Problem> {
    let (tenant, row) = found(&app, &caller, id).await?;
    tagged(tenant, row)
}

/// What is changed of a campaign; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignChangeForm {
    /// Another name.
    #[schema(example = "Spring term, second round", min_length = 1, max_length = 100)]
    name: Option<String>,
    /// Other settings, whole: they take the place of those there were.
    #[schema(value_type = Option<Settings>)]
    settings: Option<serde_json::Value>,
    /// The version that was seen; or send `If-Match`.
    #[schema(example = 3)]
    version: Option<i64>,
}

/// Changes a campaign, also while it runs: its leads are looked at again.
#[utoipa::path(
    patch, path = "/api/v1/campaigns/{id}", tag = "campaigns", security(("token" = [])), request_body = CampaignChangeForm,
    params(("id" = i64, Path, description = "The campaign's id.")),
    responses((status = 200, description = "The campaign.", body = Campaign), Guarded, CampaignConflicts, Refusals)
)]
pub async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    seen: Seen,
    Form(form): Form<CampaignChangeForm>,
) -> Result<Response, Problem> {
    let mut checks = Checks::default();
    let name = checks.text("/name", form.name.as_deref(), NAME);
    plain(&mut checks, form.name.as_deref());
    let settings = form.settings.map(|given| read(&mut checks, given));
    checks.done()?;
    let (tenant, _) = found(&app, &caller, id).await?;
    let wanted = service::Wanted { name, settings, event: None };
    let changed = service::change(&app, tenant, (id, seen.or(form.version)), wanted).await;
    tagged(tenant, changed.map_err(|unfit| refused(tenant, unfit))?)
}
