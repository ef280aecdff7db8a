//! What an SMTP server's reply means.

use crate::notify::Outcome;
use crate::notify::words;

/// The longest explanation that is shown, in characters.
const LONGEST: usize = 200;

/// What became of a mail that was answered so: 2yz it was taken, 4yz it may be sent again, 5yz it never will be (RFC 5321, 4.2.1).
///
/// `text` is the reply's text; of it only the enhanced code is told, since servers repeat addresses. Without a code it is what happened
/// instead, in words of ours.
pub fn smtp_outcome(code: Option<u16>, text: &str) -> Outcome {
    let Some(code) = code else {
        let happened = words::clean(text, LONGEST);
        let happened = if happened.is_empty() { String::new() } else { format!(": {happened}") };
        return Outcome::Unknown { reason: format!("the mail server did not answer{happened}") };
    };
    let enhanced = enhanced(text).unwrap_or_default();
    let answered = format!("SMTP {code} {enhanced}").trim_end().to_owned();
    let refused = |why: &str| Outcome::Refused { reason: format!("{answered}: {why}") };
    match code {
        200..300 => Outcome::Sent,
        400..500 => Outcome::Retry {
            reason: format!("{answered}: the mail server does not take it now"),
            after_ms: None,
        },
        530 if text.to_ascii_uppercase().contains("STARTTLS") => {
            refused("the mail server wants TLS first; check how it is connected to")
        }
        530 | 534 | 535 => refused("SMTP credentials were refused; check the user and the password"),
        500..600 if enhanced.starts_with("5.1.") => {
            refused("an address was refused; check the sender and the recipients")
        }
        500..600 => refused("the mail server refused the mail"),
        _ => Outcome::Unknown { reason: answered },
    }
}

/// The enhanced status code a reply's text begins with (RFC 3463): `5.7.8`.
fn enhanced(text: &str) -> Option<&str> {
    let first = text.split_whitespace().next()?;
    let is_number =
        |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    (first.split('.').count() == 3 && first.split('.').all(is_number)).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_replies_mean() {
        let retry = |reason: &str| Outcome::Retry {
            reason: format!("{reason}: the mail server does not take it now"),
            after_ms: None,
        };
        let refused = |reason: &str| Outcome::Refused { reason: reason.to_owned() };
        let unknown = |reason: &str| Outcome::Unknown { reason: reason.to_owned() };
        let credentials = "SMTP credentials were refused; check the user and the password";
        let address = "an address was refused; check the sender and the recipients";
        let rows = [
            (Some(250), "2.0.0 Ok: queued as 12345", Outcome::Sent),
            (Some(451), "4.7.1 Greylisted, ann@example.com", retry("SMTP 451 4.7.1")),
            (Some(421), "closing", retry("SMTP 421")),
            (Some(454), "4.7.0 later", retry("SMTP 454 4.7.0")),
            (Some(535), "5.7.8 no", refused(&format!("SMTP 535 5.7.8: {credentials}"))),
            (Some(534), "", refused(&format!("SMTP 534: {credentials}"))),
            (Some(530), "5.7.0 Authentication required", refused(&format!("SMTP 530 5.7.0: {credentials}"))),
            (
                Some(530),
                "5.7.0 Must issue a StartTLS command first",
                refused("SMTP 530 5.7.0: the mail server wants TLS first; check how it is connected to"),
            ),
            (Some(550), "5.1.1 <ann@example.com> unknown", refused(&format!("SMTP 550 5.1.1: {address}"))),
            (Some(554), "ann@example.com is spam", refused("SMTP 554: the mail server refused the mail")),
            (Some(354), "go on", unknown("SMTP 354")),
            (Some(0), "", unknown("SMTP 0")),
            (None, "timed\r\nout", unknown("the mail server did not answer: timed out")),
            (None, "", unknown("the mail server did not answer")),
        ];
        for (code, text, expected) in rows {
            assert_eq!(smtp_outcome(code, text), expected, "{code:?} {text}");
        }
    }
}
