//! Rules about experiments.

use super::events;
use crate::domain::answer::Kind;
use crate::flow::diagnostic::{Findings, Place};
use crate::flow::model::{Experiment, Flow};
use crate::flow::read::Draft;
use crate::flow::suggest::did_you_mean;
use crate::flow::tree::{Entry, Node};

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    let flow = &draft.flow;
    for entry in draft.root.get("experiments").map(Node::entries).unwrap_or_default() {
        if let Some(experiment) = flow.experiments.get(&entry.name) {
            weights(experiment, entry, findings);
            goal(flow, experiment, &entry.node, findings);
            orders(draft, experiment, &entry.node, findings);
            shown(flow, &entry.name, experiment, entry, findings);
        }
    }
    for node in &draft.steps {
        for entry in node.get("variant").map(Node::entries).unwrap_or_default() {
            wordings(flow, entry, findings);
        }
    }
}

fn weights(experiment: &Experiment, entry: &Entry, findings: &mut Findings) {
    let place = entry.node.value_place("variants");
    if entry.node.get("variants").is_some() && experiment.variants.len() < 2 {
        findings
            .error(
                "flow::too-few-variants",
                place,
                "an experiment compares at least two variants",
                "nothing to compare",
            )
            .help("variants = { A = 1, B = 1 }");
    } else if experiment.variants.iter().filter(|(_, weight)| *weight > 0).count() < 2
        && !experiment.variants.is_empty()
    {
        findings
            .warning(
                "flow::one-sided-experiment",
                place,
                "all but one variant have weight 0",
                "everyone gets the same",
            )
            .help("give two variants a weight, or take the experiment away");
    }
}

fn goal(flow: &Flow, experiment: &Experiment, table: &Node, findings: &mut Findings) {
    let Some(node) = table.get("goal") else { return };
    let known = events(flow);
    if !known.contains(experiment.goal.as_str()) {
        let message = format!("nothing called \"{}\" ever happens in this flow", experiment.goal);
        let help = did_you_mean(&experiment.goal, known.iter().copied());
        findings.error("flow::unknown-goal", node.place, message, "unknown goal").maybe_help(help);
    } else if !happens(flow, &experiment.goal) {
        let message = format!("no step of this flow leads to \"{}\"", experiment.goal);
        findings
            .warning("flow::unreachable-goal", node.place, message, "never reached here")
            .help(format!("give an option event = \"{}\", or choose another goal", experiment.goal));
    }
}

/// Whether the flow itself can bring an event about.
pub(super) fn happens(flow: &Flow, event: &str) -> bool {
    let by_option =
        flow.steps.iter().flat_map(|step| &step.options).any(|option| option.event.as_deref() == Some(event));
    let by_answer = event == "contact_shared"
        && flow.steps.iter().any(|step| matches!(step.ask, Some(Kind::Phone | Kind::Email)));
    let by_end = flow.steps.iter().any(|step| step.end.as_deref() == Some(event));
    let own = crate::domain::score::Rule::parse(event).is_none() && flow.scoring.points.contains_key(event);
    by_option || by_answer || by_end || own || matches!(event, "sql" | "mql" | "silent" | "handoff")
}

fn unknown_variant(experiment: &Experiment, variant: &str, place: Place, findings: &mut Findings) {
    let message = format!("the experiment has no variant \"{variant}\"");
    let help = did_you_mean(variant, experiment.variants.iter().map(|(name, _)| name.as_str()));
    findings.error("flow::unknown-variant", place, message, "no such variant").maybe_help(help);
}

fn orders(draft: &Draft, experiment: &Experiment, table: &Node, findings: &mut Findings) {
    let flow = &draft.flow;
    for entry in table.get("order").map(Node::entries).unwrap_or_default() {
        if !experiment.variants.iter().any(|(name, _)| *name == entry.name) {
            unknown_variant(experiment, &entry.name, entry.place, findings);
        }
        let Some(order) = experiment.order.get(&entry.name) else { continue };
        let items = entry.node.items();
        if items.len() < 2 {
            findings
                .error(
                    "flow::bad-order",
                    entry.node.place,
                    "an order needs at least two steps",
                    "nothing to reorder",
                )
                .help("list the steps that take each other's places");
            continue;
        }
        if items.len() != order.len() {
            continue;
        }
        for (at, (step, item)) in order.iter().zip(items).enumerate() {
            let problem = if order[..at].contains(step) {
                "it stands here twice"
            } else if *step == 0 || flow.steps[*step].stage.as_deref() == Some("greeting") {
                "the conversation begins with it"
            } else if flow.steps[*step].end.is_some() {
                "the conversation ends with it"
            } else {
                continue;
            };
            let message = format!("\"{}\" cannot be reordered: {problem}", flow.steps[*step].id);
            findings.error("flow::bad-order", item.place, message, problem).help("take it out of the list");
        }
        if order.is_sorted() {
            findings
                .warning(
                    "flow::pointless-order",
                    entry.node.place,
                    "this is the order of the file already",
                    "changes nothing",
                )
                .help("list the steps as they come under this variant");
        }
    }
}

fn shown(flow: &Flow, name: &str, experiment: &Experiment, entry: &Entry, findings: &mut Findings) {
    let worded = flow.steps.iter().any(|step| step.variant.contains_key(name));
    if !worded && experiment.order.is_empty() {
        findings
            .warning(
                "flow::unused-experiment",
                entry.place,
                format!("no step differs under \"{name}\""),
                "never shown",
            )
            .help(format!("write variant.{name}.B.say in a step, or order.B in the experiment"));
    }
}

fn wordings(flow: &Flow, entry: &Entry, findings: &mut Findings) {
    let Some(experiment) = flow.experiments.get(&entry.name) else {
        let message = format!("there is no experiment \"{}\"", entry.name);
        let help = did_you_mean(&entry.name, flow.experiments.keys().map(String::as_str))
            .unwrap_or_else(|| format!("add [experiments.{}] with variants and goal", entry.name));
        findings.error("flow::unknown-experiment", entry.place, message, "no such experiment").help(help);
        return;
    };
    for variant in entry.node.entries() {
        if !experiment.variants.iter().any(|(name, _)| *name == variant.name) {
            unknown_variant(experiment, &variant.name, variant.place, findings);
        }
        if variant.node.entries().is_empty() {
            findings
                .error("flow::empty-text", variant.place, "this variant says nothing of its own", "empty")
                .help("write say = \"…\"");
        }
    }
}
