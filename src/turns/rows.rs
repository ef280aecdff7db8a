//! A decided turn as rows of its tables.

use super::noted::by_setting;
use super::outbox::Sends;
use super::pace::Pace;
use super::request::{TurnInput, TurnRequest};
use crate::channels::twilio;
use crate::clock::Millis;
use crate::domain::answer::Value;
use crate::domain::channel::Channel;
use crate::domain::consent::Signal;
use crate::domain::identity::{Identity, IdentityKind};
use crate::domain::message::Say;
use crate::domain::window;
use crate::engine::{Effect, Given, Outcome, State};
use crate::flow::library::Version;
use crate::store::turns::{
    AnswerRow, BehaviourRow, ConsentRow, ConversationRow, ExposureRow, GoalRow, IdentityRow, Known, LeadRow,
    MessageRow, PersonRow, ScoreRow, TurnRows,
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

    /// What the person said, or what else happened on the line.
    fn message(&self, seq: i64) -> Option<MessageRow> {
        let (direction, body, detail, step) = match &self.request.input {
            TurnInput::Message { said, .. } => {
                let plain = said.media.is_empty()
                    && said.position.is_none()
                    && said.tapped.is_none()
                    && said.taken_ms.is_none();
                let detail =
                    (!plain).then(|| serde_json::to_string(said).expect("a message always serialises"));
                ("in", said.text.clone(), detail, said.step.clone())
            }
            TurnInput::Noted { note, .. } => {
                let detail = serde_json::to_string(note).expect("a note always serialises");
                ("note", note.words.clone(), Some(detail), None)
            }
            TurnInput::Call(call) => {
                let detail = serde_json::json!({"call": call.sid, "heard": call.heard}).to_string();
                let direction = if call.heard.words().is_some() { "in" } else { "call" };
                (direction, call.heard.words().unwrap_or_default().to_owned(), Some(detail), None)
            }
            TurnInput::CallEnded(over) => {
                let detail =
                    serde_json::json!({"call": over.sid, "ended": over.end, "seconds": over.seconds});
                ("call", String::new(), Some(detail.to_string()), None)
            }
            _ => return None,
        };
        Some(MessageRow {
            tenant_id: self.request.tenant_id,
            conversation_id: self.conversation_id,
            seq,
            person_id: self.person_id,
            direction,
            provider_id: self.request.provider_id.clone(),
            body,
            detail,
            step,
            reply: (self.request.provider_id.is_some() && direction != "note").then(|| self.reply.to_owned()),
            segments: None,
            created_at: self.now,
        })
    }

    /// What we say. All of it travels as one reply: what becomes of that, and what it costs, stands on the first row.
    fn said(&self, seq: i64) -> impl Iterator<Item = MessageRow> {
        let segments = (self.channel == Channel::Sms).then(|| {
            let parts = twilio::parts(self.says, Channel::Sms);
            parts.iter().map(|part| twilio::segments(part).count as i64).sum()
        });
        let first = seq + 1;
        self.says.iter().zip(first..).map(move |(say, seq)| MessageRow {
            tenant_id: self.request.tenant_id,
            conversation_id: self.conversation_id,
            seq,
            person_id: self.person_id,
            direction: "out",
            provider_id: None,
            body: say.text.clone(),
            detail: None,
            step: say.step.clone(),
            reply: None,
            segments: segments.filter(|_| seq == first),
            created_at: self.now,
        })
    }

    /// What a program reported.
    fn behaviour(&self, seq: i64, scores: &[ScoreRow]) -> Option<BehaviourRow> {
        let quoted = |text: &str| Some(Json::from(text).to_string());
        let (action, metadata) = match &self.request.input {
            TurnInput::Message { .. } | TurnInput::Noted { .. } => return None,
            TurnInput::Call(_) | TurnInput::CallEnded(_) => return None,
            TurnInput::Behaviour { action, metadata } => (action.as_str(), metadata.clone()),
            TurnInput::Refused { code } => ("refused_by_provider", quoted(code)),
            TurnInput::Silent { .. } => ("silence", Some(self.note?.to_owned())),
            TurnInput::Start { .. } => ("session_started", None),
            // The values are on the lead; which fields came is enough here.
            TurnInput::Profile { fields } => {
                ("profile", Some(Json::from_iter(fields.keys().cloned()).to_string()))
            }
            TurnInput::Expose { experiment } => ("variant_asked", quoted(experiment)),
            TurnInput::Converted { experiment, goal } => {
                ("converted", Some(serde_json::json!({"experiment": experiment, "goal": goal}).to_string()))
            }
        };
        Some(BehaviourRow {
            tenant_id: self.request.tenant_id,
            conversation_id: self.conversation_id,
            seq,
            person_id: self.person_id,
            action: action.to_owned(),
            metadata,
            points: scores.iter().map(|score| score.points).sum(),
            created_at: self.now,
        })
    }

    /// The evidence of an opt-out or opt-in.
    fn consent(&self, seq: i64) -> Option<ConsentRow> {
        let wording = match &self.request.input {
            TurnInput::Refused { code } => format!("refused by the provider: {code}"),
            TurnInput::Noted { note, .. } => note.words.clone(),
            _ => self.words()?.to_owned(),
        };
        Some(ConsentRow {
            tenant_id: self.request.tenant_id,
            person_id: self.person_id,
            channel: self.request.channel.as_str(),
            seq,
            conversation_id: self.conversation_id,
            signal: self.consent?.as_str(),
            wording,
            created_at: self.now,
        })
    }

    /// What the person said.
    fn words(&self) -> Option<&str> {
        match &self.request.input {
            TurnInput::Message { said, .. } => Some(&said.text),
            TurnInput::Call(call) => call.heard.words(),
            _ => None,
        }
    }

    fn lead(&self) -> LeadRow {
        let message = self.words().map(str::to_owned);
        let field = |name: &str| self.lead.get(name).and_then(Json::as_str).map(str::to_owned);
        let identity =
            |kind: IdentityKind| self.request.identities.iter().find(|identity| identity.kind == kind);
        LeadRow {
            tenant_id: self.request.tenant_id,
            id: self.lead_id,
            person_id: self.person_id,
            status: "ENQUIRY_RECEIVED",
            channel: self.request.channel.as_str(),
            source: self.source.map(str::to_owned),
            sender_name: self.request.sender_name.clone(),
            name: field("name"),
            phone: field("phone").or_else(|| identity(IdentityKind::Phone).map(|phone| phone.value.clone())),
            email: field("email"),
            fields: serde_json::to_string(&self.lead).expect("lead fields always serialise"),
            first_message: message.clone(),
            last_message_at: message.is_some().then_some(self.now),
            message_count: i64::from(message.is_some()),
            last_message: message,
            score: self.state.score(),
            class: self.state.class().as_str(),
            scored_in: self.conversation_id,
            is_active: true,
            created_at: self.now,
            updated_at: self.now,
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
            window_closes_at: self.window_closes_at(),
            created_at: self.opened_at,
            updated_at: self.now,
            ended_at: self.ended_at,
        }
    }

    /// When the window closes that this turn has opened, where the channel has one.
    fn window_closes_at(&self) -> Option<Millis> {
        let TurnInput::Message { said, .. } = &self.request.input else { return None };
        let opens = self.request.channel == Channel::Whatsapp;
        opens.then(|| window::closes_at(said.said_at.unwrap_or(self.now), self.now))
    }

    fn person(&self) -> PersonRow {
        let first = &self.request.identities[0];
        let mut opted_out: Vec<&str> = self
            .known
            .opted_out
            .as_deref()
            .unwrap_or_default()
            .split(',')
            .filter(|name| !name.is_empty())
            .collect();
        let channel = self.request.channel.as_str();
        let by_setting = by_setting(self.request.channel);
        match self.consent {
            Some(Signal::Stop) if !opted_out.contains(&channel) => {
                opted_out.push(channel);
                // Where WhatsApp refuses for the person's sake, it is their setting that says so.
                let refused = matches!(self.request.input, TurnInput::Refused { .. });
                let is_setting = matches!(self.request.input, TurnInput::Noted { .. });
                if is_setting || (refused && self.request.channel == Channel::Whatsapp) {
                    opted_out.push(&by_setting);
                }
            }
            Some(Signal::Start) => opted_out.retain(|name| *name != channel && *name != by_setting),
            _ => {}
        }
        // Who says STOP as well means more than the setting.
        if matches!(self.request.input, TurnInput::Message { signal: Some(Signal::Stop), .. }) {
            opted_out.retain(|name| *name != by_setting);
        }
        PersonRow {
            tenant_id: self.request.tenant_id,
            id: self.person_id,
            was: self.known.turn.unwrap_or(0),
            kind: first.kind.as_str(),
            value: first.key(),
            raw: first.value.clone(),
            lead_id: self.lead_id,
            variants: serde_json::to_string(&self.variants).expect("variants always serialise"),
            opted_out: opted_out.join(","),
            pace: self.pace.to_string(),
            created_at: self.now,
        }
    }

    /// All identities of a person who comes with several: any of them may be new, whichever found the person.
    fn further_identities(&self) -> impl Iterator<Item = IdentityRow> {
        let identities = &self.request.identities;
        let mut further = if identities.len() > 1 { identities.clone() } else { Vec::new() };
        // Whoever withholds their number and then says it is known by it from here on.
        if identities[0].kind == IdentityKind::Call {
            let said = self.effects.iter().filter_map(|effect| match effect {
                Effect::Answer(answer) => answer.value.as_ref(),
                _ => None,
            });
            further.extend(said.filter_map(|value| match value {
                Value::Phone(number) => Some(Identity::phone(number)),
                _ => None,
            }));
        }
        further.into_iter().map(|identity| IdentityRow {
            tenant_id: self.request.tenant_id,
            kind: identity.kind.as_str(),
            value: identity.key(),
            raw: identity.value.clone(),
            person_id: self.person_id,
            created_at: self.now,
        })
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
