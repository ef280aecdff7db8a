//! Chat sessions as programs read them, with the flow version each runs on.

use crate::app::App;
use crate::domain::channel::Channel;
use crate::domain::message::Say;
use crate::engine::{self, Person, State};
use crate::flow::library::Version;
use crate::flow::model::Flow;
use crate::service::flows;
use crate::store::conversations::{self, SessionRow};
use crate::store::db::StoreError;
use crate::store::tenants::DEFAULT_TENANT;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A chat session as it stands.
#[derive(Debug)]
pub struct Session {
    /// What is stored of it.
    pub row: SessionRow,
    /// The flow it runs on.
    pub version: Arc<Version>,
    /// The engine's snapshot.
    pub state: State,
    /// The lead's fields.
    pub fields: BTreeMap<String, serde_json::Value>,
    variants: BTreeMap<String, String>,
}

/// The session of a public id; `None`: there is none.
///
/// # Errors
/// Where the database does not answer, or what is stored cannot be read.
pub async fn find(app: &App, public_id: &str) -> Result<Option<Session>, StoreError> {
    let Some(row) = conversations::by_public_id(&app.db, public_id).await? else { return Ok(None) };
    flows::ensure(&app.flows, &app.db, row.tenant_id, &row.flow_hash).await?;
    let version = app.flows.version(row.tenant_id, &row.flow_hash).ok_or_else(|| {
        let source = format!("flow version {} is not there", row.flow_hash).into();
        StoreError::Corrupt { column: "conversations.flow_hash", source }
    })?;
    Ok(Some(Session {
        version,
        state: read("conversations.state", &row.state)?,
        fields: read("leads.fields", &row.fields)?,
        variants: read("persons.variants", &row.variants)?,
        row,
    }))
}

fn read<T: serde::de::DeserializeOwned>(column: &'static str, json: &str) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(|error| StoreError::Corrupt { column, source: error.into() })
}

/// Every question of a flow as anybody would be asked it: without answers, and without experiments.
pub fn anybody(app: &App, flow: &Flow, language: Option<&str>) -> Vec<Say> {
    let spoken = language.filter(|code| flow.languages.iter().any(|own| own == code));
    // As a conversation begins that says no other.
    let first = app.center(DEFAULT_TENANT).language(&flow.languages).map_or("en", String::as_str);
    let state = State::new(flow, spoken.unwrap_or(first), app.clock.now());
    let nothing = BTreeMap::new();
    let person = Person {
        seed: "",
        channel: Channel::Web,
        lead: &BTreeMap::new(),
        variants: &nothing,
        zone: &jiff::tz::TimeZone::UTC,
        experiments: false,
        is_over: false,
    };
    engine::questions(flow, &person, &state)
}

impl Session {
    /// The open question as it is shown now.
    pub fn question(&self, app: &App) -> Option<Say> {
        self.with_person(app, |person| engine::question(&self.version.flow, person, &self.state))
    }

    /// Every question of its flow as this person would be asked it.
    pub fn questions(&self, app: &App) -> Vec<Say> {
        self.with_person(app, |person| engine::questions(&self.version.flow, person, &self.state))
    }

    fn with_person<T>(&self, app: &App, ask: impl FnOnce(&Person<'_>) -> T) -> T {
        ask(&Person {
            seed: &self.row.person_id.to_string(),
            channel: Channel::Web,
            lead: &self.fields,
            variants: &self.variants,
            zone: &app.center(self.row.tenant_id).zone,
            experiments: app.config.server.experiments,
            is_over: false,
        })
    }
}
