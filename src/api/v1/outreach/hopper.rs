//! The hopper: who is about to be tried.

use super::super::super::extract::rfc3339;
use super::super::super::openapi::Refusals;
use super::super::super::problem::Problem;
use super::super::access::Caller;
use super::super::form::Params;
use super::super::named::{DialChannel, HopperState, LaneName};
use super::super::refused::Guarded;
use super::refused::unknown_campaign;
use crate::app::App;
use crate::domain::outreach::Lane;
use crate::store::outreach::campaigns;
use crate::store::outreach::hopper::{self, DepthRow};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// Leads of the hopper that have the same campaign, state, channel and lane.
#[derive(Debug, Serialize, ToSchema)]
pub struct HopperLine {
    /// The campaign.
    #[schema(example = 210_453_397_511_i64)]
    campaign_id: i64,
    /// `ready`, or `claimed`: an attempt is under way.
    #[schema(value_type = HopperState, example = "ready")]
    state: String,
    /// By what they are tried.
    #[schema(value_type = DialChannel, example = "voice")]
    channel: String,
    /// `callback`, `dropped`, `new`, `again`; the first goes first.
    #[schema(value_type = LaneName, example = "new")]
    lane: &'static str,
    /// How many.
    #[schema(example = 180)]
    leads: i64,
    /// Since when the oldest of them is there, RFC 3339.
    #[schema(example = "2026-02-01T10:00:00Z")]
    oldest_at: String,
}

impl From<DepthRow> for HopperLine {
    fn from(row: DepthRow) -> HopperLine {
        HopperLine {
            campaign_id: row.campaign_id,
            state: row.state,
            channel: row.channel,
            lane: Lane::at(row.lane).map_or("again", Lane::as_str),
            leads: row.n,
            oldest_at: rfc3339(row.oldest_at),
        }
    }
}

/// What is in the hopper.
#[derive(Debug, Serialize, ToSchema)]
pub struct HopperDepth {
    /// Leads that are about to be tried.
    #[schema(example = 180)]
    ready: i64,
    /// Leads that are being tried.
    #[schema(example = 5)]
    claimed: i64,
    /// They, by campaign, state, channel and lane.
    lines: Vec<HopperLine>,
}

impl HopperDepth {
    /// As the store has it.
    pub fn of(rows: Vec<DepthRow>) -> HopperDepth {
        let sum = |state: &str| rows.iter().filter(|row| row.state == state).map(|row| row.n).sum();
        HopperDepth {
            ready: sum("ready"),
            claimed: sum("claimed"),
            lines: rows.into_iter().map(HopperLine::from).collect(),
        }
    }
}

/// Whose.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Only of this campaign.
    #[param(example = json!(null), minimum = 1)]
    campaign_id: Option<i64>,
    /// Only of this center, for those who see several.
    #[param(example = 1)]
    center_id: Option<i64>,
}

/// How many leads are about to be tried, or are being tried, by campaign, state, channel and lane.
#[utoipa::path(
    get, path = "/api/v1/hopper", tag = "campaigns", security(("token" = [])), params(Wanted),
    responses((status = 200, description = "The numbers.", body = HopperDepth), Guarded, Refusals)
)]
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Params(wanted): Params<Wanted>,
) -> Result<Json<HopperDepth>, Problem> {
    let (mut rows, mut is_found) = (Vec::new(), wanted.campaign_id.is_none());
    for tenant in caller.tenants(&app, wanted.center_id)? {
        if let Some(id) = wanted.campaign_id {
            if campaigns::find(app.db.within(tenant), id).await?.is_none() {
                continue;
            }
            is_found = true;
        }
        rows.extend(hopper::depth(app.db.within(tenant), wanted.campaign_id).await?);
    }
    if is_found { Ok(Json(HopperDepth::of(rows))) } else { Err(unknown_campaign()) }
}
