//! Writes attempts down before their jobs are finished: whatever is there, in one commit.

use crate::app::App;
use crate::store::deliveries::{self, Entry};
use crate::store::outbox::LEASE;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

/// The most entries one commit carries.
const BATCH: usize = 256;
/// How long to wait before a commit that failed is run again.
const AGAIN: Duration = Duration::from_millis(250);

type Waiting = (Entry, oneshot::Sender<bool>);

/// The way to the ledger.
#[derive(Clone, Debug)]
pub(in crate::jobs) struct Ledger(UnboundedSender<Waiting>);

impl Ledger {
    /// A ledger, and what [`run`] writes down.
    pub(in crate::jobs) fn new() -> (Ledger, UnboundedReceiver<Waiting>) {
        let (sender, receiver) = unbounded_channel();
        (Ledger(sender), receiver)
    }

    /// Writes an entry down; `false`: it could not be.
    pub(super) async fn record(&self, entry: Entry) -> bool {
        let (done, written) = oneshot::channel();
        self.0.send((entry, done)).is_ok() && written.await.unwrap_or(false)
    }
}

/// Writes entries down until nobody has any more.
pub(in crate::jobs) async fn run(app: Arc<App>, mut entries: UnboundedReceiver<Waiting>) {
    let mut batch = Vec::with_capacity(BATCH);
    while entries.recv_many(&mut batch, BATCH).await > 0 {
        let (rows, waiting): (Vec<Entry>, Vec<_>) = batch.drain(..).unzip();
        let written = match write(&app, &rows).await {
            // One that cannot be written must not take the others with it.
            false if rows.len() > 1 => {
                let mut each = Vec::with_capacity(rows.len());
                for row in &rows {
                    each.push(write(&app, std::slice::from_ref(row)).await);
                }
                each
            }
            outcome => vec![outcome; rows.len()],
        };
        for (done, written) in waiting.into_iter().zip(written) {
            // Who does not wait any more has its entry all the same.
            let _ = done.send(written);
        }
    }
}

async fn write(app: &App, rows: &[Entry]) -> bool {
    let began = Instant::now();
    loop {
        match deliveries::record(&app.db, rows).await {
            Ok(()) => return true,
            Err(error) if error.is_passing() && began.elapsed() < Duration::from_millis(LEASE as u64) => {
                tracing::warn!(batch.size = rows.len(), "attempts are written down again: {}", error.chain());
                tokio::time::sleep(AGAIN).await;
            }
            Err(error) => {
                tracing::error!(
                    batch.size = rows.len(),
                    "attempts could not be written down: {}",
                    error.chain()
                );
                return false;
            }
        }
    }
}
