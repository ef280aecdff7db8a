//! Decides one turn: what was known and what was asked become rows and a reply. Pure; the loop does the rest.

use super::agreeing::agreed;
use super::call;
use super::capturing;
use super::conversation::{Conversation, Turn, advance, existing, new};
use super::delivering;
use super::happened::Whose;
use super::message::{message, wants_back};
use super::noted::noted;
use super::outbox::{self, Hold, Leaving};
use super::pace::{Pace, Verdict};
use super::profile::profile;
use super::reach::reached;
use super::request::{Answered, Told, TurnError, TurnInput, TurnRequest};
use super::rows::Rows;
use super::silence;
use super::telling;
use crate::channels::MessageRef;
use crate::clock::Millis;
use crate::delivery::Book;
use crate::domain::center::Center;
use crate::domain::channel::Channel;
use crate::domain::consent::{self, Decision, Signal};
use crate::domain::hours::Hours;
use crate::domain::lifecycle::Status;
use crate::domain::window;
use crate::engine::{self, Input, Person};
use crate::flow::library::Library;
use crate::ids::Ids;
use crate::notify::Lists;
use crate::store::outbox::Held;
use crate::store::turns::{Known, TurnRows};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The person's world as a turn needs it: the same for a whole batch.
#[derive(Debug)]
pub struct Setting<'a> {
    /// Published and older versions of flows.
    pub flows: &'a Library,
    /// Makes row ids.
    pub ids: &'a Ids,
    /// The clock at this batch.
    pub now: Millis,
    /// What each tenant is set to.
    pub centers: &'a BTreeMap<i64, Center>,
    /// When people may be written to unasked.
    pub hours: Hours,
    /// Whether experiments run.
    pub experiments: bool,
    /// The address statuses are to be posted to.
    pub base_url: &'a str,
    /// Where leads are delivered to.
    pub sinks: &'a Book,
    /// Who is told of leads.
    pub lists: &'a Lists,
    /// This process, where it sends what it writes.
    pub hold: Option<Hold<'a>>,
}

/// A decided turn.
#[derive(Debug)]
pub enum Planned {
    /// The message came before: nothing is written.
    Repeated(Answered),
    /// There is nothing it could be kept with: nothing is written or answered.
    Nothing,
    /// Rows to write, and the reply once they are.
    Write {
        /// The rows.
        rows: Box<TurnRows>,
        /// Whose turn it is.
        person_id: i64,
        /// What is answered after the commit.
        reply: Arc<str>,
        /// What this process sends once they are written.
        held: Vec<Held>,
        /// Whether the loop breaker has just parked the person: to be reported.
        parks: bool,
    },
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

    if is_opted_out && matches!(request.input, TurnInput::Refused { .. }) {
        return Ok(Planned::Nothing);
    }

    let person_id = known.person_id.unwrap_or_else(|| setting.ids.next(setting.now));
    let seed = person_id.to_string();
    let utc = jiff::tz::TimeZone::UTC;
    let person = Person {
        seed: &seed,
        channel: request.channel,
        lead: &lead,
        variants: &variants,
        zone: setting.centers.get(&request.tenant_id).map_or(&utc, |center| &center.zone),
        experiments: setting.experiments,
        is_over: known.status.as_deref().and_then(Status::parse).is_some_and(|status| !status.is_open()),
    };
    let existing = existing(setting, request, known)?;
    let before = existing.as_ref().filter(|at| delivering::is_delivered(&at.version.flow, &at.state));
    let before = before.map(|at| (at.id, at.state.clone()));
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
        TurnInput::Refused { .. } => {
            let conversation = existing.ok_or(TurnError::UnknownSession)?;
            let mut turn = advance(conversation, &person, &Input::OptedOut, setting.now);
            turn.says.clear();
            turn.consent = Some(Signal::Stop);
            turn
        }
        TurnInput::Noted { note, signal } => {
            match noted(setting, request, &person, existing, note, *signal, opted_out)? {
                Some(turn) => turn,
                None => return Ok(Planned::Nothing),
            }
        }
        TurnInput::Silent { conversation_id } => {
            match silence::silent(setting, request, &person, known, existing, *conversation_id, is_opted_out)
            {
                Some(turn) => turn,
                None => return Ok(Planned::Nothing),
            }
        }
        TurnInput::Reach(reach) => {
            let window_closes_at = known.window_closes_at;
            match reached(setting, request, &person, window_closes_at, existing, reach, is_opted_out)? {
                Some(turn) => turn,
                None => return Ok(Planned::Nothing),
            }
        }
        TurnInput::Call(call) => call::heard(setting, request, &person, existing, call, is_opted_out)?,
        TurnInput::CallEnded(over) => {
            // Whoever wants no calls is not written to in their place.
            let by_text =
                !is_opted_out && opted_out.split(',').all(|channel| channel != Channel::Sms.as_str());
            call::ended(request, &person, existing, over, by_text, setting.now)?
        }
        TurnInput::Start { language, flow, source } => {
            start(setting, request, &person, existing, language.as_deref(), flow.as_deref(), source.clone())?
        }
        TurnInput::Behaviour { action, .. } => {
            report(existing, &person, &Input::Behaved { action: action.clone() }, setting.now)?
        }
        TurnInput::Profile { fields } => {
            let existing = Some(existing.ok_or(TurnError::UnknownSession)?);
            let input = profile(&lead, known.state.as_deref(), fields)?;
            report(existing, &person, &input, setting.now)?
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
        person: &person,
        template: turn.template.as_deref(),
        first: MessageRef {
            tenant_id: request.tenant_id,
            conversation_id: turn.conversation.id,
            seq: turn.conversation.seq + 2,
        },
        base_url: setting.base_url,
        now: setting.now,
    };
    let channel = turn.moves_to.unwrap_or(request.channel);
    let reply: Arc<str> = (request.encode)(&told).into();
    let dispatches = match request.sends {
        Some(sends) if outbox::may_send(is_opted_out, turn.consent) => sends(&told),
        _ => Vec::new(),
    };
    let window_closes_at = opens(request, setting.now);
    let leaving = Leaving {
        channel,
        first: told.first,
        consent: turn.consent,
        unasked_until: turn.unasked_until,
        window_closes_at: known.window_closes_at.max(window_closes_at),
        dispatches,
    };
    let mut sends = outbox::sends(setting, request, known, person_id, leaving);
    let mut held = std::mem::take(&mut sends.held);
    let lead_id = known.lead_id.unwrap_or_else(|| setting.ids.next(setting.now));
    let whose = Whose {
        request,
        person: &person,
        lead_id,
        conversation_id: turn.conversation.id,
        flow: &flow.id,
        source: turn.conversation.source.as_deref(),
    };
    let state = &turn.conversation.state;
    let place = (person_id, turn.conversation.seq + 1);
    // A conversation that begins corrects nothing of the one before.
    let before = before.filter(|(id, _)| *id == turn.conversation.id).map(|(_, state)| state);
    let deliveries =
        delivering::deliveries(setting, whose, flow, (before.as_ref(), state), &turn.effects, place);
    let words = request.words();
    let telling = telling::telling(setting, whose, flow, state, &turn.effects, words, place);
    let captured = capturing::captured(setting, whose, flow, (before.as_ref(), state), &turn.effects, place);
    let agreed = agreed(setting, whose, (before.as_ref(), state), place);
    for (job, mine) in captured.into_iter().chain(agreed) {
        sends.rows.push(job);
        held.extend(mine);
    }
    held.extend(deliveries.held);
    held.extend(telling.held);
    sends.rows.extend(deliveries.jobs);
    sends.rows.extend(telling.jobs);
    let rows = Rows {
        request,
        known,
        person_id,
        channel,
        lead,
        variants,
        now: setting.now,
        lead_id,
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
        note: turn.note.as_deref(),
        pace,
        reply: &reply,
        sends,
        deliveries: deliveries.rows,
        notices: telling.rows,
        window_closes_at,
    };
    Ok(Planned::Write { rows: Box::new(rows.turn()), person_id, reply, held, parks })
}

/// When the window closes that a request opens, where its channel has one.
fn opens(request: &TurnRequest, now: Millis) -> Option<Millis> {
    let TurnInput::Message { said, .. } = &request.input else { return None };
    (request.channel == Channel::Whatsapp).then(|| window::closes_at(said.said_at.unwrap_or(now), now))
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

fn read_json<T: Default + serde::de::DeserializeOwned>(text: Option<&str>) -> Result<T, TurnError> {
    match text {
        None | Some("") => Ok(T::default()),
        Some(text) => serde_json::from_str(text).map_err(|error| TurnError::Corrupt(error.to_string())),
    }
}
