//! What webhooks have in common: one JSON document is posted to a secret address.

use crate::domain::sending::{Authorization, Method, Outgoing};
use crate::notify::{Message, Outcome};
use serde_json::Value as Json;

/// The longest code of an answer that is shown, in characters.
const LONGEST_CODE: usize = 60;

/// The request that posts it. The address is used byte for byte.
pub(in crate::notify) fn post(url: String, body: &Json) -> Message {
    Message::Http(Outgoing {
        url,
        method: Method::Post,
        authorization: Authorization::None,
        headers: Vec::new(),
        content_type: "application/json",
        body: body.to_string(),
    })
}

/// What a status means that does not say the message was taken. `code` is the answer's own word for it, shown where it is a code and
/// not a sentence: sentences may repeat what was sent, or to where.
///
/// A 500, 502 or 504 says nothing about whether it was shown before the trouble; a 429 or 503 was not taken.
pub(in crate::notify) fn by_status(medium: &str, status: u16, code: &str) -> Outcome {
    let is_code = !code.is_empty()
        && code.len() <= LONGEST_CODE
        && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let code = if is_code { format!(" ({code})") } else { String::new() };
    let reason = format!("{medium} answered {status}{code}");
    match status {
        408 | 425 | 429 | 503 => Outcome::Retry { reason, after_ms: None },
        401 | 403 | 404 | 410 => {
            Outcome::Refused { reason: format!("{reason}: the webhook is gone; make a new one") }
        }
        300..400 => Outcome::Refused {
            reason: format!("{reason}: the message was sent elsewhere; check the webhook's address"),
        },
        400..500 => Outcome::Refused { reason: format!("{reason}: the message was not accepted") },
        _ => Outcome::Unknown { reason },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_statuses_mean() {
        let rows = [
            (429, "retry"),
            (503, "retry"),
            (408, "retry"),
            (500, "unknown"),
            (502, "unknown"),
            (504, "unknown"),
            (200, "unknown"),
            (0, "unknown"),
            (301, "refused"),
            (400, "refused"),
            (401, "refused"),
            (403, "refused"),
            (404, "refused"),
            (410, "refused"),
            (413, "refused"),
        ];
        for (status, expected) in rows {
            let name = match by_status("Slack", status, "") {
                Outcome::Sent => "sent",
                Outcome::Retry { .. } => "retry",
                Outcome::Refused { .. } => "refused",
                Outcome::Unknown { .. } => "unknown",
            };
            assert_eq!(name, expected, "{status}");
        }
    }

    #[test]
    fn why() {
        let rows = [
            ("a code", "no_service", "Slack answered 500 (no_service)"),
            ("a sentence", "of +15551234567", "Slack answered 500"),
            ("an address", "https://hooks.example/T0/B0/secret", "Slack answered 500"),
            ("too long", &"x".repeat(61), "Slack answered 500"),
            ("nothing", "", "Slack answered 500"),
        ];
        for (label, code, expected) in rows {
            assert_eq!(
                by_status("Slack", 500, code),
                Outcome::Unknown { reason: expected.to_owned() },
                "{label}"
            );
        }
    }
}
