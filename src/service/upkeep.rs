//! What a server does beside answering: looks at its flow files, at what other replicas published, and keeps its number.

use crate::app::App;
use crate::clock::SECOND;
use crate::service::flows::Files;
use crate::store::replicas;
use crate::telemetry;
use notify::event::{AccessKind, AccessMode};
use notify::{EventKind, RecursiveMode, Watcher};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// How often other replicas' publications are looked for, and files for file systems that tell nothing.
const LOOK: Duration = Duration::from_millis(3 * SECOND as u64);
/// How often the metrics' samples are folded into their buckets.
const UPKEEP: Duration = Duration::from_millis(5 * SECOND as u64);
/// Editors write a file in several steps; what follows within this time is one change.
const SETTLE: Duration = Duration::from_millis(50);

/// Publishes flow files as they change, and takes over what other replicas publish, until `stopped`.
pub async fn watch_flows(app: Arc<App>, files: Files, stopped: CancellationToken) {
    let changed = Arc::new(Notify::new());
    let folder = &app.config.server.flows;
    let tell = changed.clone();
    let heard = move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|event| !is_change(event.kind)) {
            return;
        }
        tell.notify_one();
    };
    let watcher = notify::recommended_watcher(heard).and_then(|mut watcher| {
        watcher.watch(folder, RecursiveMode::Recursive)?;
        Ok(watcher)
    });
    if let Err(error) = &watcher {
        tracing::warn!(
            "changes of flow files are noticed late, because the folder cannot be watched: {error}"
        );
    }
    let mut every = interval(LOOK);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let told = tokio::select! {
            () = stopped.cancelled() => return,
            () = changed.notified() => true,
            _ = every.tick() => false,
        };
        let now = app.clock.now();
        let looked = if told {
            tokio::time::sleep(SETTLE).await;
            files.publish(&app.flows, &app.db, folder, &app.tenants, now).await
        } else {
            files.look(&app.flows, &app.db, folder, &app.tenants, now).await
        };
        if let Err(error) = looked {
            tracing::error!("flows could not be published: {error}");
        }
    }
}

/// Whether a file may be another now. Reading is none: our own look at the files would call for the next one.
fn is_change(kind: EventKind) -> bool {
    !kind.is_access() || kind == EventKind::Access(AccessKind::Close(AccessMode::Write))
}

/// Keeps the metrics' memory bounded until `stopped`.
pub async fn metrics(stopped: CancellationToken) {
    let mut every = interval(UPKEEP);
    loop {
        tokio::select! {
            () = stopped.cancelled() => return,
            _ = every.tick() => telemetry::metrics().run_upkeep(),
        }
    }
}

/// Renews this process's number until `stopped`.
pub async fn hold_replica(app: Arc<App>, stopped: CancellationToken) {
    let mut every = interval(Duration::from_millis(replicas::RENEWAL as u64));
    loop {
        tokio::select! {
            () = stopped.cancelled() => return,
            _ = every.tick() => {}
        }
        match replicas::renew(&app.db, &app.replica, app.clock.now()).await {
            Ok(true) => {}
            // Ids carry the time as well, so a clash needs the same millisecond; all the same it must be seen.
            Ok(false) => tracing::error!(
                replica.number = app.replica.number,
                "the lease on this process's number ran out; restart it"
            ),
            Err(error) => tracing::warn!("the lease on this process's number could not be renewed: {error}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use notify::event::{CreateKind, DataChange, ModifyKind, RemoveKind};

    #[test]
    fn looking_is_no_change() {
        let rows = [
            ("opened", EventKind::Access(AccessKind::Open(AccessMode::Any)), false),
            ("closed after reading", EventKind::Access(AccessKind::Close(AccessMode::Read)), false),
            ("closed after writing", EventKind::Access(AccessKind::Close(AccessMode::Write)), true),
            ("written", EventKind::Modify(ModifyKind::Data(DataChange::Any)), true),
            ("made", EventKind::Create(CreateKind::File), true),
            ("removed", EventKind::Remove(RemoveKind::File), true),
            ("who knows", EventKind::Any, true),
        ];
        for (label, kind, expected) in rows {
            assert_eq!(is_change(kind), expected, "{label}");
        }
    }
}
