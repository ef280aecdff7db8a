//! `[[test]]`: transcripts and what must hold at their end.

use super::{Builder, word};
use crate::domain::channel::Channel;
use crate::domain::score::Class;
use crate::flow::diagnostic::position;
use crate::flow::duration;
use crate::flow::inside::inside;
use crate::flow::model::{Expect, Flow, Line, TranscriptTest};
use crate::flow::tree::{Node, Tree};
use std::collections::BTreeMap;

impl Builder<'_> {
    pub(super) fn tests(&mut self, flow: &Flow) -> Vec<TranscriptTest> {
        let mut tests = Vec::new();
        for table in self.root.get("test").map(Node::items).unwrap_or_default() {
            let channel = table.get("channel").and_then(Node::text).and_then(Channel::parse);
            let channel = channel.or(flow.start.channels.first().copied()).unwrap_or(Channel::Web);
            tests.push(TranscriptTest {
                name: word(table, "name").unwrap_or_default(),
                channel,
                language: word(table, "language"),
                variants: strings(table.get("variants")),
                now: table.get("now").and_then(moment),
                chat: table.get("chat").map(|chat| self.chat(chat)).unwrap_or_default(),
                expect: table.get("expect").map(expect).unwrap_or_default(),
                line: position(&self.findings.files[table.place.file].text, table.place.start).0,
            });
        }
        tests
    }

    fn chat(&mut self, node: &Node) -> Vec<Line> {
        let Some(text) = node.text() else { return Vec::new() };
        let mut lines = Vec::new();
        let mut at = 0;
        for raw in text.split_inclusive('\n') {
            let line = raw.trim();
            let start = at + (raw.len() - raw.trim_start().len());
            at += raw.len();
            let (mark, rest) = line.split_at_checked(1).unwrap_or(("", line));
            match mark {
                "<" => lines.push(Line::Says(rest.trim().to_owned())),
                ">" => lines.push(Line::Expects(rest.trim().to_owned())),
                "@" if duration::parse(rest).is_some() => {
                    lines.extend(duration::parse(rest).map(Line::Waits));
                }
                _ if line.is_empty() => {}
                _ => {
                    let place = inside(&self.findings, node.place, start..start + line.len());
                    let (message, help) = if mark == "@" {
                        ("this is not a length of time", "write `@ 2h`: a number with s, m, h or d")
                    } else {
                        (
                            "a line of a test begins with <, > or @",
                            "`< hi` the person says, `> Welcome!` we say, `@ 2h` time passes",
                        )
                    };
                    self.findings.error("flow::bad-test", place, message, "cannot be played").help(help);
                }
            }
        }
        if lines.is_empty() {
            self.findings
                .error("flow::bad-test", node.place, "the test has no lines", "nothing to play")
                .help("`< hi` the person says, `> Welcome!` we say");
        }
        lines
    }
}

fn expect(node: &Node) -> Expect {
    Expect {
        score: node.get("score").and_then(Node::whole),
        class: match node.get("class").and_then(Node::text) {
            Some("SQL") => Some(Class::Sql),
            Some("MQL") => Some(Class::Mql),
            Some("Unqualified") => Some(Class::Unqualified),
            _ => None,
        },
        outcome: word(node, "outcome"),
        answers: values(node.get("answers")),
        lead: values(node.get("lead")),
        variants: strings(node.get("variants")),
        delivered: node
            .get("delivered")
            .map(Node::entries)
            .unwrap_or_default()
            .iter()
            .map(|entry| (entry.name.clone(), strings(Some(&entry.node))))
            .collect(),
    }
}

fn strings(node: Option<&Node>) -> BTreeMap<String, String> {
    let entries = node.map(Node::entries).unwrap_or_default();
    entries.iter().filter_map(|entry| Some((entry.name.clone(), entry.node.text()?.to_owned()))).collect()
}

fn values(node: Option<&Node>) -> BTreeMap<String, serde_json::Value> {
    let entries = node.map(Node::entries).unwrap_or_default();
    entries.iter().map(|entry| (entry.name.clone(), json(&entry.node))).collect()
}

/// A value as plain JSON; dates and times as their text.
fn json(node: &Node) -> serde_json::Value {
    match &node.tree {
        Tree::Text(text) | Tree::Moment(text) => serde_json::json!(text),
        Tree::Whole(number) => serde_json::json!(number),
        Tree::Fraction(number) => serde_json::json!(number.parse::<f64>().unwrap_or_default()),
        Tree::Flag(flag) => serde_json::json!(flag),
        Tree::List(items) => items.iter().map(json).collect(),
        Tree::Table(entries) => serde_json::Value::Object(
            entries.iter().map(|entry| (entry.name.clone(), json(&entry.node))).collect(),
        ),
    }
}

fn moment(node: &Node) -> Option<jiff::civil::DateTime> {
    match &node.tree {
        Tree::Text(text) | Tree::Moment(text) => text.parse().ok(),
        _ => None,
    }
}
