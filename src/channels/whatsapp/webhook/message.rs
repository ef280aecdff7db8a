//! One message, of whichever type: something said, or something to be noted.

use super::super::fields::{degrees, inside, list, number, text};
use super::super::interactive::Tap;
use super::{Item, LONGEST_ID, Noted, id_of, who};
use crate::channels::{Extras, Inbound, Referral};
use crate::clock::SECOND;
use crate::domain::channel::Channel;
use crate::domain::identity::Identity;
use crate::domain::message::{Media, Note, Position, Said};
use serde_json::Value as Json;

/// The longest text that is taken, in characters; no question needs more.
const LONGEST_TEXT: usize = 16_384;
/// The most contact cards of one message that are read.
const MOST_CARDS: usize = 10;

/// What came of a message's type.
enum Read {
    /// The person said it.
    Said(Said),
    /// It answers nothing.
    Note(Note),
    /// The person is somebody else now, too.
    Changed(Note, Vec<Identity>),
}

pub(super) fn item(one: &Json, value: &Json, business: Option<&str>, phone_number_id: &str) -> Item {
    let (mut identities, sender_name) = who::of(one, "from", "from_user_id", value);
    let Some(from) = identities.last().map(|identity| identity.value.clone()) else {
        return Item::Unusable { why: "a message of nobody" };
    };
    let provider_id = id_of(one);
    let note = match read(one) {
        Read::Said(said) => {
            let said =
                Said { said_at: number(one, "timestamp").and_then(|at| at.checked_mul(SECOND)), ..said };
            return Item::Message(Box::new(Inbound {
                account_address: phone_number_id.to_owned(),
                account_id: business.map(str::to_owned),
                from,
                identities,
                channel: Channel::Whatsapp,
                said,
                provider_id,
                sender_name,
                opt_out: None,
                extras: extras(one),
            }));
        }
        Read::Note(note) => note,
        Read::Changed(note, new) => {
            for identity in new {
                let known =
                    identities.iter().any(|one| one.kind == identity.kind && one.key() == identity.key());
                if !known {
                    identities.push(identity);
                }
            }
            note
        }
    };
    Item::Noted(Box::new(Noted { note, identities, provider_id, sender_name, signal: None }))
}

/// By its type. Types that are new to us are noted; a message that says nothing at all, too.
fn read(one: &Json) -> Read {
    let kind = text(one, "type", 64).unwrap_or_default();
    let about = inside(one, &kind);
    let said = match kind.as_str() {
        "text" => Said::text(text(about, "body", LONGEST_TEXT).unwrap_or_default()),
        "button" => tapped(text(about, "payload", LONGEST_TEXT), text(about, "text", LONGEST_TEXT)),
        "interactive" => interactive(about),
        "image" | "audio" | "video" | "document" | "sticker" => Said {
            text: text(about, "caption", LONGEST_TEXT).unwrap_or_default(),
            media: media(about).into_iter().collect(),
            ..Said::default()
        },
        "location" => place(about),
        "contacts" => Said::text(cards(list(one, "contacts"))),
        "system" => return changed(about),
        _ => return Read::Note(beside(&kind, about)),
    };
    let says_nothing =
        said.text.is_empty() && said.tapped.is_none() && said.media.is_empty() && said.position.is_none();
    if says_nothing { Read::Note(beside(&kind, about)) } else { Read::Said(said) }
}

/// A template's button or one of ours: ours carry the question they belong to.
fn tapped(id: Option<String>, title: Option<String>) -> Said {
    let tap = id.map(|id| Tap::parse(&id)).unwrap_or_default();
    Said { text: title.unwrap_or_default(), tapped: tap.value, step: tap.step, ..Said::default() }
}

fn interactive(about: &Json) -> Said {
    let kind = text(about, "type", 64).unwrap_or_default();
    let reply = inside(about, &kind);
    match kind.as_str() {
        "button_reply" | "list_reply" => {
            tapped(text(reply, "id", LONGEST_ID), text(reply, "title", LONGEST_TEXT))
        }
        "nfm_reply" => Said::text(filled_in(reply)),
        _ => Said::default(),
    }
}

/// What was filled into a form of WhatsApp's: its values, a line each; they come as JSON within a text.
fn filled_in(reply: &Json) -> String {
    let response = text(reply, "response_json", LONGEST_TEXT).unwrap_or_default();
    let form: Json = serde_json::from_str(&response).unwrap_or(Json::Null);
    let fields = form.as_object().into_iter().flatten().filter(|(name, _)| *name != "flow_token");
    let lines: Vec<String> = fields.filter_map(|(name, _)| text(&form, name, LONGEST_TEXT)).collect();
    if lines.is_empty() { text(reply, "body", LONGEST_TEXT).unwrap_or_default() } else { lines.join("\n") }
}

/// A file, by the id it is fetched with; addresses that come along expire within minutes.
fn media(about: &Json) -> Option<Media> {
    let id = text(about, "id", LONGEST_ID).map(|id| format!("whatsapp-media:{id}"));
    Some(Media {
        content_type: text(about, "mime_type", 200).unwrap_or_else(|| "application/octet-stream".to_owned()),
        url: id.or_else(|| text(about, "url", 2_048))?,
    })
}

/// A shared position; in words too, for a question that wants words.
fn place(about: &Json) -> Said {
    let position = degrees(about, "latitude", 90.0).zip(degrees(about, "longitude", 180.0));
    let name = text(about, "name", 500).or_else(|| text(about, "address", 500));
    let figures = position.map(|(latitude, longitude)| format!("{latitude}, {longitude}"));
    Said {
        text: name.clone().or(figures).unwrap_or_default(),
        position: position.map(|(latitude, longitude)| Position { latitude, longitude, name }),
        ..Said::default()
    }
}

/// Contact cards as words: a shared number answers the question for a number.
fn cards(cards: &[Json]) -> String {
    let mut lines = Vec::new();
    for card in cards.iter().take(MOST_CARDS) {
        lines.extend(text(inside(card, "name"), "formatted_name", 200));
        let values = |of: &'static str, name: &'static str| {
            list(card, of).iter().take(MOST_CARDS).filter_map(move |one| text(one, name, 200))
        };
        lines.extend(values("phones", "phone"));
        lines.extend(values("emails", "email"));
    }
    lines.join("\n")
}

/// WhatsApp tells that somebody has another number or id; the conversation goes on under both.
fn changed(about: &Json) -> Read {
    let (what, new) = match text(about, "type", 64).as_deref() {
        Some("user_changed_number") => {
            let id = who::id(about, "wa_id").or_else(|| who::id(about, "new_wa_id"));
            let user = who::user(about, "user_id");
            ("number_changed", id.iter().flat_map(|id| who::whatsapp(id)).chain(user).collect())
        }
        Some("user_changed_user_id") => {
            ("user_id_changed", who::user(about, "user_id").into_iter().collect())
        }
        Some("customer_identity_changed") => ("identity_changed", vec![]),
        _ => ("system", vec![]),
    };
    Read::Changed(Note { note: what.to_owned(), words: String::new(), about: None }, new)
}

/// What answers nothing: reactions, edits, deletions, orders, types WhatsApp or we do not know.
fn beside(kind: &str, about: &Json) -> Note {
    let words = match kind {
        "reaction" => text(about, "emoji", 32),
        "edit" => text(inside(inside(about, "message"), "text"), "body", LONGEST_TEXT),
        "order" => Some(order(about)),
        _ => None,
    };
    let id = text(about, "message_id", LONGEST_ID).or_else(|| text(about, "original_message_id", LONGEST_ID));
    let note = if kind.is_empty() { "unknown" } else { kind };
    Note { note: note.to_owned(), words: words.unwrap_or_default(), about: id }
}

/// A shopping basket, an article a line.
fn order(about: &Json) -> String {
    let line = |item: &Json| {
        let article = text(item, "product_retailer_id", 200)?;
        Some(format!("{} × {article}", number(item, "quantity").unwrap_or(1)))
    };
    let articles = list(about, "product_items").iter().take(100).filter_map(line);
    text(about, "text", LONGEST_TEXT).into_iter().chain(articles).collect::<Vec<_>>().join("\n")
}

fn extras(one: &Json) -> Extras {
    let (referral, context) = (inside(one, "referral"), inside(one, "context"));
    let field = |name: &str| text(referral, name, 2_048);
    let referral = Referral {
        kind: field("source_type"),
        id: field("source_id"),
        url: field("source_url"),
        headline: field("headline"),
        click: field("ctwa_clid"),
    };
    let said_so = |name: &str| inside(context, name) == &Json::Bool(true);
    Extras {
        referral: (referral != Referral::default()).then_some(referral),
        forwarded: said_so("forwarded") || said_so("frequently_forwarded"),
        quotes: text(context, "id", LONGEST_ID),
    }
}
