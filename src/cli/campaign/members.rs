//! `leadwire campaign add` and `leadwire campaign remove`.

use crate::cli::beside::Beside;
use crate::cli::leads::{bar, interrupted, say};
use crate::cli::text_file;
use crate::service::outreach as service;
use crate::store::outreach::members;
use anyhow::{Context, bail};
use serde_json::json;
use std::collections::HashSet;
use std::path::Path;

/// Leads of one transaction.
const AT_ONCE: usize = 1_000;
/// The largest file, in bytes.
const LARGEST: u64 = 1 << 30;

/// Takes leads in; `false`: some are not there, or it was interrupted.
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
    let (mut added, mut missing) = (0, Vec::new());
    for chunk in leads.chunks(AT_ONCE) {
        if stopped.is_cancelled() {
            break;
        }
        added += beside.told(id, service::add(&beside.app, beside.tenant, id, chunk).await)?;
        let there = members::of(beside.app.db.within(beside.tenant), id, chunk).await?;
        let there: HashSet<i64> = there.into_iter().map(|member| member.lead_id).collect();
        missing.extend(chunk.iter().copied().filter(|lead| !there.contains(lead)));
        bar.inc(chunk.len() as u64);
    }
    bar.finish_and_clear();
    if json {
        say(&json!({ "added": added, "missing": missing }).to_string())?;
    } else {
        for lead in &missing {
            say(&format!("there is no lead {lead} in this tenant"))?;
        }
        let others = if missing.is_empty() { "the others are" } else { "those that are not named are" };
        say(&format!("{added} of {} came in; {others} in it already.", leads.len()))?;
    }
    if stopped.is_cancelled() {
        say("Interrupted: run it again for the rest.")?;
        return Ok(false);
    }
    Ok(missing.is_empty())
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
    let text = text_file::read(file, LARGEST)?;
    let id =
        |(entry, n): (&str, usize)| {
            entry.parse().ok().filter(|id| *id > 0).with_context(|| {
                format!("{}:{n}: must be the id of a lead, which is a number", file.display())
            })
        };
    text_file::entries(&text).map(id).collect()
}
