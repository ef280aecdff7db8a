//! How people who work here get in by a password, and stay in by a session.

use super::lifecycle::Actor;
use super::tokens::hash;
use super::users::{self, By, audited};
use crate::app::App;
use crate::clock::{DAY, HOUR, MINUTE, Millis};
use crate::domain::access::Tenant;
use crate::domain::patience::{Counted, FORGOTTEN};
use crate::ids;
use crate::store::db::{Db, StoreError};
use crate::store::log_in_failures::{self as failures, Failed};
use crate::store::log_ins::{self as sessions, SessionRow};
use crate::store::users::{self as store, UserRow};
use secrecy::SecretString;
use std::net::IpAddr;
use std::sync::LazyLock;
use tokio::sync::Semaphore;

/// A session that nobody used for so long is over.
const IDLE: Millis = 12 * HOUR;
/// And so is every one after so long.
const LONGEST: Millis = 7 * DAY;
/// The most characters that are kept of what somebody's browser calls itself.
const AGENT: usize = 200;
/// How many passwords are looked at at once: each takes 19 MiB and a core for some time.
static HASHING: Semaphore = Semaphore::const_new(2);
/// What is looked at where nobody has the address, so that the time it takes tells nothing.
static NOBODY: LazyLock<String> = LazyLock::new(|| users::hash(&SecretString::from(ids::secret())));

/// What tells who uses a session where it began.
#[derive(Clone, Debug)]
pub struct Peer {
    /// The network address.
    pub address: IpAddr,
    /// What of it one subscriber holds: tries are counted for all of that.
    pub subscriber: IpAddr,
    /// What the browser calls itself.
    pub agent: String,
}

/// Why somebody was not let in.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Not these two.
    #[error("the address or the password is wrong")]
    Wrong,
    /// Too often wrong; so long nothing is tried.
    #[error("too many log-ins failed")]
    Wait(Millis),
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Lets somebody in by address and password: the secret of their new session.
///
/// # Errors
/// Where it is not them, or too many tries failed.
pub async fn log_in(app: &App, email: &str, password: SecretString, peer: &Peer) -> Result<String, Refused> {
    let outcome = match proven(app, email, password, peer.subscriber).await {
        // Whoever gets another password meanwhile ends the sessions of the old one; this must not come after that.
        Ok((user, kept)) => begin_by(app, &user, peer, Some(&kept)).await,
        Err(refused) => Err(refused),
    };
    let label = match &outcome {
        Ok(_) => "in",
        Err(Refused::Wrong) => "wrong",
        Err(Refused::Wait(_)) => "too many",
        Err(Refused::Store(_)) => "failed",
    };
    metrics::counter!("leadwire_log_ins_total", "outcome" => label).increment(1);
    outcome
}

/// Whoever has this address and this password. Each try counts as failed until it is found good, so that many at once are many.
///
/// # Errors
/// Where it is not them, or too many tries failed.
pub async fn checked(
    app: &App,
    email: &str,
    password: SecretString,
    subscriber: IpAddr,
) -> Result<UserRow, Refused> {
    Ok(proven(app, email, password, subscriber).await?.0)
}

/// The same, with what is kept of the password.
async fn proven(
    app: &App,
    email: &str,
    password: SecretString,
    subscriber: IpAddr,
) -> Result<(UserRow, String), Refused> {
    let email = email.trim().to_lowercase();
    let counted = [
        (Counted::Account, key("account", &email)),
        (Counted::Address, key("address", &subscriber.to_string())),
    ];
    count(app, &counted).await?;
    let known = store::credentials(&app.db, &email).await?;
    let (user, kept) = known.map_or((None, None), |(user, kept)| (Some(user), kept));
    let kept = kept.unwrap_or_else(|| NOBODY.clone());
    let compared = kept.clone();
    let is_theirs = slowly(move || users::is_password(&password, &compared)).await;
    match user {
        Some(user) if user.is_active && is_theirs.unwrap_or(false) => {
            forgive(app, &counted).await?;
            Ok((user, kept))
        }
        _ => Err(Refused::Wrong),
    }
}

/// What is kept of a new password; `None`: it could not be made.
pub async fn hashed(password: SecretString) -> Option<String> {
    slowly(move || users::hash(&password)).await
}

/// Does what takes long and much memory: few at once, and on a thread of its own. It has its turn until it is done, also where whoever
/// asked for it has gone. `None`: it panicked.
async fn slowly<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let turn = HASHING.acquire().await.ok()?;
    let done = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        work()
    });
    done.await.ok()
}

/// What is kept instead of an address.
fn key(kind: &str, of: &str) -> String {
    hash(&format!("leadwire log-in {kind} 1\n{of}"))
}

async fn count(app: &App, counted: &[(Counted, String)]) -> Result<(), Refused> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let mut known = Vec::new();
    // Always in this order, so that two never wait for each other.
    for (counted, key) in counted {
        let failed = failures::lock(&mut tx, key).await?;
        let is_old = failed.last_at <= now - FORGOTTEN;
        known.push((counted, key, if is_old { Failed::default() } else { failed }));
    }
    let open_at = known.iter().map(|(_, _, failed)| failed.open_at).max().unwrap_or(0);
    if open_at > now {
        return Err(Refused::Wait(open_at - now));
    }
    for (counted, key, failed) in known {
        let failures = failed.failures + 1;
        let failed = Failed { failures, last_at: now, open_at: now + counted.wait(failures) };
        failures::set(&mut tx, key, failed).await?;
    }
    Ok(tx.commit().await?)
}

/// The account begins anew. The network address only gets this one back: whoever has an account may guess at others'.
async fn forgive(app: &App, counted: &[(Counted, String)]) -> Result<(), StoreError> {
    let mut tx = app.db.begin().await?;
    for (counted, key) in counted {
        let failed = failures::lock(&mut tx, key).await?;
        let left = match counted {
            Counted::Account => 0,
            Counted::Address => (failed.failures - 1).max(0),
        };
        let open_at = failed.last_at + counted.wait(left);
        failures::set(&mut tx, key, Failed { failures: left, open_at, ..failed }).await?;
    }
    tx.commit().await
}

/// Begins a session of somebody who works here; its secret.
///
/// # Errors
/// Where they no longer do, or the database does not answer.
pub async fn begin(app: &App, user: &UserRow, peer: &Peer) -> Result<String, Refused> {
    begin_by(app, user, peer, None).await
}

/// The same; `kept`: only as long as this is what is kept of their password.
async fn begin_by(app: &App, user: &UserRow, peer: &Peer, kept: Option<&str>) -> Result<String, Refused> {
    let now = app.clock.now();
    let tenant = Tenant(user.tenant_id);
    let secret = ids::secret();
    let session = SessionRow {
        tenant_id: tenant.0,
        id: app.ids.next(now),
        user_id: user.id,
        email: user.email.clone(),
        name: user.name.clone(),
        role: user.role.clone(),
        created_at: now,
        used_at: now,
        expires_at: now + LONGEST,
        address: peer.address.to_string(),
        agent: peer.agent.chars().take(AGENT).collect(),
    };
    let actor = Actor { user_id: Some(user.id), program: "log-in".to_owned() };
    let mut tx = app.db.begin().await?;
    store::lock(tx.within(tenant), user.id).await?;
    let by_now = store::credentials(&mut tx, &user.email).await?;
    let holds = |(known, hash): (UserRow, Option<String>)| {
        known.is_active && kept.is_none_or(|kept| hash.as_deref() == Some(kept))
    };
    if !by_now.is_some_and(holds) {
        return Err(Refused::Wrong);
    }
    sessions::insert(tx.within(tenant), &session, &hash(&secret)).await?;
    audited(tx, tenant, "logged_in", user, By { actor: &actor, entry: app.ids.next(now), now }).await?;
    Ok(secret)
}

/// The session of this secret, if it is still good; that it was used is noted.
///
/// # Errors
/// Where the database does not answer.
pub async fn session(app: &App, secret: &str) -> Result<Option<SessionRow>, StoreError> {
    let now = app.clock.now();
    let found = sessions::find(&app.db, &hash(secret), now, now - IDLE).await?;
    if let Some(session) = found.as_ref().filter(|session| now - session.used_at >= MINUTE) {
        sessions::used(app.db.within(Tenant(session.tenant_id)), session.id, now).await?;
    }
    Ok(found)
}

/// The sessions somebody has, the newest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn of_user(
    db: &Db,
    tenant: Tenant,
    user_id: i64,
    now: Millis,
) -> Result<Vec<SessionRow>, StoreError> {
    sessions::of_user(db.within(tenant), user_id, now, now - IDLE).await
}

/// Ends all sessions of somebody; how many there were.
///
/// # Errors
/// Where the database does not answer.
pub async fn end_all(db: &Db, tenant: Tenant, user_id: i64) -> Result<u64, StoreError> {
    sessions::end_all(db.within(tenant), user_id, 0).await
}

/// Forgets what is no longer good: sessions, links, failures.
///
/// # Errors
/// Where the database does not answer.
pub async fn forget(app: &App) -> Result<(), StoreError> {
    let now = app.clock.now();
    for tenant in &app.tenants {
        let tenant = Tenant(tenant.id);
        sessions::forget(app.db.within(tenant), now, now - IDLE).await?;
        crate::store::invitations::forget(app.db.within(tenant), now).await?;
    }
    failures::forget(&app.db, now - FORGOTTEN).await.map(drop)
}
