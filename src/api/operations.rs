//! `GET /health` and `GET /metrics`.

use crate::app::App;
use crate::service::health::Shared;
use crate::telemetry;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// How the server is; 503 where it cannot serve.
pub async fn health(State(app): State<Arc<App>>, State(shared): State<Arc<Shared>>) -> Response {
    let health = shared.check(&app).await;
    let status = if health.status == "unhealthy" { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    (status, [(header::CACHE_CONTROL, "no-store")], Json(health)).into_response()
}

/// Prometheus's text format.
pub async fn metrics(State(app): State<Arc<App>>, State(shared): State<Arc<Shared>>) -> Response {
    let all = telemetry::metrics();
    metrics::gauge!("leadwire_turns_waiting").set(app.turns.depth() as f64);
    metrics::gauge!("leadwire_turn_lanes").set(app.turns.lanes() as f64);
    metrics::gauge!("leadwire_jobs_in_hand").set(app.handover.in_hand() as f64);
    if let Some(jobs) = shared.jobs(&app).await {
        metrics::gauge!("leadwire_jobs_open").set(jobs.open as f64);
        metrics::gauge!("leadwire_jobs_oldest_seconds").set(jobs.oldest_ms as f64 / 1_000.0);
        metrics::gauge!("leadwire_jobs_dead").set(jobs.dead as f64);
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], all.render()).into_response()
}
