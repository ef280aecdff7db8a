//! Messages.

use super::{FORM, Settings, field, form};
use crate::channels::Part;
use crate::channels::twilio::segments::segments;
use crate::channels::twilio::status::part_url;
use crate::channels::twilio::twiml::parts;
use crate::domain::channel::Channel;
use crate::domain::message::Say;
use crate::domain::sending::{Dispatch, DispatchKind, Method, Outgoing};

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

/// The same message, sent from this number of ours rather than the account's.
pub fn from(ours: &str, mut dispatch: Dispatch) -> Dispatch {
    dispatch.body.push('&');
    dispatch.body.push_str(&form([("From", ours)]));
    dispatch
}

/// The request that sends a message.
///
/// # Errors
/// Where nothing says from which number; what to do about it.
pub fn message(dispatch: &Dispatch, settings: &Settings) -> Result<Outgoing, String> {
    let mut body = dispatch.body.clone();
    let names_sender = |name: &str| field(&dispatch.body, name).is_some();
    if !names_sender("From") && !names_sender("MessagingServiceSid") {
        let from = settings.from.as_deref().ok_or("there is no number to send from: set TWILIO_FROM")?;
        body.push('&');
        body.push_str(&sender(from, &dispatch.to));
    }
    Ok(Outgoing {
        url: settings.url("Messages.json"),
        method: Method::Post,
        headers: Vec::new(),
        authorization: settings.authorization(),
        content_type: FORM,
        body,
    })
}

/// The field that names the sender; by WhatsApp both sides carry the prefix.
fn sender(from: &str, to: &str) -> String {
    let prefix = "whatsapp:";
    if from.starts_with("MG") {
        form([("MessagingServiceSid", from)])
    } else if to.starts_with(prefix) && !from.starts_with(prefix) {
        form([("From", format!("{prefix}{from}").as_str())])
    } else {
        form([("From", from)])
    }
}

/// What a message costs of the sender's throughput: its SMS; by WhatsApp a message is one.
pub fn segments_of(body: &str) -> usize {
    if field(body, "To").is_some_and(|to| to.starts_with("whatsapp:")) {
        return 1;
    }
    segments(&field(body, "Body").unwrap_or_default()).count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sending::Authorization;
    use std::collections::BTreeMap;

    fn say(text: &str) -> Say {
        let json = serde_json::json!({"text": text, "language": "en"});
        serde_json::from_value(json).unwrap()
    }

    fn settings(from: Option<&str>) -> Settings {
        Settings {
            api_base: "https://api.twilio.com".to_owned(),
            account_sid: "AC1".to_owned(),
            token: "token".into(),
            from: from.map(str::to_owned),
        }
    }

    fn fields(body: &str) -> BTreeMap<String, String> {
        form_urlencoded::parse(body.as_bytes()).into_owned().collect()
    }

    #[test]
    fn a_reply_is_a_form_that_names_its_callback() {
        let callback = "https://bot.example.com/webhooks/twilio/status?message=1-2-3";
        let made = dispatches(&[say("Hello & welcome"), say("Yes?")], Channel::Sms, "+14155550123", callback);
        assert_eq!(made.len(), 1);
        let outgoing = message(&made[0], &settings(Some("+15005550006"))).unwrap();
        assert_eq!(outgoing.url, "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json");
        assert!(matches!(&outgoing.authorization, Authorization::Basic { user, .. } if user == "AC1"));
        let sent = fields(&outgoing.body);
        assert_eq!(sent["To"], "+14155550123");
        assert_eq!(sent["From"], "+15005550006");
        assert_eq!(sent["Body"], "Hello & welcome\n\nYes?");
        assert_eq!(sent["StatusCallback"], format!("{callback}&part=0&parts=1"));
        assert_eq!(sent.len(), 4);
    }

    #[test]
    fn a_long_reply_is_several_and_each_reports_for_itself() {
        let long = "A sentence of some length. ".repeat(120);
        let made =
            dispatches(&[say(&long)], Channel::Sms, "+14155550123", "https://x.example/s?message=1-2-3");
        assert!(made.len() > 1);
        for (index, dispatch) in made.iter().enumerate() {
            let sent = fields(&dispatch.body);
            assert!(sent["StatusCallback"].ends_with(&format!("&part={index}&parts={}", made.len())));
            assert!(segments_of(&dispatch.body) <= 10);
        }
        assert!(segments_of(&made[0].body) > 1);
    }

    #[test]
    fn who_sends() {
        let to_sms = ("+14155550123", "To=%2B14155550123&Body=x");
        let to_whatsapp = ("whatsapp:+14155550123", "To=whatsapp%3A%2B14155550123&Body=x");
        let rows = [
            ("a number", to_sms, Some("+15005550006"), "From", Some("+15005550006")),
            ("a service", to_sms, Some("MG00"), "MessagingServiceSid", Some("MG00")),
            ("by WhatsApp", to_whatsapp, Some("+15005550006"), "From", Some("whatsapp:+15005550006")),
            ("with its prefix", to_whatsapp, Some("whatsapp:+1500"), "From", Some("whatsapp:+1500")),
            ("its own", ("+1", "To=%2B1&From=%2B2&Body=x"), Some("+3"), "From", Some("+2")),
            ("nobody", to_sms, None, "From", None),
        ];
        for (label, (to, body), from, name, expected) in rows {
            let dispatch =
                Dispatch { kind: DispatchKind::TwilioMessage, to: to.to_owned(), body: body.to_owned() };
            let sent = message(&dispatch, &settings(from)).ok();
            let value = sent.and_then(|outgoing| fields(&outgoing.body).get(name).cloned());
            assert_eq!(value.as_deref(), expected, "{label}");
        }
    }
}
