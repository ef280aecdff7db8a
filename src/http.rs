//! Outgoing HTTP: the one place that makes a client.

pub use reqwest::Client;
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
pub fn client() -> reqwest::Result<Client> {
    // An error says that a provider is installed already, which is all we want.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .user_agent(concat!("leadwire/", env!("CARGO_PKG_VERSION")))
        .timeout(TIMEOUT)
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .build()
}

/// What a server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body as text.
    pub body: String,
}

/// Why there is no answer. Never shows the address: it may hold a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// Nothing was sent.
    #[error("not an address that can be called")]
    BadAddress,
    /// Nothing was sent: nobody listens there, or not with TLS we trust.
    #[error("nobody can be reached there")]
    Unreachable,
    /// It may have been received.
    #[error("no answer in time")]
    TimedOut,
    /// It may have been received.
    #[error("the answer broke off")]
    Broken,
}

impl From<reqwest::Error> for NoAnswer {
    fn from(error: reqwest::Error) -> Self {
        if error.is_builder() {
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
    let response = request.body(body).send().await?;
    Ok(Answer { status: response.status().as_u16(), body: response.text().await? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};

    /// A server that reads one request's head and answers with these bytes.
    fn answering(bytes: &'static str) -> String {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut seen = Vec::new();
            while !seen.ends_with(b"hello") {
                let mut piece = [0; 1024];
                let length = stream.read(&mut piece).unwrap();
                seen.extend_from_slice(&piece[..length]);
            }
            stream.write_all(bytes.as_bytes()).unwrap();
        });
        url
    }

    #[tokio::test]
    async fn what_comes_back() {
        let answer = |status: u16, body: &str| Ok(Answer { status, body: body.to_owned() });
        let rows = [
            ("an answer", "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nyes", answer(200, "yes")),
            ("a refusal", "HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno", answer(403, "no")),
            (
                "a redirect is not followed",
                "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n",
                answer(302, ""),
            ),
            ("a torn answer", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nyes", Err(NoAnswer::Broken)),
            ("no HTTP", "hello\r\n\r\n", Err(NoAnswer::Broken)),
        ];
        let client = client().unwrap();
        for (label, bytes, expected) in rows {
            let got = post(&client, &answering(bytes), &[("x-a", "b")], "hello".to_owned()).await;
            assert_eq!(got, expected, "{label}");
        }
        let got = post(&client, "nonsense", &[], String::new()).await;
        assert_eq!(got, Err(NoAnswer::BadAddress));
    }
}
