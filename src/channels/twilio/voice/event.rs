//! What Twilio posts of a call: who calls, what was heard, how it ended.

use crate::channels::ChannelError;
use crate::channels::twilio::form::Form;
use crate::domain::call::{CallEnd, Heard};
use crate::domain::identity::Identity;

/// Longer ids are none of Twilio's.
const LONGEST_SID: usize = 64;
/// Longer numbers and SIP addresses there are none, in bytes.
const LONGEST_ADDRESS: usize = 255;
/// More keys than any answer has.
const MOST_KEYS: usize = 64;
/// Longer names are cut, in characters.
const LONGEST_NAME: usize = 200;

/// A webhook of a call that goes on.
#[derive(Clone, Debug, PartialEq)]
pub struct CallEvent {
    /// Twilio's id of the call.
    pub sid: String,
    /// Which webhook of the call it is, from 0: a repeat has the same.
    pub turn: u32,
    /// Who is at the other end.
    pub person: Identity,
    /// The name their carrier shows.
    pub name: Option<String>,
    /// What happened.
    pub heard: Heard,
}

/// A call that is over.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    /// Twilio's id of the call.
    pub sid: String,
    /// Who was at the other end.
    pub person: Identity,
    /// How it ended.
    pub end: CallEnd,
    /// How long it was, where Twilio says so.
    pub seconds: Option<i64>,
    /// Our number.
    pub ours: String,
}

/// The number of ours in a call's form: the one called, or the one that calls.
pub fn our_number(form: &Form) -> Option<&str> {
    form.raw(if is_outbound(form) { "From" } else { "To" })
}

/// `inbound`, `outbound-api` or `outbound-dial`.
fn is_outbound(form: &Form) -> bool {
    form.raw("Direction").is_some_and(|direction| direction.starts_with("outbound"))
}

/// The first webhook of a call.
///
/// # Errors
/// `Malformed` where the call's id or our number is missing. A caller who withholds the number is no error.
pub fn began(form: &Form) -> Result<CallEvent, ChannelError> {
    // A machine's greeting, or a fax's tone; "human" and "unknown" are people until they are silent.
    let machine = form.raw("AnsweredBy").is_some_and(|by| by.starts_with("machine") || by == "fax");
    event(form, 0, Heard::Began { machine })
}

/// What was heard, or what became of a transfer; `query` is that of the request's address, which carries the turn.
///
/// # Errors
/// `Malformed` where the call's id, our number or the turn is missing.
pub fn answered(form: &Form, query: Option<&str>) -> Result<CallEvent, ChannelError> {
    let turn = parameter(query, "turn").and_then(|turn| turn.parse().ok()).filter(|turn| *turn > 0);
    let turn = turn.ok_or_else(|| {
        ChannelError::Malformed(
            "the address has no turn; only addresses of our own documents lead here".to_owned(),
        )
    })?;
    event(form, turn, heard(form))
}

/// How a call ended; `None`: it goes on.
///
/// # Errors
/// `Malformed` where the call's id, its status or our number is missing.
pub fn ended(form: &Form) -> Result<Option<Ended>, ChannelError> {
    let (sid, person, ours) = parties(form)?;
    let status = form.required(&["CallStatus"])?;
    let seconds = form.raw("CallDuration").and_then(|seconds| seconds.trim().parse().ok());
    Ok(CallEnd::parse(&status).map(|end| Ended { sid, person, end, seconds, ours }))
}

/// Who took a call of ours, where Twilio listened (`AnsweredBy`).
pub fn answered_by(form: &Form) -> Option<&str> {
    form.raw("AnsweredBy").filter(|by| !by.is_empty() && by.len() <= LONGEST_SID)
}

/// Twilio's status of a call, the network's SIP answer, and how long it was in seconds.
pub fn fate(form: &Form) -> (&str, Option<u16>, Option<i64>) {
    let number = |name: &str| form.raw(name).map(str::trim);
    (
        form.raw("CallStatus").unwrap_or_default(),
        number("SipResponseCode").and_then(|code| code.parse().ok()),
        number("CallDuration").and_then(|seconds| seconds.parse().ok()),
    )
}

/// Whether anybody took the leg a call was put through to (`DialCallStatus`).
pub fn was_reached(form: &Form) -> bool {
    form.raw("DialCallStatus").is_some_and(|status| matches!(status, "completed" | "answered"))
}

fn event(form: &Form, turn: u32, heard: Heard) -> Result<CallEvent, ChannelError> {
    let (sid, person, _) = parties(form)?;
    let name = form.text("CallerName").map(|name| name.trim().chars().take(LONGEST_NAME).collect());
    Ok(CallEvent { sid, turn, person, name, heard })
}

/// The call's id, whoever is at the other end, and our number.
fn parties(form: &Form) -> Result<(String, Identity, String), ChannelError> {
    let sid = id(form, "CallSid")?;
    let (ours, theirs) = if is_outbound(form) { ("From", "To") } else { ("To", "From") };
    let ours = form.required(&[ours])?;
    let number = form.text(theirs).unwrap_or_default();
    if number.len() > LONGEST_ADDRESS {
        return Err(ChannelError::Malformed(format!("the field {theirs} is longer than any number")));
    }
    let person = Identity::caller(&number, &sid);
    Ok((sid, person, ours))
}

/// One of Twilio's ids.
pub(super) fn id(form: &Form, field: &str) -> Result<String, ChannelError> {
    let id = form.required(&[field])?;
    if id.len() > LONGEST_SID || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(ChannelError::Malformed(format!("the field {field} is no id of Twilio's")));
    }
    Ok(id)
}

/// Keys before speech: whoever presses one means it.
fn heard(form: &Form) -> Heard {
    if form.raw("DialCallStatus").is_some() {
        return Heard::Transferred { reached: was_reached(form) };
    }
    let is_key = |key: &char| key.is_ascii_digit() || *key == '*';
    let keys: String =
        form.raw("Digits").unwrap_or_default().chars().filter(is_key).take(MOST_KEYS).collect();
    if !keys.is_empty() {
        return Heard::Keys(keys);
    }
    let Some(text) = form.text("SpeechResult") else { return Heard::Nothing };
    // Some recognisers always write 0: then nothing is known of it.
    let confidence = form.raw("Confidence").and_then(|text| text.trim().parse::<f64>().ok());
    Heard::Speech { text, confidence: confidence.filter(|sure| *sure > 0.0 && *sure <= 1.0) }
}

/// A parameter of an address's query.
pub fn parameter(query: Option<&str>, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}
