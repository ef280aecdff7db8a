//! Where leads stand by the attempts to reach them.

use super::super::super::openapi::Refusals;
use super::super::super::problem::Problem;
use super::super::access::Caller;
use super::super::form::Params;
use super::super::leads::Whose;
use super::super::named::DialKind;
use super::super::refused::Guarded;
use super::super::reports::rounded;
use crate::app::App;
use crate::service::outreach::{Standings, standings};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Leads that say the same of the attempts to reach them.
#[derive(Debug, Serialize, ToSchema)]
pub struct DialStatus {
    /// What they say; null: nothing.
    #[schema(example = "no_answer")]
    dial_status: Option<String>,
    /// What may be done with leads that say so.
    #[schema(value_type = DialKind, example = "recyclable")]
    kind: &'static str,
    /// How many.
    #[schema(example = 243)]
    leads: i64,
    /// How many of them may be tried again: their lives and their person's word allow it.
    #[schema(example = 240)]
    recyclable: i64,
    /// Their share of all leads, from 0 to 1.
    #[schema(example = 0.0042)]
    share: f64,
}

/// Why leads are not tried again.
#[derive(Debug, Serialize, ToSchema)]
pub struct Over {
    /// Why, in words.
    #[schema(example = "they bought")]
    reason: &'static str,
    /// How many.
    #[schema(example = 123)]
    leads: i64,
}

/// Where leads stand by the attempts to reach them. Every lead is in one line.
#[derive(Debug, Serialize, ToSchema)]
pub struct DialStatuses {
    /// All leads.
    #[schema(example = 58_466)]
    leads: i64,
    /// Those that may be tried again.
    #[schema(example = 58_097)]
    recyclable: i64,
    /// By what they say, the most first.
    statuses: Vec<DialStatus>,
    /// Why all others are not tried again: these and the recyclable ones are all.
    over: Vec<Over>,
}

impl From<Standings> for DialStatuses {
    fn from(all: Standings) -> DialStatuses {
        let (leads, recyclable) = (all.leads(), all.recyclable());
        let lines = all.lines.into_iter().map(|line| DialStatus {
            share: rounded(line.leads as f64 / leads.max(1) as f64),
            dial_status: line.dial_status,
            kind: line.kind.as_str(),
            leads: line.leads,
            recyclable: line.recyclable,
        });
        let over = all.over.into_iter().map(|(reason, leads)| Over { reason, leads });
        DialStatuses { leads, recyclable, statuses: lines.collect(), over: over.collect() }
    }
}

/// Where leads stand by the attempts to reach them, those that say nothing too, how many may be tried again, and why the others are not.
#[utoipa::path(
    get, path = "/api/v1/outreach/statuses", tag = "outreach", security(("token" = [])), params(Whose),
    responses((status = 200, description = "The numbers.", body = DialStatuses), Guarded, Refusals)
)]
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Params(whose): Params<Whose>,
) -> Result<Json<DialStatuses>, Problem> {
    let tenant = caller.tenant(&app, whose.center_id)?;
    Ok(Json(standings(app.db.within(tenant)).await?.into()))
}
