//! `leadwire leads reconcile`: what sinks have, compared with what was delivered.

mod print;

use crate::cli::tenant;
use crate::clock::{Clock, SECOND};
use crate::config::Config;
use crate::delivery::{Named, reconcile::Kind};
use crate::http::{Guard, Outbound};
use crate::ids::{self, Ids};
use crate::jobs::Errands;
use crate::jobs::reconcile::{self as jobs, Against, Progress, Report, Setting, Wanted};
use crate::service::startup;
use crate::store::reconciliations::Run;
use crate::store::{replicas, tenants};
use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Repairs of which none arrives for so long are left to a server that is not there yet.
const PATIENCE: u32 = 30;

/// What is to be compared.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Leads of this time: 24h, 7d, 30d, or since a day such as 2026-01-31
    #[arg(long, default_value = "30d")]
    since: String,
    /// Only leads of this channel: sms, whatsapp, voice, web
    #[arg(long, value_parser = ["sms", "whatsapp", "voice", "web"])]
    channel: Option<String>,
    /// Only this sink
    #[arg(long, value_name = "NAME")]
    sink: Option<String>,
    /// Compare with the CRM's own export instead of asking it; "-" reads it from standard input
    #[arg(long, value_name = "FILE.csv", requires = "sink")]
    against: Option<PathBuf>,
    /// Deliver what is missing there, and correct what differs
    #[arg(long)]
    apply: bool,
    /// Begin anew where a comparison was interrupted
    #[arg(long)]
    fresh: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Runs it; `false`: something is left to do.
///
/// # Errors
/// Where the database, a sink or the export cannot be read.
pub async fn run(config: &Config, slug: &str, args: Args) -> anyhow::Result<bool> {
    let db = startup::connect(config).await?;
    startup::ensure_schema(&db, config).await?;
    let tenants = tenants::list(&db).await?;
    let tenant = tenant::named(&db, slug).await?;
    let book = startup::book(config, &tenants)?;
    let of_tenant: Vec<&Named> = book.iter().filter(|named| named.tenant_id == tenant.id).collect();
    let chosen: Vec<&Named> = of_tenant
        .iter()
        .copied()
        .filter(|named| args.sink.as_ref().is_none_or(|name| *name == named.name))
        .collect();
    if chosen.is_empty() {
        let names: Vec<&str> = of_tenant.iter().map(|named| named.name.as_str()).collect();
        match (&args.sink, names.is_empty()) {
            (_, true) => {
                bail!("leadwire.toml has no [[sinks]] of this tenant; add one, see docs/OPERATIONS.md")
            }
            (name, false) => {
                bail!(
                    "there is no sink {:?}; there are {}",
                    name.as_deref().unwrap_or_default(),
                    names.join(", ")
                )
            }
        }
    }
    let clock = Clock::System;
    let since = super::since::instant(&args.since, clock.now())?;
    let replica = replicas::take(&db, ids::secret(), clock.now()).await?;
    let replica = replica.context("32 processes use this database already; stop one, or wait a minute")?;
    let outgoing = &config.outgoing;
    let outbound = Arc::new(Outbound::new(Guard::new(outgoing.allowed.clone()), outgoing.timeout));
    let ids = Ids::new(replica.number as u8);
    let setting = Setting { db: &db, clock: &clock, ids: &ids, errands: Arc::new(Errands::new(outbound)) };
    let wanted = |named: &Named| Wanted {
        since,
        words: args.since.clone(),
        channel: args.channel.clone(),
        against: args.against.clone().map(|path| match path.as_os_str() == "-" {
            true => Against::Input,
            false => Against::File(path),
        }),
        key_field: config
            .file
            .sinks
            .iter()
            .find(|listed| listed.tenant == slug && listed.name == named.name)
            .and_then(|listed| listed.text("key_field"))
            .map(str::to_owned),
        fresh: args.fresh,
    };
    // The number is held as long as ids are made.
    let held = async {
        loop {
            clock.reach(clock.now() + replicas::RENEWAL).await;
            if let Err(error) = replicas::renew(&db, &replica, clock.now()).await {
                tracing::warn!("the lease on this process's number could not be renewed: {error}");
            }
        }
    };
    let work = all(&setting, &chosen, &args, &wanted);
    let well = tokio::select! {
        well = work => well,
        never = held => never,
    };
    replicas::release(&db, &replica).await?;
    well
}

async fn all(
    setting: &Setting<'_>,
    chosen: &[&Named],
    args: &Args,
    wanted: &impl Fn(&Named) -> Wanted,
) -> anyhow::Result<bool> {
    let mut reports = Vec::new();
    let mut well = true;
    for named in chosen {
        let bar = bar(&named.name);
        let report = jobs::compare(setting, named, &wanted(named), &|progress| show(&bar, progress)).await;
        bar.finish_and_clear();
        let mut report = report.with_context(|| {
            format!(
                "the sink \"{}\" could not be compared; what was compared is kept, run it again to go on",
                named.name
            )
        })?;
        if args.apply && report.unrepaired() > 0 {
            apply(setting, named, &mut report, args.json).await?;
        }
        // What cannot be compared is left to do only where it was asked for by name.
        well &= match report.cannot {
            Some(_) => args.sink.is_none(),
            None => {
                let arrived = args.apply && unfinished(setting, &report.run).await?.0 == 0;
                let differences = if arrived { report.unrepaired() } else { report.differences() };
                differences == 0 && report.open.failed == 0 && report.open.unknown == 0
            }
        };
        if !args.json {
            print::report(&report, args.apply, named.sink.abilities().updates);
        }
        reports.push(report);
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&reports)?);
    } else {
        print::summary(&reports, well);
    }
    Ok(well)
}

/// Makes jobs of what can be repaired, and watches them arrive.
async fn apply(setting: &Setting<'_>, named: &Named, report: &mut Report, quiet: bool) -> anyhow::Result<()> {
    let due = jobs::mend(setting, named, &report.run).await?;
    let note = report.note.take();
    let is_taken_up = report.is_taken_up;
    *report = jobs::report(setting.db, named, &report.run).await?;
    (report.note, report.is_taken_up) = (note, is_taken_up);
    if due == 0 {
        return Ok(());
    }
    let bar = ProgressBar::new(due.unsigned_abs());
    bar.set_style(style("{msg} {pos} of {len} arrived [{bar:30}] {eta} left"));
    bar.set_message(format!("{}:", named.name));
    let (mut last, mut still) = (i64::MAX, 0);
    let (mut pending, mut failed) = unfinished_of(setting, &report.run).await?;
    while pending > 0 && still < PATIENCE {
        bar.set_position((due - pending - failed).max(0).unsigned_abs());
        tokio::time::sleep(Duration::from_millis(SECOND as u64)).await;
        still = if pending + failed < last { 0 } else { still + 1 };
        last = pending + failed;
        (pending, failed) = unfinished_of(setting, &report.run).await?;
    }
    bar.finish_and_clear();
    if !quiet {
        print::repaired(&report.sink, due, pending, failed);
    }
    report.open = jobs::report(setting.db, named, &report.run).await?.open;
    Ok(())
}

async fn unfinished_of(setting: &Setting<'_>, run: &Run) -> anyhow::Result<(i64, i64)> {
    let repairs = jobs::repairs(setting, run).await?;
    Ok((repairs.pending, repairs.failed))
}

async fn unfinished(setting: &Setting<'_>, run: &Run) -> anyhow::Result<(i64, i64)> {
    let (pending, failed) = unfinished_of(setting, run).await?;
    Ok((pending + failed, failed))
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

fn bar(sink: &str) -> ProgressBar {
    let bar = ProgressBar::no_length();
    bar.set_style(style("{msg} [{bar:30}] {pos} of {len}, {eta} left"));
    bar.set_message(format!("{sink}:"));
    bar
}

fn show(bar: &ProgressBar, progress: Progress) {
    let Progress { there, compared, total, is_listing } = progress;
    let (what, done) =
        if is_listing { ("records read there", there) } else { ("deliveries compared", compared) };
    let name = bar.message();
    let name = name.split(':').next().unwrap_or_default();
    bar.set_message(format!("{name}: {what}"));
    bar.set_length(total.max(done).unsigned_abs());
    bar.set_position(done.unsigned_abs());
}

/// What a person should do about what is found of a kind.
fn advice(kind: &str, applied: bool, updates: bool) -> &'static str {
    let is = |wanted: Kind| wanted.as_str() == kind;
    if is(Kind::MissingThere) {
        if applied { "delivered again" } else { "--apply delivers it again" }
    } else if is(Kind::Differs) {
        match (updates, applied) {
            (true, true) => "corrected there",
            (true, false) => "--apply corrects it there; where somebody changed it on purpose, leave it",
            (false, _) => "this sink takes no corrections: change it there by hand",
        }
    } else if is(Kind::MissingHere) {
        "nothing here knows of it: whoever made it there says why; if it was a test, delete it there"
    } else {
        "merge them there, and keep the one the ledger names"
    }
}
