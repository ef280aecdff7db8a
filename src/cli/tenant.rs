//! `leadwire tenant`: businesses that share a server. Each has its flows in a folder of its own, its people and its accounts.

use crate::clock::Clock;
use crate::config::Config;
use crate::service::startup;
use crate::store::tenants;
use anyhow::{bail, ensure};
use clap::Subcommand;

/// What to do with tenants.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Add one; running servers know it after their next start
    Add {
        /// Its short name: small letters, figures and -; the folder of its flows, and what leadwire.toml calls it
        slug: String,
        /// Its name for people; without it, the short name
        #[arg(long)]
        name: Option<String>,
        /// Its time zone, by the IANA name
        #[arg(long, default_value = "UTC")]
        time_zone: String,
    },
}

/// The longest short name.
const LONGEST: usize = 40;

/// Runs it.
///
/// # Errors
/// Where the name or the zone cannot be used, there is such a tenant, or the database cannot be opened.
pub async fn run(config: &Config, action: Action) -> anyhow::Result<()> {
    let Action::Add { slug, name, time_zone } = action;
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    ensure!(
        (1..=LONGEST).contains(&slug.len()) && slug.bytes().all(is_plain) && slug != "common",
        "the short name must be 1 to {LONGEST} small letters, figures and -, and not \"common\", which is the folder of shared parts"
    );
    ensure!(
        jiff::tz::TimeZone::get(&time_zone).is_ok(),
        "the time zone must be an IANA name, such as Asia/Kolkata"
    );
    let db = startup::connect(config).await?;
    startup::ensure_schema(&db).await?;
    let now = Clock::System.now();
    let added = tenants::add(&db, &slug, name.as_deref().unwrap_or(&slug), &time_zone, now).await?;
    db.close().await;
    if !added {
        bail!("there is a tenant \"{slug}\" already");
    }
    println!("added; put its flows into {}/{slug} and restart the server", config.server.flows.display());
    Ok(())
}
