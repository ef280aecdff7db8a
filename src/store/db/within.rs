//! Statements for one tenant. Its id is `$1` of every one of them and is bound here, so that nothing can be asked without it.

use super::{Arg, Db, Exec, Record, Sql, StoreError, Tx};
use crate::domain::access::Tenant;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// A database or a transaction, for one tenant.
#[derive(Debug)]
pub struct Within<'a> {
    on: On<'a>,
    tenant: Tenant,
}

#[derive(Debug)]
enum On<'a> {
    Db(&'a Db),
    Tx(&'a mut Tx),
}

impl Db {
    /// This database for one tenant.
    pub fn within(&self, tenant: Tenant) -> Within<'_> {
        Within { on: On::Db(self), tenant }
    }

    /// What is asked for tenants from now on; for tests, which ask it again for another.
    pub fn record(&self) -> Recorder {
        let (Db::Sqlite { recorder, .. } | Db::Postgres { recorder, .. }) = self;
        recorder.0.get_or_init(Mutex::default);
        recorder.clone()
    }
}

impl Tx {
    /// This transaction for one tenant.
    pub fn within(&mut self, tenant: Tenant) -> Within<'_> {
        Within { on: On::Tx(self), tenant }
    }
}

impl Within<'_> {
    /// Whose it is.
    pub fn tenant(&self) -> Tenant {
        self.tenant
    }

    /// The same once more, for several statements in a row.
    pub fn again(&mut self) -> Within<'_> {
        let on = match &mut self.on {
            On::Db(db) => On::Db(db),
            On::Tx(tx) => On::Tx(tx),
        };
        Within { on, tenant: self.tenant }
    }

    /// Whether it is SQLite, for the few values that are written otherwise there.
    pub fn is_sqlite(&self) -> bool {
        matches!(self.on, On::Db(Db::Sqlite { .. }) | On::Tx(Tx::Sqlite(..)))
    }

    /// Runs a statement; how many rows it changed. `args` begin with `$2`.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn execute(self, sql: Sql, args: Vec<Arg>) -> Result<u64, StoreError> {
        let args = self.bound(sql, args);
        match self.on {
            On::Db(db) => db.execute(sql, args).await,
            On::Tx(tx) => tx.execute(sql, args).await,
        }
    }

    /// All rows. `args` begin with `$2`.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn fetch_all<T: Record>(self, sql: Sql, args: Vec<Arg>) -> Result<Vec<T>, StoreError> {
        let args = self.bound(sql, args);
        match self.on {
            On::Db(db) => db.fetch_all(sql, args).await,
            On::Tx(tx) => tx.fetch_all(sql, args).await,
        }
    }

    /// The first row, if any. `args` begin with `$2`.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn fetch_optional<T: Record>(self, sql: Sql, args: Vec<Arg>) -> Result<Option<T>, StoreError> {
        let args = self.bound(sql, args);
        match self.on {
            On::Db(db) => db.fetch_optional(sql, args).await,
            On::Tx(tx) => tx.fetch_optional(sql, args).await,
        }
    }

    fn bound(&self, sql: Sql, args: Vec<Arg>) -> Vec<Arg> {
        let args: Vec<Arg> = std::iter::once(Arg::from(self.tenant.0)).chain(args).collect();
        let recorder = match &self.on {
            On::Db(Db::Sqlite { recorder, .. } | Db::Postgres { recorder, .. }) => recorder,
            On::Tx(Tx::Sqlite(.., recorder) | Tx::Postgres(_, recorder)) => recorder,
        };
        recorder.see(sql, &args);
        args
    }
}

/// A statement that was run, with its arguments.
pub type Recorded = (Sql, Vec<Arg>);

/// Keeps what is asked for tenants, once somebody wants to know.
#[derive(Clone, Debug, Default)]
pub struct Recorder(Arc<OnceLock<Mutex<Vec<Recorded>>>>);

impl Recorder {
    fn see(&self, sql: Sql, args: &[Arg]) {
        if let Some(seen) = self.0.get() {
            seen.lock().unwrap_or_else(PoisonError::into_inner).push((sql, args.to_vec()));
        }
    }

    /// What was asked since this was last looked at.
    pub fn take(&self) -> Vec<Recorded> {
        let seen = self
            .0
            .get()
            .map(|seen| std::mem::take(&mut *seen.lock().unwrap_or_else(PoisonError::into_inner)));
        seen.unwrap_or_default()
    }
}
