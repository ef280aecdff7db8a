//! The snapshot of a conversation: the inputs that count, and what followed from them.

use serde::{Deserialize, Serialize};

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

/// How a conversation stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A question is open, or the first is yet to be asked.
    Open,
    /// Ended with this outcome.
    Ended(String),
}

/// One conversation's state; stored as JSON, a snapshot of the fold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// How it stands.
    pub outcome: Outcome,
}
