//! `leadwire leads export`.

use super::draft::Draft;
use super::{Ledger, bar, channel, say, since};
use crate::clock::{Clock, Millis};
use crate::domain::access::Tenant;
use crate::domain::keywords::Sought;
use crate::domain::lifecycle::Status;
use crate::ids;
use crate::service::export::{COLUMNS, Export};
use crate::service::sheet::Kind;
use crate::store::leads::{self, Filter};
use anyhow::Context;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Which leads, and where they are written to.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file to write: it ends in .csv or .xlsx
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Only those that stand there: ENQUIRY_RECEIVED, CONVERTED …
    #[arg(long, value_parser = status)]
    status: Option<String>,
    /// Only those from there: WALK_IN, ONLINE …
    #[arg(long)]
    source: Option<String>,
    /// Only those of this class: SQL, MQL, Unqualified
    #[arg(long, value_parser = ["SQL", "MQL", "Unqualified"])]
    class: Option<String>,
    /// Only those by this channel: sms, whatsapp, voice, web, or enquiry, which no channel brought
    #[arg(long, value_parser = by_channel)]
    channel: Option<String>,
    /// Only those entered since then: 24h, 7d, 2026-01-31
    #[arg(long, value_name = "WHEN")]
    from: Option<String>,
    /// Only those entered before then
    #[arg(long, value_name = "WHEN")]
    to: Option<String>,
    /// Only those with words that begin so: names, numbers, addresses
    #[arg(long, value_name = "WORDS")]
    search: Option<String>,
    /// Say what was written as JSON
    #[arg(long)]
    json: bool,
}

fn status(name: &str) -> Result<String, String> {
    match Status::parse(name) {
        Some(status) => Ok(status.as_str().to_owned()),
        None => Err(format!("there are {}", Status::ALL.map(Status::as_str).join(", "))),
    }
}

fn by_channel(name: &str) -> Result<String, String> {
    if name == "enquiry" { Ok(name.to_owned()) } else { channel(name) }
}

/// What a file's name says of what is written into it.
fn kind(path: &Path) -> anyhow::Result<Kind> {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    let kind = extension.as_deref().and_then(Kind::parse);
    kind.with_context(|| format!("--out {} must end in .csv or .xlsx", path.display()))
}

/// Runs it; `false`: it was interrupted.
pub(super) async fn run(ledger: &Ledger, args: Args) -> anyhow::Result<bool> {
    let tenant = Tenant(ledger.tenant_id);
    let now = Clock::System.now();
    let at = |written: &Option<String>| -> anyhow::Result<Option<Millis>> {
        written.as_deref().map(|written| since::instant(written, now)).transpose()
    };
    let from = at(&args.from).context("--from cannot be read")?;
    let to = at(&args.to).context("--to cannot be read")?;
    let words = match &args.search {
        Some(typed) => {
            Some(Sought::new(tenant.0, typed).with_context(|| format!("--search {typed:?} has no word"))?)
        }
        None => None,
    };
    let filter = Filter {
        status: args.status,
        source: args.source,
        class: args.class,
        channel: args.channel,
        words,
        from_id: from.map_or(0, ids::first_at),
        to_id: to.map_or(i64::MAX, ids::first_at),
        ..Filter::default()
    };
    let mut draft = Draft::begin(kind(&args.out)?, args.out, &COLUMNS)?;
    let Some(count) = write(ledger, tenant, filter, &mut draft).await? else {
        say("Interrupted: no file was written.")?;
        return Ok(false);
    };
    let path = draft.finish()?;
    if args.json {
        say(&json!({ "leads": count, "file": path.display().to_string() }).to_string())?;
    } else {
        let what = if count == 1 { "lead is" } else { "leads are" };
        say(&format!("{count} {what} written to {}", path.display()))?;
    }
    Ok(true)
}

/// Writes them, the newest first; how many, `None` where it was interrupted.
async fn write(
    ledger: &Ledger,
    tenant: Tenant,
    filter: Filter,
    draft: &mut Draft,
) -> anyhow::Result<Option<u64>> {
    let total = leads::count(&ledger.db, tenant, &filter, i64::MAX).await?;
    let bar = bar(u64::try_from(total).unwrap_or(0), "leads");
    let mut export = Export::new(&ledger.db, [(tenant, filter)]);
    let mut count = 0_u64;
    loop {
        if ledger.stopped.is_cancelled() {
            bar.finish_and_clear();
            return Ok(None);
        }
        let page = export.next().await?;
        if page.is_empty() {
            break;
        }
        for cells in &page {
            draft.add(cells)?;
        }
        count += page.len() as u64;
        bar.set_position(count);
    }
    bar.finish_and_clear();
    Ok(Some(count))
}
