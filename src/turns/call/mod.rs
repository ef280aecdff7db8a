//! A phone call as turns: it begins or goes on with a conversation, hears, puts through, and ends; what was said stays.

mod written;

pub use written::{ANSWER_PATH, RECORDING_PATH, STATUS_PATH, answer_call, text_after_call};

use super::conversation::{Conversation, Turn, advance, new};
use super::plan::Setting;
use super::request::{CallOver, CallTurn, TurnError, TurnRequest};
use crate::channels::twilio::voice::{self, Line, Move};
use crate::clock::{DAY, MINUTE, Millis};
use crate::domain::call::{Call, Heard};
use crate::domain::channel::Channel;
use crate::domain::command::Command;
use crate::domain::consent::{self, Signal};
use crate::domain::identity::IdentityKind;
use crate::domain::message::{Said, Say};
use crate::domain::text::fold;
use crate::engine::{self, Effect, INTERRUPTED, Input, Outcome, Person};
use crate::flow::texts::TextKey;

/// The outcome of a conversation whose caller was put through to a person.
const TRANSFERRED: &str = "transferred";
/// The outcome of a call of ours that a machine took.
const MACHINE: &str = "machine";
/// A call of which something was heard so lately goes on: another from the same number is somebody else's, at a desk beside.
const ENGAGED_MS: Millis = MINUTE;
/// How long after it broke off a conversation is gone on with by the next call.
pub const RESUMED_WITHIN: Millis = DAY;

/// Something happened on the line.
pub(super) fn heard(
    setting: &Setting<'_>,
    request: &TurnRequest,
    person: &Person<'_>,
    existing: Option<Conversation>,
    call: &CallTurn,
    is_opted_out: bool,
) -> Result<Turn, TurnError> {
    if let Heard::Began { machine } = call.heard {
        return begin(setting, request, person, existing, call, machine);
    }
    let conversation = existing.ok_or(TurnError::UnknownCall)?;
    let mut line = match &conversation.state.call {
        Some(line) if line.sid == call.sid && !line.closing => line.clone(),
        // Its end was reported before the last answer arrived: the answer counts all the same.
        None if is_interrupted(&conversation) && call.heard.words().is_some() => {
            return Ok(too_late(person, conversation, call, setting.now));
        }
        _ => return Err(TurnError::UnknownCall),
    };
    line.heard_at = setting.now;
    let asked = conversation.state.open_step().map(str::to_owned);
    let mut turn = match &call.heard {
        Heard::Transferred { reached } => transferred(person, conversation, *reached, &mut line, setting.now),
        heard => match spoken_signal(heard, is_opted_out) {
            Some(Signal::Stop) => opt_out(person, conversation, &mut line, setting.now),
            Some(Signal::Start) => opt_in(person, conversation, setting.now),
            Some(Signal::Help) if !conversation.version.flow.off.contains(&Command::Help) => {
                let help = Input::Said(Said::text(Command::Help.as_str()));
                advance(conversation, person, &help, setting.now)
            }
            _ => moved(person, conversation, &mut line, heard, setting.now),
        },
    };
    if turn.effects.contains(&Effect::Handoff) && call.transfer_to(&turn.conversation.version.flow).is_some()
    {
        turn.says = vec![turn.word(person, TextKey::CallTransfer)];
    }
    let over = setting.now - line.began_at >= turn.conversation.version.flow.voice.max_length_ms;
    if over && !line.closing && turn.conversation.state.is_open() {
        line.closing = true;
        line.doubted = None;
        turn.says = vec![turn.word(person, TextKey::CallOver)];
    }
    if turn.conversation.state.open_step() != asked.as_deref() {
        line.page = 0;
    }
    Ok(finished(turn, person, line, setting.now))
}

/// The call is answered: goes on with what broke off lately, else begins.
fn begin(
    setting: &Setting<'_>,
    request: &TurnRequest,
    person: &Person<'_>,
    existing: Option<Conversation>,
    call: &CallTurn,
    machine: bool,
) -> Result<Turn, TurnError> {
    let engaged = |at: &Conversation| {
        let other = at.state.call.as_ref().filter(|line| line.sid != call.sid && !line.closing);
        at.state.is_open() && other.is_some_and(|line| setting.now - line.heard_at < ENGAGED_MS)
    };
    if !call.apart && existing.as_ref().is_some_and(engaged) {
        return Err(TurnError::Engaged);
    }
    let goes_on = |at: &Conversation| {
        let wanted = call.flow.as_ref().is_none_or(|id| *id == at.version.flow.id);
        let recent = at.ended_at.is_none_or(|ended| setting.now - ended <= RESUMED_WITHIN);
        wanted && recent && (at.state.is_open() || is_left(at))
    };
    let conversation = match existing.filter(goes_on) {
        Some(conversation) => conversation,
        None => new(setting, request, call.language.as_deref(), call.flow.as_deref(), None)?,
    };
    let line =
        Call { sid: call.sid.clone(), began_at: setting.now, heard_at: setting.now, ..Call::default() };
    if machine {
        return Ok(machine_took_it(person, conversation, line, setting.now));
    }
    let resumed = conversation.state.is_opened();
    let mut turn = advance(conversation, person, &Input::Returned, setting.now);
    if resumed {
        turn.says.insert(0, turn.word(person, TextKey::CallResumed));
    }
    let Conversation { version, state, .. } = &turn.conversation;
    if let Some(consent) = engine::text(&version.flow, person, state, &version.flow.voice.record) {
        turn.says.insert(0, consent);
    }
    Ok(finished(turn, person, line, setting.now))
}

/// An answering machine: what the flow leaves there, and nothing is asked.
fn machine_took_it(person: &Person<'_>, conversation: Conversation, mut line: Call, now: Millis) -> Turn {
    line.closing = true;
    let fresh = !conversation.state.is_opened();
    let mut turn = match fresh {
        true => advance(conversation, person, &Input::Left { outcome: MACHINE.to_owned() }, now),
        false => Turn::of(conversation, vec![]),
    };
    let Conversation { version, state, .. } = &turn.conversation;
    turn.says =
        engine::text(&version.flow, person, state, &version.flow.voice.voicemail).into_iter().collect();
    turn.conversation.state.call = Some(line);
    turn
}

fn moved(
    person: &Person<'_>,
    conversation: Conversation,
    line: &mut Call,
    heard: &Heard,
    now: Millis,
) -> Turn {
    let at = Line { flow: &conversation.version.flow, person, state: &conversation.state, now };
    match voice::hear(&at, line, heard) {
        Move::Engine(input) => advance(conversation, person, &input, now),
        Move::Say(says) => Turn { says, ..Turn::of(conversation, vec![]) },
        Move::Close(say) => {
            line.closing = true;
            Turn { says: vec![say], ..Turn::of(conversation, vec![]) }
        }
    }
}

/// The opt-out or opt-in words of somebody who speaks. To call us is no wish to be called: only a word for it restores
/// that, and "yes" is an answer.
fn spoken_signal(heard: &Heard, is_opted_out: bool) -> Option<Signal> {
    let Heard::Speech { text, .. } = heard else { return None };
    let word = fold(text);
    match consent::signal(text)? {
        Signal::Start if !is_opted_out || word.trim_matches(|c: char| !c.is_alphanumeric()) == "yes" => None,
        signal => Some(signal),
    }
}

fn opt_out(person: &Person<'_>, conversation: Conversation, line: &mut Call, now: Millis) -> Turn {
    let mut turn = advance(conversation, person, &Input::OptedOut, now);
    turn.says = vec![turn.word(person, TextKey::OptOut)];
    turn.consent = Some(Signal::Stop);
    line.closing = true;
    turn
}

fn opt_in(person: &Person<'_>, conversation: Conversation, now: Millis) -> Turn {
    let mut turn = advance(conversation, person, &Input::OptedIn, now);
    turn.says.insert(0, turn.word(person, TextKey::OptIn));
    turn.consent = Some(Signal::Start);
    turn
}

/// The transfer is over: the end where somebody took it, else the flow goes on.
fn transferred(
    person: &Person<'_>,
    conversation: Conversation,
    reached: bool,
    line: &mut Call,
    now: Millis,
) -> Turn {
    if reached {
        line.closing = true;
        return advance(conversation, person, &Input::Left { outcome: TRANSFERRED.to_owned() }, now);
    }
    let mut turn = advance(conversation, person, &Input::Returned, now);
    turn.says.insert(0, turn.word(person, TextKey::CallNobody));
    turn
}

/// An answer that arrived after its call was over.
fn too_late(person: &Person<'_>, conversation: Conversation, call: &CallTurn, now: Millis) -> Turn {
    let mut effects = Vec::new();
    let mut kept = |turn: Turn| {
        effects.extend(turn.effects.into_iter().filter(|effect| !matches!(effect, Effect::Say(_))));
        turn.conversation
    };
    let mut line = Call { sid: call.sid.clone(), began_at: now, ..Call::default() };
    let mut conversation = kept(advance(conversation, person, &Input::Returned, now));
    conversation = kept(moved(person, conversation, &mut line, &call.heard, now));
    // Nobody is there to be asked whether it was understood.
    if let Some(doubted) = line.doubted {
        conversation = kept(advance(conversation, person, &Input::Said(Said::text(doubted.text)), now));
    }
    conversation = kept(advance(conversation, person, &Input::Left { outcome: INTERRUPTED.to_owned() }, now));
    Turn { effects, ..Turn::of(conversation, vec![]) }
}

/// The call as it goes on, and what is said with its keys; a last word where it does not.
fn finished(mut turn: Turn, person: &Person<'_>, line: Call, now: Millis) -> Turn {
    if !turn.conversation.state.is_open() {
        let bye = turn.word(person, TextKey::CallBye);
        // Flows have their own words for it.
        let last = turn.says.last().map(|say| fold(&say.text)).unwrap_or_default();
        if !last.ends_with(&fold(&bye.text)) {
            turn.says.push(bye);
        }
    }
    let Conversation { version, state, .. } = &turn.conversation;
    let at = Line { flow: &version.flow, person, state, now };
    turn.says = turn.says.into_iter().map(|say| voice::prompt(&at, say, line.page)).collect();
    turn.conversation.state.call = Some(line);
    turn
}

/// The call is over: its conversation waits, or goes on by text message.
pub(super) fn ended(
    request: &TurnRequest,
    person: &Person<'_>,
    existing: Option<Conversation>,
    over: &CallOver,
    by_text: bool,
    now: Millis,
) -> Result<Turn, TurnError> {
    let held = |at: &Conversation| at.state.call.as_ref().is_some_and(|line| line.sid == over.sid);
    let mut conversation = existing.filter(held).ok_or(TurnError::UnknownCall)?;
    conversation.state.call = None;
    if !conversation.state.is_open() {
        return Ok(Turn::of(conversation, vec![]));
    }
    // Whoever answered nothing has begun nothing.
    let begun = conversation.state.lefts().next().is_some();
    let wanted = conversation.version.flow.voice.continue_by == Some(Channel::Sms);
    if !(wanted && begun && by_text && over.may_text && number(request).is_some()) {
        return Ok(advance(conversation, person, &Input::Left { outcome: INTERRUPTED.to_owned() }, now));
    }
    let by_sms = Person { channel: Channel::Sms, ..person.clone() };
    let mut turn = advance(conversation, &by_sms, &Input::Returned, now);
    turn.says.insert(0, turn.word(&by_sms, TextKey::CallContinued));
    turn.moves_to = Some(Channel::Sms);
    Ok(turn)
}

/// Where a text message reaches whoever called: the number they call from. One that was only said may be anybody's, and
/// whose opt-out that is nobody knows.
fn number(request: &TurnRequest) -> Option<String> {
    let called = request.identities.iter().find(|identity| identity.kind == IdentityKind::Phone)?;
    // What is no number of E.164 is a desk or a program.
    let dialled = called.value.strip_prefix('+')?;
    dialled.bytes().all(|byte| byte.is_ascii_digit()).then(|| called.value.clone())
}

fn is_interrupted(at: &Conversation) -> bool {
    matches!(at.state.outcome(), Outcome::Ended(outcome) if outcome == INTERRUPTED)
}

/// Whether it ended without coming to an end.
fn is_left(at: &Conversation) -> bool {
    let left = |outcome: &String| matches!(outcome.as_str(), INTERRUPTED | "silent" | "cancelled");
    matches!(at.state.outcome(), Outcome::Ended(outcome) if left(outcome))
}

impl Turn {
    /// A built-in text.
    fn word(&self, person: &Person<'_>, key: TextKey) -> Say {
        let Conversation { version, state, .. } = &self.conversation;
        engine::built_in(&version.flow, person, state, key)
    }
}
