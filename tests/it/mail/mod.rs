//! Mail over SMTP, against a real server.

mod refused;
pub mod server;
mod session;

use leadwire::mail::{Certainty, MailAnswer, MailError, Mailer, Security, SmtpSettings};
use leadwire::notify::Mail;
use secrecy::SecretString;
use server::{Counts, Fault, Mode, Options, Server};
use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Longer than a test ever takes that does not wait for it.
const LONG: Duration = Duration::from_secs(30);
/// For tests that wait for it.
const SHORT: Duration = Duration::from_millis(400);

fn mail() -> Mail {
    Mail {
        message_id: "<evt-1@leadwire.example>".to_owned(),
        from: "Leadwire <bot@example.com>".to_owned(),
        to: vec!["sales@example.com".to_owned(), "Jane <jane@example.com>".to_owned()],
        subject: "Hot lead".to_owned(),
        text: "Ada wants a demo\n.\n..dots\nend".to_owned(),
        html: "<p>Ada wants a demo</p>".to_owned(),
    }
}

/// A file with certificates; it is read when a mailer is made.
fn file(pem: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(pem.as_bytes()).unwrap();
    file
}

/// Settings that suit a server; the file of its authority is kept as long as the second value.
fn settings(server: &Server, security: Security) -> (SmtpSettings, tempfile::NamedTempFile) {
    let authority = file(server.ca_pem());
    let settings = SmtpSettings {
        host: Server::HOST.to_owned(),
        port: server.port(),
        security,
        user: Some(Server::USER.to_owned()),
        password: Some(SecretString::from(Server::PASSWORD)),
        ca_file: Some(authority.path().to_owned()),
        timeout: LONG,
    };
    (settings, authority)
}

fn mailer(server: &Server, security: Security, change: impl FnOnce(&mut SmtpSettings)) -> Mailer {
    let (mut settings, _authority) = settings(server, security);
    change(&mut settings);
    Mailer::new(&settings).unwrap()
}

fn no_change(_: &mut SmtpSettings) {}

fn no_login(settings: &mut SmtpSettings) {
    settings.user = None;
    settings.password = None;
}

#[tokio::test]
async fn mail_is_taken() {
    type Change = fn(&mut SmtpSettings);
    let standard = Options::default();
    let rows: [(&str, Options, Security, Change); 7] = [
        ("STARTTLS", standard, Security::StartTls, no_change),
        ("implicit TLS", Options { mode: Mode::Implicit, ..standard }, Security::Tls, no_change),
        ("AUTH LOGIN", Options { logins: "LOGIN", ..standard }, Security::StartTls, no_change),
        ("TLS without a login", Options { logins: "", ..standard }, Security::StartTls, no_login),
        (
            "by IP address",
            Options { certificate_for: "127.0.0.1", ..standard },
            Security::StartTls,
            |settings| settings.host = "127.0.0.1".to_owned(),
        ),
        (
            "a relay on this machine",
            Options { mode: Mode::Clear, logins: "", ..standard },
            Security::None,
            no_login,
        ),
        ("a relay that wants a login", Options { mode: Mode::Clear, ..standard }, Security::None, no_change),
    ];
    for (label, options, security, change) in rows {
        let server = Server::start(options).await;
        let answer = mailer(&server, security, change).send(&mail()).await;
        assert_eq!((answer.sent, answer.code), (Certainty::Taken, Some(250)), "{label}: {answer}");
        let letter = server.letter(0).await;
        assert_eq!(letter.from, "bot@example.com", "{label}");
        assert_eq!(letter.to, ["sales@example.com", "jane@example.com"], "{label}");
        assert_eq!(letter.is_encrypted, security != Security::None, "{label}");
        let user = (!options.logins.is_empty()).then(|| Server::USER.to_owned());
        assert_eq!(letter.user, user, "{label}");
        for piece in [
            "Message-ID: <evt-1@leadwire.example>\r\n",
            "Subject: Hot lead\r\n",
            "\r\n\r\nAda wants a demo\r\n.\r\n..dots\r\nend\r\n",
            "\r\n\r\n<p>Ada wants a demo</p>\r\n",
        ] {
            assert_eq!(letter.raw.matches(piece).count(), 1, "{label}: {piece} in {}", letter.raw);
        }
        assert_eq!(server.letters(), [letter], "{label}");
    }
}

#[tokio::test]
async fn what_may_have_been_taken_is_unknown() {
    let rows = [
        (Fault::CloseAfterMail, LONG, "the connection broke after the mail was sent"),
        // Long enough to get that far on a busy machine.
        (Fault::HangAfterMail, Duration::from_secs(3), "no answer in time after the mail was sent"),
    ];
    for (fault, timeout, text) in rows {
        let server = Server::start(Options { fault, ..Options::default() }).await;
        let change = |settings: &mut SmtpSettings| settings.timeout = timeout;
        let answer = mailer(&server, Security::StartTls, change).send(&mail()).await;
        let expected = MailAnswer { code: None, text: text.to_owned(), sent: Certainty::Unknown };
        assert_eq!(answer, expected, "{fault:?}");
        // It was taken indeed; sent again, it can be told by its id.
        server.fail(Fault::None);
        let again = mailer(&server, Security::StartTls, no_change).send(&mail()).await;
        assert_eq!(again.sent, Certainty::Taken, "{fault:?}: {again}");
        for place in 0..2 {
            let raw = server.letter(place).await.raw;
            assert!(raw.contains("Message-ID: <evt-1@leadwire.example>\r\n"), "{fault:?}: {raw}");
        }
    }
}

#[tokio::test]
async fn many_can_send_at_once() {
    let server = Server::start(Options::default()).await;
    let mailer = Arc::new(mailer(&server, Security::StartTls, no_change));
    let mut sends = tokio::task::JoinSet::new();
    for number in 0..5 {
        let mailer = mailer.clone();
        let mail = Mail { subject: format!("Lead {number}"), ..mail() };
        sends.spawn(async move { mailer.send(&mail).await.sent });
    }
    assert_eq!(sends.join_all().await, [Certainty::Taken; 5]);
    let mut letters: Vec<String> = server.letters().into_iter().map(|letter| letter.raw).collect();
    letters.sort_by_key(|raw| raw.split_once("Subject: ").map(|(_, rest)| rest.to_owned()));
    for (number, raw) in letters.iter().enumerate() {
        assert!(raw.contains(&format!("Subject: Lead {number}\r\n")), "{raw}");
    }
    assert_eq!(letters.len(), 5);
}

#[tokio::test]
async fn whoever_asks_to_come_again_takes_it_then() {
    let server = Server::start(Options { fault: Fault::Greylist, ..Options::default() }).await;
    let mailer = mailer(&server, Security::StartTls, no_change);
    // Each of the two recipients is new once.
    for _ in 0..2 {
        let text = "a recipient was refused (451 4.7.1)".to_owned();
        let expected = MailAnswer { code: Some(451), text, sent: Certainty::NotSent };
        assert_eq!(mailer.send(&mail()).await, expected);
    }
    assert_eq!(mailer.send(&mail()).await.sent, Certainty::Taken);
    assert_eq!(server.letter(0).await.to, ["sales@example.com", "jane@example.com"]);
    let expected = Counts { connections: 3, handshakes: 3, logins: 3, offers: 3, taken: 1 };
    assert_eq!(server.counts(), expected);
}

#[tokio::test]
async fn the_time_limit_is_for_all_replies_together() {
    let slow = Fault::Slow(SHORT / 4);
    let server = Server::start(Options { fault: slow, ..Options::default() }).await;
    let patient = mailer(&server, Security::StartTls, no_change);
    assert_eq!(patient.send(&mail()).await.sent, Certainty::Taken, "slow is not broken");
    let hasty = mailer(&server, Security::StartTls, |settings| settings.timeout = SHORT);
    let began = Instant::now();
    let answer = hasty.send(&mail()).await;
    assert_eq!((answer.sent, answer.text.as_str()), (Certainty::NotSent, "no answer in time"));
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!(server.counts().taken, 1);
}

#[tokio::test]
async fn a_check_logs_in_and_sends_nothing() {
    let standard = Options::default();
    let rows = [
        ("well", standard, None),
        ("a login that is refused", Options { fault: Fault::RefuseLogin, ..standard }, Some(Some(535))),
        ("no STARTTLS", Options { mode: Mode::Clear, ..standard }, Some(None)),
    ];
    for (label, options, expected) in rows {
        let server = Server::start(options).await;
        let checked = mailer(&server, Security::StartTls, no_change).check().await;
        assert_eq!(checked.err().map(|answer| answer.code), expected, "{label}");
        let counts = server.counts();
        assert_eq!((counts.connections, counts.offers), (1, 0), "{label}");
        assert_eq!(counts.logins, usize::from(options.mode == Mode::StartTls), "{label}");
    }
}

#[tokio::test]
async fn settings_that_cannot_work() {
    let server = Server::start(Options::default()).await;
    let (fine, authority) = settings(&server, Security::StartTls);
    let empty = file("nothing here\n");
    let torn = file("-----BEGIN CERTIFICATE-----\nMIIB\n");
    let missing = authority.path().with_extension("missing");
    let trusting = |path: &std::path::Path| SmtpSettings { ca_file: Some(path.to_owned()), ..fine.clone() };
    let clear = SmtpSettings { security: Security::None, ..fine.clone() };
    let no_certificates = |file: &tempfile::NamedTempFile| MailError::NoCertificates(file.path().to_owned());
    let rows = [
        ("no host", SmtpSettings { host: String::new(), ..fine.clone() }, MailError::Host),
        ("no name", SmtpSettings { host: "a b".to_owned(), ..fine.clone() }, MailError::Host),
        ("no password", SmtpSettings { password: None, ..fine.clone() }, MailError::HalfLogin),
        ("no user", SmtpSettings { user: None, ..fine.clone() }, MailError::HalfLogin),
        (
            "a password in clear",
            SmtpSettings { host: "mail.example.com".to_owned(), ..clear },
            MailError::LoginInClear,
        ),
        ("no certificates", trusting(empty.path()), no_certificates(&empty)),
        ("a torn certificate", trusting(torn.path()), no_certificates(&torn)),
    ];
    for (label, settings, expected) in rows {
        assert_eq!(Mailer::new(&settings).err(), Some(expected), "{label}");
    }
    let unread = Mailer::new(&trusting(&missing));
    assert!(matches!(&unread, Err(MailError::CaFile { path, .. }) if *path == missing), "{unread:?}");
    let shown = format!("{fine:?} {:?}", Mailer::new(&fine).unwrap());
    assert!(shown.contains(Server::HOST) && !shown.contains(Server::PASSWORD), "{shown}");
}
