//! Words that mean something everywhere.

use crate::flow::fold;

/// Words that opt out of all messages, on every channel. The carrier acts on them before we do.
const OPT_OUT_WORDS: [&str; 9] =
    ["stop", "stop all", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"];

/// The plainest words of the built-in commands.
const COMMAND_WORDS: [&str; 9] =
    ["back", "change", "restart", "skip", "help", "human", "language", "repeat", "start over"];

/// Whether a word opts out when it is the whole message.
pub fn opts_out(word: &str) -> bool {
    OPT_OUT_WORDS.contains(&fold(word).as_str())
}

/// Whether a word is a built-in command when it is the whole message.
pub fn is_command(word: &str) -> bool {
    COMMAND_WORDS.contains(&fold(word).as_str())
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
