//! Rules across the flows of one tenant.

use crate::domain::channel::Channel;
use crate::domain::text::fold;
use crate::flow::diagnostic::{Diagnostic, File, Findings, Place};
use crate::flow::keywords;
use crate::flow::model::Flow;
use crate::flow::source::Source;
use crate::flow::tree::{self, Node};

/// What is wrong between the flows of one tenant: an id or keyword of two, two defaults on one channel, none on another.
pub fn check_set(flows: &[(&Source, &Flow)]) -> Vec<Diagnostic> {
    let mut findings = Findings::default();
    for (source, _) in flows {
        findings.files.push(File { path: source.path.clone(), text: source.text.clone() });
    }
    // The texts were read without error before, so that nothing new is found here.
    let mut quiet = Findings::default();
    quiet.files.clone_from(&findings.files);
    let roots: Vec<Node> = (0..flows.len()).map(|file| tree::parse(file, &mut quiet)).collect();
    for (index, (_, flow)) in flows.iter().enumerate() {
        for (earlier, (_, other)) in flows[..index].iter().enumerate() {
            let places = (&roots[index], &roots[earlier]);
            ids(flow, other, places, &mut findings);
            keywords(flow, other, places, &mut findings);
            defaults(flow, other, places, &mut findings);
        }
    }
    for channel in Channel::ALL {
        let here: Vec<usize> =
            (0..flows.len()).filter(|index| flows[*index].1.start.channels.contains(&channel)).collect();
        let Some(first) = here.first().filter(|_| !here.iter().any(|index| flows[*index].1.start.default))
        else {
            continue;
        };
        let message = format!("no flow on {} is the default", channel.as_str());
        let root = &roots[*first];
        let place = root.get("start").map_or(root.value_place("id"), |start| start.place);
        findings
            .warning("flow::no-default", place, message, "whoever writes no keyword gets no answer")
            .help("add default = true to one flow of the channel");
    }
    findings.into_sorted()
}

fn ids(flow: &Flow, other: &Flow, (root, earlier): (&Node, &Node), findings: &mut Findings) {
    if flow.id == other.id {
        let first = findings.at(earlier.value_place("id"), "first here");
        let message = format!("two flows are called \"{}\"", flow.id);
        findings
            .error("flow::duplicate-flow", root.value_place("id"), message, "second flow of this id")
            .help("give each flow its own id")
            .related
            .push(first);
    }
}

fn keywords(flow: &Flow, other: &Flow, (root, earlier): (&Node, &Node), findings: &mut Findings) {
    let shared = |channel: &&Channel| other.start.channels.contains(channel);
    let Some(channel) = flow.start.channels.iter().find(shared) else { return };
    for word in flow.start.keywords.iter().filter(|word| other.start.keywords.contains(word)) {
        let first = findings.at(keyword(earlier, word), "first here");
        let message = format!("the keyword \"{word}\" leads to two flows on {}", channel.as_str());
        findings
            .error("flow::shared-keyword", keyword(root, word), message, "taken already")
            .help(format!("take it away from \"{}\" or \"{}\"", other.id, flow.id))
            .related
            .push(first);
    }
}

fn keyword(root: &Node, word: &str) -> Place {
    let words = root.get("start").map(keywords::written).unwrap_or_default();
    words.iter().find(|written| fold(written.word) == word).map_or(root.place, |written| written.place)
}

fn defaults(flow: &Flow, other: &Flow, (root, earlier): (&Node, &Node), findings: &mut Findings) {
    if !flow.start.default || !other.start.default {
        return;
    }
    let default = |root: &Node| root.get("start").map_or(root.place, |start| start.value_place("default"));
    let both: Vec<&str> = flow
        .start
        .channels
        .iter()
        .filter(|channel| other.start.channels.contains(channel))
        .map(|channel| channel.as_str())
        .collect();
    if !both.is_empty() {
        let first = findings.at(default(earlier), "first here");
        let message =
            format!("\"{}\" and \"{}\" are both the default on {}", other.id, flow.id, both.join(", "));
        findings
            .error("flow::two-defaults", default(root), message, "second default")
            .help("take `default` away from one of them, or give them different channels")
            .related
            .push(first);
    }
}
