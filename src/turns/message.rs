//! A message: consent before any flow, then the conversation it belongs to.

use super::conversation::{Conversation, Turn, advance, new, rest_or_new};
use super::plan::Setting;
use super::request::{TurnError, TurnRequest};
use crate::clock::{DAY, Millis};
use crate::domain::channel::Channel;
use crate::domain::command::Command;
use crate::domain::consent::{Decision, Signal};
use crate::domain::message::{Said, Say};
use crate::domain::text::fold;
use crate::engine::{self, Input, Outcome, Person};
use crate::flow::texts::TextKey;
use crate::understand;

/// How long a completed conversation answers "we have your answers" before a message begins a new one.
const REST_MS: Millis = DAY;

/// A message: consent first, then the flow.
pub(super) fn message(
    setting: &Setting<'_>,
    request: &TurnRequest,
    person: &Person<'_>,
    existing: Option<Conversation>,
    said: &Said,
    decision: Decision,
) -> Result<Turn, TurnError> {
    if request.session.is_some() && existing.is_none() {
        return Err(TurnError::UnknownSession);
    }
    let astray = is_astray(request, existing.as_ref(), said)?;
    match decision {
        Decision::OptOut => {
            let conversation = rest_or_new(setting, request, existing, said)?;
            let mut turn = advance(conversation, person, &Input::OptedOut, setting.now);
            turn.says = turn.built_in(request, person, TextKey::OptOut);
            turn.consent = Some(Signal::Stop);
            Ok(turn)
        }
        Decision::Restore => {
            let conversation = rest_or_new(setting, request, existing, said)?;
            let mut turn = advance(conversation, person, &Input::OptedIn, setting.now);
            turn.says.splice(0..0, turn.built_in(request, person, TextKey::OptIn));
            turn.consent = Some(Signal::Start);
            Ok(turn)
        }
        Decision::Silent => Ok(Turn::of(rest_or_new(setting, request, existing, said)?, vec![])),
        // The provider has given its help; the question stays open.
        Decision::Help if !request.confirm_consent => {
            Ok(asked_again(rest_or_new(setting, request, existing, said)?, person))
        }
        Decision::Help => {
            let conversation = rest_or_new(setting, request, existing, said)?;
            // Words for help that only the consent lists know still reach the flow's own help.
            let help = Input::Said(Said::text(Command::Help.as_str()));
            let mut turn = advance(conversation, person, &help, setting.now);
            if request.channel != Channel::Web {
                turn.says.splice(0..0, turn.built_in(request, person, TextKey::HelpContact));
            }
            Ok(turn)
        }
        Decision::Flow => match existing {
            // Whatever that button says, it was not meant for this question.
            Some(conversation) if astray && conversation.state.open_step().is_some() => {
                Ok(asked_again(conversation, person))
            }
            Some(conversation) if goes_on(setting, request, &conversation, said) => {
                Ok(advance(conversation, person, &Input::Said(said.clone()), setting.now))
            }
            _ => {
                let conversation = new(setting, request, None, None, Some(&said.text))?;
                Ok(advance(conversation, person, &Input::Open { said: Some(said.clone()) }, setting.now))
            }
        },
    }
}

/// The open question once more; nothing else happens.
fn asked_again(conversation: Conversation, person: &Person<'_>) -> Turn {
    let mut turn = Turn::of(conversation, vec![]);
    let Conversation { version, state, .. } = &turn.conversation;
    turn.says.extend(engine::question(&version.flow, person, state));
    turn
}

impl Turn {
    /// One built-in text in the conversation's language; nothing where the provider speaks for us.
    fn built_in(&self, request: &TurnRequest, person: &Person<'_>, key: TextKey) -> Vec<Say> {
        let Conversation { version, state, .. } = &self.conversation;
        if request.confirm_consent {
            vec![engine::built_in(&version.flow, person, state, key)]
        } else {
            vec![]
        }
    }
}

/// Whether what was said names a question that this conversation does not have or has not come to: a button of an old
/// message. A program is told so.
fn is_astray(request: &TurnRequest, existing: Option<&Conversation>, said: &Said) -> Result<bool, TurnError> {
    let (Some(step), Some(conversation)) = (&said.step, existing) else { return Ok(false) };
    match may_answer(conversation, step) {
        Ok(()) => Ok(false),
        Err(error) if request.channel == Channel::Web => Err(error),
        Err(_) => Ok(true),
    }
}

/// An answer that names its question must not be taken for an answer to another.
fn may_answer(conversation: &Conversation, step: &str) -> Result<(), TurnError> {
    let Conversation { version, state, .. } = conversation;
    if !version.flow.steps.iter().any(|known| known.id == step && known.ask.is_some()) {
        return Err(TurnError::UnknownQuestion(step.to_owned()));
    }
    if state.open_step() != Some(step) && state.answer(step).is_none() {
        return Err(TurnError::NotAsked(step.to_owned()));
    }
    Ok(())
}

/// In a web chat nothing is ever sent unasked, so whoever goes on there by a button of the page wants to go on.
pub(super) fn wants_back(request: &TurnRequest, said: &Said) -> bool {
    let restarts = || matches!(understand::command(&said.text, "en"), Some((Command::Restart, _)));
    request.channel == Channel::Web && (said.tapped.is_some() || restarts())
}

/// Whether a message belongs to this conversation rather than begins a new one.
fn goes_on(setting: &Setting<'_>, request: &TurnRequest, conversation: &Conversation, said: &Said) -> bool {
    if request.session.is_some() {
        return true;
    }
    let Conversation { version, state, ended_at, .. } = conversation;
    let Outcome::Ended(outcome) = state.outcome() else {
        // Only kept a STOP or HELP so far: the first real message still chooses its flow.
        let chosen = || setting.flows.choose(request.tenant_id, request.channel, &said.text);
        return state.is_opened() || chosen().is_some_and(|chosen| chosen.flow.id == version.flow.id);
    };
    // A short while after, "thanks!" begins nothing and a late answer is an answer; a keyword or START begins anew.
    let rested = ended_at.is_some_and(|ended| setting.now - ended > REST_MS);
    let resumes = matches!(outcome.as_str(), "completed" | "silent" | "cancelled");
    let asks_again = setting.flows.by_keyword(request.tenant_id, request.channel, &said.text).is_some()
        || fold(&said.text) == "start"
        || matches!(understand::command(&said.text, state.language()), Some((Command::Restart, _)));
    resumes && !rested && !asks_again
}
