//! How the server is, by asking its parts.

use super::outbox::{self, Standing};
use crate::app::App;
use crate::clock::{Millis, SECOND};
use crate::flow::{Diagnostic, Severity};
use crate::store::replicas;
use serde::Serialize;
use std::time::Duration;
use tokio::sync::Mutex;

/// How long the database may take before it counts as gone.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a check is good for: whoever asks sooner is told the same.
const GOOD_FOR: Millis = SECOND;
/// The same of the outbox, which is counted.
const JOBS_GOOD_FOR: Millis = 5 * SECOND;
/// The most findings shown, errors first; the log has all.
const SHOWN: usize = 20;

/// How the server is.
#[derive(Clone, Debug, Serialize)]
pub struct Health {
    /// `healthy`, `degraded` (it serves, something wants mending) or `unhealthy` (it cannot serve: no database, or nothing takes
    /// turns).
    pub status: &'static str,
    /// `connected` or `disconnected`: whether a write went through, at most a second ago.
    pub database: &'static str,
    /// RFC 3339.
    pub timestamp: String,
    /// Which database.
    pub database_kind: &'static str,
    /// Flows in force.
    pub flows: usize,
    /// What is wrong with flow files; their old versions stay in force.
    pub flow_problems: Vec<FlowProblem>,
    /// Turns that wait.
    pub turns_waiting: usize,
    /// What is to be sent; null where the database does not say.
    pub jobs: Option<Standing>,
    /// What somebody should look at, in words.
    pub alerts: Vec<String>,
    /// Loops that take turns, and do not any more: dead, or for more than a minute on one batch.
    pub turn_loops_stuck: usize,
    /// The program's version.
    pub version: &'static str,
}

/// A finding in a flow file.
#[derive(Clone, Debug, Serialize)]
pub struct FlowProblem {
    /// The file.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1.
    pub column: usize,
    /// The finding's stable name.
    pub code: &'static str,
    /// `error` or `warning`.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
}

/// Whether the database took a write, asked at most once a second for all who want to know: anybody may ask, and each
/// check is durable.
#[derive(Debug, Default)]
pub struct Shared {
    last: Mutex<Option<(Millis, bool)>>,
    jobs: Mutex<Option<(Millis, Standing)>>,
}

impl Shared {
    /// How the server is; the database as of at most a second ago, at most two seconds to find out.
    pub async fn check(&self, app: &App) -> Health {
        let connected = self.connected(app).await;
        let jobs = if connected { self.jobs(app).await } else { None };
        health(app, connected, jobs)
    }

    /// How the outbox is, as of at most a few seconds ago; `None` where the database does not say.
    pub async fn jobs(&self, app: &App) -> Option<Standing> {
        let mut last = self.jobs.lock().await;
        let now = app.clock.now();
        if let Some((at, standing)) = &*last
            && (0..JOBS_GOOD_FOR).contains(&(now - at))
        {
            return Some(standing.clone());
        }
        let asked = tokio::time::timeout(PATIENCE, outbox::standing(&app.db, now)).await;
        let standing = asked.ok()?.ok()?;
        *last = Some((now, standing.clone()));
        Some(standing)
    }

    /// One check runs at a time; whoever asks meanwhile waits for it.
    async fn connected(&self, app: &App) -> bool {
        let mut last = self.last.lock().await;
        let now = app.clock.now();
        if let Some((at, connected)) = *last
            && (0..GOOD_FOR).contains(&(now - at))
        {
            return connected;
        }
        // A write, because a full disk still reads.
        let renewed = replicas::renew(&app.db, &app.replica, now);
        let connected = matches!(tokio::time::timeout(PATIENCE, renewed).await, Ok(Ok(_)));
        *last = Some((now, connected));
        connected
    }
}

fn health(app: &App, connected: bool, jobs: Option<Standing>) -> Health {
    let now = app.clock.now();
    let mut findings: Vec<Diagnostic> =
        app.flows.problems().into_iter().flat_map(|problem| problem.diagnostics).collect();
    findings.sort_by_key(|finding| finding.severity);
    let flow_problems: Vec<FlowProblem> = findings
        .into_iter()
        .take(SHOWN)
        .map(|finding| FlowProblem {
            file: finding.file,
            line: finding.line,
            column: finding.column,
            code: finding.code,
            severity: finding.severity,
            message: finding.message,
        })
        .collect();
    let flows = app.flows.count();
    let broken = flow_problems.iter().any(|problem| problem.severity == Severity::Error);
    let alerts = jobs.as_ref().map(Standing::alerts).unwrap_or_default();
    let stuck = app.loops.stuck(now);
    let takes_turns = stuck == 0 || stuck < app.loops.count();
    let needs_care = broken || flows == 0 || stuck > 0 || !alerts.is_empty();
    let status = match (connected && takes_turns, needs_care) {
        (false, _) => "unhealthy",
        (true, true) => "degraded",
        (true, false) => "healthy",
    };
    Health {
        status,
        database: if connected { "connected" } else { "disconnected" },
        timestamp: jiff::Timestamp::from_millisecond(now).unwrap_or_default().to_string(),
        database_kind: app.db.name(),
        flows,
        flow_problems,
        turns_waiting: app.turns.depth(),
        jobs,
        alerts,
        turn_loops_stuck: stuck,
        version: env!("CARGO_PKG_VERSION"),
    }
}
