//! What every process of ours does beside answering.

use crate::app::App;
use crate::jobs;
use crate::service::startup::Running;
use crate::service::{deliveries, indexing, outreach, retention, silence, tally, turns, upkeep, watch};
use crate::store::replicas;
use anyhow::Context;
use std::fs::File;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long turns in hand may take once we are told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// What a process does beside answering: turns, jobs, upkeep; until it is told to stop.
pub(super) struct Process {
    app: Arc<App>,
    loops: Vec<JoinHandle<()>>,
    worker: Option<jobs::Running>,
    tasks: TaskTracker,
    /// Cancelled at SIGTERM or Ctrl-C.
    pub(super) stopped: CancellationToken,
    lock: Option<File>,
}

impl Process {
    /// Begins all of it; without `worker`, other processes are told what is to be sent.
    ///
    /// # Errors
    /// Where the operating system or the database does not give what it needs.
    pub(super) async fn begin(started: Running, worker: bool) -> anyhow::Result<Process> {
        let Running { app, files, lock } = started;
        let (tasks, stopped) = (TaskTracker::new(), CancellationToken::new());
        let loops = turns::start(&app).context("the operating system gives no threads")?;
        let worker = if worker {
            tasks.spawn(watch::run(app.clone(), stopped.clone()));
            tasks.spawn(deliveries::take_up_all(app.clone(), stopped.clone()));
            tasks.spawn(jobs::reconcile::nightly(app.clone(), stopped.clone()));
            tasks.spawn(outreach::nightly::run(app.clone(), stopped.clone()));
            tasks.spawn(jobs::scheduled::run(app.clone(), stopped.clone()));
            Some(jobs::start(&app).await?)
        } else {
            tasks.spawn(jobs::announce(app.clone(), stopped.clone()));
            None
        };
        tasks.spawn(upkeep::watch_flows(app.clone(), files, stopped.clone()));
        tasks.spawn(upkeep::hold_replica(app.clone(), stopped.clone()));
        tasks.spawn(upkeep::metrics(stopped.clone()));
        tasks.spawn(retention::run(app.clone(), stopped.clone()));
        tasks.spawn(silence::run(app.clone(), stopped.clone()));
        tasks.spawn(indexing::run(app.clone(), stopped.clone()));
        tasks.spawn(tally::run(app.clone(), stopped.clone()));
        let signal = stopped.clone();
        tasks.spawn(async move {
            tokio::select! {
                () = told_to_stop() => signal.cancel(),
                // Something else ended it: a command that is done.
                () = signal.cancelled() => {}
            }
        });
        Ok(Process { app, loops, worker, tasks, stopped, lock })
    }

    /// Finishes what is in hand, turns first, for they leave jobs, and gives everything back.
    ///
    /// # Errors
    /// None so far; what ends badly is logged.
    pub(super) async fn end(self) -> anyhow::Result<()> {
        let Process { app, loops, worker, tasks, stopped, lock } = self;
        stopped.cancel();
        app.turns.close();
        let all = ended(&app, loops).await;
        if let Some(worker) = worker {
            worker.stop().await;
        }
        tasks.close();
        tasks.wait().await;
        if let Err(error) = replicas::release(&app.db, &app.replica).await {
            tracing::warn!("the process's number could not be given back: {error}");
        }
        // A loop that hangs keeps its connection.
        if all {
            app.db.close().await;
        }
        drop(lock);
        tracing::info!("stopped; every turn that was answered is stored");
        Ok(())
    }
}

/// Waits for the turn loops to finish what is in hand, but not for ever; whether all did.
async fn ended(app: &App, loops: Vec<JoinHandle<()>>) -> bool {
    let mut changes = app.loops.watch();
    let ended = async { while !app.loops.have_ended() && changes.changed().await.is_ok() {} };
    let in_time = tokio::time::timeout(GRACE, ended).await.is_ok();
    if !in_time {
        tracing::error!(
            "a turn loop hangs and is left; what it had in hand was not answered and comes again"
        );
    }
    for turn_loop in loops {
        // Its last word is said when it is all but over.
        if in_time && turn_loop.join().is_err() {
            tracing::error!("a turn loop ended badly");
        }
    }
    in_time
}

/// SIGTERM, or Ctrl-C.
pub(super) async fn told_to_stop() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! { () = interrupt => {}, () = terminate => {} }
}
