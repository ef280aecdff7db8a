//! `leadwire doctor`: looks at everything that can be wrong, and says of each fault what cures it. One file per area.
//!
//! Nothing is changed: what is written is taken away in the same transaction, what is posted leaves no trace.

mod clock;
mod configuration;
mod database;
mod finding;
mod flows;
mod lists;
mod mail;
mod public_url;
mod report;
mod sinks;
mod standing;
mod storage;
mod tenants;

use crate::clock::Clock;
use crate::config::Config;
use crate::http::{Guard, Outbound};
use finding::Finding;
use indicatif::ProgressBar;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// The longest that one area may take: longer than a database waits for a connection, or a provider for its answers.
const PATIENCE: Duration = Duration::from_secs(30);

/// Looks at everything, or with `offline` at what needs no network beside the database, and prints it; whether there is no fault.
///
/// # Errors
/// Where standard output is closed.
pub async fn run(json: bool, offline: bool) -> anyhow::Result<bool> {
    let config = match Config::read() {
        Ok(config) => config,
        Err(error) => return Ok(report::print(&configuration::mistakes(&error), json)?),
    };
    // It is drawn on a terminal only.
    let progress = ProgressBar::new_spinner().with_message("looking at everything …");
    progress.enable_steady_tick(Duration::from_millis(100));
    let findings = examine(&config, offline).await;
    progress.finish_and_clear();
    Ok(report::print(&findings, json)?)
}

async fn examine(config: &Config, offline: bool) -> Vec<Finding> {
    let clock = Clock::System;
    let outgoing = &config.outgoing;
    let outbound = Arc::new(Outbound::new(Guard::new(outgoing.allowed.clone()), outgoing.timeout));
    let (database, flows, online) = tokio::join!(
        within("database", database::check(config, &clock)),
        within("flows", of_flows(config)),
        async {
            match offline {
                true => Vec::new(),
                false => from_outside(config, &outbound, &clock).await,
            }
        }
    );
    [configuration::check(config), database, flows, online].concat()
}

async fn of_flows(config: &Config) -> Vec<Finding> {
    let owned = config.clone();
    let checked = tokio::task::spawn_blocking(move || flows::check(&owned)).await;
    checked.unwrap_or_else(|_| {
        vec![Finding::fault(
            "flows",
            "they could not be checked",
            "run `leadwire flow check` to see which one",
        )]
    })
}

/// What needs the network.
async fn from_outside(config: &Config, outbound: &Arc<Outbound>, clock: &Clock) -> Vec<Finding> {
    let (public_url, sinks, mail, lists) = tokio::join!(
        within("public url", public_url::check(config, clock)),
        within("sinks", sinks::check(config, outbound, clock)),
        within("mail", mail::check(config)),
        within("lists", lists::check(config, outbound, clock)),
    );
    [public_url, sinks, mail, lists].concat()
}

/// An area that must not take for ever.
async fn within(area: &str, checks: impl Future<Output = Vec<Finding>>) -> Vec<Finding> {
    timeout(PATIENCE, checks).await.unwrap_or_else(|_| {
        let what = format!("no answer within {} s", PATIENCE.as_secs());
        vec![Finding::fault(
            area,
            what,
            "see what hangs: a database, a disk, a name server or a firewall that drops",
        )]
    })
}

/// Checks side by side; their findings in order.
async fn together<F>(checks: impl Iterator<Item = F>) -> Vec<Finding>
where
    F: Future<Output = Finding> + Send + 'static,
{
    let mut running = JoinSet::new();
    for (place, check) in checks.enumerate() {
        running.spawn(async move { (place, check.await) });
    }
    let mut found = running.join_all().await;
    found.sort_by_key(|(place, _)| *place);
    found.into_iter().map(|(_, finding)| finding).collect()
}
