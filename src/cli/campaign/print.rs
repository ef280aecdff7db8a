//! Campaigns for people and programs at the terminal.

use crate::api::v1::outreach::campaigns::{Campaign, campaign};
use crate::cli::leads::{say, table, time};
use crate::domain::access::Tenant;
use crate::service::outreach::read;
use crate::store::outreach::campaigns::CampaignRow;

/// A campaign, with its settings as a file has them.
pub(super) fn show(tenant: Tenant, row: CampaignRow, json: bool) -> anyhow::Result<bool> {
    if json {
        return say(&serde_json::to_string_pretty(&campaign(tenant, row)?)?).map(|_| true);
    }
    let mut head = format!("# {} ({}): {}", row.name, row.id, row.state);
    for (words, at) in [("started", row.started_at), ("ended", row.ended_at)] {
        if let Some(at) = at {
            head.push_str(&format!(", {words} {}", time(at)));
        }
    }
    let settings = toml::to_string(&read(&row)?.settings)?;
    say(&format!("{head}, version {}\n{}", row.version, settings.trim_end())).map(|_| true)
}

/// All of them.
pub(super) fn list(tenant: Tenant, rows: Vec<CampaignRow>, json: bool) -> anyhow::Result<bool> {
    if json {
        let all: Result<Vec<Campaign>, _> = rows.into_iter().map(|row| campaign(tenant, row)).collect();
        return say(&serde_json::to_string_pretty(&all?)?).map(|_| true);
    }
    if rows.is_empty() {
        return say("There are none; leadwire campaign create makes one.").map(|_| true);
    }
    let mut all = table(&["id", "name", "state", "started", "ended"]);
    for row in rows {
        let at = |at: Option<i64>| at.map(time).unwrap_or_default();
        all.add_row([row.id.to_string(), row.name, row.state, at(row.started_at), at(row.ended_at)]);
    }
    say(&all.to_string()).map(|_| true)
}
