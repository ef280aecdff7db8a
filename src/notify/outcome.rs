//! What an answer of a medium means.

use crate::clock::Millis;

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was taken.
    Sent,
    /// It was not taken, and may be sent again.
    Retry {
        /// Why, for people.
        reason: String,
        /// Not sooner than so many milliseconds from now.
        after_ms: Option<Millis>,
    },
    /// It was not taken, and nothing will be until somebody mends the medium or its configuration.
    Refused {
        /// Why, for people.
        reason: String,
    },
    /// It may have been taken.
    Unknown {
        /// What happened instead of an answer.
        reason: String,
    },
}
