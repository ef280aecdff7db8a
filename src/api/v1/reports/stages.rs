//! How long leads stay where they stand.

use super::super::super::openapi::Refusals;
use super::super::super::problem::Problem;
use super::super::access::Caller;
use super::super::form::Params;
use super::super::refused::Guarded;
use super::{Days, Lasted, Wanted, mean};
use crate::app::App;
use crate::domain::lifecycle::Status;
use crate::store::{leads, reports};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// How long leads stay where they stand.
#[derive(Debug, Serialize, ToSchema)]
pub struct Stages {
    /// When they came to a status.
    period: Days,
    /// Every status, in the order of a lead's life.
    stages: Vec<Stage>,
}

/// A status.
#[derive(Debug, Serialize, ToSchema)]
pub struct Stage {
    /// Its name.
    #[schema(example = "FOLLOW_UP_PENDING")]
    status: &'static str,
    /// How often a lead came to it in the period.
    #[schema(example = 40)]
    entered: i64,
    /// How many of these have gone on since; only of them it is known how long they stayed.
    #[schema(example = 31)]
    went_on: i64,
    /// How many leads stand there now, whenever they came, but for those that were put aside.
    #[schema(example = 12)]
    now: i64,
    /// The mean time they stayed.
    average_time: Option<Lasted>,
    /// The time of the one in the middle.
    median_time: Option<Lasted>,
}

/// How often leads came to each status in a period, how long they stayed, and how many stand there now. A lead begins at
/// ENQUIRY_RECEIVED; from there on its changes are those of the audit log.
#[utoipa::path(
    get, path = "/api/v1/reports/stages", tag = "reports", security(("token" = [])), params(Wanted),
    responses((status = 200, description = "The numbers.", body = Stages), Guarded, Refusals)
)]
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Params(wanted): Params<Wanted>,
) -> Result<Json<Stages>, Problem> {
    let (tenant, period, days) = wanted.about(&app, &caller)?;
    let stays = reports::stays(app.db.within(tenant), period).await?;
    let standing = leads::stats(app.db.within(tenant)).await?;
    let stage = |status: Status| {
        let status = status.as_str();
        let stay = stays.iter().find(|row| row.status == status);
        let now = standing.iter().find(|row| row.status == status).map_or(0, |row| row.n - row.inactive);
        Stage {
            status,
            entered: stay.map_or(0, |stay| stay.entered),
            went_on: stay.map_or(0, |stay| stay.went_on),
            now,
            average_time: stay.and_then(|stay| mean(stay.took, stay.went_on)),
            median_time: stay.and_then(|stay| stay.median).map(Lasted::from),
        }
    };
    Ok(Json(Stages { period: days, stages: Status::ALL.map(stage).into() }))
}
