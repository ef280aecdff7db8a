//! Rules about the tables on the whole conversation: who gets it, points, silence, notifications, deliveries.

use super::reserved::{is_command, opts_out};
use super::{events, experiments};
use crate::clock::Millis;
use crate::domain::approved::{FORMS, is_named};
use crate::domain::command::Command;
use crate::domain::text::fold;
use crate::flow::codes::{is_country, is_currency};
use crate::flow::diagnostic::{Findings, Place};
use crate::flow::duration;
use crate::flow::keywords::{self, Keyword};
use crate::flow::model::Flow;
use crate::flow::read::Draft;
use crate::flow::suggest::did_you_mean;
use crate::flow::tree::Node;

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    let (flow, root) = (&draft.flow, &draft.root);
    about(flow, root, findings);
    keywords(flow, root, findings);
    own_words(flow, root, findings);
    silence(root, findings);
    for key in ["notify", "deliver"] {
        for table in root.get(key).map(Node::items).unwrap_or_default() {
            on(flow, table, "on", findings);
        }
    }
    on(flow, root, "enquiry", findings);
    for list in [root.get("start").and_then(|start| start.get("channels")), root.get("steps")] {
        if let Some(node) = list.filter(|node| node.items().is_empty()) {
            findings
                .error("flow::empty-list", node.place, "this list is empty", "nothing in it")
                .help("write at least one, or take the key away");
        }
    }
}

fn about(flow: &Flow, root: &Node, findings: &mut Findings) {
    let id = |letter: char| {
        letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_' || letter == '-'
    };
    if let Some(node) = root.get("id")
        && (flow.id.is_empty() || !flow.id.chars().all(id))
    {
        let message = format!("\"{}\" cannot be the id of a flow", flow.id);
        findings
            .error("flow::bad-id", node.place, message, "not a name")
            .help("small letters, figures, - and _ only: it stands in addresses");
    }
    if let (Some(node), Some(region)) = (root.get("region"), &flow.region)
        && !is_country(region)
    {
        let message = format!("\"{region}\" is not a country code");
        findings
            .error("flow::unknown-region", node.place, message, "unknown")
            .help("two capital letters of ISO 3166, such as \"IN\" or \"US\"");
    }
    if let (Some(node), Some(currency)) = (root.get("currency"), &flow.currency)
        && !is_currency(currency)
    {
        let message = format!("\"{currency}\" is not a currency code");
        findings
            .error("flow::unknown-currency", node.place, message, "unknown")
            .help("three capital letters of ISO 4217, such as \"INR\" or \"USD\"");
    }
}

fn clash(word: &str, place: Place, what: &str, findings: &mut Findings) {
    let folded = fold(word);
    if folded.is_empty() {
        findings
            .error("flow::empty-text", place, format!("an empty {what}"), "empty")
            .help("write a word, or take it away");
    } else if opts_out(word) {
        let message = format!("\"{word}\" opts out of all messages and never gets here");
        findings.error("flow::opt-out-clash", place, message, "an opt-out word").help("choose another word");
    }
}

fn keywords(flow: &Flow, root: &Node, findings: &mut Findings) {
    let Some(start) = root.get("start") else { return };
    let mut seen: Vec<(String, Option<&str>)> = Vec::new();
    let written = keywords::written(start);
    for Keyword { word, place, language } in written.iter().copied() {
        clash(word, place, "keyword", findings);
        let folded = fold(word);
        if is_command(word) {
            let message = format!("\"{word}\" is a built-in command too");
            findings
                .warning("flow::command-clash", place, message, "means two things")
                .help("choose another word");
        }
        let under = (folded, language);
        if seen.contains(&under) {
            findings
                .warning(
                    "flow::duplicate-keyword",
                    place,
                    format!("the keyword \"{word}\" stands twice"),
                    "second time",
                )
                .help("take it away");
        }
        seen.push(under);
    }
    let by_language = start.get("keywords").map(Node::entries).unwrap_or_default();
    for entry in by_language.iter().filter(|entry| !flow.languages.contains(&entry.name)) {
        let message = format!("`keywords` has words for \"{}\", which the flow does not speak", entry.name);
        let help = did_you_mean(&entry.name, flow.languages.iter().map(String::as_str));
        findings.error("flow::unknown-language", entry.place, message, "not in `languages`").maybe_help(help);
    }
    if written.is_empty() && start.get("default").and_then(Node::flag) != Some(true) {
        findings
            .warning(
                "flow::never-chosen",
                start.place,
                "no first message leads to this flow",
                "no `keywords`, not `default`",
            )
            .help("add keywords = [\"demo\"] or default = true");
    }
}

fn own_words(flow: &Flow, root: &Node, findings: &mut Findings) {
    let mut seen: Vec<(String, &str)> = Vec::new();
    for entry in root.get("words").map(Node::entries).unwrap_or_default() {
        if Command::parse(&entry.name).is_some_and(|command| flow.off.contains(&command)) {
            let message = format!("words for \"{}\", which is switched off", entry.name);
            findings
                .warning("flow::command-is-off", entry.place, message, "no effect")
                .help("take it out of `off`, or the words away");
        }
        for (word, place) in entry.node.strings() {
            clash(word, place, "word", findings);
            let folded = fold(word);
            if let Some((_, other)) =
                seen.iter().find(|(known, other)| *known == folded && *other != entry.name)
            {
                let message = format!("\"{word}\" means two commands: {other} and {}", entry.name);
                findings
                    .error("flow::ambiguous-word", place, message, "cannot be told apart")
                    .help("take it away from one of them");
            }
            seen.push((folded, &entry.name));
        }
    }
}

fn silence(root: &Node, findings: &mut Findings) {
    let Some(table) = root.get("silence") else { return };
    let length = |node: Option<&Node>| node.and_then(Node::text).and_then(duration::parse);
    let mut last: Option<Millis> = None;
    for item in table.get("remind").map(Node::items).unwrap_or_default() {
        if let Some(node) = item.get("template")
            && !node.text().is_some_and(is_named)
        {
            let message = "no provider has a template of this name";
            findings
                .error("flow::bad-template", node.place, message, "neither form")
                .help(format!("write {FORMS}"));
        }
        let Some(after) = length(item.get("after")) else { continue };
        if last.is_some_and(|last| after <= last) {
            findings
                .error(
                    "flow::reminder-order",
                    item.value_place("after"),
                    "this reminder is not later than the one before",
                    "not rising",
                )
                .help("each `after` counts from the question: let them rise");
        }
        last = last.max(Some(after));
    }
    if let (Some(end), Some(last)) = (length(table.get("end_after")), last)
        && end <= last
    {
        findings
            .error(
                "flow::reminder-after-end",
                table.value_place("end_after"),
                "the conversation ends before its last reminder",
                "too early",
            )
            .help("let `end_after` be longer than the last `after`");
    }
}

/// Whether a text names a template: `name/language` at Meta (lower-case letters, figures and underscores; `en_US`), or `HX` and 32
/// hexadecimal figures at Twilio.
fn on(flow: &Flow, table: &Node, key: &str, findings: &mut Findings) {
    let known = events(flow);
    for (event, place) in table.get(key).map(Node::strings).unwrap_or_default() {
        if !known.contains(event) {
            let message = format!("nothing called \"{event}\" ever happens in this flow");
            let help = did_you_mean(event, known.iter().copied());
            findings.error("flow::unknown-event", place, message, "unknown event").maybe_help(help);
        } else if !experiments::happens(flow, event) {
            let message = format!("no step of this flow leads to \"{event}\"");
            findings
                .warning("flow::unreachable-event", place, message, "never happens here")
                .help(format!("give an option event = \"{event}\", or a step end = \"{event}\""));
        }
    }
}
