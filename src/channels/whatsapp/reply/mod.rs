//! What is said in one turn, as messages of the Cloud API, in order.

use super::callback::Callback;
use super::interactive::{Words, interactive};
use crate::channels::numbered::numbered;
use crate::channels::split::{Units, split};
use crate::channels::{MessageRef, Part};
use crate::domain::identity::{Identity, IdentityKind};
use crate::domain::message::Say;
use crate::domain::sending::{Dispatch, DispatchKind};
use serde_json::{Value as Json, json};

/// The longest text of a message.
const LONGEST_TEXT: usize = 4096;
/// The longest text above buttons or a list.
const LONGEST_BODY: usize = 1024;

/// Whom a message goes to, exactly as WhatsApp named them: a number that is written in another way may be nobody's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// By a WhatsApp id.
    Id(String),
    /// By a business-scoped user id: the person shows no number.
    User(String),
}

impl Recipient {
    /// The recipient among a person's identities: the WhatsApp id where there is one.
    pub fn of(identities: &[Identity]) -> Option<Recipient> {
        let value = |kind: IdentityKind| {
            identities.iter().find(|identity| identity.kind == kind).map(|identity| identity.value.clone())
        };
        let phone = || value(IdentityKind::Phone).map(|phone| phone.trim_start_matches('+').to_owned());
        let id = value(IdentityKind::Whatsapp).map(Recipient::Id);
        id.or_else(|| value(IdentityKind::WhatsappUser).map(Recipient::User))
            .or_else(|| phone().map(Recipient::Id))
    }

    /// The id, of either kind.
    pub fn as_str(&self) -> &str {
        match self {
            Recipient::Id(id) | Recipient::User(id) => id,
        }
    }
}

/// What is said as dispatches: each `Say` a message of its own, a long one several. `first` is our key of the whole;
/// every message carries it and its place, so that its reports find it. `words` gives our own words for a `Say`.
pub fn messages(
    says: &[Say],
    to: &Recipient,
    first: MessageRef,
    words: &dyn Fn(&Say) -> Words,
) -> Vec<Dispatch> {
    let contents: Vec<(&str, Json)> = says.iter().flat_map(|say| contents(say, words)).collect();
    let of = contents.len();
    let dispatch = |(index, (kind, content)): (usize, (&str, Json))| {
        let callback = Part::new(index, of).map(|part| Callback { message: first, part }.to_string());
        let (field, id) = match to {
            Recipient::Id(id) => ("to", id),
            Recipient::User(id) => ("recipient", id),
        };
        let mut body = json!({
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "type": kind,
        });
        body[field] = Json::from(id.as_str());
        body[kind] = content;
        if let Some(callback) = callback {
            body["biz_opaque_callback_data"] = Json::from(callback);
        }
        Dispatch { kind: DispatchKind::WhatsappMessage, to: id.clone(), body: body.to_string() }
    };
    contents.into_iter().enumerate().map(dispatch).collect()
}

/// Tells that a message was read, and that an answer is on its way: dots until it comes, or for 25 seconds.
pub fn read(message_id: &str, to: &Recipient) -> Dispatch {
    let body = json!({
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": message_id,
        "typing_indicator": {"type": "text"},
    });
    Dispatch { kind: DispatchKind::WhatsappRead, to: to.as_str().to_owned(), body: body.to_string() }
}

/// The messages one `Say` comes to: types and their contents.
fn contents(say: &Say, words: &dyn Fn(&Say) -> Words) -> Vec<(&'static str, Json)> {
    let text = |body: String| ("text", json!({"body": body, "preview_url": false}));
    let asked = say.text.trim();
    // What does not fit above the buttons comes before.
    let mut parts = split(asked, &Units::most(LONGEST_BODY));
    if let Some(last) = parts.pop()
        && let Some(question) = interactive(say, &last, words)
    {
        let before = &asked[..asked.len() - last.len()];
        let before = split(before, &Units::most(LONGEST_TEXT)).into_iter().map(text);
        return before.chain([("interactive", question)]).collect();
    }
    let mut whole = String::new();
    numbered(&mut whole, say);
    split(&whole, &Units::most(LONGEST_TEXT)).into_iter().map(text).collect()
}

#[cfg(test)]
mod tests;
