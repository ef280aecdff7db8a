//! The names texts and conditions can use, looked up only where a text or condition uses them.

use super::view::View;
use crate::domain::answer::Value;
use crate::flow::template::Scope;
use minijinja::value::Serde;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

impl View<'_> {
    /// A scope with those of `names` that mean something here. `answer` is the answer just given; `extra` goes before all.
    pub fn scope(&self, names: &BTreeSet<String>, answer: Option<&Value>, extra: &[(&str, &str)]) -> Scope {
        let known = names.iter().filter_map(|name| {
            let value = extra.iter().find(|(key, _)| key == name).map(|(_, text)| Scope::from(*text));
            Some((name.clone(), value.or_else(|| self.name(name, answer))?))
        });
        Scope::from_pairs(known)
    }

    fn name(&self, name: &str, answer: Option<&Value>) -> Option<Scope> {
        let standing = &self.state.standing;
        match name {
            "answer" => answer.map(|value| Scope::from(Serde(value.as_json()))),
            "score" => Some(Scope::from(standing.score)),
            "class" => Some(Scope::from(standing.class.as_str())),
            "channel" => Some(Scope::from(self.person.channel.as_str())),
            "language" => Some(Scope::from(standing.language.as_str())),
            "lead" => Some(Scope::from(Serde(self.lead()))),
            _ => self.answered(name).or_else(|| self.field(name).map(|value| Scope::from(Serde(value)))),
        }
    }

    fn answered(&self, step: &str) -> Option<Scope> {
        let left = self.state.answer(step)?;
        left.value.as_ref().map(|value| Scope::from(Serde(value.as_json())))
    }

    fn field(&self, name: &str) -> Option<&Json> {
        self.state.standing.fields.get(name).or_else(|| self.state.known.get(name))
    }

    /// Everything known of the lead: before the conversation and by it.
    pub fn lead(&self) -> BTreeMap<&str, &Json> {
        let fields = self.state.known.iter().chain(&self.state.standing.fields);
        fields.map(|(name, value)| (name.as_str(), value)).collect()
    }
}
