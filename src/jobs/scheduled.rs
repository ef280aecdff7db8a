//! What outreach does by itself, each task at its period: by one process among replicas, and once where runs were missed. Each run's end,
//! length and result are kept, for whoever asks.

use super::unheard;
use crate::app::App;
use crate::clock::{DAY, HOUR, MINUTE, Millis, SECOND};
use crate::domain::access::Tenant;
use crate::domain::outreach::Lane;
use crate::service::desk::Desk;
use crate::service::lifecycle::Actor;
use crate::service::outreach::{self, Filled, Fix};
use crate::store::alerts::take_run;
use crate::store::db::StoreError;
use crate::store::outreach::campaigns::{self, CampaignRow};
use std::sync::Arc;
use std::time::Instant;
use tokio_util::sync::CancellationToken;

/// A task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Task {
    FillHopper,
    RetryDropped,
    RecycleFailed,
    CleanUp,
    SyncLedger,
    TakeIn,
    LookAgain,
}

/// Every task: its name, and how often it runs. Another, putting right what leads say, runs every night (`service::outreach::nightly`).
const TASKS: [(Task, &str, Millis); 7] = [
    (Task::FillHopper, "fill_hopper", MINUTE),
    (Task::RetryDropped, "retry_dropped_calls", 2 * MINUTE),
    (Task::RecycleFailed, "recycle_failed_calls", 5 * MINUTE),
    (Task::CleanUp, "cleanup_stale_hopper_entries", 5 * MINUTE),
    (Task::SyncLedger, "sync_call_log_to_lead_status", 10 * MINUTE),
    (Task::TakeIn, "take_in_whole_segments", HOUR),
    (Task::LookAgain, "look_at_all_members", DAY),
];

/// How often it is looked what is due, and leads of the hopper are tried.
const BEAT: Millis = SECOND;

/// Runs what is due, and tries leads of the hopper, until `stopped`: beside each other, so that nobody waits for a long look at many.
pub async fn run(app: Arc<App>, stopped: CancellationToken) {
    tokio::select! {
        () = stopped.cancelled() => {}
        () = run_tasks(&app, &stopped) => {}
        () = run_hopper(&app, &stopped) => {}
    }
}

async fn run_tasks(app: &App, stopped: &CancellationToken) {
    while !stopped.is_cancelled() {
        tasks(app, stopped).await;
        app.clock.reach(app.clock.now() + BEAT).await;
    }
}

async fn run_hopper(app: &App, stopped: &CancellationToken) {
    while !stopped.is_cancelled() {
        hopper(app, stopped).await;
        app.clock.reach(app.clock.now() + BEAT).await;
    }
}

/// One look at everything: tasks that are due, then leads of the hopper.
pub async fn beat(app: &App, stopped: &CancellationToken) {
    tasks(app, stopped).await;
    hopper(app, stopped).await;
}

async fn at_work(app: &App) -> Vec<Tenant> {
    campaigns::tenants_at_work(&app.db).await.unwrap_or_else(|error| {
        tracing::warn!("campaigns wait: {}", error.chain());
        vec![]
    })
}

/// Tasks that are due.
async fn tasks(app: &App, stopped: &CancellationToken) {
    for tenant in at_work(app).await {
        for (task, name, every) in TASKS {
            if !stopped.is_cancelled() {
                due(app, tenant, (task, name, every), stopped).await;
            }
        }
    }
}

/// Tries leads of the hopper.
async fn hopper(app: &App, stopped: &CancellationToken) {
    for tenant in at_work(app).await {
        if !stopped.is_cancelled()
            && let Err(error) = dispatch(app, tenant).await
        {
            tracing::warn!("leads of the hopper wait: {}", error.chain());
        }
    }
}

async fn dispatch(app: &App, tenant: Tenant) -> Result<(), StoreError> {
    let mut outcome = Ok(());
    for row in campaigns::running(app.db.within(tenant)).await? {
        keep(&mut outcome, row.id, outreach::dispatch(app, tenant, row.id).await);
    }
    outcome
}

/// A campaign with which something does not go well keeps no other from it; what went wrong is told, and known in the end.
fn keep<T>(outcome: &mut Result<(), StoreError>, campaign: i64, came: Result<T, StoreError>) -> Option<T> {
    match came {
        Ok(done) => Some(done),
        Err(error) => {
            tracing::warn!(campaign.id = campaign, "a campaign waits: {}", error.chain());
            *outcome = Err(error);
            None
        }
    }
}

/// Runs a task if its time has come, unless another process does.
async fn due(
    app: &App,
    tenant: Tenant,
    (task, name, every): (Task, &'static str, Millis),
    stopped: &CancellationToken,
) {
    let now = app.clock.now();
    // However many periods went by, this one is run once.
    match take_run(&app.db, tenant.0, name, &(now / every).to_string(), now).await {
        Ok(false) => return,
        Ok(true) => {}
        Err(error) => return tracing::warn!(task = name, "a task waits: {}", error.chain()),
    }
    let began = Instant::now();
    let outcome = work(app, tenant, task, stopped).await;
    outreach::tasks::ended(app, tenant, name, began.elapsed(), outcome).await;
}

async fn work(
    app: &App,
    tenant: Tenant,
    task: Task,
    stopped: &CancellationToken,
) -> Result<String, StoreError> {
    match task {
        Task::FillHopper => {
            let joined = review(app, tenant, stopped).await?;
            let filled = fill(app, tenant, &Lane::ALL).await?;
            Ok(format!("{filled}, {joined} came in"))
        }
        Task::RetryDropped => Ok(fill(app, tenant, &[Lane::Callback, Lane::Dropped]).await?.to_string()),
        Task::RecycleFailed => Ok(fill(app, tenant, &[Lane::Again]).await?.to_string()),
        Task::CleanUp => {
            let swept = outreach::sweep(app).await?;
            let asked = unheard::ask(app, &swept.unheard).await?;
            let (ready, given_up, unheard) = (swept.ready, swept.given_up, swept.unheard.len());
            Ok(format!("{ready} let go, {given_up} given up, {asked} of {unheard} settled by asking"))
        }
        Task::TakeIn => Ok(format!("{} came in", take_in(app, tenant).await?)),
        Task::LookAgain => {
            // What changed without anybody telling campaigns is found all the same: rules of places, channels that work again.
            campaigns::look_again(app.db.within(tenant), None).await?;
            Ok("all members are looked at again".to_owned())
        }
        Task::SyncLedger => {
            let actor = Actor { user_id: None, program: "sync_call_log_to_lead_status".to_owned() };
            let desk = Desk { db: &app.db, ids: &app.ids, clock: &app.clock, tenant, actor: &actor };
            let wanted = Fix { is_dry: true, ..Fix::default() };
            let found = outreach::fix(&desk, wanted, stopped, &mut |_| {}, &mut |_| {}).await?;
            Ok(format!("{} of {} do not agree with the ledger", found.found(), found.looked_at))
        }
    }
}

/// Fills the hopper from these lanes, for each campaign that runs.
async fn fill(app: &App, tenant: Tenant, lanes: &[Lane]) -> Result<Filled, StoreError> {
    let (mut all, mut outcome) = (Filled::default(), Ok(()));
    for row in campaigns::running(app.db.within(tenant)).await? {
        let filled = outreach::fill(app, tenant, &row, lanes).await;
        all += keep(&mut outcome, row.id, filled).unwrap_or_default();
    }
    outcome.map(|()| all)
}

/// Takes in what segments have anew, and looks at leads whose campaign changed; how many came in.
async fn review(app: &App, tenant: Tenant, stopped: &CancellationToken) -> Result<u64, StoreError> {
    let (mut joined, mut outcome) = (0, Ok(()));
    for row in campaigns::running(app.db.within(tenant)).await? {
        let id = row.id;
        let came = review_one(app, tenant, row, stopped).await;
        joined += keep(&mut outcome, id, came).unwrap_or_default();
    }
    outcome.map(|()| joined)
}

async fn review_one(
    app: &App,
    tenant: Tenant,
    mut row: CampaignRow,
    stopped: &CancellationToken,
) -> Result<u64, StoreError> {
    // A whole look at the segments with each change, and the newest of them in between.
    let joined = outreach::join(app, tenant, &row, row.looked_to != Some(0)).await?;
    while !stopped.is_cancelled() && outreach::review(app, tenant, &row).await? {
        match campaigns::find(app.db.within(tenant), row.id).await? {
            Some(as_it_is) => row = as_it_is,
            None => break,
        }
    }
    Ok(joined)
}

/// Takes in all leads that segments have, for each campaign that runs: those that are older than the newest and have come to be in a segment
/// since. How many came in.
async fn take_in(app: &App, tenant: Tenant) -> Result<u64, StoreError> {
    let (mut joined, mut outcome) = (0, Ok(()));
    for row in campaigns::running(app.db.within(tenant)).await? {
        joined +=
            keep(&mut outcome, row.id, outreach::join(app, tenant, &row, false).await).unwrap_or_default();
    }
    outcome.map(|()| joined)
}
