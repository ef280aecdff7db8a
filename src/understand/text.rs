//! Anything said.

use super::{Asked, Reader, Reading, Refusal};
use crate::domain::answer::Value;

/// Takes the words as they are, trimmed.
pub(super) struct Text;

impl Reader for Text {
    fn read(&self, text: &str, _asked: &Asked) -> Result<Reading, Refusal> {
        let said = text.trim();
        let start = text.len() - text.trim_start().len();
        Ok(Reading { value: Value::Text(said.to_owned()), span: start..start + said.len() })
    }
}
