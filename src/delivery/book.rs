//! The sinks there are, by tenant and name; and what a job carries to one.

use super::{Abilities, Record, Sink};
use crate::clock::Millis;
use crate::domain::rate::Rate;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A sink under its name.
#[derive(Clone, Debug)]
pub struct Named {
    /// Whose it is.
    pub tenant_id: i64,
    /// As flows call it.
    pub name: String,
    /// `rest`, `hubspot` …
    pub kind: &'static str,
    /// How it is delivered to.
    pub sink: Arc<dyn Sink>,
    /// How fast, on a clock of microseconds; `None`: as it likes.
    pub rate: Option<Rate>,
    /// Changes with anything of its configuration, secrets included; tells nothing of them.
    pub fingerprint: String,
    /// What must not be shown.
    pub secrets: Vec<secrecy::SecretString>,
    /// Checks what the CRM reports of its leads; empty: it may report nothing.
    pub reports: Vec<secrecy::SecretString>,
}

/// All sinks.
#[derive(Clone, Debug, Default)]
pub struct Book(BTreeMap<(i64, String), Named>);

impl Book {
    /// A book of these.
    pub fn new(sinks: impl IntoIterator<Item = Named>) -> Book {
        Book(sinks.into_iter().map(|named| ((named.tenant_id, named.name.clone()), named)).collect())
    }

    /// The sink of that name.
    pub fn get(&self, tenant_id: i64, name: &str) -> Option<&Named> {
        self.0.get(&(tenant_id, name.to_owned()))
    }

    /// All of them, by tenant and name.
    pub fn iter(&self) -> impl Iterator<Item = &Named> {
        self.0.values()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The number of a sink among the accounts that have schedules of their own: the same for the same name, for ever, and above all
/// that are given out.
pub fn number(name: &str) -> i64 {
    let digest = Sha256::digest(name.as_bytes());
    let bytes = digest[..6].try_into().map_or([0; 6], |bytes: [u8; 6]| bytes);
    let low = bytes.iter().fold(0_i64, |all, byte| (all << 8) | i64::from(*byte));
    (1 << 52) | low
}

/// What the id of a sample begins with: it is nobody's lead, and no comparison looks for it.
pub const SAMPLE: &str = "lw-test-";

/// Our id of a lead's record at a sink.
pub fn key(abilities: Abilities, lead_id: i64, conversation_id: i64) -> String {
    match abilities.updates {
        true => format!("lw-{lead_id}"),
        // Each finished conversation is a record of its own there.
        false => format!("lw-{lead_id}-{conversation_id}"),
    }
}

/// What a sink is to have, as it was when it was written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The event.
    pub event: String,
    /// The fields as the flow's map makes them.
    pub fields: BTreeMap<String, String>,
    /// What else is known.
    pub facts: BTreeMap<String, Json>,
    /// When it happened.
    pub happened_at: Millis,
}

impl Snapshot {
    /// The record a sink is told of.
    pub fn record(&self, key: &str, sink_id: Option<&str>, revision: i64) -> Record {
        Record {
            key: key.to_owned(),
            sink_id: sink_id.map(str::to_owned),
            idempotency_key: format!("{key}-{revision}"),
            event: self.event.clone(),
            fields: self.fields.clone(),
            facts: self.facts.clone(),
            happened_at: self.happened_at,
        }
    }
}

/// What a job carries: it is sent as it was written, so that a repeat is the same request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parcel {
    /// Our id of the record.
    pub key: String,
    /// Which version of it this is.
    pub revision: i64,
    /// What is to be there.
    pub snapshot: Snapshot,
    /// Somebody wants it sent although it may be there and nobody can tell.
    #[serde(default)]
    pub insists: bool,
    /// Somebody wants to know now whether it can be delivered: it does not wait until the sink's pause is over.
    #[serde(default)]
    pub is_asked: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_stable_and_within_53_bits() {
        let crm = number("crm");
        assert_eq!(crm, number("crm"));
        assert_ne!(crm, number("crm2"));
        assert!((1 << 52..1 << 53).contains(&crm), "{crm}");
    }

    #[test]
    fn a_record_for_each_lead_or_for_each_conversation() {
        let updates = Abilities { updates: true, looks_up: false, repeats_safely: false, lists: false };
        assert_eq!(key(updates, 7, 9), "lw-7");
        assert_eq!(key(Abilities { updates: false, ..updates }, 7, 9), "lw-7-9");
    }
}
