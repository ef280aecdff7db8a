//! The built-in texts, one file per language.

mod english;
mod french;
mod german;
mod hindi;
mod portuguese;
mod spanish;

use super::TextKey;

/// The text in a language, if the language is one of ours.
pub(super) fn text(key: TextKey, language: &str) -> Option<&'static str> {
    Some(match language {
        "en" => english::text(key),
        "es" => spanish::text(key),
        "hi" => hindi::text(key),
        "pt" => portuguese::text(key),
        "fr" => french::text(key),
        "de" => german::text(key),
        _ => return None,
    })
}

/// The text in English.
pub(super) fn english(key: TextKey) -> &'static str {
    english::text(key)
}
