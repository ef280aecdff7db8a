//! What Twilio's answer to a message or call means: by its code; its texts change.

use crate::clock::{HOUR, MINUTE, Millis};
use crate::domain::sending::SendOutcome;
use serde::Deserialize;

#[derive(Deserialize)]
struct Taken {
    sid: String,
}

#[derive(Deserialize)]
struct Refused {
    code: i64,
}

/// What to do about a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// It passes.
    Again(Option<Millis>),
    /// The person wants nothing from us there.
    OptedOut,
    /// Something is wrong with the message or the recipient.
    Never(&'static str),
    /// A rule keeps it until the person writes.
    Deferred(&'static str),
    /// Something is wrong with the account: it is tried again, so that it is sent once that is mended.
    Mend(&'static str),
}

/// Codes of Twilio's error reference that say what to do.
fn class(code: i64) -> Option<Class> {
    use Class::{Again, Deferred, Mend, Never, OptedOut};
    Some(match code {
        20429 | 63017 | 63018 | 30001 | 30036 => Again(None),
        30022 | 30023 => Again(Some(HOUR)),
        30610 => Again(Some(2 * HOUR)),
        21610 | 30640 | 63014 => OptedOut,
        21201 | 21211 | 63003 => Never("not a number that can be reached"),
        21216 | 21612 | 21614 | 21635 | 30005 | 30006 => Never("this number cannot be reached from ours"),
        21617 => Never("the text is too long"),
        63016 => Deferred("outside the 24-hour window: a template is needed"),
        30004 | 30007 | 30450 | 63024 => Never("blocked"),
        20003 => Mend("the credentials are not accepted; check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"),
        21606 => Mend("the sender cannot send this; check TWILIO_FROM"),
        21408 => Mend("the account may not send to this country; see its geographic permissions"),
        21608 => Mend("a trial account sends only to verified numbers"),
        30002 | 63020 | 63038 => Mend("the account is suspended or at its limit"),
        30032 | 30034 => Mend("the sender is not registered"),
        _ => return None,
    })
}

/// What became of a message or call, by the status and body of the answer.
pub fn outcome(status: u16, body: &str) -> SendOutcome {
    if (200..300).contains(&status) {
        return match serde_json::from_str::<Taken>(body) {
            Ok(Taken { sid }) if !sid.is_empty() => SendOutcome::Sent { provider_id: sid },
            _ => SendOutcome::Unknown { reason: format!("{status} without an id") },
        };
    }
    let code = serde_json::from_str::<Refused>(body).map(|refused| refused.code).ok();
    let told = |what: &str| match code {
        Some(code) => format!("{what} (Twilio {code})"),
        None => format!("{what} (HTTP {status})"),
    };
    match code.and_then(class) {
        Some(Class::Again(after_ms)) => SendOutcome::Retry { reason: told("not now"), after_ms },
        Some(Class::OptedOut) => SendOutcome::OptedOut { code: code.unwrap_or_default().to_string() },
        Some(Class::Never(what)) => {
            SendOutcome::Rejected { reason: told(what), code: code.map(|code| code.to_string()) }
        }
        Some(Class::Deferred(what)) => SendOutcome::Deferred { reason: told(what) },
        Some(Class::Mend(what)) => SendOutcome::Retry { reason: told(what), after_ms: Some(5 * MINUTE) },
        // A code nobody told us of: a few more tries, then somebody has to look.
        None => match status {
            401 | 403 => SendOutcome::Retry {
                reason: told("not accepted; check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"),
                after_ms: Some(5 * MINUTE),
            },
            408 | 425 | 429 => SendOutcome::Retry { reason: told("not now"), after_ms: None },
            400..=499 => SendOutcome::Rejected {
                reason: told("refused"),
                code: Some(code.unwrap_or(i64::from(status)).to_string()),
            },
            // A gateway that gave up waiting: what is behind it may have taken it.
            502 | 504 => SendOutcome::Unknown { reason: told("no answer from behind the gateway") },
            _ => SendOutcome::Retry { reason: told("not working"), after_ms: None },
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: i64) -> String {
        format!(r#"{{"code": {code}, "message": "…", "more_info": "…", "status": 400}}"#)
    }

    #[test]
    fn answers_by_code() {
        let sent = |id: &str| SendOutcome::Sent { provider_id: id.to_owned() };
        let rows: [(&str, u16, String, SendOutcome); 4] = [
            ("taken", 201, r#"{"sid": "SM1", "status": "queued"}"#.to_owned(), sent("SM1")),
            ("a call", 201, r#"{"sid": "CA1"}"#.to_owned(), sent("CA1")),
            ("opted out", 400, refused(21610), SendOutcome::OptedOut { code: "21610".to_owned() }),
            ("blocked by the user", 400, refused(63014), SendOutcome::OptedOut { code: "63014".to_owned() }),
        ];
        for (label, status, body, expected) in rows {
            assert_eq!(outcome(status, &body), expected, "{label}");
        }
    }

    #[test]
    fn kinds_of_outcome() {
        let kind = |status, body: &str| match outcome(status, body) {
            SendOutcome::Sent { .. } => "sent",
            SendOutcome::Retry { after_ms: None, .. } => "retry",
            SendOutcome::Retry { .. } => "retry later",
            SendOutcome::Rejected { .. } => "rejected",
            SendOutcome::OptedOut { .. } => "opted out",
            SendOutcome::Deferred { .. } => "deferred",
            SendOutcome::Unknown { .. } => "unknown",
        };
        let rows = [
            ("too many", 429, refused(20429), "retry"),
            ("too many without a body", 429, String::new(), "retry"),
            ("no number", 400, refused(21211), "rejected"),
            ("outside the window", 400, refused(63016), "deferred"),
            ("a code nobody knows", 400, refused(99999), "rejected"),
            ("no such account", 401, refused(20003), "retry later"),
            ("no such account, no body", 401, "<html>".to_owned(), "retry later"),
            ("quiet hours", 400, refused(30610), "retry later"),
            ("broken", 500, "oops".to_owned(), "retry"),
            ("overloaded", 503, String::new(), "retry"),
            ("a gateway gave up", 504, String::new(), "unknown"),
            ("taken, but as what?", 201, "{}".to_owned(), "unknown"),
            ("no JSON", 200, "<html>".to_owned(), "unknown"),
        ];
        for (label, status, body, expected) in rows {
            assert_eq!(kind(status, &body), expected, "{label}");
        }
    }

    #[test]
    fn reasons_say_what_and_never_what_was_sent() {
        let SendOutcome::Rejected { reason, code } = outcome(400, &refused(21211)) else { panic!() };
        assert_eq!(reason, "not a number that can be reached (Twilio 21211)");
        assert_eq!(code.as_deref(), Some("21211"));
    }
}
