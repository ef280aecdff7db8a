//! Points, classes and the ledger whose sum is the score.

use crate::clock::{MINUTE, Millis};
use serde::{Deserialize, Serialize};

/// How ready a lead is for sales.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
pub enum Class {
    /// Below both thresholds.
    #[default]
    Unqualified,
    /// Marketing qualified.
    #[serde(rename = "MQL")]
    Mql,
    /// Sales qualified.
    #[serde(rename = "SQL")]
    Sql,
}

impl Class {
    /// The name in APIs and columns.
    pub fn as_str(self) -> &'static str {
        match self {
            Class::Unqualified => "Unqualified",
            Class::Mql => "MQL",
            Class::Sql => "SQL",
        }
    }
}

/// The rule's name of an option's own points: what was answered, rather than what was done.
pub const FIT: &str = "option";

/// Built-in reasons to earn points, by the names of `[scoring.points]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The conversation opened.
    SessionOpened,
    /// The step of stage "greeting" was answered.
    RepliedGreeting,
    /// Any other step's first accepted answer.
    QuestionAnswered,
    /// Completed with no question of the path left empty.
    AllAnswered,
    /// First phone or e-mail read, or an option's event.
    ContactShared,
    /// Something picked in a step of menu "products".
    ProductInterest,
    /// An option with that event was picked.
    DemoRequested,
    /// Answered soon after the question went out.
    QuickReply,
    /// A text answer longer than the limit.
    DetailedAnswer,
    /// An option of menu "cta" without event that does not decline.
    CtaClicked,
}

impl Rule {
    /// All of them, in the order the language lists them.
    pub const ALL: [Rule; 10] = [
        Rule::SessionOpened,
        Rule::RepliedGreeting,
        Rule::QuestionAnswered,
        Rule::AllAnswered,
        Rule::ContactShared,
        Rule::ProductInterest,
        Rule::DemoRequested,
        Rule::QuickReply,
        Rule::DetailedAnswer,
        Rule::CtaClicked,
    ];

    /// The name in flow files and ledgers.
    pub fn as_str(self) -> &'static str {
        match self {
            Rule::SessionOpened => "session_opened",
            Rule::RepliedGreeting => "replied_greeting",
            Rule::QuestionAnswered => "question_answered",
            Rule::AllAnswered => "all_answered",
            Rule::ContactShared => "contact_shared",
            Rule::ProductInterest => "product_interest",
            Rule::DemoRequested => "demo_requested",
            Rule::QuickReply => "quick_reply",
            Rule::DetailedAnswer => "detailed_answer",
            Rule::CtaClicked => "cta_clicked",
        }
    }

    /// The rule of that name.
    pub fn parse(name: &str) -> Option<Rule> {
        Rule::ALL.into_iter().find(|rule| rule.as_str() == name)
    }
}

/// What a flow pays and where its classes begin.
#[derive(Clone, Debug, PartialEq)]
pub struct Scoring {
    /// SQL from this score on.
    pub sql: i64,
    /// MQL from this score on.
    pub mql: i64,
    /// Points per rule name: the built-in ones and the flow's own events.
    pub points: std::collections::BTreeMap<String, i64>,
    /// `quick_reply`: the longest time to the answer that still counts, in milliseconds.
    pub quick_within_ms: Millis,
    /// `detailed_answer`: an answer counts from more than this many characters.
    pub detailed_over: usize,
}

/// The defaults of the lead-capture seed.
impl Default for Scoring {
    fn default() -> Self {
        let points = [
            (Rule::SessionOpened, 5),
            (Rule::RepliedGreeting, 5),
            (Rule::QuestionAnswered, 5),
            (Rule::AllAnswered, 10),
            (Rule::ContactShared, 10),
            (Rule::ProductInterest, 5),
            (Rule::DemoRequested, 15),
            (Rule::QuickReply, 5),
            (Rule::DetailedAnswer, 5),
            (Rule::CtaClicked, 15),
        ];
        Scoring {
            sql: 60,
            mql: 30,
            points: points.into_iter().map(|(rule, points)| (rule.as_str().to_owned(), points)).collect(),
            quick_within_ms: 2 * MINUTE,
            detailed_over: 10,
        }
    }
}

impl Scoring {
    /// The class of a score.
    pub fn class(&self, score: i64) -> Class {
        if score >= self.sql {
            Class::Sql
        } else if score >= self.mql {
            Class::Mql
        } else {
            Class::Unqualified
        }
    }

    /// What a rule or event pays; nothing where the flow does not name it.
    pub fn points(&self, rule: &str) -> i64 {
        self.points.get(rule).copied().unwrap_or(0)
    }
}

/// One row of the ledger. The score is the sum of the rows; taking something back writes a row with the points negated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// A built-in rule's name, the flow's own event, or `option` for points of the chosen option.
    pub rule: String,
    /// The step that earned it; `None` for what is earned once per conversation without a step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// Points earned, or taken back where negative by reversal.
    pub points: i64,
    /// Whether this row takes an earlier one back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reverses: bool,
}
