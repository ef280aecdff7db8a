//! Texts, labels, templates and conditions.

use super::Builder;
use crate::domain::channel::Channel;
use crate::flow::diagnostic::Place;
use crate::flow::inside::inside;
use crate::flow::model::Text;
use crate::flow::suggest::did_you_mean;
use crate::flow::template::{Expression, Template, TemplateError};
use crate::flow::tree::{Node, Tree};
use std::collections::BTreeMap;

/// Which names a template or condition may use beyond the answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// What a step says; the step's index.
    Step(usize),
    /// A condition of a step's `go`.
    Branch(usize),
    /// A reminder: knows the open question.
    Reminder,
    /// A built-in text in the flow's own words.
    Builtin,
    /// A delivery's field.
    Delivery,
}

/// A template or condition and where it is written.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    /// The string's place.
    pub place: Place,
    /// Its content.
    pub source: String,
    /// Whether it is a condition.
    pub condition: bool,
    /// What it may name.
    pub scope: Scope,
}

impl Builder<'_> {
    /// The text under a key, with its wordings by channel (`say`, `say_voice` …).
    pub(super) fn text(&mut self, table: &Node, key: &str, scope: Scope) -> Text {
        let any = table.entry(key).map(|entry| self.by_language(&entry.node, key, scope)).unwrap_or_default();
        let mut by_channel = BTreeMap::new();
        for channel in Channel::ALL {
            let name = format!("{key}_{}", channel.as_str());
            if let Some(entry) = table.entry(&name) {
                by_channel.insert(channel, self.by_language(&entry.node, &name, scope));
            }
        }
        Text { any, by_channel }
    }

    /// A text by language.
    pub(super) fn by_language(&mut self, node: &Node, key: &str, scope: Scope) -> BTreeMap<String, Template> {
        let strings = self.translations(node, key);
        let mut templates = BTreeMap::new();
        for (language, text, place) in strings {
            if text.trim().is_empty() {
                self.findings
                    .error("flow::empty-text", place, format!("`{key}` says nothing"), "an empty text")
                    .help("write what is to be said, or leave the key out");
                continue;
            }
            if let Some(template) = self.template(&text, place, scope) {
                templates.insert(language, template);
            }
        }
        templates
    }

    /// A label by language.
    pub(super) fn label(&mut self, table: &Node, key: &str) -> BTreeMap<String, String> {
        let Some(node) = table.get(key) else { return BTreeMap::new() };
        let labels = self.translations(node, key);
        for (_, text, place) in &labels {
            self.plain(text, *place);
        }
        labels.into_iter().map(|(language, text, _)| (language, text)).collect()
    }

    /// Options are what people pick: their words are the same for everyone.
    pub(super) fn plain(&mut self, text: &str, place: Place) {
        if text.contains("{{") || text.contains("{%") {
            self.findings
                .error(
                    "flow::template-in-option",
                    place,
                    "options are shown as written, braces and all",
                    "not filled in",
                )
                .help("write the words themselves; texts such as `say` can have {{ names }}");
        }
    }

    /// The strings of a text with their languages; languages that are missing or unknown are findings.
    fn translations(&mut self, node: &Node, key: &str) -> Vec<(String, String, Place)> {
        let default = self.languages[0].clone();
        match &node.tree {
            Tree::Text(text) => {
                let others: Vec<&str> = self.languages[1..].iter().map(String::as_str).collect();
                if !others.is_empty() && speaks(text) {
                    let message = format!("`{key}` is in one language only; missing: {}", others.join(", "));
                    let table =
                        self.languages.iter().map(|code| format!("{code} = \"…\"")).collect::<Vec<_>>();
                    self.findings
                        .error("flow::missing-translation", node.place, message, format!("in {default} only"))
                        .help(format!("write a text for each language: {{ {} }}", table.join(", ")));
                }
                vec![(default, text.clone(), node.place)]
            }
            Tree::Table(entries) => {
                for entry in entries.iter().filter(|entry| !self.languages.contains(&entry.name)) {
                    let message =
                        format!("`{key}` has a text for \"{}\", which the flow does not speak", entry.name);
                    let help = did_you_mean(&entry.name, self.languages.iter().map(String::as_str));
                    self.findings
                        .error("flow::unknown-language", entry.place, message, "not in `languages`")
                        .maybe_help(help);
                }
                let missing: Vec<&str> = self
                    .languages
                    .iter()
                    .map(String::as_str)
                    .filter(|code| !entries.iter().any(|entry| entry.name == *code))
                    .collect();
                if !missing.is_empty() {
                    let message = format!("`{key}` has no text for: {}", missing.join(", "));
                    self.findings
                        .error("flow::missing-translation", node.place, message, "incomplete")
                        .help(format!("add {} = \"…\"", missing[0]));
                }
                let known = entries.iter().filter(|entry| self.languages.contains(&entry.name));
                known
                    .filter_map(|entry| {
                        Some((entry.name.clone(), entry.node.text()?.to_owned(), entry.node.place))
                    })
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    /// A compiled text; one that is not well-formed is a finding.
    pub(super) fn template(&mut self, text: &str, place: Place, scope: Scope) -> Option<Template> {
        match Template::new(text) {
            Ok(template) => {
                self.written.push(Written { place, source: text.to_owned(), condition: false, scope });
                Some(template)
            }
            Err(error) => {
                self.malformed(
                    "flow::bad-template",
                    "the text",
                    place,
                    &error,
                    "names stand in {{ two braces }}, as in {{ name or 'there' }}",
                );
                None
            }
        }
    }

    /// A compiled condition; one that is not well-formed is a finding.
    pub(super) fn condition(&mut self, node: &Node, scope: Scope) -> Option<Expression> {
        let source = node.text()?;
        match Expression::new(source) {
            Ok(expression) => {
                let source = source.to_owned();
                self.written.push(Written { place: node.place, source, condition: true, scope });
                Some(expression)
            }
            Err(error) => {
                self.malformed(
                    "flow::bad-condition",
                    "the condition",
                    node.place,
                    &error,
                    "for example: answer == 'Yes' and score >= 30",
                );
                None
            }
        }
    }

    fn malformed(&mut self, code: &'static str, what: &str, place: Place, error: &TemplateError, help: &str) {
        let place = error.range.clone().map_or(place, |range| inside(&self.findings, place, range));
        let message = format!("{what} cannot be read: {}", error.message);
        self.findings.error(code, place, message, "here").help(help);
    }
}

/// Whether a text has words of its own, outside `{{ … }}`, so that it differs between languages.
pub(super) fn speaks(text: &str) -> bool {
    let mut rest = text;
    while let Some(open) = rest.find("{{") {
        if rest[..open].chars().any(char::is_alphabetic) {
            return true;
        }
        rest = rest[open..].find("}}").map_or("", |close| &rest[open + close + 2..]);
    }
    rest.chars().any(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::speaks;

    #[test]
    fn only_words_need_a_translation() {
        for (text, expected) in [
            ("Hi", true),
            ("2–5", false),
            ("{{ question }}", false),
            ("{{ question }}!", false),
            ("{{ a }} b", true),
            ("👍", false),
        ] {
            assert_eq!(speaks(text), expected, "{text}");
        }
    }
}
