//! What we send by Twilio's API, as forms for `Messages.json` of the 2010-04-01 API.

mod message;
mod template;

pub use message::dispatches;
pub use template::template;

/// A form's body.
fn form<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}
