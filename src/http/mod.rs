//! Outgoing HTTP: the one place that makes clients.
//!
//! No redirects (a POST that is redirected loses its body, and a credential must not follow one), no proxy (it would look names
//! up out of the guard's sight), time limits, a limit to what is read of an answer, connections kept and used again. Neither
//! errors nor logs show an address: it may hold a secret.

mod guard;
mod reach;

pub use guard::Guard;
pub use reach::{Page, look};
pub use reqwest::Client;

use crate::clock::{Millis, SECOND};
use crate::domain::sending::{Authorization, Method, Outgoing};
use secrecy::ExposeSecret;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// Longer than any provider should take; Twilio itself waits this long for us.
pub const TIMEOUT: Duration = Duration::from_secs(15);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Connections to one host that are kept while nothing is sent over them.
const KEPT_OPEN: usize = 128;
/// More of an answer than any provider has to say, in bytes.
const LONGEST_ANSWER: usize = 256 * 1024;

/// A client with time limits, TLS by rustls with ring, and no redirects; for servers of ours.
///
/// # Errors
/// Where the system's certificates cannot be loaded.
pub fn client() -> reqwest::Result<Client> {
    builder(TIMEOUT).build()
}

#[expect(clippy::disallowed_methods, reason = "the one place that makes a client")]
fn builder(timeout: Duration) -> reqwest::ClientBuilder {
    // An error says that a provider is installed already, which is all we want.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .user_agent(concat!("leadwire/", env!("CARGO_PKG_VERSION")))
        .timeout(timeout)
        .connect_timeout(CONNECT_TIMEOUT.min(timeout))
        .pool_max_idle_per_host(KEPT_OPEN)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
}

/// What a server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body as text.
    pub body: String,
    /// How long it asks us to wait, in milliseconds.
    pub retry_after_ms: Option<Millis>,
}

/// Why there is no answer. Never shows the address: it may hold a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// Nothing was sent.
    #[error("not an address that can be called")]
    BadAddress,
    /// Nothing was sent: the address is in a private network, and the configuration does not allow it.
    #[error("a private address, which ALLOW_PRIVATE_ADDRESSES does not name")]
    Private,
    /// Nothing was sent: nobody listens there, or not with TLS we trust.
    #[error("nobody can be reached there")]
    Unreachable,
    /// Nothing was sent.
    #[error(
        "the system's certificates cannot be loaded; install them (the package is often called ca-certificates)"
    )]
    NoClient,
    /// It may have been received.
    #[error("no answer in time")]
    TimedOut,
    /// It may have been received.
    #[error("the answer broke off")]
    Broken,
    /// It was received.
    #[error("the answer is too long")]
    TooLong,
}

impl From<reqwest::Error> for NoAnswer {
    fn from(error: reqwest::Error) -> Self {
        if guard::refused(&error) {
            NoAnswer::Private
        } else if error.is_builder() {
            NoAnswer::BadAddress
        } else if error.is_connect() {
            NoAnswer::Unreachable
        } else if error.is_timeout() {
            NoAnswer::TimedOut
        } else {
            NoAnswer::Broken
        }
    }
}

/// Calls servers of others, behind a guard.
///
/// Its client is made when something is first sent: the system's certificates take megabytes, and many servers only answer.
#[derive(Debug)]
pub struct Outbound {
    client: OnceLock<Client>,
    guard: Arc<Guard>,
    timeout: Duration,
}

impl Outbound {
    /// A caller that goes where the guard lets it, and waits so long for answers.
    pub fn new(guard: Guard, timeout: Duration) -> Outbound {
        Outbound { client: OnceLock::new(), guard: Arc::new(guard), timeout }
    }

    fn client(&self) -> Result<&Client, NoAnswer> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let made = builder(self.timeout).dns_resolver(guard::Resolver(self.guard.clone())).build();
        match made {
            Ok(client) => Ok(self.client.get_or_init(|| client)),
            Err(error) => {
                tracing::error!("nothing can be sent: {error}");
                Err(NoAnswer::NoClient)
            }
        }
    }

    /// Sends what an adapter wrote.
    ///
    /// # Errors
    /// Where no whole answer came; any status is an answer.
    pub async fn send(&self, outgoing: &Outgoing) -> Result<Answer, NoAnswer> {
        self.guard.allows(&outgoing.url)?;
        let client = self.client()?;
        let request = match outgoing.method {
            Method::Get => client.get(&outgoing.url),
            Method::Post => client.post(&outgoing.url),
            Method::Put => client.put(&outgoing.url),
            Method::Patch => client.patch(&outgoing.url),
        };
        let request =
            outgoing.headers.iter().fold(request, |request, (name, value)| request.header(name, value));
        let request = authorized(request, &outgoing.authorization);
        answer(match outgoing.method {
            Method::Get => request,
            _ => request.header("content-type", outgoing.content_type).body(outgoing.body.clone()),
        })
        .await
    }

    /// Asks for something.
    ///
    /// # Errors
    /// As [`Outbound::send`].
    pub async fn fetch(&self, url: &str, authorization: &Authorization) -> Result<Answer, NoAnswer> {
        self.guard.allows(url)?;
        answer(authorized(self.client()?.get(url), authorization)).await
    }
}

fn authorized(request: reqwest::RequestBuilder, authorization: &Authorization) -> reqwest::RequestBuilder {
    match authorization {
        Authorization::None => request,
        Authorization::Bearer(token) => request.bearer_auth(token.expose_secret()),
        Authorization::Basic { user, password } => request.basic_auth(user, Some(password.expose_secret())),
    }
}

/// Posts a body.
///
/// # Errors
/// Where no whole answer came; any status is an answer.
pub async fn post(
    client: &Client,
    url: &str,
    headers: &[(&str, &str)],
    body: String,
) -> Result<Answer, NoAnswer> {
    let request =
        headers.iter().fold(client.post(url), |request, (name, value)| request.header(*name, *value));
    answer(request.body(body)).await
}

async fn answer(request: reqwest::RequestBuilder) -> Result<Answer, NoAnswer> {
    read(request.send().await?).await
}

async fn read(mut response: reqwest::Response) -> Result<Answer, NoAnswer> {
    let status = response.status().as_u16();
    let retry_after_ms =
        response.headers().get("retry-after").and_then(|value| retry_after(value.to_str().ok()?));
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await? {
        if body.len() + piece.len() > LONGEST_ANSWER {
            return Err(NoAnswer::TooLong);
        }
        body.extend_from_slice(&piece);
    }
    Ok(Answer { status, body: String::from_utf8_lossy(&body).into_owned(), retry_after_ms })
}

/// `Retry-After` in seconds; the form with a date is not used by the providers we call.
fn retry_after(value: &str) -> Option<Millis> {
    let seconds: f64 = value.trim().parse().ok()?;
    (0.0..=86_400.0).contains(&seconds).then_some((seconds * SECOND as f64) as Millis)
}

#[cfg(test)]
mod tests;
