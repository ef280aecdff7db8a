//! What runs by itself, and how it went.

use super::super::super::extract::rfc3339;
use super::super::super::openapi::Refusals;
use super::super::super::problem::Problem;
use super::super::access::Caller;
use super::super::form::Params;
use super::super::leads::Whose;
use super::super::refused::Guarded;
use crate::app::App;
use crate::store::alerts::{self, RunRow};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A task that runs by itself, and its last run.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaskRun {
    /// The center.
    #[schema(example = 1)]
    center_id: i64,
    /// The task.
    #[schema(example = "fill_hopper")]
    task: String,
    /// When it was begun last, RFC 3339.
    #[schema(example = "2026-02-01T10:00:00Z")]
    ran_at: String,
    /// For which day it was, by the center's clock; of tasks that run more often, which of their periods since 1970.
    #[schema(example = "2026-02-01")]
    ran_for: String,
    /// How many milliseconds it took; null where it has not ended, or its length is not kept.
    #[schema(example = 12)]
    took_ms: Option<i64>,
    /// What came of it; null likewise.
    #[schema(example = "200 ready of 210 looked at, 0 came in")]
    result: Option<String>,
}

/// Tasks that run by themselves, with their last runs; those that have not run yet are not there.
#[utoipa::path(
    get, path = "/api/v1/schedules", tag = "campaigns", security(("token" = [])), params(Whose),
    responses((status = 200, description = "They.", body = Vec<TaskRun>), Guarded, Refusals)
)]
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Params(whose): Params<Whose>,
) -> Result<Json<Vec<TaskRun>>, Problem> {
    let mut all = Vec::new();
    for tenant in caller.tenants(&app, whose.center_id)? {
        let runs = alerts::runs(app.db.within(tenant)).await?;
        all.extend(runs.into_iter().map(|row| {
            let RunRow { name, ran_for, ran_at, took_ms, result } = row;
            TaskRun { center_id: tenant.0, task: name, ran_at: rfc3339(ran_at), ran_for, took_ms, result }
        }));
    }
    Ok(Json(all))
}
