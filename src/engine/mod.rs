//! Advances one conversation by one input: `step(flow, person, state, input, now) -> (state, effects)`.
//!
//! Pure and total: no clock, no randomness, no I/O, never panics. A conversation is the fold of its inputs, each kept with
//! its reading; going back or changing an answer folds the kept readings again and never reads text twice.

mod command;
mod decay;
mod effects;
mod experiments;
mod fold;
mod language;
mod log;
mod packed;
mod path;
mod reading;
mod reported;
mod rescore;
mod scope;
mod score;
mod silence;
mod state;
pub mod transcript;
mod turn;
mod view;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

pub use log::{Given, Left};
pub use reported::{Behaviour, Goal, behaviour, goal};
pub use rescore::{Rescored, rescore};
pub use state::{Outcome, State};

use crate::clock::Millis;
use crate::domain::answer::Value;
use crate::domain::channel::Channel;
use crate::domain::command::Command;
use crate::domain::message::{Said, Say};
use crate::domain::score::{Class, Entry};
use crate::flow::model::{Deliver, Flow, Reminder, Text};
use crate::flow::texts::TextKey;
use std::collections::BTreeMap;
use turn::Turn;
use view::View;

/// The outcome of a conversation whose line broke: the person goes on when they are there again.
pub const INTERRUPTED: &str = "interrupted";

/// Advances one conversation by one input at `now`.
///
/// Total: whatever the input, there is a next state and no panic. What counts in the conversation opens
/// it first where `Input::Open` has not come yet. Effects come in a fixed order: what is decided (`Language`, `Handoff`), `Answer`, `Scored` (reversals before new
/// rows), `Field`, `ClassChanged`, `Exposed`, `Reached`, `Ended`, and last what is said.
pub fn step(flow: &Flow, person: &Person, state: State, input: &Input, now: Millis) -> (State, Vec<Effect>) {
    let mut turn = Turn::begin(flow, person, state, now);
    turn.fade();
    match input {
        Input::Open { said } => turn.open(said.as_ref()),
        Input::Said(said) => turn.said(said),
        Input::Behaved { action } => turn.behaved(action),
        Input::Profile { fields } => turn.profile(fields),
        Input::Expose { experiment } => turn.expose(experiment),
        Input::Converted { goal } => turn.reach(goal),
        Input::Silent => turn.silent(),
        Input::Withheld { until } => turn.withheld(*until),
        Input::OptedOut => turn.rest(),
        Input::OptedIn => turn.wake(),
        Input::Requested { command } => turn.pressed(*command),
        Input::Unheard { why } => turn.unheard(*why),
        Input::Returned => turn.returned(),
        Input::Left { outcome } => turn.left_off(outcome),
    }
    turn.finish()
}

/// The open question as it is shown now; `None` where none is open.
pub fn question(flow: &Flow, person: &Person, state: &State) -> Option<Say> {
    let view = View { flow, person, state };
    let step = view.index(state.open_step()?)?;
    Some(view.say(step))
}

/// Every question of the flow as this person would be asked it now, in the order of the file.
pub fn questions(flow: &Flow, person: &Person, state: &State) -> Vec<Say> {
    let view = View { flow, person, state };
    let asks = (0..flow.steps.len()).filter(|step| flow.steps[*step].ask.is_some());
    asks.map(|step| view.say(step)).collect()
}

/// A built-in text in the conversation's language, as the flow words it.
pub fn built_in(flow: &Flow, person: &Person, state: &State, key: TextKey) -> Say {
    built_in_with(flow, person, state, key, &[("title", &flow.title)])
}

/// As [`built_in`], with what its names stand for.
pub fn built_in_with(
    flow: &Flow,
    person: &Person,
    state: &State,
    key: TextKey,
    names: &[(&str, &str)],
) -> Say {
    View { flow, person, state }.builtin(key, names)
}

/// A text of the flow in the conversation's language; `None`: there is none.
pub fn text(flow: &Flow, person: &Person, state: &State, text: &Text) -> Option<Say> {
    let view = View { flow, person, state };
    Some(view.tell(view.text(text, &[]))).filter(|say| !say.text.is_empty())
}

/// What would be understood if this were said now, without saying it: the open question's answer as it is read aloud.
/// `None`: it is a request, or no answer.
pub fn understood(
    flow: &Flow,
    person: &Person,
    state: &State,
    said: &Said,
    now: Millis,
) -> Option<Understood> {
    Turn::begin(flow, person, state.clone(), now).understood(said)
}

/// An answer that was understood and not yet taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Understood {
    /// Its value.
    pub value: Value,
    /// As people read it: options by their labels.
    pub aloud: String,
}

/// The reminder that is due at `now`; `None` where none is, or the conversation is to end instead.
pub fn due_reminder<'a>(
    flow: &'a Flow,
    person: &Person<'_>,
    state: &State,
    now: Millis,
) -> Option<&'a Reminder> {
    silence::due_reminder(flow, person, state, now)
}

/// What a delivery carries: each field of its map, filled in.
pub fn payload(flow: &Flow, person: &Person, state: &State, deliver: &Deliver) -> BTreeMap<String, String> {
    let view = View { flow, person, state };
    deliver.map.iter().map(|(field, template)| (field.clone(), view.fill(template, &[]))).collect()
}

/// What the engine knows of the person beside the conversation itself.
#[derive(Clone, Debug)]
pub struct Person<'a> {
    /// Draws variants; the person's id.
    pub seed: &'a str,
    /// Where this conversation runs.
    pub channel: Channel,
    /// Lead fields known before this conversation, as plain JSON. Read when it opens and kept in the state: what other
    /// programs write later comes as `Input::Profile`.
    pub lead: &'a BTreeMap<String, serde_json::Value>,
    /// Variants the person already has, by experiment; they stay, whatever the weights say now.
    pub variants: &'a BTreeMap<String, String>,
    /// The person's time zone, for "tomorrow".
    pub zone: &'a jiff::tz::TimeZone,
    /// Whether experiments run at all; off: everyone gets each experiment's first variant, unexposed.
    pub experiments: bool,
    /// Whether the lead came to its end, bought or lost: silence costs nothing any more.
    pub is_over: bool,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The conversation opens. `said` is the first message where the person wrote first: it starts the flow and answers
    /// nothing.
    Open {
        /// The first message, if any.
        said: Option<Said>,
    },
    /// The person said something.
    Said(Said),
    /// A program reports a behaviour by its name (`/api/behavior`); each earns once, and none that answers pay.
    Behaved {
        /// One of the known names, or anything.
        action: String,
    },
    /// A program knows lead fields (`/api/lead/profile`).
    Profile {
        /// Fields by name.
        fields: BTreeMap<String, serde_json::Value>,
    },
    /// A program asks for the variant of an experiment (`/api/ab-test/variant`): exposure.
    Expose {
        /// The experiment.
        experiment: String,
    },
    /// A program reports a goal (`/api/ab-test/conversion`).
    Converted {
        /// The goal.
        goal: String,
    },
    /// The stored timer fired.
    Silent,
    /// The stored timer fired, but a reminder may not be said now. It waits; an ending, which says nothing, does not.
    Withheld {
        /// As long as this; `None`: it is passed over.
        until: Option<Millis>,
    },
    /// The person opted out: the conversation rests; nothing is said.
    OptedOut,
    /// The person opted in again: the open question is said again.
    OptedIn,
    /// A built-in request by a key or button of its own, which no answer can be mistaken for.
    Requested {
        /// Which.
        command: Command,
    },
    /// The open question was asked and nothing that could be an answer came: counts like an answer that cannot be read.
    Unheard {
        /// What is said before the question; `None`: what is said of an answer that cannot be read.
        why: Option<TextKey>,
    },
    /// The person is there again: what ended without a step (silence, leaving, a line that broke) is open again, and the
    /// open question is said again.
    Returned,
    /// The person is gone, and no step says so: the conversation ends with this outcome until they return.
    Left {
        /// The outcome.
        outcome: String,
    },
}

/// What follows from an input, in order. The shell writes each as rows.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Say this.
    Say(Say),
    /// A question was answered, skipped, given up or taken back.
    Answer(AnswerRow),
    /// A row of the score's ledger.
    Scored(Entry),
    /// The class is another now.
    ClassChanged {
        /// Before.
        from: Class,
        /// Now.
        to: Class,
    },
    /// A variant was shown to this person for the first time.
    Exposed {
        /// The experiment.
        experiment: String,
        /// The variant.
        variant: String,
    },
    /// A goal or event happened for the first time in this conversation: completed, sql, mql, demo_requested,
    /// contact_shared, or the flow's own.
    Reached {
        /// Its name.
        goal: String,
    },
    /// A lead field has this value now; `None`: it no longer has one.
    Field {
        /// The field.
        name: String,
        /// Plain JSON.
        value: Option<serde_json::Value>,
    },
    /// The conversation ended with this outcome (`completed`, `declined`, `silent`, or the flow's own).
    Ended {
        /// The outcome.
        outcome: String,
    },
    /// The person asked for a human.
    Handoff,
    /// The person speaks this language now.
    Language(String),
}

/// A row of `answers`. The last row of a step counts.
#[derive(Clone, Debug, PartialEq)]
pub struct AnswerRow {
    /// The step.
    pub step: String,
    /// What was said; empty where nothing was.
    pub raw: String,
    /// What it was read as; `None`: skipped, given up or taken back.
    pub value: Option<Value>,
    /// How the question was left.
    pub given: Given,
    /// From the question going out to this answer, in milliseconds.
    pub taken_ms: Millis,
}
