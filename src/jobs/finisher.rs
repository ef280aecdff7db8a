//! Writes down what became of jobs: whatever is there, in one commit.

use super::verdict::Verdict;
use crate::app::App;
use crate::service::outbox as service;
use crate::store::outbox::{self, Finish, Held, LEASE};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::UnboundedReceiver;

/// The most results one commit carries.
const BATCH: usize = 256;
/// The least time between two commits: on SQLite turns wait for each, and what is sent meanwhile shares the next.
const REST: Duration = Duration::from_millis(20);
/// How long to wait before a commit that failed is run again.
const AGAIN: Duration = Duration::from_millis(250);

/// What became of a job.
#[derive(Debug)]
pub(super) struct Done {
    pub held: Held,
    pub verdict: Verdict,
}

/// Writes results down until nobody has any more.
pub(super) async fn run(app: Arc<App>, mut results: UnboundedReceiver<Done>) {
    let mut batch = Vec::with_capacity(BATCH);
    let mut rested = Instant::now();
    while results.recv_many(&mut batch, BATCH).await > 0 {
        if let Some(rest) = REST.checked_sub(rested.elapsed()) {
            tokio::time::sleep(rest).await;
            while batch.len() < BATCH
                && let Ok(more) = results.try_recv()
            {
                batch.push(more);
            }
        }
        write(&app, &batch).await;
        rested = Instant::now();
        app.handover.finished(batch.len());
        batch.clear();
    }
}

async fn write(app: &App, batch: &[Done]) {
    let rows: Vec<Finish> = batch
        .iter()
        .filter(|done| done.verdict != Verdict::Lost)
        .map(|done| done.verdict.finish(&done.held, app.clock.now()))
        .collect();
    let began = Instant::now();
    let changed = loop {
        match outbox::finish(&app.db, &app.replica.holder, &rows, app.clock.now()).await {
            Ok((changed, due)) => {
                if due || batch.iter().any(|done| done.verdict.is_due(app.clock.now())) {
                    app.handover.wake();
                }
                break changed.into_iter().collect::<HashSet<_>>();
            }
            // As long as the holds last: after that, others find the rows unsure, and what we know is compared below.
            Err(error) if began.elapsed() < Duration::from_millis(LEASE as u64) => {
                tracing::warn!(
                    batch.size = rows.len(),
                    "what became of jobs is written down again: {}",
                    error.chain()
                );
                tokio::time::sleep(AGAIN).await;
            }
            Err(error) => {
                tracing::error!(
                    batch.size = rows.len(),
                    "what became of jobs could not be written down: {}",
                    error.chain()
                );
                break HashSet::new();
            }
        }
    };
    for Done { held, verdict } in batch {
        let outcome = verdict.as_str();
        metrics::counter!("leadwire_jobs_total", "kind" => held.kind.clone(), "outcome" => outcome)
            .increment(1);
        if let Verdict::Dead { reason, .. } = verdict {
            tracing::error!(job.id = held.id, job.kind = held.kind, "a job was given up: {reason}");
        }
        // Somebody else took it meanwhile; all the same the provider has it from us.
        if let (Verdict::Sent { provider_id: Some(id) }, false) =
            (verdict, changed.contains(&(held.tenant_id, held.id)))
            && let Err(error) = service::answered_late(app, held.tenant_id, held.id, id).await
        {
            tracing::error!(job.id = held.id, "a late answer could not be recorded: {}", error.chain());
        }
    }
}
