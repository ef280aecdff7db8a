//! `leadwire campaign add` and `leadwire campaign remove`.

use crate::cli::beside::Beside;
use crate::cli::leads::{bar, interrupted, say};
use crate::service::outreach as service;
use anyhow::{Context, bail};
use serde_json::json;
use std::path::Path;

/// Leads of one transaction.
const AT_ONCE: usize = 1_000;

/// Takes leads in; `false`: it was interrupted.
pub(super) async fn add(
    beside: &Beside,
    id: i64,
    given: Vec<i64>,
    file: Option<&Path>,
    json: bool,
) -> anyhow::Result<bool> {
    beside.campaign(id).await?;
    let leads = match file {
        Some(file) => ids(file)?,
        None => given,
    };
    let (bar, stopped) = (bar(leads.len() as u64, "leads"), interrupted());
    let mut added = 0;
    for chunk in leads.chunks(AT_ONCE) {
        if stopped.is_cancelled() {
            break;
        }
        added += beside.told(id, service::add(&beside.app, beside.tenant, id, chunk).await)?;
        bar.inc(chunk.len() as u64);
    }
    bar.finish_and_clear();
    if json {
        say(&json!({ "added": added }).to_string())?;
    } else {
        say(&format!("{added} of {} came in; the others are in it already, or are not there.", leads.len()))?;
    }
    if stopped.is_cancelled() {
        say("Interrupted: run it again for the rest.")?;
        return Ok(false);
    }
    Ok(true)
}

/// Takes a lead out.
pub(super) async fn remove(beside: &Beside, id: i64, lead: i64, json: bool) -> anyhow::Result<bool> {
    if !beside.told(id, service::remove(&beside.app, beside.tenant, id, lead).await)? {
        bail!("lead {lead} is not in campaign {id}");
    }
    say(&if json { json!({ "removed": lead }).to_string() } else { format!("lead {lead} is out of it") })?;
    Ok(true)
}

/// The ids of a file, one a line.
fn ids(file: &Path) -> anyhow::Result<Vec<i64>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    let id =
        |(line, n): (&str, usize)| {
            line.trim().parse().ok().filter(|id| *id > 0).with_context(|| {
                format!("{}:{n}: must be the id of a lead, which is a number", file.display())
            })
        };
    lines.map(id).collect()
}
