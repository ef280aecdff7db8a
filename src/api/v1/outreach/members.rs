//! Leads are taken into campaigns one by one, and out of them.

use super::super::super::Api;
use super::super::super::openapi::Refusals;
use super::super::super::problem::Problem;
use super::super::access::Caller;
use super::super::form::{Checks, Form, Id};
use super::super::refused::Guarded;
use super::campaigns::found;
use super::refused::{CampaignConflicts, refused};
use crate::app::App;
use crate::service::outreach as service;
use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// The most leads of one request.
pub const MOST: usize = 1_000;

/// Leads for a campaign.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MembersForm {
    /// Their ids, up to 1,000.
    #[schema(example = json!([210_453_397_505_i64, 210_453_397_506_i64]), min_items = 1, max_items = 1_000, minimum = 1)]
    lead_ids: Vec<i64>,
}

/// Leads that came into a campaign.
#[derive(Debug, Serialize, ToSchema)]
pub struct MembersReceipt {
    /// How many: those that were not in it, and are leads of its center.
    #[schema(example = 2)]
    added: u64,
}

/// Takes leads into a campaign. Those that are in it already, and those that are not there, are passed over.
#[utoipa::path(
    post, path = "/api/v1/campaigns/{id}/leads", tag = "campaigns", security(("token" = [])), request_body = MembersForm,
    params(("id" = i64, Path, description = "The campaign's id.")),
    responses((status = 200, description = "How many came in.", body = MembersReceipt), Guarded, CampaignConflicts, Refusals)
)]
pub async fn add(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    Form(form): Form<MembersForm>,
) -> Result<Json<MembersReceipt>, Problem> {
    let mut checks = Checks::default();
    if !(1..=MOST).contains(&form.lead_ids.len()) {
        checks.wrong("/lead_ids", format!("must be 1 to {MOST} ids"));
    }
    for (n, lead) in form.lead_ids.iter().enumerate() {
        checks.id(&format!("/lead_ids/{n}"), Some(*lead));
    }
    checks.done()?;
    let (tenant, _) = found(&app, &caller, id).await?;
    let added = service::add(&app, tenant, id, &form.lead_ids).await;
    Ok(Json(MembersReceipt { added: added.map_err(|unfit| refused(tenant, unfit))? }))
}

/// A campaign and a lead, as a path names them. What cannot be an id names nothing.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    campaign: i64,
    lead: i64,
}

impl FromRequestParts<Api> for Member {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let unknown = || Problem::not_found("there is nothing with this id");
        let path = Path::<(i64, i64)>::from_request_parts(parts, api).await;
        let Path((campaign, lead)) = path.map_err(|_| unknown())?;
        Ok(Member { campaign, lead })
    }
}

/// Takes a lead out of a campaign; an attempt that is under way goes on.
#[utoipa::path(
    delete, path = "/api/v1/campaigns/{id}/leads/{lead_id}", tag = "campaigns", security(("token" = [])),
    params(("id" = i64, Path, description = "The campaign's id."), ("lead_id" = i64, Path, description = "The lead's id.")),
    responses((status = 204, description = "It is not in it any more."), Guarded, Refusals)
)]
pub async fn remove(
    State(app): State<Arc<App>>,
    caller: Caller,
    Member { campaign, lead }: Member,
) -> Result<StatusCode, Problem> {
    let (tenant, _) = found(&app, &caller, campaign).await?;
    let was = service::remove(&app, tenant, campaign, lead).await;
    if was.map_err(|unfit| refused(tenant, unfit))? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found("this lead is not in the campaign"))
    }
}
