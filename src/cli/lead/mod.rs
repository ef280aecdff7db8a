//! `leadwire lead`: one lead, explained; one person's data, told or forgotten.

mod erase;
mod explain;

use super::beside::Beside;
use super::tenant;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::access::Tenant;
use crate::domain::erasure::Reason;
use crate::service::{erasure, startup};
use crate::store::db::Db;
use anyhow::Context;
use clap::Subcommand;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What to do with a lead.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Why campaigns try the lead next, or do not: gate by gate, with the rule of each and when it opens
    Explain {
        /// The lead's id
        id: i64,
        /// By this campaign, whether the lead is in it or not; without it, by each the lead is in
        #[arg(long, value_name = "ID")]
        campaign: Option<i64>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// All that is known of the lead's person, as JSON: for whoever asks what is kept of them
    Export {
        /// The lead's id
        id: i64,
        /// Write it to a file, which must not be there yet; only you may read it
        #[arg(long, value_name = "FILE")]
        json: Option<PathBuf>,
    },
    /// Forget the lead's person, with all their leads, and write the database's files anew; there is no way back
    Erase {
        /// The lead's id
        id: i64,
        /// Why
        #[arg(long, default_value = "asked", value_parser = reason)]
        reason: Reason,
        /// Do not ask
        #[arg(long)]
        yes: bool,
        /// The receipt as JSON
        #[arg(long)]
        json: bool,
    },
}

fn reason(name: &str) -> Result<Reason, String> {
    Reason::parse(name).ok_or_else(|| format!("there are {}", Reason::ALL.map(Reason::as_str).join(", ")))
}

/// Runs it for the tenant of this name.
///
/// # Errors
/// Where there is no such lead, or the database cannot be used.
pub async fn run(config: Config, slug: &str, action: Action) -> anyhow::Result<()> {
    match action {
        Action::Explain { id, campaign, json } => {
            let beside = Beside::open(config, slug).await?;
            let done = explain::run(&beside, id, campaign, json).await;
            beside.closing(done).await
        }
        Action::Export { id, json } => {
            let (db, tenant) = open(&config, slug).await?;
            export(&db, (tenant, slug), id, json).await?;
            db.close().await;
            Ok(())
        }
        Action::Erase { id, reason, yes, json } => {
            let (db, tenant) = open(&config, slug).await?;
            erase::run(&db, tenant, &erase::Wanted { id, slug, reason, yes, json }).await?;
            db.close().await;
            Ok(())
        }
    }
}

async fn open(config: &Config, slug: &str) -> anyhow::Result<(Db, Tenant)> {
    let db = startup::connect(config).await?;
    startup::ensure_schema(&db, config).await?;
    let tenant = Tenant(tenant::named(&db, slug).await?.id);
    Ok((db, tenant))
}

async fn export(db: &Db, (tenant, slug): (Tenant, &str), id: i64, to: Option<PathBuf>) -> anyhow::Result<()> {
    let told = erasure::export(db, tenant, id, Clock::System.now()).await?;
    let told = told
        .with_context(|| format!("there is no lead {id} in the tenant {slug:?}; --tenant names another"))?;
    let text = serde_json::to_string_pretty(&told)?;
    match to {
        Some(path) => {
            write(&path, &text).with_context(|| format!("{} cannot be written", path.display()))?;
            println!("written to {}", path.display());
        }
        None => println!("{text}"),
    }
    Ok(())
}

/// A file that was not there, for nobody else's eyes.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}
