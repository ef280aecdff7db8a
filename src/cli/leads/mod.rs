//! `leadwire leads`: what was delivered to sinks and what was not; leads from files and to files.

mod draft;
mod export;
mod failed;
mod fix_status;
mod import;
mod purge;
mod reconcile;
mod recycle;
mod retry;
pub(super) mod since;
mod succeeded;

pub use failed::Failed;
pub use succeeded::Succeeded;

pub(super) use crate::domain::when::time;

use super::tenant;
use crate::cli::BESIDE;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::access::Tenant;
use crate::domain::channel::Channel;
use crate::ids::Ids;
use crate::service::desk::Desk;
use crate::service::lifecycle::Actor;
use crate::service::startup;
use crate::store::db::Db;
use clap::Subcommand;
use comfy_table::{Table, presets};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value as Json;
use std::io::Write;
use tokio_util::sync::CancellationToken;

/// What to do with leads.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Leads that sinks do not have as they should; the exit code is 0 where there are none
    Failed {
        #[command(subcommand)]
        action: Failed,
    },
    /// Leads that were delivered
    Succeeded {
        #[command(subcommand)]
        action: Succeeded,
    },
    /// Take in the leads of a file, CSV or XLSX; the exit code is 0 where every row was taken
    Import(import::Args),
    /// Write leads to a file, CSV or XLSX
    Export(export::Args),
    /// Compare what sinks have with what was delivered: a plan, and repairs with --apply
    Reconcile(reconcile::Args),
    /// How many leads stand where by the attempts to reach them, and how many may be tried again
    Statuses {
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Try leads again that could not be reached
    Recycle(recycle::Args),
    /// Put right what leads say of the attempts to reach them; with --report-only or --dry-run the exit code is 0 where nothing is wrong
    FixStatus(fix_status::Args),
    /// Forget what was delivered long ago, with its attempts
    Purge {
        /// What was delivered longer ago than this; at least 90d
        #[arg(long, value_name = "LENGTH", default_value = "120d")]
        older_than: String,
        /// Only count
        #[arg(long)]
        dry_run: bool,
    },
}

/// Runs it for the tenant of this name; `false`: something is left to do.
///
/// # Errors
/// Where the database cannot be used, or what is asked for is not there.
pub async fn run(config: Config, tenant: &str, action: Action) -> anyhow::Result<bool> {
    match action {
        Action::Failed { action: Failed::Retry { id } } => {
            retry::run(config, tenant, retry::Wanted::One(id)).await
        }
        Action::Failed { action: Failed::RetryAll { sink } } => {
            retry::run(config, tenant, retry::Wanted::All(sink)).await
        }
        Action::Failed { action: Failed::List(asked) } => {
            let ledger = Ledger::open(&config, tenant).await?;
            ledger.closing(failed::list(&ledger, asked).await).await
        }
        Action::Failed { action: Failed::Show { id, json } } => {
            let ledger = Ledger::open(&config, tenant).await?;
            ledger.closing(failed::show(&ledger, id, json).await).await
        }
        Action::Succeeded { action: Succeeded::List(asked) } => {
            let ledger = Ledger::open(&config, tenant).await?;
            ledger.closing(succeeded::list(&ledger, asked).await).await
        }
        Action::Import(args) => import::run(&config, tenant, args).await,
        Action::Export(args) => {
            let ledger = Ledger::open(&config, tenant).await?;
            ledger.closing(export::run(&ledger, args).await).await
        }
        Action::Reconcile(args) => reconcile::run(&config, tenant, args).await,
        Action::Statuses { json } => {
            let ledger = Ledger::open(&config, tenant).await?;
            ledger.closing(recycle::statuses(&ledger, json).await).await
        }
        Action::Recycle(args) => {
            let ledger = Ledger::open(&config, tenant).await?;
            ledger.closing(recycle::run(&ledger, args).await).await
        }
        Action::FixStatus(args) => {
            let ledger = Ledger::open(&config, tenant).await?;
            ledger.closing(fix_status::run(&ledger, args).await).await
        }
        Action::Purge { older_than, dry_run } => {
            let ledger = Ledger::open(&config, tenant).await?;
            ledger.closing(purge::run(&ledger, &older_than, dry_run).await).await
        }
    }
}

/// A tenant's ledger.
struct Ledger {
    db: Db,
    tenant_id: i64,
    ids: Ids,
    clock: Clock,
    stopped: CancellationToken,
}

impl Ledger {
    async fn open(config: &Config, tenant: &str) -> anyhow::Result<Ledger> {
        let db = startup::connect(config).await?;
        startup::ensure_schema(&db, config).await?;
        let tenant_id = tenant::named(&db, tenant).await?.id;
        Ok(Ledger { db, tenant_id, ids: Ids::new(BESIDE), clock: Clock::System, stopped: interrupted() })
    }

    /// What whoever does something with many of the tenant's leads has at hand.
    fn desk<'a>(&'a self, actor: &'a Actor) -> Desk<'a> {
        Desk { db: &self.db, ids: &self.ids, clock: &self.clock, tenant: Tenant(self.tenant_id), actor }
    }

    async fn closing(&self, done: anyhow::Result<bool>) -> anyhow::Result<bool> {
        self.db.close().await;
        done
    }
}

/// Cancelled at Ctrl-C.
pub(super) fn interrupted() -> CancellationToken {
    let stopped = CancellationToken::new();
    let told = stopped.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            told.cancel();
        }
    });
    stopped
}

/// A bar on standard error, where that is a terminal.
pub(super) fn bar(total: u64, what: &str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {bar:30} {human_pos}/{human_len} {elapsed}, {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(total).with_style(style).with_message(what.to_owned())
}

pub(super) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY);
    table.set_header(header);
    table
}

/// Writes to standard output. `false`: whoever read it has gone, and the rest is not wanted.
pub(super) fn say(text: &str) -> anyhow::Result<bool> {
    match writeln!(std::io::stdout().lock(), "{text}") {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// The elements of a JSON array, written as they come.
struct Array {
    is_begun: bool,
}

impl Array {
    fn new() -> Array {
        Array { is_begun: false }
    }

    fn add(&mut self, element: &Json) -> anyhow::Result<bool> {
        let before = if self.is_begun { "," } else { "[" };
        self.is_begun = true;
        say(&format!("{before}{element}"))
    }

    fn end(self) -> anyhow::Result<bool> {
        say(if self.is_begun { "]" } else { "[]" })
    }
}

/// Stored JSON; what cannot be read is text.
fn json(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_else(|_| Json::String(text.to_owned()))
}

fn channel(name: &str) -> Result<String, String> {
    match Channel::parse(name) {
        Some(channel) => Ok(channel.as_str().to_owned()),
        None => Err(format!("there are {}", Channel::ALL.map(Channel::as_str).join(", "))),
    }
}
