//! One of the options.

use super::options::{self, Pick};
use super::{Asked, Reader, Reading, Refusal};
use crate::domain::answer::Value;

/// The option named; two are ambiguous.
pub(super) struct Choice;

impl Reader for Choice {
    fn read(&self, text: &str, asked: &Asked) -> Result<Reading, Refusal> {
        match options::named(text, asked).as_slice() {
            [] => Err(Refusal::NotUnderstood),
            [Pick { option, span }] => {
                let value = Value::Choice(asked.options[*option].value.clone());
                Ok(Reading { value, span: span.clone() })
            }
            _ => Err(Refusal::Ambiguous),
        }
    }
}

#[cfg(test)]
mod tests;
