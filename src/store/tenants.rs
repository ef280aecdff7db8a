//! Tenants, and our own addresses at the providers.

use super::db::{Db, Exec, Sql, StoreError};
use crate::args;
use crate::clock::Millis;
use crate::domain::center::Center;
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
    /// Its name for people.
    pub name: String,
    /// IANA time zone.
    pub time_zone: String,
    /// What its enquiries' numbers begin with.
    pub enquiry_prefix: String,
    /// The country of phone numbers that are written without one, ISO 3166-1 alpha-2.
    pub region: Option<String>,
    /// Who works a new enquiry: `by_hand`, or `round_robin`.
    pub assigns: String,
    /// The languages it speaks, the first one first, with blanks between.
    pub languages: String,
    /// When it is open.
    pub opening: Option<String>,
}

/// New enquiries are given to counselors in turn.
pub const ROUND_ROBIN: &str = "round_robin";
/// Somebody gives them.
pub const BY_HAND: &str = "by_hand";

impl TenantRow {
    /// One that is not there yet, as it is unless it is said otherwise.
    pub fn new(slug: &str, time_zone: &str) -> TenantRow {
        TenantRow {
            id: 0,
            slug: slug.to_owned(),
            name: slug.to_owned(),
            time_zone: time_zone.to_owned(),
            enquiry_prefix: "ENQ".to_owned(),
            region: None,
            assigns: BY_HAND.to_owned(),
            languages: String::new(),
            opening: None,
        }
    }

    /// What it is set to.
    pub fn center(&self) -> Center {
        Center::new(&self.time_zone, &self.languages, self.opening.as_deref())
    }
}

/// An account at a provider.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromRow)]
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
    /// At Twilio, whose account it is, where it is not that of the variables.
    pub account_sid: Option<String>,
    /// The variable that holds the token to send with, where that is another than the secret.
    pub token_name: Option<String>,
    /// What the provider takes from it in a second; `None`: what the variables say.
    pub per_second: Option<i64>,
}

impl AccountRow {
    /// What may be sent from it in a second; `usual` is what the variables say, 0: no limit.
    pub fn per_second(&self, usual: u32) -> u32 {
        self.per_second.map_or(usual, |own| u32::try_from(own).unwrap_or(usual))
    }
}

/// All tenants: a handful.
///
/// # Errors
/// Where the database does not answer.
pub async fn list(db: impl Exec) -> Result<Vec<TenantRow>, StoreError> {
    db.fetch_all(
        Sql::same(
            "SELECT id, slug, name, time_zone, enquiry_prefix, region, assigns, languages, opening FROM tenants ORDER BY id",
        ),
        args![],
    )
    .await
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

/// Adds a tenant, its id aside; `false`: there is one of this name.
///
/// # Errors
/// Where the database does not answer.
pub async fn add(db: &Db, new: &TenantRow, now: Millis) -> Result<bool, StoreError> {
    const ADD: Sql = Sql::same(
        "INSERT INTO tenants (id, slug, name, time_zone, enquiry_prefix, region, assigns, languages, opening, created_at)
         SELECT COALESCE(MAX(id), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9 FROM tenants WHERE true ON CONFLICT (slug) DO NOTHING",
    );
    let TenantRow { slug, name, time_zone, enquiry_prefix, region, assigns, languages, opening, .. } = new;
    let args = args![
        slug,
        name,
        time_zone,
        enquiry_prefix,
        region.clone(),
        assigns,
        languages,
        opening.clone(),
        now
    ];
    Ok(db.execute(ADD, args).await? == 1)
}

/// Writes what may be changed of a tenant.
///
/// # Errors
/// Where the database does not answer.
pub async fn save(db: &Db, tenant: &TenantRow) -> Result<(), StoreError> {
    const SAVE: Sql = Sql::same(
        "UPDATE tenants SET name = $2, time_zone = $3, enquiry_prefix = $4, region = $5, assigns = $6, languages = $7, opening = $8
         WHERE id = $1",
    );
    let TenantRow { id, name, time_zone, enquiry_prefix, region, assigns, languages, opening, .. } = tenant;
    let args =
        args![*id, name, time_zone, enquiry_prefix, region.clone(), assigns, languages, opening.clone()];
    db.execute(SAVE, args).await.map(drop)
}

/// All accounts of all tenants that are in force: a handful.
///
/// # Errors
/// Where the database does not answer.
pub async fn accounts(db: impl Exec) -> Result<Vec<AccountRow>, StoreError> {
    const LIST: Sql = Sql::same(
        "SELECT tenant_id, id, provider, address, secret_name, confirm_opt_out, account_sid, token_name, per_second
         FROM channel_accounts WHERE is_active ORDER BY tenant_id, id",
    );
    db.fetch_all(LIST, args![]).await
}

/// Sees that an account is there as the configuration says.
///
/// # Errors
/// Where the database does not answer.
pub async fn ensure_account(db: &Db, account: &AccountRow, now: Millis) -> Result<(), StoreError> {
    const UPSERT: Sql = Sql::same(
        "INSERT INTO channel_accounts (tenant_id, id, provider, address, secret_name, confirm_opt_out, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (tenant_id, id) DO UPDATE SET provider = excluded.provider, address = excluded.address, secret_name = excluded.secret_name,
         confirm_opt_out = excluded.confirm_opt_out, from_file = FALSE, is_active = TRUE",
    );
    // An address that the file had under another id is the variables' now.
    const PUT_ASIDE: Sql = Sql::same(
        "UPDATE channel_accounts SET is_active = FALSE, address = address || ' (before ' || $5 || ')'
         WHERE provider = $3 AND address = $4 AND NOT (tenant_id = $1 AND id = $2)",
    );
    let AccountRow { tenant_id, id, provider, address, secret_name, confirm_opt_out, .. } = account;
    db.execute(PUT_ASIDE, args![*tenant_id, *id, provider, address, now.to_string()]).await?;
    db.execute(UPSERT, args![*tenant_id, *id, provider, address, secret_name, *confirm_opt_out, now])
        .await
        .map(drop)
}

/// Puts these accounts in the place of those the file named before. An address that is known keeps its id; the first address
/// that belongs to another tenant is returned, and then nothing is changed.
///
/// # Errors
/// Where the database does not answer.
pub async fn set_listed(
    db: &Db,
    accounts: &[AccountRow],
    now: Millis,
) -> Result<Option<AccountRow>, StoreError> {
    const PUT_AWAY: Sql = Sql::same(
        "UPDATE channel_accounts SET is_active = FALSE WHERE from_file AND tenant_id IN (SELECT id FROM tenants)",
    );
    const UPSERT: Sql = Sql::same(
        "INSERT INTO channel_accounts (tenant_id, id, provider, address, secret_name, confirm_opt_out, account_sid, token_name,
           per_second, from_file, is_active, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, TRUE, TRUE, $10)
         ON CONFLICT (provider, address) DO UPDATE SET secret_name = excluded.secret_name,
           confirm_opt_out = excluded.confirm_opt_out, account_sid = excluded.account_sid, token_name = excluded.token_name,
           per_second = excluded.per_second, from_file = TRUE, is_active = TRUE
         WHERE channel_accounts.tenant_id = excluded.tenant_id",
    );
    let mut tx = db.begin().await?;
    tx.execute(PUT_AWAY, args![]).await?;
    for account in accounts {
        let args = args![
            account.tenant_id,
            account.id,
            &account.provider,
            &account.address,
            &account.secret_name,
            account.confirm_opt_out,
            account.account_sid.clone(),
            account.token_name.clone(),
            account.per_second,
            now
        ];
        if tx.execute(UPSERT, args).await? == 0 {
            return Ok(Some(account.clone()));
        }
    }
    tx.commit().await?;
    Ok(None)
}
