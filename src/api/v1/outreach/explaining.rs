//! Why a lead is tried next, or is not.

use super::super::super::extract::rfc3339;
use super::super::super::openapi::Refusals;
use super::super::super::problem::Problem;
use super::super::access::{Caller, unknown};
use super::super::form::{Id, Params};
use super::super::named::{DialChannel, GateName, LaneName, VerdictName};
use super::super::refused::Guarded;
use super::refused::unknown_campaign;
use crate::app::App;
use crate::domain::outreach::{Stand, Verdict};
use crate::service::outreach::{self as service, Explained, Explanation};
use crate::store::leads::{self, Thing};
use crate::store::outreach::campaigns;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// A gate a lead has to pass before it is tried.
#[derive(Debug, Serialize, ToSchema)]
pub struct GateExplained {
    /// Which.
    #[schema(value_type = GateName, example = "delay")]
    gate: &'static str,
    /// Whether the lead passes it.
    #[schema(example = false)]
    passes: bool,
    /// When it does, if nothing else changes, RFC 3339; null: it passes, or time alone does not open it.
    #[schema(example = "2026-02-01T13:05:00Z")]
    opens_at: Option<String>,
    /// Its rule, and what it found, in words.
    #[schema(example = "it rests 4 hours after busy; that was at 2026-02-01T09:05:00Z")]
    rule: String,
}

impl From<Explained> for GateExplained {
    fn from(explained: Explained) -> GateExplained {
        let opens_at = match explained.stand {
            Stand::Until(at) => Some(rfc3339(at)),
            Stand::Open | Stand::Shut => None,
        };
        GateExplained {
            gate: explained.gate.as_str(),
            passes: explained.stand == Stand::Open,
            opens_at,
            rule: explained.words,
        }
    }
}

/// Why a campaign tries a lead, or does not.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeadInCampaign {
    /// The campaign.
    #[schema(example = 210_453_397_511_i64)]
    campaign_id: i64,
    /// Its name.
    #[schema(example = "Spring term")]
    campaign: String,
    /// Whether the lead is in it.
    #[schema(example = true)]
    is_member: bool,
    /// `now`: it may be tried; `at`: not before then, if nothing else changes; `not`: not until something else changes.
    #[schema(value_type = VerdictName, example = "at")]
    verdict: &'static str,
    /// When it may be tried, RFC 3339; null: now, or nobody knows.
    #[schema(example = "2026-02-01T13:05:00Z")]
    at: Option<String>,
    /// The gate that says so: the one that is shut the longest, or the first that time does not open; null: it may be tried. It may pass
    /// now, and be shut when the others open: `why` says so.
    #[schema(value_type = Option<GateName>, example = "delay")]
    gate: Option<&'static str>,
    /// All of that in words.
    #[schema(
        example = "not before 2026-02-02T09:00:00Z: delay is shut until 2026-02-01T21:05:00Z, and by then it is outside the campaign's hours (hours)"
    )]
    why: String,
    /// Where it waits: `callback`, `dropped`, `new`, `again`; the first lane goes first.
    #[schema(value_type = LaneName, example = "again")]
    lane: &'static str,
    /// By what it would be tried; null: nothing reaches it.
    #[schema(value_type = Option<DialChannel>, example = "voice")]
    channel: Option<&'static str>,
    /// Every gate.
    gates: Vec<GateExplained>,
}

impl From<Explanation> for LeadInCampaign {
    fn from(explanation: Explanation) -> LeadInCampaign {
        let (verdict, at, gate) = match explanation.verdict {
            Verdict::Now { .. } => ("now", None, None),
            Verdict::At(at, gate) => ("at", Some(rfc3339(at)), Some(gate.as_str())),
            Verdict::Not(gate) => ("not", None, Some(gate.as_str())),
        };
        LeadInCampaign {
            campaign_id: explanation.campaign.id,
            campaign: explanation.campaign.name,
            is_member: explanation.is_member,
            verdict,
            at,
            gate,
            why: explanation.why,
            lane: explanation.lane.as_str(),
            channel: explanation.channel.map(|channel| channel.as_str()),
            gates: explanation.gates.into_iter().map(GateExplained::from).collect(),
        }
    }
}

/// Why a lead is tried, or is not.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeadExplained {
    /// The lead.
    #[schema(example = 210_453_397_505_i64)]
    lead_id: i64,
    /// When that was so, RFC 3339.
    #[schema(example = "2026-02-01T10:00:00Z")]
    asked_at: String,
    /// By the campaign that was named, or by each the lead is in, the newest first.
    campaigns: Vec<LeadInCampaign>,
}

impl LeadExplained {
    /// As the service says it.
    pub fn of(lead_id: i64, asked_at: i64, all: Vec<Explanation>) -> LeadExplained {
        let campaigns = all.into_iter().map(LeadInCampaign::from).collect();
        LeadExplained { lead_id, asked_at: rfc3339(asked_at), campaigns }
    }
}

/// To which campaign.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// The campaign, whether the lead is in it or not; without it each the lead is in, the newest 100.
    #[param(example = json!(null), minimum = 1)]
    campaign_id: Option<i64>,
}

/// Why a lead is tried next, or is not: gate by gate, with the rule of each and the time it opens.
#[utoipa::path(
    get, path = "/api/v1/leads/{id}/explain", tag = "campaigns", security(("token" = [])),
    params(("id" = i64, Path, description = "The lead's id."), Wanted),
    responses((status = 200, description = "Why.", body = LeadExplained), Guarded, Refusals)
)]
pub async fn explain(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    Params(wanted): Params<Wanted>,
) -> Result<Json<LeadExplained>, Problem> {
    let tenant = caller.tenant_of(&app, Thing::Lead, id).await?;
    leads::find(app.db.within(tenant), id).await?.ok_or_else(|| unknown(Thing::Lead))?;
    if let Some(campaign) = wanted.campaign_id {
        campaigns::find(app.db.within(tenant), campaign).await?.ok_or_else(unknown_campaign)?;
    }
    let all = service::explain_all(&app, tenant, id, wanted.campaign_id).await?;
    Ok(Json(LeadExplained::of(id, app.clock.now(), all)))
}
