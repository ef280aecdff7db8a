//! Steps, options and branches.

use super::{Builder, Scope, word, words};
use crate::domain::answer::Kind;
use crate::flow::model::{Choice, Go, Step, Wording};
use crate::flow::tree::{Node, Tree};
use crate::understand::OptionWords;
use std::collections::BTreeMap;

impl Builder<'_> {
    pub(super) fn step(&mut self, index: usize) -> Step {
        let steps = self.steps;
        let node = &steps[index];
        let id = word(node, "id").unwrap_or_default();
        let ask = node.get("ask").and_then(Node::text).and_then(Kind::parse);
        let scope = Scope::Step(index);
        let save = word(node, "save").or_else(|| ask.map(|_| id.clone())).unwrap_or_default();
        let (options, option_words) = self.options(node);
        Step {
            ask,
            stage: word(node, "stage"),
            say: self.text(node, "say", scope),
            variant: self.variants(node, scope),
            options,
            words: option_words,
            menu: word(node, "menu"),
            save,
            retry: self.text(node, "retry", scope),
            tries: node.get("tries").and_then(Node::whole).and_then(|tries| u32::try_from(tries).ok()),
            give_up: node.get("give_up").and_then(|to| self.reference(to, "give_up")),
            optional: node.get("optional").and_then(Node::flag).unwrap_or(false),
            go: self.branches(node, index),
            end: word(node, "end"),
            min: node.get("min").and_then(decimal),
            max: node.get("max").and_then(decimal),
            id,
        }
    }

    fn variants(&mut self, node: &Node, scope: Scope) -> BTreeMap<String, BTreeMap<String, Wording>> {
        let mut variants: BTreeMap<String, BTreeMap<String, Wording>> = BTreeMap::new();
        for experiment in node.get("variant").map(Node::entries).unwrap_or_default() {
            for variant in experiment.node.entries() {
                let say = self.text(&variant.node, "say", scope);
                let retry = self.text(&variant.node, "retry", scope);
                variants
                    .entry(experiment.name.clone())
                    .or_default()
                    .insert(variant.name.clone(), Wording { say, retry });
            }
        }
        variants
    }

    fn options(&mut self, node: &Node) -> (Vec<Choice>, Vec<OptionWords>) {
        let items = node.get("options").map(Node::items).unwrap_or_default();
        let mut choices = Vec::new();
        let mut all_words = Vec::new();
        for item in items {
            let value = if item.text().is_some() { Some(item) } else { item.get("value") };
            if let Some((text, place)) = value.and_then(|value| Some((value.text()?, value.place))) {
                self.plain(text, place);
            }
            let choice = match &item.tree {
                Tree::Text(value) => Choice { value: value.clone(), ..Choice::default() },
                Tree::Table(_) => Choice {
                    value: word(item, "value").unwrap_or_default(),
                    label: self.label(item, "label"),
                    short: self.label(item, "short"),
                    points: item.get("points").and_then(Node::whole).unwrap_or(0),
                    event: word(item, "event"),
                    declines: item.get("declines").and_then(Node::flag).unwrap_or(false),
                    to: item.get("to").and_then(|to| self.reference(to, "to")),
                },
                _ => Choice::default(),
            };
            let mut said: Vec<String> = Vec::new();
            let labels = choice.label.values().chain(choice.short.values()).cloned();
            for word in std::iter::once(choice.value.clone()).chain(labels).chain(words(item, "also")) {
                if !word.trim().is_empty() && !said.contains(&word) {
                    said.push(word);
                }
            }
            all_words.push(OptionWords { value: choice.value.clone(), words: said });
            choices.push(choice);
        }
        (choices, all_words)
    }

    fn branches(&mut self, node: &Node, index: usize) -> Vec<Go> {
        let mut branches = Vec::new();
        for item in node.get("go").map(Node::items).unwrap_or_default() {
            let written = item.get("when");
            let when = written.and_then(|when| self.condition(when, Scope::Branch(index)));
            let to = item.get("to").and_then(|to| self.reference(to, "to"));
            // A broken condition must not read as "always".
            if let Some(to) = to
                && written.is_some() == when.is_some()
            {
                branches.push(Go { when, to });
            }
        }
        branches
    }
}

pub(super) fn decimal(node: &Node) -> Option<rust_decimal::Decimal> {
    match &node.tree {
        Tree::Whole(number) => Some((*number).into()),
        Tree::Fraction(number) => {
            number.parse().ok().or_else(|| rust_decimal::Decimal::from_scientific(number).ok())
        }
        _ => None,
    }
}
