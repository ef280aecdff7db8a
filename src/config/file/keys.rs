//! The keys of `leadwire.toml`.

use super::lists::{ALERTS, FOLLOW_UPS, LEDGER, LIST};
use super::sinks::SINK;
use crate::flow::keys::{Key, Object, Shape};

fn providers() -> Vec<&'static str> {
    vec!["twilio", "whatsapp"]
}

/// The file.
pub(super) static FILE: Object = Object {
    name: "leadwire.toml",
    doc: "What does not fit into variables.",
    keys: &[
        Key::new(
            "accounts",
            Shape::List(&Shape::Table(&ACCOUNT)),
            "[[accounts]]",
            "Our numbers at the providers, beside the one of the variables.",
        ),
        Key::new("hours", Shape::Table(&HOURS), "[hours]", "When people may be written to unasked."),
        Key::new("sinks", Shape::List(&Shape::Table(&SINK)), "[[sinks]]", "Where leads are delivered to."),
        Key::new("lists", Shape::List(&Shape::Table(&LIST)), "[[lists]]", "Who is told of leads."),
        Key::new("alerts", Shape::Table(&ALERTS), "[alerts]", "What operations are told."),
        Key::new("follow_ups", Shape::Table(&FOLLOW_UPS), "[follow_ups]", "Who is reminded of follow-ups."),
        Key::new("ledger", Shape::Table(&LEDGER), "[ledger]", "How long deliveries are kept."),
        Key::new("outreach", Shape::Table(&OUTREACH), "[outreach]", "Calling and writing to leads unasked."),
    ],
};

static ACCOUNT: Object = Object {
    name: "[[accounts]]",
    doc: "A number of ours.",
    keys: &[
        Key::new("tenant", Shape::Word, "\"shop\"", "Whose it is, by the tenant's short name.")
            .or("\"default\""),
        Key::new("provider", Shape::OneOf(providers), "\"twilio\"", "Who carries its messages.").required(),
        Key::new(
            "address",
            Shape::Word,
            "\"+15005550006\"",
            "The number at Twilio, or Meta's id of the number (phone_number_id).",
        )
        .required(),
        Key::new(
            "secret",
            Shape::Word,
            "\"SHOP_AUTH_TOKEN\"",
            "The NAME of the variable that signs its webhooks: Twilio's Auth Token, Meta's app secret.",
        )
        .required(),
        Key::new(
            "token",
            Shape::Word,
            "\"SHOP_ACCESS_TOKEN\"",
            "The NAME of the variable with the token that sends, where that is another.",
        ),
        Key::new(
            "account_sid",
            Shape::Word,
            "\"AC00000000000000000000000000000000\"",
            "Twilio's account, where it is not TWILIO_ACCOUNT_SID.",
        ),
        Key::new("confirm_opt_out", Shape::Flag, "true", "Whether we confirm STOP ourselves.")
            .or("false for twilio, true for whatsapp"),
        Key::new("rate", Shape::Whole(1), "1", "What the provider takes from this number in a second.")
            .or("what the variables say"),
    ],
};

static OUTREACH: Object = Object {
    name: "[outreach]",
    doc: "Calling and writing to leads unasked.",
    keys: &[Key::new(
        "rules",
        Shape::Word,
        "\"rules\"",
        "The folder of regional rules that stand beside those built in.",
    )
    .or("those built in alone")],
};

static HOURS: Object = Object {
    name: "[hours]",
    doc: "When people may be written to unasked, by their own clocks.",
    keys: &[
        Key::new("from", Shape::Word, "\"08:00\"", "From this time of day on.").or("\"08:00\""),
        Key::new("to", Shape::Word, "\"21:00\"", "Before this time of day.").or("\"21:00\""),
    ],
};
