//! `leadwire sinks test`: a lead that says it is a test, delivered for real. Nothing is written into the ledger, and it is sent
//! as well where the server has paused a sink.

use crate::clock::{Clock, Millis};
use crate::config::Config;
use crate::delivery::{Named, Outcome, SAMPLE, Snapshot};
use crate::http::{Guard, Outbound};
use crate::ids;
use crate::jobs::Errands;
use anyhow::bail;
use clap::Subcommand;
use comfy_table::{Table, presets};
use serde::Serialize;
use serde_json::Value as Json;
use std::sync::Arc;

/// What to do with sinks.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Send each a lead that says it is a test, and say what came back; it stays there until somebody deletes it
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
    sink: String,
    kind: &'static str,
    /// Our id of the lead.
    key: String,
    /// `delivered`, `exists`, `retry`, `refused`, `unknown`.
    outcome: &'static str,
    /// HTTP's, where an answer came; of a file, what a server would have said.
    status: Option<u16>,
    duration_ms: Millis,
    /// The sink's id of it.
    sink_id: Option<String>,
    reason: Option<String>,
}

/// Runs it; `false`: a sink did not take its lead.
///
/// # Errors
/// Where there is no such sink.
pub async fn run(config: &Config, action: Action) -> anyhow::Result<bool> {
    let Action::Test { names, tenant, json } = action;
    let all: Vec<&Named> =
        config.sinks.iter().filter(|sink| sink.tenant == tenant).map(|sink| &sink.named).collect();
    let known: Vec<&str> = all.iter().map(|named| named.name.as_str()).collect();
    if let Some(name) = names.iter().find(|name| !known.contains(&name.as_str())) {
        bail!("there is no sink {name:?} in leadwire.toml; there are: {}", known.join(", "));
    }
    if all.is_empty() {
        bail!(
            "leadwire.toml names no sink of the tenant {tenant:?}; leadwire.toml.example has one of each kind"
        );
    }
    let outgoing = &config.outgoing;
    let outbound = Outbound::new(Guard::new(outgoing.allowed.clone()), outgoing.timeout);
    let errands = Errands::new(Arc::new(outbound));
    let mut answers = Vec::new();
    for named in all.into_iter().filter(|named| names.is_empty() || names.contains(&named.name)) {
        answers.push(send(&errands, named).await);
    }
    let well = answers.iter().all(|answer| matches!(answer.outcome, "delivered" | "exists"));
    if json {
        println!("{}", serde_json::to_string_pretty(&answers)?);
        return Ok(well);
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY);
    table.set_header(["sink", "kind", "outcome", "status", "ms", "our id", "its id", "why"]);
    for answer in answers {
        table.add_row([
            answer.sink,
            answer.kind.to_owned(),
            answer.outcome.to_owned(),
            answer.status.map(|status| status.to_string()).unwrap_or_default(),
            answer.duration_ms.to_string(),
            answer.key,
            answer.sink_id.unwrap_or_default(),
            answer.reason.unwrap_or_default(),
        ]);
    }
    println!("{table}");
    Ok(well)
}

async fn send(errands: &Errands, named: &Named) -> Answer {
    let now = Clock::System.now();
    let key = format!("{SAMPLE}{}", ids::secret());
    let record = sample(now).record(&key, None, 1);
    let (mut status, mut duration_ms) = (None, 0);
    let outcome = match errands.session(named).await {
        Err(outcome) => outcome,
        Ok(session) => match named.sink.write(&record, &session, now) {
            Err(outcome) => outcome,
            Ok(errand) => {
                let heard = errands.run(&errand).await;
                duration_ms = heard.duration_ms;
                status = heard.answer.as_ref().ok().map(|(status, _)| *status);
                heard.outcome(|reply| named.sink.written(&record, reply))
            }
        },
    };
    let (name, reason) = (outcome.name(), outcome.reason().map(str::to_owned));
    let sink_id = match outcome {
        Outcome::Delivered { sink_id } => sink_id,
        Outcome::Exists { sink_id } => Some(sink_id),
        _ => None,
    };
    Answer {
        sink: named.name.clone(),
        kind: named.kind,
        key,
        outcome: name,
        status,
        duration_ms,
        sink_id,
        reason,
    }
}

/// A lead all of whose fields say that it is a test; number and address are examples' own.
fn sample(now: Millis) -> Snapshot {
    let known = [("full_name", "Leadwire Test"), ("phone", "+15550100"), ("email", "test@example.com")];
    let facts = [
        ("channel", "test"),
        ("session_id", "leadwire-test"),
        ("source", "leadwire-test"),
        ("flow", "leadwire-test"),
        ("class", "Unqualified"),
        ("language", "en"),
    ];
    let mut facts: std::collections::BTreeMap<String, Json> =
        known.iter().chain(&facts).map(|(name, value)| ((*name).to_owned(), Json::from(*value))).collect();
    facts.insert("lead_id".to_owned(), 0.into());
    facts.insert("score".to_owned(), 0.into());
    Snapshot {
        event: "completed".to_owned(),
        fields: known.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        facts,
        happened_at: now,
    }
}
