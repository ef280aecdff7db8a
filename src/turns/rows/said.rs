//! What was said, done or agreed to, as rows.

use super::Rows;
use crate::channels::twilio;
use crate::domain::channel::Channel;
use crate::store::turns::{BehaviourRow, ConsentRow, MessageRow, ScoreRow};
use crate::turns::request::TurnInput;
use serde_json::Value as Json;

impl Rows<'_> {
    /// What the person said, or what else happened on the line.
    pub(super) fn message(&self, seq: i64) -> Option<MessageRow> {
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
            // Kept so that the same attempt writes once, however often it is run.
            TurnInput::Reach(_) => ("note", String::new(), None, None),
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
            reply: (self.request.provider_id.is_some()
                && !matches!(self.request.input, TurnInput::Noted { .. }))
            .then(|| self.reply.to_owned()),
            segments: None,
            created_at: self.now,
        })
    }

    /// What we say. All of it travels as one reply: what becomes of that, and what it costs, stands on the first row.
    pub(super) fn said(&self, seq: i64) -> impl Iterator<Item = MessageRow> {
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
    pub(super) fn behaviour(&self, seq: i64, scores: &[ScoreRow]) -> Option<BehaviourRow> {
        let quoted = |text: &str| Some(Json::from(text).to_string());
        let (action, metadata) = match &self.request.input {
            TurnInput::Message { .. } | TurnInput::Noted { .. } => return None,
            TurnInput::Call(_) | TurnInput::CallEnded(_) | TurnInput::Reach(_) => return None,
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
    pub(super) fn consent(&self, seq: i64) -> Option<ConsentRow> {
        let wording = match &self.request.input {
            TurnInput::Refused { code } => format!("refused by the provider: {code}"),
            TurnInput::Noted { note, .. } => note.words.clone(),
            _ => self.request.words()?.to_owned(),
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
}
