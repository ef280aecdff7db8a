//! Webhooks by Standard Webhooks 1.0.0: what happened to a lead is posted, signed, to an address of the receiver's.

mod signature;

pub use signature::{Signed, TOLERANCE_SECONDS, WebhookError, key, verify};

use super::{Abilities, Errand, Fault, Mapping, Outcome, Record, Reply, Sink, by_status, reason};
use crate::clock::{Millis, SECOND};
use crate::domain::sending::{Authorization, Method, Outgoing};
use secrecy::SecretString;
use serde_json::{Map, Value as Json, json};
use signature::Signer;
use std::collections::BTreeMap;
use std::fmt;

/// The longest body, in bytes: the standard asks for less than 20 KB.
const LONGEST_BODY: usize = 20_000;

/// Where webhooks go.
#[derive(Clone)]
pub struct Settings {
    /// The address. It may hold a secret.
    pub url: String,
    /// The secrets, newest first. While one replaces another, both sign.
    pub secrets: Vec<SecretString>,
    /// What is sent beside the facts.
    pub fields: Mapping,
}

/// A receiver of webhooks.
#[derive(Clone)]
pub struct Webhook {
    url: String,
    fields: Mapping,
    signers: Vec<Signer>,
}

/// Shows neither the address nor a key.
impl fmt::Debug for Webhook {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Webhook")
            .field("fields", &self.fields)
            .field("keys", &self.signers.len())
            .finish_non_exhaustive()
    }
}

impl Webhook {
    /// The receiver of these settings.
    ///
    /// # Errors
    /// `NoSecret`, or `Secret` where one is not well-formed.
    pub fn new(settings: Settings) -> Result<Webhook, WebhookError> {
        let Settings { url, secrets, fields } = settings;
        let signers = secrets.iter().map(Signer::new).collect::<Result<Vec<_>, _>>()?;
        if signers.is_empty() {
            return Err(WebhookError::NoSecret);
        }
        Ok(Webhook { url, fields, signers })
    }

    /// The fields, our id of the record, and the facts under `lead` unless a field is called so.
    fn data(&self, record: &Record, with_facts: bool) -> Map<String, Json> {
        let mut data = self.fields.json(record);
        data.insert("id".to_owned(), record.key.clone().into());
        if with_facts {
            data.entry("lead").or_insert_with(|| record.facts.clone().into_iter().collect());
        }
        data
    }

    fn body(&self, record: &Record, with_facts: bool) -> Option<String> {
        let event = if is_update(record) { "updated" } else { record.event.as_str() };
        let timestamp = jiff::Timestamp::from_millisecond(record.happened_at).unwrap_or_default();
        let body = json!({
            "type": format!("lead.{event}"),
            "timestamp": timestamp.to_string(),
            "data": self.data(record, with_facts),
        });
        Some(body.to_string()).filter(|body| body.len() < LONGEST_BODY)
    }
}

fn is_update(record: &Record) -> bool {
    record.sink_id.as_deref().is_some_and(|id| !id.is_empty())
}

/// The id receivers tell repeats by: our idempotency key, without what would not go into a header, and without the full stop
/// that ends it where it is signed.
fn webhook_id(record: &Record) -> String {
    form_urlencoded::byte_serialize(record.idempotency_key.as_bytes()).collect::<String>().replace('.', "%2E")
}

impl Sink for Webhook {
    fn abilities(&self) -> Abilities {
        Abilities { updates: true, looks_up: false, repeats_safely: true, lists: false }
    }

    fn write(&self, record: &Record, _session: &str, now: Millis) -> Result<Errand, Outcome> {
        let body = [true, false].into_iter().find_map(|with_facts| self.body(record, with_facts));
        let body = body.ok_or_else(|| Outcome::Refused {
            reason: format!("the record has more than the {LONGEST_BODY} bytes a webhook may have"),
            fault: Fault::Record,
        })?;
        let (id, timestamp) = (webhook_id(record), now.div_euclid(SECOND).to_string());
        let signatures: Vec<String> =
            self.signers.iter().map(|signer| signer.sign(&id, &timestamp, body.as_bytes())).collect();
        let headers = [
            ("webhook-id", id),
            ("webhook-timestamp", timestamp),
            ("webhook-signature", signatures.join(" ")),
        ];
        Ok(Errand::Http(Outgoing {
            url: self.url.clone(),
            method: Method::Post,
            authorization: Authorization::None,
            headers: headers.map(|(name, value)| (name.to_owned(), value)).into(),
            content_type: "application/json",
            body,
        }))
    }

    fn written(&self, record: &Record, reply: Reply<'_>) -> Outcome {
        match reply.status {
            // It gives no id. With ours, what comes next is a correction.
            200..=299 => Outcome::Delivered { sink_id: Some(record.key.clone()) },
            410 => Outcome::Refused {
                reason: "HTTP 410: the receiver wants no more webhooks at this address".to_owned(),
                fault: Fault::Sink,
            },
            // The standard: slow down. A repeat does no harm, it has the same id.
            429 | 502 | 503 | 504 => {
                Outcome::Retry { reason: reason(reply.status, reply.body), after_ms: None }
            }
            status => by_status(status, reply.body),
        }
    }

    fn expected(&self, record: &Record) -> BTreeMap<String, String> {
        self.fields.texts(record).into_iter().collect()
    }
}

#[cfg(test)]
mod tests;
