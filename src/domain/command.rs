//! What a person may say at any point of any flow.

use serde::{Deserialize, Serialize};

/// A built-in request. Flows can switch one off by its name and set its words in `[texts]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Take back the last answer and ask it again.
    Back,
    /// Answer an earlier question anew; the text says which.
    Change,
    /// Begin again.
    Restart,
    /// Leave this question open, where it is optional.
    Skip,
    /// What can I say here?
    Help,
    /// Talk to a person.
    Human,
    /// Speak another language; the text may say which.
    Language,
    /// Ask the question again.
    Repeat,
    /// "I don't mind": no preference.
    NoPreference,
    /// Leave the conversation (not an opt-out word of itself).
    Cancel,
}

impl Command {
    /// All of them.
    pub const ALL: [Command; 10] = [
        Command::Back,
        Command::Change,
        Command::Restart,
        Command::Skip,
        Command::Help,
        Command::Human,
        Command::Language,
        Command::Repeat,
        Command::NoPreference,
        Command::Cancel,
    ];

    /// The name in flow files.
    pub fn as_str(self) -> &'static str {
        match self {
            Command::Back => "back",
            Command::Change => "change",
            Command::Restart => "restart",
            Command::Skip => "skip",
            Command::Help => "help",
            Command::Human => "human",
            Command::Language => "language",
            Command::Repeat => "repeat",
            Command::NoPreference => "no_preference",
            Command::Cancel => "cancel",
        }
    }

    /// The command of that name.
    pub fn parse(name: &str) -> Option<Command> {
        Command::ALL.into_iter().find(|command| command.as_str() == name)
    }
}
