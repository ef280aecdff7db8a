//! What the Graph API's answer to a send means.

use super::failure::{Failure, OUTSIDE_WINDOW, failure};
use super::fields::{inside, list, number, text};
use crate::clock::SECOND;
use crate::domain::sending::SendOutcome;
use serde_json::Value as Json;

/// The longest id that is kept.
const LONGEST_ID: usize = 256;

/// What became of a send that was answered so. Taken is not delivered: that comes as a status.
///
/// Marking as read is answered without an id; then `provider_id` is empty.
pub fn outcome(status: u16, body: &str) -> SendOutcome {
    let answer: Json = serde_json::from_str(body).unwrap_or(Json::Null);
    if let Some(error) = answer.get("error").filter(|error| error.is_object()) {
        return refused(error, status);
    }
    if (200..300).contains(&status) {
        let id = list(&answer, "messages").first().and_then(|message| text(message, "id", LONGEST_ID));
        return match id {
            Some(provider_id) => SendOutcome::Sent { provider_id },
            None if inside(&answer, "success") == &Json::Bool(true) => {
                SendOutcome::Sent { provider_id: String::new() }
            }
            None => SendOutcome::Unknown { reason: "the answer says neither yes nor no".to_owned() },
        };
    }
    // Not Meta's own answer: somebody between us and Meta, or a page about an outage.
    match status {
        429 => SendOutcome::Retry { reason: "too many requests (429)".to_owned(), after_ms: Some(SECOND) },
        408 | 500.. => SendOutcome::Unknown { reason: format!("answered {status} without saying more") },
        300..400 => SendOutcome::Rejected {
            reason: format!("answered {status}: the request was sent elsewhere; check WHATSAPP_API_BASE"),
            code: None,
        },
        _ => SendOutcome::Rejected { reason: format!("answered {status} without saying more"), code: None },
    }
}

/// Meta's own error: then nothing was sent.
fn refused(error: &Json, status: u16) -> SendOutcome {
    let Some(code) = number(error, "code") else {
        return SendOutcome::Retry {
            reason: format!("an error without a number ({status})"),
            after_ms: None,
        };
    };
    let (kind, words) = failure(code);
    let reason = format!("{words} ({code})");
    if code == OUTSIDE_WINDOW {
        // It closed while the message was on its way.
        return SendOutcome::Deferred { reason };
    }
    match kind {
        Failure::OptedOut => SendOutcome::OptedOut { code: code.to_string() },
        Failure::Permanent => SendOutcome::Rejected { reason, code: Some(code.to_string()) },
        Failure::Passing(_) | Failure::Account | Failure::Unknown => {
            SendOutcome::Retry { reason, after_ms: kind.into() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(code: i64) -> String {
        format!(
            r#"{{"error":{{"message":"(#{code}) to +15551234567","type":"OAuthException","code":{code},"error_data":{{"messaging_product":"whatsapp","details":"of +15551234567"}},"fbtrace_id":"x"}}}}"#
        )
    }

    #[test]
    fn what_was_taken() {
        let sent = |id: &str| SendOutcome::Sent { provider_id: id.to_owned() };
        let rows = [
            (
                200,
                r#"{"messaging_product":"whatsapp","contacts":[{"input":"16505551234","wa_id":"16505551234"}],"messages":[{"id":"wamid.OUT1"}]}"#,
                "wamid.OUT1",
            ),
            (
                201,
                r#"{"contacts":[{"input":"US.1","user_id":"US.1"}],"messages":[{"id":"wamid.2","message_status":"accepted"}]}"#,
                "wamid.2",
            ),
            (
                200,
                r#"{"messages":[{"id":"wamid.3","message_status":"held_for_quality_assessment"}]}"#,
                "wamid.3",
            ),
            (200, r#"{"success":true}"#, ""),
        ];
        for (status, body, id) in rows {
            assert_eq!(outcome(status, body), sent(id), "{body}");
        }
    }

    #[test]
    fn what_was_not() {
        let rejected = |code: i64| (outcome(400, &error(code)), Some(code.to_string()));
        for code in [131_026, 100, 132_001, 131_049] {
            let (SendOutcome::Rejected { code: told, .. }, expected) = rejected(code) else {
                panic!("{code}")
            };
            assert_eq!(told, expected);
        }
        let SendOutcome::Deferred { reason } = outcome(400, &error(OUTSIDE_WINDOW)) else { panic!() };
        assert!(reason.contains("24-hour window") && reason.contains("131047"), "{reason}");
        assert_eq!(outcome(400, &error(131_050)), SendOutcome::OptedOut { code: "131050".to_owned() });
        let later = [
            // The pair limit is seen as 400 and as 429.
            (400, 131_056, Some(6_000)),
            (429, 131_056, Some(6_000)),
            (400, 130_429, Some(1_000)),
            (500, 2, None),
            (503, 131_016, None),
            (401, 190, Some(300_000)),
            (403, 10, Some(300_000)),
            (400, 424_242, None),
        ];
        for (status, code, after) in later {
            let SendOutcome::Retry { reason, after_ms } = outcome(status, &error(code)) else {
                panic!("{code}")
            };
            assert_eq!(after_ms, after, "{code}");
            assert!(!reason.contains("555"), "Meta's words may name the person: {reason}");
        }
    }

    #[test]
    fn what_nobody_knows() {
        for (status, body) in [
            (200, ""),
            (200, "<html>"),
            (200, r#"{"messages":[]}"#),
            (200, r#"{"messages":[{"id":""}]}"#),
            (200, r#"{"success":false}"#),
            (500, "oops"),
            (502, "<html>bad gateway</html>"),
            (504, ""),
            (408, ""),
        ] {
            assert!(matches!(outcome(status, body), SendOutcome::Unknown { .. }), "{status} {body}");
        }
        for (status, body) in [(404, "not found"), (400, "[]"), (302, ""), (413, "")] {
            assert!(matches!(outcome(status, body), SendOutcome::Rejected { .. }), "{status}");
        }
        assert!(matches!(outcome(429, ""), SendOutcome::Retry { after_ms: Some(1_000), .. }));
        assert!(matches!(outcome(400, r#"{"error":{"message":"no number"}}"#), SendOutcome::Retry { .. }));
    }
}
