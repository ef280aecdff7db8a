//! `leadwire leads failed list` and `show`.

use super::{Array, Ledger, channel, json, say, table, time};
use crate::clock::{Clock, MINUTE, Millis};
use crate::service::deliveries::PAGE;
use crate::store::deliveries::{self, Asked, AttemptRow, LedgerRow};
use anyhow::bail;
use clap::{Args, Subcommand};
use comfy_table::{Table, presets};
use serde_json::{Value as Json, json};

/// What is still being delivered for the first time is no failure so soon.
const SOON: Millis = MINUTE;

/// What to do with leads that sinks do not have as they should.
#[derive(Debug, Subcommand)]
pub enum Failed {
    /// List them: refused, in doubt, tried in vain so far, or waiting for more than a minute
    List(Listed),
    /// All of one, with every attempt
    Show {
        /// Its id
        id: i64,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Try one now and wait for the outcome; one in doubt is sent again even where that may make a second record
    Retry {
        /// Its id
        id: i64,
    },
    /// Try all now and wait for the outcome; those in doubt are sent only where that makes no second record
    RetryAll {
        /// Only those of this sink
        #[arg(long)]
        sink: Option<String>,
    },
}

/// Which of them.
#[derive(Args, Debug)]
pub struct Listed {
    /// Only those of this sink
    #[arg(long)]
    sink: Option<String>,
    /// Only those held on this channel: sms, whatsapp, voice, web
    #[arg(long, value_parser = channel)]
    channel: Option<String>,
    /// Those as well that have just been written and were not tried yet
    #[arg(long)]
    all: bool,
    /// As JSON, with the leads' data
    #[arg(long)]
    json: bool,
}

/// Lists them; `false`: there are some.
pub(super) async fn list(ledger: &Ledger, listed: Listed) -> anyhow::Result<bool> {
    let now = Clock::System.now();
    let asked = Asked { sink: listed.sink, channel: listed.channel, since: 0 };
    let (mut last, mut count, mut array) = (None, 0_u64, Array::new());
    let mut is_heard = true;
    while is_heard && !ledger.stopped.is_cancelled() {
        let page = deliveries::open(&ledger.db, ledger.tenant_id, &asked, last.as_ref(), PAGE).await?;
        let Some(end) = page.last() else { break };
        last = Some(end.clone());
        let mut shown = Table::new();
        for row in page.iter().filter(|row| listed.all || needs_looking_at(row, now)) {
            if listed.json {
                is_heard = array.add(&as_json(row))?;
            } else {
                if shown.is_empty() {
                    shown = table(&HEADER);
                }
                shown.add_row(cells(row));
            }
            count += 1;
        }
        if !shown.is_empty() {
            is_heard = say(&shown.to_string())?;
        }
    }
    if listed.json {
        array.end()?;
    } else if count == 0 {
        say("No lead has failed.")?;
    } else {
        say(&format!(
            "{count} {} not where {} should be. Mend what the errors say; then: leadwire leads failed retry-all\n\
             All of one, with every attempt: leadwire leads failed show ID",
            if count == 1 { "lead is" } else { "leads are" },
            if count == 1 { "it" } else { "they" },
        ))?;
    }
    Ok(count == 0)
}

fn needs_looking_at(row: &LedgerRow, now: Millis) -> bool {
    row.failed_at.is_some() || row.state != "pending" || now - row.created_at > SOON
}

const HEADER: [&str; 9] =
    ["id", "created (UTC)", "channel", "session", "sink", "state", "retries", "last retry (UTC)", "error"];

fn cells(row: &LedgerRow) -> [String; 9] {
    [
        row.id.to_string(),
        time(row.failed_at.unwrap_or(row.created_at)),
        row.channel.clone(),
        row.conversation_id.to_string(),
        row.sink.clone(),
        row.state.clone(),
        row.retry_count.to_string(),
        last_retry(row).map(time).unwrap_or_default(),
        row.last_error.clone().unwrap_or_default(),
    ]
}

fn last_retry(row: &LedgerRow) -> Option<Millis> {
    row.last_attempt_at.filter(|_| row.retry_count > 0)
}

/// With the names of the view `failed_leads`.
fn as_json(row: &LedgerRow) -> Json {
    json!({
        "id": row.id,
        "created_at": time(row.failed_at.unwrap_or(row.created_at)),
        "channel": row.channel,
        "session_id": row.conversation_id,
        "sink": row.sink,
        "key": row.key,
        "state": row.state,
        "retry_count": row.retry_count,
        "last_retry_at": last_retry(row).map(time),
        "error_message": row.last_error,
        "lead_data": json(&row.lead_data),
    })
}

/// Shows one, delivered or not.
pub(super) async fn show(ledger: &Ledger, id: i64, as_json: bool) -> anyhow::Result<bool> {
    let Some(row) = deliveries::find(&ledger.db, ledger.tenant_id, id).await? else {
        bail!("there is no lead {id} in the ledger; `leadwire leads failed list` shows those that failed");
    };
    let attempts = deliveries::attempts(&ledger.db, ledger.tenant_id, id).await?;
    if as_json {
        let mut whole = serde_json::to_value(&row)?;
        whole["lead_data"] = json(&row.lead_data);
        whole["tried"] = serde_json::to_value(&attempts)?;
        say(&format!("{whole:#}"))?;
        return Ok(true);
    }
    let mut shown = Table::new();
    shown.load_style(presets::NOTHING);
    for (name, value) in lines(&row) {
        shown.add_row([name, &value]);
    }
    for attempt in &attempts {
        for (name, value) in tried(attempt) {
            shown.add_row([name, &value]);
        }
    }
    say(&shown.to_string())?;
    Ok(true)
}

fn lines(row: &LedgerRow) -> Vec<(&'static str, String)> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let at = |value: Option<Millis>| value.map(time).unwrap_or_default();
    let mut lines = vec![
        ("id", row.id.to_string()),
        ("sink", row.sink.clone()),
        ("our id there", row.key.clone()),
        ("its own id", text(&row.sink_id)),
        ("state", row.state.clone()),
        ("lead", row.lead_id.to_string()),
        ("channel", row.channel.clone()),
        ("session", row.conversation_id.to_string()),
        ("written (UTC)", time(row.created_at)),
        ("first failed (UTC)", at(row.failed_at)),
        ("first taken (UTC)", at(row.submitted_at)),
        ("tries", row.attempts.to_string()),
        ("retries", row.retry_count.to_string()),
        ("last try (UTC)", at(row.last_attempt_at)),
        ("error", text(&row.last_error)),
        ("CRM's status", text(&row.crm_status)),
        ("lead data", row.lead_data.clone()),
    ];
    lines.retain(|(_, value)| !value.is_empty());
    lines
}

fn tried(attempt: &AttemptRow) -> Vec<(&'static str, String)> {
    let status = attempt.status.map_or_else(|| "no answer".to_owned(), |status| format!("HTTP {status}"));
    let again = if attempt.is_repeat { ", sent again though it may have arrived" } else { "" };
    let what = format!(
        "{} {}: {status} after {} ms, {}{again}",
        time(attempt.created_at),
        attempt.action,
        attempt.duration_ms,
        attempt.outcome
    );
    let mut lines = vec![
        ("try", what),
        ("  asked", attempt.request.clone()),
        ("  answered", attempt.response.clone()),
        ("  error", attempt.error.clone().unwrap_or_default()),
    ];
    lines.retain(|(_, value)| !value.is_empty());
    lines
}
