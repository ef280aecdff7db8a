//! Rules about what can be chosen: the same word twice, words that mean something else, ranges that overlap.

use super::ranges::{self, Span};
use super::reserved::{is_command, opts_out};
use crate::domain::answer::Kind;
use crate::domain::text::fold;
use crate::flow::diagnostic::{Findings, Place};
use crate::flow::model::Step;
use crate::flow::read::Draft;
use crate::flow::tree::Node;
use std::collections::BTreeMap;

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    for (step, node) in draft.flow.steps.iter().zip(&draft.steps) {
        let items = node.get("options").map(Node::items).unwrap_or_default();
        if items.is_empty() {
            continue;
        }
        values(items, findings);
        words(step, items, findings);
        targets(step, node, items, findings);
        if step.ask == Some(Kind::Choice) {
            overlaps(step, items, findings);
        }
    }
}

fn value_of(item: &Node) -> Option<(&str, Place)> {
    let node = if item.text().is_some() { item } else { item.get("value")? };
    Some((node.text()?, node.place))
}

fn values(items: &[Node], findings: &mut Findings) {
    let mut seen: BTreeMap<&str, Place> = BTreeMap::new();
    for (value, place) in items.iter().filter_map(value_of) {
        if value.trim().is_empty() {
            findings
                .error("flow::empty-text", place, "an option without a name", "empty")
                .help("write what is chosen");
        }
        if let Some(first) = seen.insert(value, place) {
            let first = findings.at(first, "first here");
            let message = format!("the option \"{value}\" stands twice");
            findings
                .error("flow::duplicate-option", place, message, "second time")
                .help("take one away, or rename it")
                .related
                .push(first);
        }
    }
}

fn words(step: &Step, items: &[Node], findings: &mut Findings) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (index, (words, item)) in step.words.iter().zip(items).enumerate() {
        for word in &words.words {
            let folded = fold(word);
            if folded.is_empty() {
                continue;
            }
            let place = place_of(item, word);
            if opts_out(word) {
                let message = format!("\"{word}\" opts out of all messages and never reaches the question");
                findings
                    .error("flow::opt-out-clash", place, message, "an opt-out word")
                    .help("choose another word, for example \"Not now\"");
            } else if is_command(word) {
                let message = format!("\"{word}\" is a built-in command too");
                findings
                    .warning(
                        "flow::command-clash",
                        place,
                        message,
                        "understood as this option while the question is open",
                    )
                    .help("choose another word, or switch the command off with `off`");
            }
            let Some(other) = seen.get(&folded).copied().filter(|other| *other != index) else {
                seen.insert(folded, index);
                continue;
            };
            if step.words[other].value == words.value {
                continue;
            }
            let first = findings.at(place_of(&items[other], word), "first here");
            let message = format!(
                "\"{word}\" means two options: \"{}\" and \"{}\"",
                step.words[other].value, words.value
            );
            findings
                .error("flow::ambiguous-option", place, message, "cannot be told apart")
                .help("take the word away from one of them")
                .related
                .push(first);
        }
    }
}

/// Where an option's word is written.
fn place_of(item: &Node, word: &str) -> Place {
    fn find(node: &Node, word: &str) -> Option<Place> {
        if node.text() == Some(word) {
            return Some(node.place);
        }
        let inner = node.entries().iter().map(|entry| &entry.node).chain(node.items());
        inner.into_iter().find_map(|node| find(node, word))
    }
    find(item, word).unwrap_or(item.place)
}

fn targets(step: &Step, node: &Node, items: &[Node], findings: &mut Findings) {
    let always = step.go.iter().any(|branch| branch.when.is_none());
    for item in items.iter().filter(|item| item.get("to").is_some()) {
        if always && node.get("go").is_some() {
            findings
                .warning(
                    "flow::unreachable-branch",
                    item.key_place("to"),
                    "`go` leads elsewhere before this is looked at",
                    "never taken",
                )
                .help("give the branch in `go` a `when`, or take this away");
        }
        if step.ask == Some(Kind::Choices) {
            findings
                .warning(
                    "flow::many-ways",
                    item.key_place("to"),
                    "several options may be picked; the first of them leads on",
                    "one way of several",
                )
                .help("write the way in `go`: when = \"'Billing' in answer\"");
        }
    }
}

fn overlaps(step: &Step, items: &[Node], findings: &mut Findings) {
    let spans: Vec<Option<Span>> = step.options.iter().map(|option| ranges::read(&option.value)).collect();
    for (index, later) in spans.iter().enumerate() {
        let Some(later) = later else { continue };
        let clash =
            spans[..index].iter().position(|earlier| earlier.as_ref().is_some_and(|one| one.overlaps(later)));
        if let (Some(other), Some((value, place))) = (clash, value_of(&items[index])) {
            let message =
                format!("a number can fall into \"{}\" and into \"{value}\"", step.options[other].value);
            let first = value_of(&items[other]).map(|(_, place)| findings.at(place, "overlaps with this"));
            findings
                .warning("flow::overlapping-ranges", place, message, "overlaps")
                .help("let each range begin after the one before it, as in \"2–5\", \"6–10\"")
                .related
                .extend(first);
        }
    }
}
