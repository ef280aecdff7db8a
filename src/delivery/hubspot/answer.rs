//! What HubSpot's answers mean.
//!
//! Its `message` repeats what was sent (an e-mail that is not valid, for one), so reasons are made of categories and property
//! names only.

use crate::clock::{HOUR, Millis, SECOND};
use crate::delivery::{Fault, Outcome, Page, Remote, Reply, by_status};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Partly failed: what failed is in `errors`.
const PARTLY: u16 = 207;

/// What became of a contact; `known` is the id it was updated by, `sent` the properties' names.
pub(super) fn written(reply: Reply<'_>, known: Option<&str>, sent: &[&str], key_property: &str) -> Outcome {
    let answer: Json = serde_json::from_str(reply.body).unwrap_or(Json::Null);
    let failed = &answer["errors"][0];
    match reply.status {
        PARTLY if failed.is_object() => failure(PARTLY, failed, known, sent, key_property),
        200 | 201 | PARTLY => match answer["results"][0]["id"].as_str().or(answer["id"].as_str()) {
            Some(id) if !id.is_empty() => Outcome::Delivered { sink_id: Some(id.to_owned()) },
            _ => Outcome::Unknown { reason: format!("HTTP {} without an id", reply.status) },
        },
        status => failure(status, &answer, known, sent, key_property),
    }
}

/// The contacts of a `batch/read` or a search. Those that a `batch/read` did not find are not among its results.
pub(super) fn page(reply: Reply<'_>, key_property: &str) -> Result<Page, Outcome> {
    let answer: Json = serde_json::from_str(reply.body).unwrap_or(Json::Null);
    if !matches!(reply.status, 200 | PARTLY) {
        return Err(failure(reply.status, &answer, None, &[], key_property));
    }
    let Some(results) = answer["results"].as_array() else {
        return Err(Outcome::Unknown { reason: format!("HTTP {} without results", reply.status) });
    };
    let records = results.iter().filter_map(|contact| remote(contact, key_property)).collect();
    Ok(Page { records, next: answer["paging"]["next"]["after"].as_str().map(str::to_owned) })
}

fn remote(contact: &Json, key_property: &str) -> Option<Remote> {
    let sink_id = contact["id"].as_str()?.to_owned();
    let text = |(name, value): (&String, &Json)| Some((name.clone(), value.as_str()?.to_owned()));
    let mut fields: BTreeMap<String, String> =
        contact["properties"].as_object()?.iter().filter_map(text).collect();
    let key = fields.remove(key_property);
    Some(Remote { sink_id, key, fields })
}

fn failure(status: u16, error: &Json, known: Option<&str>, sent: &[&str], key_property: &str) -> Outcome {
    let category = category(error);
    let told =
        if category.is_empty() { format!("HTTP {status}") } else { format!("HTTP {status}: {category}") };
    let later = |after_ms| Outcome::Retry { reason: told.clone(), after_ms };
    match (status, category) {
        (409, _) | (_, "CONFLICT") => conflict(error, known, told),
        (429, _) | (_, "RATE_LIMITS") => later(pause(error)),
        (401, _) => {
            Outcome::Refused { reason: format!("{told}: the token is not accepted"), fault: Fault::Sink }
        }
        (404, _) if known.is_some() => Outcome::Gone,
        (423, _) => later(Some(2 * SECOND)),
        // The account is being moved to another data centre.
        (477, _) => later(None),
        (400, _) | (PARTLY, "VALIDATION_ERROR") => invalid(error, sent, key_property, told),
        (PARTLY, _) => Outcome::Unknown { reason: told },
        _ => by_status(status, category),
    }
}

/// The error's `category`, where it is one.
fn category(error: &Json) -> &str {
    let category = error["category"].as_str().unwrap_or_default();
    let is_one =
        category.len() <= 64 && category.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    if is_one { category } else { "" }
}

/// How long a rate limit lasts, by its policy.
fn pause(error: &Json) -> Option<Millis> {
    match error["policyName"].as_str()? {
        "TEN_SECONDLY_ROLLING" => Some(10 * SECOND),
        "SECONDLY" => Some(SECOND),
        "DAILY" => Some(HOUR),
        _ => None,
    }
}

/// Somebody with this e-mail is there.
fn conflict(error: &Json, known: Option<&str>, told: String) -> Outcome {
    match (existing_id(error), known) {
        (Some(sink_id), None) => Outcome::Exists { sink_id },
        // A correction that would make two contacts one: which of them stays is for people to say.
        (Some(id), Some(_)) => {
            let reason = format!("{told}: contact {id} has this e-mail already; merge the two in HubSpot");
            Outcome::Refused { reason, fault: Fault::Record }
        }
        (None, _) => Outcome::Refused { reason: told, fault: Fault::Record },
    }
}

/// The digits after the words `Existing ID`.
fn existing_id(error: &Json) -> Option<String> {
    let (_, rest) = error["message"].as_str()?.split_once("Existing ID")?;
    let digits = rest.trim_start_matches(|character: char| !character.is_ascii_digit());
    let end = digits.find(|character: char| !character.is_ascii_digit()).unwrap_or(digits.len());
    (end > 0).then(|| digits[..end].to_owned())
}

/// A property that is not taken: ours, because the account lacks it, or one of the record's.
fn invalid(error: &Json, sent: &[&str], key_property: &str, told: String) -> Outcome {
    let complaints = complaints(error);
    if complaints.iter().any(|complaint| names(complaint, key_property) && lacks(complaint)) {
        let reason = format!(
            "{told}: HubSpot has no unique contact property {key_property}; create one of that internal name, \
             single-line text with unique values"
        );
        return Outcome::Refused { reason, fault: Fault::Sink };
    }
    let named: Vec<&str> = (sent.iter().copied().chain([key_property]))
        .filter(|name| complaints.iter().any(|complaint| names(complaint, name)))
        .collect();
    let reason = if named.is_empty() { told } else { format!("{told}: {}", named.join(", ")) };
    Outcome::Refused { reason, fault: Fault::Record }
}

/// What an error complains of, one by one: its `errors`, and its message or the list of objects that the message ends with.
fn complaints(error: &Json) -> Vec<Vec<String>> {
    let message = error["message"].as_str().unwrap_or_default();
    let listed = message.find('[').and_then(|at| serde_json::from_str::<Vec<Json>>(&message[at..]).ok());
    let all = listed.unwrap_or_else(|| vec![message.into(), error["context"].clone()]);
    all.iter().chain(error["errors"].as_array().into_iter().flatten()).map(texts).collect()
}

/// All texts within a value.
fn texts(json: &Json) -> Vec<String> {
    match json {
        Json::String(text) => vec![text.clone()],
        Json::Array(all) => all.iter().flat_map(texts).collect(),
        Json::Object(all) => all.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// Whether a complaint is about the property: one of its texts is the name, quotes it, or calls it a property.
fn names(complaint: &[String], name: &str) -> bool {
    let forms = [format!("\"{name}\""), format!("'{name}'")];
    let bare = format!("property {name}");
    let called = |text: &str| {
        text.match_indices(&bare).any(|(at, _)| !text[at + bare.len()..].starts_with(is_of_name))
    };
    complaint.iter().any(|text| text == name || forms.iter().any(|form| text.contains(form)) || called(text))
}

fn is_of_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Whether it says that there is no such property, or that its values are not unique.
fn lacks(complaint: &[String]) -> bool {
    let forms = ["not exist", "doesnt_exist", "not found", "non-unique", "not unique", "not a unique"];
    complaint.iter().any(|text| {
        let text = text.to_ascii_lowercase();
        forms.iter().any(|form| text.contains(form))
    })
}
