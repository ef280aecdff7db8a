//! What every flow can say without being told: built-in texts by language, and the flow's own wording before them.

mod key;
mod wording;

pub use key::TextKey;

use crate::domain::channel::Channel;
use crate::flow::model::Flow;
use crate::flow::template::Template;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The built-in text: in the language, else in the language without its region, else in English. A template.
pub fn builtin(key: TextKey, language: &str) -> &'static str {
    let plain = language.split('-').next().unwrap_or(language);
    wording::text(key, plain).unwrap_or_else(|| wording::english(key))
}

/// The built-in text as this channel has it: on the phone nobody sends or writes.
pub fn builtin_on(channel: Channel, key: TextKey, language: &str) -> &'static str {
    let plain = language.split('-').next().unwrap_or(language);
    let spoken = || match wording::text(key, plain) {
        Some(_) => wording::spoken(key, plain),
        None => wording::spoken(key, "en"),
    };
    let spoken = (channel == Channel::Voice).then(spoken).flatten();
    spoken.unwrap_or_else(|| builtin(key, language))
}

/// The built-in text on this channel, compiled.
pub fn builtin_template(channel: Channel, key: TextKey, language: &str) -> &'static Template {
    /// Compiled once: a menu read out on the phone is many texts.
    static COMPILED: LazyLock<HashMap<&'static str, Template>> = LazyLock::new(|| {
        let all = wording::LANGUAGES.into_iter().flat_map(|language| TextKey::ALL.map(|key| (language, key)));
        let texts = all.flat_map(|(language, key)| {
            [builtin_on(Channel::Web, key, language), builtin_on(Channel::Voice, key, language)]
        });
        texts.map(|text| (text, Template::new(text).expect("the built-in texts are well-formed"))).collect()
    });
    let text = builtin_on(channel, key, language);
    COMPILED.get(text).expect("every built-in text is in the table")
}

/// The flow's own wording for a channel and language, if it has one: of this very text, or its `retry` for every kind.
pub fn own<'a>(flow: &'a Flow, key: TextKey, channel: Channel, language: &str) -> Option<&'a Template> {
    let default = flow.languages.first().map_or("en", String::as_str);
    let find = |key: TextKey| flow.texts.get(key.as_str())?.pick(channel, language, default);
    find(key).or_else(|| key.is_retry().then(|| find(TextKey::Retry))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::model::Text;
    use std::collections::BTreeSet;

    #[test]
    fn every_text_is_there_in_every_shipped_language_and_compiles() {
        let names: BTreeSet<&str> = TextKey::ALL.into_iter().map(TextKey::as_str).collect();
        assert_eq!(names.len(), TextKey::ALL.len());
        for key in TextKey::ALL {
            assert_eq!(TextKey::parse(key.as_str()), Some(key));
            for language in wording::LANGUAGES {
                let text = wording::text(key, language).unwrap();
                let template = Template::new(text).unwrap();
                for name in template.names() {
                    assert!(key.names().contains(&name.as_str()), "{} {language}: {name}", key.as_str());
                }
                for name in key.names() {
                    assert!(
                        template.names().contains(*name),
                        "{} {language} leaves out {name}",
                        key.as_str()
                    );
                }
                assert!(language == "en" || text != wording::english(key), "{} {language}", key.as_str());
            }
        }
    }

    #[test]
    fn a_language_without_texts_is_english_and_a_region_is_its_language() {
        assert_eq!(builtin(TextKey::Restarted, "sw"), builtin(TextKey::Restarted, "en"));
        assert_eq!(builtin(TextKey::Restarted, "pt-BR"), builtin(TextKey::Restarted, "pt"));
    }

    #[test]
    fn what_is_said_on_the_phone_is_worded_for_it_in_every_language() {
        for language in wording::LANGUAGES {
            let mut spoken = 0;
            for key in TextKey::ALL {
                let text = builtin_on(Channel::Voice, key, language);
                Template::new(text).unwrap();
                spoken += usize::from(text != builtin(key, language));
                assert_eq!(builtin_on(Channel::Sms, key, language), builtin(key, language));
            }
            assert_eq!(spoken, 17, "{language}");
        }
        assert_eq!(
            builtin_on(Channel::Voice, TextKey::Help, "sw"),
            builtin_on(Channel::Voice, TextKey::Help, "en")
        );
        assert_eq!(
            builtin_on(Channel::Voice, TextKey::Help, "pt-BR"),
            builtin_on(Channel::Voice, TextKey::Help, "pt")
        );
    }

    #[test]
    fn the_flows_own_wording_comes_first() {
        let mut flow = Flow { languages: vec!["en".into()], ..Flow::default() };
        let text = |said: &str| Text::new("en", Template::new(said).unwrap());
        flow.texts.insert("retry".into(), text("Once more?"));
        flow.texts.insert("retry_email".into(), text("An e-mail, please"));
        let said = |key| own(&flow, key, Channel::Sms, "hi").map(Template::source);
        assert_eq!(said(TextKey::RetryEmail), Some("An e-mail, please"));
        assert_eq!(said(TextKey::RetryPhone), Some("Once more?"));
        assert_eq!(said(TextKey::Help), None);
    }
}
