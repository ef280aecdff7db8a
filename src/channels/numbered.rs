//! Options where a channel has no buttons: numbered lines below the question.

use crate::domain::message::Say;
use std::fmt::Write;

/// Writes what is said, each option on a line of its own behind its number.
pub fn numbered(text: &mut String, say: &Say) {
    text.push_str(say.text.trim());
    for (index, option) in say.options.iter().enumerate() {
        write!(text, "\n{}. {}", index + 1, one_line(&option.label)).expect("writing to a string succeeds");
    }
}

/// A label without line ends: one of several lines would read as several options.
pub fn one_line(label: &str) -> String {
    label.split_whitespace().collect::<Vec<_>>().join(" ")
}
