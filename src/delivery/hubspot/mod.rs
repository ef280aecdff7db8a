//! HubSpot: a lead is a contact, told from others by a unique property that holds our key.
//!
//! A contact is made and corrected by `batch/upsert` on that property, so repeating is safe. Where HubSpot already knows somebody
//! with the same e-mail, it answers with that contact's id, and the contact is updated by it from then on. Paths and shapes are
//! those of the v3 object API. Its search lags behind writes, so it lists, and never decides whether a lead arrived.

mod answer;
mod properties;

use super::{Abilities, Errand, Mapping, Outcome, Page, Record, Remote, Reply, Sink};
use crate::clock::Millis;
use crate::domain::sending::{Authorization, Method, Outgoing};
use secrecy::SecretString;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// Where the API is.
pub const API_BASE: &str = "https://api.hubapi.com";
/// The property that holds our key, unless another is configured.
pub const KEY_PROPERTY: &str = "leadwire_id";

/// The most records of one `batch/read`.
const AT_ONCE: usize = 100;
/// The most contacts of one page of a search.
const PAGE: usize = 200;

/// What delivering to HubSpot needs to know of an account.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the API is, usually [`API_BASE`].
    pub api_base: String,
    /// The token of a private app (`pat-…`) that may read and write contacts.
    pub token: SecretString,
    /// The contact property that holds our key, usually [`KEY_PROPERTY`]: text, with unique values.
    pub key_property: String,
    /// Our fields by HubSpot's property names. Empty: the flow's `map` names properties already, but for `full_name` and
    /// `name`, which become `firstname` and `lastname`.
    pub fields: Mapping,
}

/// The contacts of a HubSpot account.
#[derive(Clone, Debug)]
pub struct HubSpot {
    settings: Settings,
    /// The properties the map names; none where it is empty.
    mapped: BTreeSet<String>,
}

impl HubSpot {
    /// The contacts of this account.
    pub fn new(settings: Settings) -> HubSpot {
        let mapped = settings.fields.texts(&Record::default()).into_iter().map(|(name, _)| name).collect();
        HubSpot { settings, mapped }
    }

    fn request(&self, method: Method, path: &str, body: &Json) -> Errand {
        Errand::Http(Outgoing {
            url: format!("{}/crm/v3/objects/contacts{path}", self.settings.api_base.trim_end_matches('/')),
            method,
            authorization: Authorization::Bearer(self.settings.token.clone()),
            headers: Vec::new(),
            content_type: "application/json",
            body: body.to_string(),
        })
    }

    /// The properties HubSpot is asked for, our key among them.
    fn asked(&self, of_records: impl Iterator<Item = String>) -> BTreeSet<String> {
        let key = self.settings.key_property.clone();
        self.mapped.iter().cloned().chain(of_records).chain([key]).collect()
    }
}

impl Sink for HubSpot {
    fn abilities(&self) -> Abilities {
        Abilities { updates: true, looks_up: true, repeats_safely: true, lists: true }
    }

    fn write(&self, record: &Record, _session: &str, _now: Millis) -> Result<Errand, Outcome> {
        let key = &self.settings.key_property;
        let mut properties = self.expected(record);
        Ok(match &record.sink_id {
            Some(id) => {
                properties.insert(key.clone(), record.key.clone());
                self.request(Method::Patch, &format!("/{id}"), &json!({"properties": properties}))
            }
            None => {
                let input = json!({"id": record.key, "idProperty": key, "properties": properties});
                self.request(Method::Post, "/batch/upsert", &json!({"inputs": [input]}))
            }
        })
    }

    fn written(&self, record: &Record, reply: Reply<'_>) -> Outcome {
        let sent = self.expected(record);
        let names: Vec<&str> = sent.keys().map(String::as_str).collect();
        let known = record.sink_id.as_deref();
        answer::written(reply, known, &names, &self.settings.key_property)
    }

    fn look_up(&self, records: &[Record], _session: &str) -> Vec<Errand> {
        let question = |records: &[Record]| {
            let inputs: Vec<Json> = records.iter().map(|record| json!({"id": record.key})).collect();
            let asked = self.asked(records.iter().flat_map(|record| self.expected(record).into_keys()));
            let body =
                json!({"idProperty": self.settings.key_property, "inputs": inputs, "properties": asked});
            self.request(Method::Post, "/batch/read", &body)
        };
        records.chunks(AT_ONCE).map(question).collect()
    }

    fn looks_up_at_once(&self) -> usize {
        AT_ONCE
    }

    fn found(&self, reply: Reply<'_>) -> Result<Vec<Remote>, Outcome> {
        Ok(answer::page(reply, &self.settings.key_property)?.records)
    }

    fn list(&self, since: Millis, cursor: Option<&str>, _session: &str) -> Option<Errand> {
        let key = &self.settings.key_property;
        // Without a map nothing says what the flows' maps name.
        let usual =
            properties::USUAL.iter().filter(|_| self.mapped.is_empty()).map(|name| (*name).to_owned());
        let mut body = json!({
            "filterGroups": [{"filters": [
                {"propertyName": key, "operator": "HAS_PROPERTY"},
                {"propertyName": "createdate", "operator": "GTE", "value": since.to_string()},
            ]}],
            "sorts": [{"propertyName": "createdate", "direction": "ASCENDING"}],
            "properties": self.asked(usual),
            "limit": PAGE,
        });
        if let Some(after) = cursor {
            body["after"] = after.into();
        }
        Some(self.request(Method::Post, "/search", &body))
    }

    fn listed(&self, reply: Reply<'_>, _cursor: Option<&str>) -> Result<Page, Outcome> {
        answer::page(reply, &self.settings.key_property)
    }

    fn expected(&self, record: &Record) -> BTreeMap<String, String> {
        let mut texts = self.settings.fields.texts(record).into_iter().collect();
        if self.mapped.is_empty() {
            properties::divide_name(&mut texts);
        }
        // What is empty is left as HubSpot has it: a contact may have been known before us.
        texts.retain(|name, text| *name != self.settings.key_property && !text.trim().is_empty());
        texts
    }
}

#[cfg(test)]
mod tests;
