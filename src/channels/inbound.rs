//! What channels hand over: a message that came, a message's fate, and why a request is refused.

use crate::domain::channel::Channel;
use crate::domain::consent::{self, Signal};
use crate::domain::identity::Identity;
use crate::domain::message::Said;
use serde::{Deserialize, Serialize};

/// A message somebody sent us.
#[derive(Clone, Debug, PartialEq)]
pub struct Inbound {
    /// Our address it came to, as the provider writes it; finds the channel account.
    pub account_address: String,
    /// The provider's id of our account, where it names one.
    pub account_id: Option<String>,
    /// The sender's address as the provider writes it: replies go exactly there.
    pub from: String,
    /// Who it is; never empty.
    pub identities: Vec<Identity>,
    /// Where it came in.
    pub channel: Channel,
    /// What was said.
    pub said: Said,
    /// The provider's id of the message; a repeat has the same.
    pub provider_id: String,
    /// The name the sender goes by there.
    pub sender_name: Option<String>,
    /// The provider itself took it for an opt-out, opt-in or help word (and has answered it).
    pub opt_out: Option<Signal>,
    /// What else is worth keeping.
    pub extras: Extras,
}

impl Inbound {
    /// The opt-out, opt-in or help word this message is: by the provider's word, else by ours.
    pub fn signal(&self) -> Option<Signal> {
        self.opt_out.or_else(|| consent::signal(&self.said.text))
    }
}

/// Where a message came from, beside its sender.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extras {
    /// The advertisement it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referral: Option<Referral>,
    /// It was forwarded rather than written.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub forwarded: bool,
    /// The provider's id of the message it quotes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quotes: Option<String>,
}

/// The advertisement or post that made somebody write.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referral {
    /// `ad` or `post`.
    pub kind: Option<String>,
    /// Its id at the network.
    pub id: Option<String>,
    /// Where it is.
    pub url: Option<String>,
    /// Its headline.
    pub headline: Option<String>,
    /// The network's id of the click.
    pub click: Option<String>,
}

/// Which of our messages a status speaks of: its key in our rows, written `tenant-conversation-place`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MessageRef {
    /// The tenant.
    pub tenant_id: i64,
    /// The conversation.
    pub conversation_id: i64,
    /// Its place there.
    pub seq: i64,
}

impl MessageRef {
    /// Reads what `Display` writes.
    pub fn parse(text: &str) -> Option<MessageRef> {
        let mut parts = text.splitn(3, '-').map(str::parse::<i64>);
        let mut part = || parts.next()?.ok();
        Some(MessageRef { tenant_id: part()?, conversation_id: part()?, seq: part()? })
    }
}

impl std::fmt::Display for MessageRef {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}-{}-{}", self.tenant_id, self.conversation_id, self.seq)
    }
}

/// A part of a message of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// From 0; below `of`.
    pub index: usize,
    /// How many there are.
    pub of: usize,
}

impl Part {
    /// The whole message.
    pub const WHOLE: Part = Part { index: 0, of: 1 };
    /// More parts than any message has.
    const MOST: usize = 1_000;

    /// Part `index` of so many; `None`: there is no such part.
    pub fn new(index: usize, of: usize) -> Option<Part> {
        (index < of && of <= Part::MOST).then_some(Part { index, of })
    }
}

/// The provider tells how a message of ours fares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusUpdate {
    /// The provider's id of the message. With `status` it makes the key that tells repeats.
    pub provider_id: String,
    /// Our own id, where we gave it along.
    pub message_ref: Option<MessageRef>,
    /// Which part of our message it speaks of, where it was too long for one of the provider's.
    pub part: Part,
    /// Its fate.
    pub status: DeliveryStatus,
    /// Why it failed, by the provider's numbers.
    pub error_code: Option<String>,
}

/// How far a message of ours has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// Taken by the provider.
    Accepted,
    /// Waits for its time.
    Scheduled,
    /// Waits its turn.
    Queued,
    /// Being sent.
    Sending,
    /// With the carrier.
    Sent,
    /// Some of its parts arrived.
    PartiallyDelivered,
    /// Arrived.
    Delivered,
    /// Read.
    Read,
    /// The carrier could not deliver it.
    Undelivered,
    /// The provider could not send it.
    Failed,
    /// Taken back before it was sent.
    Canceled,
}

impl DeliveryStatus {
    /// All of them.
    pub const ALL: [DeliveryStatus; 11] = [
        DeliveryStatus::Accepted,
        DeliveryStatus::Scheduled,
        DeliveryStatus::Queued,
        DeliveryStatus::Sending,
        DeliveryStatus::Sent,
        DeliveryStatus::PartiallyDelivered,
        DeliveryStatus::Delivered,
        DeliveryStatus::Read,
        DeliveryStatus::Undelivered,
        DeliveryStatus::Failed,
        DeliveryStatus::Canceled,
    ];

    /// The name in columns; Twilio's and Meta's word too.
    pub fn as_str(self) -> &'static str {
        match self {
            DeliveryStatus::Accepted => "accepted",
            DeliveryStatus::Scheduled => "scheduled",
            DeliveryStatus::Queued => "queued",
            DeliveryStatus::Sending => "sending",
            DeliveryStatus::Sent => "sent",
            DeliveryStatus::PartiallyDelivered => "partially_delivered",
            DeliveryStatus::Delivered => "delivered",
            DeliveryStatus::Read => "read",
            DeliveryStatus::Undelivered => "undelivered",
            DeliveryStatus::Failed => "failed",
            DeliveryStatus::Canceled => "canceled",
        }
    }

    /// The status of that name.
    pub fn parse(name: &str) -> Option<DeliveryStatus> {
        DeliveryStatus::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// Whether it did not arrive and will not.
    pub fn is_failure(self) -> bool {
        matches!(self, DeliveryStatus::Undelivered | DeliveryStatus::Failed | DeliveryStatus::Canceled)
    }

    /// The status a message has after `incoming`, or `None` where it keeps this one.
    ///
    /// Providers repeat and reorder. A message only moves forward; a failure or an arrival, whichever came first, stays
    /// (the row of the callback keeps the other); after an arrival only "read" moves it.
    pub fn next(self, incoming: DeliveryStatus) -> Option<DeliveryStatus> {
        let forward = match (self.rank(), incoming.rank()) {
            (None, _) => false,
            (Some(_), None) => self.rank() < DeliveryStatus::Delivered.rank(),
            (now, then) => now < then,
        };
        forward.then_some(incoming)
    }

    /// What its parts come to: failed where any part is, else as far as the one that is least far. A part of which nothing is
    /// known was at least accepted together with the others.
    pub fn of_parts(parts: &[Option<DeliveryStatus>]) -> Option<DeliveryStatus> {
        let known = || parts.iter().map(|part| part.unwrap_or(DeliveryStatus::Accepted));
        known().find(|status| status.is_failure()).or_else(|| known().min_by_key(|status| status.rank()))
    }

    /// How far along the way; `None` where the way ended early.
    fn rank(self) -> Option<u8> {
        match self {
            DeliveryStatus::Accepted | DeliveryStatus::Scheduled => Some(0),
            DeliveryStatus::Queued => Some(1),
            DeliveryStatus::Sending => Some(2),
            DeliveryStatus::Sent => Some(3),
            DeliveryStatus::PartiallyDelivered => Some(4),
            DeliveryStatus::Delivered => Some(5),
            DeliveryStatus::Read => Some(6),
            DeliveryStatus::Undelivered | DeliveryStatus::Failed | DeliveryStatus::Canceled => None,
        }
    }
}

/// Why a request from a provider is refused. Nothing of it is stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChannelError {
    /// 403: the signature is not ours.
    #[error("the signature does not match: wrong token, or another public URL than the provider calls")]
    BadSignature,
    /// 403: there is no signature.
    #[error("the signature header is missing")]
    MissingSignature,
    /// 400: something is missing or unreadable; says what.
    #[error("{0}")]
    Malformed(String),
    /// 415: not a kind of body this webhook takes.
    #[error("the body must be application/x-www-form-urlencoded")]
    UnsupportedType,
}

#[cfg(test)]
mod tests {
    use super::DeliveryStatus::*;
    use super::*;

    #[test]
    fn status_only_moves_forward() {
        let rows = [
            ("forward", Queued, Sent, Some(Sent)),
            ("over a gap", Accepted, Delivered, Some(Delivered)),
            ("a repeat", Sent, Sent, None),
            ("late news", Delivered, Sent, None),
            ("read after arrival", Delivered, Read, Some(Read)),
            ("arrival after read", Read, Delivered, None),
            ("failure on the way", Sent, Undelivered, Some(Undelivered)),
            ("some parts, then failure", PartiallyDelivered, Failed, Some(Failed)),
            ("arrived first, failure later", Delivered, Failed, None),
            ("failed first, arrival later", Failed, Delivered, None),
            ("failed stays failed", Failed, Undelivered, None),
            ("canceled stays", Canceled, Queued, None),
        ];
        for (label, current, incoming, expected) in rows {
            assert_eq!(current.next(incoming), expected, "{label}");
        }
    }

    #[test]
    fn a_message_is_as_far_as_its_parts() {
        let rows = [
            ("one", &[Some(Sent)][..], Some(Sent)),
            ("the least far", &[Some(Delivered), Some(Queued), Some(Sent)], Some(Queued)),
            ("nothing is known of one", &[Some(Delivered), None], Some(Accepted)),
            ("all arrived, one was read", &[Some(Read), Some(Delivered)], Some(Delivered)),
            ("all were read", &[Some(Read), Some(Read)], Some(Read)),
            ("one failed", &[Some(Read), Some(Undelivered), None], Some(Undelivered)),
            ("no parts", &[], None),
        ];
        for (label, parts, expected) in rows {
            assert_eq!(DeliveryStatus::of_parts(parts), expected, "{label}");
        }
    }

    #[test]
    fn parts_are_within_the_whole() {
        assert_eq!(Part::new(0, 1), Some(Part::WHOLE));
        assert_eq!(Part::new(1, 2), Some(Part { index: 1, of: 2 }));
        for (index, of) in [(0, 0), (1, 1), (2, 1), (0, usize::MAX)] {
            assert_eq!(Part::new(index, of), None, "{index} of {of}");
        }
    }

    #[test]
    fn whatever_the_order_a_message_never_leaves_the_place_it_reached() {
        for one in DeliveryStatus::ALL {
            for two in DeliveryStatus::ALL {
                let there = one.next(two).unwrap_or(one);
                assert_eq!(there.next(one), None, "{one:?} then {two:?} then {one:?}");
                assert_eq!(there.next(two), None, "{one:?} then {two:?} twice");
            }
            assert_eq!(DeliveryStatus::parse(one.as_str()), Some(one));
        }
    }
}
