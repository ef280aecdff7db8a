//! Built-in texts in English.

use crate::flow::texts::TextKey;

/// The text.
pub(super) fn text(key: TextKey) -> &'static str {
    match key {
        TextKey::Retry => "Sorry, I did not get that. Could you say it another way?",
        TextKey::RetryChoice => "Please pick one of these, or send its number.",
        TextKey::RetryChoices => "Please pick from these; you can send several numbers, such as 1, 3.",
        TextKey::RetryYesNo => "Please answer yes or no.",
        TextKey::RetryNumber => "Please send a number, such as 12.",
        TextKey::RetryMoney => "Please send an amount, such as 5000.",
        TextKey::RetryRange => "Please send a range, such as 1000 to 5000.",
        TextKey::RetryPhone => "That does not look like a phone number. Please send it with its area code.",
        TextKey::RetryEmail => {
            "That does not look like an e-mail address. It should be like name@example.com."
        }
        TextKey::RetryDate => "Please send a date, such as 14 March or tomorrow.",
        TextKey::RetryTime => "Please send a time, such as 3 pm or 15:00.",
        TextKey::RetryName => "Please send your name.",
        TextKey::RetryPostcode => "That does not look like a postal code. Please send it again.",
        TextKey::RetryLocation => "Please send the name of a place, or share your location.",
        TextKey::RetryConsent => "Please answer with a clear yes if you agree, or no if you do not.",
        TextKey::RetryMedia => "Please send a picture, a recording or a document.",
        TextKey::RetryLimits => {
            "That should be{% if min %} at least {{ min }}{% endif %}{% if min and max %} and{% endif %}{% if max %} at most {{ max }}{% endif %}."
        }
        TextKey::BackNothing => "This is the first question; there is nothing to go back to.",
        TextKey::SkipNotAllowed => "We need an answer to this one, please.",
        TextKey::Help => {
            "You can just answer, or say: back, change, skip, restart, language or human. Say STOP to hear no more from us."
        }
        TextKey::Human => "I will ask a person to get back to you.",
        TextKey::Restarted => "All right, let's begin again.",
        TextKey::LanguageChanged => "All right, in English from now on.",
        TextKey::LanguageUnknown => "I can speak {{ languages }} here.",
        TextKey::ChangedWhat => "Which answer would you like to change? {{ questions }}",
        TextKey::AfterEnd => "Thank you, we have everything. Say restart to begin again.",
        TextKey::ChooseManyHint => "You can choose more than one.",
        TextKey::OptionHint => "Reply with a number or the words.",
        TextKey::SkipHint => "You can say skip.",
        TextKey::YesNo => "Yes / No",
        TextKey::Choose => "Choose",
        TextKey::OptOut => "You will hear no more from us. Write START if you change your mind.",
        TextKey::OptIn => "Welcome back! You will hear from us again.",
        TextKey::HelpContact => "This is {{ title }}. Reply STOP to hear no more from us.",
        TextKey::Apology => "Sorry, something went wrong on our side. Please try again in a moment.",
        TextKey::Cancelled => "All right, we stop here. Write to us again whenever you like.",
        TextKey::CallPress => "For {{ option }}, press {{ key }}.",
        TextKey::CallMore => "For more, press {{ key }}.",
        TextKey::CallFurther => "Here is more.",
        TextKey::CallYesNo => "Press 1 for yes, 2 for no.",
        TextKey::CallPick => "Press the keys of all that apply, then the hash key.",
        TextKey::CallKeys => "You can also key it in; end with the hash key.",
        TextKey::CallKeysDate => {
            "You can also key in {% if order == 'mdy' %}month, day and year{% elif order == 'ymd' %}year, month and day{% else %}day, month and year{% endif %} as eight digits."
        }
        TextKey::CallKeysTime => {
            "You can also key in hour and minutes as four digits, as on a 24-hour clock."
        }
        TextKey::CallKeysDatetime => {
            "You can also key in {% if order == 'mdy' %}month, day and year{% elif order == 'ymd' %}year, month and day{% else %}day, month and year{% endif %} as eight digits, then hour and minutes as four."
        }
        TextKey::CallConfirm => "I understood: {{ heard }}. Is that right? Press 1 for yes, 2 for no.",
        TextKey::CallWrong => "Sorry. Once more, please.",
        TextKey::CallSpell => "Sorry. Please spell it this time, letter by letter, such as: M as in Mike.",
        TextKey::CallUnheard => "I did not hear anything.",
        TextKey::CallDead => {
            "I still cannot hear you, so I am hanging up. Call again and we go on from here. Goodbye."
        }
        TextKey::CallOver => "This call has to end now. Call again and we go on from here. Goodbye.",
        TextKey::CallResumed => "Welcome back! We go on where we stopped.",
        TextKey::CallTransfer => "One moment, please. I am putting you through.",
        TextKey::CallNobody => "I am sorry, nobody can take your call right now.",
        TextKey::CallBye => "Goodbye.",
        TextKey::CallContinued => "Our call broke off. You can go on here:",
    }
}

/// The text on the phone, where it is another there.
pub(super) fn spoken(key: TextKey) -> Option<&'static str> {
    Some(match key {
        TextKey::RetryChoice => "Please pick one of these, or press its key.",
        TextKey::RetryChoices => "Please pick from these; you can name several, or press their keys.",
        TextKey::RetryNumber => "Please say a number, such as 12, or key it in.",
        TextKey::RetryMoney => "Please say an amount, such as 5000, or key it in.",
        TextKey::RetryRange => "Please say from how much to how much, such as 1000 to 5000.",
        TextKey::RetryPhone => {
            "That does not sound like a phone number. Please say it with its area code, or key it in."
        }
        TextKey::RetryEmail => {
            "That does not sound like an e-mail address. It should be like name at example dot com."
        }
        TextKey::RetryDate => "Please say a date, such as 14 March or tomorrow.",
        TextKey::RetryTime => "Please say a time, such as 3 pm.",
        TextKey::RetryName => "Please say your name.",
        TextKey::RetryPostcode => {
            "That does not sound like a postal code. Please say it again, or key it in."
        }
        TextKey::RetryLocation => "Please say the name of a place.",
        TextKey::RetryMedia => "That cannot be sent on the phone.",
        TextKey::Help => {
            "You can just answer, or say: back, repeat, change, skip, restart, language or human. On the keypad, star goes back. Say STOP to hear no more from us."
        }
        TextKey::OptOut => "You will get no more calls from us. Goodbye.",
        TextKey::AfterEnd => "Thank you, we have everything.",
        TextKey::Cancelled => "All right, we stop here. Call again whenever you like.",
        _ => return None,
    })
}
