//! Points, classes and the ledger whose sum is the score.

use super::decay::Decay;
use crate::clock::{MINUTE, Millis};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

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
    /// All of them, the highest first.
    pub const ALL: [Class; 3] = [Class::Sql, Class::Mql, Class::Unqualified];

    /// The name in APIs and columns.
    pub const fn as_str(self) -> &'static str {
        match self {
            Class::Unqualified => "Unqualified",
            Class::Mql => "MQL",
            Class::Sql => "SQL",
        }
    }
}

/// The rule's name of an option's own points: what was answered, rather than what was done.
pub const FIT: &str = "option";

/// The rule's name of what silence costs.
pub const DECAY: &str = "decay";

/// What a cap on all points for behaviour is called.
pub const ENGAGEMENT_TOTAL: &str = "engagement";

/// What a cap on all points for answers is called.
pub const FIT_TOTAL: &str = "fit";

/// Names in a ledger or among caps that no rule of a flow's own may have.
pub const RESERVED: [&str; 4] = [FIT, DECAY, ENGAGEMENT_TOTAL, FIT_TOTAL];

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
    pub points: BTreeMap<String, i64>,
    /// `quick_reply`: the longest time to the answer that still counts, in milliseconds.
    pub quick_within_ms: Millis,
    /// `detailed_answer`: an answer counts from more than this many characters.
    pub detailed_over: usize,
    /// Rules that earn the first time only, although they could at every question.
    pub once: BTreeSet<String>,
    /// The most that may be earned in a conversation: by rule or event, [`ENGAGEMENT_TOTAL`] and [`FIT_TOTAL`].
    pub caps: BTreeMap<String, i64>,
    /// What silence costs; `None`: nothing.
    pub decay: Option<Decay>,
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
            once: BTreeSet::new(),
            caps: BTreeMap::new(),
            decay: None,
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

    /// What of `points` a rule earns on top of a ledger: as much as its cap and that of its kind leave room for.
    ///
    /// Caps bound what is earned, and points that are taken off come off that; so it does not matter in which order the
    /// questions came. What silence took leaves room again, else nobody could come back from it.
    pub fn earns(&self, ledger: &[Entry], rule: &str, points: i64) -> i64 {
        if points <= 0 || self.caps.is_empty() {
            return points;
        }
        let earned = |counts: &dyn Fn(&Entry) -> bool| {
            let rows = ledger.iter().filter(|entry| counts(entry));
            rows.fold(0i64, |sum, entry| sum.saturating_add(entry.points))
        };
        let of_rule = || earned(&|entry| entry.rule == rule && entry.points > 0);
        let (total, of_kind) = match rule {
            FIT => (FIT_TOTAL, earned(&|entry| entry.rule == FIT && entry.points > 0)),
            _ => {
                let counts = |entry: &Entry| entry.rule == DECAY || (entry.rule != FIT && entry.points > 0);
                (ENGAGEMENT_TOTAL, earned(&counts))
            }
        };
        let by_rule = self.caps.get(rule).map(|cap| cap.saturating_sub(of_rule()));
        let by_kind = self.caps.get(total).map(|cap| cap.saturating_sub(of_kind));
        by_rule.into_iter().chain(by_kind).fold(points, i64::min).max(0)
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

/// The points for behaviour in a ledger: all but those for answers.
pub fn engagement(ledger: &[Entry]) -> i64 {
    let rows = ledger.iter().filter(|entry| entry.rule != FIT);
    rows.fold(0i64, |sum, entry| sum.saturating_add(entry.points))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(rows: &[(&str, i64)]) -> Vec<Entry> {
        let entry = |(rule, points): &(&str, i64)| Entry {
            rule: (*rule).to_owned(),
            step: None,
            points: *points,
            reverses: false,
        };
        rows.iter().map(entry).collect()
    }

    #[test]
    fn caps_leave_what_room_there_is() {
        let capped = [("quick_reply", 12), ("engagement", 40), ("fit", 20)];
        let scoring = Scoring {
            caps: capped.into_iter().map(|(name, most)| (name.to_owned(), most)).collect(),
            ..Scoring::default()
        };
        // What is there, the rule, what it pays, what of that is earned.
        type Row = (&'static [(&'static str, i64)], &'static str, i64, i64);
        let table: [Row; 13] = [
            (&[], "quick_reply", 5, 5),
            (&[("quick_reply", 5)], "quick_reply", 5, 5),
            (&[("quick_reply", 5), ("quick_reply", 5)], "quick_reply", 5, 2),
            (&[("quick_reply", 12)], "quick_reply", 5, 0),
            (&[("quick_reply", 12)], "question_answered", 5, 5),
            (&[("question_answered", 38)], "quick_reply", 5, 2),
            (&[("question_answered", 40)], "demo_requested", 15, 0),
            (&[("question_answered", 40), ("decay", -10)], "demo_requested", 15, 10),
            (&[("question_answered", 40), ("moaned", -10)], "demo_requested", 15, 0),
            (&[("question_answered", 40), ("option", 5)], "option", 30, 15),
            (&[("option", -10)], "option", 30, 20),
            (&[("option", 20)], "option", -10, -10),
            (&[("question_answered", 40)], "moaned", -10, -10),
        ];
        for (there, rule, pays, earned) in table {
            assert_eq!(scoring.earns(&rows(there), rule, pays), earned, "{rule} on {there:?}");
        }
        assert_eq!(Scoring::default().earns(&rows(&[("option", i64::MAX)]), "option", 9), 9, "no caps");
    }

    #[test]
    fn all_but_what_was_answered_is_engagement() {
        assert_eq!(
            engagement(&rows(&[("question_answered", 5), ("option", 9), ("decay", -2), ("moaned", -1)])),
            2
        );
    }
}
