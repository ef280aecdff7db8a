//! Every night what leads say of the attempts to reach them is put right: an alert where anything had to be, for whoever records an
//! attempt writes both.

use super::{Fix, Fixed, fix, tasks};
use crate::app::App;
use crate::clock::{MINUTE, Millis};
use crate::domain::access::Tenant;
use crate::domain::outreach::Issue;
use crate::service::alerts;
use crate::service::desk::Desk;
use crate::service::lifecycle::Actor;
use crate::store::alerts::{has_ended, take_run};
use crate::store::db::StoreError;
use jiff::civil::Time;
use std::sync::Arc;
use std::time::Instant;
use tokio_util::sync::CancellationToken;

/// How often it is looked whether the time has come.
const LOOKS: Millis = MINUTE;
/// When it comes, by the tenant's clock.
const AT: Time = Time::constant(2, 0, 0, 0);
/// The run among what runs once a day.
const RUN: &str = "reconcile_lead_status";
/// The alert.
const ALERT: &str = "fix-status";

/// Puts right once a night, until `stopped`.
pub async fn run(app: Arc<App>, stopped: CancellationToken) {
    let mut is_first = true;
    while !stopped.is_cancelled() {
        due(&app, &stopped, is_first).await;
        is_first = false;
        tokio::select! {
            () = stopped.cancelled() => return,
            () = app.clock.reach(app.clock.now() + LOOKS) => {}
        }
    }
}

/// Puts right what leads of the tenants say whose time has come, unless another process does. With `takes_up`, also of those whose run of
/// today was begun and has not ended.
pub async fn due(app: &App, stopped: &CancellationToken, takes_up: bool) {
    let now = app.clock.now();
    for tenant in &app.tenants {
        let zone = app.center(tenant.id).zone.clone();
        let local = jiff::Timestamp::from_millisecond(now).unwrap_or_default().to_zoned(zone);
        if local.time() < AT {
            continue;
        }
        let day = local.date().to_string();
        match begins(app, tenant.id, &day, takes_up).await {
            Ok(Some(begun)) => put_right(app, tenant.id, begun, stopped).await,
            Ok(None) => {}
            Err(error) => tracing::error!("the nightly look at attempts waits: {}", error.chain()),
        }
    }
}

/// How a run begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Begun {
    /// As the night's.
    Anew,
    /// Another process began it, and may be at it still.
    TakenUp,
}

async fn begins(app: &App, tenant_id: i64, day: &str, takes_up: bool) -> Result<Option<Begun>, StoreError> {
    if take_run(&app.db, tenant_id, RUN, day, app.clock.now()).await? {
        return Ok(Some(Begun::Anew));
    }
    let has_ended = !takes_up || has_ended(&app.db, tenant_id, RUN, day).await?;
    Ok((!has_ended).then_some(Begun::TakenUp))
}

async fn put_right(app: &App, tenant_id: i64, begun: Begun, stopped: &CancellationToken) {
    let actor = Actor { user_id: None, program: "nightly fix-status".to_owned() };
    let desk =
        Desk { db: &app.db, ids: &app.ids, clock: &app.clock, tenant: Tenant(tenant_id), actor: &actor };
    let began = Instant::now();
    let done = match fix(&desk, Fix::default(), stopped, &mut |_| {}, &mut |_| {}).await {
        Ok(done) => done,
        Err(error) => {
            tasks::ended(app, Tenant(tenant_id), RUN, began.elapsed(), Err(error)).await;
            let message = "What leads say of the attempts to reach them could not be compared with the ledger; run leadwire leads fix-status.";
            return alerts::raise(app, tenant_id, ALERT, message).await;
        }
    };
    tracing::info!(
        looked_at = done.looked_at,
        fixed = done.fixed,
        "leads were compared with the attempts to reach them"
    );
    if done.found() > 0 {
        alerts::raise(app, tenant_id, ALERT, &message(&done)).await;
    } else if begun == Begun::Anew && done.next.is_none() {
        // A run that is taken up does not find what the other has put right, and so does not know that all was well.
        alerts::clear(app, tenant_id, ALERT).await;
    }
    if done.next.is_none() {
        let result = format!("{} of {} put right", done.fixed, done.looked_at);
        tasks::ended(app, Tenant(tenant_id), RUN, began.elapsed(), Ok(result)).await;
    }
}

/// What operations are told.
fn message(done: &Fixed) -> String {
    let of = |issue| done.issues.get(&issue).copied().unwrap_or(0);
    format!(
        "{} of {} leads did not say what the ledger of attempts says, and were put right: {} tried but new, {} with other numbers, {} that \
         said nothing. What each said before is in its timeline, as status_fixed.",
        done.found(),
        done.looked_at,
        of(Issue::TriedButNew),
        of(Issue::Untracked),
        of(Issue::Missing)
    )
}
