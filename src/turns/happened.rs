//! What a turn made happen that somebody waits for, and what is known of the lead then.

use super::request::TurnRequest;
use crate::domain::identity::IdentityKind;
use crate::engine::{Effect, Outcome, Person, State};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// Someone asks for a person.
const HANDOFF: &str = "handoff";

/// Events by their names in `on`: goals reached for the first time, how the conversation ended, and that a person is asked for.
pub(super) fn events(effects: &[Effect]) -> BTreeSet<&str> {
    effects.iter().filter_map(event).collect()
}

fn event(effect: &Effect) -> Option<&str> {
    match effect {
        Effect::Reached { goal } => Some(goal),
        Effect::Ended { outcome } => Some(outcome),
        Effect::Handoff => Some(HANDOFF),
        _ => None,
    }
}

/// Whether an event has happened in a conversation by now.
pub(super) fn has_happened(state: &State, event: &str) -> bool {
    let ended = matches!(state.outcome(), Outcome::Ended(outcome) if outcome == event);
    ended || state.reached().contains(event)
}

/// Whose conversation it is.
#[derive(Clone, Copy)]
pub(super) struct Whose<'a> {
    pub request: &'a TurnRequest,
    pub person: &'a Person<'a>,
    pub lead_id: i64,
    pub conversation_id: i64,
    pub flow: &'a str,
    pub source: Option<&'a str>,
}

/// What is known of a lead as a conversation stands: its fields, and the names every sink can count on.
pub(super) fn facts(whose: Whose<'_>, state: &State) -> BTreeMap<String, Json> {
    let Whose { request, person, .. } = whose;
    let mut facts = person.lead.clone();
    facts.extend(state.fields().clone());
    let identity = |kind: IdentityKind| request.identities.iter().find(|identity| identity.kind == kind);
    if !facts.contains_key("phone")
        && let Some(phone) = identity(IdentityKind::Phone)
    {
        facts.insert("phone".to_owned(), phone.value.clone().into());
    }
    if !facts.contains_key("full_name")
        && let Some(name) = facts.get("name").cloned()
    {
        facts.insert("full_name".to_owned(), name);
    }
    let outcome = match state.outcome() {
        Outcome::Open => None,
        Outcome::Ended(outcome) => Some(outcome.as_str()),
    };
    let known: [(&str, Json); 10] = [
        ("lead_id", whose.lead_id.into()),
        ("session_id", whose.conversation_id.into()),
        ("channel", request.channel.as_str().into()),
        ("flow", whose.flow.into()),
        ("language", state.language().into()),
        ("score", state.score().into()),
        ("class", state.class().as_str().into()),
        ("source", whose.source.into()),
        ("outcome", outcome.into()),
        ("sender_name", request.sender_name.clone().into()),
    ];
    facts.extend(known.map(|(name, value)| (name.to_owned(), value)));
    facts.retain(|_, value| !value.is_null());
    facts
}
