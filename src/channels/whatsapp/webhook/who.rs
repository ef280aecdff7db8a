//! Who it is: a WhatsApp id, a business-scoped user id, or both; the number may be withheld.

use super::super::fields::{inside, list, text};
use crate::domain::identity::Identity;
use serde_json::Value as Json;

/// Longer ids could not be keys and are none of Meta's: a user id has at most 135 characters.
const LONGEST: usize = 160;
/// Longer names are cut, in characters.
const LONGEST_NAME: usize = 200;

/// The identities and the name of a person named in `object` by these fields, completed by the change's contacts.
///
/// The phone comes first, so that SMS and WhatsApp of one phone meet in it.
pub(super) fn of(object: &Json, wa_id: &str, user_id: &str, value: &Json) -> (Vec<Identity>, Option<String>) {
    let (wa, own) = (id(object, wa_id), id(object, user_id));
    let contacts = list(value, "contacts");
    let same = |contact: &&Json| {
        let alike = |given: &Option<String>, name: &str| given.is_some() && id(contact, name) == *given;
        alike(&wa, "wa_id") || alike(&own, "user_id")
    };
    // Nobody is named: then the only contact there is must be meant.
    let alone = || contacts.first().filter(|_| wa.is_none() && own.is_none() && contacts.len() == 1);
    let contact = contacts.iter().find(same).or_else(alone).unwrap_or(&Json::Null);
    let wa = wa.or_else(|| id(contact, "wa_id"));
    let own = own.or_else(|| id(contact, "user_id"));
    let parent = || id(object, "from_parent_user_id").or_else(|| id(contact, "parent_user_id"));
    let mut identities: Vec<Identity> = wa.iter().flat_map(|id| whatsapp(id)).collect();
    match own {
        Some(own) => identities.push(Identity::whatsapp_user(&own)),
        None if identities.is_empty() => identities.extend(parent().map(|id| Identity::whatsapp_user(&id))),
        None => {}
    }
    (identities, text(inside(contact, "profile"), "name", LONGEST_NAME).map(|name| name.trim().to_owned()))
}

/// The identities in a WhatsApp id: the phone, where it reads as one, and the id.
pub(super) fn whatsapp(id: &str) -> Vec<Identity> {
    let digits = id.trim_start_matches('+');
    let is_number = (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let phone = is_number.then(|| Identity::phone(&format!("+{digits}")));
    phone.into_iter().chain([Identity::whatsapp(id)]).collect()
}

/// A business-scoped user id.
pub(super) fn user(object: &Json, name: &str) -> Option<Identity> {
    id(object, name).map(|id| Identity::whatsapp_user(&id))
}

/// An id that can be a key; what is cut would be another's.
pub(super) fn id(object: &Json, name: &str) -> Option<String> {
    let id = text(object, name, LONGEST + 1)?.trim().to_owned();
    (id.chars().count() <= LONGEST && !id.trim_start_matches('+').is_empty()).then_some(id)
}
