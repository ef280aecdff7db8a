//! Whom a turn tells what: its `[[notify]]` tables as notices and the jobs that send them.

use super::happened::{Whose, events, facts};
use super::outbox::{Beside, beside};
use super::plan::Setting;
use crate::domain::sending::DispatchKind;
use crate::engine::{Effect, State};
use crate::flow::model::Flow;
use crate::notify::{List, Notice};
use crate::store::outbox::Held;
use crate::store::turns::{NoticeRow, OutboxRow};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// The most reasons of a score that are told.
const REASONS: usize = 3;
/// Longer words of people are cut: the lead's page has all of them.
const LONGEST: usize = 500;

/// Rows of notices, and the jobs that send them.
#[derive(Debug, Default)]
pub(super) struct Telling {
    pub rows: Vec<NoticeRow>,
    pub jobs: Vec<OutboxRow>,
    pub held: Vec<Held>,
}

/// What a turn tells, and to whom: one notice for each list, whatever happened at once.
pub(super) fn telling(
    setting: &Setting<'_>,
    whose: Whose<'_>,
    flow: &Flow,
    state: &State,
    effects: &[Effect],
    words: Option<&str>,
    (person_id, seq): (i64, i64),
) -> Telling {
    let mut all = Telling::default();
    if flow.notify.is_empty() {
        return all;
    }
    let events = events(effects);
    let mut lists: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for notify in &flow.notify {
        let happened =
            notify.on.iter().map(String::as_str).filter(|on| events.contains(on)).collect::<BTreeSet<_>>();
        if !happened.is_empty() {
            notify.via.iter().for_each(|via| lists.entry(via).or_default().extend(&happened));
        }
    }
    for (list, happened) in lists {
        // One that nobody configured is told of nothing: tomorrow it would be no news. Starting says so.
        let Some(list) = setting.lists.get(whose.request.tenant_id, list) else { continue };
        let notice = notice(setting, whose, state, &happened, words);
        let event = happened.into_iter().collect::<Vec<_>>().join(",");
        all.add(setting, whose, list, event, &notice, (person_id, seq));
    }
    all
}

fn notice(
    setting: &Setting<'_>,
    whose: Whose<'_>,
    state: &State,
    happened: &BTreeSet<&str>,
    words: Option<&str>,
) -> Notice {
    let facts = facts(whose, state);
    let text = |name: &str| {
        facts.get(name).and_then(Json::as_str).map(str::to_owned).filter(|text| !text.is_empty())
    };
    let who = ["full_name", "sender_name", "phone", "email"].iter().find_map(|name| text(name));
    let mut told = Vec::new();
    for (label, name) in [
        ("Phone", "phone"),
        ("E-mail", "email"),
        ("Channel", "channel"),
        ("Source", "source"),
        ("Flow", "flow"),
    ] {
        told.extend(text(name).map(|value| (label.to_owned(), value)));
    }
    let variants = state.variants().iter().map(|(experiment, variant)| format!("{experiment}: {variant}"));
    let variants = variants.collect::<Vec<_>>().join(", ");
    if !variants.is_empty() {
        told.push(("Variant".to_owned(), variants));
    }
    Notice {
        headline: headline(happened),
        who: who.unwrap_or_else(|| "Somebody without a name".to_owned()),
        class: state.class().as_str().to_owned(),
        score: Some(state.score()),
        reasons: reasons(state),
        last_words: words
            .filter(|words| !words.is_empty())
            .map(|words| words.chars().take(LONGEST).collect()),
        facts: told,
        link: None,
        claim: None,
        happened_at: setting.now,
    }
}

/// What happened, the hottest first.
fn headline(happened: &BTreeSet<&str>) -> String {
    const KNOWN: [(&str, &str); 7] = [
        ("sql", "Hot lead"),
        ("handoff", "A person is asked for"),
        ("demo_requested", "Demo requested"),
        ("contact_shared", "Contact shared"),
        ("completed", "Conversation completed"),
        ("mql", "Warm lead"),
        ("silent", "Nobody answers any more"),
    ];
    let known =
        KNOWN.iter().filter(|(event, _)| happened.contains(event)).map(|(_, words)| (*words).to_owned());
    let own = happened.iter().filter(|event| KNOWN.iter().all(|(known, _)| known != *event));
    known.chain(own.map(|event| event.replace('_', " "))).collect::<Vec<_>>().join(" · ")
}

/// The largest reasons of a score, each with its points.
fn reasons(state: &State) -> Vec<(String, i64)> {
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for entry in state.ledger() {
        *sums.entry(&entry.rule).or_default() += entry.points;
    }
    let mut sums: Vec<(String, i64)> = sums
        .into_iter()
        .filter(|(_, points)| *points > 0)
        .map(|(rule, points)| (rule.replace('_', " "), points))
        .collect();
    sums.sort_by(|(a, x), (b, y)| y.cmp(x).then_with(|| a.cmp(b)));
    sums.truncate(REASONS);
    sums
}

impl Telling {
    fn add(
        &mut self,
        setting: &Setting<'_>,
        whose: Whose<'_>,
        list: &List,
        event: String,
        notice: &Notice,
        (person_id, seq): (i64, i64),
    ) {
        let tenant_id = whose.request.tenant_id;
        let id = setting.ids.next(setting.now);
        self.rows.push(NoticeRow {
            tenant_id,
            id,
            list: list.name.clone(),
            event,
            lead_id: whose.lead_id,
            person_id,
            conversation_id: whose.conversation_id,
            content: serde_json::to_string(notice).expect("plain values always serialise"),
            level: 0,
            state: "waiting",
            created_at: setting.now,
        });
        let quiet_until = list.quiet.as_ref().and_then(|quiet| quiet.until(setting.now));
        let leaves_at = quiet_until.unwrap_or(setting.now);
        let hold = setting.hold.filter(|_| quiet_until.is_none());
        let mut job = |kind: DispatchKind, hold, at| {
            let payload = json!({"notice": id}).to_string();
            let (id, recipient) = (setting.ids.next(setting.now), list.name.as_str());
            let job = Beside { kind, id, account_id: 0, lane: None, recipient, payload, at, hold };
            let (job, held) = beside(setting, tenant_id, (person_id, whose.conversation_id, seq), job);
            self.held.extend(held);
            self.jobs.push(job);
        };
        job(DispatchKind::Notice, hold, leaves_at);
        if let Some(next) = &list.escalates {
            job(DispatchKind::Escalation, None, leaves_at + next.after_ms);
        }
    }
}
