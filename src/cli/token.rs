//! `leadwire token`: tokens for programs.

use super::tenant;
use super::user::role;
use crate::clock::{Clock, DAY};
use crate::config::Config;
use crate::domain::access::{Right, Role, Tenant};
use crate::service::startup;
use crate::service::tokens::{self as service, NewToken};
use crate::store::db::Db;
use crate::store::{tokens, users};
use anyhow::{Context, bail, ensure};
use clap::Subcommand;
use comfy_table::{Table, presets};
use serde_json::json;

/// What to do with tokens.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Make a token; without --role, --scope and --user, one that may read reports and look after jobs
    Create {
        /// What it is for, to tell it from others
        #[arg(long, default_value = "unnamed")]
        name: String,
        /// Days until it expires; without it, never
        #[arg(long, value_parser = clap::value_parser!(i64).range(1..=3650))]
        days: Option<i64>,
        /// As what it speaks: SUPER_ADMIN, CENTER_ADMIN, COUNSELOR, TRAINER; without it, the user's role
        #[arg(long, value_parser = role)]
        role: Option<Role>,
        /// What it is confined to, such as leads:read; may be given several times; without it, nothing beyond the role
        #[arg(long = "scope", value_parser = scope)]
        scopes: Vec<Right>,
        /// Whose it is, by their e-mail address: what is done with it is done by them
        #[arg(long)]
        user: Option<String>,
    },
    /// All tokens, without their secrets
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Take a token back; it is refused at once
    Revoke {
        /// Its id, from the list
        id: i64,
    },
}

fn scope(name: &str) -> Result<Right, String> {
    let all = || Right::all().map(Right::as_str).collect::<Vec<_>>().join(", ");
    Right::parse(name).ok_or_else(|| format!("there are {}", all()))
}

/// Runs it for the tenant of this name. `create` prints the token alone on standard output, so that a script can take it.
///
/// # Errors
/// Where the database cannot be opened, or there is no such tenant, user or token.
pub async fn run(config: &Config, tenant: &str, action: Action) -> anyhow::Result<()> {
    let db = startup::connect(config).await?;
    startup::ensure_schema(&db, config).await?;
    let now = Clock::System.now();
    crate::store::tenants::ensure_default(&db, &config.server.time_zone, now).await?;
    let tenant = Tenant(tenant::named(&db, tenant).await?.id);
    match action {
        Action::Create { name, days, role, scopes, user } => {
            let user = match user {
                None => None,
                Some(email) => {
                    let found = users::by_email(&db, &email.trim().to_lowercase()).await?;
                    let found = found.filter(|user| user.tenant_id == tenant.0);
                    Some(found.with_context(|| format!("nobody of this tenant has the address {email}"))?)
                }
            };
            let own = user.as_ref().and_then(|user| Role::parse(&user.role));
            let is_plain = role.is_none() && scopes.is_empty() && user.is_none();
            let role = role.or(own).unwrap_or(Role::CenterAdmin);
            if let Some(own) = own {
                let more = Right::all().find(|right| role.has(*right) && !own.has(*right));
                if let Some(more) = more {
                    bail!("their role, {}, does not have {}", own.as_str(), more.as_str());
                }
            }
            let scopes =
                if is_plain { vec![Right::ReadReports, Right::ReadJobs, Right::RetryJobs] } else { scopes };
            if let Some(beyond) = scopes.iter().find(|right| !role.has(**right)) {
                bail!("{} does not have {}", role.as_str(), beyond.as_str());
            }
            let expires_at = days.map(|days| now + days * DAY);
            let new = NewToken { name, role, scopes, user_id: user.map(|user| user.id), expires_at };
            println!("{}", service::create(&db, tenant, new, now).await?);
        }
        Action::List { json } => list(&db, tenant, json).await?,
        Action::Revoke { id } => {
            let was = tokens::revoke(db.within(tenant), id, now).await?;
            ensure!(
                was,
                "there is no token {id} of this tenant that is not revoked; see `leadwire token list`"
            );
            println!("revoked");
        }
    }
    db.close().await;
    Ok(())
}

async fn list(db: &Db, tenant: Tenant, json: bool) -> anyhow::Result<()> {
    let all = tokens::list(db.within(tenant)).await?;
    let at = |at: Option<i64>| {
        at.and_then(|at| jiff::Timestamp::from_millisecond(at).ok()).map(|at| at.to_string())
    };
    if json {
        let rows = all.iter().map(|row| {
            json!({ "id": row.id, "name": row.name, "role": row.role, "scopes": row.scopes, "user_id": row.user_id,
                "created_at": at(Some(row.created_at)), "expires_at": at(row.expires_at), "used_at": at(row.used_at),
                "revoked_at": at(row.revoked_at) })
        });
        println!("{}", serde_json::Value::from_iter(rows));
        return Ok(());
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY).set_header([
        "id",
        "name",
        "role",
        "scopes",
        "expires",
        "last used",
        "state",
    ]);
    for row in all {
        let scopes = if row.scopes.is_empty() { "all of the role".to_owned() } else { row.scopes };
        let state = if row.revoked_at.is_some() { "revoked" } else { "good" };
        table.add_row([
            row.id.to_string(),
            row.name,
            row.role,
            scopes,
            at(row.expires_at).unwrap_or_else(|| "never".to_owned()),
            at(row.used_at).unwrap_or_else(|| "never".to_owned()),
            state.to_owned(),
        ]);
    }
    println!("{table}");
    Ok(())
}
