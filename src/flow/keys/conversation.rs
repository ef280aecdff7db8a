//! The file itself and its tables about the whole conversation.

use super::extras::{DELIVER, NOTIFY, TEST};
use super::scoring::SCORING;
use super::step::{REMINDER, STEP};
use super::{Key, Object, Shape};
use crate::domain::channel::Channel;
use crate::domain::command::Command;
use crate::flow::texts::TextKey;

/// Names of channels.
pub(super) fn channels() -> Vec<&'static str> {
    Channel::ALL.into_iter().map(Channel::as_str).collect()
}

fn commands() -> Vec<&'static str> {
    Command::ALL.into_iter().map(Command::as_str).collect()
}

fn texts() -> Vec<&'static str> {
    TextKey::ALL.into_iter().map(TextKey::as_str).collect()
}

fn date_orders() -> Vec<&'static str> {
    vec!["dmy", "mdy", "ymd"]
}

/// A flow file.
pub static FLOW: Object = Object {
    name: "a flow file",
    doc: "One conversation.",
    keys: &[
        Key::new("id", Shape::Word, "\"merchant\"", "The flow's name in addresses, exports and logs.")
            .required(),
        Key::new("title", Shape::Word, "\"Merchant sign-up\"", "The flow's name for people.").required(),
        Key::new(
            "languages",
            Shape::List(&Shape::Word),
            "[\"en\", \"hi\"]",
            "Language codes; the first is the default. With more than one, every text is a table by language.",
        )
        .or("[\"en\"]"),
        Key::new(
            "region",
            Shape::Word,
            "\"IN\"",
            "Country (ISO 3166) of phone numbers without country code and of postal codes.",
        ),
        Key::new("currency", Shape::Word, "\"INR\"", "Currency (ISO 4217) of amounts said without one."),
        Key::new(
            "date_order",
            Shape::OneOf(date_orders),
            "\"dmy\"",
            "How dates of figures only are read; without it, by region and language.",
        ),
        Key::new(
            "off",
            Shape::List(&Shape::OneOf(commands)),
            "[\"human\"]",
            "Built-in commands switched off in this flow.",
        )
        .or("[]"),
        Key::new(
            "use",
            Shape::OneOrList(&Shape::Word),
            "\"common/contact\"",
            "Steps of other files, placed before this file's own. To place them elsewhere write a [[steps]] with only `use`.",
        ),
        Key::new("start", Shape::Table(&START), "[start]", "Who gets this flow."),
        Key::new("scoring", Shape::Table(&SCORING), "[scoring]", "Points, and where the classes begin."),
        Key::new(
            "experiments",
            Shape::Map("experiment", &Shape::Table(&EXPERIMENT)),
            "[experiments.greeting]",
            "Experiments: which wording or order does better.",
        ),
        Key::new("silence", Shape::Table(&SILENCE), "[silence]", "What happens when the person does not answer."),
        Key::new("voice", Shape::Table(&VOICE), "[voice]", "How this flow is on the phone."),
        Key::new(
            "texts",
            Shape::MapOf(texts, &Shape::Text),
            "texts.retry = \"Sorry, once more please?\"",
            "This flow's wording of built-in texts.",
        ),
        Key::new(
            "words",
            Shape::MapOf(commands, &Shape::OneOrList(&Shape::Word)),
            "words.human = [\"agent\", \"call me\"]",
            "This flow's own words for built-in commands, besides the known ones.",
        ),
        Key::new(
            "steps",
            Shape::List(&Shape::Table(&STEP)),
            "[[steps]]",
            "The steps of the conversation, from top to bottom.",
        )
        .required(),
        Key::new("notify", Shape::List(&Shape::Table(&NOTIFY)), "[[notify]]", "Whom to tell about what."),
        Key::new(
            "deliver",
            Shape::List(&Shape::Table(&DELIVER)),
            "[[deliver]]",
            "Where finished conversations are delivered.",
        ),
        Key::new(
            "enquiry",
            Shape::Word,
            "\"completed\"",
            "When this happens the lead becomes an enquiry with a number, its discovery completed, from the fields child_name, dob, age, \
             gender, school, preferred_schedule, parent_expectations, notes, name, phone, email and source.",
        ),
        Key::new("test", Shape::List(&Shape::Table(&TEST)), "[[test]]", "Conversations that must go as written."),
    ],
};

/// A file that others use.
pub static INCLUDE: Object = Object {
    name: "a file of steps",
    doc: "Steps for several flows to use.",
    keys: &[
        Key::new(
            "use",
            Shape::OneOrList(&Shape::Word),
            "\"common/email\"",
            "Steps of other files, placed first.",
        ),
        Key::new("steps", Shape::List(&Shape::Table(&STEP)), "[[steps]]", "The steps, from top to bottom.")
            .required(),
    ],
};

static START: Object = Object {
    name: "[start]",
    doc: "Who gets this flow.",
    keys: &[
        Key::new(
            "channels",
            Shape::List(&Shape::OneOf(channels)),
            "[\"whatsapp\", \"sms\"]",
            "Where this flow runs.",
        )
        .or("all channels"),
        Key::new(
            "keywords",
            Shape::Either(
                &Shape::List(&Shape::Word),
                &Shape::Map("language", &Shape::OneOrList(&Shape::Word)),
            ),
            "[\"demo\", \"join\"]",
            "A first message that is, or begins with, one of these chooses this flow; written by language, the one that only one language has is answered in it.",
        )
        .or("[]"),
        Key::new("default", Shape::Flag, "true", "Whether it takes everyone no other flow claims.")
            .or("false"),
    ],
};

static EXPERIMENT: Object = Object {
    name: "[experiments.…]",
    doc: "One experiment.",
    keys: &[
        Key::new(
            "variants",
            Shape::Map("variant", &Shape::Whole(0)),
            "{ A = 1, B = 1 }",
            "The variants and their weights.",
        )
        .required(),
        Key::new("goal", Shape::Word, "\"demo_requested\"", "The event or class whose rate decides.")
            .required(),
        Key::new(
            "order",
            Shape::Map("variant", &Shape::List(&Shape::Step)),
            "order.B = [\"staff_size\", \"location\"]",
            "Under that variant these steps take each other's places in this order.",
        ),
    ],
};

static SILENCE: Object = Object {
    name: "[silence]",
    doc: "What happens when the person does not answer.",
    keys: &[
        Key::new(
            "remind",
            Shape::List(&Shape::Table(&REMINDER)),
            "[{ after = \"1h\", say = \"Still there?\" }]",
            "Reminders, each counted from the question.",
        )
        .or("[]"),
        Key::new(
            "end_after",
            Shape::Duration,
            "\"3d\"",
            "The conversation ends as \"silent\" after this long.",
        ),
    ],
};

fn continuations() -> Vec<&'static str> {
    vec!["sms"]
}

static VOICE: Object = Object {
    name: "[voice]",
    doc: "How this flow is on the phone.",
    keys: &[
        Key::new(
            "voice",
            Shape::Label,
            "\"Polly.Joanna\"",
            "The voice that speaks, by Twilio's name for it; with several languages one for each.",
        )
        .or("Twilio's own for the language"),
        Key::new(
            "locale",
            Shape::Label,
            "\"en-GB\"",
            "The accent that is spoken and understood (BCP 47); with several languages one for each.",
        )
        .or("by language and `region`"),
        Key::new(
            "record",
            Shape::Text,
            "\"This call is recorded.\"",
            "Calls are recorded; this is said before the recording begins.",
        )
        .or("calls are not recorded"),
        Key::new(
            "voicemail",
            Shape::Text,
            "\"Hello! We will call again tomorrow.\"",
            "What is said to an answering machine when we call.",
        )
        .or("nothing: we hang up"),
        Key::new(
            "continue_by",
            Shape::OneOf(continuations),
            "\"sms\"",
            "Whoever hangs up before the end is asked the open question there.",
        )
        .or("the next call goes on"),
        Key::new(
            "transfer_to",
            Shape::Word,
            "\"+14155550123\"",
            "The number of a person that callers who ask for one are put through to.",
        )
        .or("VOICE_TRANSFER_TO of the configuration"),
        Key::new(
            "confirm_below",
            Shape::Number,
            "0.5",
            "What is recognised with less confidence than this, from 0 to 1, is read back first.",
        )
        .or("0.5"),
        Key::new(
            "max_length",
            Shape::Duration,
            "\"10m\"",
            "The longest a call may last; then we say goodbye.",
        )
        .or("\"15m\""),
    ],
};
