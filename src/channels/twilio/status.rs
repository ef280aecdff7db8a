//! How a message of ours fares, as Twilio reports it.

use crate::channels::twilio::form::Form;
use crate::channels::{ChannelError, DeliveryStatus, MessageRef, Part, StatusUpdate};

/// The address Twilio reports a message's fate to: `base` is our status webhook's public URL.
///
/// Our id goes along because a reply in TwiML has no id of Twilio's that we learn before the first report.
pub fn callback_url(base: &str, message: MessageRef) -> String {
    let joint = if base.contains('?') { '&' } else { '?' };
    format!("{base}{joint}message={message}")
}

/// The address one part of a message is reported to; `callback` is the whole message's.
pub fn part_url(callback: &str, part: Part) -> String {
    let joint = if callback.contains('?') { '&' } else { '?' };
    format!("{callback}{joint}part={}&parts={}", part.index, part.of)
}

/// The report in a verified form; `query` is that of the request's URL.
///
/// # Errors
/// `Malformed` where the message's id or its status is missing, or the status is none that Twilio documents.
pub fn status(form: &Form, query: Option<&str>) -> Result<StatusUpdate, ChannelError> {
    let provider_id = form.required(&["MessageSid", "SmsSid"])?;
    let word = form.required(&["MessageStatus", "SmsStatus"])?;
    // WhatsApp reports reading as an event beside a status that does not change.
    let word =
        if form.raw("EventType") == Some("READ") { "read".to_owned() } else { word.to_ascii_lowercase() };
    let status = DeliveryStatus::parse(&word)
        .ok_or_else(|| ChannelError::Malformed("the field MessageStatus has no known status".to_owned()))?;
    let ours = |wanted: &str| {
        let mut pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        pairs.find(|(name, _)| name == wanted).map(|(_, value)| value)
    };
    let number = |wanted: &str| ours(wanted)?.parse().ok();
    let part = match (number("part"), number("parts")) {
        (Some(index), Some(of)) => Part::new(index, of),
        _ => None,
    };
    Ok(StatusUpdate {
        provider_id,
        message_ref: ours("message").and_then(|id| MessageRef::parse(&id)),
        part: part.unwrap_or(Part::WHOLE),
        status,
        error_code: form.text("ErrorCode"),
    })
}

/// Whether a message was not delivered because its recipient wants nothing from us: 21610, they sent STOP; 63014, they blocked us
/// on WhatsApp (Twilio's error dictionary).
pub fn is_refused(update: &StatusUpdate) -> bool {
    update.status.is_failure() && matches!(update.error_code.as_deref(), Some("21610" | "63014"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> Form {
        let owned: Vec<(String, String)> =
            pairs.iter().map(|(n, v)| (n.to_string(), v.to_string())).collect();
        Form::from(owned)
    }

    fn key((tenant_id, conversation_id, seq): (i64, i64, i64)) -> MessageRef {
        MessageRef { tenant_id, conversation_id, seq }
    }

    #[test]
    fn reports() {
        let update = |status, message: Option<(i64, i64, i64)>, code: Option<&str>| StatusUpdate {
            provider_id: "SM1".into(),
            message_ref: message.map(key),
            part: Part::WHOLE,
            status,
            error_code: code.map(str::to_owned),
        };
        let sid = ("MessageSid", "SM1");
        let rows = [
            (
                "sent",
                vec![sid, ("MessageStatus", "sent")],
                Some("message=1-42-3"),
                update(DeliveryStatus::Sent, Some((1, 42, 3)), None),
            ),
            (
                "a failure with its reason",
                vec![sid, ("MessageStatus", "undelivered"), ("ErrorCode", "30003")],
                Some("x=1&message=1-7-2"),
                update(DeliveryStatus::Undelivered, Some((1, 7, 2)), Some("30003")),
            ),
            (
                "older names",
                vec![("SmsSid", "SM1"), ("SmsStatus", "delivered")],
                None,
                update(DeliveryStatus::Delivered, None, None),
            ),
            (
                "reading as an event",
                vec![sid, ("MessageStatus", "delivered"), ("EventType", "READ")],
                Some("message=abc"),
                update(DeliveryStatus::Read, None, None),
            ),
        ];
        for (label, pairs, query, expected) in rows {
            assert_eq!(status(&form(&pairs), query), Ok(expected), "{label}");
        }
    }

    #[test]
    fn refusals() {
        let rows = [
            ("no id", vec![("MessageStatus", "sent")], "MessageSid"),
            ("no status", vec![("MessageSid", "SM1")], "MessageStatus"),
            ("an unknown status", vec![("MessageSid", "SM1"), ("MessageStatus", "flown")], "MessageStatus"),
        ];
        for (label, pairs, named) in rows {
            let Err(ChannelError::Malformed(why)) = status(&form(&pairs), None) else { panic!("{label}") };
            assert!(why.contains(named), "{label}: {why}");
        }
    }

    #[test]
    fn our_id_comes_back() {
        for base in ["https://a.b/webhooks/twilio/status", "https://a.b/status?tenant=x"] {
            let url = callback_url(base, key((1, 123_456, 2)));
            let query = url.split_once('?').map(|(_, query)| query);
            let pairs = form(&[("MessageSid", "SM1"), ("MessageStatus", "queued")]);
            assert_eq!(status(&pairs, query).unwrap().message_ref, Some(key((1, 123_456, 2))), "{url}");
            let part = Part { index: 1, of: 3 };
            let url = part_url(&url, part);
            let update = status(&pairs, url.split_once('?').map(|(_, query)| query)).unwrap();
            assert_eq!((update.message_ref, update.part), (Some(key((1, 123_456, 2))), part), "{url}");
        }
    }
}
