//! `leadwire leads import`.

mod args;
mod file;
mod report;

pub use args::Args;

use super::{bar, interrupted, say, table, time};
use crate::cli::tenant;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::access::Tenant;
use crate::domain::identity::e164;
use crate::domain::import::{self as domain, Columns, Outcome, Reading, read};
use crate::ids::{self, Ids};
use crate::service::desk::Desk;
use crate::service::import::{self as service, BATCH, Begun, Index, Numbered, Told};
use crate::service::lifecycle::Actor;
use crate::service::{startup, users};
use crate::store::db::Db;
use crate::store::imports::ImportRow;
use crate::store::replicas::{self, Replica};
use crate::store::tenants::{self, TenantRow};
use crate::understand;
use anyhow::Context;
use file::Table;
use jiff::tz::TimeZone;
use report::Report;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Rows that are shown; all of them are in the report.
const SHOWN: usize = 20;
/// On SQLite, what a server beside it is left to write between two batches.
const PAUSE: Duration = Duration::from_millis(50);
/// Runs it; `false`: a row was refused, or it was interrupted.
///
/// # Errors
/// Where the file or the database cannot be read, or the report not be written.
pub async fn run(config: &Config, slug: &str, args: Args) -> anyhow::Result<bool> {
    let stopped = interrupted();
    let path = args.file.clone();
    let table = tokio::task::spawn_blocking(move || Table::open(path)).await??;
    let columns = domain::columns(&table.header, &args.map)?;
    let db = startup::connect(config).await?;
    startup::ensure_schema(&db, config).await?;
    let clock = Clock::System;
    tenants::ensure_default(&db, &config.server.time_zone, clock.now()).await?;
    let tenant = tenant::named(&db, slug).await?;
    let replica = numbered(&db, &clock).await?;
    let ids = Ids::new(replica.as_ref().map_or(crate::cli::BESIDE, |replica| replica.number as u8));
    let actor = Actor { user_id: None, program: "command line".to_owned() };
    let desk = Desk { db: &db, ids: &ids, clock: &clock, tenant: Tenant(tenant.id), actor: &actor };
    let work = Work { args: &args, table: &table, columns: &columns, tenant: &tenant, desk, stopped };
    let well = tokio::select! {
        well = work.run() => well,
        never = held(&db, replica.as_ref(), &clock) => never,
    };
    if let Some(replica) = &replica {
        replicas::release(&db, replica).await?;
    }
    db.close().await;
    well
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

/// An import of one file.
struct Work<'a> {
    args: &'a Args,
    table: &'a Table,
    columns: &'a Columns,
    tenant: &'a TenantRow,
    desk: Desk<'a>,
    stopped: CancellationToken,
}

impl Work<'_> {
    async fn run(self) -> anyhow::Result<bool> {
        let desk = &self.desk;
        if self.args.preview {
            return self.all(None).await;
        }
        let options = self.args.options();
        let file = (self.table.hash.as_str(), options.as_str());
        match service::begin(desk, file, self.table.rows, self.args.again).await? {
            Begun::Open(import) => self.all(Some(import)).await,
            Begun::Done(import) => {
                let name = file::name(&self.args.file);
                let at = time(import.updated_at);
                if self.args.json {
                    say(&summary(&import, "already_imported", 0, &[]).to_string())?;
                } else {
                    say(&format!(
                        "{name} was imported with these options already, on {at} UTC; nothing is done. Once more: --again"
                    ))?;
                }
                Ok(true)
            }
        }
    }

    /// Takes all rows, or those behind where it was interrupted; without an import only looks at them.
    async fn all(&self, mut import: Option<ImportRow>) -> anyhow::Result<bool> {
        let done = import.as_ref().map_or(0, |import| u64::try_from(import.rows_done).unwrap_or(0));
        let mut report = match &self.args.report {
            Some(path) => Some(Report::open(path, done).map_err(service::ImportError::Report)?),
            None => None,
        };
        let began = import.as_ref().map_or_else(|| self.desk.clock.now(), |import| import.started_at);
        let wanted = self.args.wanted(began);
        let colleagues = service::colleagues(self.desk.db, self.desk.tenant).await?;
        let (mut index, mut looked) = (Index::default(), blank(self.table.rows, began));
        let mut shown: Vec<Told> = Vec::new();
        let bar = bar(self.table.rows, "rows");
        bar.set_position(done);
        let mut batches = batches(self.table.clone(), done);
        let mut at = done;
        while at < self.table.rows && !self.stopped.is_cancelled() {
            let batch = batches.recv().await.context("the file changed while it was read")??;
            let batch = self.read(batch, &colleagues);
            at += batch.len() as u64;
            let told = match &mut import {
                Some(import) => {
                    let is_last = at == self.table.rows;
                    let mut written =
                        |batch: &[Told]| report.as_mut().map_or(Ok(()), |report| report.add(batch));
                    service::take(&self.desk, &wanted, import, (&batch, is_last), &mut written).await?
                }
                None => {
                    let told = service::preview(&self.desk, &wanted, &mut index, &batch).await?;
                    if let Some(report) = &mut report {
                        report.add(&told).map_err(service::ImportError::Report)?;
                    }
                    count(&mut looked, &told);
                    told
                }
            };
            if let Some(report) = &mut report {
                report.keep().map_err(service::ImportError::Report)?;
            }
            let is_shown = |told: &Told| self.args.preview || told.outcome == Outcome::Refused;
            let room = SHOWN - shown.len();
            shown.extend(told.into_iter().filter(is_shown).take(room));
            bar.set_position(at);
            if !self.args.preview && matches!(self.desk.db, Db::Sqlite { .. }) {
                tokio::time::sleep(PAUSE).await;
            }
        }
        bar.finish_and_clear();
        let is_whole = at == self.table.rows;
        let end = import.as_ref().unwrap_or(&looked);
        self.tell(end, done, is_whole, &shown)?;
        Ok(is_whole && end.refused == 0)
    }

    fn read(&self, batch: Vec<(u64, Vec<String>)>, users: &BTreeMap<String, i64>) -> Vec<Numbered> {
        let now = self.desk.clock.now();
        let zone = TimeZone::get(&self.tenant.time_zone).unwrap_or(TimeZone::UTC);
        let today = zone.to_datetime(jiff::Timestamp::from_millisecond(now).unwrap_or_default()).date();
        let region = self.tenant.region.as_deref();
        let phone = |text: &str| number(text, region);
        let by = Reading {
            phone: &phone,
            is_address: users::is_address,
            users,
            now,
            today,
            source: self.args.source.as_deref(),
        };
        let numbered =
            |(row, cells): (u64, Vec<String>)| Numbered { row, said: read(&cells, self.columns, &by) };
        batch.into_iter().map(numbered).collect()
    }

    fn tell(&self, end: &ImportRow, before: u64, is_whole: bool, shown: &[Told]) -> anyhow::Result<()> {
        if self.args.json {
            let state = match (self.args.preview, is_whole) {
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
        let would = if self.args.preview { "would be " } else { "" };
        let resumed = if before > 0 { format!(" ({before} of them by a run before)") } else { String::new() };
        say(&format!(
            "{rows_done} of {rows_total} rows{resumed}: {would}created {created}, updated {updated}, skipped {skipped}, refused {refused}"
        ))?;
        if !is_whole && !self.args.preview {
            say("Interrupted: run the same command again to go on behind them.")?;
        }
        Ok(())
    }
}

/// A number as people write it, to E.164; spreadsheets take the plus from one that is written whole.
fn number(text: &str, region: Option<&str>) -> Option<String> {
    let is_bare =
        text.len() >= 11 && !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    e164(text)
        .or_else(|| understand::phone(text, region))
        .or_else(|| understand::phone(&format!("+{text}"), None).filter(|_| is_bare))
}

type Batch = anyhow::Result<Vec<(u64, Vec<String>)>>;

/// The rows of a file behind the first `done`, in batches that are read while others are written.
fn batches(table: Table, done: u64) -> mpsc::Receiver<Batch> {
    let (sender, receiver) = mpsc::channel(2);
    tokio::task::spawn_blocking(move || {
        let (mut skipped, mut batch) = (0, Vec::new());
        let outcome = table.each(&mut |at, cells| {
            if skipped < done {
                skipped += 1;
                return ControlFlow::Continue(());
            }
            batch.push((at, cells));
            if batch.len() == BATCH && sender.blocking_send(Ok(std::mem::take(&mut batch))).is_err() {
                // Nobody wants more.
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        });
        let last = match outcome {
            Err(error) => Err(error),
            Ok(()) if batch.is_empty() => return,
            Ok(()) => Ok(batch),
        };
        // Nobody may want it any more.
        let _ = sender.blocking_send(last);
    });
    receiver
}

/// Counts of rows that were only looked at.
fn blank(rows: u64, now: i64) -> ImportRow {
    ImportRow {
        id: 0,
        hash: String::new(),
        options: String::new(),
        state: "preview".to_owned(),
        rows_total: i64::try_from(rows).unwrap_or(i64::MAX),
        rows_done: 0,
        created: 0,
        updated: 0,
        skipped: 0,
        refused: 0,
        started_at: now,
        updated_at: now,
    }
}

fn count(looked: &mut ImportRow, told: &[Told]) {
    *looked = service::counted(looked, told, false, looked.updated_at);
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
