//! What happened in a conversation and counts: answers with their readings, reports, languages, endings.

use crate::clock::Millis;
use crate::domain::answer::Value;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// How a question was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Given {
    /// Answered.
    Answered,
    /// Skipped by the person.
    Skipped,
    /// Left open after too many unreadable answers.
    GaveUp,
    /// Taken back by going back or changing.
    Withdrawn,
}

/// How one question was left, with its reading: it is never read again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Left {
    /// The step.
    pub step: String,
    /// How it was left.
    pub given: Given,
    /// What was said.
    pub raw: String,
    /// What it was read as; `None` unless answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// Bytes of `raw` the value came from.
    pub span: (usize, usize),
    /// The version of the readers that read it.
    pub reader: u16,
    /// When the question went out.
    pub asked_at: Millis,
    /// When it was left.
    pub answered_at: Millis,
}

/// One thing that happened and counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Happened {
    /// A question was left.
    Left(Left),
    /// A program reported a behaviour.
    Behaved(String),
    /// A program knew lead fields.
    Profile(BTreeMap<String, Json>),
    /// The person speaks this language from here on.
    Language(String),
    /// The conversation ended without a step that says so: silence, or the person left.
    Ended(String),
}
