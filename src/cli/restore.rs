//! `leadwire restore`: a backup becomes the database.

use super::copying::watched;
use crate::clock::Clock;
use crate::config::Config;
use crate::service::backup::{self as service, Restored};
use indicatif::{HumanBytes, HumanCount};
use std::path::PathBuf;

/// Restores and says what is in it, and what became of what was there.
///
/// # Errors
/// Where it could not be restored; the database is as it was then.
pub async fn restore(config: Config, file: PathBuf, force: bool, json: bool) -> anyhow::Result<()> {
    let now = Clock::System.now();
    let restored = watched(json, move |watch| service::restore(&config, &file, force, now, watch)).await?;
    if json {
        println!("{}", serde_json::to_string_pretty(&restored)?);
        return Ok(());
    }
    let Restored { database, kept, bytes, schema, known_schema, leads, conversations, unsure_jobs, took_ms } =
        restored;
    println!(
        "{database}: {}, {} leads, {} conversations, in {:.1} s; checked",
        HumanBytes(bytes),
        HumanCount(leads.unsigned_abs()),
        HumanCount(conversations.unsigned_abs()),
        took_ms as f64 / 1_000.0
    );
    if let Some(kept) = kept {
        println!("What was there is kept: {kept}");
    }
    if schema < known_schema {
        println!("Its schema is {schema}, of an older Leadwire; the next start brings it to {known_schema}.");
    }
    if unsure_jobs > 0 {
        println!(
            "{unsure_jobs} jobs were still to be sent and may have been sent since; that is found out before they are."
        );
    }
    Ok(())
}
