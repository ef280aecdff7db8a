//! The rules beyond single keys: what makes a conversation go wrong although every key is well written.

mod conversation;
mod experiments;
mod labels;
mod limits;
mod looks;
mod names;
mod options;
mod paths;
mod points;
mod ranges;
mod reserved;
mod scores;
mod set;
mod steps;
#[cfg(test)]
mod tests;
mod transcripts;
mod voice;

use crate::domain::score::Rule;
use crate::flow::diagnostic::Findings;
use crate::flow::model::Flow;
use crate::flow::read::Draft;
use std::collections::BTreeSet;

pub use reserved::LEAD_FIELDS;
pub use set::check_set;

/// Every rule about one flow.
pub(crate) fn all(draft: &Draft, findings: &mut Findings) {
    // Rules about the way through a flow would only repeat what a broken reference or key has said already.
    let broken = findings.any_error();
    conversation::check(draft, findings);
    steps::check(draft, findings);
    options::check(draft, findings);
    labels::check(draft, findings);
    experiments::check(draft, findings);
    points::check(draft, findings);
    limits::check(draft, findings);
    transcripts::check(draft, findings);
    names::check(draft, findings);
    voice::check(draft, findings);
    if !broken && !draft.flow.steps.is_empty() {
        paths::check(draft, findings);
        scores::check(draft, findings);
        limits::floor(draft, findings);
    }
}

/// Outcomes the steps of a flow name, and the one silence has.
fn outcomes(flow: &Flow) -> BTreeSet<&str> {
    let ends = flow.steps.iter().filter_map(|step| step.end.as_deref());
    ends.chain(["silent"]).collect()
}

/// Everything that can happen by name: goals, outcomes, events of options, points of the flow's own.
fn events(flow: &Flow) -> BTreeSet<&str> {
    let options =
        flow.steps.iter().flat_map(|step| &step.options).filter_map(|option| option.event.as_deref());
    let own = flow.scoring.points.keys().map(String::as_str);
    let own = own.filter(|name| Rule::parse(name).is_none());
    let known = ["sql", "mql", "demo_requested", "contact_shared", "completed", "handoff"];
    outcomes(flow).into_iter().chain(options).chain(own).chain(known).collect()
}

/// Whether a word can be a name in expressions.
fn is_name(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}
