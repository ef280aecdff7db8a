//! The built-in texts, one file per language.

mod english;
mod french;
mod german;
mod hindi;
mod portuguese;
mod spanish;

use super::TextKey;

/// The languages there are texts in.
pub(super) const LANGUAGES: [&str; 6] = ["en", "es", "hi", "pt", "fr", "de"];

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

/// The text on the phone in a language of ours, where it is another there.
pub(super) fn spoken(key: TextKey, language: &str) -> Option<&'static str> {
    match language {
        "en" => english::spoken(key),
        "es" => spanish::spoken(key),
        "hi" => hindi::spoken(key),
        "pt" => portuguese::spoken(key),
        "fr" => french::spoken(key),
        "de" => german::spoken(key),
        _ => None,
    }
}
