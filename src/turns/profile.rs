//! Lead fields that a program knows: how much of them a lead has room for. Looked at in the turn, so that requests that come at
//! once do not each find the room that is there once.

use super::request::TurnError;
use crate::engine::Input;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// The most fields of a lead that a profile adds to, and their most bytes of JSON, names included.
const MOST_FIELDS: usize = 100;
const LARGEST_LEAD: usize = 16 * 1024;
/// From this many bytes on a conversation's state takes no more profiles: values that were overwritten stay in its log.
const LARGEST_STATE: usize = 64 * 1024;

/// The input these fields are, if the lead has room for them beside those it has.
pub(super) fn profile(
    lead: &BTreeMap<String, Json>,
    state: Option<&str>,
    fields: &BTreeMap<String, Json>,
) -> Result<Input, TurnError> {
    let refused = |detail: String| Err(TurnError::NoRoom(detail));
    let kept = lead.iter().filter(|(name, _)| !fields.contains_key(*name));
    let (count, size) = kept.chain(fields).fold((0, 0), |(count, size), (name, value)| {
        (count + 1, size + name.len() + value.to_string().len())
    });
    if count > MOST_FIELDS {
        return refused(format!("the lead would have {count} fields; it may have {MOST_FIELDS}"));
    }
    if size > LARGEST_LEAD {
        return refused(format!("the lead's fields would be {size} bytes; they may be {LARGEST_LEAD}"));
    }
    let is_news = fields.iter().any(|(name, value)| lead.get(name) != Some(value));
    if is_news && state.is_some_and(|state| state.len() > LARGEST_STATE) {
        return refused("this session has changed its fields too often; begin another".to_owned());
    }
    Ok(Input::Profile { fields: fields.clone() })
}
