//! Templates that a provider has approved: the only messages WhatsApp takes where its window is closed.

/// An approved template of Meta's, without parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Its name at Meta.
    pub name: String,
    /// Its language, as Meta writes it: `en_US`.
    pub language: String,
}

impl Template {
    /// Reads `name/language`; `None`: it is not that. Names are lower-case letters, digits and underscores.
    pub fn parse(text: &str) -> Option<Template> {
        let (name, language) = text.split_once('/')?;
        let lower = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let in_name = (1..=512).contains(&name.len()) && name.bytes().all(lower);
        let in_code = (2..=10).contains(&language.len())
            && language.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
        (in_name && in_code).then(|| Template { name: name.to_owned(), language: language.to_owned() })
    }
}

/// How templates are named here.
pub const FORMS: &str =
    "name/language as at Meta (\"follow_up/en_US\"), or the ContentSid at Twilio (HX and 32 figures)";

/// Whether any provider can have a template that is named so.
pub fn is_named(text: &str) -> bool {
    is_content_sid(text) || Template::parse(text).is_some()
}

/// Whether this is the id of a template at Twilio: `HX` and 32 hexadecimal figures.
pub fn is_content_sid(text: &str) -> bool {
    text.strip_prefix("HX")
        .is_some_and(|sid| sid.len() == 32 && sid.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_templates() {
        for text in
            ["", "x", "Follow/en", "follow up/en", "follow/", "follow/e", "/en", "follow/english_language"]
        {
            assert_eq!(Template::parse(text), None, "{text:?}");
        }
        assert!(Template::parse("follow_up_2/es_MX").is_some());
        assert!(is_content_sid("HX0123456789abcdef0123456789abcdef"));
        assert!(!is_content_sid("HX0123456789abcdef0123456789abcde"));
    }
}
