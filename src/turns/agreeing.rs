//! A call that is agreed in a conversation: whoever says when, in the field `callback_at`, is called then. A job writes it down: the lead's
//! row is no turn's to lock beyond its own columns.

use super::happened::Whose;
use super::outbox::{Beside, beside};
use super::plan::Setting;
use crate::domain::sending::DispatchKind;
use crate::engine::State;
use crate::store::outbox::Held;
use crate::store::turns::OutboxRow;
use serde::{Deserialize, Serialize};

/// The lead field that says when somebody wants to be called, by a clock on the wall.
const FIELD: &str = "callback_at";

/// What the job carries.
#[derive(Debug, Serialize, Deserialize)]
pub struct Agreed {
    /// The lead that the conversation is about.
    pub lead_id: i64,
    /// When, as the answer has it: a day and a time of day.
    pub callback_at: String,
}

/// The job, where this turn is the one that says when, or says otherwise than before.
pub(super) fn agreed(
    setting: &Setting<'_>,
    whose: Whose<'_>,
    (before, after): (Option<&State>, &State),
    (person_id, seq): (i64, i64),
) -> Option<(OutboxRow, Option<Held>)> {
    let of = |state: &State| state.fields().get(FIELD).and_then(|value| value.as_str()).map(str::to_owned);
    let callback_at = of(after)?;
    if before.and_then(of).as_ref() == Some(&callback_at) {
        return None;
    }
    let agreed = Agreed { lead_id: whose.lead_id, callback_at };
    let job = Beside {
        kind: DispatchKind::Callback,
        id: setting.ids.next(setting.now),
        account_id: 0,
        // One after the other: the last word counts.
        lane: Some(format!("callback:{}", whose.lead_id)),
        recipient: "callback",
        payload: serde_json::to_string(&agreed).expect("plain values always serialise"),
        at: setting.now,
        hold: setting.hold,
    };
    Some(beside(setting, whose.request.tenant_id, (person_id, whose.conversation_id, seq), job))
}
