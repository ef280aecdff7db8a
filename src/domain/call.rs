//! A phone call: what is kept of it while it lasts, and what can happen on the line.

use serde::{Deserialize, Serialize};

/// A call under way, kept with its conversation until the line is closed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The provider's id of the call.
    #[serde(rename = "c")]
    pub sid: String,
    /// When it began, UTC milliseconds.
    #[serde(rename = "b")]
    pub began_at: i64,
    /// When something was last heard of it, UTC milliseconds.
    #[serde(rename = "h")]
    pub heard_at: i64,
    /// The page of the keypad menu that is being read, from 0.
    #[serde(rename = "p", default, skip_serializing_if = "is_zero")]
    pub page: usize,
    /// How often in a row nothing was heard.
    #[serde(rename = "s", default, skip_serializing_if = "is_zero")]
    pub silences: usize,
    /// What was understood and is being read back.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub doubted: Option<Doubted>,
    /// The last document ends the call.
    #[serde(rename = "x", default, skip_serializing_if = "std::ops::Not::not")]
    pub closing: bool,
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// An answer that counts once the person has said that it was understood.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubted {
    /// What was said.
    #[serde(rename = "t")]
    pub text: String,
    /// What was understood, as it is read back.
    #[serde(rename = "a")]
    pub aloud: String,
}

/// What a webhook of a call reports.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Heard {
    /// The call is answered.
    Began {
        /// An answering machine or a fax took it.
        machine: bool,
    },
    /// Keys were pressed: figures, `*` and `#`.
    Keys(String),
    /// Something was said.
    Speech {
        /// What was recognised.
        text: String,
        /// How sure the recogniser is, above 0 and up to 1, where it says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        confidence: Option<f64>,
    },
    /// Neither.
    Nothing,
    /// The transfer to a person is over.
    Transferred {
        /// Whether anybody took it.
        reached: bool,
    },
}

impl Heard {
    /// What the person said or pressed.
    pub fn words(&self) -> Option<&str> {
        match self {
            Heard::Keys(text) | Heard::Speech { text, .. } => Some(text),
            Heard::Began { .. } | Heard::Nothing | Heard::Transferred { .. } => None,
        }
    }
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallEnd {
    /// Somebody hung up.
    Completed,
    /// The line was busy.
    Busy,
    /// It could not be placed.
    Failed,
    /// Nobody answered.
    NoAnswer,
    /// It was taken back before it was answered.
    Canceled,
}

impl CallEnd {
    /// The end a provider's status names; `None`: the call goes on.
    pub fn parse(status: &str) -> Option<CallEnd> {
        Some(match status {
            "completed" => CallEnd::Completed,
            "busy" => CallEnd::Busy,
            "failed" => CallEnd::Failed,
            "no-answer" => CallEnd::NoAnswer,
            "canceled" => CallEnd::Canceled,
            _ => return None,
        })
    }
}
