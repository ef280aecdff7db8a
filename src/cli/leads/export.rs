//! `leadwire leads export`.

use super::sheet::{Kind, Sheet};
use super::{Ledger, bar, channel, say, since, time};
use crate::clock::{Clock, Millis};
use crate::domain::access::Tenant;
use crate::domain::keywords::Sought;
use crate::domain::lifecycle::Status;
use crate::ids;
use crate::store::leads::{self, ChildRow, Filter, LeadRow};
use crate::store::users;
use anyhow::{Context, bail};
use serde_json::json;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Leads that are read at once.
const PAGE: i64 = 500;

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
    match extension.as_deref() {
        Some("csv") => Ok(Kind::Csv),
        Some("xlsx") => Ok(Kind::Xlsx),
        _ => bail!("--out {} must end in .csv or .xlsx", path.display()),
    }
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
    let mut sheet = Sheet::begin(kind(&args.out)?, args.out, &COLUMNS)?;
    let Some(count) = write(ledger, tenant, &filter, &mut sheet).await? else {
        say("Interrupted: no file was written.")?;
        return Ok(false);
    };
    let path = sheet.finish()?;
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
    filter: &Filter,
    sheet: &mut Sheet,
) -> anyhow::Result<Option<u64>> {
    let within = || ledger.db.within(tenant);
    let total = leads::count(&ledger.db, tenant, filter, i64::MAX).await?;
    let bar = bar(u64::try_from(total).unwrap_or(0), "leads");
    let colleagues = users::list(within()).await?;
    let colleagues: HashMap<i64, String> = colleagues.into_iter().map(|user| (user.id, user.email)).collect();
    let (mut before, mut count) = (i64::MAX, 0_u64);
    loop {
        if ledger.stopped.is_cancelled() {
            bar.finish_and_clear();
            return Ok(None);
        }
        let page = leads::list(&ledger.db, tenant, filter, before, PAGE).await?;
        let Some(last) = page.last() else { break };
        before = last.id;
        let children: Vec<i64> = page.iter().filter_map(|lead| lead.child_id).collect();
        let children = leads::children(within(), &children).await?;
        let children: HashMap<i64, ChildRow> = children.into_iter().map(|child| (child.id, child)).collect();
        for lead in &page {
            let child = lead.child_id.and_then(|id| children.get(&id));
            let colleague = lead.assigned_to.and_then(|id| colleagues.get(&id));
            sheet.add(&cells(lead, child, colleague))?;
        }
        count += page.len() as u64;
        bar.set_position(count);
    }
    bar.finish_and_clear();
    Ok(Some(count))
}

/// The fields of the API's lead by their names, and what else an import takes.
const COLUMNS: [&str; 54] = [
    "id",
    "center_id",
    "version",
    "status",
    "status_at",
    "proposal",
    "is_active",
    "source",
    "channel",
    "name",
    "sender_name",
    "phone_number",
    "email",
    "score",
    "class",
    "first_message",
    "last_message",
    "message_count",
    "last_message_time",
    "child_id",
    "child_name",
    "child_first_name",
    "child_last_name",
    "dob",
    "age",
    "gender",
    "enquiry_id",
    "school",
    "preferred_schedule",
    "parent_expectations",
    "discovery_notes",
    "discovery_completed_at",
    "closed_reason",
    "closed_at",
    "customer_ref",
    "enrollment_id",
    "student_id",
    "converted_to_student",
    "converted_at",
    "assigned_to",
    "assigned_to_user_id",
    "created_by_id",
    "updated_by_id",
    "created_at",
    "updated_at",
    "merged_into",
    "erased_at",
    "dial_status",
    "last_status_change",
    "dial_result",
    "last_dial_attempt",
    "dial_attempts",
    "answered_count",
    "callback_at",
];

fn cells(lead: &LeadRow, child: Option<&ChildRow>, colleague: Option<&String>) -> [String; 54] {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let at = |at: Option<Millis>| at.map(time).unwrap_or_default();
    let number = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
    let of_child = |field: fn(&ChildRow) -> Option<String>| child.and_then(field).unwrap_or_default();
    let reference = text(&lead.customer_ref);
    [
        lead.id.to_string(),
        lead.tenant_id.to_string(),
        lead.version.to_string(),
        lead.status.clone(),
        time(lead.status_at.unwrap_or(lead.created_at)),
        text(&lead.proposal),
        lead.is_active.to_string(),
        text(&lead.source),
        lead.channel.clone(),
        text(&lead.name),
        text(&lead.sender_name),
        text(&lead.phone),
        text(&lead.email),
        lead.score.to_string(),
        lead.class.clone(),
        text(&lead.first_message),
        text(&lead.last_message),
        lead.message_count.to_string(),
        at(lead.last_message_at),
        number(lead.child_id),
        text(&lead.child_name),
        of_child(|child| Some(child.first_name.clone())),
        of_child(|child| child.last_name.clone()),
        of_child(|child| child.dob.clone()),
        of_child(|child| child.age.map(|age| age.to_string())),
        of_child(|child| child.gender.clone()),
        text(&lead.enquiry_id),
        text(&lead.school),
        text(&lead.preferred_schedule),
        text(&lead.parent_expectations),
        text(&lead.discovery_notes),
        at(lead.discovery_completed_at),
        text(&lead.closed_reason),
        at(lead.closed_at),
        reference.clone(),
        reference.clone(),
        reference,
        (lead.status == Status::Converted.as_str()).to_string(),
        at(lead.converted_at),
        colleague.cloned().unwrap_or_default(),
        number(lead.assigned_to),
        number(lead.created_by),
        number(lead.updated_by),
        time(lead.created_at),
        time(lead.updated_at),
        number(lead.merged_into),
        at(lead.erased_at),
        text(&lead.dial_status),
        at(lead.last_status_change),
        text(&lead.dial_result),
        at(lead.last_dial_attempt),
        lead.dial_attempts.to_string(),
        lead.answered_count.to_string(),
        at(lead.callback_at),
    ]
}
