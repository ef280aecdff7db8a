//! `leadwire leads succeeded list`.

use super::draft::Draft;
use super::{Array, Ledger, bar, channel, json, say, since, table, time};
use crate::clock::{Clock, Millis};
use crate::service::sheet::Kind;
use crate::store::deliveries::{self, Asked, LedgerRow};
use crate::turns::delivering::LEAD_DATA;
use clap::{Args, Subcommand};
use serde_json::{Value as Json, json};
use std::path::PathBuf;

/// Rows that are read at once.
const PAGE: i64 = 1_000;

/// What to do with leads that were delivered.
#[derive(Debug, Subcommand)]
pub enum Succeeded {
    /// List them, the first delivered first, or write them to a file
    List(Listed),
}

/// Which of them, and how.
#[derive(Args, Debug)]
pub struct Listed {
    /// Only those delivered since then: 24h, 7d, 30d, 2026-01-31
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// Only those held on this channel: sms, whatsapp, voice, web
    #[arg(long, value_parser = channel)]
    channel: Option<String>,
    /// Only those of this sink
    #[arg(long)]
    sink: Option<String>,
    /// Write them to a file: csv or xlsx
    #[arg(long, value_parser = kind)]
    export: Option<Kind>,
    /// Which file; without it leads-DATE-TIME.csv or .xlsx in the working directory
    #[arg(long, value_name = "FILE", requires = "export")]
    out: Option<PathBuf>,
    /// As JSON
    #[arg(long, conflicts_with = "export")]
    json: bool,
}

fn kind(name: &str) -> Result<Kind, String> {
    Kind::parse(name).ok_or_else(|| format!("there are {}", Kind::ALL.map(Kind::as_str).join(", ")))
}

pub(super) async fn list(ledger: &Ledger, listed: Listed) -> anyhow::Result<bool> {
    let now = Clock::System.now();
    let since = listed.since.as_deref().map(|written| since::instant(written, now)).transpose()?;
    let asked = Asked { sink: listed.sink, channel: listed.channel, since: since.unwrap_or(0) };
    match listed.export {
        Some(kind) => {
            let path = listed.out.unwrap_or_else(|| named(kind, now));
            export(ledger, &asked, Draft::begin(kind, path, &COLUMNS)?).await
        }
        None => print(ledger, &asked, listed.json).await,
    }
}

fn named(kind: Kind, now: Millis) -> PathBuf {
    let at = jiff::Timestamp::from_millisecond(now).unwrap_or_default();
    PathBuf::from(format!("leads-{}.{}", at.strftime("%Y%m%d-%H%M%S"), kind.as_str()))
}

async fn print(ledger: &Ledger, asked: &Asked, as_json: bool) -> anyhow::Result<bool> {
    let (mut last, mut count, mut array) = (None, 0_u64, Array::new());
    let mut is_heard = true;
    while is_heard && !ledger.stopped.is_cancelled() {
        let page = deliveries::taken(&ledger.db, ledger.tenant_id, asked, last.as_ref(), PAGE).await?;
        if page.is_empty() {
            break;
        }
        count += page.len() as u64;
        if as_json {
            for row in &page {
                is_heard = array.add(&whole(row))?;
            }
        } else {
            let mut shown =
                table(&["id", "submitted (UTC)", "channel", "session", "sink", "its id there", "lead"]);
            for row in &page {
                shown.add_row(cells(row));
            }
            is_heard = say(&shown.to_string())?;
        }
        last = page.into_iter().last();
    }
    if as_json {
        array.end()?;
    } else {
        say(&format!("{count} {} delivered.", if count == 1 { "lead was" } else { "leads were" }))?;
    }
    Ok(!ledger.stopped.is_cancelled())
}

fn cells(row: &LedgerRow) -> [String; 7] {
    let data = json(&row.lead_data);
    let known: Vec<&str> =
        LEAD_DATA.iter().filter_map(|name| data[*name].as_str()).filter(|text| !text.is_empty()).collect();
    [
        row.id.to_string(),
        row.submitted_at.map(time).unwrap_or_default(),
        row.channel.clone(),
        row.conversation_id.to_string(),
        row.sink.clone(),
        row.sink_id.clone().unwrap_or_default(),
        known.join(", "),
    ]
}

/// With the names of the view `succeeded_leads`.
fn whole(row: &LedgerRow) -> Json {
    json!({
        "id": row.id,
        "submitted_at": row.submitted_at.map(time),
        "channel": row.channel,
        "session_id": row.conversation_id,
        "sink": row.sink,
        "key": row.key,
        "sink_id": row.sink_id,
        "crm_status": row.crm_status,
        "state": row.state,
        "npa_response": row.response.as_deref().map(json),
        "lead_data": json(&row.lead_data),
    })
}

async fn export(ledger: &Ledger, asked: &Asked, mut draft: Draft) -> anyhow::Result<bool> {
    let total = deliveries::count_taken(&ledger.db, ledger.tenant_id, asked).await?;
    let bar = bar(total, "leads");
    let (mut last, mut count) = (None, 0_u64);
    loop {
        if ledger.stopped.is_cancelled() {
            bar.finish_and_clear();
            say("Interrupted: no file was written.")?;
            return Ok(false);
        }
        let page = deliveries::taken(&ledger.db, ledger.tenant_id, asked, last.as_ref(), PAGE).await?;
        if page.is_empty() {
            break;
        }
        for row in &page {
            draft.add(&columns(row))?;
        }
        count += page.len() as u64;
        bar.set_position(count);
        last = page.into_iter().last();
    }
    bar.finish_and_clear();
    let path = draft.finish()?;
    say(&format!(
        "{count} {} written to {}",
        if count == 1 { "lead is" } else { "leads are" },
        path.display()
    ))?;
    Ok(true)
}

/// The columns of an export.
const COLUMNS: [&str; 11] = [
    "id",
    "submitted_at",
    "channel",
    "session_id",
    LEAD_DATA[0],
    LEAD_DATA[1],
    LEAD_DATA[2],
    LEAD_DATA[3],
    LEAD_DATA[4],
    LEAD_DATA[5],
    LEAD_DATA[6],
];

fn columns(row: &LedgerRow) -> Vec<String> {
    let data = json(&row.lead_data);
    let fixed = [
        row.id.to_string(),
        row.submitted_at.map(time).unwrap_or_default(),
        row.channel.clone(),
        row.conversation_id.to_string(),
    ];
    let text = |name: &'static str| match &data[name] {
        Json::String(text) => text.clone(),
        Json::Null => String::new(),
        other => other.to_string(),
    };
    fixed.into_iter().chain(LEAD_DATA.into_iter().map(text)).collect()
}
