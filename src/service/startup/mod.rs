//! From configuration to a running app: the lock on the file, the schema, a number for ids, tenants, accounts, flows.

mod beside;

pub use beside::{BESIDE, beside, leave};

use crate::app::App;
use crate::channels::twilio::{Scheme, Verifier};
use crate::channels::whatsapp;
use crate::clock::Clock;
use crate::config::{Config, TwilioSecret, WhatsappSecret};
use crate::delivery::{Book, Named};
use crate::flow::library::Library;
use crate::ids::{self, Ids};
use crate::mail::{MailError, Mailer};
use crate::notify::{Escalation, List, Lists, Quiet};
use crate::service::flows::{Files, FlowsError};
use crate::store::db::{Db, StoreError};
use crate::store::migrate::{self, SchemaError};
use crate::store::replicas::{self, Replica};
use crate::store::tenants::{AccountRow, DEFAULT_TENANT, TenantRow};
use crate::store::{alerts, erasure, tenants};
use crate::turns::{self, Alarm, Handover, Loops, Unread};
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The variable that holds the default Twilio account's secret.
pub const TWILIO_SECRET: &str = "TWILIO_AUTH_TOKEN";
/// The variable that holds the default WhatsApp account's secret.
pub const WHATSAPP_SECRET: &str = "WHATSAPP_APP_SECRET";
/// The account ids of the default tenant.
const TWILIO_ACCOUNT: i64 = 1;
/// The chat API's account.
pub const WEB_ACCOUNT: i64 = 2;
const WHATSAPP_ACCOUNT: i64 = 3;

/// The server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A folder or file cannot be made or read.
    #[error("{path} cannot be used")]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another server has the file.
    #[error(
        "{0} is in use by another leadwire; a SQLite file belongs to one server. Stop the other, or set DATABASE_URL to a PostgreSQL"
    )]
    InUse(PathBuf),
    /// The database cannot be reached.
    #[error("the database cannot be opened; check DATABASE_URL and that it runs")]
    Database(#[source] StoreError),
    /// Its schema cannot be brought up to date.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// A statement failed.
    #[error("the database does not work as it should")]
    Store(#[from] StoreError),
    /// All numbers for ids are held.
    #[error("32 processes use this database already; stop one, or wait a minute if some were killed")]
    TooMany,
    /// Accounts of tenants that are not there.
    #[error(
        "leadwire.toml names tenants that are not there:{}\nAdd each with: leadwire tenant add NAME --time-zone Asia/Kolkata",
        .0.iter().map(|line| format!("\n  {line}")).collect::<String>()
    )]
    UnknownTenants(Vec<String>),
    /// The mail server's settings cannot work.
    #[error("mail cannot be sent; check SMTP_HOST and what belongs to it")]
    Mail(#[source] MailError),
    /// An address that is another tenant's.
    #[error(
        "the address {0} in leadwire.toml belongs to another tenant already; what was said there stays with that tenant"
    )]
    Taken(String),
    /// The flows cannot be read.
    #[error(transparent)]
    Flows(#[from] FlowsError),
}

/// A running app and what must be held while it runs.
#[derive(Debug)]
pub struct Running {
    /// The app.
    pub app: Arc<App>,
    /// The flow files as last seen.
    pub files: Files,
    /// The lock on the SQLite file, released when this is dropped.
    pub lock: Option<File>,
}

/// Opens the database: takes the lock where it is a file, connects, and brings the schema up to date.
///
/// # Errors
/// See [`StartError`]; each says what to do.
pub async fn open(config: &Config) -> Result<(Db, Option<File>), StartError> {
    let lock = match config.server.sqlite_file() {
        Some(file) => Some(lock(&file)?),
        None => None,
    };
    let db = connect(config).await?;
    migrate::migrate(&db).await?;
    Ok((db, lock))
}

/// Brings the schema up to date where no server does, and makes the default tenant where there is none yet: for commands beside one.
///
/// # Errors
/// Where a migration fails.
pub async fn ensure_schema(db: &Db, config: &Config) -> Result<(), StartError> {
    migrate::migrate(db).await?;
    if tenants::list(db).await?.is_empty() {
        tenants::ensure_default(db, &config.server.time_zone, Clock::System.now()).await?;
    }
    Ok(())
}

/// Connects without taking the file's lock: for commands beside a running server.
///
/// # Errors
/// Where the database cannot be reached.
pub async fn connect(config: &Config) -> Result<Db, StartError> {
    if let Some(folder) = config.server.sqlite_file().as_deref().and_then(Path::parent)
        && !folder.as_os_str().is_empty()
    {
        std::fs::create_dir_all(folder)
            .map_err(|source| StartError::Folder { path: folder.to_owned(), source })?;
    }
    let server = &config.server;
    Db::connect(server.database_url.expose_secret(), server.connections).await.map_err(StartError::Database)
}

/// Takes the lock of a SQLite file, which a server holds while it runs; released when it is dropped.
///
/// # Errors
/// Where another process has it.
pub fn lock(file: &Path) -> Result<File, StartError> {
    let path = file.with_extension("lock");
    let failed = |source| StartError::Folder { path: path.clone(), source };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let lock = File::create(&path).map_err(failed)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(std::fs::TryLockError::WouldBlock) => Err(StartError::InUse(file.to_owned())),
        Err(std::fs::TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// Builds the app, ready to serve: everything but the listener and the loops.
///
/// # Errors
/// See [`StartError`]; each says what to do.
pub async fn start(config: Config, clock: Clock) -> Result<Running, StartError> {
    let (db, lock) = open(&config).await?;
    let now = clock.now();
    let replica = replicas::take(&db, ids::secret(), now).await?.ok_or(StartError::TooMany)?;
    tenants::ensure_default(&db, &config.server.time_zone, now).await?;
    for account in default_accounts(&config) {
        tenants::ensure_account(&db, &account, now).await?;
    }
    let tenants = tenants::list(&db).await?;
    let ids = Ids::new(replica.number as u8);
    let listed = listed_accounts(&config, &tenants, || ids.next(now))?;
    if let Some(account) = tenants::set_listed(&db, &listed, now).await? {
        return Err(StartError::Taken(account.address));
    }
    let accounts = tenants::accounts(&db).await?;
    let app = assembled(config, clock, db, (replica, ids), (tenants, accounts)).await?;
    let files = Files::default();
    files.publish(&app.flows, &app.db, &app.config.server.flows, &app.tenants, now).await?;
    Ok(Running { app: Arc::new(app), files, lock })
}

/// The app of what the database and the configuration say, without flows.
async fn assembled(
    config: Config,
    clock: Clock,
    db: Db,
    (replica, ids): (Replica, Ids),
    (tenants, accounts): (Vec<TenantRow>, Vec<AccountRow>),
) -> Result<App, StartError> {
    let now = clock.now();
    let sinks = book(&config, &tenants)?;
    let lists = recipients(&config, &tenants)?;
    let mailer =
        config.notify.smtp.as_ref().map(Mailer::new).transpose().map_err(StartError::Mail)?.map(Arc::new);
    let signing_key = match &config.notify.secret_key {
        Some(key) => key.expose_secret().to_owned(),
        None => {
            alerts::signing_key(&db, "links", &format!("{}{}", ids::secret(), ids::secret()), now).await?
        }
    };
    let suppression_key = erasure::key(&db, now).await?;
    Ok(App {
        centers: tenants.iter().map(|tenant| (tenant.id, tenant.center())).collect(),
        verifiers: verifiers(&config, &accounts)?,
        whatsapp_verifiers: whatsapp_verifiers(&config, &accounts)?,
        base_url: config.server.base_url(),
        regions: Arc::clone(&config.regions),
        ids,
        replica,
        flows: Library::default(),
        turns: turns::waiting(),
        handover: Handover::default(),
        unread: Unread::default(),
        loops: Loops::default(),
        alarm: Alarm::default(),
        tenants,
        accounts,
        sinks,
        lists,
        mailer,
        signing_key,
        suppression_key,
        clock,
        db,
        config,
    })
}

/// What the variables say of the default tenant's accounts.
fn default_accounts(config: &Config) -> Vec<AccountRow> {
    let account = |id, provider: &str, address: &str, secret_name: &str, confirm_opt_out| AccountRow {
        tenant_id: DEFAULT_TENANT,
        id,
        provider: provider.to_owned(),
        address: address.to_owned(),
        secret_name: secret_name.to_owned(),
        confirm_opt_out,
        ..AccountRow::default()
    };
    let mut accounts = vec![
        account(TWILIO_ACCOUNT, "twilio", "*", TWILIO_SECRET, config.twilio.confirm_opt_out),
        account(WEB_ACCOUNT, "web", "*", "", true),
    ];
    if let Some(number) = &config.whatsapp.phone_number_id {
        accounts.push(account(WHATSAPP_ACCOUNT, "whatsapp", number, WHATSAPP_SECRET, true));
    }
    accounts
}

/// What `leadwire.toml` says of accounts.
fn listed_accounts(
    config: &Config,
    tenants: &[TenantRow],
    id: impl Fn() -> i64,
) -> Result<Vec<AccountRow>, StartError> {
    let mut unknown = Vec::new();
    let mut accounts = Vec::new();
    for listed in &config.file.accounts {
        let Some(tenant) = tenants.iter().find(|tenant| tenant.slug == listed.tenant) else {
            unknown.push(format!("{}: there is no tenant \"{}\"", listed.place, listed.tenant));
            continue;
        };
        accounts.push(AccountRow {
            tenant_id: tenant.id,
            id: id(),
            provider: listed.provider.clone(),
            address: listed.address.clone(),
            secret_name: listed.secret_name.clone(),
            confirm_opt_out: listed.confirm_opt_out,
            account_sid: listed.account_sid.clone(),
            token_name: listed.token_name.clone(),
            per_second: listed.per_second,
        });
    }
    if unknown.is_empty() { Ok(accounts) } else { Err(StartError::UnknownTenants(unknown)) }
}

/// The tenant of that slug.
fn tenant(tenants: &[TenantRow], slug: &str, place: &str) -> Result<i64, String> {
    let found = tenants.iter().find(|tenant| tenant.slug == slug).map(|tenant| tenant.id);
    found.ok_or_else(|| format!("{place}: there is no tenant \"{slug}\""))
}

/// The sinks of all tenants.
///
/// # Errors
/// Where `leadwire.toml` names tenants that are not there.
pub fn book(config: &Config, tenants: &[TenantRow]) -> Result<Book, StartError> {
    let (mut sinks, mut unknown) = (Vec::new(), Vec::new());
    for sink in &config.sinks {
        match tenant(tenants, &sink.tenant, &sink.place) {
            Ok(tenant_id) => sinks.push(Named { tenant_id, ..sink.named.clone() }),
            Err(line) => unknown.push(line),
        }
    }
    if unknown.is_empty() { Ok(Book::new(sinks)) } else { Err(StartError::UnknownTenants(unknown)) }
}

/// The lists of recipients of all tenants.
///
/// # Errors
/// Where `leadwire.toml` names tenants that are not there.
pub fn recipients(config: &Config, tenants: &[TenantRow]) -> Result<Lists, StartError> {
    let (mut lists, mut unknown) = (Vec::new(), Vec::new());
    for list in &config.notify.lists {
        let tenant_id = match tenant(tenants, &list.tenant, &list.place) {
            Ok(tenant_id) => tenant_id,
            Err(line) => {
                unknown.push(line);
                continue;
            }
        };
        let own =
            tenants.iter().find(|tenant| tenant.id == tenant_id).map(|tenant| tenant.time_zone.as_str());
        let zone = list.time_zone.as_deref().or(own).unwrap_or("UTC");
        let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
        lists.push(List {
            tenant_id,
            name: list.name.clone(),
            medium: list.medium.clone(),
            quiet: list.quiet.map(|(from, until)| Quiet { from, until, zone }),
            escalates: list.escalates.clone().map(|(after_ms, to)| Escalation { after_ms, to }),
        });
    }
    if unknown.is_empty() { Ok(Lists::new(lists)) } else { Err(StartError::UnknownTenants(unknown)) }
}

/// Checkers of signatures for every Twilio account whose secret is there.
fn verifiers(config: &Config, accounts: &[AccountRow]) -> Result<BTreeMap<String, Verifier>, StartError> {
    let mut verifiers = BTreeMap::new();
    for name in
        accounts.iter().filter(|account| account.provider == "twilio").map(|account| &account.secret_name)
    {
        let tokens = twilio_tokens(config, name)?;
        if !tokens.is_empty() {
            let bytes = tokens.iter().map(|token| token.expose_secret().as_bytes());
            verifiers.insert(name.clone(), Verifier::new(Scheme::Sha1AuthToken, bytes));
        }
    }
    Ok(verifiers)
}

/// Checkers of signatures for every WhatsApp account whose secret is there.
fn whatsapp_verifiers(
    config: &Config,
    accounts: &[AccountRow],
) -> Result<BTreeMap<String, whatsapp::Verifier>, StartError> {
    let mut verifiers = BTreeMap::new();
    for AccountRow { secret_name, .. } in accounts.iter().filter(|account| account.provider == "whatsapp") {
        let secrets = whatsapp_secrets(config, secret_name)?;
        if !secrets.is_empty() {
            let bytes = secrets.iter().map(|secret| secret.expose_secret().as_bytes());
            verifiers.insert(secret_name.clone(), whatsapp::Verifier::new(bytes));
        }
    }
    Ok(verifiers)
}

/// The secrets that sign for a WhatsApp account, newest first; empty where nothing is configured.
///
/// # Errors
/// Where the development secret cannot be read or made.
pub fn whatsapp_secrets(config: &Config, secret_name: &str) -> Result<Vec<SecretString>, StartError> {
    if secret_name != WHATSAPP_SECRET {
        return Ok(config.secrets(secret_name));
    }
    match &config.whatsapp.secret {
        WhatsappSecret::Secrets(secrets) => Ok(secrets.clone()),
        WhatsappSecret::Development => {
            Ok(vec![development_secret(&config.server.data, "development-whatsapp-secret")?])
        }
        WhatsappSecret::Missing => Ok(Vec::new()),
    }
}

/// The tokens that sign for an account, newest first; empty where nothing is configured.
///
/// # Errors
/// Where the development token cannot be read or made.
pub fn twilio_tokens(config: &Config, secret_name: &str) -> Result<Vec<SecretString>, StartError> {
    if secret_name != TWILIO_SECRET {
        return Ok(config.secrets(secret_name));
    }
    match &config.twilio.secret {
        TwilioSecret::Tokens(tokens) => Ok(tokens.clone()),
        TwilioSecret::Development => {
            Ok(vec![development_secret(&config.server.data, "development-twilio-token")?])
        }
        TwilioSecret::Missing => Ok(Vec::new()),
    }
}

/// A generated secret that `serve` and `simulate` share on a machine where nothing is configured.
fn development_secret(data: &Path, file: &str) -> Result<SecretString, StartError> {
    let path = data.join(file);
    let failed = |source| StartError::Folder { path: path.clone(), source };
    match std::fs::read_to_string(&path) {
        Ok(token) if !token.trim().is_empty() => Ok(token.trim().to_owned().into()),
        Ok(_) => write_secret(&path).map_err(failed),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            std::fs::create_dir_all(data).map_err(failed)?;
            write_secret(&path).map_err(failed)
        }
        Err(error) => Err(failed(error)),
    }
}

fn write_secret(path: &Path) -> io::Result<SecretString> {
    use std::io::Write;
    let token = ids::secret();
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(token.as_bytes())?;
    Ok(token.into())
}
