//! Templates: what WhatsApp takes where free words are not allowed any more.

use super::{field, form};
use crate::channels::Part;
use crate::channels::twilio::status::part_url;
use crate::domain::sending::{Dispatch, DispatchKind};

/// An approved template by its ContentSid, without variables, as one message to `to`. Its fate is reported to `status_callback`.
pub fn template(content_sid: &str, to: &str, status_callback: &str) -> Dispatch {
    let callback = part_url(status_callback, Part::WHOLE);
    let body = form([("To", to), ("ContentSid", content_sid), ("StatusCallback", &callback)]);
    Dispatch { kind: DispatchKind::TwilioMessage, to: to.to_owned(), body }
}

/// Whether a message's form is that of a template.
pub fn is_template(body: &str) -> bool {
    field(body, "ContentSid").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_has_no_words_of_its_own() {
        let made = template(
            "HX00000000000000000000000000000000",
            "whatsapp:+919876543210",
            "https://a.b/s?message=1-2-3",
        );
        assert_eq!((made.kind, made.to.as_str()), (DispatchKind::TwilioMessage, "whatsapp:+919876543210"));
        assert_eq!(
            made.body,
            "To=whatsapp%3A%2B919876543210&ContentSid=HX00000000000000000000000000000000\
             &StatusCallback=https%3A%2F%2Fa.b%2Fs%3Fmessage%3D1-2-3%26part%3D0%26parts%3D1"
        );
    }
}
