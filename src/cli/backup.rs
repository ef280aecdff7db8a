//! `leadwire backup`: a copy of the database, while the server runs.

use super::copying::watched;
use crate::clock::Clock;
use crate::config::Config;
use crate::service::backup::{self as service, Made};
use indicatif::{HumanBytes, HumanCount};
use std::path::PathBuf;

/// Backs up and says where to.
///
/// # Errors
/// Where no backup could be made; none is left half made.
pub async fn backup(config: Config, out: Option<PathBuf>, json: bool) -> anyhow::Result<()> {
    let now = Clock::System.now();
    let made = watched(json, move |watch| service::backup(&config, out.as_deref(), now, watch)).await?;
    if json {
        println!("{}", serde_json::to_string_pretty(&made)?);
        return Ok(());
    }
    let Made { file, bytes, leads, conversations, took_ms, .. } = made;
    println!(
        "{file}: {}, {} leads, {} conversations, in {:.1} s; checked",
        HumanBytes(bytes),
        HumanCount(leads.unsigned_abs()),
        HumanCount(conversations.unsigned_abs()),
        took_ms as f64 / 1_000.0
    );
    Ok(())
}
