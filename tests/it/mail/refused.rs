//! What is not sent, and that it is not.

use super::server::{Counts, Fault, Mode, Options, Server};
use super::{SHORT, file, mail, mailer, no_change, no_login};
use leadwire::mail::{Certainty, MailAnswer, Security, SmtpSettings};
use leadwire::notify::Mail;
use secrecy::SecretString;

#[tokio::test]
async fn what_is_certainly_not_sent() {
    type Change = fn(&mut SmtpSettings);
    type Row = (&'static str, Options, Security, Change, (Option<u16>, &'static str), (usize, usize));
    let standard = Options::default();
    let fault = |fault| Options { fault, ..standard };
    // The server's logins and offers come last: what it got to see.
    let rows: [Row; 16] = [
        (
            "a wrong password",
            standard,
            Security::StartTls,
            |settings| settings.password = Some(SecretString::from("guess")),
            (Some(535), "the login was refused (535 5.7.8)"),
            (1, 0),
        ),
        (
            "a wrong password, AUTH LOGIN",
            Options { logins: "LOGIN", ..standard },
            Security::StartTls,
            |settings| settings.password = Some(SecretString::from("guess")),
            (Some(535), "the login was refused (535 5.7.8)"),
            (1, 0),
        ),
        (
            "a login that is refused",
            fault(Fault::RefuseLogin),
            Security::StartTls,
            no_change,
            (Some(535), "the login was refused (535 5.7.8)"),
            (1, 0),
        ),
        (
            "no login where one is wanted",
            standard,
            Security::StartTls,
            no_login,
            (Some(530), "the sender was refused (530 5.7.0)"),
            (0, 1),
        ),
        (
            "a login where none is offered",
            Options { logins: "", ..standard },
            Security::StartTls,
            no_change,
            (None, "the server offers no login that is known (PLAIN, LOGIN)"),
            (0, 0),
        ),
        (
            "no login in common",
            Options { logins: "CRAM-MD5", ..standard },
            Security::StartTls,
            no_change,
            (None, "the server offers no login that is known (PLAIN, LOGIN)"),
            (0, 0),
        ),
        (
            "an unknown recipient",
            fault(Fault::UnknownRecipient("sales@example.com")),
            Security::StartTls,
            no_change,
            (Some(550), "a recipient was refused (550 5.1.1)"),
            (1, 1),
        ),
        (
            "one of two recipients is unknown",
            fault(Fault::UnknownRecipient("jane@example.com")),
            Security::StartTls,
            no_change,
            (Some(550), "a recipient was refused (550 5.1.1)"),
            (1, 1),
        ),
        (
            "refused after it was seen",
            fault(Fault::RefuseMail),
            Security::StartTls,
            no_change,
            (Some(554), "the mail was refused (554 5.7.1)"),
            (1, 1),
        ),
        (
            "closed before the mail",
            fault(Fault::CloseBeforeMail),
            Security::StartTls,
            no_change,
            (None, "the connection broke at the mail"),
            (1, 1),
        ),
        (
            "no STARTTLS on offer: nothing in clear text",
            Options { mode: Mode::Clear, ..standard },
            Security::StartTls,
            no_change,
            (None, "the server does not offer STARTTLS"),
            (0, 0),
        ),
        (
            "STARTTLS is wanted and not used",
            Options { logins: "", ..standard },
            Security::None,
            no_login,
            (Some(530), "the sender was refused (530 5.7.0)"),
            (0, 1),
        ),
        (
            "TLS to a server that speaks in clear text first",
            standard,
            Security::Tls,
            no_change,
            (None, "TLS failed"),
            (0, 0),
        ),
        (
            "a certificate for another name",
            Options { certificate_for: "mail.example.com", ..standard },
            Security::StartTls,
            no_change,
            (None, "the server's certificate is for another name"),
            (0, 0),
        ),
        (
            "a certificate for another name, implicit TLS",
            Options { mode: Mode::Implicit, certificate_for: "mail.example.com", ..standard },
            Security::Tls,
            no_change,
            (None, "the server's certificate is for another name"),
            (0, 0),
        ),
        (
            "nobody says anything",
            fault(Fault::Hang),
            Security::StartTls,
            |settings| settings.timeout = SHORT,
            (None, "no answer in time"),
            (0, 0),
        ),
    ];
    for (label, options, security, change, (code, text), (logins, offers)) in rows {
        let server = Server::start(options).await;
        let answer = mailer(&server, security, change).send(&mail()).await;
        let expected = MailAnswer { code, text: text.to_owned(), sent: Certainty::NotSent };
        assert_eq!(answer, expected, "{label}");
        let Counts { logins: tried, offers: offered, taken, .. } = server.counts();
        assert_eq!((tried, offered, taken), (logins, offers, 0), "{label}");
    }
}

#[tokio::test]
async fn an_authority_that_is_not_trusted_is_refused() {
    for (mode, security) in [(Mode::StartTls, Security::StartTls), (Mode::Implicit, Security::Tls)] {
        let server = Server::start(Options { mode, ..Options::default() }).await;
        let other = Server::start(Options::default()).await;
        let authority = file(other.ca_pem());
        let wrong = |settings: &mut SmtpSettings| settings.ca_file = Some(authority.path().to_owned());
        let answer = mailer(&server, security, wrong).send(&mail()).await;
        assert_eq!((answer.sent, answer.code), (Certainty::NotSent, None), "{mode:?}");
        assert!(answer.text.contains("certificate"), "{mode:?}: {answer}");
        let counts = Counts { connections: 1, ..Counts::default() };
        assert_eq!(server.counts(), counts, "{mode:?}");
    }
}

/// Replies to EHLO, AUTH, MAIL, RCPT twice, DATA and the mail: a client that keeps what it read before TLS believes them.
const INJECTED: &str =
    "250-mail\r\n250 AUTH PLAIN\r\n235 OK\r\n250 OK\r\n250 OK\r\n250 OK\r\n354 Go\r\n250 Taken";

#[tokio::test]
async fn what_is_said_before_tls_does_not_count_after_it() {
    let fault = Fault::InjectBeforeTls(INJECTED);
    let server = Server::start(Options { fault, ..Options::default() }).await;
    let answer = mailer(&server, Security::StartTls, no_change).send(&mail()).await;
    let text = "TLS failed".to_owned();
    assert_eq!(answer, MailAnswer { code: None, text, sent: Certainty::NotSent });
    assert_eq!(server.counts(), Counts { connections: 1, ..Counts::default() });
}

#[tokio::test]
async fn nobody_listens() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let server = Server::start(Options::default()).await;
    for host in ["127.0.0.1", "name.invalid"] {
        let change = |settings: &mut SmtpSettings| {
            settings.port = port;
            settings.host = host.to_owned();
        };
        let answer = mailer(&server, Security::StartTls, change).send(&mail()).await;
        let text = "the server cannot be reached".to_owned();
        assert_eq!(answer, MailAnswer { code: None, text, sent: Certainty::NotSent }, "{host}");
    }
}

#[tokio::test]
async fn a_mail_that_is_wrong_itself_is_not_even_begun() {
    type Change = fn(&mut Mail);
    let rows: [(&str, Change, usize); 4] = [
        ("a line break in the subject", |m| m.subject.push_str("\r\nBcc: eve@example.com"), 0),
        (
            "a line break in a recipient",
            |m| m.to.push("a@example.com>\r\nRCPT TO:<eve@example.com".into()),
            0,
        ),
        ("no recipients", |m| m.to.clear(), 0),
        // Only the server can say whether it takes such: this one does not.
        ("an address beyond ASCII", |m| m.to.push("jürgen@example.com".into()), 1),
    ];
    for (label, change, connections) in rows {
        let server = Server::start(Options::default()).await;
        let mut wrong = mail();
        change(&mut wrong);
        let answer = mailer(&server, Security::StartTls, no_change).send(&wrong).await;
        assert_eq!((answer.sent, answer.code), (Certainty::Malformed, None), "{label}: {answer}");
        assert!(!answer.text.contains("example.com"), "{label}: {answer}");
        let counts = server.counts();
        assert_eq!((counts.connections, counts.offers, counts.taken), (connections, 0, 0), "{label}");
    }
}
