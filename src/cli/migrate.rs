//! `leadwire migrate`: the schema, without starting a server.

use crate::config::Config;
use crate::service::startup;

/// Brings the schema up to date and says how it stands.
///
/// # Errors
/// Where the database cannot be opened or a migration fails.
pub async fn migrate(config: &Config) -> anyhow::Result<()> {
    let (db, _lock) = startup::open(config).await?;
    println!("The {} schema is up to date.", db.name());
    db.close().await;
    Ok(())
}
