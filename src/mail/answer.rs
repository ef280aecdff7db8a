//! What became of a mail, in words that name nobody.

use lettre::transport::smtp::Error;
use rustls::CertificateError;
use std::error::Error as _;
use std::fmt;
use std::io;

/// How sure it is what became of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// Nobody got it: it may be sent again.
    NotSent,
    /// Nobody got it, and nobody will: the mail itself is wrong.
    Malformed,
    /// The server took it, and answers for it from now on.
    Taken,
    /// It may have been taken.
    Unknown,
}

/// What became of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailAnswer {
    /// The server's reply code (RFC 5321, 4.2), where it is its reply that decided: 4yz asks to try later, 5yz not to.
    pub code: Option<u16>,
    /// What happened, for people, with the enhanced code (RFC 3463) where there is one. Never the server's own words.
    pub text: String,
    /// How sure it is.
    pub sent: Certainty,
}

impl fmt::Display for MailAnswer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

/// Of a host that is not found, or where nobody listens.
const UNREACHABLE: &str = "the server cannot be reached";

/// What a reply is about.
#[derive(Clone, Copy)]
pub(super) enum Step {
    Connection,
    StartTls,
    Login,
    Sender,
    Recipient,
    Mail,
}

impl fmt::Display for Step {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Step::Connection => "the connection",
            Step::StartTls => "STARTTLS",
            Step::Login => "the login",
            Step::Sender => "the sender",
            Step::Recipient => "a recipient",
            Step::Mail => "the mail",
        })
    }
}

impl MailAnswer {
    fn of(sent: Certainty, code: Option<u16>, text: impl Into<String>) -> MailAnswer {
        MailAnswer { code, text: text.into(), sent }
    }

    /// The mail itself is wrong.
    pub(super) fn malformed(flaw: &str) -> MailAnswer {
        MailAnswer::of(Certainty::Malformed, None, flaw)
    }

    /// Nothing was sent, for a reason of ours.
    pub(super) fn refused(reason: &str) -> MailAnswer {
        MailAnswer::of(Certainty::NotSent, None, reason)
    }

    /// Nothing was sent: there is no connection.
    pub(super) fn unreachable() -> MailAnswer {
        MailAnswer::refused(UNREACHABLE)
    }

    /// It may have been taken.
    pub(super) fn unknown(reason: &str) -> MailAnswer {
        MailAnswer::of(Certainty::Unknown, None, reason)
    }

    /// A reply, although a good one, that is none to what was asked.
    pub(super) fn out_of_step(step: Step, code: u16) -> MailAnswer {
        MailAnswer::of(
            Certainty::NotSent,
            None,
            format!("{step} was answered with {code}, which does not fit"),
        )
    }

    /// A good reply to the whole mail. One that asks for more (3yz) says nothing of it.
    pub(super) fn taken_or_unknown(code: u16) -> MailAnswer {
        if (200..300).contains(&code) {
            return MailAnswer::of(Certainty::Taken, Some(code), format!("taken ({code})"));
        }
        MailAnswer::unknown(&format!("the mail was answered with {code}, which does not fit"))
    }

    /// A failure that says that nothing was sent.
    pub(super) fn not_sent(step: Step, error: &Error) -> MailAnswer {
        let Some(code) = error.status().map(u16::from) else {
            return MailAnswer::of(Certainty::NotSent, None, broken(step, error));
        };
        let words = error.source().map(ToString::to_string).unwrap_or_default();
        let shown = enhanced(code, &words).map_or_else(|| code.to_string(), |more| format!("{code} {more}"));
        MailAnswer::of(Certainty::NotSent, Some(code), format!("{step} was refused ({shown})"))
    }
}

/// Why there is no reply.
fn broken(step: Step, error: &Error) -> String {
    match (tls_failure(error), step) {
        (Some(rustls::Error::InvalidCertificate(why)), _) => certificate(why).to_owned(),
        (Some(_), _) => "TLS failed".to_owned(),
        (None, Step::Connection) if !error.is_response() => UNREACHABLE.to_owned(),
        (None, _) => format!("the connection broke at {step}"),
    }
}

fn certificate(why: &CertificateError) -> &'static str {
    match why {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "the server's certificate has expired"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "the server's certificate is for another name"
        }
        CertificateError::UnknownIssuer => "the server's certificate is from nobody that is trusted",
        _ => "the server's certificate is not valid",
    }
}

/// The TLS failure among an error's causes; I/O errors carry theirs inside.
fn tls_failure(error: &Error) -> Option<&rustls::Error> {
    let mut cause = error.source();
    while let Some(found) = cause {
        if let Some(failure) = found.downcast_ref() {
            return Some(failure);
        }
        let inside = found.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        cause = match inside {
            Some(inside) => Some(inside),
            None => found.source(),
        };
    }
    None
}

/// The enhanced code at the beginning of a reply's text (RFC 2034, 4; its form: RFC 3463, 2), of the reply's own class.
fn enhanced(code: u16, words: &str) -> Option<&str> {
    let first = words.split_ascii_whitespace().next()?;
    let numbers: Vec<&str> = first.split('.').collect();
    let is_number = |text: &&str| (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let fits = numbers.len() == 3 && numbers.iter().all(is_number) && numbers[0] == (code / 100).to_string();
    fits.then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enhanced_codes() {
        let rows = [
            ("alone", 550, "5.1.1", Some("5.1.1")),
            ("before words", 451, "4.7.1 come later", Some("4.7.1")),
            ("long", 550, "5.123.456 no", Some("5.123.456")),
            ("none", 550, "no such user", None),
            ("nothing", 550, "", None),
            ("another class", 550, "4.1.1 no", None),
            ("not at the beginning", 550, "user 5.1.1", None),
            ("two numbers", 550, "5.1 no", None),
            ("four numbers", 550, "5.1.1.1 no", None),
            ("too long", 550, "5.1.1234 no", None),
            ("no numbers", 550, "5.x.1 no", None),
            ("an address", 550, "5.a@example.com.1", None),
        ];
        for (label, code, words, expected) in rows {
            assert_eq!(enhanced(code, words), expected, "{label}");
        }
    }

    #[test]
    fn replies_to_the_whole_mail() {
        for (code, expected) in [(250, Certainty::Taken), (299, Certainty::Taken), (354, Certainty::Unknown)]
        {
            assert_eq!(MailAnswer::taken_or_unknown(code).sent, expected, "{code}");
        }
    }
}
