//! What somebody has to do on a day.

use super::super::openapi::Refusals;
use super::super::problem::Problem;
use super::access::Caller;
use super::form::Params;
use super::refused::Guarded;
use super::shape::{FollowUp, IntroVisit};
use crate::app::App;
use crate::domain::when;
use crate::store::leads::{self, VisitFilter};
use crate::store::users;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// The most that is shown of each kind.
const MOST: i64 = 200;

/// Whose agenda, of which day.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Whose; whoever asks unless it is said.
    #[param(example = json!(null))]
    user_id: Option<i64>,
    /// Which day, by the center's clock; today unless it is said.
    #[param(example = "2026-02-20", format = Date)]
    date: Option<String>,
    /// The center, for those who see several.
    #[param(example = 1)]
    center_id: Option<i64>,
}

/// What somebody has to do on a day; of each kind the first 200.
#[derive(Debug, Serialize, ToSchema)]
pub struct Agenda {
    /// Who.
    #[schema(example = 5)]
    user_id: i64,
    /// The day.
    #[schema(example = "2026-02-20")]
    date: String,
    /// By whose clock.
    #[schema(example = "Asia/Kolkata")]
    time_zone: String,
    /// Follow-ups that were due before the day, or before now, the longest overdue first.
    overdue: Vec<FollowUp>,
    /// Follow-ups of the day that are still to come.
    due: Vec<FollowUp>,
    /// Visits of the day they receive, without those that were cancelled.
    visits: Vec<IntroVisit>,
}

/// What somebody has to do on a day: what is overdue, what is due, and the visits they receive.
#[utoipa::path(
    get, path = "/api/v1/agenda", tag = "follow-ups", security(("token" = [])), params(Wanted),
    responses((status = 200, description = "The agenda.", body = Agenda), Guarded, Refusals)
)]
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Params(wanted): Params<Wanted>,
) -> Result<Json<Agenda>, Problem> {
    let tenant = caller.tenant(&app, wanted.center_id)?;
    let Some(user_id) = wanted.user_id.or(caller.actor.user_id) else {
        return Err(Problem::refused("say whose: this token is nobody's, so user_id is needed"));
    };
    if users::find(app.db.within(tenant), user_id).await?.is_none() {
        return Err(Problem::not_found("nobody with this user_id works here; see GET /api/v1/users"));
    }
    let (zone, now) = (app.center(tenant.0).zone.clone(), app.clock.now());
    let at = match wanted.date.as_deref() {
        None => now,
        Some(date) => {
            let is_day = date.parse::<jiff::civil::Date>().is_ok() && date.len() == "2026-02-20".len();
            let at = when::instant(date, &zone).ok().filter(|_| is_day);
            at.ok_or_else(|| Problem::refused("date must be a day, such as 2026-02-20"))?
        }
    };
    let day = when::day(at, &zone);
    let rows = leads::agenda(app.db.within(tenant), user_id, day.end, 2 * MOST).await?;
    let late = now.clamp(day.start, day.end);
    let (overdue, due): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.scheduled_at < late);
    let filter = VisitFilter {
        from: day.start,
        to: day.end,
        trainer_id: Some(user_id),
        limit: MOST,
        ..VisitFilter::default()
    };
    let visits = leads::visits(app.db.within(tenant), &filter).await?;
    let told =
        |rows: Vec<leads::FollowUpRow>| rows.into_iter().take(MOST as usize).map(FollowUp::from).collect();
    Ok(Json(Agenda {
        user_id,
        date: zone.to_datetime(jiff::Timestamp::from_millisecond(at).unwrap_or_default()).date().to_string(),
        time_zone: app.center(tenant.0).time_zone.clone(),
        overdue: told(overdue),
        due: told(due),
        visits: visits
            .into_iter()
            .filter(|visit| visit.cancelled_at.is_none())
            .map(IntroVisit::from)
            .collect(),
    }))
}
