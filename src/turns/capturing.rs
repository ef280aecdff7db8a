//! A conversation that ends as an enquiry: what the flow asked becomes the discovery form, by a job written with the turn. Numbering
//! holds the tenant's row, which no turn may do.

use super::happened::{Whose, events, facts, has_happened};
use super::outbox::{Beside, beside};
use super::plan::Setting;
use crate::domain::enquiry::FIELDS;
use crate::domain::sending::DispatchKind;
use crate::engine::{Effect, State};
use crate::flow::model::Flow;
use crate::store::outbox::Held;
use crate::store::turns::OutboxRow;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// What the job carries.
#[derive(Debug, Serialize, Deserialize)]
pub struct Captured {
    /// The lead.
    pub lead_id: i64,
    /// What is known of it, by the names of [`FIELDS`].
    pub fields: BTreeMap<String, Json>,
}

/// The job that makes the lead an enquiry, where this turn makes it one, or corrects what made it one.
pub(super) fn captured(
    setting: &Setting<'_>,
    whose: Whose<'_>,
    flow: &Flow,
    (before, after): (Option<&State>, &State),
    effects: &[Effect],
    (person_id, seq): (i64, i64),
) -> Option<(OutboxRow, Option<Held>)> {
    let event = flow.enquiry.as_deref()?;
    let of = |state: &State| {
        let mut all = facts(whose, state);
        all.retain(|name, _| FIELDS.contains(&name.as_str()));
        all
    };
    let fields = of(after);
    let is_new = events(effects).contains(event);
    let corrects = before.is_some_and(|before| has_happened(before, event) && of(before) != fields);
    if !is_new && !corrects {
        return None;
    }
    let id = setting.ids.next(setting.now);
    let captured = Captured { lead_id: whose.lead_id, fields };
    let job = Beside {
        kind: DispatchKind::Enquiry,
        id,
        account_id: 0,
        // One after the other: a correction is about what is there.
        lane: Some(format!("enquiry:{}", whose.lead_id)),
        recipient: "enquiry",
        payload: serde_json::to_string(&captured).expect("plain values always serialise"),
        at: setting.now,
        hold: setting.hold,
    };
    Some(beside(setting, whose.request.tenant_id, (person_id, whose.conversation_id, seq), job))
}
