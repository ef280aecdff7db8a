//! `leadwire notify test`: a notice that says it is a test, to each list of recipients.

use crate::clock::Clock;
use crate::config::{Config, ConfiguredList};
use crate::http::{Guard, Outbound};
use crate::ids;
use crate::jobs;
use crate::mail::Mailer;
use crate::notify::{Bulletin, List, Outcome, sample};
use anyhow::{Context, bail};
use clap::Subcommand;
use comfy_table::{Table, presets};
use serde::Serialize;

/// What to do with lists.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Tell each a sample that says it is a test, quiet hours or not, and say what came back
    Test {
        /// Only these; without names, all
        names: Vec<String>,
        /// The tenant whose they are
        #[arg(long, default_value = "default")]
        tenant: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

/// What came back.
#[derive(Debug, Serialize)]
struct Answer {
    list: String,
    kind: &'static str,
    /// `sent`, `retry`, `refused`, `unknown`.
    outcome: &'static str,
    reason: Option<String>,
}

/// Runs it; `false`: a list could not be told.
///
/// # Errors
/// Where there is no such list, or the mail server's settings cannot work.
pub async fn run(config: &Config, action: Action) -> anyhow::Result<bool> {
    let Action::Test { names, tenant, json } = action;
    let all: Vec<&ConfiguredList> = config.notify.lists.iter().filter(|list| list.tenant == tenant).collect();
    let known: Vec<&str> = all.iter().map(|list| list.name.as_str()).collect();
    if let Some(name) = names.iter().find(|name| !known.contains(&name.as_str())) {
        bail!("there is no list {name:?}; there are: {}", known.join(", "));
    }
    if all.is_empty() {
        bail!(
            "no list of the tenant {tenant:?} is configured; set SALES_TEAM_EMAILS or SLACK_WEBHOOK_URL (.env.example), or \
             write [[lists]] in leadwire.toml"
        );
    }
    let outgoing = &config.outgoing;
    let outbound = Outbound::new(Guard::new(outgoing.allowed.clone()), outgoing.timeout);
    let mailer = config.notify.smtp.as_ref().map(Mailer::new).transpose();
    let mailer = mailer.context("mail cannot be sent; check SMTP_HOST and what belongs to it")?;
    let mut answers = Vec::new();
    for list in all.into_iter().filter(|list| names.is_empty() || names.contains(&list.name)) {
        answers.push(tell(config, &outbound, mailer.as_ref(), list).await);
    }
    let well = answers.iter().all(|answer| answer.outcome == "sent");
    if json {
        println!("{}", serde_json::to_string_pretty(&answers)?);
        return Ok(well);
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY);
    table.set_header(["list", "kind", "outcome", "why"]);
    for Answer { list, kind, outcome, reason } in answers {
        table.add_row([list, kind.to_owned(), outcome.to_owned(), reason.unwrap_or_default()]);
    }
    println!("{table}");
    Ok(well)
}

async fn tell(
    config: &Config,
    outbound: &Outbound,
    mailer: Option<&Mailer>,
    list: &ConfiguredList,
) -> Answer {
    let zone = list.time_zone.as_ref().unwrap_or(&config.server.time_zone);
    let bulletin = Bulletin {
        id: format!("test-{}", ids::secret()),
        notices: vec![sample(Clock::System.now())],
        is_repeat: false,
        is_sample: true,
        zone: jiff::tz::TimeZone::get(zone).ok(),
    };
    // Whoever asks for a test is awake.
    let told = List {
        tenant_id: 0,
        name: list.name.clone(),
        medium: list.medium.clone(),
        quiet: None,
        escalates: None,
    };
    let (outcome, reason) = match jobs::tell(outbound, mailer, &told, &bulletin).await {
        Outcome::Sent => ("sent", None),
        Outcome::Retry { reason, .. } => ("retry", Some(reason)),
        Outcome::Refused { reason } => ("refused", Some(reason)),
        Outcome::Unknown { reason } => ("unknown", Some(reason)),
    };
    Answer { list: list.name.clone(), kind: list.medium.kind(), outcome, reason }
}
