//! `leadwire hopper`: who is about to be tried.

use super::leads::{say, table, time};
use super::tenant;
use crate::api::v1::outreach::hopper::HopperDepth;
use crate::config::Config;
use crate::domain::access::Tenant;
use crate::domain::outreach::Lane;
use crate::service::startup;
use crate::store::db::Db;
use crate::store::outreach::{campaigns, hopper};
use anyhow::ensure;

/// Shows what is in the hopper of the tenant of this name.
///
/// # Errors
/// Where the database cannot be used.
pub async fn run(config: &Config, slug: &str, campaign: Option<i64>, json: bool) -> anyhow::Result<()> {
    let db = startup::connect(config).await?;
    startup::ensure_schema(&db, config).await?;
    let done = show(&db, slug, campaign, json).await;
    db.close().await;
    done
}

async fn show(db: &Db, slug: &str, campaign: Option<i64>, json: bool) -> anyhow::Result<()> {
    let tenant = Tenant(tenant::named(db, slug).await?.id);
    if let Some(id) = campaign {
        let found = campaigns::find(db.within(tenant), id).await?;
        ensure!(
            found.is_some(),
            "there is no campaign {id} in the tenant {slug:?}; leadwire campaign list shows those there are, --tenant names another"
        );
    }
    let rows = hopper::depth(db.within(tenant), campaign).await?;
    if json {
        say(&serde_json::to_string_pretty(&HopperDepth::of(rows))?)?;
        return Ok(());
    }
    let sum = |state: &str| -> i64 { rows.iter().filter(|row| row.state == state).map(|row| row.n).sum() };
    let total = format!("{} ready, {} being tried.", sum("ready"), sum("claimed"));
    if !rows.is_empty() {
        let mut all = table(&["campaign", "state", "by", "lane", "leads", "oldest since"]);
        for row in rows {
            all.add_row([
                row.campaign_id.to_string(),
                row.state,
                row.channel,
                Lane::at(row.lane).map_or("", Lane::as_str).to_owned(),
                row.n.to_string(),
                time(row.oldest_at),
            ]);
        }
        say(&all.to_string())?;
    }
    say(&total)?;
    Ok(())
}
