//! The loops of the worker: taking, admitting, sending.

use super::admission::{self, Admitted};
use super::delivery::{Deliverer, Ledger, keep_ledger};
use super::errand::Errands;
use super::finisher::{self, Done};
use super::lanes::{self, Lane, Lanes, Place};
use super::notice::Teller;
use super::pacer::Pacer;
use super::send::{self, Means};
use super::verdict::Verdict;
use crate::app::App;
use crate::clock::Millis;
use crate::http::{Guard, Outbound};
use crate::store::db::{Db, StoreError};
use crate::store::outbox::{self, BEHIND, Held};
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

/// How often what waits in the database is looked for, unless somebody says that something does.
const POLL: Duration = Duration::from_secs(1);
/// The most rows one claim looks at.
const BATCH: i64 = 256;
/// Requests under way at once.
const AT_ONCE: usize = 256;

/// What all tasks of the worker share.
#[derive(Debug)]
struct Worker {
    app: Arc<App>,
    means: Means,
    pacer: Pacer,
    places: Semaphore,
    lanes: Lanes<Admitted>,
    results: UnboundedSender<Done>,
    stopped: CancellationToken,
    tasks: TaskTracker,
}

/// How often the database was looked at, and how much the last look found.
#[derive(Clone, Copy, Debug, Default)]
struct Looks {
    count: u64,
    found: usize,
}

/// A running worker.
#[derive(Debug)]
pub struct Running {
    app: Arc<App>,
    stopped: CancellationToken,
    claims: JoinHandle<()>,
    admits: JoinHandle<()>,
    finishes: JoinHandle<()>,
    keeps: JoinHandle<()>,
    tasks: TaskTracker,
    looks: watch::Receiver<Looks>,
    /// Ends the loops where nobody stops it.
    _ends: DropGuard,
}

/// Starts this process's worker.
///
/// # Errors
/// Where the database does not answer.
pub async fn start(app: &Arc<App>) -> Result<Running, StoreError> {
    let outgoing = &app.config.outgoing;
    let outbound = Arc::new(Outbound::new(Guard::new(outgoing.allowed.clone()), outgoing.timeout));
    let (ledger, entries) = Ledger::new();
    let means = Means {
        deliverer: Deliverer::new(Errands::new(outbound.clone()), ledger),
        teller: Teller::new(outbound.clone(), app.mailer.clone()),
        outbound,
    };
    if let Db::Sqlite { .. } = app.db {
        // The file has one process, and that is this one: whoever held something is gone.
        outbox::hold_of_dead(&app.db, app.clock.now()).await?;
    }
    let (results, finished) = unbounded_channel();
    let (looked, looks) = watch::channel(Looks::default());
    let worker = Arc::new(Worker {
        app: app.clone(),
        means,
        pacer: Pacer::default(),
        places: Semaphore::new(AT_ONCE),
        lanes: Lanes::new(Instant::now()),
        results,
        stopped: CancellationToken::new(),
        tasks: TaskTracker::new(),
    });
    let given = app.handover.attach();
    app.handover.wake();
    if let Some(listener) = outbox::listen(&app.db).await? {
        worker.tasks.spawn(listen(app.clone(), listener, worker.stopped.clone()));
    }
    let ends = worker.stopped.clone().drop_guard();
    Ok(Running {
        app: app.clone(),
        stopped: worker.stopped.clone(),
        tasks: worker.tasks.clone(),
        claims: tokio::spawn(worker.clone().claim_until_stopped(looked)),
        admits: tokio::spawn(worker.admit_until_detached(given)),
        finishes: tokio::spawn(finisher::run(app.clone(), finished)),
        keeps: tokio::spawn(keep_ledger(app.clone(), entries)),
        looks,
        _ends: ends,
    })
}

impl Running {
    /// Finishes what is being sent, gives back what is not, and ends.
    pub async fn stop(self) {
        self.stopped.cancel();
        let ended = self.claims.await;
        self.app.handover.detach();
        let admitted = self.admits.await;
        self.tasks.close();
        self.tasks.wait().await;
        if ended.and(admitted).and(self.finishes.await).and(self.keeps.await).is_err() {
            tracing::error!("a loop of the worker ended badly");
        }
    }

    /// Waits until nothing is in hand and nothing in the database is due; for tests that turn the clock.
    pub async fn settled(&mut self) {
        let mut quiet = 0;
        // The first look may have been under way already.
        while quiet < 2 {
            let before = self.looks.borrow_and_update().count;
            self.app.handover.wake();
            let looked = self.looks.wait_for(|looks| looks.count > before).await;
            let found = looked.map_or(0, |looks| looks.found);
            while self.app.handover.in_hand() > 0 {
                tokio::task::yield_now().await;
                quiet = 0;
            }
            quiet = if found == 0 { quiet + 1 } else { 0 };
        }
    }
}

/// Tells other processes' workers that something waits, where this process has none, until `stopped`.
pub async fn announce(app: Arc<App>, stopped: CancellationToken) {
    loop {
        tokio::select! {
            () = stopped.cancelled() => return,
            () = app.handover.woken() => {}
        }
        if let Err(error) = outbox::announce(&app.db).await {
            tracing::warn!("workers could not be told that something waits: {}", error.chain());
        }
    }
}

/// Hears other processes.
async fn listen(app: Arc<App>, mut listener: outbox::Listener, stopped: CancellationToken) {
    loop {
        let heard = tokio::select! {
            () = stopped.cancelled() => return,
            heard = listener.heard() => heard,
        };
        if let Err(error) = heard {
            tracing::warn!("other processes cannot be heard: {}", error.chain());
            sleep(POLL).await;
        }
        app.handover.wake();
    }
}

impl Worker {
    /// Takes what is due in the database.
    async fn claim_until_stopped(self: Arc<Self>, looked: watch::Sender<Looks>) {
        let mut every = interval(POLL);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut due = None;
        loop {
            let woken = self.app.handover.woken();
            tokio::select! {
                () = self.stopped.cancelled() => return,
                () = woken => {}
                _ = every.tick() => {}
                () = sleep(due.unwrap_or(POLL)), if due.is_some() => {}
            }
            let found = self.claim().await;
            due = self.next_due().await;
            looked.send_modify(|looks| *looks = Looks { count: looks.count + 1, found });
        }
    }

    /// Takes all that is due, as far as there is room; how much was found.
    async fn claim(&self) -> usize {
        let app = &self.app;
        let mut found = 0;
        loop {
            let most = BATCH.min(app.handover.room() as i64);
            if most == 0 {
                return found;
            }
            let rows = match outbox::claim(&app.db, &app.replica.holder, app.clock.now(), most).await {
                Ok(rows) => rows,
                Err(error) => {
                    tracing::warn!("the outbox could not be read: {}", error.chain());
                    return found;
                }
            };
            let looked_at = rows.len();
            let (taken, others): (Vec<Held>, Vec<Held>) =
                rows.into_iter().partition(|held| held.holder.is_some());
            let released = self.release(&others).await;
            found += taken.len() + released;
            app.handover.give(taken);
            if (looked_at as i64) < most && released == 0 {
                return found;
            }
        }
    }

    /// What is deferred in the lanes of rows that could not be taken is looked at now: something new waits behind it. How much
    /// that is.
    async fn release(&self, behind: &[Held]) -> usize {
        let lanes: BTreeSet<Lane> = behind.iter().filter_map(lanes::lane).collect();
        if lanes.is_empty() {
            return 0;
        }
        let lanes: Vec<Lane> = lanes.into_iter().collect();
        outbox::release(&self.app.db, &lanes, self.app.clock.now()).await.unwrap_or_else(|error| {
            // It is looked at again by itself.
            tracing::warn!("what is deferred is not looked at yet: {}", error.chain());
            0
        })
    }

    /// How long until the next row is due, where that is before the next look.
    async fn next_due(&self) -> Option<Duration> {
        let next = outbox::next_due(&self.app.db).await.ok()??;
        let wait = Duration::from_millis((next - self.app.clock.now()).max(1) as u64);
        (wait < POLL).then_some(wait)
    }

    /// Admits what is handed over, until the worker is detached.
    async fn admit_until_detached(self: Arc<Self>, mut given: UnboundedReceiver<Vec<Held>>) {
        let mut batch = Vec::new();
        while given.recv_many(&mut batch, BATCH as usize).await > 0 {
            let jobs: Vec<Held> = batch.drain(..).flatten().collect();
            match admission::admit(&self.app, &self.pacer, jobs).await {
                Ok(admitted) => admitted.into_iter().for_each(|job| self.go(job)),
                Err((error, jobs)) => {
                    tracing::warn!("jobs are put off: {}", error.chain());
                    let at = self.app.clock.now() + BEHIND;
                    for held in jobs {
                        self.done(held, Verdict::Untried { at, slotted: false });
                    }
                }
            }
        }
    }

    /// Sends a job, or lets it wait behind others of its lane.
    fn go(self: &Arc<Self>, job: Admitted) {
        let Some(lane) = lanes::lane(&job.held) else {
            self.tasks.spawn(self.clone().alone(job));
            return;
        };
        match self.lanes.enter(&lane, job.held.after, job) {
            Place::First(first) => drop(self.tasks.spawn(self.clone().in_lane(lane, first))),
            Place::Behind => {}
            Place::Unknown(job) => {
                let at = self.app.clock.now();
                self.done(job.held, Verdict::Untried { at, slotted: false });
            }
        }
    }

    async fn alone(self: Arc<Self>, mut job: Admitted) {
        let Ok(_place) = self.places.acquire().await else { return };
        let verdict = self.one(&mut job).await;
        self.done(job.held, verdict);
    }

    /// Sends jobs of one lane one after the other; where one cannot go, what is behind it is given back.
    async fn in_lane(self: Arc<Self>, lane: Lane, first: Admitted) {
        let Ok(_place) = self.places.acquire().await else { return };
        let mut next = Some(first);
        while let Some(mut job) = next.take() {
            let verdict = self.one(&mut job).await;
            let behind = if verdict.is_final() {
                next = self.lanes.next(&lane, job.held.place, Instant::now());
                VecDeque::new()
            } else {
                self.lanes.leave(&lane)
            };
            self.done(job.held, verdict);
            for job in behind {
                self.done(job.held, Verdict::held_back(self.app.clock.now()));
            }
        }
    }

    async fn one(&self, job: &mut Admitted) -> Verdict {
        let verdict = self.sent(job).await;
        send::consequences(&self.app, &job.held, verdict).await
    }

    async fn sent(&self, job: &mut Admitted) -> Verdict {
        let now = self.app.clock.now();
        let at = job.at;
        match job.refusal(&self.app).await {
            Ok(None) => {}
            Ok(Some(refusal)) => return send::refused(&self.app, &self.means, &job.held, refusal).await,
            Err(error) => {
                tracing::warn!("a job is put off: {}", error.chain());
                return Verdict::Untried { at: now + BEHIND, slotted: true };
            }
        }
        if at > now {
            return Verdict::Untried { at, slotted: true };
        }
        // Time to send it and to write that down.
        let timeout = self.app.config.outgoing.timeout.as_millis() as Millis;
        if self.stopped.is_cancelled() || now + timeout + timeout / 2 > job.held.run_at {
            return Verdict::Untried { at: now, slotted: true };
        }
        send::send(&self.app, &self.means, &job.held).await
    }

    fn done(&self, held: Held, verdict: Verdict) {
        // The finisher lives as long as anybody can have a result.
        let _ = self.results.send(Done { held, verdict });
    }
}
