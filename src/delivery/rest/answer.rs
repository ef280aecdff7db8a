//! Where answers have ids and records.

use super::Settings;
use crate::delivery::Remote;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Where the id of a created record usually is.
const IDS: [&str; 7] = ["/id", "/data/id", "/lead/id", "/lead_id", "/0/id", "/0", "/data/0/id"];
/// Where a record of a list usually has its id.
const IDS_WITHIN: [&str; 2] = ["/id", "/lead_id"];
/// Where the records usually are.
const RECORDS: [&str; 6] = ["/data", "/results", "/items", "/leads", "/records", "/lead"];

/// A number or a text that is not empty.
pub fn id(json: &Json, pointer: &str) -> Option<String> {
    match json.pointer(pointer)? {
        Json::String(text) if !text.is_empty() => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A value as text; what is not there is the empty text.
pub fn text(value: Option<&Json>) -> String {
    match value {
        None | Some(Json::Null) => String::new(),
        Some(Json::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// The API's id in the answer to a creation.
pub fn created(settings: &Settings, answer: &Json) -> Option<String> {
    match &settings.id {
        Some(pointer) => id(answer, pointer),
        None => IDS.iter().find_map(|pointer| id(answer, pointer)),
    }
}

/// The API's id of a record in a list: where the answer to a creation has it, or under the same name in the record itself.
fn within(settings: &Settings, record: &Json) -> Option<String> {
    let usual = || IDS_WITHIN.iter().find_map(|pointer| id(record, pointer));
    match &settings.id {
        None => usual(),
        Some(pointer) => {
            let last = &pointer[pointer.rfind('/').unwrap_or(0)..];
            id(record, pointer).or_else(|| id(record, last)).or_else(usual)
        }
    }
}

/// The records of an answer; `None` where it has no place for any, or says that something went wrong instead of having them.
pub fn records<'a>(settings: &Settings, answer: &'a Json) -> Option<Vec<&'a Json>> {
    let records = match &settings.found {
        Some(pointer) => listed(answer.pointer(pointer)?)?,
        None if answer.is_object() => {
            let usual = RECORDS.iter().filter_map(|pointer| answer.pointer(pointer)).chain([answer]);
            let is_it = |place: &&Json| place.is_array() || within(settings, place).is_some();
            let empty =
                || RECORDS.iter().any(|pointer| answer.pointer(pointer) == Some(&Json::Null)).then(Vec::new);
            usual.filter(is_it).find_map(listed).or_else(empty)?
        }
        None => listed(answer)?,
    };
    (!records.is_empty() || !is_trouble(answer)).then_some(records)
}

/// Whether an answer says that something went wrong: then that it has no records says nothing of them.
fn is_trouble(answer: &Json) -> bool {
    let told = |name: &str| match answer.get(name) {
        Some(Json::String(text)) => !text.is_empty(),
        Some(Json::Array(list)) => !list.is_empty(),
        Some(Json::Object(object)) => !object.is_empty(),
        Some(other) => other == &Json::Bool(true),
        None => false,
    };
    told("error") || told("errors") || answer.get("success") == Some(&Json::Bool(false))
}

/// One record, several, or none.
fn listed(place: &Json) -> Option<Vec<&Json>> {
    match place {
        Json::Null => Some(Vec::new()),
        Json::Object(_) => Some(vec![place]),
        Json::Array(list) => list.iter().all(Json::is_object).then(|| list.iter().collect()),
        _ => None,
    }
}

/// A record as we speak of it. One without an id has an empty one.
pub fn remote(settings: &Settings, record: &Json) -> Remote {
    Remote {
        sink_id: within(settings, record).unwrap_or_default(),
        key: settings.key_field.as_ref().and_then(|pointer| id(record, pointer)),
        fields: flat(record),
    }
}

/// All values as text, those within others under names with dots.
pub fn flat(record: &Json) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    flatten(record, "", &mut fields);
    fields
}

fn flatten(value: &Json, name: &str, into: &mut BTreeMap<String, String>) {
    let below = |inner: &str| if name.is_empty() { inner.to_owned() } else { format!("{name}.{inner}") };
    match value {
        Json::Object(object) => object.iter().for_each(|(inner, value)| flatten(value, &below(inner), into)),
        Json::Array(list) => {
            list.iter().enumerate().for_each(|(at, value)| flatten(value, &below(&at.to_string()), into));
        }
        scalar => drop(into.insert(name.to_owned(), text(Some(scalar)))),
    }
}
