//! Something beside the conversation: a reaction, an edit, another number, or a choice made in the provider's settings.

use super::conversation::{Conversation, Turn, advance, rest_or_new};
use super::plan::Setting;
use super::request::{TurnError, TurnRequest};
use crate::domain::channel::Channel;
use crate::domain::consent::Signal;
use crate::domain::message::{Note, Said};
use crate::engine::{Input, Person};

/// What stands beside a channel among those opted out of, where the opt-out was made in the provider's settings. An
/// opt-in made there takes back such a one, never a STOP that was said.
pub(super) fn by_setting(channel: Channel) -> String {
    format!("{}:setting", channel.as_str())
}

/// Keeps a note with the conversation there is, and says nothing. `None`: there is none, and nothing to keep.
///
/// An opt-out is kept of whoever makes it; `opted_out` is what holds so far.
pub(super) fn noted(
    setting: &Setting<'_>,
    request: &TurnRequest,
    person: &Person<'_>,
    existing: Option<Conversation>,
    note: &Note,
    signal: Option<Signal>,
    opted_out: &str,
) -> Result<Option<Turn>, TurnError> {
    let has = |wanted: &str| opted_out.split(',').any(|name| name == wanted);
    let channel = request.channel;
    let (input, signal) = match signal {
        Some(Signal::Stop) if !has(channel.as_str()) => (Input::OptedOut, Signal::Stop),
        Some(Signal::Start) if has(&by_setting(channel)) => (Input::OptedIn, Signal::Start),
        _ => return Ok(existing.map(|conversation| Turn::of(conversation, vec![]))),
    };
    let conversation = rest_or_new(setting, request, existing, &Said::text(note.words.as_str()))?;
    let mut turn = advance(conversation, person, &input, setting.now);
    // Nobody has asked us anything.
    turn.says.clear();
    turn.consent = Some(signal);
    Ok(Some(turn))
}
