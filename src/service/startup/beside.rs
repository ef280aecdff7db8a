//! The parts of a server for a command that runs beside one: it takes no lock, publishes no flow files, and leaves accounts as the last
//! server that started has them.

use super::{StartError, assembled, connect, ensure_schema};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::ids::{self, Ids};
use crate::service::flows;
use crate::store::db::Db;
use crate::store::replicas::{self, Replica};
use crate::store::tenants;

/// The number by which commands beside a server make ids on SQLite: servers take theirs from 0 on.
pub const BESIDE: u8 = 31;

/// Builds the app for a command beside a server. Give it back with [`leave`].
///
/// # Errors
/// See [`StartError`]; each says what to do.
pub async fn beside(config: Config, clock: Clock) -> Result<App, StartError> {
    let db = connect(&config).await?;
    ensure_schema(&db, &config).await?;
    let now = clock.now();
    let holder = ids::secret();
    let replica = match db {
        // A file belongs to one server, whose numbers are not to be touched.
        Db::Sqlite { .. } => Replica { number: BESIDE.into(), holder },
        Db::Postgres { .. } => replicas::take(&db, holder, now).await?.ok_or(StartError::TooMany)?,
    };
    let ids = Ids::new(replica.number as u8);
    let tenants = tenants::list(&db).await?;
    let accounts = tenants::accounts(&db).await?;
    let app = assembled(config, clock, db, (replica, ids), (tenants, accounts)).await?;
    flows::take_over(&app.flows, &app.db).await?;
    Ok(app)
}

/// Gives back what a command beside a server took.
pub async fn leave(app: App) {
    if let Db::Postgres { .. } = app.db
        && let Err(error) = replicas::release(&app.db, &app.replica).await
    {
        // It ends by itself, and what was done is to be told.
        tracing::warn!("this process's number could not be given back: {error}");
    }
    app.db.close().await;
}
