//! What a campaign is told to do: whom it tries, how often, by what, when and how fast.

use super::Standing;
use super::mistakes::Mistake;
use crate::clock::{HOUR, MINUTE, Millis};
use crate::domain::channel::Channel;
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
    /// The approved template that opens a conversation on WhatsApp: `name/language` as at Meta, or the ContentSid at Twilio.
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

    /// Whether any of its steps calls.
    pub fn calls(&self) -> bool {
        self.settings.steps.iter().any(|step| step.channel == Channel::Voice)
    }

    /// Whether a step writes on WhatsApp without a template: then it matters how the window stands.
    pub fn needs_windows(&self) -> bool {
        self.settings.steps.iter().any(|step| step.channel == Channel::Whatsapp && step.template.is_none())
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
    fn what_a_campaign_may_come_to() {
        let from = |from: State| State::ALL.into_iter().filter(|to| from.leads_to(*to)).collect::<Vec<_>>();
        assert_eq!(from(State::Draft), [State::Running, State::Ended]);
        assert_eq!(from(State::Running), [State::Paused, State::Ended]);
        assert_eq!(from(State::Paused), [State::Running, State::Ended]);
        assert_eq!(from(State::Ended), []);
        assert!(State::ALL.into_iter().all(|state| State::parse(state.as_str()) == Some(state)));
    }
}
