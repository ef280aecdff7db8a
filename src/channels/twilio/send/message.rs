//! Messages.

use super::form;
use crate::channels::Part;
use crate::channels::twilio::status::part_url;
use crate::channels::twilio::twiml::parts;
use crate::domain::channel::Channel;
use crate::domain::message::Say;
use crate::domain::sending::{Dispatch, DispatchKind};

/// What is said in one turn, as messages to `to`: one, divided only where it is too long, as in a reply by TwiML. Their fate is
/// reported to `status_callback`.
pub fn dispatches(says: &[Say], channel: Channel, to: &str, status_callback: &str) -> Vec<Dispatch> {
    let parts = parts(says, channel);
    let of = parts.len();
    let dispatch = |(index, text): (usize, &String)| {
        let callback = part_url(status_callback, Part { index, of });
        let body = form([("To", to), ("Body", text), ("StatusCallback", &callback)]);
        Dispatch { kind: DispatchKind::TwilioMessage, to: to.to_owned(), body }
    };
    parts.iter().enumerate().map(dispatch).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_a_form_that_names_its_callback() {
        let json = serde_json::json!({"text": "Hello & welcome", "language": "en"});
        let say: Say = serde_json::from_value(json).unwrap();
        let callback = "https://bot.example.com/webhooks/twilio/status?message=1-2-3";
        let made = dispatches(&[say], Channel::Sms, "+14155550123", callback);
        assert_eq!(made.len(), 1);
        let fields: Vec<(String, String)> =
            form_urlencoded::parse(made[0].body.as_bytes()).into_owned().collect();
        let expected = [
            ("To", "+14155550123".to_owned()),
            ("Body", "Hello & welcome".to_owned()),
            ("StatusCallback", format!("{callback}&part=0&parts=1")),
        ];
        assert_eq!(fields, expected.map(|(name, value)| (name.to_owned(), value)));
    }
}
