//! What a turn delivers to sinks: what its `[[deliver]]` tables wait for, and corrections of what was delivered before.

use super::happened::{Whose, events, facts, has_happened};
use super::outbox::{Beside, beside};
use super::plan::Setting;
use crate::delivery::{self, Parcel, Snapshot};
use crate::domain::score::DECAY;
use crate::domain::sending::DispatchKind;
use crate::engine::{self, Effect, State};
use crate::flow::model::{Deliver, Flow};
use crate::store::outbox::Held;
use crate::store::turns::{DeliveryRow, OutboxRow};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};

/// What every record's `lead_data` names, known or not: the columns of the export.
pub const LEAD_DATA: [&str; 7] =
    ["full_name", "phone", "email", "zip_code", "vehicle_make", "vehicle_model", "vehicle_year"];

/// What a correction of something delivered before is called among events.
const UPDATED: &str = "updated";

/// Rows of deliveries, and the jobs that carry them.
#[derive(Debug, Default)]
pub(super) struct Deliveries {
    pub rows: Vec<DeliveryRow>,
    pub jobs: Vec<OutboxRow>,
    pub held: Vec<Held>,
}

/// Whether something of a conversation was delivered, or entered as an enquiry, already, so that its next turn may be a correction.
pub(super) fn is_delivered(flow: &Flow, state: &State) -> bool {
    let mut events = flow.deliver.iter().map(|deliver| &deliver.on).chain(&flow.enquiry);
    events.any(|event| has_happened(state, event))
}

/// What a turn delivers. `before` is the state it began with, where something was delivered already.
pub(super) fn deliveries(
    setting: &Setting<'_>,
    whose: Whose<'_>,
    flow: &Flow,
    (before, after): (Option<&State>, &State),
    effects: &[Effect],
    (person_id, seq): (i64, i64),
) -> Deliveries {
    let mut all = Deliveries::default();
    if flow.deliver.is_empty() {
        return all;
    }
    let events = events(effects);
    let sinks: BTreeSet<&str> = flow.deliver.iter().map(|deliver| deliver.to.as_str()).collect();
    for sink in sinks {
        let tables = || flow.deliver.iter().filter(|deliver| deliver.to == sink);
        let new = tables().find(|deliver| events.contains(deliver.on.as_str()));
        let has = |state: &State| -> Vec<&Deliver> {
            tables()
                .filter(|deliver| has_happened(state, &deliver.on) || events.contains(deliver.on.as_str()))
                .collect()
        };
        let was_delivered = |before: &&State| tables().any(|deliver| has_happened(before, &deliver.on));
        let before = before.filter(|before| was_delivered(before) && !only_fades(effects));
        let event = match (new, before) {
            (Some(deliver), _) => deliver.on.as_str(),
            (None, Some(_)) => UPDATED,
            (None, None) => continue,
        };
        let (fields, facts) = content(whose, flow, after, &has(after));
        let is_same = |before| content(whose, flow, before, &has(before)) == (fields.clone(), facts.clone());
        if event == UPDATED && before.is_some_and(is_same) {
            continue;
        }
        let event = event.to_owned();
        let snapshot = Snapshot { event, fields, facts, happened_at: setting.now };
        all.add(setting, whose, sink, snapshot, (person_id, seq));
    }
    all
}

/// Whether nothing happened in a turn but that silence took points. Sinks are not told: the next thing the person does brings
/// the score along.
fn only_fades(effects: &[Effect]) -> bool {
    effects.iter().all(|effect| match effect {
        Effect::Scored(entry) => entry.rule == DECAY,
        Effect::ClassChanged { .. } | Effect::Say(_) => true,
        _ => false,
    })
}

/// What a sink is to have as a conversation stands.
fn content(
    whose: Whose<'_>,
    flow: &Flow,
    state: &State,
    tables: &[&Deliver],
) -> (BTreeMap<String, String>, BTreeMap<String, Json>) {
    let payload = |deliver: &&Deliver| engine::payload(flow, whose.person, state, deliver);
    (tables.iter().flat_map(payload).collect(), facts(whose, state))
}

impl Deliveries {
    fn add(
        &mut self,
        setting: &Setting<'_>,
        whose: Whose<'_>,
        sink: &str,
        snapshot: Snapshot,
        (person_id, seq): (i64, i64),
    ) {
        let tenant_id = whose.request.tenant_id;
        let named = setting.sinks.get(tenant_id, sink);
        // A sink that nobody configured yet: it is delivered once somebody does, and until then takes corrections.
        let key = match named {
            Some(named) => delivery::key(named.sink.abilities(), whose.lead_id, whose.conversation_id),
            None => format!("lw-{}-{}", whose.lead_id, whose.conversation_id),
        };
        let revision = setting.ids.next(setting.now);
        let channel = whose.request.channel.as_str();
        self.rows.push(DeliveryRow {
            tenant_id,
            id: setting.ids.next(setting.now),
            sink: sink.to_owned(),
            key: key.clone(),
            lead_id: whose.lead_id,
            person_id,
            conversation_id: whose.conversation_id,
            channel,
            event: snapshot.event.clone(),
            lead_data: Json::Object(lead_data(&snapshot)).to_string(),
            payload: serde_json::to_string(&snapshot).expect("plain values always serialise"),
            revision,
            state: "pending",
            created_at: setting.now,
            updated_at: setting.now,
        });
        if named.is_none() {
            return;
        }
        let lane = lane(sink, &key);
        let parcel = Parcel { key, revision, snapshot, insists: false, is_asked: false };
        let job = Beside {
            kind: DispatchKind::Delivery,
            id: revision,
            account_id: delivery::number(sink),
            lane: Some(lane),
            recipient: sink,
            payload: serde_json::to_string(&parcel).expect("plain values always serialise"),
            at: setting.now,
            hold: setting.hold,
        };
        let (job, held) = beside(setting, tenant_id, (person_id, whose.conversation_id, seq), job);
        self.held.extend(held);
        self.jobs.push(job);
    }
}

/// The lane of what is delivered to one record: a correction waits for what it corrects.
pub fn lane(sink: &str, key: &str) -> String {
    format!("deliver:{sink}:{key}")
}

/// What the ledger shows of a lead: the flow's fields, and what the export has columns for.
fn lead_data(snapshot: &Snapshot) -> Map<String, Json> {
    let mut data: Map<String, Json> =
        snapshot.fields.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
    for name in LEAD_DATA {
        let is_blank = data.get(name).and_then(Json::as_str).is_none_or(str::is_empty);
        if is_blank {
            data.insert(name.to_owned(), snapshot.facts.get(name).cloned().unwrap_or(Json::Null));
        }
    }
    data
}
