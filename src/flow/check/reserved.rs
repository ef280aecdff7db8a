//! Words that mean something everywhere.

use crate::domain::consent::{self, Signal};
use crate::understand;

/// Whether a word opts out when it is the whole message; the carrier acts on some of them before we do.
pub fn opts_out(word: &str) -> bool {
    consent::signal(word) == Some(Signal::Stop)
}

/// The languages whose commands are known; English is understood beside each.
const SPOKEN: [&str; 5] = ["es", "hi", "pt", "fr", "de"];

/// Whether a word is a built-in command when it is the whole message.
pub fn is_command(word: &str) -> bool {
    SPOKEN.iter().any(|language| understand::command(word, language).is_some())
}

/// Names texts and conditions know beside steps and lead fields.
pub const SCOPE: [&str; 6] = ["answer", "score", "class", "channel", "language", "lead"];

/// Functions of the expression language.
pub const FUNCTIONS: [&str; 4] = ["range", "dict", "namespace", "debug"];

/// Words of the expression language, which no step may be called.
pub const KEYWORDS: [&str; 15] = [
    "and", "or", "not", "in", "is", "if", "else", "true", "false", "none", "True", "False", "None",
    "question", "loop",
];

/// Lead fields every lead has, whatever a flow saves.
pub const LEAD_FIELDS: [&str; 12] = [
    "name",
    "first_name",
    "last_name",
    "phone",
    "email",
    "company",
    "location",
    "city",
    "country",
    "postcode",
    "source",
    "notes",
];
