//! `leadwire serve`: everything in one process, until it is told to stop.

use crate::api;
use crate::app::App;
use crate::clock::Clock;
use crate::config::{Config, TwilioSecret};
use crate::service::{retention, startup, turns, upkeep};
use crate::store::replicas;
use crate::telemetry;
use anyhow::Context;
use axum::serve::ListenerExt;
use std::io::Write;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long requests in hand may take once we are told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Serves until SIGTERM or Ctrl-C; then finishes what is in hand, refuses what is new, and gives everything back.
///
/// # Errors
/// Where it cannot start; each error says what to do.
pub async fn serve(config: Config) -> anyhow::Result<()> {
    telemetry::log(&config.logs).context("LOG_FILE cannot be opened")?;
    telemetry::metrics();
    let listen = config.server.listen;
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!(
            "cannot listen on {listen}; another program may use it, set LEADWIRE_LISTEN to another address"
        )
    })?;
    let running = startup::start(config, Clock::System).await?;
    let app = running.app;
    let loops = turns::start(&app).context("the operating system gives no threads")?;
    let stopped = CancellationToken::new();
    let tasks = TaskTracker::new();
    tasks.spawn(upkeep::watch_flows(app.clone(), running.files, stopped.clone()));
    tasks.spawn(upkeep::hold_replica(app.clone(), stopped.clone()));
    tasks.spawn(upkeep::metrics(stopped.clone()));
    tasks.spawn(retention::run(app.clone(), stopped.clone()));
    // All at once; and if nobody reads it, that is no reason to stop.
    let _ = std::io::stdout().lock().write_all(greeting(&app).as_bytes());
    tracing::info!(listen = %app.config.server.listen, flows = app.flows.count(), "serving");

    let router = api::router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let listener = listener.tap_io(|stream| {
        // Small answers must not wait for more to come.
        let _ = stream.set_nodelay(true);
    });
    let signal = stopped.clone();
    tasks.spawn(async move {
        told_to_stop().await;
        signal.cancel();
    });
    let closing = stopped.clone();
    let served =
        axum::serve(listener, router).with_graceful_shutdown(async move { closing.cancelled().await });
    tokio::select! {
        served = async { served.await } => served.context("the listener failed")?,
        () = async { stopped.cancelled().await; tokio::time::sleep(GRACE).await } => {
            tracing::warn!("some requests did not end in time");
        }
    }
    stopped.cancel();
    app.turns.close();
    for turn_loop in loops {
        let ended = tokio::task::spawn_blocking(move || turn_loop.join()).await;
        if !matches!(ended, Ok(Ok(()))) {
            tracing::error!("a turn loop ended badly");
        }
    }
    tasks.close();
    tasks.wait().await;
    if let Err(error) = replicas::release(&app.db, &app.replica).await {
        tracing::warn!("the process's number could not be given back: {error}");
    }
    app.db.close().await;
    drop(running.lock);
    tracing::info!("stopped; every turn that was answered is stored");
    Ok(())
}

/// SIGTERM, or Ctrl-C.
async fn told_to_stop() {
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

/// Where everything is, for whoever just started it.
fn greeting(app: &App) -> String {
    let mut text = String::new();
    let mut line = |part: &str| {
        text.push_str(part);
        text.push('\n');
    };
    let here = format!("http://{}", app.config.server.listen);
    let flows = app.flows.count();
    line(&format!(
        "Leadwire {} is running, with {flows} flows, on {}.\n",
        env!("CARGO_PKG_VERSION"),
        app.db.name()
    ));
    line(&format!("  chat page   {here}/chat"));
    line(&format!("  health      {here}/health"));
    line(&format!("  API         {here}/docs"));
    line(&format!("  SMS webhook {}/webhooks/twilio/messages", app.base_url));
    line(&format!("  calls       {}/webhooks/twilio/voice", app.base_url));
    match app.config.twilio.secret {
        TwilioSecret::Development => {
            line("\nTry an SMS without a Twilio account, in another terminal:\n");
            line("  leadwire simulate sms --to +15550009999 --from +15551230000 hi");
            line("  (or: cargo run --release -- simulate sms --to +15550009999 --from +15551230000 hi)\n");
            line(&format!(
                "  It is signed with a development token kept in {}; only this",
                app.config.server.data.display()
            ));
            line("  machine can reach the server. For real messages set TWILIO_AUTH_TOKEN and PUBLIC_URL.");
        }
        TwilioSecret::Missing => {
            line("\nThe SMS webhook answers 503 until TWILIO_AUTH_TOKEN is set; see .env.example.");
        }
        TwilioSecret::Tokens(_) => {}
    }
    if app.config.server.public_url.is_none() && matches!(app.config.twilio.secret, TwilioSecret::Tokens(_)) {
        line("\nSet PUBLIC_URL to the address Twilio calls, or its signatures will not match.");
    }
    text
}
