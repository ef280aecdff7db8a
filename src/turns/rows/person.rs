//! Who the person is from now on, as rows.

use super::Rows;
use crate::domain::channel::Channel;
use crate::domain::consent::Signal;
use crate::domain::identity::IdentityKind;
use crate::domain::keywords;
use crate::store::turns::{IdentityRow, LeadRow, PersonRow};
use crate::turns::noted::by_setting;
use crate::turns::request::TurnInput;
use serde_json::Value as Json;

impl Rows<'_> {
    pub(super) fn lead(&self) -> LeadRow {
        let message = self.request.words().map(str::to_owned);
        let field = |name: &str| self.lead.get(name).and_then(Json::as_str).map(str::to_owned);
        let identity =
            |kind: IdentityKind| self.request.identities.iter().find(|identity| identity.kind == kind);
        let phone = field("phone").or_else(|| identity(IdentityKind::Phone).map(|phone| phone.value.clone()));
        let (name, email) = (field("name"), field("email"));
        let called = self.request.sender_name.as_deref().or(self.known.sender_name.as_deref());
        let texts = [name.as_deref(), called, email.as_deref()];
        let keywords =
            keywords::of_lead(self.request.tenant_id, texts.into_iter().flatten(), phone.as_deref());
        LeadRow {
            tenant_id: self.request.tenant_id,
            id: self.lead_id,
            person_id: self.person_id,
            status: "ENQUIRY_RECEIVED",
            channel: self.request.channel.as_str(),
            source: self.source.map(str::to_owned),
            sender_name: self.request.sender_name.clone(),
            name,
            phone,
            email,
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
            keywords,
        }
    }

    pub(super) fn person(&self) -> PersonRow {
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
            lead_id: self.known.person_lead_id.unwrap_or(self.lead_id),
            variants: serde_json::to_string(&self.variants).expect("variants always serialise"),
            opted_out: opted_out.join(","),
            pace: self.pace.to_string(),
            created_at: self.now,
        }
    }

    /// All identities of a person who comes with several: any of them may be new, whichever found the person. What somebody
    /// only says is none: it may be anybody's.
    pub(super) fn further_identities(&self) -> impl Iterator<Item = IdentityRow> {
        let identities = self.request.identities.as_slice();
        let further = if identities.len() > 1 { identities } else { &[] };
        further.iter().map(|identity| IdentityRow {
            tenant_id: self.request.tenant_id,
            kind: identity.kind.as_str(),
            value: identity.key(),
            raw: identity.value.clone(),
            person_id: self.person_id,
            created_at: self.now,
        })
    }
}
