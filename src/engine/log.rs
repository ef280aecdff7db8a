//! What happened in a conversation and counts: answers with their readings, reports, languages, endings.

use crate::clock::Millis;
use crate::domain::answer::Value;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// How a question was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Given {
    /// Answered.
    #[serde(rename = "a")]
    Answered,
    /// Skipped by the person.
    #[serde(rename = "s")]
    Skipped,
    /// Left open after too many unreadable answers.
    #[serde(rename = "g")]
    GaveUp,
    /// Taken back by going back or changing.
    #[serde(rename = "w")]
    Withdrawn,
}

/// How one question was left, with its reading: it is never read again.
#[derive(Clone, Debug, PartialEq)]
pub struct Left {
    /// The step.
    pub step: String,
    /// How it was left.
    pub given: Given,
    /// What was said.
    pub raw: String,
    /// What it was read as; `None` unless answered.
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
pub(super) enum Happened {
    /// A question was left.
    #[serde(rename = "l")]
    Left(Left),
    /// A program reported a behaviour.
    #[serde(rename = "b")]
    Behaved(String),
    /// A program knew lead fields.
    #[serde(rename = "p")]
    Profile(BTreeMap<String, Json>),
    /// The person speaks this language from here on.
    #[serde(rename = "t")]
    Language(String),
    /// Nobody said anything: a silence that began at `from` went on from `since` until `until`.
    #[serde(rename = "s")]
    Silence {
        #[serde(rename = "f")]
        from: Millis,
        #[serde(rename = "s")]
        since: Millis,
        #[serde(rename = "u")]
        until: Millis,
    },
    /// The conversation ended without a step that says so: silence, or the person left.
    #[serde(rename = "e")]
    Ended(String),
}
