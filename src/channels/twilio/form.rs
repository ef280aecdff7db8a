//! The form Twilio posts, decoded once for the signature and for the fields.

use crate::channels::ChannelError;
use crate::domain::text::clean;

/// Decoded names and values in the order they came, repeats and empty values kept: the signature covers all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// The form in a body of this content type. Any bytes make a form; what is missing in it shows when it is read.
    ///
    /// # Errors
    /// `UnsupportedType` for any other content type, also for none.
    pub fn parse(content_type: Option<&str>, body: &[u8]) -> Result<Form, ChannelError> {
        let kind = content_type.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(ChannelError::UnsupportedType);
        }
        Ok(Form(form_urlencoded::parse(body).into_owned().collect()))
    }

    /// All pairs as they came.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// The first value of that name as it came, unless it is empty (Twilio sends empty fields for unknown ones).
    pub fn raw(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(key, _)| key == name)?;
        (!value.is_empty()).then_some(value)
    }

    /// The first value of that name without control characters, unless nothing is left of it.
    pub fn text(&self, name: &str) -> Option<String> {
        Some(clean(self.raw(name)?).into_owned()).filter(|text| !text.trim().is_empty())
    }

    /// The first of these fields that has a value.
    ///
    /// # Errors
    /// `Malformed`, naming the first field.
    pub fn required(&self, names: &[&str]) -> Result<String, ChannelError> {
        let missing = || ChannelError::Malformed(format!("the field {} is missing", names[0]));
        names.iter().find_map(|name| self.text(name)).ok_or_else(missing)
    }
}

impl From<Vec<(String, String)>> for Form {
    fn from(pairs: Vec<(String, String)>) -> Self {
        Form(pairs)
    }
}
