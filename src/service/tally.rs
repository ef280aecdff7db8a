//! Numbers of leads, summed up from time to time: on PostgreSQL every lead adds a row to them, which whoever reads them has to add up.

use crate::app::App;
use crate::store::leads;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// How often: a server that takes in a hundred leads a second adds some thousand rows meanwhile.
const EVERY: Duration = Duration::from_secs(30);

/// Sums them up until `stopped`. Two replicas that do so at once do no harm.
pub async fn run(app: Arc<App>, stopped: CancellationToken) {
    let mut every = interval(EVERY);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stopped.cancelled() => return,
            _ = every.tick() => {}
        }
        if let Err(error) = leads::tally(&app.db).await {
            tracing::warn!("numbers of leads were not summed up: {}", error.chain());
        }
    }
}
