//! What a person sees: steps, options and built-in texts in their channel, language and variants.

use super::{Person, State};
use crate::domain::answer::Value;
use crate::domain::message::{Say, Shown};
use crate::flow::model::{Choice, Flow, Step, Text};
use crate::flow::template::Template;
use crate::flow::texts::{TextKey, builtin_template, own};
use std::collections::BTreeMap;

/// Why an answer is asked for again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// It could not be read.
    Refused,
    /// It is beyond the limits the step names.
    Beyond,
}

/// A conversation as it stands, for reading only.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub flow: &'a Flow,
    pub person: &'a Person<'a>,
    pub state: &'a State,
}

impl View<'_> {
    /// A text filled in. One that cannot be filled in is said as written: silence would leave the person stuck.
    pub fn fill(&self, template: &Template, extra: &[(&str, &str)]) -> String {
        if template.is_plain() {
            return template.source().to_owned();
        }
        let scope = self.scope(template.names(), None, extra);
        template.render(&scope).unwrap_or_else(|_| template.source().to_owned())
    }

    /// The wording of a text for this channel and language; empty where there is none.
    pub fn text(&self, text: &Text, extra: &[(&str, &str)]) -> String {
        let default = self.flow.languages.first().map_or("en", String::as_str);
        let template = text.pick(self.person.channel, self.state.language(), default);
        template.map_or_else(String::new, |template| self.fill(template, extra).trim().to_owned())
    }

    /// What a step says, with its question and options where it asks.
    pub fn say(&self, step: usize) -> Say {
        let step = &self.flow.steps[step];
        self.asking(step, self.text(self.worded(step, |wording| &wording.say).unwrap_or(&step.say), &[]))
    }

    /// A sentence of its own.
    pub fn tell(&self, text: String) -> Say {
        Say {
            text,
            language: self.state.language().to_owned(),
            step: None,
            ask: None,
            options: Vec::new(),
            optional: false,
        }
    }

    /// A sentence that asks a step's question.
    pub fn asking(&self, step: &Step, text: String) -> Say {
        if step.ask.is_none() {
            return self.tell(text);
        }
        Say {
            text,
            language: self.state.language().to_owned(),
            step: Some(step.id.clone()),
            ask: step.ask,
            options: step.options.iter().map(|choice| self.shown(choice)).collect(),
            optional: step.optional,
        }
    }

    /// What is said when an answer to the step cannot be read.
    pub fn retry(&self, step: &Step, unread: Unread) -> Say {
        let own = self.worded(step, |wording| &wording.retry).unwrap_or(&step.retry);
        let text = self.text(own, &[]);
        if !text.is_empty() {
            return self.tell(text);
        }
        let end = |end: Option<rust_decimal::Decimal>| end.map_or_else(String::new, |end| end.to_string());
        match unread {
            Unread::Beyond => {
                self.builtin(TextKey::RetryLimits, &[("min", &end(step.min)), ("max", &end(step.max))])
            }
            Unread::Refused => self.builtin(step.ask.map_or(TextKey::Retry, TextKey::retry), &[]),
        }
    }

    /// A built-in text in the flow's wording, else in ours.
    pub fn builtin(&self, key: TextKey, extra: &[(&str, &str)]) -> Say {
        let language = self.state.language();
        let text = match own(self.flow, key, self.person.channel, language) {
            Some(template) => self.fill(template, extra),
            None => self.fill(builtin_template(self.person.channel, key, language), extra),
        };
        self.tell(text.trim().to_owned())
    }

    /// An option's label in the language spoken.
    pub fn label<'b>(&self, choice: &'b Choice) -> &'b str {
        self.in_language(&choice.label).unwrap_or(&choice.value)
    }

    /// A value as the person reads it: options by their labels.
    pub fn read_aloud(&self, step: &Step, value: &Value) -> String {
        let picked = super::path::picked(step, Some(value));
        if picked.is_empty() {
            return value.to_string();
        }
        picked.into_iter().map(|choice| self.label(choice)).collect::<Vec<_>>().join(", ")
    }

    fn shown(&self, choice: &Choice) -> Shown {
        Shown {
            value: choice.value.clone(),
            label: self.label(choice).to_owned(),
            short: self.in_language(&choice.short).map(str::to_owned),
        }
    }

    fn in_language<'b>(&self, texts: &'b BTreeMap<String, String>) -> Option<&'b str> {
        let default = self.flow.languages.first().map_or("en", String::as_str);
        texts.get(self.state.language()).or_else(|| texts.get(default)).map(String::as_str)
    }

    /// The wording a variant of this person puts in place of a step's own.
    fn worded<'b>(
        &self,
        step: &'b Step,
        part: impl Fn(&'b crate::flow::model::Wording) -> &'b Text,
    ) -> Option<&'b Text> {
        step.variant.iter().find_map(|(experiment, wordings)| {
            let wording = wordings.get(self.state.variants.get(experiment)?)?;
            Some(part(wording)).filter(|text| !text.is_empty())
        })
    }
}
