//! HTTP for programs: one file per resource, problems as RFC 9457.

pub mod operations;
pub mod pages;
pub mod problem;
pub mod webhooks;

use crate::app::App;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use std::sync::Arc;

/// The most bytes a webhook may have.
const WEBHOOK_BYTES: usize = 256 * 1024;

/// All routes.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/webhooks/twilio/messages", post(webhooks::messages))
        .route("/webhooks/twilio/status", post(webhooks::status))
        .layer(DefaultBodyLimit::max(WEBHOOK_BYTES))
        .route("/health", get(operations::health))
        .route("/metrics", get(operations::metrics))
        .with_state(app)
}
