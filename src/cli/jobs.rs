//! `leadwire jobs`: the outbox, for operators.

use super::tenant;
use crate::clock::{Clock, Millis};
use crate::config::Config;
use crate::service::{outbox as service, startup};
use crate::store::db::Db;
use crate::store::outbox::{self, Asked, ListedRow, WholeRow};
use anyhow::bail;
use clap::Subcommand;
use comfy_table::{Table, presets};

/// What to do with jobs.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Jobs, the newest first
    List {
        /// Only in this state: open, waiting, deferred, held, unsure, sent, rejected, opted_out, dead
        #[arg(long, value_parser = STATES)]
        state: Option<String>,
        /// Only of this kind, such as whatsapp_message
        #[arg(long)]
        kind: Option<String>,
        /// Only older than this job: the last one of the page before
        #[arg(long, value_name = "ID")]
        before: Option<i64>,
        /// At most so many
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=1000))]
        limit: i64,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// All of one job, with what is sent and to whom
    Show {
        /// Its id
        id: i64,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Give jobs that failed their tries again
    Retry {
        /// Their ids
        #[arg(required_unless_present = "dead")]
        ids: Vec<i64>,
        /// All that were given up
        #[arg(long, conflicts_with = "ids")]
        dead: bool,
    },
}

/// States that may be asked for.
pub const STATES: [&str; 9] =
    ["open", "waiting", "deferred", "held", "unsure", "sent", "rejected", "opted_out", "dead"];

/// Runs it for the tenant of this name; `false`: it did not do all that was asked.
///
/// # Errors
/// Where the database cannot be used or there is no such job.
pub async fn run(config: &Config, tenant: &str, action: Action) -> anyhow::Result<bool> {
    let db = startup::connect(config).await?;
    startup::ensure_schema(&db, config).await?;
    let tenant = tenant::named(&db, tenant).await?.id;
    let well = match action {
        Action::List { state, kind, before, limit, json } => {
            list(&db, tenant, &Asked { state, kind, before, most: limit }, json).await?
        }
        Action::Show { id, json } => show(&db, tenant, id, json).await?,
        Action::Retry { ids, dead } => retry(&db, tenant, ids, dead).await?,
    };
    db.close().await;
    Ok(well)
}

async fn list(db: &Db, tenant: i64, asked: &Asked, json: bool) -> anyhow::Result<bool> {
    let rows = outbox::list(db, tenant, asked).await?;
    if json {
        println!("{}", serde_json::to_string_pretty(&rows)?);
        return Ok(true);
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY);
    table.set_header(["id", "kind", "state", "tries", "written (UTC)", "due or done (UTC)", "why"]);
    for row in &rows {
        let at = row.finished_at.unwrap_or(row.run_at);
        table.add_row([
            row.id.to_string(),
            row.kind.clone(),
            state(row),
            row.attempts.to_string(),
            time(row.created_at),
            time(at),
            row.last_error.clone().unwrap_or_default(),
        ]);
    }
    println!("{table}");
    if let Some(last) = rows.last().filter(|_| rows.len() as i64 == asked.most) {
        println!("There may be more: leadwire jobs list --before {}", last.id);
    }
    Ok(true)
}

/// The state, with what makes it special.
fn state(row: &ListedRow) -> String {
    match (row.doubles, row.repeats) {
        (0, 0) => row.state.clone(),
        (0, _) => format!("{} (repeated)", row.state),
        _ => format!("{} (doubled)", row.state),
    }
}

async fn show(db: &Db, tenant: i64, id: i64, json: bool) -> anyhow::Result<bool> {
    let Some(row) = outbox::find(db, tenant, id).await? else {
        bail!("there is no job {id}; `leadwire jobs list` shows those there are");
    };
    if json {
        println!("{}", serde_json::to_string_pretty(&row)?);
        return Ok(true);
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    for (name, value) in lines(&row) {
        table.add_row([name, &value]);
    }
    println!("{table}");
    Ok(true)
}

fn lines(row: &WholeRow) -> Vec<(&'static str, String)> {
    let listed = &row.listed;
    let part = format!("{} of {}", row.part + 1, row.parts.max(1));
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let mut lines = vec![
        ("id", listed.id.to_string()),
        ("kind", listed.kind.clone()),
        ("state", listed.state.clone()),
        ("account", listed.account_id.to_string()),
        ("channel", row.channel.clone()),
        ("person", row.person_id.to_string()),
        ("message", format!("{}, place {}, part {part}", row.conversation_id, row.seq)),
        ("tries", listed.attempts.to_string()),
        ("written (UTC)", time(listed.created_at)),
        (
            if listed.finished_at.is_some() { "done (UTC)" } else { "due (UTC)" },
            time(listed.finished_at.unwrap_or(listed.run_at)),
        ),
        ("why", text(&listed.last_error)),
        ("provider's error", text(&listed.error_code)),
        ("provider's id", text(&row.provider_id)),
        ("sent again", listed.repeats.to_string()),
        ("doubled as", text(&row.doubled_as)),
        ("held by", text(&row.holder)),
        ("to", row.recipient.clone()),
        ("body", row.payload.clone()),
    ];
    lines.retain(|(_, value)| !value.is_empty() && value != "0");
    lines
}

async fn retry(db: &Db, tenant: i64, ids: Vec<i64>, dead: bool) -> anyhow::Result<bool> {
    let ids = if dead {
        let asked = Asked { state: Some("dead".to_owned()), most: 1_000, ..Asked::default() };
        outbox::list(db, tenant, &asked).await?.into_iter().rev().map(|row| row.id).collect()
    } else {
        ids
    };
    let mut well = true;
    for id in ids {
        if service::retry(db, tenant, id, Clock::System.now()).await? {
            println!("job {id} is due now");
        } else {
            well = false;
            println!("job {id} is none that failed; only dead and rejected ones can be tried again");
        }
    }
    Ok(well)
}

fn time(at: Millis) -> String {
    let at = jiff::Timestamp::from_millisecond(at).unwrap_or_default();
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}
