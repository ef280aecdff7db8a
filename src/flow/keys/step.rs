//! Steps, their options and branches.

use super::{Key, Object, Shape};
use crate::domain::answer::Kind;

fn kinds() -> Vec<&'static str> {
    Kind::ALL.into_iter().map(Kind::as_str).collect()
}

const SAY: Key = Key::new("say", Shape::Text, "\"Which city are you in?\"", "What is said.");
const SAY_WHATSAPP: Key = Key::new("say_whatsapp", Shape::Text, "\"…\"", "Other wording on WhatsApp.");
const SAY_SMS: Key = Key::new("say_sms", Shape::Text, "\"…\"", "Other wording by text message.");
const SAY_VOICE: Key =
    Key::new("say_voice", Shape::Text, "\"Please say your e-mail address.\"", "Other wording on the phone.");
const SAY_WEB: Key = Key::new("say_web", Shape::Text, "\"…\"", "Other wording in the web chat.");
const RETRY: Key =
    Key::new("retry", Shape::Text, "\"Please pick one of these.\"", "Said when an answer cannot be read.")
        .or("a built-in text");
const RETRY_WHATSAPP: Key = Key::new("retry_whatsapp", Shape::Text, "\"…\"", "`retry` on WhatsApp.");
const RETRY_SMS: Key = Key::new("retry_sms", Shape::Text, "\"…\"", "`retry` by text message.");
const RETRY_VOICE: Key = Key::new("retry_voice", Shape::Text, "\"…\"", "`retry` on the phone.");
const RETRY_WEB: Key = Key::new("retry_web", Shape::Text, "\"…\"", "`retry` in the web chat.");

/// A step.
pub static STEP: Object = Object {
    name: "[[steps]]",
    doc: "A question, a sentence or an ending.",
    keys: &[
        Key::new("id", Shape::Word, "\"location\"", "The step's name in expressions, answers and exports."),
        Key::new(
            "use",
            Shape::OneOrList(&Shape::Word),
            "\"common/contact\"",
            "Puts the steps of another file here; nothing else stands beside it.",
        ),
        Key::new(
            "ask",
            Shape::OneOf(kinds),
            "\"choice\"",
            "The kind of answer. Without it the step only speaks.",
        ),
        Key::new(
            "stage",
            Shape::Word,
            "\"profile\"",
            "Free name of this part of the conversation; the step of stage \"greeting\" earns replied_greeting.",
        ),
        SAY,
        SAY_WHATSAPP,
        SAY_SMS,
        SAY_VOICE,
        SAY_WEB,
        Key::new(
            "variant",
            Shape::Map("experiment", &Shape::Map("variant", &Shape::Table(&WORDING))),
            "variant.greeting.B.say = \"Hello!\"",
            "Other wording under an experiment's variant.",
        ),
        Key::new(
            "options",
            Shape::List(&Shape::Either(&Shape::Word, &Shape::Table(&OPTION))),
            "[\"Yes\", { value = \"No\", also = [\"nope\"] }]",
            "What can be chosen.",
        ),
        Key::new(
            "menu",
            Shape::Word,
            "\"products\"",
            "\"products\" and \"cta\" are known to scoring; any other name is your own.",
        ),
        Key::new("save", Shape::Word, "\"location\"", "The lead field the answer is kept in.")
            .or("the step's id"),
        RETRY,
        RETRY_WHATSAPP,
        RETRY_SMS,
        RETRY_VOICE,
        RETRY_WEB,
        Key::new(
            "tries",
            Shape::Whole(1),
            "3",
            "After so many unreadable answers the conversation moves on, or goes to `give_up`.",
        )
        .or("no limit"),
        Key::new("give_up", Shape::Step, "\"goodbye\"", "Where to go after `tries`.")
            .or("on, with the answer left empty"),
        Key::new("optional", Shape::Flag, "true", "Whether \"skip\" is an answer.").or("false"),
        Key::new(
            "go",
            Shape::List(&Shape::Table(&GO)),
            "[{ when = \"answer == 'No'\", to = \"goodbye\" }]",
            "Where to go next: the first that holds, else the next step.",
        ),
        Key::new(
            "end",
            Shape::Word,
            "\"completed\"",
            "Ends the conversation with this outcome: completed, declined or a word of your own.",
        ),
        Key::new("min", Shape::Number, "1", "The smallest number or amount; for text the fewest characters."),
        Key::new("max", Shape::Number, "500", "The largest number or amount; for text the most characters."),
    ],
};

/// The wording a variant replaces.
pub static WORDING: Object = Object {
    name: "variant.….…",
    doc: "Other wording under an experiment's variant.",
    keys: &[
        SAY,
        SAY_WHATSAPP,
        SAY_SMS,
        SAY_VOICE,
        SAY_WEB,
        RETRY,
        RETRY_WHATSAPP,
        RETRY_SMS,
        RETRY_VOICE,
        RETRY_WEB,
    ],
};

/// A reminder.
pub(super) static REMINDER: Object = Object {
    name: "remind",
    doc: "One reminder.",
    keys: &[
        Key::new("after", Shape::Duration, "\"1h\"", "How long after the question.").required(),
        Key::new(
            "say",
            Shape::Text,
            "\"Still there? We were at: {{ question }}\"",
            "What is said; `question` is the open question.",
        )
        .required(),
        SAY_WHATSAPP,
        SAY_SMS,
        SAY_VOICE,
        SAY_WEB,
        Key::new(
            "template",
            Shape::Word,
            "\"follow_up/en_US\"",
            "The approved template that WhatsApp sends instead once nobody has written for 24 hours: name/language at Meta, the ContentSid at Twilio. Without it the reminder is not sent then.",
        ),
    ],
};

/// An option.
pub static OPTION: Object = Object {
    name: "options",
    doc: "One option.",
    keys: &[
        Key::new(
            "value",
            Shape::Word,
            "\"Retail Store\"",
            "What the answer is called in expressions and exports.",
        )
        .required(),
        Key::new("label", Shape::Label, "{ en = \"Shop\", hi = \"दुकान\" }", "What people read.")
            .or("the value"),
        Key::new(
            "short",
            Shape::Label,
            "\"Retail\"",
            "The label where labels are limited (WhatsApp: 20 characters in a button, 24 in a list).",
        ),
        Key::new("also", Shape::List(&Shape::Word), "[\"shop\", \"kirana\"]", "Other ways to say it.")
            .or("[]"),
        Key::new("points", Shape::Whole(i64::MIN), "5", "Points for this answer.").or("0"),
        Key::new("event", Shape::Word, "\"demo_requested\"", "The event picking it is."),
        Key::new("declines", Shape::Flag, "true", "Picking it earns nothing.").or("false"),
        Key::new("to", Shape::Step, "\"goodbye\"", "Where picking it leads, after `go` had its say."),
    ],
};

static GO: Object = Object {
    name: "go",
    doc: "One branch.",
    keys: &[
        Key::new("when", Shape::Condition, "\"answer == 'No'\"", "Taken when this holds.").or("always"),
        Key::new("to", Shape::Step, "\"goodbye\"", "The step to go to.").required(),
    ],
};
