//! A flow, checked and resolved: what the engine runs. Built only by reading a file (or by tests).

use crate::clock::{MINUTE, Millis};
use crate::domain::answer::Kind;
use crate::domain::channel::Channel;
use crate::domain::command::Command;
use crate::domain::score::{Class, Scoring};
use crate::flow::template::{Expression, Template};
use crate::understand::{DateOrder, OptionWords};
use std::collections::BTreeMap;

/// One conversation.
#[derive(Clone, Debug, Default)]
pub struct Flow {
    /// Its name in URLs, columns and logs.
    pub id: String,
    /// For people.
    pub title: String,
    /// Language codes; the first is the default. Never empty.
    pub languages: Vec<String>,
    /// ISO 3166 country for phones and postal codes.
    pub region: Option<String>,
    /// ISO 4217 currency of bare amounts.
    pub currency: Option<String>,
    /// How figures-only dates are read.
    pub date_order: Option<DateOrder>,
    /// Who gets this flow.
    pub start: Start,
    /// Points and thresholds.
    pub scoring: Scoring,
    /// Experiments by name.
    pub experiments: BTreeMap<String, Experiment>,
    /// What happens when the person does not answer.
    pub silence: Silence,
    /// How it is on the phone.
    pub voice: Voice,
    /// The steps, in file order (`use` already replaced by what it names).
    pub steps: Vec<Step>,
    /// The flow's own wording of built-in texts, by their key (see `flow::texts`).
    pub texts: BTreeMap<String, Text>,
    /// The flow's own words for built-in commands, by command.
    pub words: BTreeMap<Command, Vec<String>>,
    /// Built-in commands switched off here.
    pub off: Vec<Command>,
    /// Kept for the notifier.
    pub notify: Vec<Notify>,
    /// Kept for delivery.
    pub deliver: Vec<Deliver>,
    /// The event at which the lead becomes an enquiry, its discovery completed.
    pub enquiry: Option<String>,
    /// Transcript tests.
    pub tests: Vec<TranscriptTest>,
}

/// Who gets a flow.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// On which channels.
    pub channels: Vec<Channel>,
    /// First words that choose this flow, folded to lower case.
    pub keywords: Vec<String>,
    /// The language of those that only one language has.
    pub languages: BTreeMap<String, String>,
    /// Anyone no other flow claims.
    pub default: bool,
}

/// An experiment's arms.
#[derive(Clone, Debug, Default)]
pub struct Experiment {
    /// Variant and weight, by variant name.
    pub variants: Vec<(String, u32)>,
    /// The goal whose rate decides.
    pub goal: String,
    /// Under a variant: these steps (indexes into `Flow::steps`) take each other's places in this order.
    pub order: BTreeMap<String, Vec<usize>>,
}

/// Reminders and the ending of a silent conversation.
#[derive(Clone, Debug, Default)]
pub struct Silence {
    /// In rising order of `after_ms`, counted from the question.
    pub remind: Vec<Reminder>,
    /// The conversation ends as "silent" after this long.
    pub end_after_ms: Option<Millis>,
}

/// One reminder.
#[derive(Clone, Debug)]
pub struct Reminder {
    /// How long after the question.
    pub after_ms: Millis,
    /// What is said; `{{ question }}` is the open question's text.
    pub say: Text,
    /// The provider's approved template that is sent where WhatsApp takes no free words any more.
    pub template: Option<String>,
}

/// How a flow is on the phone.
#[derive(Clone, Debug)]
pub struct Voice {
    /// The voice that speaks, by language.
    pub voice: BTreeMap<String, String>,
    /// The accent (BCP 47), by language.
    pub locale: BTreeMap<String, String>,
    /// Said before the recording begins; empty: calls are not recorded.
    pub record: Text,
    /// Said to an answering machine; empty: we hang up.
    pub voicemail: Text,
    /// Where a call that broke off goes on.
    pub continue_by: Option<Channel>,
    /// Who takes calls that are put through.
    pub transfer_to: Option<String>,
    /// What is recognised with less confidence is read back, from 0 to 1.
    pub confirm_below: f64,
    /// The longest a call may last.
    pub max_length_ms: Millis,
}

impl Default for Voice {
    fn default() -> Self {
        Voice {
            voice: BTreeMap::new(),
            locale: BTreeMap::new(),
            record: Text::default(),
            voicemail: Text::default(),
            continue_by: None,
            transfer_to: None,
            confirm_below: 0.5,
            max_length_ms: 15 * MINUTE,
        }
    }
}

/// A wording by channel and language.
#[derive(Clone, Debug, Default)]
pub struct Text {
    /// By language, for channels without wording of their own.
    pub any: BTreeMap<String, Template>,
    /// By channel, then language.
    pub by_channel: BTreeMap<Channel, BTreeMap<String, Template>>,
}

impl Text {
    /// A text in one language.
    pub fn new(language: &str, template: Template) -> Self {
        Text { any: BTreeMap::from([(language.to_owned(), template)]), by_channel: BTreeMap::new() }
    }

    /// The wording for a channel and language: the channel's own before the general one, the language before the flow's
    /// default language.
    pub fn pick(&self, channel: Channel, language: &str, default_language: &str) -> Option<&Template> {
        let own = self.by_channel.get(&channel);
        let find =
            |language: &str| own.and_then(|texts| texts.get(language)).or_else(|| self.any.get(language));
        find(language).or_else(|| find(default_language))
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.any.is_empty() && self.by_channel.is_empty()
    }
}

/// One step: a question, a sentence or an ending.
#[derive(Clone, Debug, Default)]
pub struct Step {
    /// Unique in the flow.
    pub id: String,
    /// The kind of answer; `None` for a step that only speaks or ends.
    pub ask: Option<Kind>,
    /// Free name of the part of the conversation; "greeting" is known to scoring.
    pub stage: Option<String>,
    /// What is said.
    pub say: Text,
    /// Other wording under an experiment's variant: experiment, then variant.
    pub variant: BTreeMap<String, BTreeMap<String, Wording>>,
    /// What can be chosen.
    pub options: Vec<Choice>,
    /// The options' values and words, ready for reading; same order as `options`.
    pub words: Vec<OptionWords>,
    /// "products", "cta" or a name of the flow's own.
    pub menu: Option<String>,
    /// The lead field the answer is kept in.
    pub save: String,
    /// Said when an answer cannot be read; empty: the built-in text.
    pub retry: Text,
    /// After so many unreadable answers the way out is taken; `None`: for ever.
    pub tries: Option<u32>,
    /// The way out: a step; without it the answer stays empty and the flow moves on.
    pub give_up: Option<usize>,
    /// Whether "skip" is an answer.
    pub optional: bool,
    /// Where to go, first match; else the next step in order.
    pub go: Vec<Go>,
    /// The outcome this step ends the conversation with.
    pub end: Option<String>,
    /// Limits of a number, amount or text length, where the file names them.
    pub min: Option<rust_decimal::Decimal>,
    /// See `min`.
    pub max: Option<rust_decimal::Decimal>,
}

/// The wording a variant replaces.
#[derive(Clone, Debug, Default)]
pub struct Wording {
    /// Replaces `say` where not empty.
    pub say: Text,
    /// Replaces `retry` where not empty.
    pub retry: Text,
}

/// An option.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// What the answer is called in expressions and exports.
    pub value: String,
    /// What people read; empty: the value.
    pub label: BTreeMap<String, String>,
    /// For places where labels are limited.
    pub short: BTreeMap<String, String>,
    /// Points for this answer: fit.
    pub points: i64,
    /// The event picking it is.
    pub event: Option<String>,
    /// Picking it earns nothing.
    pub declines: bool,
    /// Picking it leads there, after `go` had its say.
    pub to: Option<usize>,
}

/// A branch.
#[derive(Clone, Debug)]
pub struct Go {
    /// Taken when true; `None`: always.
    pub when: Option<Expression>,
    /// Index into `Flow::steps`.
    pub to: usize,
}

/// Whom to tell about what.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Notify {
    /// Events: sql, mql, demo_requested, contact_shared, completed, or the flow's own.
    pub on: Vec<String>,
    /// Media by their names in the configuration.
    pub via: Vec<String>,
}

/// Where a finished conversation is delivered.
#[derive(Clone, Debug, Default)]
pub struct Deliver {
    /// A sink named in the configuration.
    pub to: String,
    /// The event, usually "completed".
    pub on: String,
    /// The sink's field from a template.
    pub map: BTreeMap<String, Template>,
}

/// A `[[test]]`.
#[derive(Clone, Debug)]
pub struct TranscriptTest {
    /// For people.
    pub name: String,
    /// Where it is played.
    pub channel: Channel,
    /// The language it begins in; `None`: the flow's default.
    pub language: Option<String>,
    /// Forced variants by experiment.
    pub variants: BTreeMap<String, String>,
    /// The wall clock when it begins; `None`: a fixed instant.
    pub now: Option<jiff::civil::DateTime>,
    /// Lines in order.
    pub chat: Vec<Line>,
    /// What must hold at the end.
    pub expect: Expect,
    /// Line of the file the test begins at, from 1, for reports.
    pub line: usize,
}

/// A line of a transcript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// `< …`: the person says.
    Says(String),
    /// `> …`: we are expected to say (options are not part of it).
    Expects(String),
    /// `@ 2h`: time passes.
    Waits(Millis),
}

/// What must hold at the end of a transcript.
#[derive(Clone, Debug, Default)]
pub struct Expect {
    /// The score.
    pub score: Option<i64>,
    /// The class.
    pub class: Option<Class>,
    /// The outcome, or `Some("")` for "still open".
    pub outcome: Option<String>,
    /// Answers by step, as plain JSON.
    pub answers: BTreeMap<String, serde_json::Value>,
    /// Lead fields.
    pub lead: BTreeMap<String, serde_json::Value>,
    /// Variants by experiment.
    pub variants: BTreeMap<String, String>,
    /// The payload of each `[[deliver]]` by sink.
    pub delivered: BTreeMap<String, BTreeMap<String, String>>,
}
