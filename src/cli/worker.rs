//! `leadwire worker`: sends what servers on the same PostgreSQL leave to be sent, until it is told to stop.

use super::process::Process;
use crate::api;
use crate::config::Config;
use crate::service::startup;
use crate::telemetry;
use anyhow::{Context, bail};
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// Works until SIGTERM or Ctrl-C; then finishes what is being sent and gives back the rest. With `listen`, it tells there how it is.
///
/// # Errors
/// Where it cannot start; each error says what to do.
pub async fn work(config: Config, listen: Option<SocketAddr>) -> anyhow::Result<()> {
    if config.server.sqlite_file().is_some() {
        bail!(
            "on SQLite the server sends by itself, because the file belongs to one process; workers need a PostgreSQL in DATABASE_URL"
        );
    }
    telemetry::log(&config.logs).context("LOG_FILE cannot be opened")?;
    telemetry::metrics();
    let listener = match listen {
        Some(at) => Some(TcpListener::bind(at).await.with_context(|| format!("cannot listen on {at}"))?),
        None => None,
    };
    let clock = config.clock();
    let started = startup::start(config, clock).await?;
    let app = started.app.clone();
    let process = Process::begin(started, true).await?;
    let stopped = process.stopped.clone();
    println!("Leadwire {} is sending what others leave in the outbox.", env!("CARGO_PKG_VERSION"));
    match listener {
        Some(listener) => {
            let router = api::operations_only(app).into_make_service_with_connect_info::<SocketAddr>();
            let served = axum::serve(listener, router).with_graceful_shutdown(stopped.cancelled_owned());
            served.await.context("the listener failed")?;
        }
        None => stopped.cancelled().await,
    }
    process.end().await
}
