//! `leadwire serve`: everything in one process, until it is told to stop.

use super::process::Process;
use crate::api;
use crate::app::App;
use crate::config::{Config, TwilioSecret, WhatsappSecret};
use crate::console;
use crate::service::{invitations, startup};
use crate::telemetry;
use anyhow::Context;
use axum::serve::ListenerExt;
use std::io::Write;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;

/// How long requests in hand may take once we are told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Serves until SIGTERM or Ctrl-C; then finishes what is in hand, refuses what is new, and gives everything back. Without
/// `worker`, what is to be sent is left to other processes.
///
/// # Errors
/// Where it cannot start; each error says what to do.
pub async fn serve(config: Config, worker: bool) -> anyhow::Result<()> {
    if !worker && config.server.sqlite_file().is_some() {
        anyhow::bail!(
            "on SQLite the server sends by itself, because the file belongs to one process; \
             leave --no-worker out, or set DATABASE_URL to a PostgreSQL"
        );
    }
    telemetry::log(&config.logs).context("LOG_FILE cannot be opened")?;
    telemetry::metrics();
    let listen = config.server.listen;
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!(
            "cannot listen on {listen}; another program may use it, set LEADWIRE_LISTEN to another address"
        )
    })?;
    let clock = config.clock();
    let started = startup::start(config, clock).await?;
    let app = started.app.clone();
    let process = Process::begin(started, worker).await?;
    // All at once; and if nobody reads it, that is no reason to stop.
    let first = invitations::first(&app.db, app.clock.now()).await?;
    let _ = std::io::stdout().lock().write_all(greeting(&app, first.as_deref()).as_bytes());
    tracing::info!(listen = %app.config.server.listen, flows = app.flows.count(), "serving");

    let router = api::router(app.clone(), console::pages).into_make_service_with_connect_info::<SocketAddr>();
    let listener = listener.tap_io(|stream| {
        // Small answers must not wait for more to come.
        let _ = stream.set_nodelay(true);
    });
    let stopped = process.stopped.clone();
    let served = axum::serve(listener, router).with_graceful_shutdown(stopped.clone().cancelled_owned());
    tokio::select! {
        served = async { served.await } => served.context("the listener failed")?,
        () = async { stopped.cancelled().await; tokio::time::sleep(GRACE).await } => {
            tracing::warn!("some requests did not end in time");
        }
    }
    process.end().await
}

/// Where everything is, for whoever just started it. `first`: the secret of the link for the first administrator.
fn greeting(app: &App, first: Option<&str>) -> String {
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
    if let Some(secret) = first {
        line("Nobody works here yet. This link makes you its administrator, once, within a day:\n");
        line(&format!("  {}/welcome/{secret}\n", app.base_url));
    }
    line(&format!("  chat page   {here}/chat"));
    line(&format!("  log in      {here}/login"));
    line(&format!("  health      {here}/health"));
    line(&format!("  API         {here}/docs"));
    line(&format!("  SMS webhook {}/webhooks/twilio/messages", app.base_url));
    line(&format!("  WhatsApp    {}/webhooks/whatsapp", app.base_url));
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
    match (&app.config.whatsapp.secret, app.config.whatsapp.missing()) {
        (WhatsappSecret::Development, _) => {
            line("\nAnd a WhatsApp chat with buttons, without Meta:\n");
            line("  leadwire simulate whatsapp --from +15551230000\n");
            line("  It is signed with a development secret, and until WHATSAPP_APP_SECRET is set answers go");
            line(&format!("  to that command, at {}, and not to Meta.", app.config.whatsapp.api_base));
        }
        (_, Some(variable)) => {
            line(&format!("\nThe WhatsApp webhook answers 503 until {variable} is set; see .env.example."));
        }
        (_, None) => {}
    }
    if app.config.server.public_url.is_none() && matches!(app.config.twilio.secret, TwilioSecret::Tokens(_)) {
        line("\nSet PUBLIC_URL to the address Twilio calls, or its signatures will not match.");
    }
    text
}
