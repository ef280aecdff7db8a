//! Where the server listens, what it stores where, and who may ask for what.

use super::environment::{Environment, Mistake};
use secrecy::SecretString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use url::Url;

/// Address, database, folders, tokens.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// `LEADWIRE_LISTEN`.
    pub listen: SocketAddr,
    /// `DATABASE_URL`, in the form the database driver reads; may hold a password.
    pub database_url: SecretString,
    /// `LEADWIRE_DATA`: the folder of the SQLite file, its lock and the development token.
    pub data: PathBuf,
    /// `PUBLIC_URL`: how providers reach us, without a slash at the end.
    pub public_url: Option<String>,
    /// `FLOWS_DIR`.
    pub flows: PathBuf,
    /// `ADMIN_TOKEN`: may read analytics.
    pub admin_token: Option<SecretString>,
    /// `LEADWIRE_TIME_ZONE` of the default tenant, an IANA name.
    pub time_zone: String,
    /// `AB_TESTING_ENABLED`: whether experiments run.
    pub experiments: bool,
    /// `LEADWIRE_DB_CONNECTIONS` to PostgreSQL beside those of the turn loops.
    pub connections: u32,
}

impl ServerConfig {
    pub(super) fn from(environment: &Environment, mistakes: &mut Vec<Mistake>) -> ServerConfig {
        let data = PathBuf::from(environment.text("LEADWIRE_DATA").unwrap_or_else(|| "data".to_owned()));
        let listen = environment.parse(
            "LEADWIRE_LISTEN",
            SocketAddr::from(([127, 0, 0, 1], 8080)),
            "an address and a port, such as 127.0.0.1:8080 or 0.0.0.0:80",
            mistakes,
        );
        let time_zone = environment.text("LEADWIRE_TIME_ZONE").unwrap_or_else(|| "UTC".to_owned());
        if jiff::tz::TimeZone::get(&time_zone).is_err() {
            let message = "must be a time zone by its IANA name, such as Asia/Kolkata".to_owned();
            mistakes.push(Mistake { variable: "LEADWIRE_TIME_ZONE", message });
        }
        ServerConfig {
            listen,
            database_url: database_url(environment, &data, mistakes).into(),
            data,
            public_url: public_url(environment, mistakes),
            flows: PathBuf::from(environment.text("FLOWS_DIR").unwrap_or_else(|| "flows".to_owned())),
            admin_token: environment.secret("ADMIN_TOKEN"),
            time_zone,
            experiments: environment.flag("AB_TESTING_ENABLED", true, mistakes),
            connections: environment.parse("LEADWIRE_DB_CONNECTIONS", 8, "a number such as 8", mistakes),
        }
    }

    /// The address webhooks are signed for: `PUBLIC_URL`, else where we listen.
    pub fn base_url(&self) -> String {
        self.public_url.clone().unwrap_or_else(|| format!("http://{}", self.listen))
    }

    /// The SQLite file, where that is the database.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        use secrecy::ExposeSecret;
        let path = self.database_url.expose_secret().strip_prefix("sqlite:")?;
        Some(PathBuf::from(path.split('?').next().unwrap_or(path)))
    }
}

/// A whole URL is kept; SQLite's forms (`sqlite:x.db`, `sqlite://x.db`) become one.
fn database_url(environment: &Environment, data: &Path, mistakes: &mut Vec<Mistake>) -> String {
    let default = || format!("sqlite:{}", data.join("leadwire.db").display());
    let Some(text) = environment.text("DATABASE_URL") else { return default() };
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        return text;
    }
    match text.strip_prefix("sqlite:") {
        // Every connection to it would be a database of its own.
        Some(path) if path.trim_start_matches("//").starts_with(":memory:") => {
            let message = "must be a file: SQLite in memory is not supported".to_owned();
            mistakes.push(Mistake { variable: "DATABASE_URL", message });
            default()
        }
        Some(path) if !path.trim_start_matches("//").is_empty() => {
            format!("sqlite:{}", path.strip_prefix("//").unwrap_or(path))
        }
        _ => {
            let message = "must begin with sqlite: or postgres://, such as sqlite:data/leadwire.db or \
                           postgres://user:password@host/database"
                .to_owned();
            mistakes.push(Mistake { variable: "DATABASE_URL", message });
            default()
        }
    }
}

fn public_url(environment: &Environment, mistakes: &mut Vec<Mistake>) -> Option<String> {
    let text = environment.text("PUBLIC_URL")?;
    let usable = |url: &Url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.query().is_none()
            && url.fragment().is_none()
    };
    match Url::parse(&text) {
        Ok(url) if usable(&url) => Some(text.trim_end_matches('/').to_owned()),
        _ => {
            let message =
                "must be how providers reach this server, such as https://bot.example.com".to_owned();
            mistakes.push(Mistake { variable: "PUBLIC_URL", message });
            None
        }
    }
}
