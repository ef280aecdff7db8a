//! The way in from outside: a webhook goes out, through the public address, and comes in again.
//!
//! What is posted is a delivery report of no message of ours: it is verified as every webhook is, and then there is nothing to
//! write. First with a wrong signature, which must be refused: so it is known that a Leadwire verifies there.

use super::finding::Finding;
use super::{clock, together};
use crate::channels::{twilio, whatsapp};
use crate::clock::Clock;
use crate::config::{Config, WhatsappSecret};
use crate::http::{self, Client, NoAnswer};
use crate::service::startup;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value as Json;

const AREA: &str = "public url";
const STATUS: &str = "/webhooks/twilio/status";
const WHATSAPP: &str = "/webhooks/whatsapp";
/// A body of Meta's in which nothing happened.
const NOTHING: &str = r#"{"object":"whatsapp_business_account","entry":[]}"#;
/// Signs what must be refused.
const WRONG: &str = "not-the-token";

/// Goes the whole way for everything that signs.
pub async fn check(config: &Config, clock: &Clock) -> Vec<Finding> {
    let Some(base) = config.server.public_url.clone() else {
        return vec![Finding::ok(AREA, "not set: only programs that know this machine's address reach it")];
    };
    let client = match http::client() {
        Ok(client) => client,
        Err(_) => return vec![Finding::fault(AREA, NoAnswer::NoClient.to_string(), "install them")],
    };
    let before = clock.now();
    let page = match http::look(&client, &format!("{base}/health")).await {
        Ok(page) => page,
        Err(error) => {
            let cure = "see that the server runs, that the name leads to it, and that proxy and firewall let it through";
            return vec![Finding::fault(AREA, format!("{base}: {error}"), cure)];
        }
    };
    let mut found = Vec::new();
    // PostgreSQL's clock says more: it is never our own.
    if let Some(theirs) = page.date.filter(|_| config.server.sqlite_file().is_some()) {
        found.push(clock::judged("the public URL's", theirs, (before, clock.now())));
    }
    let is_ours = serde_json::from_str::<Json>(&page.body)
        .is_ok_and(|health| health["version"].is_string() && health["turns_waiting"].is_number());
    if !is_ours {
        found.push(elsewhere(&base, page.status));
        return found;
    }
    let mut proofs = signers(config);
    if proofs.is_empty() {
        found.push(Finding::ok(AREA, format!("{base} leads to Leadwire; no webhook is configured")));
        return found;
    }
    for proof in &mut proofs {
        proof.base.clone_from(&base);
    }
    found.extend(
        together(proofs.into_iter().map(|proof| {
            let client = client.clone();
            async move { proof.go(&client).await }
        }))
        .await,
    );
    found
}

fn elsewhere(base: &str, status: u16) -> Finding {
    let what = format!("{base}/health is answered by somebody else (HTTP {status})");
    Finding::fault(AREA, what, "point PUBLIC_URL, its name in DNS and the proxy's rule at this server")
}

/// One webhook to be proven.
struct Proof {
    base: String,
    /// The variable that signs it.
    variable: String,
    secret: SecretString,
    /// Twilio's number of ours; `None`: Meta's webhook.
    number: Option<String>,
}

fn signers(config: &Config) -> Vec<Proof> {
    let mut proofs = Vec::new();
    let mut add = |variable: &str, secrets: Vec<SecretString>, number: Option<&str>| {
        let first = secrets.into_iter().next();
        proofs.extend(first.map(|secret| Proof {
            base: String::new(),
            variable: variable.to_owned(),
            secret,
            number: number.map(str::to_owned),
        }));
    };
    if let Ok(tokens) = startup::twilio_tokens(config, startup::TWILIO_SECRET) {
        // No account has this number, so it is the variables' that is asked.
        add(startup::TWILIO_SECRET, tokens, Some("+15550100"));
    }
    if matches!(config.whatsapp.secret, WhatsappSecret::Secrets(_))
        && config.whatsapp.missing().is_none()
        && let Ok(secrets) = startup::whatsapp_secrets(config, startup::WHATSAPP_SECRET)
    {
        add(startup::WHATSAPP_SECRET, secrets, None);
    }
    for account in &config.file.accounts {
        let number = (account.provider == "twilio").then_some(account.address.as_str());
        add(&account.secret_name, config.secrets(&account.secret_name), number);
    }
    proofs
}

impl Proof {
    async fn go(&self, client: &Client) -> Finding {
        let area = format!("{AREA}, {}", self.variable);
        let (forged, signed) =
            match (self.post(client, WRONG).await, self.post(client, self.secret.expose_secret()).await) {
                (Ok(forged), Ok(signed)) => (forged, signed),
                (Err(error), _) | (_, Err(error)) => {
                    let cure = "see that proxy and firewall let POST /webhooks/ through";
                    return Finding::fault(area, format!("a webhook did not come through: {error}"), cure);
                }
            };
        match (forged, signed) {
            (403, 200..=299) => {
                Finding::ok(area, "a signed webhook came through, and a forged one was refused")
            }
            (403, 403) => Finding::fault(
                area,
                format!("the server at {} refuses what {} signs", self.base, self.variable),
                format!(
                    "give that server and this command the same {} and PUBLIC_URL, and restart it; a proxy must leave path and query as they are",
                    self.variable
                ),
            ),
            (503, _) | (_, 503) => Finding::fault(
                area,
                format!("the server at {} knows no {}", self.base, self.variable),
                format!("set {} there and restart it", self.variable),
            ),
            (other, _) => elsewhere(&self.base, other),
        }
    }

    async fn post(&self, client: &Client, secret: &str) -> Result<u16, NoAnswer> {
        let Some(number) = &self.number else {
            let signature = whatsapp::sign(secret.as_bytes(), NOTHING.as_bytes());
            let headers =
                [(whatsapp::SIGNATURE_HEADER, signature.as_str()), ("content-type", "application/json")];
            let url = format!("{}{WHATSAPP}", self.base);
            return Ok(http::post(client, &url, &headers, NOTHING.to_owned()).await?.status);
        };
        let url = format!("{}{STATUS}", self.base);
        let form: Vec<(String, String)> =
            [("MessageSid", "SMdoctor"), ("MessageStatus", "sent"), ("From", number.as_str())]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into();
        let signature = twilio::sign(secret.as_bytes(), &url, &form);
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&form).finish();
        let headers = [
            (twilio::SIGNATURE_HEADER, signature.as_str()),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        Ok(http::post(client, &url, &headers, body).await?.status)
    }
}
