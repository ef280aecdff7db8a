//! What every flow can say without being told: built-in texts by language, and the flow's own wording before them.

mod wording;

use crate::domain::answer::Kind;
use crate::domain::channel::Channel;
use crate::flow::model::Flow;
use crate::flow::template::Template;

/// A built-in text. Flows reword it in `[texts]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TextKey {
    /// An answer cannot be read, whatever was asked; the flow's own `retry` also stands for all the kinds below.
    Retry,
    /// An answer fits no option.
    RetryChoice,
    /// An answer fits no option of several.
    RetryChoices,
    /// Neither yes nor no.
    RetryYesNo,
    /// Not a number.
    RetryNumber,
    /// Not an amount.
    RetryMoney,
    /// Not a span of numbers or amounts.
    RetryRange,
    /// Not a phone number.
    RetryPhone,
    /// Not an e-mail address.
    RetryEmail,
    /// Not a date.
    RetryDate,
    /// Not a time of day.
    RetryTime,
    /// Not a name.
    RetryName,
    /// Not a postal code.
    RetryPostcode,
    /// Not a place.
    RetryLocation,
    /// Not a clear yes.
    RetryConsent,
    /// No picture, sound or document.
    RetryMedia,
    /// Outside `min` and `max`; knows `min` and `max`.
    RetryLimits,
    /// "back" at the first question.
    BackNothing,
    /// "skip" where the question is not optional.
    SkipNotAllowed,
    /// What can be said here.
    Help,
    /// A person will take over.
    Human,
    /// The conversation begins again.
    Restarted,
    /// The language is another now.
    LanguageChanged,
    /// A language that is not spoken here; knows `languages`.
    LanguageUnknown,
    /// Which answer to change; knows `questions`.
    ChangedWhat,
    /// Something was said after the end.
    AfterEnd,
    /// How to choose several options.
    ChooseManyHint,
    /// How to choose one option where there are no buttons.
    OptionHint,
    /// How to leave an optional question open.
    SkipHint,
    /// The buttons of a yes-or-no question, with a slash between them.
    YesNo,
    /// The button that opens a list of options.
    Choose,
    /// Opted out.
    OptOut,
    /// Opted in again.
    OptIn,
    /// Whom to ask for help; knows `contact` and `title`.
    HelpContact,
    /// Something went wrong on our side.
    Apology,
    /// The person left the conversation.
    Cancelled,
}

impl TextKey {
    /// All of them.
    pub const ALL: [TextKey; 36] = [
        TextKey::Retry,
        TextKey::RetryChoice,
        TextKey::RetryChoices,
        TextKey::RetryYesNo,
        TextKey::RetryNumber,
        TextKey::RetryMoney,
        TextKey::RetryRange,
        TextKey::RetryPhone,
        TextKey::RetryEmail,
        TextKey::RetryDate,
        TextKey::RetryTime,
        TextKey::RetryName,
        TextKey::RetryPostcode,
        TextKey::RetryLocation,
        TextKey::RetryConsent,
        TextKey::RetryMedia,
        TextKey::RetryLimits,
        TextKey::BackNothing,
        TextKey::SkipNotAllowed,
        TextKey::Help,
        TextKey::Human,
        TextKey::Restarted,
        TextKey::LanguageChanged,
        TextKey::LanguageUnknown,
        TextKey::ChangedWhat,
        TextKey::AfterEnd,
        TextKey::ChooseManyHint,
        TextKey::OptionHint,
        TextKey::SkipHint,
        TextKey::YesNo,
        TextKey::Choose,
        TextKey::OptOut,
        TextKey::OptIn,
        TextKey::HelpContact,
        TextKey::Apology,
        TextKey::Cancelled,
    ];

    /// The name in `[texts]`.
    pub fn as_str(self) -> &'static str {
        match self {
            TextKey::Retry => "retry",
            TextKey::RetryChoice => "retry_choice",
            TextKey::RetryChoices => "retry_choices",
            TextKey::RetryYesNo => "retry_yes_no",
            TextKey::RetryNumber => "retry_number",
            TextKey::RetryMoney => "retry_money",
            TextKey::RetryRange => "retry_range",
            TextKey::RetryPhone => "retry_phone",
            TextKey::RetryEmail => "retry_email",
            TextKey::RetryDate => "retry_date",
            TextKey::RetryTime => "retry_time",
            TextKey::RetryName => "retry_name",
            TextKey::RetryPostcode => "retry_postcode",
            TextKey::RetryLocation => "retry_location",
            TextKey::RetryConsent => "retry_consent",
            TextKey::RetryMedia => "retry_media",
            TextKey::RetryLimits => "retry_limits",
            TextKey::BackNothing => "back_nothing",
            TextKey::SkipNotAllowed => "skip_not_allowed",
            TextKey::Help => "help",
            TextKey::Human => "human",
            TextKey::Restarted => "restarted",
            TextKey::LanguageChanged => "language_changed",
            TextKey::LanguageUnknown => "language_unknown",
            TextKey::ChangedWhat => "changed_what",
            TextKey::AfterEnd => "after_end",
            TextKey::ChooseManyHint => "choose_many_hint",
            TextKey::OptionHint => "option_hint",
            TextKey::SkipHint => "skip_hint",
            TextKey::YesNo => "yes_no",
            TextKey::Choose => "choose",
            TextKey::OptOut => "opt_out",
            TextKey::OptIn => "opt_in",
            TextKey::HelpContact => "help_contact",
            TextKey::Apology => "apology",
            TextKey::Cancelled => "cancelled",
        }
    }

    /// The text of that name.
    pub fn parse(name: &str) -> Option<TextKey> {
        TextKey::ALL.into_iter().find(|key| key.as_str() == name)
    }

    /// What is said when an answer of that kind cannot be read.
    pub fn retry(kind: Kind) -> TextKey {
        match kind {
            Kind::Text => TextKey::Retry,
            Kind::Choice => TextKey::RetryChoice,
            Kind::Choices => TextKey::RetryChoices,
            Kind::YesNo => TextKey::RetryYesNo,
            Kind::Number => TextKey::RetryNumber,
            Kind::Money => TextKey::RetryMoney,
            Kind::MoneyRange | Kind::Range => TextKey::RetryRange,
            Kind::Phone => TextKey::RetryPhone,
            Kind::Email => TextKey::RetryEmail,
            Kind::Date | Kind::Datetime => TextKey::RetryDate,
            Kind::Time => TextKey::RetryTime,
            Kind::Name => TextKey::RetryName,
            Kind::Postcode => TextKey::RetryPostcode,
            Kind::Location => TextKey::RetryLocation,
            Kind::Consent => TextKey::RetryConsent,
            Kind::Media => TextKey::RetryMedia,
        }
    }

    /// The names its template may use beside those every text has.
    pub fn names(self) -> &'static [&'static str] {
        match self {
            TextKey::LanguageUnknown => &["languages"],
            TextKey::ChangedWhat => &["questions"],
            TextKey::HelpContact => &["title"],
            TextKey::RetryLimits => &["min", "max"],
            _ => &[],
        }
    }

    /// Whether a flow's general `retry` stands for it too.
    fn is_retry(self) -> bool {
        self.as_str().starts_with("retry_")
    }
}

/// The built-in text: in the language, else in the language without its region, else in English. A template.
pub fn builtin(key: TextKey, language: &str) -> &'static str {
    let plain = language.split('-').next().unwrap_or(language);
    wording::text(key, plain).unwrap_or_else(|| wording::english(key))
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
            for language in ["en", "es", "hi", "pt", "fr", "de"] {
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
