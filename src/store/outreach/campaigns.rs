//! Campaigns.

use super::super::db::{Db, Exec, Sql, StoreError, Within};
use crate::args;
use crate::clock::Millis;
use crate::domain::access::Tenant;
use crate::domain::outreach::campaign::State;
use sqlx::FromRow;

/// A campaign.
#[derive(Clone, Debug, PartialEq, FromRow)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct CampaignRow {
    pub id: i64,
    pub name: String,
    pub state: String,
    pub settings: String,
    pub looked_to: Option<i64>,
    pub looks: i64,
    pub created_by: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
    pub started_at: Option<i64>,
    pub ended_at: Option<i64>,
    pub version: i64,
}

macro_rules! campaigns {
    ($rest:literal) => {
        concat!(
            "SELECT ",
            "id, name, state, settings, looked_to, looks, created_by, created_at, updated_at, started_at, ended_at, version
             FROM campaigns WHERE tenant_id = $1 ",
            $rest
        )
    };
}

/// Adds a campaign; `false`: there is one of this name.
///
/// # Errors
/// Where the database does not answer.
pub async fn add(db: Within<'_>, row: &CampaignRow) -> Result<bool, StoreError> {
    const INSERT: Sql = Sql::same(
        "INSERT INTO campaigns (tenant_id, id, name, state, settings, created_by, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7) ON CONFLICT (tenant_id, name) DO NOTHING",
    );
    let CampaignRow { id, name, state, settings, created_by, created_at, .. } = row;
    Ok(db.execute(INSERT, args![*id, name, state, settings, *created_by, *created_at]).await? == 1)
}

/// A campaign.
///
/// # Errors
/// Where the database does not answer.
pub async fn find(db: Within<'_>, id: i64) -> Result<Option<CampaignRow>, StoreError> {
    const FIND: Sql = Sql::same(campaigns!("AND id = $2"));
    db.fetch_optional(FIND, args![id]).await
}

/// A campaign that nobody else changes until the transaction ends.
///
/// # Errors
/// Where the database does not answer.
pub async fn lock(tx: Within<'_>, id: i64) -> Result<Option<CampaignRow>, StoreError> {
    const LOCK: Sql =
        Sql { sqlite: campaigns!("AND id = $2"), postgres: campaigns!("AND id = $2 FOR UPDATE") };
    tx.fetch_optional(LOCK, args![id]).await
}

/// Campaigns below an id, the newest first; with `state` only those.
///
/// # Errors
/// Where the database does not answer.
pub async fn list(
    db: Within<'_>,
    state: Option<State>,
    before: i64,
    limit: i64,
) -> Result<Vec<CampaignRow>, StoreError> {
    const LIST: Sql =
        Sql::same(campaigns!("AND id < $2 AND ($3 = '' OR state = $3) ORDER BY id DESC LIMIT $4"));
    db.fetch_all(LIST, args![before, state.map_or("", State::as_str), limit]).await
}

/// Campaigns that run, of a tenant.
///
/// # Errors
/// Where the database does not answer.
pub async fn running(db: Within<'_>) -> Result<Vec<CampaignRow>, StoreError> {
    const RUNNING: Sql = Sql::same(campaigns!("AND state = 'running' ORDER BY id LIMIT 1000"));
    db.fetch_all(RUNNING, args![]).await
}

/// Campaigns that run and that a lead is in.
///
/// # Errors
/// Where the database does not answer.
pub async fn running_with(db: Within<'_>, lead: i64) -> Result<Vec<CampaignRow>, StoreError> {
    const RUNNING: Sql = Sql::same(campaigns!(
        "AND state = 'running' AND EXISTS (SELECT 1 FROM campaign_members m
           WHERE m.tenant_id = $1 AND m.campaign_id = campaigns.id AND m.lead_id = $2) ORDER BY id LIMIT 1000"
    ));
    db.fetch_all(RUNNING, args![lead]).await
}

/// Tenants that have campaigns which run, or attempts of campaigns that did and of which it is not known what came of them.
///
/// # Errors
/// Where the database does not answer.
pub async fn tenants_at_work(db: &Db) -> Result<Vec<Tenant>, StoreError> {
    const TENANTS: Sql = Sql::same(
        "SELECT tenant_id AS id FROM campaigns WHERE state = 'running' UNION SELECT tenant_id FROM hopper ORDER BY 1",
    );
    #[derive(FromRow)]
    struct Id {
        id: i64,
    }
    let rows: Vec<Id> = db.fetch_all(TENANTS, args![]).await?;
    Ok(rows.into_iter().map(|row| Tenant(row.id)).collect())
}

/// Writes a campaign that this transaction has locked, as its next version. Members are looked at again from `looked_to` on.
///
/// # Errors
/// Where the database does not answer.
pub async fn change(tx: Within<'_>, row: &CampaignRow, now: Millis) -> Result<(), StoreError> {
    const CHANGE: Sql = Sql::same(
        "UPDATE campaigns SET name = $3, state = $4, settings = $5, looked_to = $6, looks = looks + 1, started_at = $7, ended_at = $8, updated_at = $9,
           version = version + 1
         WHERE tenant_id = $1 AND id = $2",
    );
    let CampaignRow { id, name, state, settings, looked_to, started_at, ended_at, .. } = row;
    let args = args![*id, name, state, settings, *looked_to, *started_at, *ended_at, now];
    tx.execute(CHANGE, args).await.map(drop)
}

/// Remembers how far a campaign's members were looked at, unless they are to be looked at from elsewhere on by now.
///
/// # Errors
/// Where the database does not answer.
pub async fn looked(
    db: Within<'_>,
    id: i64,
    looks: i64,
    from: i64,
    to: Option<i64>,
) -> Result<(), StoreError> {
    const LOOKED: Sql = Sql::same(
        "UPDATE campaigns SET looked_to = $4 WHERE tenant_id = $1 AND id = $2 AND looked_to = $3 AND looks = $5",
    );
    db.execute(LOOKED, args![id, from, to, looks]).await.map(drop)
}

/// Lets all leads of a campaign be looked at again; without one, those of all campaigns.
///
/// # Errors
/// Where the database does not answer.
pub async fn look_again(db: Within<'_>, campaign: Option<i64>) -> Result<(), StoreError> {
    const AGAIN: Sql = Sql::same(
        "UPDATE campaigns SET looked_to = 0, looks = looks + 1 WHERE tenant_id = $1 AND ($2 = 0 OR id = $2) AND state <> 'ended'",
    );
    db.execute(AGAIN, args![campaign.unwrap_or(0)]).await.map(drop)
}
