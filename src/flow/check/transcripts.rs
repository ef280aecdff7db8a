//! Rules about `[[test]]`: names it uses must be names of the flow.

use super::outcomes;
use super::reserved::LEAD_FIELDS;
use crate::domain::answer::Kind;
use crate::flow::diagnostic::Findings;
use crate::flow::model::Flow;
use crate::flow::read::Draft;
use crate::flow::suggest::did_you_mean;
use crate::flow::tree::{Node, Tree};

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    let flow = &draft.flow;
    let mut names: Vec<&str> = Vec::new();
    for (test, table) in flow.tests.iter().zip(draft.root.get("test").map(Node::items).unwrap_or_default()) {
        if names.contains(&test.name.as_str()) {
            let message = format!("two tests are called \"{}\"", test.name);
            findings
                .warning("flow::duplicate-test", table.value_place("name"), message, "second of this name")
                .help("give each its own name");
        }
        names.push(&test.name);
        if let Some(node) = table.get("channel")
            && !flow.start.channels.contains(&test.channel)
        {
            let message = format!("this flow does not run on \"{}\"", test.channel.as_str());
            findings
                .error("flow::bad-test", node.place, message, "not in [start] channels")
                .help("add it to `channels`, or play the test elsewhere");
        }
        if let (Some(node), Some(language)) = (table.get("language"), &test.language)
            && !flow.languages.contains(language)
        {
            let message = format!("this flow does not speak \"{language}\"");
            findings
                .error("flow::unknown-language", node.place, message, "not in `languages`")
                .help(format!("one of: {}", flow.languages.join(", ")));
        }
        variants(flow, table, findings);
        if let Some(expect) = table.get("expect") {
            variants(flow, expect, findings);
            answers(flow, expect, findings);
            fields(flow, expect, findings);
            outcome(flow, expect, findings);
            delivered(flow, expect, findings);
        }
    }
}

fn variants(flow: &Flow, table: &Node, findings: &mut Findings) {
    for entry in table.get("variants").map(Node::entries).unwrap_or_default() {
        let Some(experiment) = flow.experiments.get(&entry.name) else {
            let message = format!("there is no experiment \"{}\"", entry.name);
            let help = did_you_mean(&entry.name, flow.experiments.keys().map(String::as_str));
            findings
                .error("flow::unknown-experiment", entry.place, message, "no such experiment")
                .maybe_help(help);
            continue;
        };
        let Some(variant) = entry.node.text() else { continue };
        if !experiment.variants.iter().any(|(name, _)| name == variant) {
            let message = format!("the experiment has no variant \"{variant}\"");
            let help = did_you_mean(variant, experiment.variants.iter().map(|(name, _)| name.as_str()));
            findings
                .error("flow::unknown-variant", entry.node.place, message, "no such variant")
                .maybe_help(help);
        }
    }
}

fn answers(flow: &Flow, expect: &Node, findings: &mut Findings) {
    for entry in expect.get("answers").map(Node::entries).unwrap_or_default() {
        let asking = || flow.steps.iter().filter(|step| step.ask.is_some());
        let Some(step) = asking().find(|step| step.id == entry.name) else {
            let message = format!("`answers` names \"{}\", which is no question of this flow", entry.name);
            let help = did_you_mean(&entry.name, asking().map(|step| step.id.as_str()));
            findings.error("flow::unknown-step", entry.place, message, "no such question").maybe_help(help);
            continue;
        };
        if step.options.is_empty() || step.ask == Some(Kind::Location) {
            continue;
        }
        let values: Vec<&Node> = match &entry.node.tree {
            Tree::List(items) => items.iter().collect(),
            _ => vec![&entry.node],
        };
        for node in values {
            if let Some(value) =
                node.text().filter(|value| !step.options.iter().any(|option| option.value == *value))
            {
                let message = format!("\"{value}\" is not an option of \"{}\"", step.id);
                let help = did_you_mean(value, step.options.iter().map(|option| option.value.as_str()));
                findings.error("flow::unknown-option", node.place, message, "never chosen").maybe_help(help);
            }
        }
    }
}

fn fields(flow: &Flow, expect: &Node, findings: &mut Findings) {
    for entry in expect.get("lead").map(Node::entries).unwrap_or_default() {
        let saved = flow.steps.iter().map(|step| step.save.as_str()).filter(|save| !save.is_empty());
        let known = saved.chain(LEAD_FIELDS);
        if !known.clone().any(|field| field == entry.name) {
            let message = format!("no step of this flow saves \"{}\"", entry.name);
            let help = did_you_mean(&entry.name, known);
            findings.warning("flow::unknown-field", entry.place, message, "never saved").maybe_help(help);
        }
    }
}

fn outcome(flow: &Flow, expect: &Node, findings: &mut Findings) {
    let Some((node, outcome)) = expect.get("outcome").and_then(|node| Some((node, node.text()?))) else {
        return;
    };
    let known = outcomes(flow);
    if !outcome.is_empty() && !known.contains(outcome) {
        let message = format!("no step of this flow ends it as \"{outcome}\"");
        let help = did_you_mean(outcome, known.iter().copied());
        findings.error("flow::unknown-outcome", node.place, message, "unknown outcome").maybe_help(help);
    }
}

fn delivered(flow: &Flow, expect: &Node, findings: &mut Findings) {
    for entry in expect.get("delivered").map(Node::entries).unwrap_or_default() {
        let sinks = || flow.deliver.iter().map(|deliver| deliver.to.as_str());
        if !sinks().any(|sink| sink == entry.name) {
            let message = format!("nothing is delivered to \"{}\"", entry.name);
            let help = did_you_mean(&entry.name, sinks());
            findings
                .error("flow::unknown-sink", entry.place, message, "no [[deliver]] to it")
                .maybe_help(help);
            continue;
        }
        let fields = || {
            flow.deliver
                .iter()
                .filter(|deliver| deliver.to == entry.name)
                .flat_map(|deliver| deliver.map.keys())
        };
        for field in entry.node.entries().iter().filter(|field| !fields().any(|known| *known == field.name)) {
            let message = format!("\"{}\" is not in the map to \"{}\"", field.name, entry.name);
            let help = did_you_mean(&field.name, fields().map(String::as_str));
            findings.error("flow::unknown-sink", field.place, message, "never delivered").maybe_help(help);
        }
    }
}
