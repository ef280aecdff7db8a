//! Compares a document with the table of keys: unknown keys, missing keys, values of the wrong kind.

use crate::flow::diagnostic::Findings;
use crate::flow::duration;
use crate::flow::keys::{Key, Object, Shape};
use crate::flow::suggest::did_you_mean;
use crate::flow::tree::{Node, Tree};

/// Checks a table against its keys, all the way down.
pub fn check(node: &Node, object: &Object, findings: &mut Findings) {
    for entry in node.entries() {
        let Some(key) = object.key(&entry.name) else {
            let message = format!("`{}` is not a key of {}", entry.name, object.name);
            let help = did_you_mean(&entry.name, object.names());
            findings.error("flow::unknown-key", entry.place, message, "unknown key").maybe_help(help);
            continue;
        };
        value(&entry.node, &key.shape, key, findings);
    }
    for key in object.keys.iter().filter(|key| key.required && node.entry(key.name).is_none()) {
        let message = format!("{} has no `{}`", object.name, key.name);
        findings
            .error("flow::missing-key", node.place, message, format!("`{}` belongs here", key.name))
            .help(format!("{} Write: {} = {}", key.doc, key.name, key.example));
    }
}

fn value(node: &Node, shape: &Shape, key: &Key, findings: &mut Findings) {
    match (shape, &node.tree) {
        (Shape::Any, _)
        | (Shape::Word | Shape::Template | Shape::Condition | Shape::Step, Tree::Text(_))
        | (Shape::Text | Shape::Label, Tree::Text(_))
        | (Shape::Number, Tree::Whole(_) | Tree::Fraction(_))
        | (Shape::Flag, Tree::Flag(_))
        | (Shape::Moment, Tree::Moment(_)) => {}
        (Shape::Text | Shape::Label, Tree::Table(entries)) => {
            for entry in entries.iter().filter(|entry| entry.node.text().is_none()) {
                wrong(&entry.node, &Shape::Word, key, findings);
            }
        }
        (Shape::Whole(least), Tree::Whole(number)) => {
            if number < least {
                let message = format!("`{}` must be {}, not {number}", key.name, shape.describe());
                findings.error("flow::wrong-value", node.place, message, "too small");
            }
        }
        (Shape::Duration, Tree::Text(text)) => {
            if duration::parse(text).is_none() {
                let message = format!("\"{text}\" is not a length of time");
                findings.error("flow::bad-duration", node.place, message, "cannot be read").help(
                    "write a number with s, m, h or d: \"30s\", \"2m\", \"1h\", \"3d\"; a year at most",
                );
            }
        }
        (Shape::Moment, Tree::Text(text)) => {
            if text.parse::<jiff::civil::DateTime>().is_err() {
                wrong(node, shape, key, findings);
            }
        }
        (Shape::OneOf(words), Tree::Text(text)) => {
            let words = words();
            if !words.contains(&text.as_str()) {
                unknown_word(node, text, &words, key, findings);
            }
        }
        (Shape::List(item), Tree::List(items)) | (Shape::OneOrList(item), Tree::List(items)) => {
            items.iter().for_each(|node| value(node, item, key, findings));
        }
        (Shape::OneOrList(item), _) => value(node, item, key, findings),
        (Shape::Map(_, item), Tree::Table(entries)) => {
            entries.iter().for_each(|entry| value(&entry.node, item, key, findings));
        }
        (Shape::MapOf(words, item), Tree::Table(entries)) => {
            let words = words();
            for entry in entries {
                if !words.contains(&entry.name.as_str()) {
                    let message = format!("`{}` is not a key of [{}]", entry.name, key.name);
                    let help = did_you_mean(&entry.name, words.iter().copied());
                    findings.error("flow::unknown-key", entry.place, message, "unknown key").maybe_help(help);
                    continue;
                }
                value(&entry.node, item, key, findings);
            }
        }
        (Shape::Table(object), Tree::Table(_)) => check(node, object, findings),
        (Shape::Either(Shape::Table(object), _) | Shape::Either(_, Shape::Table(object)), Tree::Table(_)) => {
            check(node, object, findings);
        }
        (Shape::Either(list @ Shape::List(_), _), Tree::List(_)) => value(node, list, key, findings),
        (Shape::Either(_, map @ Shape::Map(..)), Tree::Table(_)) => value(node, map, key, findings),
        (Shape::Either(one, _), Tree::Text(_) | Tree::Whole(_)) => value(node, one, key, findings),
        _ => wrong(node, shape, key, findings),
    }
}

fn unknown_word(node: &Node, text: &str, words: &[&'static str], key: &Key, findings: &mut Findings) {
    let (code, message) = match key.name {
        "ask" => ("flow::unknown-ask", format!("there is no kind of answer \"{text}\"")),
        "off" => ("flow::unknown-command", format!("there is no built-in command \"{text}\"")),
        "channel" | "channels" => ("flow::unknown-channel", format!("there is no channel \"{text}\"")),
        name => ("flow::wrong-value", format!("\"{text}\" is not a value of `{name}`")),
    };
    let help = did_you_mean(text, words.iter().copied());
    findings.error(code, node.place, message, "unknown").maybe_help(help);
}

fn wrong(node: &Node, shape: &Shape, key: &Key, findings: &mut Findings) {
    let message = format!("`{}` must be {}, not {}", key.name, shape.describe(), node.kind());
    findings
        .error("flow::wrong-type", node.place, message, format!("this is {}", node.kind()))
        .help(format!("for example: {} = {}", key.name, key.example));
}
