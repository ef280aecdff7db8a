//! The flow language: one TOML file is one conversation.
//!
//! `read` turns a `Source` (a file with everything it uses) into a `model::Flow`, or into findings with place and cure.
//! `keys` is the one table of what may be written where; `check` are the rules beyond it.

pub mod check;
pub mod choose;
pub mod codes;
pub mod diagnostic;
pub mod duration;
pub mod graph;
mod inside;
pub mod keys;
pub mod library;
pub mod model;
pub mod paths;
mod read;
pub mod reference;
pub mod render;
pub mod schema;
mod shape;
pub mod source;
mod suggest;
pub mod template;
pub mod texts;
mod tree;

pub use check::check_set;
pub use choose::choose;
pub use diagnostic::{Diagnostic, Severity};
pub use read::{Report, read};
pub use render::render;
pub use source::Source;

use unicode_normalization::UnicodeNormalization;

/// Punctuation around words that never changes what they mean; signs of figures ("11+", "-3", "50%") do.
const OUTER: &str = ".,!?;:\"'()[]{}*_~`…«»“”„‘’‚¡¿।॥、。，";

/// A word or sentence for comparing: compatibility forms joined, lower case, single spaces, no punctuation around it.
pub fn fold(text: &str) -> String {
    let plain: String = text.nfkc().flat_map(char::to_lowercase).collect();
    let plain = plain.trim_matches(|c: char| c.is_whitespace() || OUTER.contains(c));
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn words_are_compared_without_case_and_outer_punctuation() {
        for (text, expected) in [
            ("  Join  US! ", "join us"),
            ("«Sí»", "sí"),
            ("11+", "11+"),
            ("-3", "-3"),
            ("ＡＢＣ", "abc"),
            ("नमस्ते।", "नमस्ते"),
            ("?!", ""),
        ] {
            assert_eq!(fold(text), expected, "{text}");
        }
    }
}
