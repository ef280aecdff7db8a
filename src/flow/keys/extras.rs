//! Notifications, deliveries and tests.

use super::conversation::channels;
use super::{Key, Object, Shape};
use crate::domain::score::Class;

fn classes() -> Vec<&'static str> {
    [Class::Sql, Class::Mql, Class::Unqualified].into_iter().map(Class::as_str).collect()
}

pub(super) static NOTIFY: Object = Object {
    name: "[[notify]]",
    doc: "Whom to tell about what.",
    keys: &[
        Key::new(
            "on",
            Shape::OneOrList(&Shape::Word),
            "[\"sql\", \"demo_requested\"]",
            "Events: sql, mql, demo_requested, contact_shared, an outcome, \"silent\", \"handoff\", or one of your own.",
        )
        .required(),
        Key::new("via", Shape::OneOrList(&Shape::Word), "[\"email\", \"slack\"]", "Media named in the configuration.").required(),
    ],
};

pub(super) static DELIVER: Object = Object {
    name: "[[deliver]]",
    doc: "Where finished conversations are delivered.",
    keys: &[
        Key::new("to", Shape::Word, "\"crm\"", "A sink named in the configuration.").required(),
        Key::new("on", Shape::Word, "\"completed\"", "The event.").or("\"completed\""),
        Key::new(
            "map",
            Shape::Map("field of the sink", &Shape::Template),
            "{ full_name = \"{{ name }}\" }",
            "The sink's fields.",
        )
        .required(),
    ],
};

pub(super) static TEST: Object = Object {
    name: "[[test]]",
    doc: "A conversation that must go as written.",
    keys: &[
        Key::new("name", Shape::Word, "\"a keen restaurant owner\"", "What it shows.").required(),
        Key::new("channel", Shape::OneOf(channels), "\"whatsapp\"", "Where it is played.")
            .or("the first of [start] channels"),
        Key::new("language", Shape::Word, "\"hi\"", "The language it begins in.").or("the flow's first"),
        Key::new(
            "variants",
            Shape::Map("experiment", &Shape::Word),
            "{ greeting = \"A\" }",
            "The variants the person has.",
        )
        .or("the first of each"),
        Key::new("now", Shape::Moment, "2026-03-14T10:00:00", "The wall clock when it begins.")
            .or("a fixed instant"),
        Key::new(
            "chat",
            Shape::Word,
            "\"\"\"\n< hi\n> Welcome!\n\"\"\"",
            "`<` the person says, `>` we say, `@ 2h` time passes.",
        )
        .required(),
        Key::new("expect", Shape::Table(&EXPECT), "{ class = \"SQL\" }", "What must hold at the end."),
    ],
};

static EXPECT: Object = Object {
    name: "expect",
    doc: "What must hold at the end of a test.",
    keys: &[
        Key::new("score", Shape::Whole(i64::MIN), "80", "The score."),
        Key::new("class", Shape::OneOf(classes), "\"SQL\"", "The class."),
        Key::new("outcome", Shape::Word, "\"completed\"", "How it ended; \"\" where it is still open."),
        Key::new("answers", Shape::Map("step", &Shape::Any), "{ location = \"Mumbai\" }", "Answers by step."),
        Key::new("lead", Shape::Map("field", &Shape::Any), "{ email = \"a@b.example\" }", "Lead fields."),
        Key::new(
            "variants",
            Shape::Map("experiment", &Shape::Word),
            "{ greeting = \"A\" }",
            "Variants by experiment.",
        ),
        Key::new(
            "delivered",
            Shape::Map("sink", &Shape::Map("field", &Shape::Word)),
            "{ crm = { city = \"Mumbai\" } }",
            "What each [[deliver]] sends.",
        ),
    ],
};
