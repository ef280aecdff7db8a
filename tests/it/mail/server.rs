//! A small SMTP server for tests: what is behind its port, what goes wrong there, and what it took.
//!
//! ```ignore
//! let server = Server::start(Options::default()).await;       // STARTTLS and a login are required
//! std::fs::write(&ca_file, server.ca_pem())?;                 // whom the client has to trust
//! send_to(Server::HOST, server.port(), Server::USER, Server::PASSWORD);
//! let first = server.letter(0).await;                         // waits for it
//! server.fail(Fault::Greylist);                               // from now on, also for open connections
//! assert_eq!(server.counts().taken, 1);
//! ```

use super::session;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

/// How the server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// In clear text; it offers no TLS.
    Clear,
    /// In clear text until STARTTLS, before which it takes neither a login nor mail (530).
    StartTls,
    /// With TLS from the first byte.
    Implicit,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// Nobody can log in (535).
    RefuseLogin,
    /// This recipient does not exist (550).
    UnknownRecipient(&'static str),
    /// A recipient has to be tried twice (451 the first time).
    Greylist,
    /// The mail is not taken once it was seen (554).
    RefuseMail,
    /// The mail is taken, and the connection closed instead of saying so.
    CloseAfterMail,
    /// The mail is taken, and then nothing is said any more.
    HangAfterMail,
    /// The connection is closed where a mail should be said to be welcome.
    CloseBeforeMail,
    /// Somebody on the way adds this to the reply to STARTTLS, in clear text, to be taken for what comes over TLS.
    InjectBeforeTls(&'static str),
    /// Whoever connects hears nothing.
    Hang,
    /// So long before every reply.
    Slow(Duration),
}

/// What the server is like.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How it speaks.
    pub mode: Mode,
    /// The ways to log in that are offered, as after EHLO's `AUTH`; empty: none, and mail is taken from anybody.
    pub logins: &'static str,
    /// The name its certificate is for.
    pub certificate_for: &'static str,
    /// What goes wrong from the start.
    pub fault: Fault,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            mode: Mode::StartTls,
            logins: "PLAIN LOGIN",
            certificate_for: Server::HOST,
            fault: Fault::None,
        }
    }
}

/// A mail that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// From whom, after the envelope.
    pub from: String,
    /// To whom, after the envelope.
    pub to: Vec<String>,
    /// Headers and body with CRLF, without the dots that are the protocol's.
    pub raw: String,
    /// Who was logged in.
    pub user: Option<String>,
    /// Whether it came over TLS.
    pub is_encrypted: bool,
}

/// What the server saw so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Connections.
    pub connections: usize,
    /// TLS handshakes that ended well.
    pub handshakes: usize,
    /// AUTH commands.
    pub logins: usize,
    /// MAIL commands.
    pub offers: usize,
    /// Mails that were taken.
    pub taken: usize,
}

/// What the server and its sessions share.
pub(super) struct Shared {
    pub options: Options,
    pub acceptor: TlsAcceptor,
    pub fault: Mutex<Fault>,
    /// Recipients that were told to come later.
    pub greylisted: Mutex<Vec<String>>,
    pub letters: watch::Sender<Vec<Letter>>,
    pub connections: AtomicUsize,
    pub handshakes: AtomicUsize,
    pub logins: AtomicUsize,
    pub offers: AtomicUsize,
}

impl Shared {
    pub fn fault(&self) -> Fault {
        *self.fault.lock().unwrap()
    }

    pub fn count(counter: &AtomicUsize) {
        counter.fetch_add(1, Ordering::SeqCst);
    }
}

/// The server. It ends, with all its connections, when it is dropped.
pub struct Server {
    port: u16,
    ca_pem: String,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// Where it listens.
    pub const HOST: &'static str = "localhost";
    /// Who can log in.
    pub const USER: &'static str = "bot@example.com";
    /// With which password.
    pub const PASSWORD: &'static str = "open sesame";
    /// Longer than any mail takes that comes at all.
    const PATIENCE: Duration = Duration::from_secs(20);

    /// Starts a server on a free port, with an authority and a certificate of its own.
    pub async fn start(options: Options) -> Server {
        let (ca_pem, config) = identity(options.certificate_for);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            options,
            acceptor: TlsAcceptor::from(Arc::new(config)),
            fault: Mutex::new(options.fault),
            greylisted: Mutex::default(),
            letters: watch::Sender::default(),
            connections: AtomicUsize::default(),
            handshakes: AtomicUsize::default(),
            logins: AtomicUsize::default(),
            offers: AtomicUsize::default(),
        });
        let task = tokio::spawn(accept(listener, shared.clone()));
        Server { port, ca_pem, shared, task }
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The certificate of its authority, for the client's file.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// What goes wrong from now on.
    pub fn fail(&self, fault: Fault) {
        *self.shared.fault.lock().unwrap() = fault;
    }

    /// All mails so far, the oldest first.
    pub fn letters(&self) -> Vec<Letter> {
        self.shared.letters.borrow().clone()
    }

    /// The mail of that place (the first has 0); waits until it has come.
    ///
    /// # Panics
    /// Where it does not come.
    pub async fn letter(&self, place: usize) -> Letter {
        let mut seen = self.shared.letters.subscribe();
        let waiting = seen.wait_for(|letters| letters.len() > place);
        let found = tokio::time::timeout(Server::PATIENCE, waiting).await;
        found.unwrap_or_else(|_| panic!("mail {place} did not come")).unwrap()[place].clone()
    }

    /// What it saw so far.
    pub fn counts(&self) -> Counts {
        let of = |counter: &AtomicUsize| counter.load(Ordering::SeqCst);
        Counts {
            connections: of(&self.shared.connections),
            handshakes: of(&self.shared.handshakes),
            logins: of(&self.shared.logins),
            offers: of(&self.shared.offers),
            taken: self.shared.letters.borrow().len(),
        }
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    // They end with this task.
    let mut sessions = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        Shared::count(&shared.connections);
        let shared = shared.clone();
        // A client that breaks off, say because it trusts nobody here, is part of the tests.
        sessions.spawn(async move { session::serve(stream, &shared).await.ok() });
    }
}

/// An authority (its certificate as PEM), and what the server shows: a certificate of it for that name.
fn identity(name: &str) -> (String, ServerConfig) {
    let ca_key = KeyPair::generate().unwrap();
    let mut ca = CertificateParams::new(Vec::new()).unwrap();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let ca_pem = ca.self_signed(&ca_key).unwrap().pem();
    let issuer = Issuer::new(ca, ca_key);
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(ring).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(vec![leaf.der().clone()], private).unwrap();
    (ca_pem, config)
}
