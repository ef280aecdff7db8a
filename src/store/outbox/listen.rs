//! Telling other processes that something is due: PostgreSQL's NOTIFY. SQLite has one process and needs none.

use crate::args;
use crate::store::db::{Db, Exec, Sql, StoreError};
use sqlx::postgres::PgListener;

/// The name that is listened to.
const CHANNEL: &str = "leadwire_outbox";

/// Hears what other processes announce.
#[derive(Debug)]
pub struct Listener(PgListener);

impl Listener {
    /// Waits for an announcement, also over lost connections (then it may have missed some, and says so too).
    ///
    /// # Errors
    /// Where the database stays away or is closed.
    pub async fn heard(&mut self) -> Result<(), StoreError> {
        self.0.try_recv().await?;
        Ok(())
    }
}

/// Listens to other processes; `None` where there can be none.
///
/// # Errors
/// Where the database does not answer.
pub async fn listen(db: &Db) -> Result<Option<Listener>, StoreError> {
    let Db::Postgres { outbox, .. } = db else { return Ok(None) };
    let mut listener = PgListener::connect_with(outbox).await?;
    listener.listen(CHANNEL).await?;
    Ok(Some(Listener(listener)))
}

/// Tells other processes that something is due.
///
/// # Errors
/// Where the database does not answer.
pub async fn announce(db: &Db) -> Result<(), StoreError> {
    // Once for all tenants: equal announcements of one transaction are one.
    const TELL: Sql = Sql::same("SELECT pg_notify('leadwire_outbox', '') FROM tenants");
    match db {
        Db::Sqlite { .. } => Ok(()),
        Db::Postgres { .. } => db.execute(TELL, args![]).await.map(drop),
    }
}
