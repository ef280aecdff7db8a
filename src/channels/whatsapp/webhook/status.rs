//! What became of a message of ours.

use super::super::callback::Callback;
use super::super::fields::{list, number, text};
use super::{Item, who};
use crate::channels::{DeliveryStatus, Part, StatusUpdate};
use crate::domain::identity::Identity;
use serde_json::Value as Json;

/// A report, and whom the message went to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fate {
    /// The report.
    pub update: StatusUpdate,
    /// The recipient; empty where Meta does not say.
    pub recipient: Vec<Identity>,
    /// Meta's number for why it failed.
    pub code: Option<i64>,
}

pub(super) fn item(one: &Json) -> Item {
    let Some(provider_id) = text(one, "id", super::LONGEST_ID) else {
        return Item::Unusable { why: "a status of no message" };
    };
    let status = match text(one, "status", 32).as_deref() {
        Some("sent") => DeliveryStatus::Sent,
        Some("delivered") => DeliveryStatus::Delivered,
        // A voice message was listened to.
        Some("read" | "played") => DeliveryStatus::Read,
        Some("failed") => DeliveryStatus::Failed,
        _ => return Item::Unusable { why: "a status of a kind we do not know" },
    };
    let callback = text(one, "biz_opaque_callback_data", 512).and_then(|data| Callback::parse(&data));
    let code = list(one, "errors").first().and_then(|error| number(error, "code"));
    // Not completed by contacts: a failure may come without them.
    let wa = who::id(one, "recipient_id");
    let user = who::user(one, "recipient_user_id");
    let recipient = wa.iter().flat_map(|id| who::whatsapp(id)).chain(user).collect();
    let update = StatusUpdate {
        provider_id,
        message_ref: callback.map(|callback| callback.message),
        part: callback.map_or(Part::WHOLE, |callback| callback.part),
        status,
        error_code: code.map(|code| code.to_string()),
    };
    Item::Fate(Box::new(Fate { update, recipient, code }))
}
