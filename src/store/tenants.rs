//! Tenants, and our own addresses at the providers.

use super::db::{Exec, Sql, StoreError};
use crate::args;
use crate::clock::Millis;
use sqlx::FromRow;

/// The tenant of a business that has only one.
pub const DEFAULT_TENANT: i64 = 1;

/// A tenant.
#[derive(Clone, Debug, FromRow)]
pub struct TenantRow {
    /// Its id.
    pub id: i64,
    /// Its name in folders and URLs.
    pub slug: String,
    /// IANA time zone.
    pub time_zone: String,
}

/// An account at a provider.
#[derive(Clone, Debug, FromRow)]
pub struct AccountRow {
    /// Whose it is.
    pub tenant_id: i64,
    /// Its id.
    pub id: i64,
    /// `twilio`, `web` …
    pub provider: String,
    /// Our number or id there; `*`: every one of the account.
    pub address: String,
    /// The variable that holds its secret.
    pub secret_name: String,
    /// Whether we confirm STOP ourselves.
    pub confirm_opt_out: bool,
}

/// All tenants: a handful.
///
/// # Errors
/// Where the database does not answer.
pub async fn list(db: impl Exec) -> Result<Vec<TenantRow>, StoreError> {
    db.fetch_all(Sql::same("SELECT id, slug, time_zone FROM tenants ORDER BY id"), args![]).await
}

/// Sees that the default tenant is there, with this time zone.
///
/// # Errors
/// Where the database does not answer.
pub async fn ensure_default(db: impl Exec, time_zone: &str, now: Millis) -> Result<(), StoreError> {
    const UPSERT: Sql = Sql::same(
        "INSERT INTO tenants (id, slug, name, time_zone, created_at) VALUES ($1, 'default', 'Default', $2, $3)
         ON CONFLICT (id) DO UPDATE SET time_zone = excluded.time_zone",
    );
    db.execute(UPSERT, args![DEFAULT_TENANT, time_zone, now]).await.map(drop)
}

/// All accounts of all tenants: a handful.
///
/// # Errors
/// Where the database does not answer.
pub async fn accounts(db: impl Exec) -> Result<Vec<AccountRow>, StoreError> {
    const LIST: Sql = Sql::same(
        "SELECT tenant_id, id, provider, address, secret_name, confirm_opt_out FROM channel_accounts ORDER BY tenant_id, id",
    );
    db.fetch_all(LIST, args![]).await
}

/// Sees that an account is there as the configuration says.
///
/// # Errors
/// Where the database does not answer.
pub async fn ensure_account(db: impl Exec, account: &AccountRow, now: Millis) -> Result<(), StoreError> {
    const UPSERT: Sql = Sql::same(
        "INSERT INTO channel_accounts (tenant_id, id, provider, address, secret_name, confirm_opt_out, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (tenant_id, id) DO UPDATE SET provider = excluded.provider, address = excluded.address, secret_name = excluded.secret_name,
         confirm_opt_out = excluded.confirm_opt_out",
    );
    let AccountRow { tenant_id, id, provider, address, secret_name, confirm_opt_out } = account;
    db.execute(UPSERT, args![*tenant_id, *id, provider, address, secret_name, *confirm_opt_out, now])
        .await
        .map(drop)
}
