//! `[[lists]]`, `[alerts]` and `[ledger]`: who is told what, and how long the ledger is kept.

use super::sinks::check_name;
use super::{text, variable};
use crate::clock::{DAY, HOUR, MINUTE, Millis};
use crate::flow::diagnostic::Findings;
use crate::flow::duration;
use crate::flow::keys::{Key, Object, Shape};
use crate::flow::tree::Node;
use jiff::civil::Time;

/// A list of recipients that the file names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedList {
    /// Whose it is, by the tenant's slug.
    pub tenant: String,
    /// As flows call it in `via`.
    pub name: String,
    /// `email`, `slack`, `discord`, `teams`.
    pub kind: String,
    /// The addresses of an e-mail list.
    pub to: Vec<String>,
    /// The variable with the webhook of the others.
    pub webhook: Option<String>,
    /// When nobody is told.
    pub quiet: Option<(Time, Time)>,
    /// The clock of that; `None`: the tenant's.
    pub time_zone: Option<String>,
    /// Who is told where nobody has claimed the lead after so many milliseconds.
    pub escalates: Option<(Millis, String)>,
    /// Where it stands, `leadwire.toml:3:1`.
    pub place: String,
}

/// What operations are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alerts {
    /// By these lists.
    pub via: Vec<String>,
    /// From so many failed deliveries on.
    pub failed: i64,
    /// Where less than so many of a hundred deliveries of the window arrived.
    pub success_percent: i64,
    /// The window, in milliseconds.
    pub window_ms: Millis,
    /// Where a job waits longer than that past its time, in milliseconds.
    pub oldest_ms: Millis,
    /// When the summary of the day goes, by the tenant's clock.
    pub daily_at: Time,
    /// When what sinks have is compared with the ledger, by the tenant's clock.
    pub reconcile_at: Time,
}

/// What `[follow_ups]` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowUps {
    /// Lists that are told, beside whoever is to do it.
    pub via: Vec<String>,
    /// So long before it is due, in milliseconds.
    pub before_ms: Millis,
    /// And so long after, in milliseconds.
    pub overdue_ms: Millis,
}

impl Default for FollowUps {
    fn default() -> Self {
        FollowUps { via: Vec::new(), before_ms: 30 * MINUTE, overdue_ms: HOUR }
    }
}

impl Default for Alerts {
    fn default() -> Alerts {
        Alerts {
            via: ["email", "slack", "discord", "teams"].map(str::to_owned).to_vec(),
            failed: 10,
            success_percent: 90,
            window_ms: HOUR,
            oldest_ms: HOUR / 6,
            daily_at: Time::constant(8, 0, 0, 0),
            reconcile_at: Time::constant(3, 0, 0, 0),
        }
    }
}

/// The least time that deliveries are kept in the ledger.
pub const LEAST_KEPT: Millis = 90 * DAY;

fn kinds() -> Vec<&'static str> {
    vec!["email", "slack", "discord", "teams"]
}

pub(super) static LIST: Object = Object {
    name: "[[lists]]",
    doc: "Who is told of leads: a [[notify]] of a flow names it in `via`. The variables make the lists email, slack, discord and teams.",
    keys: &[
        Key::new("tenant", Shape::Word, "\"shop\"", "Whose it is, by the tenant's short name.")
            .or("\"default\""),
        Key::new("name", Shape::Word, "\"sales\"", "As flows call it in `via`.").required(),
        Key::new("kind", Shape::OneOf(kinds), "\"slack\"", "How they are told.").required(),
        Key::new("to", Shape::OneOrList(&Shape::Word), "[\"sales@example.com\"]", "email: their addresses."),
        Key::new(
            "webhook",
            Shape::Word,
            "\"SALES_SLACK_URL\"",
            "slack, discord, teams: the NAME of the variable with the webhook's address.",
        ),
        Key::new("quiet_from", Shape::Word, "\"21:00\"", "Nobody is told from this time of day on."),
        Key::new(
            "quiet_until",
            Shape::Word,
            "\"07:00\"",
            "Until this one; what happens meanwhile is told then.",
        ),
        Key::new("time_zone", Shape::Word, "\"Asia/Kolkata\"", "On this clock.").or("the tenant's"),
        Key::new(
            "escalate_after",
            Shape::Duration,
            "\"15m\"",
            "Where nobody has claimed the lead by then, the next list is told.",
        ),
        Key::new("escalate_to", Shape::Word, "\"managers\"", "Which that is."),
    ],
};

pub(super) static ALERTS: Object = Object {
    name: "[alerts]",
    doc: "What operations are told.",
    keys: &[
        Key::new("via", Shape::OneOrList(&Shape::Word), "[\"ops\"]", "By these lists.")
            .or("email, slack, discord and teams, as far as the variables make them"),
        Key::new("failed", Shape::Whole(1), "10", "From so many failed deliveries on.").or("10"),
        Key::new("success_percent", Shape::Whole(0), "90", "Where fewer of a hundred deliveries arrived.")
            .or("90"),
        Key::new("window", Shape::Duration, "\"1h\"", "Of those of this time.").or("\"1h\""),
        Key::new("oldest", Shape::Duration, "\"10m\"", "Where a job waits longer past its time.")
            .or("\"10m\""),
        Key::new("daily_at", Shape::Word, "\"08:00\"", "When the day's summary goes.").or("\"08:00\""),
        Key::new("reconcile_at", Shape::Word, "\"03:00\"", "When the sinks are compared with the ledger.")
            .or("\"03:00\""),
    ],
};

pub(super) static FOLLOW_UPS: Object = Object {
    name: "[follow_ups]",
    doc: "Who is reminded of follow-ups, beside whoever is to do them, who gets a mail where mail can be sent.",
    keys: &[
        Key::new("via", Shape::OneOrList(&Shape::Word), "[\"sales\"]", "These lists as well.")
            .or("nobody else"),
        Key::new("before", Shape::Duration, "\"30m\"", "So long before it is due.").or("\"30m\""),
        Key::new("overdue", Shape::Duration, "\"1h\"", "And so long after, where it is not done by then.")
            .or("\"1h\""),
    ],
};

pub(super) static LEDGER: Object = Object {
    name: "[ledger]",
    doc: "How long deliveries are kept.",
    keys: &[Key::new(
        "keep_days",
        Shape::Whole(1),
        "365",
        "Delivered leads, with their attempts; 90 at least.",
    )
    .or("for ever")],
};

/// Reads a `[[lists]]` table.
pub(super) fn list(table: &Node, findings: &mut Findings) -> Option<ListedList> {
    let (name, kind) = (text(table, "name")?, text(table, "kind")?);
    check_name(&name, table, findings);
    let needed = if kind == "email" { "to" } else { "webhook" };
    if table.get(needed).is_none() {
        let message = format!("a list of kind \"{kind}\" needs `{needed}`");
        findings
            .error("config::missing-key", table.value_place("kind"), message, "this kind")
            .maybe_help(LIST.key(needed).map(|known| format!("{needed} = {}", known.example)));
    }
    let to: Vec<String> = table
        .get("to")
        .map(Node::strings)
        .unwrap_or_default()
        .into_iter()
        .map(|(to, _)| to.trim().to_owned())
        .collect();
    for (index, (address, place)) in
        table.get("to").map(Node::strings).unwrap_or_default().into_iter().enumerate()
    {
        if !address.contains('@') || address.chars().any(char::is_control) {
            let message = format!("recipient {} is not an e-mail address", index + 1);
            findings
                .error("config::bad-address", place, message, "not an address")
                .help("\"sales@example.com\"");
        }
    }
    let (from, until) = (time(table, "quiet_from", findings), time(table, "quiet_until", findings));
    let quiet = from.zip(until);
    if quiet.is_none() && (table.get("quiet_from").is_some() != table.get("quiet_until").is_some()) {
        findings
            .error(
                "config::half-hours",
                table.value_place("name"),
                "quiet hours need a beginning and an end",
                "this list",
            )
            .help("quiet_from = \"21:00\", quiet_until = \"07:00\"");
    }
    let time_zone = text(table, "time_zone");
    if time_zone.as_ref().is_some_and(|zone| jiff::tz::TimeZone::get(zone).is_err()) {
        findings
            .error(
                "config::bad-zone",
                table.value_place("time_zone"),
                "there is no such time zone",
                "unknown",
            )
            .help("by its IANA name: \"Asia/Kolkata\"");
    }
    let after = table.get("escalate_after").and_then(Node::text).and_then(duration::parse);
    let next = text(table, "escalate_to");
    if after.is_some() != next.is_some() {
        findings
            .error(
                "config::half-escalation",
                table.value_place("name"),
                "escalating needs a time and a list",
                "this list",
            )
            .help("escalate_after = \"15m\", escalate_to = \"managers\"");
    }
    let place = findings.at(table.value_place("name"), "");
    Some(ListedList {
        tenant: text(table, "tenant").unwrap_or_else(|| "default".to_owned()),
        webhook: variable(table, "webhook", findings),
        place: format!("{}:{}:{}", place.file, place.line, place.column),
        escalates: after.zip(next),
        name,
        kind,
        to,
        quiet,
        time_zone,
    })
}

fn time(table: &Node, key: &str, findings: &mut Findings) -> Option<Time> {
    let written = text(table, key)?;
    let read = written.parse().ok();
    if read.is_none() {
        findings
            .error("config::bad-time", table.value_place(key), "this is not a time of day", "cannot be read")
            .help("hours and minutes on the 24-hour clock: \"08:00\"");
    }
    read
}

/// Reads `[alerts]`.
pub(super) fn alerts(table: &Node, findings: &mut Findings) -> Alerts {
    let usual = Alerts::default();
    let length =
        |key: &str, usual| table.get(key).and_then(Node::text).and_then(duration::parse).unwrap_or(usual);
    let number = |key: &str, usual| table.get(key).and_then(Node::whole).unwrap_or(usual);
    Alerts {
        via: table
            .get("via")
            .map_or(usual.via, |via| via.strings().into_iter().map(|(name, _)| name.to_owned()).collect()),
        failed: number("failed", usual.failed),
        success_percent: number("success_percent", usual.success_percent).min(100),
        window_ms: length("window", usual.window_ms),
        oldest_ms: length("oldest", usual.oldest_ms),
        daily_at: time(table, "daily_at", findings).unwrap_or(usual.daily_at),
        reconcile_at: time(table, "reconcile_at", findings).unwrap_or(usual.reconcile_at),
    }
}

/// Reads `[follow_ups]`.
pub(super) fn follow_ups(table: &Node) -> FollowUps {
    let usual = FollowUps::default();
    let length =
        |key: &str, usual| table.get(key).and_then(Node::text).and_then(duration::parse).unwrap_or(usual);
    let via = table.get("via").map(Node::strings).unwrap_or_default();
    FollowUps {
        via: via.into_iter().map(|(name, _)| name.to_owned()).collect(),
        before_ms: length("before", usual.before_ms),
        overdue_ms: length("overdue", usual.overdue_ms),
    }
}

/// Reads `[ledger]`: how long deliveries are kept, in milliseconds.
pub(super) fn kept(table: &Node, findings: &mut Findings) -> Option<Millis> {
    let days = table.get("keep_days").and_then(Node::whole)?;
    if days * DAY < LEAST_KEPT {
        findings
            .error(
                "config::short-ledger",
                table.value_place("keep_days"),
                "deliveries are kept for 90 days at least",
                "too short",
            )
            .help("keep_days = 90");
    }
    Some(days.saturating_mul(DAY))
}
