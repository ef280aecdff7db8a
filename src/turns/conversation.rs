//! The conversation a turn goes on with or begins, and how the engine moves it.

use super::plan::Setting;
use super::request::{TurnError, TurnRequest};
use crate::clock::Millis;
use crate::domain::channel::Channel;
use crate::domain::consent::Signal;
use crate::domain::message::{Said, Say};
use crate::engine::{self, Effect, Input, Person, State};
use crate::flow::{self, library::Version};
use crate::store::turns::Known;
use std::sync::Arc;

/// A conversation to go on with, or to begin.
pub(super) struct Conversation {
    pub(super) id: i64,
    pub(super) version: Arc<Version>,
    pub(super) state: State,
    pub(super) seq: i64,
    pub(super) opened_at: Millis,
    pub(super) ended_at: Option<Millis>,
    pub(super) source: Option<String>,
}

/// A turn before it is written down.
pub(super) struct Turn {
    pub(super) conversation: Conversation,
    pub(super) effects: Vec<Effect>,
    pub(super) says: Vec<Say>,
    pub(super) consent: Option<Signal>,
    /// What is kept of a turn that nobody's message began, JSON.
    pub(super) note: Option<String>,
    /// The template that is sent in place of what is said.
    pub(super) template: Option<String>,
    /// Nobody asked for what is said: until when it may leave.
    pub(super) unasked_until: Option<Millis>,
    /// Where the conversation goes on from here on; `None`: where it is.
    pub(super) moves_to: Option<Channel>,
}

impl Turn {
    pub(super) fn of(conversation: Conversation, effects: Vec<Effect>) -> Self {
        let says = effects.iter().filter_map(|effect| match effect {
            Effect::Say(say) => Some(say.clone()),
            _ => None,
        });
        let says = says.collect();
        Turn {
            conversation,
            effects,
            says,
            consent: None,
            note: None,
            template: None,
            unasked_until: None,
            moves_to: None,
        }
    }
}

pub(super) fn advance(
    mut conversation: Conversation,
    person: &Person<'_>,
    input: &Input,
    now: Millis,
) -> Turn {
    let was_open = conversation.state.is_open();
    let (state, effects) = engine::step(&conversation.version.flow, person, conversation.state, input, now);
    conversation.ended_at = match state.is_open() {
        true => None,
        false if was_open => Some(now),
        false => conversation.ended_at,
    };
    conversation.state = state;
    Turn::of(conversation, effects)
}

/// The conversation the person has here, as stored.
pub(super) fn existing(
    setting: &Setting<'_>,
    request: &TurnRequest,
    known: &Known,
) -> Result<Option<Conversation>, TurnError> {
    let (Some(id), Some(hash), Some(state)) = (known.conversation_id, &known.flow_hash, &known.state) else {
        return Ok(None);
    };
    let version = setting
        .flows
        .version(request.tenant_id, hash)
        .ok_or_else(|| TurnError::Corrupt(format!("flow version {hash} is not there")))?;
    Ok(Some(Conversation {
        id,
        version,
        state: serde_json::from_str(state).map_err(|error| TurnError::Corrupt(error.to_string()))?,
        seq: known.seq.unwrap_or(0),
        opened_at: known.opened_at.unwrap_or(setting.now),
        ended_at: known.ended_at,
        source: known.source.clone(),
    }))
}

/// A conversation that only keeps the message: the one there is, else a new one.
pub(super) fn rest_or_new(
    setting: &Setting<'_>,
    request: &TurnRequest,
    existing: Option<Conversation>,
    said: &Said,
) -> Result<Conversation, TurnError> {
    existing.map_or_else(|| new(setting, request, None, None, Some(&said.text)), Ok)
}

pub(super) fn new(
    setting: &Setting<'_>,
    request: &TurnRequest,
    language: Option<&str>,
    flow: Option<&str>,
    first_text: Option<&str>,
) -> Result<Conversation, TurnError> {
    let version = match flow {
        Some(id) => setting
            .flows
            .head(request.tenant_id, id)
            .filter(|version| version.flow.start.channels.contains(&request.channel))
            .ok_or_else(|| TurnError::UnknownFlow(id.to_owned()))?,
        None => setting
            .flows
            .choose(request.tenant_id, request.channel, first_text.unwrap_or_default())
            .ok_or(TurnError::NoFlow(request.channel))?,
    };
    let language = language
        .or_else(|| flow::keyword_language(&version.flow, first_text?))
        .filter(|code| version.flow.languages.iter().any(|language| language == code))
        .or_else(|| {
            setting.centers.get(&request.tenant_id)?.language(&version.flow.languages).map(String::as_str)
        })
        .unwrap_or(&version.flow.languages[0]);
    Ok(Conversation {
        id: setting.ids.next(setting.now),
        state: State::new(&version.flow, language, setting.now),
        seq: 0,
        opened_at: setting.now,
        ended_at: None,
        source: None,
        version: version.clone(),
    })
}
