//! A mail as it goes over the wire: headers, and one body as text and as HTML (RFC 5322, RFC 2046 5.1.4).

use crate::notify::Mail;
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};

/// A mail that is written out.
pub(super) struct Letter {
    /// The sender.
    pub from: Address,
    /// The recipients.
    pub to: Vec<Address>,
    /// Headers and body, in ASCII but for addresses that are not.
    pub bytes: Vec<u8>,
}

impl Letter {
    /// Writes a mail out. Its `Date` is now.
    ///
    /// # Errors
    /// What is wrong with it; neither words of it nor addresses.
    pub(super) fn write(mail: &Mail) -> Result<Letter, &'static str> {
        let single = [&mail.message_id, &mail.from, &mail.subject];
        // A line break would begin a header of somebody else's choice.
        if single.into_iter().chain(&mail.to).any(|value| value.contains(['\r', '\n', '\0'])) {
            return Err("a line break in a header");
        }
        if !is_message_id(&mail.message_id) {
            return Err("the message id is not one");
        }
        let from: Mailbox = mail.from.parse().map_err(|_| "the sender's address is not one")?;
        let to = mail.to.iter().map(|to| to.parse()).collect::<Result<Vec<Mailbox>, _>>();
        let to = to.map_err(|_| "a recipient's address is not one")?;
        if to.is_empty() {
            return Err("no recipients");
        }
        let headers = Message::builder()
            .message_id(Some(mail.message_id.clone()))
            .from(from.clone())
            .subject(mail.subject.as_str());
        let headers = to.iter().cloned().fold(headers, |headers, to| headers.to(to));
        let body = MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone());
        let message = headers.multipart(body).map_err(|_| "it cannot be written as a mail")?;
        Ok(Letter {
            from: from.email,
            to: to.into_iter().map(|to| to.email).collect(),
            bytes: message.formatted(),
        })
    }

    /// Whether the server must know SMTPUTF8 (RFC 6531).
    pub(super) fn needs_utf8(&self) -> bool {
        let all = std::iter::once(&self.from).chain(&self.to);
        all.into_iter().any(|address| !AsRef::<str>::as_ref(address).is_ascii()) || !self.bytes.is_ascii()
    }
}

/// `<…@…>` without spaces, in ASCII (RFC 5322, 3.6.4).
fn is_message_id(text: &str) -> bool {
    let inside = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    let sides = inside.and_then(|inside| inside.split_once('@'));
    let is_fine = |side: &str| {
        !side.is_empty() && side.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'<' | b'>' | b'@'))
    };
    sides.is_some_and(|(left, right)| is_fine(left) && is_fine(right))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail() -> Mail {
        Mail {
            message_id: "<evt-1@leadwire.example>".to_owned(),
            from: "Leadwire <bot@example.com>".to_owned(),
            to: vec!["sales@example.com".to_owned()],
            subject: "Hot lead".to_owned(),
            text: "Ada".to_owned(),
            html: "<b>Ada</b>".to_owned(),
        }
    }

    fn written(mail: &Mail) -> String {
        String::from_utf8(Letter::write(mail).unwrap().bytes).unwrap()
    }

    #[test]
    fn what_is_refused() {
        type Change = fn(&mut Mail);
        let rows: [(&str, Change, &str); 15] = [
            ("LF in the subject", |m| m.subject.push_str("\nBcc: x@example.com"), "line break"),
            ("CR in the subject", |m| m.subject.push_str("\rx"), "line break"),
            ("CRLF at the subject's end", |m| m.subject.push_str("\r\n"), "line break"),
            ("NUL in the subject", |m| m.subject.push('\0'), "line break"),
            ("CRLF in the sender's name", |m| m.from = "A\r\nB <a@example.com>".into(), "line break"),
            ("CRLF in a recipient", |m| m.to.push("b@example.com\r\nRCPT TO:<c@d>".into()), "line break"),
            ("CRLF in the message id", |m| m.message_id = "<a\r\n@b>".into(), "line break"),
            ("no message id", |m| m.message_id.clear(), "message id"),
            ("a message id without brackets", |m| m.message_id = "a@b".into(), "message id"),
            ("a message id with a space", |m| m.message_id = "<a b@c>".into(), "message id"),
            ("a message id without sides", |m| m.message_id = "<ab>".into(), "message id"),
            ("two message ids", |m| m.message_id = "<a@b><c@d>".into(), "message id"),
            ("no sender", |m| m.from.clear(), "sender"),
            ("a recipient that is none", |m| m.to.push("nobody".into()), "recipient's"),
            ("nobody to get it", |m| m.to.clear(), "no recipients"),
        ];
        for (label, change, words) in rows {
            let mut changed = mail();
            change(&mut changed);
            let Err(flaw) = Letter::write(&changed) else { panic!("{label}: was written") };
            assert!(flaw.contains(words), "{label}: {flaw}");
        }
    }

    #[test]
    fn headers_as_they_are_given() {
        let long = format!("<{}@leadwire.example>", "0123456789abcdef".repeat(8));
        let mut given = mail();
        given.message_id = long.clone();
        given.to.push("\"Doe, Jane\" <jane@example.com>".to_owned());
        given.subject = "Heißer Lead\tÅsa".to_owned();
        let text = written(&given);
        let (headers, _) = text.split_once("\r\n\r\n").unwrap();
        let unfolded = headers.replace("\r\n ", " ");
        let lines: Vec<&str> = unfolded.split("\r\n").collect();
        let value = |name: &str| {
            let found: Vec<&str> =
                lines.iter().filter_map(|l| l.strip_prefix(&format!("{name}: "))).collect();
            assert_eq!(found.len(), 1, "{name}: {headers}");
            found[0].trim()
        };
        assert_eq!(value("Message-ID"), long);
        assert_eq!(value("From"), "Leadwire <bot@example.com>");
        // A name that would need quotes is encoded instead: "Doe, Jane".
        assert_eq!(value("To"), "sales@example.com, =?utf-8?b?RG9lLCBKYW5l?= <jane@example.com>");
        assert!(value("Subject").starts_with("=?utf-8?b?"), "{headers}");
        assert!(value("Date").ends_with(" +0000"), "{headers}");
        assert_eq!(value("MIME-Version"), "1.0");
        assert!(value("Content-Type").starts_with("multipart/alternative;"), "{headers}");
    }

    #[test]
    fn the_body_is_ascii_in_short_lines_and_text_comes_before_html() {
        let mut given = mail();
        given.text = format!("Größe\nline\rline\r\n.\n{}", "x".repeat(3000));
        given.html = format!("<p>Größe</p>{}", "<i>y</i>".repeat(500));
        let text = written(&given);
        assert!(text.is_ascii());
        assert!(text.lines().all(|line| line.len() <= 998), "RFC 5322, 2.1.1");
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "only whole line breaks");
        let plain = text.find("Content-Type: text/plain; charset=utf-8").unwrap();
        let html = text.find("Content-Type: text/html; charset=utf-8").unwrap();
        assert!(plain < html, "the best form comes last (RFC 2046, 5.1.4)");
    }

    #[test]
    fn addresses_beyond_ascii() {
        assert!(!Letter::write(&mail()).unwrap().needs_utf8());
        let mut given = mail();
        given.from = "Größe <bot@example.com>".to_owned();
        assert!(!Letter::write(&given).unwrap().needs_utf8(), "a name is encoded");
        given.to.push("jürgen@example.com".to_owned());
        assert!(Letter::write(&given).unwrap().needs_utf8());
    }
}
