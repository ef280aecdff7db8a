//! The ways a person reaches us, and what each can show.

use serde::{Deserialize, Serialize};

/// A kind of channel, as flow files and the database name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// Text messages, also with media.
    Sms,
    /// WhatsApp, through Meta or Twilio.
    Whatsapp,
    /// A phone call.
    Voice,
    /// The chat API, page and widget.
    Web,
}

impl Channel {
    /// All of them, in the order people list them.
    pub const ALL: [Channel; 4] = [Channel::Whatsapp, Channel::Sms, Channel::Voice, Channel::Web];

    /// The name in files, columns and URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Channel::Sms => "sms",
            Channel::Whatsapp => "whatsapp",
            Channel::Voice => "voice",
            Channel::Web => "web",
        }
    }

    /// The channel of that name.
    pub fn parse(name: &str) -> Option<Channel> {
        Channel::ALL.into_iter().find(|channel| channel.as_str() == name)
    }

    /// The longest label an option can carry there before it is cut or refused, in characters.
    ///
    /// WhatsApp: 20 in a button, 24 in a list row (Cloud API reference, interactive messages). Others: no limit.
    pub fn label_limit(self, options: usize) -> Option<usize> {
        match self {
            Channel::Whatsapp if options <= 3 => Some(20),
            Channel::Whatsapp if options <= 10 => Some(24),
            _ => None,
        }
    }

    /// The longest text one message can carry, in characters.
    ///
    /// SMS: Twilio refuses a body over 1600. WhatsApp: 1024 with buttons, 4096 without.
    pub fn text_limit(self, options: usize) -> usize {
        match self {
            Channel::Sms => 1600,
            Channel::Whatsapp if (1..=10).contains(&options) => 1024,
            _ => 4096,
        }
    }
}
