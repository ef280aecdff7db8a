//! How tasks went: for whoever asks for schedules, and in metrics.

use crate::app::App;
use crate::clock::{Millis, SECOND};
use crate::domain::access::Tenant;
use crate::store::alerts::{FAILED, ran};
use crate::store::db::StoreError;
use std::time::Duration;

/// A task of a tenant has run for so long. What cannot be written down is in metrics all the same.
pub async fn ended(
    app: &App,
    tenant: Tenant,
    task: &'static str,
    took: Duration,
    outcome: Result<String, StoreError>,
) {
    let is_well = if outcome.is_ok() { "done" } else { "failed" };
    let result = outcome.unwrap_or_else(|error| {
        tracing::error!(task, "a task failed: {}", error.chain());
        format!("{FAILED}{error}")
    });
    metrics::histogram!("leadwire_task_seconds", "task" => task).record(took.as_secs_f64());
    metrics::counter!("leadwire_tasks_total", "task" => task, "outcome" => is_well).increment(1);
    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are far below 2^53")]
    metrics::gauge!("leadwire_task_last_run_seconds", "task" => task).set((app.clock.now() / SECOND) as f64);
    let took_ms = Millis::try_from(took.as_millis()).unwrap_or(Millis::MAX);
    if let Err(error) = ran(app.db.within(tenant), task, took_ms, &result).await {
        tracing::warn!(task, "how a task went could not be kept: {}", error.chain());
    }
}
