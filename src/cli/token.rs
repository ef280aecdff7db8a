//! `leadwire token`: tokens for programs. A token is shown once; only its hash is kept.

use crate::clock::{Clock, DAY};
use crate::config::Config;
use crate::service::{startup, tokens};
use clap::Subcommand;

/// What to do with tokens.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Make a token that may read analytics
    Create {
        /// What it is for, to tell it from others
        #[arg(long, default_value = "unnamed")]
        name: String,
        /// Days until it expires; without it, never
        #[arg(long, value_parser = clap::value_parser!(i64).range(1..=3650))]
        days: Option<i64>,
    },
}

/// Runs it; prints the token alone on standard output, so that a script can take it.
///
/// # Errors
/// Where the database cannot be opened.
pub async fn run(config: &Config, action: Action) -> anyhow::Result<()> {
    let Action::Create { name, days } = action;
    let db = startup::connect(config).await?;
    startup::ensure_schema(&db).await?;
    let now = Clock::System.now();
    let token = tokens::create(&db, &name, now, days.map(|days| now + days * DAY)).await?;
    println!("{token}");
    db.close().await;
    Ok(())
}
