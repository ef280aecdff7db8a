//! Outgoing mail: the one place that speaks SMTP (RFC 5321, submission after RFC 6409 and 8314).
//!
//! Every mail has a connection of its own: mails are few, and a kept connection is one the server may have left meanwhile. Nothing
//! falls back to clear text; certificates and host names are verified against the system's authorities and one more where a file
//! names it. Errors show neither addresses nor the server's words: those may name people, or repeat what was sent.

mod answer;
mod connection;
mod letter;
mod wire;

pub use answer::{Certainty, MailAnswer};

use crate::notify::Mail;
use connection::{Line, Login};
use letter::Letter;
use lettre::transport::smtp::client::{Certificate, TlsParameters};
use rustls::pki_types::ServerName;
use secrecy::SecretString;
use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::Instant;

/// How the connection is kept from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// STARTTLS, without which nothing is sent (usually port 587).
    StartTls,
    /// TLS from the first byte (usually port 465).
    Tls,
    /// Not at all: for a relay on the same machine.
    None,
}

/// Where mail goes out, and who we are there.
#[derive(Clone, Debug)]
pub struct SmtpSettings {
    /// The server's name, which its certificate must be for, or its IP address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is kept from others.
    pub security: Security,
    /// Who logs in; nobody where there is neither user nor password.
    pub user: Option<String>,
    /// The password.
    pub password: Option<SecretString>,
    /// A file with certificates (PEM) of authorities that are trusted beside the system's. It is read once.
    pub ca_file: Option<PathBuf>,
    /// The longest that one mail may take as a whole.
    pub timeout: Duration,
}

/// What is wrong with the settings.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// Neither a host name nor an IP address.
    #[error("the mail server's host is neither a name nor an IP address")]
    Host,
    /// A user without a password, or a password without a user.
    #[error("a user needs a password, and a password a user")]
    HalfLogin,
    /// A password is never sent in clear text but to this machine itself.
    #[error("logging in without TLS is possible on this machine only")]
    LoginInClear,
    /// The file of the additional authorities cannot be read.
    #[error("{path} cannot be read: {reason}")]
    CaFile {
        /// Which.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// The file of the additional authorities holds no certificates.
    #[error("{0} holds no certificates (PEM)")]
    NoCertificates(PathBuf),
    /// TLS cannot be used, say because the system knows no authorities.
    #[error("TLS cannot be used: {0}")]
    Tls(String),
}

/// Sends mails. Can be used by many at once.
pub struct Mailer {
    host: String,
    port: u16,
    line: Line,
    login: Option<Login>,
    timeout: Duration,
}

impl fmt::Debug for Mailer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Mailer").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

impl Mailer {
    /// A mailer with these settings; connects to nobody yet. Reads files: for the start.
    ///
    /// # Errors
    /// Where the settings cannot work, or the authorities cannot be loaded.
    pub fn new(settings: &SmtpSettings) -> Result<Mailer, MailError> {
        let name = ServerName::try_from(settings.host.as_str()).map_err(|_| MailError::Host)?;
        let login = match (&settings.user, &settings.password) {
            (None, None) => None,
            (Some(user), Some(password)) => Some(Login { user: user.clone(), password: password.clone() }),
            _ => return Err(MailError::HalfLogin),
        };
        let line = match settings.security {
            Security::StartTls => Line::StartTls(trust(settings)?),
            Security::Tls => Line::Tls(trust(settings)?),
            Security::None if login.is_some() && !is_here(&name) => return Err(MailError::LoginInClear),
            Security::None => Line::Clear,
        };
        Ok(Mailer {
            host: settings.host.clone(),
            port: settings.port,
            line,
            login,
            timeout: settings.timeout,
        })
    }

    /// Sends a mail to all of its recipients, or to none: where one is refused, nobody gets it.
    ///
    /// Waits no longer than the timeout, and a moment for the farewell. The mail's `Date` is the moment it is written, here.
    pub async fn send(&self, mail: &Mail) -> MailAnswer {
        let letter = match Letter::write(mail) {
            Ok(letter) => letter,
            Err(flaw) => return MailAnswer::malformed(flaw),
        };
        let deadline = Instant::now() + self.timeout;
        let mut connection = match self.open(deadline).await {
            Ok(connection) => connection,
            Err(answer) => return answer,
        };
        let answer = match connection.offer(&letter).await {
            Ok(()) => connection.hand_over(&letter).await,
            Err(answer) => answer,
        };
        // Where the mail may be half written, words of farewell would become words of the mail.
        if answer.sent != Certainty::Unknown {
            connection.part().await;
        }
        answer
    }

    /// Connects, greets, logs in where there is a login, and leaves.
    ///
    /// # Errors
    /// Why a mail could not be sent now.
    pub async fn check(&self) -> Result<(), MailAnswer> {
        self.open(Instant::now() + self.timeout).await?.part().await;
        Ok(())
    }
}

/// Whom we trust to say who the server is.
fn trust(settings: &SmtpSettings) -> Result<TlsParameters, MailError> {
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(path) = &settings.ca_file {
        builder = builder.add_root_certificate(authorities(path)?);
    }
    builder.build().map_err(|error| MailError::Tls(error.to_string()))
}

fn authorities(path: &Path) -> Result<Certificate, MailError> {
    let pem = std::fs::read(path)
        .map_err(|error| MailError::CaFile { path: path.to_owned(), reason: error.to_string() })?;
    // A file without any would be taken for one that adds nothing.
    let holds_some = pem.windows(PEM.len()).any(|piece| piece == PEM);
    let read = Certificate::from_pem(&pem).ok().filter(|_| holds_some);
    read.ok_or_else(|| MailError::NoCertificates(path.to_owned()))
}

/// How a certificate begins in a PEM file (RFC 7468, 5).
const PEM: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// Whether a host is this machine.
fn is_here(name: &ServerName<'_>) -> bool {
    match name {
        ServerName::IpAddress(address) => IpAddr::from(*address).is_loopback(),
        ServerName::DnsName(name) => name.as_ref().eq_ignore_ascii_case("localhost"),
        _ => false,
    }
}
