//! Campaigns are started, paused, resumed and ended.

use super::super::super::openapi::Refusals;
use super::super::super::problem::Problem;
use super::super::access::Caller;
use super::super::form::{Id, Seen};
use super::super::refused::Guarded;
use super::campaigns::{Campaign, found, tagged};
use super::refused::{CampaignConflicts, refused};
use crate::app::App;
use crate::domain::outreach::CampaignEvent;
use crate::service::outreach::{self as service, Wanted};
use axum::extract::State;
use axum::response::Response;
use std::sync::Arc;

async fn steer(
    app: &App,
    caller: &Caller,
    id: i64,
    seen: Seen,
    event: CampaignEvent,
) -> Result<Response, Problem> {
    let (tenant, _) = found(app, caller, id).await?;
    let wanted = Wanted { event: Some(event), ..Wanted::default() };
    let changed = service::change(app, tenant, (id, seen.0), wanted).await;
    tagged(tenant, changed.map_err(|unfit| refused(tenant, unfit))?)
}

/// Starts a draft: from now on its leads are tried, as their gates allow.
#[utoipa::path(
    post, path = "/api/v1/campaigns/{id}/start", tag = "campaigns", security(("token" = [])),
    params(("id" = i64, Path, description = "The campaign's id.")),
    responses((status = 200, description = "The campaign.", body = Campaign), Guarded, CampaignConflicts, Refusals)
)]
pub async fn start(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    seen: Seen,
) -> Result<Response, Problem> {
    steer(&app, &caller, id, seen, CampaignEvent::Start).await
}

/// Pauses a campaign: from this moment on it tries nobody, and whoever was about to be tried is let go. Calls under way go on.
#[utoipa::path(
    post, path = "/api/v1/campaigns/{id}/pause", tag = "campaigns", security(("token" = [])),
    params(("id" = i64, Path, description = "The campaign's id.")),
    responses((status = 200, description = "The campaign.", body = Campaign), Guarded, CampaignConflicts, Refusals)
)]
pub async fn pause(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    seen: Seen,
) -> Result<Response, Problem> {
    steer(&app, &caller, id, seen, CampaignEvent::Pause).await
}

/// Lets a paused campaign go on.
#[utoipa::path(
    post, path = "/api/v1/campaigns/{id}/resume", tag = "campaigns", security(("token" = [])),
    params(("id" = i64, Path, description = "The campaign's id.")),
    responses((status = 200, description = "The campaign.", body = Campaign), Guarded, CampaignConflicts, Refusals)
)]
pub async fn resume(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    seen: Seen,
) -> Result<Response, Problem> {
    steer(&app, &caller, id, seen, CampaignEvent::Resume).await
}

/// Ends a campaign for good.
#[utoipa::path(
    post, path = "/api/v1/campaigns/{id}/end", tag = "campaigns", security(("token" = [])),
    params(("id" = i64, Path, description = "The campaign's id.")),
    responses((status = 200, description = "The campaign.", body = Campaign), Guarded, CampaignConflicts, Refusals)
)]
pub async fn end(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    seen: Seen,
) -> Result<Response, Problem> {
    steer(&app, &caller, id, seen, CampaignEvent::End).await
}
