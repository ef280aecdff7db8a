//! Rules about the phone: voices, numbers, and questions nobody can answer there.

use crate::domain::answer::Kind;
use crate::domain::channel::Channel;
use crate::flow::codes::is_locale;
use crate::flow::diagnostic::Findings;
use crate::flow::model::Flow;
use crate::flow::read::Draft;
use crate::flow::tree::{Node, Tree};

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    if let Some(table) = draft.root.get("voice") {
        reached(&draft.flow, table, findings);
        locales(table, findings);
        transfer(&draft.flow, table, findings);
        confidence(&draft.flow, table, findings);
    }
    if draft.flow.start.channels.contains(&Channel::Voice) {
        files(draft, findings);
    }
}

/// The flow runs on the phone, and on the channel calls go on by.
fn reached(flow: &Flow, table: &Node, findings: &mut Findings) {
    if !flow.start.channels.contains(&Channel::Voice) {
        findings
            .warning("flow::no-calls", table.place, "no call comes to this flow", "no effect")
            .help("add \"voice\" to `channels` of [start]");
    }
    if let Some(channel) = flow.voice.continue_by.filter(|channel| !flow.start.channels.contains(channel)) {
        let name = channel.as_str();
        let message = format!("calls go on by {name}, where this flow does not run");
        findings
            .error("flow::continues-nowhere", table.value_place("continue_by"), message, "not in `channels`")
            .help(format!("add \"{name}\" to `channels` of [start]"));
    }
}

fn locales(table: &Node, findings: &mut Findings) {
    let Some(node) = table.get("locale") else { return };
    let written: Vec<&Node> = match &node.tree {
        Tree::Table(entries) => entries.iter().map(|entry| &entry.node).collect(),
        _ => vec![node],
    };
    for node in written {
        if let Some(locale) = node.text().filter(|locale| !is_locale(locale)) {
            let message = format!("\"{locale}\" is not a locale");
            findings
                .error("flow::unknown-locale", node.place, message, "unknown")
                .help("a language and a country, such as \"en-GB\" or \"es-MX\"");
        }
    }
}

fn transfer(flow: &Flow, table: &Node, findings: &mut Findings) {
    let Some(number) = &flow.voice.transfer_to else { return };
    if !is_number(number) {
        let message = format!("\"{number}\" cannot be called");
        findings
            .error("flow::bad-number", table.value_place("transfer_to"), message, "no phone number")
            .help("with plus and country code, figures only: \"+14155550123\"");
    }
}

/// Whether this is a number that can be dialled from anywhere: plus, then 7 to 15 figures (E.164).
fn is_number(text: &str) -> bool {
    text.strip_prefix('+')
        .is_some_and(|rest| (7..=15).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

fn confidence(flow: &Flow, table: &Node, findings: &mut Findings) {
    if !(0.0..=1.0).contains(&flow.voice.confirm_below) {
        findings
            .error(
                "flow::bad-confidence",
                table.value_place("confirm_below"),
                "confidence is from 0 to 1",
                "not from 0 to 1",
            )
            .help("0 reads nothing back, 1 everything; 0.5 is usual");
    }
}

/// A file cannot be sent by phone.
fn files(draft: &Draft, findings: &mut Findings) {
    let asked = draft.flow.steps.iter().zip(&draft.steps).filter(|(step, _)| step.ask == Some(Kind::Media));
    for (step, node) in asked.filter(|(step, _)| !step.optional && step.tries.is_none()) {
        let message = format!("nobody can answer \"{}\" on the phone", step.id);
        findings
            .warning("flow::file-by-phone", node.value_place("ask"), message, "no files on the phone")
            .help("add optional = true or tries, or take \"voice\" out of `channels`");
    }
}
