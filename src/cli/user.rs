//! `leadwire user`: people who work here.

use super::tenant;
use crate::clock::{Clock, Millis};
use crate::config::Config;
use crate::domain::access::{Role, Tenant};
use crate::ids::Ids;
use crate::service::{startup, tokens, users as service};
use crate::store::db::Db;
use crate::store::leads::{Entry, write};
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
    /// Set somebody's password: its line is read from standard input
    Password {
        /// Their address
        email: String,
    },
}

fn role(name: &str) -> Result<Role, String> {
    Role::parse(name).ok_or_else(|| format!("there are {}", Role::ALL.map(Role::as_str).join(", ")))
}

/// Runs it for the tenant of this name.
///
/// # Errors
/// Where the database cannot be opened, there is no such tenant or user, or what is given cannot be used.
pub async fn run(config: &Config, tenant: &str, action: Action) -> anyhow::Result<()> {
    let db = startup::connect(config).await?;
    startup::ensure_schema(&db).await?;
    let now = Clock::System.now();
    crate::store::tenants::ensure_default(&db, &config.server.time_zone, now).await?;
    let tenant = Tenant(tenant::named(&db, tenant).await?.id);
    match action {
        Action::Add { email, name, role, password } => {
            let email = email.trim().to_lowercase();
            ensure!(service::is_address(&email), "{email:?} is no e-mail address");
            let hash = if password { Some(service::hash(&read_password()?)) } else { None };
            let user = UserRow {
                tenant_id: tenant.0,
                id: tokens::random_id(),
                name: name.unwrap_or_else(|| email.clone()),
                email,
                role: role.as_str().to_owned(),
                is_active: true,
                capacity: None,
                away_until: None,
                created_at: now,
                updated_at: now,
            };
            let mut tx = db.begin().await?;
            ensure!(
                users::add(tx.within(tenant), &user, hash.as_deref()).await?,
                "somebody has the address {} already",
                user.email
            );
            tx.commit().await?;
            audit(&db, tenant, "user_added", &user, now).await?;
            println!("added {} as {}, with the id {}", user.email, user.role, user.id);
        }
        Action::List { json } => list(&db, tenant, json).await?,
        Action::Disable { email } => {
            set_active(&db, tenant, &email, false, now).await?;
            println!("disabled");
        }
        Action::Enable { email } => {
            set_active(&db, tenant, &email, true, now).await?;
            println!("enabled");
        }
        Action::Password { email } => {
            let user = found(&db, tenant, &email).await?;
            let hash = service::hash(&read_password()?);
            users::set_password(db.within(tenant), user.id, &hash, now).await?;
            audit(&db, tenant, "password_set", &user, now).await?;
            println!("set");
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

async fn set_active(
    db: &Db,
    tenant: Tenant,
    email: &str,
    is_active: bool,
    now: Millis,
) -> anyhow::Result<()> {
    let user = UserRow { is_active, ..found(db, tenant, email).await? };
    users::save(db.within(tenant), &user, now).await?;
    audit(db, tenant, "user_changed", &user, now).await
}

/// The number of ids that commands beside servers use.
const BESIDE: u8 = 31;

async fn audit(db: &Db, tenant: Tenant, event: &str, user: &UserRow, now: Millis) -> anyhow::Result<()> {
    let detail = json!({ "user": user.id, "role": user.role, "is_active": user.is_active }).to_string();
    let entry = Entry {
        id: Ids::new(BESIDE).next(now),
        lead_id: None,
        version: None,
        event,
        from: None,
        to: None,
        reason: None,
        detail,
        user_id: None,
        program: "command line",
    };
    Ok(write(db.within(tenant), entry, now).await?)
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
