//! The built-in texts by name.

use crate::domain::answer::Kind;

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
    /// How an option is picked on the keypad; knows `option` and `key`.
    CallPress,
    /// How the further options of a keypad menu are reached; knows `key`.
    CallMore,
    /// The further options of a keypad menu follow.
    CallFurther,
    /// Yes and no on the keypad.
    CallYesNo,
    /// How to pick several options on the keypad.
    CallPick,
    /// An answer may be keyed in.
    CallKeys,
    /// A date may be keyed in; knows `order`: dmy, mdy or ymd.
    CallKeysDate,
    /// A time of day may be keyed in.
    CallKeysTime,
    /// A day and a time may be keyed in; knows `order`.
    CallKeysDatetime,
    /// What was understood is read back; knows `heard`.
    CallConfirm,
    /// What was read back was wrong.
    CallWrong,
    /// A name or an address was understood wrong: it is to be spelled.
    CallSpell,
    /// Nothing was heard.
    CallUnheard,
    /// Nothing is heard any more: we hang up.
    CallDead,
    /// The call has lasted as long as it may: we hang up.
    CallOver,
    /// The person calls again and goes on where they stopped.
    CallResumed,
    /// The call is put through to a person.
    CallTransfer,
    /// Nobody took the call that was put through.
    CallNobody,
    /// The last word of a call.
    CallBye,
    /// The call broke off; the text message that goes on with it begins so.
    CallContinued,
}

impl TextKey {
    /// All of them.
    pub const ALL: [TextKey; 56] = [
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
        TextKey::CallPress,
        TextKey::CallMore,
        TextKey::CallFurther,
        TextKey::CallYesNo,
        TextKey::CallPick,
        TextKey::CallKeys,
        TextKey::CallKeysDate,
        TextKey::CallKeysTime,
        TextKey::CallKeysDatetime,
        TextKey::CallConfirm,
        TextKey::CallWrong,
        TextKey::CallSpell,
        TextKey::CallUnheard,
        TextKey::CallDead,
        TextKey::CallOver,
        TextKey::CallResumed,
        TextKey::CallTransfer,
        TextKey::CallNobody,
        TextKey::CallBye,
        TextKey::CallContinued,
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
            TextKey::CallPress => "call_press",
            TextKey::CallMore => "call_more",
            TextKey::CallFurther => "call_further",
            TextKey::CallYesNo => "call_yes_no",
            TextKey::CallPick => "call_pick",
            TextKey::CallKeys => "call_keys",
            TextKey::CallKeysDate => "call_keys_date",
            TextKey::CallKeysTime => "call_keys_time",
            TextKey::CallKeysDatetime => "call_keys_datetime",
            TextKey::CallConfirm => "call_confirm",
            TextKey::CallWrong => "call_wrong",
            TextKey::CallSpell => "call_spell",
            TextKey::CallUnheard => "call_unheard",
            TextKey::CallDead => "call_dead",
            TextKey::CallOver => "call_over",
            TextKey::CallResumed => "call_resumed",
            TextKey::CallTransfer => "call_transfer",
            TextKey::CallNobody => "call_nobody",
            TextKey::CallBye => "call_bye",
            TextKey::CallContinued => "call_continued",
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
            TextKey::CallPress => &["option", "key"],
            TextKey::CallMore => &["key"],
            TextKey::CallKeysDate | TextKey::CallKeysDatetime => &["order"],
            TextKey::CallConfirm => &["heard"],
            _ => &[],
        }
    }

    /// Whether a flow's general `retry` stands for it too.
    pub(super) fn is_retry(self) -> bool {
        self.as_str().starts_with("retry_")
    }
}
