//! Rules about what a channel can show, and about labels in every language.

use crate::domain::channel::Channel;
use crate::flow::diagnostic::Findings;
use crate::flow::model::{Choice, Flow, Text};
use crate::flow::read::Draft;
use crate::flow::tree::Node;

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    let flow = &draft.flow;
    for (step, node) in flow.steps.iter().zip(&draft.steps) {
        let items = node.get("options").map(Node::items).unwrap_or_default();
        for (option, item) in step.options.iter().zip(items) {
            label(flow, option, step.options.len(), item, findings);
            untranslated(flow, option, item, findings);
        }
        for channel in &flow.start.channels {
            length(flow, *channel, &step.say, step.options.len(), node, findings);
        }
    }
}

/// What people read on a channel of short labels.
fn shown<'a>(flow: &Flow, option: &'a Choice, language: &str) -> &'a str {
    let default = &flow.languages[0];
    let pick = |labels: &'a std::collections::BTreeMap<String, String>| {
        labels.get(language).or_else(|| labels.get(default))
    };
    pick(&option.short).or_else(|| pick(&option.label)).map_or(option.value.as_str(), String::as_str)
}

fn label(flow: &Flow, option: &Choice, options: usize, item: &Node, findings: &mut Findings) {
    for channel in &flow.start.channels {
        let Some(limit) = channel.label_limit(options) else { continue };
        for language in &flow.languages {
            let label = shown(flow, option, language);
            let long = label.chars().count();
            if long <= limit {
                continue;
            }
            let node = item.get("short").or(item.get("label")).or(item.get("value")).unwrap_or(item);
            let node = node.get(language).unwrap_or(node);
            let message = format!(
                "\"{label}\" has {long} characters; {} shows {limit} with {options} options",
                name(*channel)
            );
            findings
                .error("flow::label-too-long", node.place, message, format!("{} too many", long - limit))
                .help(if item.get("short").is_some() {
                    "make `short` shorter".to_owned()
                } else {
                    format!("add short = \"…\" with at most {limit} characters")
                });
        }
    }
}

fn untranslated(flow: &Flow, option: &Choice, item: &Node, findings: &mut Findings) {
    let words = option.value.chars().any(char::is_alphabetic);
    if flow.languages.len() > 1 && option.label.is_empty() && words && item.get("label").is_none() {
        let place = item.get("value").unwrap_or(item).place;
        let table: Vec<String> = flow.languages.iter().map(|code| format!("{code} = \"…\"")).collect();
        let message = format!("the option \"{}\" reads the same in every language", option.value);
        findings.warning("flow::untranslated-option", place, message, "no `label` by language").help(
            format!(
                "add label = {{ {} }}; the value stays what exports and conditions see",
                table.join(", ")
            ),
        );
    }
}

fn length(flow: &Flow, channel: Channel, say: &Text, options: usize, node: &Node, findings: &mut Findings) {
    let limit = channel.text_limit(options);
    for language in &flow.languages {
        let Some(text) = say.pick(channel, language, &flow.languages[0]) else { continue };
        let long = text.source().chars().count();
        if long > limit {
            let own = format!("say_{}", channel.as_str());
            let key = if node.get(&own).is_some() { own.as_str() } else { "say" };
            let message = format!("{long} characters; {} carries {limit} in one message", name(channel));
            findings
                .warning(
                    "flow::text-too-long",
                    node.value_place(key),
                    message,
                    format!("{} too many", long - limit),
                )
                .help(format!("shorten it, or write a shorter {own}"));
        }
    }
}

fn name(channel: Channel) -> &'static str {
    match channel {
        Channel::Sms => "a text message",
        Channel::Whatsapp => "WhatsApp",
        Channel::Voice => "a phone call",
        Channel::Web => "the web chat",
    }
}
