//! `leadwire user`: people who work here.

use super::tenant;
use crate::clock::{Clock, Millis};
use crate::config::Config;
use crate::domain::access::{Role, Tenant};
use crate::ids::Ids;
use crate::service::lifecycle::Actor;
use crate::service::users::{self as service, By, NewUser};
use crate::service::{invitations, log_ins, startup, tokens};
use crate::store::db::{Db, StoreError};
use crate::store::users::{self, UserRow};
use anyhow::{Context, ensure};
use clap::Subcommand;
use comfy_table::{Table, presets};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use std::io::{BufRead, IsTerminal, Write};

/// What to do with users.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Add somebody
    Add {
        /// What they log in by
        email: String,
        /// Their name; without it, the address
        #[arg(long)]
        name: Option<String>,
        /// SUPER_ADMIN, CENTER_ADMIN, COUNSELOR, TRAINER
        #[arg(long, value_parser = role, default_value = "COUNSELOR")]
        role: Role,
        /// Set a password too: its line is read from standard input
        #[arg(long)]
        password: bool,
    },
    /// Everybody
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Let somebody do nothing any more; their tokens end with it. What they did stays
    Disable {
        /// Their address
        email: String,
    },
    /// Let them work again
    Enable {
        /// Their address
        email: String,
    },
    /// Set somebody's password: its line is read from standard input. Their sessions end
    Password {
        /// Their address
        email: String,
    },
    /// A link by which somebody chooses their password, once, within a day
    Link {
        /// Their address
        email: String,
    },
    /// Where somebody is logged in
    Sessions {
        /// Their address
        email: String,
        /// End all of them
        #[arg(long)]
        end: bool,
        /// As JSON
        #[arg(long, conflicts_with = "end")]
        json: bool,
    },
}

/// Reads a role.
///
/// # Errors
/// The roles there are.
pub(super) fn role(name: &str) -> Result<Role, String> {
    Role::parse(name).ok_or_else(|| format!("there are {}", Role::ALL.map(Role::as_str).join(", ")))
}

/// Runs it for the tenant of this name.
///
/// # Errors
/// Where the database cannot be opened, there is no such tenant or user, or what is given cannot be used.
pub async fn run(config: &Config, tenant: &str, action: Action) -> anyhow::Result<()> {
    let db = startup::connect(config).await?;
    startup::ensure_schema(&db, config).await?;
    let now = Clock::System.now();
    crate::store::tenants::ensure_default(&db, &config.server.time_zone, now).await?;
    let tenant = Tenant(tenant::named(&db, tenant).await?.id);
    let actor = Actor { user_id: None, program: "command line".to_owned() };
    let by = By { actor: &actor, entry: Ids::new(crate::cli::BESIDE).next(now), now };
    match action {
        Action::Add { email, name, role, password } => {
            let email = email.trim().to_lowercase();
            ensure!(service::is_address(&email), "{email:?} is no e-mail address");
            let hash = if password { Some(service::hash(&read_password()?)) } else { None };
            let new = NewUser {
                id: tokens::random_id(),
                name: name.unwrap_or_else(|| email.clone()),
                email,
                role,
                password_hash: hash,
                capacity: None,
            };
            let user = service::add(&db, tenant, new, by).await?;
            let user = user.context("somebody has this address already")?;
            println!("added {} as {}, with the id {}", user.email, user.role, user.id);
        }
        Action::List { json } => list(&db, tenant, json).await?,
        Action::Disable { email } => {
            set_active(&db, tenant, &email, by, false).await?;
            println!("disabled");
        }
        Action::Enable { email } => {
            set_active(&db, tenant, &email, by, true).await?;
            println!("enabled");
        }
        Action::Password { email } => {
            let user = found(&db, tenant, &email).await?;
            let hash = service::hash(&read_password()?);
            service::set_password(&db, tenant, &user, (&hash, 0), by).await?;
            println!("set; where they were logged in they no longer are");
        }
        Action::Link { email } => {
            let user = found(&db, tenant, &email).await?;
            let secret = invitations::invite(&db, &user, now).await?;
            println!("{}/welcome/{secret}", config.server.base_url());
        }
        Action::Sessions { email, end, json } => {
            let user = found(&db, tenant, &email).await?;
            sessions(&db, &user, now, end, json).await?;
        }
    }
    db.close().await;
    Ok(())
}

async fn found(db: &Db, tenant: Tenant, email: &str) -> anyhow::Result<UserRow> {
    let user = users::by_email(db, &email.trim().to_lowercase()).await?;
    let user = user.filter(|user| user.tenant_id == tenant.0);
    user.with_context(|| format!("nobody of this tenant has the address {email}; see `leadwire user list`"))
}

async fn set_active(db: &Db, tenant: Tenant, email: &str, by: By<'_>, is_active: bool) -> anyhow::Result<()> {
    let user = found(db, tenant, email).await?;
    let set = |user: &mut UserRow| {
        user.is_active = is_active;
        Ok::<(), StoreError>(())
    };
    service::change(db, tenant, user.id, by, set).await?.context("they are gone")?;
    Ok(())
}

/// A password, from standard input: a command line is seen by others and kept by shells.
#[expect(clippy::print_stderr, reason = "a question to whoever sits there, apart from what a script reads")]
fn read_password() -> anyhow::Result<SecretString> {
    if std::io::stdin().is_terminal() {
        eprint!("password (it is shown): ");
        std::io::stderr().flush()?;
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    let password = SecretString::from(line.trim_end_matches(['\r', '\n']));
    let (least, most) = (service::PASSWORD.start(), service::PASSWORD.end());
    ensure!(
        service::PASSWORD.contains(&password.expose_secret().chars().count()),
        "the password must have {least} to {most} characters; give it as a line of standard input"
    );
    Ok(password)
}

async fn sessions(db: &Db, user: &UserRow, now: Millis, end: bool, json: bool) -> anyhow::Result<()> {
    let tenant = Tenant(user.tenant_id);
    if end {
        println!("{} ended", log_ins::end_all(db, tenant, user.id).await?);
        return Ok(());
    }
    let all = log_ins::of_user(db, tenant, user.id, now).await?;
    if json {
        let rows = all.iter().map(|row| {
            json!({ "id": row.id, "created_at": row.created_at, "used_at": row.used_at, "expires_at": row.expires_at,
                "address": row.address, "agent": row.agent })
        });
        println!("{}", serde_json::Value::from_iter(rows));
        return Ok(());
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY).set_header(["begun", "used", "from", "with"]);
    let time =
        |at: Millis| jiff::Timestamp::from_millisecond(at).map(|at| at.to_string()).unwrap_or_default();
    for row in all {
        table.add_row([time(row.created_at), time(row.used_at), row.address, row.agent]);
    }
    println!("{table}");
    Ok(())
}

async fn list(db: &Db, tenant: Tenant, json: bool) -> anyhow::Result<()> {
    let all = users::list(db.within(tenant)).await?;
    if json {
        let rows = all.iter().map(|row| {
            json!({ "id": row.id, "email": row.email, "name": row.name, "role": row.role, "is_active": row.is_active,
                "capacity": row.capacity })
        });
        println!("{}", serde_json::Value::from_iter(rows));
        return Ok(());
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY).set_header(["id", "address", "name", "role", "state"]);
    for row in all {
        let state = if row.is_active { "works here" } else { "disabled" };
        table.add_row([row.id.to_string(), row.email, row.name, row.role, state.to_owned()]);
    }
    println!("{table}");
    Ok(())
}
