//! What people and we say, apart from how a channel writes it.

use crate::domain::answer::Kind;
use serde::{Deserialize, Serialize};

/// A picture, sound or document somebody sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// The MIME type the provider names.
    pub content_type: String,
    /// Where the provider keeps it.
    pub url: String,
}

/// A position somebody shared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// What the provider calls the place, if it does.
    pub name: Option<String>,
}

/// What a person said: text, a tapped option, files, a position.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// The text, control characters stripped; empty where only a file came.
    pub text: String,
    /// The `value` of an option that was tapped rather than typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tapped: Option<String>,
    /// The step this answers, where the channel knows (the chat API); else the open question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// How long the person took, in milliseconds, as the channel's own program measured it. Kept with the message; points
    /// go by our clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_ms: Option<i64>,
    /// Files, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<Media>,
    /// A shared position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// When it was said by the provider's clock, in milliseconds, where the provider tells: a webhook may come late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said_at: Option<i64>,
}

impl Said {
    /// Only text.
    pub fn text(text: impl Into<String>) -> Self {
        Said { text: text.into(), ..Said::default() }
    }
}

/// Something a person did beside talking, or that happened to them: kept with the conversation, and answers nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// What it was: `reaction`, `edit`, `number_changed` …
    pub note: String,
    /// The words or the sign of it; empty where there are none.
    #[serde(skip)]
    pub words: String,
    /// The provider's id of the message it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

/// An option as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Shown {
    /// What the flow file calls it; comes back when it is tapped.
    pub value: String,
    /// What people read.
    pub label: String,
    /// For places where labels are limited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short: Option<String>,
}

/// One thing we say, ready for a channel to write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Say {
    /// Rendered text.
    pub text: String,
    /// The language it is in.
    pub language: String,
    /// The question it asks, if it asks one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// What kind of answer is expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask: Option<Kind>,
    /// Options to choose from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Shown>,
    /// Whether "skip" is an answer.
    #[serde(default)]
    pub optional: bool,
}
