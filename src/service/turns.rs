//! Turns: whatever happens to a person, from any channel, is a request that waits in the person's lane, travels in a batch,
//! and is answered after the batch is durable.

use crate::app::App;
use crate::domain::identity::Identity;
use crate::ids;
use crate::service::flows;
use crate::store::db::{Db, StoreError, TURN_LOOPS};
use crate::store::outbox::{Held, LEASE};
use crate::store::turns::{self, Key, Known, Session, TurnRows};
use crate::turns::plan::{self, Planned, Setting};
use crate::turns::{Answered, Hold, Job, Lane, Loop, Refused, TurnError, TurnRequest};
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// The most turns one commit carries.
const BATCH: usize = 256;
/// How often a turn is stepped again because others changed the person.
const CONTENDED: u32 = 20;
/// How often a batch is run again after a passing failure, waiting a little longer each time.
const PASSING: u32 = 5;

/// Takes a turn: returns when it is durable.
///
/// # Errors
/// Then nothing of it is stored; see [`TurnError`].
pub async fn submit(app: &App, request: TurnRequest) -> Result<Answered, TurnError> {
    enqueue(app, request)?.answered().await
}

/// A turn that waits. It is taken also where nobody asks what came of it.
#[derive(Debug)]
pub struct Enqueued(oneshot::Receiver<Result<Answered, TurnError>>);

impl Enqueued {
    /// What came of it, once it is durable.
    ///
    /// # Errors
    /// Then nothing of it is stored; see [`TurnError`].
    pub async fn answered(self) -> Result<Answered, TurnError> {
        self.0.await.unwrap_or(Err(TurnError::Closing))
    }
}

/// Puts a turn in its lane, behind what waits there. Turns of one person that are put in one after the other are taken in
/// that order; those of several people side by side.
///
/// # Errors
/// `Busy` and `Closing`.
pub fn enqueue(app: &App, mut request: TurnRequest) -> Result<Enqueued, TurnError> {
    // A turn whose commit is not known to have happened is run again; without an id of its own it could happen twice.
    request.provider_id.get_or_insert_with(ids::secret);
    let first = &request.identities[0];
    let lane: Lane = format!("{}/{}/{}", request.tenant_id, first.kind.as_str(), first.key()).into();
    let (answer, answered) = oneshot::channel();
    let job = Job { request, answer, arrived: Instant::now(), lost: 0 };
    app.turns.push(lane, job).map_err(|refused| match refused {
        Refused::Full(_) => TurnError::Busy,
        Refused::Closed(_) => TurnError::Closing,
    })?;
    Ok(Enqueued(answered))
}

/// Starts the turn loops, each on a thread and a runtime of its own: stepping is work, and must not hold up the threads that
/// answer HTTP; and a loop that waits for its own connection needs nobody to wake it.
///
/// SQLite has one writer and one loop; on PostgreSQL two overlap one's commit with the other's work. The threads end when
/// the queue is closed and empty.
pub fn start(app: &Arc<App>) -> std::io::Result<Vec<std::thread::JoinHandle<()>>> {
    let loops = match app.db {
        Db::Sqlite { .. } => 1,
        Db::Postgres { .. } => TURN_LOOPS,
    };
    let spawn = |number: usize| {
        let app = app.clone();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        std::thread::Builder::new().name(format!("turns-{number}")).spawn(move || {
            let this = app.loops.join();
            runtime.block_on(async {
                let mut session = Session::default();
                while turn_batch(&app, &this, &mut session).await {}
            });
        })
    };
    (0..loops).map(spawn).collect()
}

/// Works on what waits; `false` when there will be nothing more.
async fn turn_batch(app: &App, this: &Loop<'_>, session: &mut Session) -> bool {
    let Some(jobs) = app.turns.take(BATCH).await else { return false };
    this.works(app.clock.now());
    metrics::gauge!("leadwire_turns_waiting").set(app.turns.depth() as f64);
    metrics::histogram!("leadwire_turn_batch_size").record(jobs.len() as f64);
    let mut open = jobs;
    while !open.is_empty() {
        open = attempt(app, session, open).await;
    }
    this.waits();
    true
}

/// Runs a batch once; what has to be stepped again comes back.
async fn attempt(app: &App, session: &mut Session, jobs: Vec<(Lane, Job)>) -> Vec<(Lane, Job)> {
    let (lanes, jobs): (Vec<Lane>, Vec<Job>) = jobs.into_iter().unzip();
    let mut tries = 0;
    let outcome = loop {
        let requests: Vec<&TurnRequest> = jobs.iter().map(|job| &job.request).collect();
        match run(app, session, &requests).await {
            Err(error) if error.is_passing() && tries < PASSING => {
                tries += 1;
                metrics::counter!("leadwire_turn_errors_total", "what" => "retried").increment(1);
                tracing::warn!(
                    batch.size = jobs.len(),
                    batch.tries = tries,
                    "a batch of turns is run again: {error}"
                );
                tokio::time::sleep(Duration::from_millis(10 << tries)).await;
            }
            outcome => break outcome,
        }
    };
    let mut again = Vec::new();
    match outcome {
        Ok(outcomes) => {
            for ((lane, mut job), outcome) in lanes.into_iter().zip(jobs).zip(outcomes) {
                match outcome {
                    Outcome::Lost if job.lost < CONTENDED => {
                        job.lost += 1;
                        again.push((lane, job));
                    }
                    Outcome::Lost => finish(app, &lane, job, Err(TurnError::Contended)),
                    Outcome::Done(answer) => finish(app, &lane, job, answer),
                }
            }
        }
        // One bad row must not hurt its neighbours: each on its own.
        Err(error) if jobs.len() > 1 && !error.is_passing() => {
            metrics::counter!("leadwire_turn_errors_total", "what" => "split").increment(1);
            tracing::warn!(
                batch.size = jobs.len(),
                "a batch of turns failed and is split: {}",
                error.chain()
            );
            for (lane, job) in lanes.into_iter().zip(jobs) {
                again.extend(Box::pin(attempt(app, session, vec![(lane, job)])).await);
            }
        }
        Err(error) => {
            metrics::counter!("leadwire_turn_errors_total", "what" => "failed").increment(1);
            tracing::error!(batch.size = jobs.len(), "turns could not be stored: {}", error.chain());
            let error = Arc::new(error);
            for (lane, job) in lanes.into_iter().zip(jobs) {
                finish(app, &lane, job, Err(TurnError::Store(error.clone())));
            }
        }
    }
    again
}

/// What one attempt made of a turn.
enum Outcome {
    /// Answered, or refused for good.
    Done(Result<Answered, TurnError>),
    /// Somebody else changed the person meanwhile.
    Lost,
}

/// Loads, decides and saves a batch.
async fn run(
    app: &App,
    session: &mut Session,
    requests: &[&TurnRequest],
) -> Result<Vec<Outcome>, StoreError> {
    let keys: Vec<Key> = requests.iter().map(|request| key(app, request)).collect();
    let known = turns::load(&app.db, session, &keys).await?;
    for (request, known) in requests.iter().zip(&known) {
        if let Some(hash) = &known.flow_hash {
            flows::ensure(&app.flows, &app.db, request.tenant_id, hash).await?;
        }
    }
    let now = app.clock.now();
    let setting = Setting {
        flows: &app.flows,
        ids: &app.ids,
        now,
        centers: &app.centers,
        hours: app.config.file.hours,
        experiments: app.config.server.experiments,
        base_url: &app.base_url,
        sinks: &app.sinks,
        lists: &app.lists,
        hold: app.handover.is_open().then_some(Hold { holder: &app.replica.holder, until: now + LEASE }),
    };
    let mut batch = Vec::with_capacity(requests.len());
    let mut persons = HashSet::with_capacity(requests.len());
    let decided: Vec<Decided> = requests
        .iter()
        .zip(&known)
        .map(|(request, known)| {
            // Two lanes can turn out to be one person: one after the other then.
            if known.person_id.is_some_and(|id| !persons.insert((request.tenant_id, id))) {
                return Decided::Again;
            }
            decide(&setting, request, known, &mut batch)
        })
        .collect();
    let timer = batch.iter().filter_map(|rows| rows.conversation.next_timer_at).min();
    let won = match batch.is_empty() {
        true => Vec::new(),
        false => turns::save(&app.db, session, batch, app.ids.next(now)).await?,
    };
    if let Some(at) = timer {
        app.alarm.ring_by(at);
    }
    let settle = |decided: Decided| match decided {
        Decided::Settled(outcome) => Outcome::Done(outcome),
        Decided::Write(written) if won.contains(&written.person_id) => {
            app.unread.add(written.conversation.0, written.conversation.1);
            if written.leaves_waiting {
                app.handover.wake();
            }
            app.handover.give(written.held);
            Outcome::Done(Ok(Answered { reply: written.reply, repeated: false }))
        }
        Decided::Write(_) | Decided::Again => Outcome::Lost,
    };
    Ok(decided.into_iter().map(settle).collect())
}

/// A turn between its decision and the commit.
enum Decided {
    /// Nothing of it is to be written.
    Settled(Result<Answered, TurnError>),
    /// What follows if the person's turn is won.
    Write(Written),
    /// Another turn of the same person goes first.
    Again,
}

/// What a turn leads to once it is durable.
struct Written {
    person_id: i64,
    /// The tenant and the conversation.
    conversation: (i64, i64),
    /// How it is answered.
    reply: Arc<str>,
    /// What this process sends now.
    held: Vec<Held>,
    /// Whether something else waits to be sent.
    leaves_waiting: bool,
}

/// Decides a turn; its rows join the batch. A decision that panics is that turn's failure alone.
fn decide(setting: &Setting<'_>, request: &TurnRequest, known: &Known, batch: &mut Vec<TurnRows>) -> Decided {
    match catch_unwind(AssertUnwindSafe(|| plan::plan(setting, request, known))) {
        Ok(Ok(Planned::Write { rows, person_id, reply, held, parks })) => {
            if parks {
                metrics::counter!("leadwire_loops_parked_total").increment(1);
                tracing::warn!(
                    person.id = person_id,
                    channel = request.channel.as_str(),
                    "this peer writes like a machine and is parked: recorded, not answered, until it pauses"
                );
            }
            let leaves_waiting = held.len() < rows.outbox.len();
            let conversation = (rows.conversation.tenant_id, rows.conversation.id);
            batch.push(*rows);
            Decided::Write(Written { person_id, conversation, reply, held, leaves_waiting })
        }
        Ok(Ok(Planned::Nothing)) => Decided::Settled(Ok(Answered { reply: "".into(), repeated: true })),
        Ok(Ok(Planned::Repeated(answered))) => {
            metrics::counter!("leadwire_turns_repeated_total").increment(1);
            Decided::Settled(Ok(answered))
        }
        Ok(Err(error)) => Decided::Settled(Err(error)),
        Err(_) => Decided::Settled(Err(TurnError::Corrupt("deciding the turn panicked".to_owned()))),
    }
}

fn key(app: &App, request: &TurnRequest) -> Key {
    let identity = |identity: &Identity| (identity.kind.as_str(), identity.key());
    let identities: Vec<(&'static str, String)> = request.identities.iter().map(identity).collect();
    let hash =
        |(kind, value): &(&'static str, String)| app.suppression_key.hash(request.tenant_id, (kind, value));
    Key {
        tenant_id: request.tenant_id,
        hashes: identities.iter().map(hash).collect(),
        identities,
        channel: request.held_on().as_str(),
        account_id: request.account_id,
        session: request.session.clone(),
        provider_id: request.provider_id.clone(),
    }
}

fn finish(app: &App, lane: &Lane, job: Job, answer: Result<Answered, TurnError>) {
    let outcome = if answer.is_ok() { "answered" } else { "refused" };
    let channel = job.request.channel.as_str();
    metrics::counter!("leadwire_turns_total", "channel" => channel, "outcome" => outcome).increment(1);
    metrics::histogram!("leadwire_turn_seconds", "channel" => channel)
        .record(job.arrived.elapsed().as_secs_f64());
    // A caller that went away has its turn all the same; the repeat gets the reply.
    let _ = job.answer.send(answer);
    app.turns.finished(lane);
}
