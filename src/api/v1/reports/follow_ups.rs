//! What follow-ups come to.

use super::super::super::openapi::Refusals;
use super::super::super::problem::Problem;
use super::super::access::Caller;
use super::super::form::Params;
use super::super::refused::Guarded;
use super::{Days, Rate, Wanted, rounded};
use crate::app::App;
use crate::domain::lifecycle::FollowUpOutcome;
use crate::store::reports::{self, FollowedRow};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// What follow-ups come to.
#[derive(Debug, Serialize, ToSchema)]
pub struct FollowUps {
    /// When the follow-ups were planned, and when the leads came.
    period: Days,
    /// How many were planned.
    #[schema(example = 80)]
    planned: i64,
    /// How many of them were done.
    #[schema(example = 60)]
    completed: i64,
    /// How many were called off, by hand or because their lead came to its end.
    #[schema(example = 5)]
    cancelled: i64,
    /// How many are still to be done.
    #[schema(example = 15)]
    pending: i64,
    /// How many of those should have been done by now.
    #[schema(example = 3)]
    overdue: i64,
    /// How many were done before their time or within 24 hours of it.
    #[schema(example = 54)]
    completed_on_time: i64,
    /// Their share among those that were done, from 0 to 1; null where none was.
    #[schema(example = 0.9)]
    on_time_rate: Option<f64>,
    /// What came of those that were done; `none`: nothing in particular.
    #[schema(example = json!({"ENROLLED": 12, "POSTPONED": 30, "LOST": 8, "SCHEDULED_IV": 6, "none": 4}))]
    outcomes: BTreeMap<String, i64>,
    /// Leads that came in the period and had a follow-up that was done.
    with_follow_up: Followed,
    /// Leads that came in the period and had none.
    without_follow_up: Followed,
}

/// How many leads are converted.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Followed {
    /// How many leads came.
    #[schema(example = 70)]
    leads: i64,
    /// How many of them are converted by now.
    #[schema(example = 21)]
    converted: i64,
    /// Their share; null where no lead came.
    rate: Option<Rate>,
}

/// What became of the follow-ups that were planned in a period, and how many leads convert with and without one. That those with one do
/// better does not prove that it is why: people choose whom they speak with.
#[utoipa::path(
    get, path = "/api/v1/reports/follow-ups", tag = "reports", security(("token" = [])), params(Wanted),
    responses((status = 200, description = "The numbers.", body = FollowUps), Guarded, Refusals)
)]
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Params(wanted): Params<Wanted>,
) -> Result<Json<FollowUps>, Problem> {
    let (tenant, period, days) = wanted.about(&app, &caller)?;
    let counts = reports::follow_up_counts(app.db.within(tenant), period, app.clock.now()).await?;
    let mut outcomes: BTreeMap<String, i64> =
        FollowUpOutcome::ALL.map(|outcome| (outcome.as_str().to_owned(), 0)).into();
    outcomes.insert("none".to_owned(), 0);
    for row in reports::outcomes(app.db.within(tenant), period).await? {
        let name = if row.outcome.is_empty() { "none".to_owned() } else { row.outcome };
        *outcomes.entry(name).or_default() += row.n;
    }
    let followed = reports::followed(app.db.within(tenant), period).await?;
    let of = |which: i64| {
        let row = followed.iter().find(|row| row.followed == which);
        row.map(|FollowedRow { leads, converted, .. }| Followed {
            leads: *leads,
            converted: *converted,
            rate: Rate::of(*converted, *leads),
        })
        .unwrap_or_default()
    };
    Ok(Json(FollowUps {
        period: days,
        planned: counts.planned,
        completed: counts.completed,
        cancelled: counts.cancelled,
        pending: counts.pending,
        overdue: counts.overdue,
        completed_on_time: counts.on_time,
        on_time_rate: (counts.completed > 0)
            .then(|| rounded(counts.on_time as f64 / counts.completed as f64)),
        outcomes,
        with_follow_up: of(1),
        without_follow_up: of(0),
    }))
}
