//! What is kept only for some time: replies, which are there for messages that come again and are as long as all we say; jobs that
//! are done; and, where `leadwire.toml` says for how long, what was delivered.

use crate::app::App;
use crate::clock::{DAY, MINUTE, Millis};
use crate::ids;
use crate::service::{deliveries, log_ins};
use crate::store::db::StoreError;
use crate::store::{messages, notices, outbox};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;

/// How long a reply is kept: longer than any provider repeats a webhook.
const KEPT: Millis = 8 * DAY;
/// How long a finished job is kept: for reports of it, and for whoever wonders.
const JOBS_KEPT: Millis = 8 * DAY;
/// How long it is kept what people were told.
const NOTICES_KEPT: Millis = 90 * DAY;
/// How far back conversations are looked at. Those that began earlier were looked at while they were younger; what was said in
/// them since is little.
const LOOKS_BACK: Millis = 30 * DAY;
/// Conversations of one statement: it holds SQLite's only writer, so it has to be short.
const AT_ONCE: i64 = 1_000;
/// How often, and how long after the start for the first time.
const EVERY: Duration = Duration::from_millis(DAY as u64);
const FIRST: Duration = Duration::from_millis(10 * MINUTE as u64);

/// Forgets old replies and jobs once a day until `stopped`.
pub async fn run(app: Arc<App>, stopped: CancellationToken) {
    let mut every = interval_at(tokio::time::Instant::now() + FIRST, EVERY);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stopped.cancelled() => return,
            _ = every.tick() => {}
        }
        if let Err(error) = forget_replies(&app, AT_ONCE, &stopped).await {
            tracing::error!("old replies could not be forgotten: {error}");
        }
        if let Err(error) = forget_jobs(&app, AT_ONCE, &stopped).await {
            tracing::error!("old jobs could not be forgotten: {error}");
        }
        if let Err(error) = forget_notices(&app, AT_ONCE, &stopped).await {
            tracing::error!("old notices could not be forgotten: {error}");
        }
        if let Err(error) = forget_deliveries(&app, AT_ONCE, &stopped).await {
            tracing::error!("old deliveries could not be forgotten: {error}");
        }
        if let Err(error) = log_ins::forget(&app).await {
            tracing::error!("old log-ins could not be forgotten: {error}");
        }
    }
}

/// Forgets what people were told longer ago than it is kept, so much at once; ends early when `stopped`.
///
/// # Errors
/// Where the database does not answer; what was forgotten until then stays so.
pub async fn forget_notices(app: &App, at_once: i64, stopped: &CancellationToken) -> Result<(), StoreError> {
    let before = app.clock.now() - NOTICES_KEPT;
    for tenant in &app.tenants {
        while !stopped.is_cancelled() {
            if notices::forget(&app.db, tenant.id, before, at_once).await? < at_once as u64 {
                break;
            }
        }
    }
    Ok(())
}

/// Forgets the replies that are older than they are kept, so many conversations at once; ends early when `stopped`.
///
/// # Errors
/// Where the database does not answer; what was forgotten until then stays so.
pub async fn forget_replies(app: &App, at_once: i64, stopped: &CancellationToken) -> Result<(), StoreError> {
    let now = app.clock.now();
    let before = now - KEPT;
    for tenant in &app.tenants {
        let mut done = ids::first_at(now - LOOKS_BACK) - 1;
        while !stopped.is_cancelled() {
            let below = ids::first_at(before);
            let last = messages::forget_replies(&app.db, tenant.id, done, below, before, at_once).await?;
            let Some(last) = last else { break };
            done = last;
        }
    }
    Ok(())
}

/// Forgets jobs that were finished longer ago than they are kept, looking at so many at once; ends early when `stopped`. Those that
/// were given up stay until somebody has looked.
///
/// # Errors
/// Where the database does not answer; what was forgotten until then stays so.
pub async fn forget_jobs(app: &App, at_once: i64, stopped: &CancellationToken) -> Result<(), StoreError> {
    let before = app.clock.now() - JOBS_KEPT;
    for tenant in &app.tenants {
        let mut done = 0;
        while !stopped.is_cancelled() {
            let last = outbox::forget(&app.db, tenant.id, done, before, at_once).await?;
            let Some(last) = last else { break };
            done = last;
        }
    }
    Ok(())
}

/// Forgets deliveries that are older than they are kept, where it is said how long that is, looking at so many at once; ends early
/// when `stopped`.
///
/// # Errors
/// Where the database does not answer; what was forgotten until then stays so.
pub async fn forget_deliveries(
    app: &App,
    at_once: i64,
    stopped: &CancellationToken,
) -> Result<(), StoreError> {
    let Some(kept) = app.config.file.ledger_kept_ms else { return Ok(()) };
    let before = app.clock.now() - kept;
    for tenant in &app.tenants {
        deliveries::purge(&app.db, tenant.id, (before, false), at_once, stopped, |_| {}).await?;
    }
    Ok(())
}
