//! The snapshot of a conversation: the inputs that count, and what followed from them.
//!
//! `State` holds three things apart: what happened (the log, each answer with its reading), what follows from it (the
//! standing, always equal to folding the log again), and facts no fold takes back (who saw which variant, which goals were
//! told, what was known before). It is stored as JSON; only the engine changes it.

use super::log::{Happened, Left};
use crate::clock::Millis;
use crate::domain::call::Call;
use crate::domain::score::{Class, Entry};
use crate::flow::model::Flow;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// How a conversation stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A question is open, or the first is yet to be asked.
    Open,
    /// Ended with this outcome.
    Ended(String),
}

/// What follows from the log: equal to folding it again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Standing {
    /// The open question's step.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// How it stands.
    #[serde(rename = "o")]
    pub outcome: Outcome,
    /// The language spoken.
    #[serde(rename = "l")]
    pub language: String,
    /// Rows in effect, in the order they were earned.
    #[serde(rename = "p", with = "super::packed::ledger")]
    pub ledger: Vec<Entry>,
    /// The sum of `ledger`.
    #[serde(rename = "s")]
    pub score: i64,
    /// The class of `score`.
    #[serde(rename = "c")]
    pub class: Class,
    /// Lead fields this conversation found.
    #[serde(rename = "f")]
    pub fields: BTreeMap<String, Json>,
    /// What happened that goals are named after.
    #[serde(rename = "e")]
    pub events: BTreeSet<String>,
}

impl Standing {
    /// Nothing happened yet.
    pub fn new(flow: &Flow, language: &str) -> Self {
        Standing {
            at: None,
            outcome: Outcome::Open,
            language: language.to_owned(),
            ledger: Vec::new(),
            score: 0,
            class: flow.scoring.class(0),
            fields: BTreeMap::new(),
            events: BTreeSet::new(),
        }
    }
}

/// The open question as it went out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Asking {
    /// When it first went out.
    #[serde(rename = "a")]
    pub asked_at: Millis,
    /// Unreadable answers so far.
    #[serde(rename = "t")]
    pub tries: u32,
    /// When the person last was spoken to by a turn of theirs; silence counts from here.
    #[serde(rename = "s")]
    pub silent_from: Millis,
    /// Reminders said since, or passed over.
    #[serde(rename = "r")]
    pub reminded: usize,
    /// No reminder before this: the hour was not one at which people may be disturbed.
    #[serde(rename = "h", default, skip_serializing_if = "is_zero")]
    pub held_until: Millis,
    /// What this silence costs up to here is written, or spared.
    #[serde(rename = "c", default, skip_serializing_if = "is_zero")]
    pub counted_to: Millis,
}

impl Asking {
    /// The person is there: silence counts from here.
    pub fn heard(&mut self, now: Millis) {
        self.silent_from = now;
        self.reminded = 0;
        self.counted_to = 0;
    }
}

fn is_zero(at: &Millis) -> bool {
    *at == 0
}

/// An earlier question asked again; what was answered stands until it is answered anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Changing {
    /// Its place in the log.
    pub entry: usize,
    /// When it was asked again.
    pub asked_at: Millis,
    /// Unreadable answers so far.
    pub tries: u32,
}

/// A built-in question of ours whose answer may come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Awaiting {
    /// Which answer is to be changed?
    Change,
    /// Which language?
    Language,
}

/// One conversation's state; stored as JSON, a snapshot of the fold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// When `State::new` made it.
    #[serde(rename = "b")]
    pub(super) begun_at: Millis,
    /// Whether the conversation opened.
    #[serde(rename = "o")]
    pub(super) opened: bool,
    /// The language it began in.
    #[serde(rename = "l")]
    pub(super) first_language: String,
    /// Lead fields known when it opened; later changes elsewhere must not bend a fold.
    #[serde(rename = "k", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) known: BTreeMap<String, Json>,
    /// The variant of each experiment.
    #[serde(rename = "v", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) variants: BTreeMap<String, String>,
    /// Experiments whose variant was shown.
    #[serde(rename = "x", default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) exposed: BTreeSet<String>,
    /// Goals already told.
    #[serde(rename = "r", default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) reached: BTreeSet<String>,
    /// What happened and counts.
    #[serde(rename = "g")]
    pub(super) log: Vec<Happened>,
    /// Answers the path no longer comes to; used where it does again.
    #[serde(rename = "p", default, skip_serializing_if = "Vec::is_empty")]
    pub(super) parked: Vec<Left>,
    /// What follows from the log.
    #[serde(rename = "s")]
    pub(super) standing: Standing,
    /// The open question as it went out.
    #[serde(rename = "a")]
    pub(super) asking: Asking,
    /// The earlier question that is asked again.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub(super) changing: Option<Changing>,
    /// Our own question whose answer may come next.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub(super) awaiting: Option<Awaiting>,
    /// Opted out: nothing is said until the person writes.
    #[serde(rename = "z", default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) resting: bool,
    /// When silence is next looked at.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub(super) timer: Option<Millis>,
    /// The call this conversation is held in. The channel's own: carried, never looked at here.
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    pub call: Option<Call>,
}

impl State {
    /// A conversation about to open, in `language` where the flow speaks it, else in the flow's first.
    pub fn new(flow: &Flow, language: &str, now: Millis) -> Self {
        let spoken = flow.languages.iter().find(|code| *code == language).or(flow.languages.first());
        let language = spoken.map_or("en", String::as_str);
        State {
            begun_at: now,
            opened: false,
            first_language: language.to_owned(),
            known: BTreeMap::new(),
            variants: BTreeMap::new(),
            exposed: BTreeSet::new(),
            reached: BTreeSet::new(),
            log: Vec::new(),
            parked: Vec::new(),
            standing: Standing::new(flow, language),
            asking: Asking::default(),
            changing: None,
            awaiting: None,
            resting: false,
            timer: None,
            call: None,
        }
    }

    /// Whether the conversation opened.
    pub fn is_opened(&self) -> bool {
        self.opened
    }

    /// Whether the conversation goes on.
    pub fn is_open(&self) -> bool {
        self.standing.outcome == Outcome::Open
    }

    /// How it stands.
    pub fn outcome(&self) -> &Outcome {
        &self.standing.outcome
    }

    /// When `Input::Silent` is due, UTC milliseconds; `None`: never.
    pub fn next_timer(&self) -> Option<Millis> {
        self.timer
    }

    /// When the person was last heard here, or the conversation began.
    pub fn heard_at(&self) -> Millis {
        self.asking.silent_from
    }

    /// The sum of the ledger.
    pub fn score(&self) -> i64 {
        self.standing.score
    }

    /// The class of the score.
    pub fn class(&self) -> Class {
        self.standing.class
    }

    /// The language spoken now.
    pub fn language(&self) -> &str {
        &self.standing.language
    }

    /// The id of the step whose question is open; an earlier one while it is being changed.
    pub fn open_step(&self) -> Option<&str> {
        match self.changed_entry() {
            Some(left) => Some(&left.step),
            None => self.standing.at.as_deref(),
        }
    }

    /// How each question was left, by step; of a step asked more than once the last counts.
    pub fn answers(&self) -> BTreeMap<&str, &Left> {
        self.lefts().map(|left| (left.step.as_str(), left)).collect()
    }

    /// How one question was left.
    pub fn answer(&self, step: &str) -> Option<&Left> {
        self.log.iter().rev().find_map(|happened| match happened {
            Happened::Left(left) if left.step == step => Some(left),
            _ => None,
        })
    }

    /// Questions as they were left, in the order of the conversation.
    pub fn lefts(&self) -> impl Iterator<Item = &Left> {
        self.log.iter().filter_map(|happened| match happened {
            Happened::Left(left) => Some(left),
            _ => None,
        })
    }

    /// The variant of each experiment, decided when the conversation opened.
    pub fn variants(&self) -> &BTreeMap<String, String> {
        &self.variants
    }

    /// Rows of the ledger in effect, in the order they were earned; their sum is the score.
    pub fn ledger(&self) -> &[Entry] {
        &self.standing.ledger
    }

    /// Points in effect by rule.
    pub fn breakdown(&self) -> BTreeMap<&str, i64> {
        let mut sums = BTreeMap::new();
        for entry in &self.standing.ledger {
            *sums.entry(entry.rule.as_str()).or_default() += entry.points;
        }
        sums
    }

    /// Lead fields this conversation found, as plain JSON.
    pub fn fields(&self) -> &BTreeMap<String, Json> {
        &self.standing.fields
    }

    /// Goals reached so far.
    pub fn reached(&self) -> &BTreeSet<String> {
        &self.reached
    }

    /// The answer that is being changed.
    pub(super) fn changed_entry(&self) -> Option<&Left> {
        match self.log.get(self.changing?.entry)? {
            Happened::Left(left) => Some(left),
            _ => None,
        }
    }
}
