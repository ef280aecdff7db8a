//! Questions of a flow: the open one as the chat shows it, and all of them as a list.

use crate::domain::answer::Kind;
use crate::domain::message::{Say, Shown};
use crate::flow::model::Flow;
use serde::Serialize;
use utoipa::ToSchema;

/// The open question.
#[derive(Debug, Serialize, ToSchema)]
pub struct Question {
    /// Its place among the questions of the flow's file, from 1.
    #[schema(example = 2)]
    pub id: usize,
    /// Its name in the flow.
    #[schema(example = "business_type")]
    pub key: String,
    /// The kind of answer.
    pub ask: Kind,
    /// What can be chosen; empty for kinds without options.
    pub options: Vec<Shown>,
    /// Whether "skip" is an answer.
    pub optional: bool,
    /// Whether more than one option can be chosen.
    pub multiple: bool,
}

impl Question {
    /// The question a sentence asks, if it asks one.
    pub fn of(flow: &Flow, say: Say) -> Option<Question> {
        let (key, ask) = (say.step?, say.ask?);
        Some(Question {
            id: position(flow, &key)?,
            ask,
            options: say.options,
            optional: say.optional,
            multiple: ask == Kind::Choices,
            key,
        })
    }
}

/// The place of a question among those of the file, from 1.
pub fn position(flow: &Flow, key: &str) -> Option<usize> {
    keys(flow).position(|id| id == key).map(|place| place + 1)
}

/// The question at a place among those of the file, from 1.
pub fn at_position(flow: &Flow, place: usize) -> Option<&str> {
    keys(flow).nth(place.checked_sub(1)?)
}

fn keys(flow: &Flow) -> impl Iterator<Item = &str> {
    flow.steps.iter().filter(|step| step.ask.is_some()).map(|step| step.id.as_str())
}
