//! The comparison of every night: an alert where something does not agree.

use super::{Report, Setting, Wanted, compare};
use crate::app::App;
use crate::clock::{DAY, MINUTE};
use crate::delivery::Named;
use crate::http::{Guard, Outbound};
use crate::jobs::errand::Errands;
use crate::service::alerts;
use crate::store::alerts::take_run;
use crate::store::reconciliations::begun;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// How often it is looked whether the time has come.
const LOOKS: i64 = MINUTE;
/// What is compared.
const SINCE: i64 = 7 * DAY;

/// Compares every sink with the ledger once a night, until `stopped`.
pub async fn run(app: Arc<App>, stopped: CancellationToken) {
    let outgoing = &app.config.outgoing;
    let outbound = Arc::new(Outbound::new(Guard::new(outgoing.allowed.clone()), outgoing.timeout));
    let errands = Arc::new(Errands::new(outbound));
    let mut is_first = true;
    loop {
        // What was compared until a stop is kept, and taken up by whoever starts next.
        let looked = async {
            due(&app, &errands, is_first).await;
            app.clock.reach(app.clock.now() + LOOKS).await;
        };
        tokio::select! {
            () = stopped.cancelled() => return,
            () = looked => is_first = false,
        }
    }
}

/// Compares the sinks of the tenants whose time has come, unless another process does. With `takes_up`, also those whose comparison
/// of today was begun and is not finished.
pub async fn due(app: &App, errands: &Arc<Errands>, takes_up: bool) {
    let now = app.clock.now();
    for tenant in &app.tenants {
        if !app.sinks.iter().any(|named| named.tenant_id == tenant.id) {
            continue;
        }
        let zone = app.center(tenant.id).zone.clone();
        let local = jiff::Timestamp::from_millisecond(now).unwrap_or_default().to_zoned(zone);
        if local.time() < app.config.file.alerts.reconcile_at {
            continue;
        }
        let day = local.date().to_string();
        match take_run(&app.db, tenant.id, "reconcile", &day, now).await {
            Ok(true) => all(app, errands, tenant.id, &day, &|_| true).await,
            Ok(false) if takes_up => match begun(&app.db, tenant.id, &format!("since {}", words(&day))).await
            {
                Ok(begun) => {
                    all(app, errands, tenant.id, &day, &|sink| begun.iter().any(|name| name == sink)).await;
                }
                Err(error) => tracing::error!("a comparison is not taken up: {}", error.chain()),
            },
            Ok(false) => {}
            Err(error) => tracing::error!("the nightly comparison waits: {}", error.chain()),
        }
    }
}

/// How the comparison of a day is called.
fn words(day: &str) -> String {
    format!("seven days before {day}")
}

async fn all(
    app: &App,
    errands: &Arc<Errands>,
    tenant_id: i64,
    day: &str,
    wanted_of: &(dyn Fn(&str) -> bool + Send + Sync),
) {
    let setting = Setting { db: &app.db, clock: &app.clock, ids: &app.ids, errands: errands.clone() };
    let of = |named: &&Named| named.tenant_id == tenant_id && wanted_of(&named.name);
    for named in app.sinks.iter().filter(of) {
        let wanted = Wanted { since: app.clock.now() - SINCE, words: words(day), ..Wanted::default() };
        let alert = format!("reconcile:{}", named.name);
        match compare(&setting, named, &wanted, &|_| {}).await {
            Ok(report) if report.cannot.is_some() => {}
            Ok(report) if report.differences() == 0 => {
                tracing::info!(
                    sink.name = named.name,
                    compared = report.compared,
                    "a sink agrees with the ledger"
                );
                alerts::clear(app, tenant_id, &alert).await;
            }
            Ok(report) => alerts::raise(app, tenant_id, &alert, &message(&report)).await,
            Err(error) => {
                let message =
                    format!("The sink \"{}\" could not be compared with the ledger: {error}.", named.name);
                alerts::raise(app, tenant_id, &alert, &message).await;
            }
        }
    }
}

/// What operations are told.
fn message(report: &Report) -> String {
    let of = |kind: &str| report.found.iter().find(|found| found.kind == kind).map_or(0, |found| found.count);
    format!(
        "The sink \"{}\" and the ledger of seven days do not agree: {} missing there, {} missing here, {} differing, {} there more \
         than once. See leadwire leads reconcile --sink {} --since 7d.",
        report.sink,
        of("missing_there"),
        of("missing_here"),
        of("differs"),
        of("duplicate"),
        report.sink
    )
}
