//! What a campaign is told to do: whom it tries, how often, by what, when and how fast.

use super::Standing;
use crate::clock::{DAY, HOUR, MINUTE, Millis};
use crate::domain::channel::Channel;
use crate::domain::identity;
use crate::domain::opening::Opening;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// What a campaign does, as people write it: in the API, in a file, and in the database.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = CampaignSettings)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Segments whose leads it tries; leads can be added one by one as well.
    #[schema(example = json!([]), max_items = 20, minimum = 1)]
    pub segments: Vec<i64>,
    /// By what, in order: the next one after so many attempts by the one before. At least one, at most 10.
    #[schema(required, min_items = 1, max_items = 10)]
    pub steps: Vec<Step>,
    /// The flow that calls and messages run; null: the center's own.
    #[schema(example = "merchant", max_length = 100)]
    pub flow: Option<String>,
    /// The language, as flows name it; null: the flow's first.
    #[schema(example = "en", max_length = 20)]
    pub language: Option<String>,
    /// Whom a call is put through to once somebody answers, E.164, in place of a flow.
    #[schema(example = json!(null), max_length = 20)]
    pub bridge_to: Option<String>,
    /// When people may be tried, by their own clocks.
    #[schema(example = "Mon-Sat 09:00-20:00", max_length = 200)]
    pub hours: String,
    /// Days on which nobody is tried, by their own clocks.
    #[schema(value_type = Vec<String>, format = Date, example = json!(["2026-12-25"]), max_items = 400)]
    pub holidays: Vec<Date>,
    /// How fast.
    pub pace: Pace,
    /// How many minutes a lead rests that stands so (`no_answer`, `busy`, …) before it is tried again; those that stand at anything else are
    /// not tried again.
    #[schema(value_type = BTreeMap<String, i64>, example = json!({ "no_answer": 240, "busy": 240, "dropped": 2 }))]
    pub retry_minutes: BTreeMap<String, i64>,
    /// How often a person and a number may be tried, whatever campaign and channel tried them.
    #[schema(max_items = 10)]
    pub caps: Vec<Cap>,
    /// Not before, RFC 3339.
    #[schema(value_type = Option<String>, format = DateTime, example = json!(null))]
    pub starts_at: Option<Timestamp>,
    /// Not any more, RFC 3339.
    #[schema(value_type = Option<String>, format = DateTime, example = json!(null))]
    pub ends_at: Option<Timestamp>,
    /// What is done where a machine answers.
    pub machine: OnMachine,
    /// What must be on record of a person.
    pub consent: Needed,
    /// What an attempt costs, by channel, for estimates; in whatever currency.
    #[schema(value_type = BTreeMap<String, f64>, example = json!({ "voice": 0.02, "sms": 0.01 }))]
    pub prices: BTreeMap<String, f64>,
    /// How many leads are kept ready, 1 to 2,000.
    #[schema(example = 200, minimum = 1, maximum = 2_000)]
    pub ready: i64,
}

impl Default for Settings {
    fn default() -> Self {
        let four_hours = 4 * HOUR / MINUTE;
        let again = [
            Standing::NoAnswer,
            Standing::Busy,
            Standing::Failed,
            Standing::Congestion,
            Standing::Machine,
            Standing::VoicemailLeft,
            Standing::Messaged,
        ];
        let retry = again.map(|standing| (standing.as_str().to_owned(), four_hours));
        let dropped = (Standing::Dropped.as_str().to_owned(), 2);
        Settings {
            segments: vec![],
            steps: vec![],
            flow: None,
            language: None,
            bridge_to: None,
            hours: "Mon-Sun 08:00-21:00".to_owned(),
            holidays: vec![],
            pace: Pace::default(),
            retry_minutes: retry.into_iter().chain([dropped]).collect(),
            caps: vec![Cap { attempts: 3, hours: Some(24) }, Cap { attempts: 7, hours: Some(7 * 24) }],
            starts_at: None,
            ends_at: None,
            machine: OnMachine::HangUp,
            consent: Needed::Nothing,
            prices: BTreeMap::new(),
            ready: 200,
        }
    }
}

/// A channel and how often it is tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = CampaignStep)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// `voice`, `sms` or `whatsapp`.
    #[schema(value_type = String, example = "voice", pattern = "^(voice|sms|whatsapp)$")]
    pub channel: Channel,
    /// How often, 1 to 100.
    #[serde(default = "one")]
    #[schema(example = 3, minimum = 1, maximum = 100)]
    pub attempts: u32,
    /// The approved template that opens a conversation on WhatsApp.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = json!(null), max_length = 512)]
    pub template: Option<String>,
}

fn one() -> u32 {
    1
}

/// How fast a campaign goes. The provider's own limits hold beside it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = CampaignPace)]
#[serde(deny_unknown_fields, default)]
pub struct Pace {
    /// Calls begun in a second at most, above 0 and up to 100.
    #[schema(example = 1.0, exclusive_minimum = 0, maximum = 100)]
    pub calls_per_second: f64,
    /// Calls under way at most, 1 to 1,000.
    #[schema(example = 5, minimum = 1, maximum = 1_000)]
    pub concurrent_calls: i64,
    /// Messages begun in a minute at most, 1 to 10,000.
    #[schema(example = 60, minimum = 1, maximum = 10_000)]
    pub messages_per_minute: i64,
}

impl Default for Pace {
    fn default() -> Self {
        Pace { calls_per_second: 1.0, concurrent_calls: 5, messages_per_minute: 60 }
    }
}

/// So many attempts at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[schema(as = CampaignCap)]
#[serde(deny_unknown_fields)]
pub struct Cap {
    /// How many, 1 to 1,000.
    #[schema(example = 3, minimum = 1, maximum = 1_000)]
    pub attempts: u32,
    /// Within so many hours before, up to a year; null: ever.
    #[serde(default)]
    #[schema(example = 24, minimum = 1, maximum = 8_784)]
    pub hours: Option<i64>,
}

/// What a campaign does where a machine answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = CampaignMachine)]
#[serde(rename_all = "snake_case")]
pub enum OnMachine {
    /// Hangs up.
    HangUp,
    /// Leaves what the flow leaves there, once the greeting is over.
    LeaveMessage,
    /// Goes on as if a person had answered: nobody listens whether it is a machine.
    GoOn,
}

/// What must be on record of a person before they are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = CampaignConsent)]
#[serde(rename_all = "snake_case")]
pub enum Needed {
    /// Nothing.
    Nothing,
    /// That they wrote to us or called.
    Contact,
    /// That they opted in to the channel.
    OptIn,
}

/// What a campaign is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It was not started yet.
    Draft,
    /// It runs.
    Running,
    /// It does nothing until it is resumed.
    Paused,
    /// It is over.
    Ended,
}

impl State {
    /// All of them.
    pub const ALL: [State; 4] = [State::Draft, State::Running, State::Paused, State::Ended];

    /// Its name in columns and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            State::Draft => "draft",
            State::Running => "running",
            State::Paused => "paused",
            State::Ended => "ended",
        }
    }

    /// The state of this name.
    pub fn parse(name: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// Whether it may come to that: nothing leaves the end, and a draft is started.
    pub const fn leads_to(self, to: State) -> bool {
        matches!(
            (self, to),
            (State::Draft | State::Paused, State::Running)
                | (State::Running, State::Paused)
                | (State::Draft | State::Running | State::Paused, State::Ended)
        )
    }
}

/// A campaign ready to be asked about: what its settings say, read once.
#[derive(Clone, Debug)]
pub struct Campaign {
    /// Its id.
    pub id: i64,
    /// What it is doing.
    pub state: State,
    /// As it is set.
    pub settings: Settings,
    /// Its hours.
    pub week: Opening,
    /// Days on which it rests.
    pub holidays: BTreeSet<Date>,
}

impl Campaign {
    /// A campaign of these settings.
    ///
    /// # Errors
    /// What is wrong with them: pointers and words.
    pub fn new(id: i64, state: State, settings: Settings) -> Result<Campaign, Vec<Mistake>> {
        let mistakes = settings.mistakes();
        match Opening::parse(&settings.hours) {
            Ok(week) if mistakes.is_empty() => {
                let holidays = settings.holidays.iter().copied().collect();
                Ok(Campaign { id, state, settings, week, holidays })
            }
            _ => Err(mistakes),
        }
    }

    /// How long a lead rests that stands so; `None`: it is not tried again.
    pub fn rests_ms(&self, standing: Standing) -> Option<Millis> {
        match standing {
            Standing::New | Standing::Callback => Some(0),
            _ => self.settings.retry_minutes.get(standing.as_str()).map(|minutes| minutes * MINUTE),
        }
    }

    /// By what it tries first.
    pub fn first_channel(&self) -> Channel {
        self.settings.steps.first().map_or(Channel::Voice, |step| step.channel)
    }

    /// All attempts of all steps.
    pub fn attempts(&self) -> u32 {
        self.settings.steps.iter().map(|step| step.attempts).sum()
    }
}

impl Cap {
    /// Within how long before; `None`: ever.
    pub fn within_ms(self) -> Option<Millis> {
        self.hours.map(|hours| hours * HOUR)
    }
}

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
    use super::*;

    #[test]
    fn the_least_a_campaign_says_is_a_step() {
        let read = |text: &str| serde_json::from_str::<Settings>(text).unwrap();
        let least = read(r#"{ "steps": [{ "channel": "voice" }] }"#);
        assert_eq!(least.mistakes(), vec![]);
        let campaign = Campaign::new(1, State::Draft, least.clone()).unwrap();
        assert_eq!(campaign.rests_ms(Standing::NoAnswer), Some(4 * HOUR));
        assert_eq!(campaign.rests_ms(Standing::Dropped), Some(2 * MINUTE));
        assert_eq!(campaign.rests_ms(Standing::Contacted), None, "whoever answered is not called again");
        let text = serde_json::to_string(&least).unwrap();
        assert_eq!(read(&text), least, "as it is kept");
        assert!(serde_json::from_str::<Settings>(r#"{ "step": [] }"#).is_err(), "a misspelt key is refused");
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let wrong: Settings = serde_json::from_str(
            r#"{ "steps": [{ "channel": "web", "attempts": 0, "template": "hello" }], "bridge_to": "me", "hours": "always",
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

    #[test]
    fn what_a_campaign_may_come_to() {
        let from = |from: State| State::ALL.into_iter().filter(|to| from.leads_to(*to)).collect::<Vec<_>>();
        assert_eq!(from(State::Draft), [State::Running, State::Ended]);
        assert_eq!(from(State::Running), [State::Paused, State::Ended]);
        assert_eq!(from(State::Paused), [State::Running, State::Ended]);
        assert_eq!(from(State::Ended), []);
        assert!(State::ALL.into_iter().all(|state| State::parse(state.as_str()) == Some(state)));
    }
}
