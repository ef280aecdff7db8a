//! One POST of Meta's, taken apart: several entries, changes, messages and statuses may come in one, and each counts.
//!
//! Unknown fields and types appear without notice, and a person may come without number, name or contact; nothing of
//! this stops the rest.

mod message;
mod status;
mod who;

pub use status::Fate;

use super::fields::{inside, list, number, text};
use crate::channels::{ChannelError, Inbound};
use crate::domain::consent::Signal;
use crate::domain::identity::Identity;
use crate::domain::message::Note;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

/// The longest id that is taken as it is: longer ones could not be keys.
const LONGEST_ID: usize = 256;
/// What ids begin with that we made because there was none.
const MADE_UP: &str = "sha256:";

/// One thing that happened, at one number of ours.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Meta's id of our number; empty where the event is about no number.
    pub phone_number_id: String,
    /// What happened.
    pub item: Item,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// Somebody said something.
    Message(Box<Inbound>),
    /// Somebody did something that answers nothing, or is somebody else now.
    Noted(Box<Noted>),
    /// What became of a message of ours.
    Fate(Box<Fate>),
    /// WhatsApp could not handle something, by its number.
    Failed {
        /// Meta's number for it.
        code: Option<i64>,
    },
    /// Something about our account rather than about a person: a template's approval, a number's quality.
    Account {
        /// Which of Meta's webhook fields.
        field: String,
    },
    /// Something that names nobody or nothing.
    Unusable {
        /// What is missing.
        why: &'static str,
    },
}

/// Something to be kept that answers nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Noted {
    /// What.
    pub note: Note,
    /// Who; the ids a person had so far before those they have now. Never empty.
    pub identities: Vec<Identity>,
    /// Names it, so that a repeat is known.
    pub provider_id: String,
    /// The name the person goes by there.
    pub sender_name: Option<String>,
    /// Whether it is an opt-out or opt-in.
    pub signal: Option<Signal>,
}

/// Everything in a verified body, in order. What is about something else than WhatsApp is nothing.
///
/// # Errors
/// `Malformed` where the body is no JSON object.
pub fn events(body: &[u8]) -> Result<Vec<Event>, ChannelError> {
    let body: Json = serde_json::from_slice(body)
        .map_err(|error| ChannelError::Malformed(format!("the body is no JSON: {}", cause(&error))))?;
    if !body.is_object() {
        return Err(ChannelError::Malformed("the body must be a JSON object".to_owned()));
    }
    let mut events = Vec::new();
    if body.get("object").is_some_and(|object| object != "whatsapp_business_account") {
        return Ok(events);
    }
    for entry in list(&body, "entry") {
        let business = text(entry, "id", LONGEST_ID);
        for change in list(entry, "changes") {
            let value = inside(change, "value");
            let metadata = inside(value, "metadata");
            let phone_number_id = text(metadata, "phone_number_id", LONGEST_ID).unwrap_or_default();
            let mut push = |item| events.push(Event { phone_number_id: phone_number_id.clone(), item });
            match text(change, "field", LONGEST_ID).as_deref() {
                Some("messages") | None => said(value, business.as_deref(), &phone_number_id, &mut push),
                Some("user_preferences") => {
                    list(value, "user_preferences").iter().for_each(|one| push(preference(one, value)));
                }
                Some("user_id_update") => updates(value).for_each(|one| push(new_user_id(one, value))),
                Some(field) => push(Item::Account { field: field.to_owned() }),
            }
        }
    }
    Ok(events)
}

/// The category and place of a mistake in JSON; never the text around it.
fn cause(error: &serde_json::Error) -> String {
    format!("{:?} at line {}, column {}", error.classify(), error.line(), error.column())
}

/// Messages, statuses and errors of a change.
fn said(value: &Json, business: Option<&str>, phone_number_id: &str, push: &mut impl FnMut(Item)) {
    for one in list(value, "messages") {
        push(message::item(one, value, business, phone_number_id));
    }
    for one in list(value, "statuses") {
        push(status::item(one));
    }
    for one in list(value, "errors") {
        push(Item::Failed { code: number(one, "code") });
    }
}

/// The provider's id, or one made of the whole: the same whenever the same comes again.
fn id_of(object: &Json) -> String {
    let id = object
        .get("id")
        .and_then(Json::as_str)
        .filter(|id| (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic()));
    id.map_or_else(|| made_up(&object.to_string()), str::to_owned)
}

fn made_up(of: &str) -> String {
    let hash: String = Sha256::digest(of).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{MADE_UP}{hash}")
}

/// Whether an id is none of Meta's: nothing can be told Meta about such a message.
pub fn is_made_up(id: &str) -> bool {
    id.starts_with(MADE_UP)
}

/// Somebody switched marketing messages off or on in WhatsApp's own settings.
fn preference(one: &Json, value: &Json) -> Item {
    let word = text(one, "value", 32).unwrap_or_default();
    let signal = match word.as_str() {
        "stop" => Some(Signal::Stop),
        "resume" | "signup" => Some(Signal::Start),
        _ => None,
    };
    let (identities, sender_name) = who::of(one, "wa_id", "user_id", value);
    if identities.is_empty() {
        return Item::Unusable { why: "a preference of nobody" };
    }
    let words = text(one, "detail", 500).unwrap_or_else(|| format!("marketing messages: {word}"));
    let note = Note { note: "preference".to_owned(), words, about: None };
    let provider_id = made_up(&one.to_string());
    Item::Noted(Box::new(Noted { note, identities, provider_id, sender_name, signal }))
}

/// The updates of a change: a list of them, or one.
fn updates(value: &Json) -> impl Iterator<Item = &Json> {
    let several = list(value, "user_id_update");
    let one = value.get("user_id_update").filter(|one| one.is_object());
    let alone = (several.is_empty() && one.is_none()).then_some(value);
    several.iter().chain(one).chain(alone)
}

/// Somebody has another business-scoped id now.
fn new_user_id(one: &Json, value: &Json) -> Item {
    let (mut identities, sender_name) = who::of(one, "wa_id", "no_such_field", value);
    let ids = inside(one, "user_id");
    let (previous, current) = (who::user(ids, "previous"), who::user(ids, "current"));
    let (Some(previous), Some(current)) = (previous, current) else {
        return Item::Unusable { why: "a change of ids without both of them" };
    };
    identities.extend([previous, current]);
    let note = Note { note: "user_id_changed".to_owned(), words: String::new(), about: None };
    let provider_id = made_up(&one.to_string());
    Item::Noted(Box::new(Noted { note, identities, provider_id, sender_name, signal: None }))
}

#[cfg(test)]
mod tests;
