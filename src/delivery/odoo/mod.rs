//! Odoo: a lead is a `crm.lead`, told from others by a field that holds our key.
//!
//! Two APIs carry the same calls: JSON-2 (19.0 and later), and JSON-RPC (all versions so far, deprecated). Neither has an upsert:
//! a create that got no answer is looked up by our key before it is repeated.

mod answer;
mod call;
mod values;

use super::{Abilities, Errand, Fault, Mapping, Outcome, Page, Record, Remote, Reply, Sink};
use crate::clock::Millis;
use call::Call;
use secrecy::SecretString;
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// The field that holds our key, unless another is configured: every `crm.lead` has it.
pub const KEY_FIELD: &str = "referred";

/// The most records of one question.
const AT_ONCE: usize = 80;
/// The most records of a page of the list.
const PAGE: usize = 200;

/// What delivering to Odoo needs to know of a server.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it is, for example `https://company.odoo.com`.
    pub url: String,
    /// Its database. JSON-RPC needs it; JSON-2 where the server has several.
    pub database: Option<String>,
    /// How it is spoken to.
    pub api: Api,
    /// The field that holds our key, usually [`KEY_FIELD`].
    pub key_field: String,
    /// Our fields by the names of `crm.lead`. Empty: the usual ones go where they belong, all others into the description. In
    /// `description`, which is HTML, what is filled in is escaped already.
    pub fields: Mapping,
    /// What a lead is there at first.
    pub lead_type: LeadType,
    /// The sales team it is given to at first; `None`: as Odoo decides.
    pub team_id: Option<i64>,
}

/// Which API, and how it knows us. Keys live at most three months.
#[derive(Clone, Debug)]
pub enum Api {
    /// JSON-2.
    Json2 {
        /// A user's API key.
        key: SecretString,
    },
    /// JSON-RPC.
    JsonRpc {
        /// The user's login.
        login: String,
        /// The user's API key, or password.
        key: SecretString,
    },
}

/// What a `crm.lead` is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LeadType {
    /// A lead, to be qualified.
    #[default]
    Lead,
    /// An opportunity, in the pipeline at once.
    Opportunity,
}

impl LeadType {
    /// Odoo's name of it.
    pub fn as_str(self) -> &'static str {
        match self {
            LeadType::Lead => "lead",
            LeadType::Opportunity => "opportunity",
        }
    }

    /// The type of that name.
    pub fn parse(name: &str) -> Option<LeadType> {
        [LeadType::Lead, LeadType::Opportunity].into_iter().find(|kind| kind.as_str() == name)
    }
}

/// The leads of an Odoo database.
#[derive(Clone, Debug)]
pub struct Odoo {
    settings: Settings,
    /// The fields the map names; none where it is empty.
    mapped: BTreeSet<String>,
}

impl Odoo {
    /// The leads of this database.
    pub fn new(settings: Settings) -> Odoo {
        let mapped = settings.fields.texts(&Record::default()).into_iter().map(|(name, _)| name).collect();
        Odoo { settings, mapped }
    }

    /// The lead's own fields: not those that only a new record is given.
    fn fields(&self, record: &Record) -> Map<String, Json> {
        let mut values = match self.mapped.is_empty() {
            true => values::usual(record),
            false => values::mapped(&self.settings.fields, record),
        };
        values.remove(&self.settings.key_field);
        values
    }

    /// The fields Odoo is asked for.
    fn asked(&self) -> Vec<&str> {
        let mapped: BTreeSet<&str> = match self.mapped.is_empty() {
            true => values::USUAL.iter().map(|(_, field)| *field).collect(),
            false => self.mapped.iter().map(String::as_str).collect(),
        };
        let first = ["id", self.settings.key_field.as_str()];
        let others = mapped.into_iter().filter(|field| !first.contains(field) && *field != values::HTML);
        first.into_iter().chain(others).collect()
    }

    /// All that is sent of a record.
    fn values(&self, record: &Record) -> Map<String, Json> {
        let mut values = self.fields(record);
        // Later these are the salespeople's: an update would undo what they changed.
        if record.sink_id.is_none() {
            let name = match values.get("contact_name").and_then(Json::as_str) {
                Some(name) => name.to_owned(),
                None => format!("Lead {}", record.key),
            };
            values.entry("name").or_insert(name.into());
            values.entry("type").or_insert(self.settings.lead_type.as_str().into());
            if let Some(team) = self.settings.team_id {
                values.entry("team_id").or_insert(team.into());
            }
        }
        values.insert(self.settings.key_field.clone(), record.key.clone().into());
        values
    }

    /// A question for the records of a domain, lost ones among them: those are archived, and hidden from other questions.
    fn search(&self, domain: &Json, page: Option<&str>, session: &str) -> Option<Errand> {
        let mut named = json!({"fields": self.asked(), "order": "id", "context": {"active_test": false}});
        if let Some(offset) = page {
            named["offset"] = offset.parse::<usize>().ok()?.into();
            named["limit"] = PAGE.into();
        }
        self.settings.request(&Call::search(domain, named), session)
    }

    /// The records in an answer.
    fn records(&self, reply: Reply<'_>) -> Result<Vec<Remote>, Outcome> {
        let key_field = &self.settings.key_field;
        let result = answer::result(reply).map_err(|error| error.outcome(false, &[], key_field))?;
        let Json::Array(all) = result else {
            return Err(Outcome::Unknown { reason: "the answer is no list".to_owned() });
        };
        Ok(all.iter().filter_map(|record| values::remote(record, key_field)).collect())
    }
}

impl Sink for Odoo {
    fn abilities(&self) -> Abilities {
        Abilities { updates: true, looks_up: true, repeats_safely: false, lists: true }
    }

    fn log_in(&self) -> Option<Errand> {
        self.settings.log_in()
    }

    fn logged_in(&self, reply: Reply<'_>) -> Result<String, Outcome> {
        answer::session(reply)
    }

    fn write(&self, record: &Record, session: &str, _now: Millis) -> Result<Errand, Outcome> {
        let refused = |reason: &str, fault| Outcome::Refused { reason: reason.to_owned(), fault };
        let values = Json::Object(self.values(record));
        let call = match &record.sink_id {
            None => Call::create(&values),
            Some(id) => match id.parse() {
                Ok(id) => Call::write(id, &values),
                Err(_) => return Err(refused("its id in Odoo is no number", Fault::Record)),
            },
        };
        let errand = self.settings.request(&call, session);
        errand.ok_or_else(|| refused("JSON-RPC needs the name of the database and a login", Fault::Sink))
    }

    fn written(&self, record: &Record, reply: Reply<'_>) -> Outcome {
        let sent = self.values(record);
        let names: Vec<&str> = sent.keys().map(String::as_str).collect();
        match answer::result(reply) {
            Ok(result) => answer::written(&result, record.sink_id.as_deref()),
            Err(error) => error.outcome(record.sink_id.is_some(), &names, &self.settings.key_field),
        }
    }

    fn look_up(&self, records: &[Record], session: &str) -> Vec<Errand> {
        let question = |records: &[Record]| {
            let keys: Vec<&str> = records.iter().map(|record| record.key.as_str()).collect();
            self.search(&json!([[self.settings.key_field, "in", keys]]), None, session)
        };
        records.chunks(AT_ONCE).filter_map(question).collect()
    }

    fn looks_up_at_once(&self) -> usize {
        AT_ONCE
    }

    fn found(&self, reply: Reply<'_>) -> Result<Vec<Remote>, Outcome> {
        self.records(reply)
    }

    fn list(&self, since: Millis, cursor: Option<&str>, session: &str) -> Option<Errand> {
        // Odoo writes instants in UTC.
        let since =
            jiff::Timestamp::from_millisecond(since).unwrap_or_default().strftime("%Y-%m-%d %H:%M:%S");
        let domain =
            json!([[self.settings.key_field, "like", "lw-"], ["create_date", ">=", since.to_string()],]);
        self.search(&domain, Some(cursor.unwrap_or("0")), session)
    }

    fn listed(&self, reply: Reply<'_>, cursor: Option<&str>) -> Result<Page, Outcome> {
        let records = self.records(reply)?;
        let offset: usize = cursor.and_then(|offset| offset.parse().ok()).unwrap_or(0);
        let next = (records.len() >= PAGE).then(|| (offset + PAGE).to_string());
        Ok(Page { records, next })
    }

    fn expected(&self, record: &Record) -> BTreeMap<String, String> {
        // People write on in the description, and Odoo cleans its HTML.
        let compared = |(name, value): (String, Json)| {
            (name != values::HTML).then_some(())?;
            values::text(&value).map(|text| (name, text))
        };
        self.fields(record).into_iter().filter_map(compared).collect()
    }
}

#[cfg(test)]
mod tests;
