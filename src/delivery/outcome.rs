//! What an answer of a sink means.

use crate::clock::Millis;
use serde_json::Value as Json;

/// Longer explanations of a sink are cut, in characters.
const LONGEST: usize = 200;

/// Whose fault a refusal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The record's: another one may be taken.
    Record,
    /// The sink's, or its configuration's: no record will be taken until that is mended.
    Sink,
}

/// What became of an errand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The sink has it.
    Delivered {
        /// Its id of it; `None`: it does not say.
        sink_id: Option<String>,
    },
    /// The sink has a record of this person that is not ours: that one is to be updated.
    Exists {
        /// Its id.
        sink_id: String,
    },
    /// The sink no longer has the record that was to be updated: it is to be created again.
    Gone,
    /// Not taken; it may be sent again.
    Retry {
        /// Why, for people.
        reason: String,
        /// Not sooner than so many milliseconds from now.
        after_ms: Option<Millis>,
    },
    /// Not taken, and it never will be as things are.
    Refused {
        /// Why, for people.
        reason: String,
        /// What is to be mended.
        fault: Fault,
    },
    /// It may have been taken.
    Unknown {
        /// What happened instead of an answer.
        reason: String,
    },
}

impl Outcome {
    /// Its name in the ledger and in metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Outcome::Delivered { .. } => "delivered",
            Outcome::Exists { .. } => "exists",
            Outcome::Gone => "gone",
            Outcome::Retry { .. } => "retry",
            Outcome::Refused { .. } => "refused",
            Outcome::Unknown { .. } => "unknown",
        }
    }

    /// Why it is no success, for people.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Outcome::Retry { reason, .. } | Outcome::Refused { reason, .. } | Outcome::Unknown { reason } => {
                Some(reason)
            }
            Outcome::Delivered { .. } | Outcome::Exists { .. } | Outcome::Gone => None,
        }
    }
}

/// What a status means that is no success: as RFC 9110 has it, and what servers in trouble do.
///
/// A 500, 502 or 504 says nothing about whether the record was stored before the trouble: it is unknown. A 429 or 503 was not
/// taken.
pub fn by_status(status: u16, body: &str) -> Outcome {
    let reason = reason(status, body);
    match status {
        408 | 425 | 429 | 503 | 423 => Outcome::Retry { reason, after_ms: None },
        500..=599 => Outcome::Unknown { reason },
        300..=399 | 401 | 402 | 403 | 404 | 405 | 407 | 410 | 421 | 451 => {
            Outcome::Refused { reason, fault: Fault::Sink }
        }
        400..=499 => Outcome::Refused { reason, fault: Fault::Record },
        _ => Outcome::Unknown { reason },
    }
}

/// A status and the explanation that came with it: `message`, `error`, `detail` or `title` of a JSON body, or a short text.
pub fn reason(status: u16, body: &str) -> String {
    let words = match serde_json::from_str::<Json>(body) {
        Ok(json) => ["message", "error_description", "detail", "title", "error"]
            .iter()
            .find_map(|key| match json.get(key) {
                Some(Json::String(text)) => Some(text.clone()),
                Some(inner) => inner.get("message").and_then(Json::as_str).map(str::to_owned),
                None => None,
            })
            .unwrap_or_default(),
        Err(_) if body.trim_start().starts_with('<') => String::new(),
        Err(_) => body.to_owned(),
    };
    let words: String =
        words.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect();
    if words.is_empty() { format!("HTTP {status}") } else { format!("HTTP {status}: {words}") }
}

/// A reason without the words that came with its status: they may quote people, and alerts know of no person to be erased with.
pub fn without_words(reason: &str) -> &str {
    let words = reason.find("HTTP ").and_then(|status| Some(status + reason[status..].find(": ")?));
    &reason[..words.unwrap_or(reason.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_without_words_of_others() {
        let rows = [
            (reason(422, r#"{"message": "ann@example.com is taken"}"#), "HTTP 422"),
            (format!("it may be there: {}", reason(500, "ann: no")), "it may be there: HTTP 500"),
            (reason(503, ""), "HTTP 503"),
            ("the connection was refused".to_owned(), "the connection was refused"),
        ];
        for (given, expected) in rows {
            assert_eq!(without_words(&given), expected);
        }
    }

    #[test]
    fn what_statuses_mean() {
        let name = |status| match by_status(status, "") {
            Outcome::Retry { .. } => "retry",
            Outcome::Unknown { .. } => "unknown",
            Outcome::Refused { fault: Fault::Sink, .. } => "sink",
            Outcome::Refused { fault: Fault::Record, .. } => "record",
            _ => "?",
        };
        let rows = [
            (429, "retry"),
            (503, "retry"),
            (408, "retry"),
            (500, "unknown"),
            (502, "unknown"),
            (504, "unknown"),
            (302, "sink"),
            (401, "sink"),
            (403, "sink"),
            (404, "sink"),
            (400, "record"),
            (409, "record"),
            (422, "record"),
        ];
        for (status, expected) in rows {
            assert_eq!(name(status), expected, "{status}");
        }
    }

    #[test]
    fn why_it_was_not_taken() {
        let rows = [
            (r#"{"message":"phone is\n not valid"}"#, "HTTP 400: phone is not valid"),
            (r#"{"error":{"message":"no"}}"#, "HTTP 400: no"),
            (r#"{"error":"expired"}"#, "HTTP 400: expired"),
            ("<html>oh</html>", "HTTP 400"),
            ("plain", "HTTP 400: plain"),
            ("", "HTTP 400"),
        ];
        for (body, expected) in rows {
            assert_eq!(reason(400, body), expected, "{body}");
        }
        assert_eq!(reason(400, &"x".repeat(1_000)).len(), "HTTP 400: ".len() + LONGEST);
    }
}
