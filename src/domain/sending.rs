//! What we send, and what a provider's answer to it means: the words adapters and the outbox share.

use super::rate::Rate;
use crate::clock::{Millis, SECOND};
use secrecy::SecretString;
use std::fmt;

/// One HTTP request to a provider, ready to be sent. Its `Debug` shows neither address nor body.
#[derive(Clone)]
pub struct Outgoing {
    /// The whole address. It may hold a secret: never logged.
    pub url: String,
    /// What is asked of it.
    pub method: Method,
    /// How we say who we are.
    pub authorization: Authorization,
    /// Further headers. They may hold secrets: never logged.
    pub headers: Vec<(String, String)>,
    /// The body's type.
    pub content_type: &'static str,
    /// The body; a GET has none.
    pub body: String,
}

/// A request's method.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    #[default]
    Post,
    /// PUT.
    Put,
    /// PATCH.
    Patch,
}

impl Method {
    /// The method of that name, in capitals.
    pub fn parse(name: &str) -> Option<Method> {
        [Method::Get, Method::Post, Method::Put, Method::Patch]
            .into_iter()
            .find(|method| method.as_str() == name)
    }

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
        }
    }
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = out.debug_struct("Outgoing");
        shown
            .field("method", &self.method)
            .field("content_type", &self.content_type)
            .field("length", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// How a request says who we are.
#[derive(Clone, Debug, Default)]
pub enum Authorization {
    /// It does not, or the address or a header does.
    #[default]
    None,
    /// `Authorization: Bearer …`.
    Bearer(SecretString),
    /// `Authorization: Basic …`.
    Basic {
        /// The account.
        user: String,
        /// Its password.
        password: SecretString,
    },
}

/// What became of one send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    /// The provider took it.
    Sent {
        /// The provider's id of it.
        provider_id: String,
    },
    /// It was not taken and may be sent again.
    Retry {
        /// Why, for people; never what was sent or to whom.
        reason: String,
        /// Not sooner than this many milliseconds from now, where the provider says so.
        after_ms: Option<i64>,
    },
    /// It was not taken and never will be as it is.
    Rejected {
        /// Why, for people; never what was sent or to whom.
        reason: String,
        /// The provider's number for it.
        code: Option<String>,
    },
    /// It was not taken: the person wants nothing from us there.
    OptedOut {
        /// The provider's number for it.
        code: String,
    },
    /// A rule does not let it go now: it is kept until the person writes.
    Deferred {
        /// Which, for people.
        reason: String,
    },
    /// It may have been taken: to be looked up before it is sent again.
    Unknown {
        /// What happened instead of an answer.
        reason: String,
    },
}

/// What sends a [`Dispatch`]: each kind is one provider's way of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DispatchKind {
    /// A message through WhatsApp's Cloud API.
    WhatsappMessage,
    /// "Read", with the typing dots, through WhatsApp's Cloud API.
    WhatsappRead,
    /// A message through Twilio: SMS, MMS or WhatsApp.
    TwilioMessage,
    /// A call through Twilio.
    TwilioCall,
    /// A lead, to a sink.
    Delivery,
    /// A notice of a lead, to a list of recipients.
    Notice,
    /// The next list is told, where nobody claimed the lead.
    Escalation,
    /// A conversation becomes an enquiry.
    Enquiry,
    /// Somebody is told of a follow-up that is due.
    Reminder,
    /// A campaign writes to a lead.
    Attempt,
    /// A call that was agreed in a conversation.
    Callback,
}

/// WhatsApp's pair limit in milliseconds: one message every six seconds to one user, 45 of them ahead of time
/// (Cloud API, throughput).
const PAIR: Rate = Rate { every: 6 * SECOND, burst: 45 };

impl DispatchKind {
    /// All of them.
    pub const ALL: [DispatchKind; 11] = [
        DispatchKind::WhatsappMessage,
        DispatchKind::WhatsappRead,
        DispatchKind::TwilioMessage,
        DispatchKind::TwilioCall,
        DispatchKind::Delivery,
        DispatchKind::Notice,
        DispatchKind::Escalation,
        DispatchKind::Enquiry,
        DispatchKind::Reminder,
        DispatchKind::Attempt,
        DispatchKind::Callback,
    ];

    /// The name in columns; never changed once released.
    pub fn as_str(self) -> &'static str {
        match self {
            DispatchKind::WhatsappMessage => "whatsapp_message",
            DispatchKind::WhatsappRead => "whatsapp_read",
            DispatchKind::TwilioMessage => "twilio_message",
            DispatchKind::TwilioCall => "twilio_call",
            DispatchKind::Delivery => "delivery",
            DispatchKind::Notice => "notice",
            DispatchKind::Escalation => "escalation",
            DispatchKind::Enquiry => "enquiry",
            DispatchKind::Reminder => "reminder",
            DispatchKind::Attempt => "attempt",
            DispatchKind::Callback => "callback",
        }
    }

    /// Whether it says something: a part of the turn's message, that waits for what was said before.
    pub fn is_message(self) -> bool {
        matches!(self, DispatchKind::WhatsappMessage | DispatchKind::TwilioMessage)
    }

    /// When one recipient may get another, given how far the schedule is filled, and the schedule after it.
    pub fn pace(self, paced_until: Millis, now: Millis) -> (Millis, Millis) {
        match self {
            DispatchKind::WhatsappMessage => PAIR.next(paced_until, now, 1),
            _ => (now, paced_until),
        }
    }
}

/// Something the outbox is to send, in the provider's own form but for what is only known when it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispatch {
    /// How.
    pub kind: DispatchKind,
    /// The recipient as the provider writes it. What goes to one recipient from one account goes in order.
    pub to: String,
    /// The request's body.
    pub body: String,
}
