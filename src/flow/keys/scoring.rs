//! The tables about points.

use super::{Key, Object, Shape};

/// Points, and where the classes begin.
pub(super) static SCORING: Object = Object {
    name: "[scoring]",
    doc: "Points, and where the classes begin.",
    keys: &[
        Key::new("sql", Shape::Whole(i64::MIN), "60", "Sales qualified from this score on.").or("60"),
        Key::new("mql", Shape::Whole(i64::MIN), "30", "Marketing qualified from this score on.").or("30"),
        Key::new(
            "points",
            Shape::Map("rule or event", &Shape::Either(&Shape::Whole(i64::MIN), &Shape::Table(&POINTS))),
            "points.question_answered = 5",
            "Points by rule: session_opened, replied_greeting, question_answered, all_answered, contact_shared, product_interest, demo_requested, quick_reply, detailed_answer, cta_clicked, or an event of your own. Fewer than none take away.",
        ),
        Key::new(
            "once",
            Shape::List(&Shape::Word),
            "[\"quick_reply\"]",
            "Rules that earn the first time only: question_answered, quick_reply and detailed_answer otherwise do at every question.",
        )
        .or("[]"),
        Key::new(
            "caps",
            Shape::Map("rule, event, `engagement` or `fit`", &Shape::Whole(1)),
            "caps = { quick_reply = 15, fit = 20 }",
            "The most a conversation may earn by a rule or event; by `engagement`, all that people do; by `fit`, the points of options.",
        )
        .or("no bounds"),
        Key::new(
            "decay",
            Shape::Table(&DECAY),
            "[scoring.decay]",
            "What silence costs while a question waits for its answer.",
        )
        .or("nothing"),
    ],
};

static DECAY: Object = Object {
    name: "[scoring.decay]",
    doc: "What silence costs: points for what people did, never for what they answered.",
    keys: &[
        Key::new(
            "after",
            Shape::Duration,
            "\"14d\"",
            "So long after the last word it begins; at least an hour.",
        )
        .required(),
        Key::new(
            "every",
            Shape::Duration,
            "\"7d\"",
            "Then again each time so much passes; at least an hour.",
        )
        .or("as `after`"),
        Key::new("points", Shape::Whole(1), "5", "So many points each time; either this or `percent`."),
        Key::new(
            "percent",
            Shape::Whole(1),
            "25",
            "So many percent each time of the points there are for what people did, rounded up.",
        ),
        Key::new("floor", Shape::Whole(0), "10", "So many of these points stay.").or("0"),
    ],
};

static POINTS: Object = Object {
    name: "points",
    doc: "Points with their condition.",
    keys: &[
        Key::new("points", Shape::Whole(i64::MIN), "5", "How many.").required(),
        Key::new("within", Shape::Duration, "\"2m\"", "quick_reply: the longest time to the answer.")
            .or("\"2m\""),
        Key::new("over", Shape::Whole(0), "10", "detailed_answer: more characters than this.").or("10"),
    ],
};
