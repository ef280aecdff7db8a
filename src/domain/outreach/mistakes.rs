//! What is wrong with what a campaign is told to do.

use super::Standing;
use super::campaign::{Pace, Settings};
use crate::clock::{DAY, MINUTE};
use crate::domain::approved;
use crate::domain::channel::Channel;
use crate::domain::identity;
use crate::domain::opening::Opening;

/// The lengths of campaigns' names.
pub const NAME: std::ops::RangeInclusive<usize> = 1..=100;

/// Whether every character of a campaign's name can be told in a line: none ends it, controls a terminal or turns the direction of what
/// follows, which makes a name look like another.
pub fn is_plain_name(name: &str) -> bool {
    const TURNING: [char; 12] = [
        '\u{61c}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}',
        '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
    ];
    !name.contains(|c: char| c.is_control() || TURNING.contains(&c) || matches!(c, '\u{2028}' | '\u{2029}'))
}

/// What is wrong with settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Its JSON pointer.
    pub pointer: String,
    /// What to write.
    pub words: String,
    /// Whether it cannot be what it is said to be, by the document of the API alone.
    pub is_malformed: bool,
}

impl Mistake {
    /// Something is not what the document says it is.
    pub fn malformed(pointer: &str, words: &str) -> Mistake {
        Mistake { pointer: pointer.to_owned(), words: words.to_owned(), is_malformed: true }
    }

    /// Something is wrong by what it means.
    pub fn refused(pointer: &str, words: &str) -> Mistake {
        Mistake { pointer: pointer.to_owned(), words: words.to_owned(), is_malformed: false }
    }
}

impl Settings {
    /// Everything that is wrong.
    pub fn mistakes(&self) -> Vec<Mistake> {
        let mut all: Vec<Mistake> = Vec::new();
        let mut check = |mistake: fn(&str, &str) -> Mistake, is_right: bool, pointer: &str, words: &str| {
            if !is_right {
                all.push(mistake(pointer, words));
            }
        };
        let (bound, meant) = (Mistake::malformed as fn(&str, &str) -> Mistake, Mistake::refused);
        check(bound, (1..=10).contains(&self.steps.len()), "/steps", "must have 1 to 10 steps");
        for (n, step) in self.steps.iter().enumerate() {
            let at = |field: &str| format!("/steps/{n}/{field}");
            check(
                bound,
                step.channel != Channel::Web,
                &at("channel"),
                "must be voice, sms or whatsapp: nobody is found in a web page",
            );
            check(bound, (1..=100).contains(&step.attempts), &at("attempts"), "must be 1 to 100");
            let is_named = step.template.is_none() || step.channel == Channel::Whatsapp;
            check(meant, is_named, &at("template"), "is of WhatsApp alone");
            let is_template = step.template.as_deref().is_none_or(approved::is_named);
            check(meant, is_template, &at("template"), &format!("must be {}", approved::FORMS));
        }
        check(bound, self.segments.len() <= 20, "/segments", "must be 20 at most");
        for (n, segment) in self.segments.iter().enumerate() {
            check(bound, *segment > 0, &format!("/segments/{n}"), "must be an id, which is 1 or more");
        }
        let fits =
            |text: &Option<String>, most| text.as_ref().is_none_or(|text| text.chars().count() <= most);
        check(bound, fits(&self.flow, 100), "/flow", "must be 100 characters at most");
        check(bound, fits(&self.language, 20), "/language", "must be 20 characters at most");
        let number = self.bridge_to.as_deref().map(identity::e164);
        check(bound, fits(&self.bridge_to, 20), "/bridge_to", "must be 20 characters at most");
        check(meant, number != Some(None), "/bridge_to", "must be a number such as +14155550123");
        if let Err(words) = Opening::parse(&self.hours) {
            let mistake = if self.hours.chars().count() > 200 { bound } else { meant };
            check(mistake, false, "/hours", &words);
        }
        check(bound, self.holidays.len() <= 400, "/holidays", "must be 400 at most");
        let Pace { calls_per_second, concurrent_calls, messages_per_minute } = self.pace;
        check(
            bound,
            calls_per_second > 0.0 && calls_per_second <= 100.0,
            "/pace/calls_per_second",
            "must be above 0 and up to 100",
        );
        let is_pace = (1..=1_000).contains(&concurrent_calls);
        check(bound, is_pace, "/pace/concurrent_calls", "must be 1 to 1000");
        let is_pace = (1..=10_000).contains(&messages_per_minute);
        check(bound, is_pace, "/pace/messages_per_minute", "must be 1 to 10000");
        for (name, minutes) in &self.retry_minutes {
            let at = format!("/retry_minutes/{name}");
            let again = |standing: &Standing| {
                standing.over().is_none() && !matches!(standing, Standing::New | Standing::Callback)
            };
            let is_known = Standing::parse(name).is_some_and(|standing| again(&standing));
            let names: Vec<&str> = Standing::ALL.into_iter().filter(again).map(Standing::as_str).collect();
            check(
                meant,
                is_known,
                &at,
                &format!("is nothing a lead stands at that could be tried again: {}", names.join(", ")),
            );
            check(meant, (1..=366 * DAY / MINUTE).contains(minutes), &at, "must be 1 minute to a year");
        }
        check(bound, self.caps.len() <= 10, "/caps", "must be 10 at most");
        for (n, cap) in self.caps.iter().enumerate() {
            let at = |field: &str| format!("/caps/{n}/{field}");
            check(bound, (1..=1_000).contains(&cap.attempts), &at("attempts"), "must be 1 to 1000");
            let is_span = cap.hours.is_none_or(|hours| (1..=8_784).contains(&hours));
            check(bound, is_span, &at("hours"), "must be 1 to 8784, or left out");
        }
        let is_span = self.starts_at.zip(self.ends_at).is_none_or(|(starts, ends)| starts < ends);
        check(meant, is_span, "/ends_at", "must be after starts_at");
        for (name, price) in &self.prices {
            let is_price = Channel::parse(name).is_some() && (0.0..=1e6).contains(price);
            let at = format!("/prices/{name}");
            check(meant, is_price, &at, "must be a channel and what an attempt costs there");
        }
        check(bound, (1..=2_000).contains(&self.ready), "/ready", "must be 1 to 2000");
        all
    }
}

#[cfg(test)]
mod tests {
    use super::super::campaign::{Campaign, State};
    use super::*;

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let wrong: Settings = serde_json::from_str(
            r#"{ "steps": [{ "channel": "web", "attempts": 0, "template": "reach_out/en" }], "bridge_to": "me", "hours": "always",
                 "pace": { "calls_per_second": 0, "concurrent_calls": 0, "messages_per_minute": 0 },
                 "retry_minutes": { "sale": 5, "busy": 0 }, "caps": [{ "attempts": 0, "hours": 0 }],
                 "starts_at": "2026-02-01T00:00:00Z", "ends_at": "2026-02-01T00:00:00Z", "ready": 0 }"#,
        )
        .unwrap();
        let pointers: Vec<String> = wrong.mistakes().into_iter().map(|mistake| mistake.pointer).collect();
        assert_eq!(
            pointers,
            [
                "/steps/0/channel",
                "/steps/0/attempts",
                "/steps/0/template",
                "/bridge_to",
                "/hours",
                "/pace/calls_per_second",
                "/pace/concurrent_calls",
                "/pace/messages_per_minute",
                "/retry_minutes/busy",
                "/retry_minutes/sale",
                "/caps/0/attempts",
                "/caps/0/hours",
                "/ends_at",
                "/ready",
            ]
        );
        assert!(Campaign::new(1, State::Draft, wrong).is_err());
        assert_eq!(Settings::default().mistakes().len(), 1, "without steps it does nothing");
    }

    #[test]
    fn names_are_told_in_a_line() {
        for name in ["Spring term", "वसंत सत्र", "Été 2026 ☀", "ربيع"] {
            assert!(is_plain_name(name), "{name}");
        }
        for name in ["a\nb", "a\tb", "\u{1b}[31m", "a\u{202e}b", "\u{2066}a", "a\u{2028}b", "\u{200f}"] {
            assert!(!is_plain_name(name), "{name:?}");
        }
    }
}
