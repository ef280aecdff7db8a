//! Links by which somebody chooses a password, once: the first administrator of a new server, and whoever an administrator lets.

use super::lifecycle::Actor;
use super::tokens::{hash, random_id};
use super::users::{By, audited};
use crate::app::App;
use crate::clock::{DAY, Millis};
use crate::domain::access::{Role, Tenant};
use crate::ids;
use crate::store::db::{Db, StoreError};
use crate::store::invitations::{self, Invitation};
use crate::store::log_ins;
use crate::store::tenants::DEFAULT_TENANT;
use crate::store::users::{self, UserRow};

/// How long a link holds.
pub const HOLDS: Millis = DAY;

/// The secret of a link for the first administrator; `None`: somebody works here already.
///
/// # Errors
/// Where the database does not answer.
pub async fn first(db: &Db, now: Millis) -> Result<Option<String>, StoreError> {
    let mut tx = db.begin().await?;
    if invitations::is_anybody_here(&mut tx).await? {
        return Ok(None);
    }
    let secret = ids::secret();
    let tenant = Tenant(DEFAULT_TENANT);
    invitations::insert(tx.within(tenant), (random_id(), None), &hash(&secret), (now, now + HOLDS)).await?;
    tx.commit().await?;
    Ok(Some(secret))
}

/// The secret of a link by which somebody chooses a password. Those they had no longer hold.
///
/// # Errors
/// Where the database does not answer.
pub async fn invite(db: &Db, user: &UserRow, now: Millis) -> Result<String, StoreError> {
    let tenant = Tenant(user.tenant_id);
    let secret = ids::secret();
    let mut tx = db.begin().await?;
    invitations::revoke(tx.within(tenant), user.id).await?;
    let until = (now, now + HOLDS);
    invitations::insert(tx.within(tenant), (random_id(), Some(user.id)), &hash(&secret), until).await?;
    tx.commit().await?;
    Ok(secret)
}

/// What a link is for, if it holds.
///
/// # Errors
/// Where the database does not answer.
pub async fn find(app: &App, secret: &str) -> Result<Option<Invitation>, StoreError> {
    invitations::find(&app.db, &hash(secret), app.clock.now()).await
}

/// Who somebody is that comes first.
#[derive(Clone, Debug)]
pub struct Newcomer {
    /// What they will log in by, lower case.
    pub email: String,
    /// Their name.
    pub name: String,
}

/// Uses a link up: whoever it is for has this password from now on, and no session. `None`: it no longer holds.
///
/// # Errors
/// Where the database does not answer; then nothing happened.
pub async fn accept(
    app: &App,
    invitation: &Invitation,
    newcomer: Newcomer,
    password_hash: &str,
) -> Result<Option<UserRow>, StoreError> {
    let now = app.clock.now();
    let tenant = Tenant(invitation.tenant_id);
    let mut tx = app.db.begin().await?;
    let user = match invitation.user_id {
        None => {
            if invitations::is_anybody_here(&mut tx).await? {
                return Ok(None);
            }
            let user = UserRow {
                tenant_id: tenant.0,
                id: app.ids.next(now),
                email: newcomer.email,
                name: newcomer.name,
                role: Role::SuperAdmin.as_str().to_owned(),
                is_active: true,
                capacity: None,
                away_until: None,
                created_at: now,
                updated_at: now,
                version: 0,
            };
            users::add(tx.within(tenant), &user, Some(password_hash)).await?;
            user
        }
        Some(id) => {
            let Some(user) = users::lock(tx.within(tenant), id).await? else { return Ok(None) };
            users::set_password(tx.within(tenant), id, password_hash, now).await?;
            log_ins::end_all(tx.within(tenant), id, 0).await?;
            user
        }
    };
    if !invitations::take(tx.within(tenant), invitation.id).await? {
        return Ok(None);
    }
    let actor = Actor { user_id: Some(user.id), program: "link".to_owned() };
    let event = if invitation.user_id.is_some() { "password_set" } else { "user_added" };
    audited(tx, tenant, event, &user, By { actor: &actor, entry: app.ids.next(now), now }).await?;
    Ok(Some(user))
}
