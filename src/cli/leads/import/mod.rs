//! `leadwire leads import`.

mod args;
mod report;

pub use args::Args;

use super::{bar, interrupted, say, table, time};
use crate::cli::tenant;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::access::Tenant;
use crate::domain::import::{self as domain, Columns, Outcome};
use crate::ids::{self, Ids};
use crate::service::desk::Desk;
use crate::service::import::{self as service, Begun, Bounds, FileError, Options, Table, Told, Watch, Work};
use crate::service::lifecycle::Actor;
use crate::service::startup;
use crate::store::db::Db;
use crate::store::imports::ImportRow;
use crate::store::replicas::{self, Replica};
use crate::store::tenants::{self, TenantRow};
use anyhow::Context;
use indicatif::ProgressBar;
use jiff::tz::TimeZone;
use report::Report;
use serde_json::{Value as Json, json};
use std::fs::File;
use std::io;
use std::path::Path;
use tokio_util::sync::CancellationToken;

/// Rows that are shown; all of them are in the report.
const SHOWN: usize = 20;
/// How much is taken from one file.
const BOUNDS: Bounds = Bounds { rows: 1_000_000, csv: 1 << 30, sheet: 100 << 20, unpacked: None };

/// Runs it; `false`: a row was refused, or it was interrupted.
///
/// # Errors
/// Where the file or the database cannot be read, or the report not be written.
pub async fn run(config: &Config, slug: &str, args: Args) -> anyhow::Result<bool> {
    let stopped = interrupted();
    let path = args.file.clone();
    let table = tokio::task::spawn_blocking(move || open(&path)).await??;
    let options = args.options();
    let columns = domain::columns(&table.header, &options.map)?;
    let db = startup::connect(config).await?;
    startup::ensure_schema(&db, config).await?;
    let clock = Clock::System;
    tenants::ensure_default(&db, &config.server.time_zone, clock.now()).await?;
    let tenant = tenant::named(&db, slug).await?;
    let replica = numbered(&db, &clock).await?;
    let ids = Ids::new(replica.as_ref().map_or(crate::cli::BESIDE, |replica| replica.number as u8));
    let actor = Actor { user_id: None, program: "command line".to_owned() };
    let desk = Desk { db: &db, ids: &ids, clock: &clock, tenant: Tenant(tenant.id), actor: &actor };
    let asked = Asked { args: &args, options: &options, table: &table, columns: &columns };
    let well = tokio::select! {
        well = asked.run(desk, &tenant, &stopped) => well,
        never = held(&db, replica.as_ref(), &clock) => never,
    };
    if let Some(replica) = &replica {
        replicas::release(&db, replica).await?;
    }
    db.close().await;
    well
}

fn open(path: &Path) -> Result<Table, FileError> {
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| FileError::Gone(name.clone(), error))?;
    Table::open(file, &name, BOUNDS)
}

/// A number to make ids with, on a database that several servers may share.
async fn numbered(db: &Db, clock: &Clock) -> anyhow::Result<Option<Replica>> {
    if matches!(db, Db::Sqlite { .. }) {
        return Ok(None);
    }
    let taken = replicas::take(db, ids::secret(), clock.now()).await?;
    taken.context("32 processes use this database already; stop one, or wait a minute").map(Some)
}

/// Holds the number as long as ids are made.
async fn held<T>(db: &Db, replica: Option<&Replica>, clock: &Clock) -> T {
    loop {
        clock.reach(clock.now() + replicas::RENEWAL).await;
        if let Some(replica) = replica
            && let Err(error) = replicas::renew(db, replica, clock.now()).await
        {
            tracing::warn!("the lease on this process's number could not be renewed: {error}");
        }
    }
}

/// A file, and what is wanted of it.
struct Asked<'a> {
    args: &'a Args,
    options: &'a Options,
    table: &'a Table,
    columns: &'a Columns,
}

impl Asked<'_> {
    async fn run(
        self,
        desk: Desk<'_>,
        tenant: &TenantRow,
        stopped: &CancellationToken,
    ) -> anyhow::Result<bool> {
        let Asked { args, options, table, columns } = self;
        let import = if args.preview {
            None
        } else {
            let key = options.key();
            match service::begin(&desk, (&table.hash, &key), table.rows, args.again).await? {
                Begun::Open(import) => Some(import),
                Begun::Done(import) => {
                    already(args, &import)?;
                    return Ok(true);
                }
            }
        };
        let done = import.as_ref().map_or(0, |import| u64::try_from(import.rows_done).unwrap_or(0));
        let report = match &args.report {
            Some(path) => Some(Report::open(path, done).map_err(service::ImportError::Report)?),
            None => None,
        };
        let bar = bar(table.rows, "rows");
        bar.set_position(done);
        let mut shown = Shown { report, rows: Vec::new(), all: args.preview, bar };
        let zone = TimeZone::get(&tenant.time_zone).unwrap_or(TimeZone::UTC);
        let region = tenant.region.as_deref();
        let work = Work { desk, table, columns, options, zone: &zone, region, stopped };
        let end = work.run(import, &mut shown).await?;
        shown.bar.finish_and_clear();
        let is_whole = end.rows_done == end.rows_total;
        let kept: Vec<&str> = columns.further().collect();
        if args.preview && !args.json && !kept.is_empty() {
            say(&format!(
                "Kept with the lead under their own names: {}. If one is a field: --map COLUMN=FIELD",
                kept.join(", ")
            ))?;
        }
        tell(args, &end, done, is_whole, &shown.rows)?;
        Ok(is_whole && end.refused == 0)
    }
}

/// What somebody at a terminal sees of the rows.
struct Shown {
    report: Option<Report>,
    rows: Vec<Told>,
    /// Whether all of them are of interest, or only those that are refused.
    all: bool,
    bar: ProgressBar,
}

impl Watch for Shown {
    fn about_to(&mut self, batch: &[Told]) -> io::Result<()> {
        self.report.as_mut().map_or(Ok(()), |report| report.add(batch))
    }

    fn done(&mut self, batch: Vec<Told>) -> io::Result<()> {
        if let Some(report) = &mut self.report {
            report.keep()?;
        }
        self.bar.inc(batch.len() as u64);
        let all = self.all;
        let is_shown = |told: &Told| all || told.outcome == Outcome::Refused;
        let room = SHOWN - self.rows.len();
        self.rows.extend(batch.into_iter().filter(is_shown).take(room));
        Ok(())
    }
}

fn already(args: &Args, import: &ImportRow) -> anyhow::Result<()> {
    if args.json {
        say(&summary(import, "already_imported", 0, &[]).to_string())?;
        return Ok(());
    }
    let name = args.file.file_name().unwrap_or(args.file.as_os_str()).to_string_lossy();
    let at = time(import.updated_at);
    say(&format!(
        "{name} was imported with these options already, on {at} UTC; nothing is done. Once more: --again"
    ))?;
    Ok(())
}

fn tell(args: &Args, end: &ImportRow, before: u64, is_whole: bool, shown: &[Told]) -> anyhow::Result<()> {
    if args.json {
        let state = match (args.preview, is_whole) {
            (true, true) => "preview",
            (_, false) => "interrupted",
            (false, true) => "done",
        };
        say(&summary(end, state, before, shown).to_string())?;
        return Ok(());
    }
    if !shown.is_empty() {
        let mut rows = table(&["row", "outcome", "lead", "enquiry", "why"]);
        for told in shown {
            rows.add_row(report::cells(told));
        }
        say(&rows.to_string())?;
    }
    let ImportRow { created, updated, skipped, refused, rows_done, rows_total, .. } = end;
    let would = if args.preview { "would be " } else { "" };
    let resumed = if before > 0 { format!(" ({before} of them by a run before)") } else { String::new() };
    say(&format!(
        "{rows_done} of {rows_total} rows{resumed}: {would}created {created}, updated {updated}, skipped {skipped}, refused {refused}"
    ))?;
    if !is_whole && !args.preview {
        say("Interrupted: run the same command again to go on behind them.")?;
    }
    Ok(())
}

fn summary(end: &ImportRow, state: &str, before: u64, shown: &[Told]) -> Json {
    let shown = shown.iter().map(|told| {
        json!({ "row": told.row, "outcome": told.outcome.as_str(), "lead_id": told.lead_id,
            "enquiry_id": told.enquiry_id, "why": told.why })
    });
    json!({
        "state": state, "rows": end.rows_total, "rows_done": end.rows_done, "rows_done_before": before, "created": end.created,
        "updated": end.updated, "skipped": end.skipped, "refused": end.refused, "shown": shown.collect::<Vec<_>>(),
    })
}
