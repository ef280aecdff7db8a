//! A decided turn as rows of its tables.

mod person;
mod said;

use super::outbox::Sends;
use super::pace::Pace;
use super::request::TurnRequest;
use crate::clock::Millis;
use crate::domain::channel::Channel;
use crate::domain::consent::Signal;
use crate::domain::message::Say;
use crate::engine::{Effect, Given, Outcome, State};
use crate::flow::library::Version;
use crate::store::turns::{
    AnswerRow, ConversationRow, DeliveryRow, ExposureRow, GoalRow, Known, NoticeRow, ScoreRow, TurnRows,
};
use crate::understand::READER;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// All that a turn's rows are made of.
pub(super) struct Rows<'a> {
    pub request: &'a TurnRequest,
    pub known: &'a Known,
    pub person_id: i64,
    /// Where the conversation is after this turn.
    pub channel: Channel,
    pub lead_id: i64,
    pub lead: BTreeMap<String, Json>,
    pub variants: BTreeMap<String, String>,
    pub now: Millis,
    pub conversation_id: i64,
    pub version: &'a Version,
    pub state: &'a State,
    /// The last place taken before this turn.
    pub seq: i64,
    pub opened_at: Millis,
    pub ended_at: Option<Millis>,
    pub source: Option<&'a str>,
    pub effects: &'a [Effect],
    pub says: &'a [Say],
    pub consent: Option<Signal>,
    pub note: Option<&'a str>,
    pub pace: Pace,
    pub reply: &'a str,
    pub sends: Sends,
    pub deliveries: Vec<DeliveryRow>,
    pub notices: Vec<NoticeRow>,
    /// When WhatsApp's window closes that this turn opens.
    pub window_closes_at: Option<Millis>,
}

/// Rows that effects come to.
#[derive(Default)]
struct Found {
    answers: Vec<AnswerRow>,
    scores: Vec<ScoreRow>,
    exposures: Vec<ExposureRow>,
    goals: Vec<GoalRow>,
}

impl Rows<'_> {
    /// The rows of this turn. Its input takes the next place in the conversation, what is said the places after it.
    pub(super) fn turn(mut self) -> TurnRows {
        let seq = self.seq + 1;
        let mut found = Found::default();
        self.effects(&mut found, seq);
        let mut messages = Vec::with_capacity(1 + self.says.len());
        messages.extend(self.message(seq));
        messages.extend(self.said(seq));
        let Found { answers, scores, exposures, goals } = found;
        TurnRows {
            person: self.person(),
            identities: self.further_identities().collect(),
            lead: self.lead(),
            conversation: self.conversation(seq + self.says.len() as i64),
            messages,
            behaviours: self.behaviour(seq, &scores).into_iter().collect(),
            consents: self.consent(seq).into_iter().collect(),
            answers,
            scores,
            exposures,
            goals,
            deliveries: self.deliveries,
            notices: self.notices,
            outbox: self.sends.rows,
        }
    }

    fn effects(&mut self, found: &mut Found, seq: i64) {
        let (tenant_id, conversation_id, person_id) =
            (self.request.tenant_id, self.conversation_id, self.person_id);
        for effect in self.effects {
            match effect {
                Effect::Answer(answer) => found.answers.push(AnswerRow {
                    tenant_id,
                    conversation_id,
                    seq,
                    n: found.answers.len() as i64,
                    person_id,
                    step: answer.step.clone(),
                    given: given(answer.given),
                    raw: answer.raw.clone(),
                    value: answer
                        .value
                        .as_ref()
                        .map(|value| serde_json::to_string(value).expect("a value always serialises")),
                    reader: i64::from(READER),
                    taken_ms: answer.taken_ms,
                    created_at: self.now,
                }),
                Effect::Scored(entry) => found.scores.push(ScoreRow {
                    tenant_id,
                    conversation_id,
                    seq,
                    n: found.scores.len() as i64,
                    person_id,
                    rule: entry.rule.clone(),
                    step: entry.step.clone(),
                    points: entry.points,
                    reverses: entry.reverses,
                    created_at: self.now,
                }),
                Effect::Exposed { experiment, variant } => {
                    self.variants.insert(experiment.clone(), variant.clone());
                    found.exposures.push(ExposureRow {
                        tenant_id,
                        experiment: experiment.clone(),
                        person_id,
                        variant: variant.clone(),
                        conversation_id,
                        created_at: self.now,
                    });
                }
                Effect::Reached { goal } => found.goals.push(GoalRow {
                    tenant_id,
                    conversation_id,
                    goal: goal.clone(),
                    person_id,
                    created_at: self.now,
                }),
                Effect::Field { name, value } => {
                    match value {
                        Some(value) => self.lead.insert(name.clone(), value.clone()),
                        None => self.lead.remove(name),
                    };
                }
                // Written with the conversation (`state`, `language`, `outcome`, `class`) or as messages.
                Effect::Say(_)
                | Effect::ClassChanged { .. }
                | Effect::Ended { .. }
                | Effect::Handoff
                | Effect::Language(_) => {}
            }
        }
    }

    fn conversation(&self, seq: i64) -> ConversationRow {
        ConversationRow {
            tenant_id: self.request.tenant_id,
            id: self.conversation_id,
            person_id: self.person_id,
            lead_id: self.lead_id,
            account_id: self.request.account_id,
            channel: self.channel.as_str(),
            public_id: self.request.session.clone(),
            flow_id: self.version.flow.id.clone(),
            flow_hash: self.version.hash.clone(),
            language: self.state.language().to_owned(),
            state: serde_json::to_string(self.state).expect("a state always serialises"),
            seq,
            score: self.state.score(),
            class: self.state.class().as_str(),
            open_step: self.state.open_step().map(str::to_owned),
            outcome: match self.state.outcome() {
                Outcome::Open => None,
                Outcome::Ended(outcome) => Some(outcome.clone()),
            },
            source: self.source.map(str::to_owned),
            next_timer_at: self.state.next_timer(),
            paced_until: self.sends.paced_until,
            window_closes_at: self.window_closes_at,
            created_at: self.opened_at,
            updated_at: self.now,
            ended_at: self.ended_at,
        }
    }
}

fn given(given: Given) -> &'static str {
    match given {
        Given::Answered => "answered",
        Given::Skipped => "skipped",
        Given::GaveUp => "gave_up",
        Given::Withdrawn => "withdrawn",
    }
}
