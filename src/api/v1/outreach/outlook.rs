//! What a campaign would do, and for what its leads wait.

use super::super::super::extract::rfc3339;
use super::super::super::openapi::Refusals;
use super::super::super::problem::Problem;
use super::super::access::Caller;
use super::super::form::Id;
use super::super::named::GateName;
use super::super::refused::Guarded;
use super::campaigns::found;
use crate::app::App;
use crate::clock::SECOND;
use crate::service::outreach::{self as service, Bounds, Preview, Rolled};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use utoipa::ToSchema;

/// How much a request looks at. It has to end before whoever asks gives up.
fn bounds() -> Bounds {
    Bounds { leads: 10_000, until: Some(Instant::now() + Duration::from_secs(10)) }
}

/// Leads that wait for time alone.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaitingLeads {
    /// The gate that is shut the longest.
    #[schema(value_type = GateName, example = "delay")]
    gate: &'static str,
    /// How many.
    #[schema(example = 1_240)]
    leads: u64,
    /// When it opens for the first of them, RFC 3339.
    #[schema(example = "2026-02-01T13:05:00Z")]
    first_at: String,
}

/// Leads that wait for something else than time.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShutOutLeads {
    /// The first gate that is shut.
    #[schema(value_type = GateName, example = "opt_out")]
    gate: &'static str,
    /// How many.
    #[schema(example = 17)]
    leads: u64,
}

/// For what leads of a campaign wait: each is counted once.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeadsByGate {
    /// Those that were looked at: the sum of all below.
    #[schema(example = 1_300)]
    leads: u64,
    /// Those that may be tried at this moment.
    #[schema(example = 43)]
    now: u64,
    /// Those that may be once time has passed.
    later: Vec<WaitingLeads>,
    /// Those that may not until something else changes.
    shut: Vec<ShutOutLeads>,
}

impl From<Rolled> for LeadsByGate {
    fn from(all: Rolled) -> LeadsByGate {
        let later = all.later.into_iter().map(|(gate, (leads, first_at))| WaitingLeads {
            gate: gate.as_str(),
            leads,
            first_at: rfc3339(first_at),
        });
        let shut = all.shut.into_iter().map(|(gate, leads)| ShutOutLeads { gate: gate.as_str(), leads });
        LeadsByGate { leads: all.leads, now: all.now, later: later.collect(), shut: shut.collect() }
    }
}

/// What a campaign would do if it ran now.
#[derive(Debug, Serialize, ToSchema)]
pub struct CampaignPreview {
    /// Why it cannot be started; none: it can.
    #[schema(example = json!([]))]
    blockers: Vec<String>,
    /// What whoever starts it should know.
    #[schema(example = json!(["17 leads have opted out of whatever reaches them"]))]
    warnings: Vec<String>,
    /// For what its leads would wait.
    #[serde(flatten)]
    leads: LeadsByGate,
    /// Whether it has more leads than were looked at: a request looks at 10,000, and for ten seconds.
    #[schema(example = false)]
    has_more: bool,
    /// Attempts at most, by channel, of those leads that wait for time alone or for nothing.
    #[schema(example = json!({"voice": 3849, "sms": 1283}))]
    attempts: BTreeMap<&'static str, u64>,
    /// What these cost at most, by the settings' `prices`; null: they name none.
    #[schema(example = 89.81)]
    cost: Option<f64>,
    /// How many seconds these attempts take at the campaign's pace, beside the rests in between: calls and messages side by side, the slower
    /// of both, where a call holds its line for 30 seconds.
    #[schema(example = 23094)]
    takes_seconds: i64,
}

impl From<Preview> for CampaignPreview {
    fn from(preview: Preview) -> CampaignPreview {
        CampaignPreview {
            blockers: preview.blockers,
            warnings: preview.warnings,
            leads: preview.leads.into(),
            has_more: preview.has_more,
            attempts: preview.attempts.into_iter().map(|(by, n)| (by.as_str(), n)).collect(),
            cost: preview.cost,
            takes_seconds: preview.takes_ms / SECOND,
        }
    }
}

/// What a campaign would do if it ran now: what stands in the way, for what its leads would wait, attempts, cost and time. Leads of its
/// segments come into it by that.
#[utoipa::path(
    get, path = "/api/v1/campaigns/{id}/preview", tag = "campaigns", security(("token" = [])),
    params(("id" = i64, Path, description = "The campaign's id.")),
    responses((status = 200, description = "That.", body = CampaignPreview), Guarded, Refusals)
)]
pub async fn preview(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<CampaignPreview>, Problem> {
    let (tenant, row) = found(&app, &caller, id).await?;
    Ok(Json(service::preview(&app, tenant, &row, bounds(), &mut |_| {}).await?.into()))
}

/// For what a campaign's leads wait at this moment.
#[derive(Debug, Serialize, ToSchema)]
pub struct CampaignExplained {
    /// They, by their gates.
    #[serde(flatten)]
    leads: LeadsByGate,
    /// Whether it has more leads than were looked at: a request looks at 10,000, and for ten seconds.
    #[schema(example = false)]
    has_more: bool,
}

impl CampaignExplained {
    /// As the service says it.
    pub fn of(leads: Rolled, has_more: bool) -> CampaignExplained {
        CampaignExplained { leads: leads.into(), has_more }
    }
}

/// For what a campaign's leads wait at this moment: how many may be tried now, how many later and by which gate, how many not at all. Each
/// lead is counted once.
#[utoipa::path(
    get, path = "/api/v1/campaigns/{id}/explain", tag = "campaigns", security(("token" = [])),
    params(("id" = i64, Path, description = "The campaign's id.")),
    responses((status = 200, description = "The numbers.", body = CampaignExplained), Guarded, Refusals)
)]
pub async fn explain(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<CampaignExplained>, Problem> {
    let (tenant, row) = found(&app, &caller, id).await?;
    let (leads, has_more) = service::roll_up_to(&app, tenant, &row, bounds(), &mut |_| {}).await?;
    Ok(Json(CampaignExplained::of(leads, has_more)))
}
