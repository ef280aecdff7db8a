//! Watching deliveries and the outbox for operations, and the day's summary.

use super::{alerts, outbox};
use crate::app::App;
use crate::clock::{DAY, MINUTE, Millis};
use crate::notify::Notice;
use crate::store::alerts as store;
use crate::store::db::StoreError;
use crate::store::deliveries::{self, Counts};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// How often it is looked.
const EVERY: Duration = Duration::from_millis(MINUTE as u64);
/// Fewer deliveries than this have no rate worth an alert.
const FEWEST: i64 = 5;

/// Watches until `stopped`.
pub async fn run(app: Arc<App>, stopped: CancellationToken) {
    let mut every = interval(EVERY);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stopped.cancelled() => return,
            _ = every.tick() => {}
        }
        if let Err(error) = look(&app).await {
            tracing::error!("deliveries could not be watched: {}", error.chain());
        }
    }
}

/// Looks once: raises and clears alerts, and sends the summary where it is time.
///
/// # Errors
/// Where the database does not answer.
pub async fn look(app: &App) -> Result<(), StoreError> {
    let now = app.clock.now();
    let limits = &app.config.file.alerts;
    let standing = deliveries::standing(&app.db).await?;
    for tenant in &app.tenants {
        let failed: i64 = standing
            .iter()
            .filter(|row| row.tenant_id == tenant.id && row.state != "pending")
            .map(|row| row.count)
            .sum();
        let message = format!("{failed} deliveries failed; see leadwire leads failed list");
        hold(app, tenant.id, "deliveries-failed", failed >= limits.failed, &message).await;
        let counts = deliveries::counts(&app.db, tenant.id, now - limits.window_ms).await?;
        let rate = success_percent(&counts);
        let message = format!(
            "Only {} of 100 leads reached their sinks lately ({} of {})",
            rate.unwrap_or(100),
            counts.delivered,
            counts.tried()
        );
        let is_low = rate.is_some_and(|rate| rate < limits.success_percent);
        hold(app, tenant.id, "success-rate", is_low, &message).await;
        summary(app, tenant.id, now).await?;
    }
    let oldest_ms = outbox::standing(&app.db, now).await?.oldest_ms;
    let message = format!(
        "A job waits for {} minutes past its time; see leadwire jobs list --state open",
        oldest_ms / MINUTE
    );
    for tenant in &app.tenants {
        hold(app, tenant.id, "outbox-old", oldest_ms > limits.oldest_ms, &message).await;
    }
    Ok(())
}

async fn hold(app: &App, tenant_id: i64, name: &str, holds: bool, message: &str) {
    if holds {
        alerts::raise(app, tenant_id, name, message).await;
    } else {
        alerts::clear(app, tenant_id, name).await;
    }
}

/// How many of a hundred that were tried arrived; `None`: too few to say.
fn success_percent(counts: &Counts) -> Option<i64> {
    let tried = counts.tried();
    (tried >= FEWEST).then(|| counts.delivered * 100 / tried)
}

/// The summary of the last day, once a day, by whichever process comes first.
async fn summary(app: &App, tenant_id: i64, now: Millis) -> Result<(), StoreError> {
    let zone = app.center(tenant_id).zone.clone();
    let Ok(at) = jiff::Timestamp::from_millisecond(now).map(|at| at.to_zoned(zone)) else { return Ok(()) };
    if at.time() < app.config.file.alerts.daily_at {
        return Ok(());
    }
    let counts = deliveries::counts(&app.db, tenant_id, now - DAY).await?;
    let day = at.date().to_string();
    if counts.total == 0 || !store::take_run(&app.db, tenant_id, "daily-summary", &day, now).await? {
        return Ok(());
    }
    let number = |label: &str, count: i64| (label.to_owned(), count.to_string());
    let notice = Notice {
        headline: format!("Leads of the last day: {} delivered of {}", counts.delivered, counts.total),
        facts: vec![
            number("Delivered", counts.delivered),
            number("Waiting", counts.pending),
            number("Failed", counts.failed),
            number("Unknown", counts.unknown),
        ],
        happened_at: now,
        ..Notice::default()
    };
    alerts::report(app, tenant_id, &notice).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_needs_enough_deliveries_that_were_tried() {
        let counts = |delivered, pending, retrying, failed| Counts {
            total: delivered + pending + failed,
            delivered,
            pending,
            retrying,
            failed,
            unknown: 0,
        };
        let rows = [
            ("too few", counts(1, 0, 0, 3), None),
            ("what is still to be tried does not count", counts(5, 90, 0, 0), Some(100)),
            ("what failed and is tried again does", counts(5, 5, 5, 0), Some(50)),
            ("failed", counts(3, 0, 0, 7), Some(30)),
        ];
        for (label, counts, expected) in rows {
            assert_eq!(success_percent(&counts), expected, "{label}");
        }
    }
}
