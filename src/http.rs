//! Outgoing HTTP: the one place that makes a client.

use std::time::Duration;

/// Longer than any provider should take; Twilio itself waits this long for us.
const TIMEOUT: Duration = Duration::from_secs(15);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A client with timeouts, TLS by rustls with ring, and no redirects: a POST that is redirected loses its body, and a
/// credential must not follow one.
///
/// # Errors
/// Where the system's certificates cannot be loaded.
#[expect(clippy::disallowed_methods, reason = "the one place that makes a client")]
pub fn client() -> reqwest::Result<reqwest::Client> {
    // An error says that a provider is installed already, which is all we want.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .user_agent(concat!("leadwire/", env!("CARGO_PKG_VERSION")))
        .timeout(TIMEOUT)
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .build()
}
