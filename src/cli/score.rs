//! `leadwire score`: what leads would score under other rules.

use super::leads::{bar, interrupted, say, since, table};
use super::{flow, tenant};
use crate::clock::{Clock, Millis};
use crate::config::Config;
use crate::domain::access::Tenant;
use crate::domain::score::Class;
use crate::domain::what_if::{Change, Scored, Tally};
use crate::flow::model::Flow;
use crate::ids;
use crate::service::startup;
use crate::service::what_if::{self, WhatIf};
use crate::store::db::Db;
use crate::store::scored::{self, NamedRow};
use clap::Subcommand;
use serde_json::{Map, Value as Json, json};
use std::collections::HashMap;
use std::path::PathBuf;

/// Leads that are shown; --json has all of them.
const SHOWN: usize = 100;
/// Leads whose names are asked for at once.
const AT_ONCE: usize = 500;

/// What to do with scores.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Score stored conversations again by the rules of a flow file, and say which leads would change class; changes nothing
    WhatIf {
        /// The flow file; conversations of the flow of its id are scored
        file: PathBuf,
        /// Only conversations begun since then: 24h, 30d, 2026-01-31
        #[arg(long, value_name = "WHEN")]
        since: Option<String>,
        /// As JSON, with all leads that change class
        #[arg(long)]
        json: bool,
    },
}

/// Runs it for the tenant of this name; `false`: it was interrupted.
///
/// # Errors
/// Where the file is not sound, or the database cannot be used.
pub async fn run(config: &Config, tenant: &str, action: Action) -> anyhow::Result<bool> {
    let Action::WhatIf { file, since, json } = action;
    let flow = flow::load(&file, &config.server.flows)?;
    let now = Clock::System.now();
    let since = since.map(|since| since::instant(&since, now)).transpose()?;
    let db = startup::connect(config).await?;
    startup::ensure_schema(&db, config).await?;
    let tenant = Tenant(tenant::named(&db, tenant).await?.id);
    let done = tell(&db, tenant, &flow, (since, now), json).await;
    db.close().await;
    done
}

async fn tell(
    db: &Db,
    tenant: Tenant,
    flow: &Flow,
    (since, now): (Option<Millis>, Millis),
    json: bool,
) -> anyhow::Result<bool> {
    let asked = WhatIf { tenant, flow, from_id: since.map_or(0, ids::first_at), now };
    let bar = bar(what_if::count(db, asked).await?, "conversations");
    let tally = what_if::what_if(db, asked, &interrupted(), |done| bar.set_position(done)).await?;
    bar.finish_and_clear();
    let Some(tally) = tally else {
        say("Interrupted: nothing is known yet.")?;
        return Ok(false);
    };
    let changes: Vec<Change> = tally.changes().collect();
    let named = if json { &changes[..] } else { &changes[..changes.len().min(SHOWN)] };
    let names = names(db, tenant, named).await?;
    if json {
        say(&as_json(flow, &tally, &changes, &names).to_string())?;
    } else {
        show(flow, &tally, &changes, &names)?;
    }
    Ok(true)
}

async fn names(db: &Db, tenant: Tenant, changes: &[Change]) -> anyhow::Result<HashMap<i64, NamedRow>> {
    let mut names = HashMap::new();
    for chunk in changes.chunks(AT_ONCE) {
        let ids: Vec<i64> = chunk.iter().map(|change| change.lead_id).collect();
        let rows = scored::names(db.within(tenant), &ids).await?;
        names.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(names)
}

/// What a lead is called: its name, else the last figures of its number.
fn called(names: &HashMap<i64, NamedRow>, lead_id: i64) -> Option<String> {
    let row = names.get(&lead_id)?;
    let name = row.name.clone().or_else(|| row.sender_name.clone()).filter(|name| !name.trim().is_empty());
    name.or_else(|| row.phone.as_deref().map(masked))
}

/// A number of which only the last three figures can be read.
fn masked(phone: &str) -> String {
    let hidden = phone.chars().count().saturating_sub(3);
    phone.chars().enumerate().map(|(at, c)| if at < hidden && c.is_ascii_digit() { '•' } else { c }).collect()
}

fn show(
    flow: &Flow,
    tally: &Tally,
    changes: &[Change],
    names: &HashMap<i64, NamedRow>,
) -> anyhow::Result<()> {
    if tally.conversations + tally.unreadable == 0 {
        say(&format!(
            "There are no conversations of the flow {} here; --tenant names another tenant, --since an earlier time.",
            flow.id
        ))?;
        return Ok(());
    }
    say(&format!("{} conversations of {} leads scored again", tally.conversations, tally.leads()))?;
    if tally.partial > 0 {
        say(&format!(
            "{} of them have answers this file has no question for; the others of these count",
            tally.partial
        ))?;
    }
    if tally.unreadable > 0 {
        say(&format!("{} cannot be read and are left out", tally.unreadable))?;
    }
    let mut matrix = table(&["leads that are", "would be SQL", "MQL", "Unqualified"]);
    for before in Class::ALL {
        let counts = Class::ALL.map(|after| tally.count(before, after).to_string());
        matrix.add_row(std::iter::once(before.as_str().to_owned()).chain(counts));
    }
    say(&matrix.to_string())?;
    if changes.is_empty() {
        say("No lead changes class.")?;
        return Ok(());
    }
    let mut leads = table(&["lead", "name", "score", "class"]);
    for change in changes.iter().take(SHOWN) {
        let Change { lead_id, before, after } = change;
        leads.add_row([
            lead_id.to_string(),
            called(names, *lead_id).unwrap_or_default(),
            format!("{} → {}", before.0, after.0),
            format!("{} → {}", before.1.as_str(), after.1.as_str()),
        ]);
    }
    say(&leads.to_string())?;
    if changes.len() > SHOWN {
        say(&format!("and {} more; --json has them all", changes.len() - SHOWN))?;
    }
    Ok(())
}

fn as_json(flow: &Flow, tally: &Tally, changes: &[Change], names: &HashMap<i64, NamedRow>) -> Json {
    let row = |before| {
        let counts =
            Class::ALL.map(|after| (after.as_str().to_owned(), Json::from(tally.count(before, after))));
        Json::Object(Map::from_iter(counts))
    };
    let scored = |(score, class): Scored| json!({ "score": score, "class": class.as_str() });
    let change = |change: &Change| {
        json!({
            "lead_id": change.lead_id,
            "name": called(names, change.lead_id),
            "before": scored(change.before),
            "after": scored(change.after),
        })
    };
    json!({
        "flow": flow.id,
        "conversations": tally.conversations,
        "partial": tally.partial,
        "unreadable": tally.unreadable,
        "leads": tally.leads(),
        "classes": Map::from_iter(Class::ALL.map(|before| (before.as_str().to_owned(), row(before)))),
        "changes": changes.iter().map(change).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_number_the_end_is_shown() {
        for (phone, shown) in [("+14155550123", "+••••••••123"), ("12", "12"), ("", "")] {
            assert_eq!(masked(phone), shown);
        }
    }
}
