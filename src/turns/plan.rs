//! Decides one turn: what was known and what was asked become rows and a reply. Pure; the loop does the rest.

use super::pace::{Pace, Verdict};
use super::request::{Answered, Told, TurnError, TurnInput, TurnRequest};
use super::rows::Rows;
use crate::channels::MessageRef;
use crate::clock::{DAY, Millis};
use crate::domain::channel::Channel;
use crate::domain::command::Command;
use crate::domain::consent::{self, Decision, Signal};
use crate::domain::message::{Said, Say};
use crate::domain::text::fold;
use crate::engine::{self, Effect, Input, Outcome, Person, State};
use crate::flow::library::{Library, Version};
use crate::flow::texts::TextKey;
use crate::ids::Ids;
use crate::store::turns::{Known, TurnRows};
use crate::understand;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How long a completed conversation answers "we have your answers" before a message begins a new one.
const REST_MS: Millis = DAY;

/// The person's world as a turn needs it: the same for a whole batch.
#[derive(Debug)]
pub struct Setting<'a> {
    /// Published and older versions of flows.
    pub flows: &'a Library,
    /// Makes row ids.
    pub ids: &'a Ids,
    /// The clock at this batch.
    pub now: Millis,
    /// The time zone of each tenant.
    pub zones: &'a BTreeMap<i64, jiff::tz::TimeZone>,
    /// Whether experiments run.
    pub experiments: bool,
    /// The address statuses are to be posted to.
    pub base_url: &'a str,
}

/// A decided turn.
#[derive(Debug)]
pub enum Planned {
    /// The message came before: nothing is written.
    Repeated(Answered),
    /// Rows to write, and the reply once they are.
    Write {
        /// The rows.
        rows: Box<TurnRows>,
        /// Whose turn it is.
        person_id: i64,
        /// What is answered after the commit.
        reply: Arc<str>,
        /// Whether the loop breaker has just parked the person: to be reported.
        parks: bool,
    },
}

/// A conversation to go on with, or to begin.
struct Conversation {
    id: i64,
    version: Arc<Version>,
    state: State,
    seq: i64,
    opened_at: Millis,
    ended_at: Option<Millis>,
    source: Option<String>,
}

/// Decides what a request comes to, given what is known of the person.
///
/// # Errors
/// Where there is no such session, flow or experiment, or what is stored cannot be read.
pub fn plan(setting: &Setting<'_>, request: &TurnRequest, known: &Known) -> Result<Planned, TurnError> {
    if known.seen_in.is_some() {
        let reply = known.reply.clone().unwrap_or_default().into();
        return Ok(Planned::Repeated(Answered { reply, repeated: true }));
    }
    let lead: BTreeMap<String, serde_json::Value> = read_json(known.fields.as_deref())?;
    let variants: BTreeMap<String, String> = read_json(known.variants.as_deref())?;
    let opted_out = known.opted_out.as_deref().unwrap_or_default();
    let is_opted_out = opted_out.split(',').any(|channel| channel == request.channel.as_str());

    let person_id = known.person_id.unwrap_or_else(|| setting.ids.next(setting.now));
    let seed = person_id.to_string();
    let utc = jiff::tz::TimeZone::UTC;
    let person = Person {
        seed: &seed,
        channel: request.channel,
        lead: &lead,
        variants: &variants,
        zone: setting.zones.get(&request.tenant_id).unwrap_or(&utc),
        experiments: setting.experiments,
    };
    let existing = existing(setting, request, known)?;
    let mut pace = Pace::parse(known.pace.as_deref().unwrap_or_default());
    let mut parks = false;
    let turn = match &request.input {
        TurnInput::Message { said, signal } => {
            let open = existing.as_ref().and_then(|at| at.state.open_step());
            // The chat API limits how often a session may ask, and says nothing unasked: no loop can begin there.
            let verdict = match request.channel {
                Channel::Web => Verdict::Person,
                _ => pace.count(said, open, setting.now),
            };
            parks = verdict == Verdict::Parks;
            let decision = match consent::decide(*signal, is_opted_out) {
                // Who says so is heard, whoever it is.
                decision @ (Decision::OptOut | Decision::Restore) => decision,
                _ if verdict == Verdict::Parked => Decision::Silent,
                Decision::Silent if wants_back(request, said) => Decision::Restore,
                decision => decision,
            };
            message(setting, request, &person, existing, said, decision)?
        }
        TurnInput::Start { language, flow, source } => {
            start(setting, request, &person, existing, language.as_deref(), flow.as_deref(), source.clone())?
        }
        TurnInput::Behaviour { action, .. } => {
            report(existing, &person, &Input::Behaved { action: action.clone() }, setting.now)?
        }
        TurnInput::Profile { fields } => {
            report(existing, &person, &Input::Profile { fields: fields.clone() }, setting.now)?
        }
        TurnInput::Expose { experiment } => {
            known_experiment(existing.as_ref(), experiment)?;
            report(existing, &person, &Input::Expose { experiment: experiment.clone() }, setting.now)?
        }
        TurnInput::Converted { experiment, goal } => {
            known_experiment(existing.as_ref(), experiment)?;
            report(existing, &person, &Input::Converted { goal: goal.clone() }, setting.now)?
        }
    };
    let flow = &turn.conversation.version.flow;
    let told = Told {
        request,
        flow,
        state: &turn.conversation.state,
        effects: &turn.effects,
        says: &turn.says,
        question: engine::question(flow, &person, &turn.conversation.state),
        first: MessageRef {
            tenant_id: request.tenant_id,
            conversation_id: turn.conversation.id,
            seq: turn.conversation.seq + 2,
        },
        base_url: setting.base_url,
        now: setting.now,
    };
    let reply: Arc<str> = (request.encode)(&told).into();
    let rows = Rows {
        request,
        known,
        person_id,
        lead,
        variants,
        now: setting.now,
        lead_id: known.lead_id.unwrap_or_else(|| setting.ids.next(setting.now)),
        conversation_id: turn.conversation.id,
        version: &turn.conversation.version,
        state: &turn.conversation.state,
        seq: turn.conversation.seq,
        opened_at: turn.conversation.opened_at,
        ended_at: turn.conversation.ended_at,
        source: turn.conversation.source.as_deref(),
        effects: &turn.effects,
        says: &turn.says,
        consent: turn.consent,
        pace,
        reply: &reply,
    };
    Ok(Planned::Write { rows: Box::new(rows.turn()), person_id, reply, parks })
}

/// A turn before it is written down.
struct Turn {
    conversation: Conversation,
    effects: Vec<Effect>,
    says: Vec<Say>,
    consent: Option<Signal>,
}

impl Turn {
    fn of(conversation: Conversation, effects: Vec<Effect>) -> Self {
        let says = effects.iter().filter_map(|effect| match effect {
            Effect::Say(say) => Some(say.clone()),
            _ => None,
        });
        let says = says.collect();
        Turn { conversation, effects, says, consent: None }
    }
}

/// A message: consent first, then the flow.
fn message(
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
    if let (Some(step), Some(conversation)) = (&said.step, &existing) {
        may_answer(conversation, step)?;
    }
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
            let mut turn = Turn::of(rest_or_new(setting, request, existing, said)?, vec![]);
            let Conversation { version, state, .. } = &turn.conversation;
            turn.says.extend(engine::question(&version.flow, person, state));
            Ok(turn)
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
fn wants_back(request: &TurnRequest, said: &Said) -> bool {
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

/// A chat session begins.
fn start(
    setting: &Setting<'_>,
    request: &TurnRequest,
    person: &Person<'_>,
    existing: Option<Conversation>,
    language: Option<&str>,
    flow: Option<&str>,
    source: Option<String>,
) -> Result<Turn, TurnError> {
    if let Some(conversation) = existing {
        // The same start is run again because its outcome was not known.
        let question = engine::question(&conversation.version.flow, person, &conversation.state);
        let mut turn = Turn::of(conversation, vec![]);
        turn.says.extend(question);
        return Ok(turn);
    }
    let mut conversation = new(setting, request, language, flow, None)?;
    conversation.source = source;
    Ok(advance(conversation, person, &Input::Open { said: None }, setting.now))
}

/// Something a program reports about a conversation there is.
fn report(
    existing: Option<Conversation>,
    person: &Person<'_>,
    input: &Input,
    now: Millis,
) -> Result<Turn, TurnError> {
    Ok(advance(existing.ok_or(TurnError::UnknownSession)?, person, input, now))
}

fn known_experiment(existing: Option<&Conversation>, experiment: &str) -> Result<(), TurnError> {
    match existing {
        Some(at) if !at.version.flow.experiments.contains_key(experiment) => {
            Err(TurnError::UnknownExperiment(experiment.to_owned()))
        }
        _ => Ok(()),
    }
}

fn advance(mut conversation: Conversation, person: &Person<'_>, input: &Input, now: Millis) -> Turn {
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
fn existing(
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
fn rest_or_new(
    setting: &Setting<'_>,
    request: &TurnRequest,
    existing: Option<Conversation>,
    said: &Said,
) -> Result<Conversation, TurnError> {
    existing.map_or_else(|| new(setting, request, None, None, Some(&said.text)), Ok)
}

fn new(
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
        .filter(|code| version.flow.languages.iter().any(|language| language == code))
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

fn read_json<T: Default + serde::de::DeserializeOwned>(text: Option<&str>) -> Result<T, TurnError> {
    match text {
        None | Some("") => Ok(T::default()),
        Some(text) => serde_json::from_str(text).map_err(|error| TurnError::Corrupt(error.to_string())),
    }
}
