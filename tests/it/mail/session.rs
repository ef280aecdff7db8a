//! One connection to the SMTP server for tests, from the greeting to QUIT (RFC 5321; STARTTLS: RFC 3207; AUTH: RFC 4954).

use super::server::{Fault, Letter, Mode, Server, Shared};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::io;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// A connection in clear text or over TLS.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

const STARTTLS_FIRST: &str = "530 5.7.0 Must issue a STARTTLS command first";
const LOGIN_FIRST: &str = "530 5.7.0 Authentication required";
const BAD_SEQUENCE: &str = "503 5.5.1 Bad sequence of commands";
const SYNTAX: &str = "501 5.5.4 Syntax error in arguments";

struct Session<'a> {
    stream: BufReader<Box<dyn Stream>>,
    shared: &'a Shared,
    is_encrypted: bool,
    user: Option<String>,
    from: Option<String>,
    to: Vec<String>,
}

/// Serves a connection until it ends.
pub(super) async fn serve(stream: TcpStream, shared: &Shared) -> io::Result<()> {
    if shared.fault() == Fault::Hang {
        std::future::pending::<()>().await;
    }
    let mut session = Session {
        stream: BufReader::new(Box::new(stream)),
        shared,
        is_encrypted: false,
        user: None,
        from: None,
        to: Vec::new(),
    };
    if shared.options.mode == Mode::Implicit {
        session = session.encrypted().await?;
    }
    session.reply("220 localhost ESMTP").await?;
    loop {
        let line = session.line().await?;
        let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let reply = match verb.to_ascii_uppercase().as_str() {
            "EHLO" => session.extensions(),
            "HELO" => "250 localhost".to_owned(),
            "STARTTLS" if session.may_start_tls() => {
                let injected = match shared.fault() {
                    Fault::InjectBeforeTls(replies) => format!("\r\n{replies}"),
                    _ => String::new(),
                };
                session.reply(&format!("220 2.0.0 Ready to start TLS{injected}")).await?;
                // What came in clear text before is forgotten (RFC 3207, 4.2).
                session = session.encrypted().await?;
                continue;
            }
            "AUTH" => session.auth(rest).await?.to_owned(),
            "MAIL" => session.mail(rest).to_owned(),
            "RCPT" => session.rcpt(rest).to_owned(),
            "DATA" if session.to.is_empty() => BAD_SEQUENCE.to_owned(),
            "DATA" if shared.fault() == Fault::CloseBeforeMail => return Ok(()),
            "DATA" => session.data().await?.to_owned(),
            "RSET" => {
                session.forget();
                "250 2.0.0 OK".to_owned()
            }
            "NOOP" => "250 2.0.0 OK".to_owned(),
            "QUIT" => {
                session.reply("221 2.0.0 Bye").await?;
                return session.stream.shutdown().await;
            }
            _ => "502 5.5.1 Command not implemented".to_owned(),
        };
        session.reply(&reply).await?;
    }
}

impl<'a> Session<'a> {
    /// A line without its end; a line has to end with CRLF (RFC 5321, 2.3.8).
    async fn line(&mut self) -> io::Result<String> {
        let mut bytes = Vec::new();
        self.stream.read_until(b'\n', &mut bytes).await?;
        let line = String::from_utf8(bytes).map_err(|_| io::ErrorKind::InvalidData)?;
        match line.strip_suffix("\r\n") {
            Some(line) if !line.contains('\r') => Ok(line.to_owned()),
            _ => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    async fn reply(&mut self, text: &str) -> io::Result<()> {
        if let Fault::Slow(wait) = self.shared.fault() {
            tokio::time::sleep(wait).await;
        }
        self.stream.write_all(format!("{text}\r\n").as_bytes()).await?;
        self.stream.flush().await
    }

    fn may_start_tls(&self) -> bool {
        self.shared.options.mode == Mode::StartTls && !self.is_encrypted
    }

    async fn encrypted(self) -> io::Result<Session<'a>> {
        let stream = self.shared.acceptor.accept(self.stream.into_inner()).await?;
        Shared::count(&self.shared.handshakes);
        let stream = BufReader::new(Box::new(stream) as Box<dyn Stream>);
        Ok(Session { stream, is_encrypted: true, user: None, from: None, to: Vec::new(), ..self })
    }

    fn extensions(&mut self) -> String {
        self.forget();
        let mut lines = vec!["localhost".to_owned(), "8BITMIME".to_owned(), "ENHANCEDSTATUSCODES".to_owned()];
        if self.may_start_tls() {
            lines.push("STARTTLS".to_owned());
        } else if !self.shared.options.logins.is_empty() {
            lines.push(format!("AUTH {}", self.shared.options.logins));
        }
        let last = lines.len() - 1;
        let mark = |place: usize| if place == last { ' ' } else { '-' };
        let lines: Vec<String> =
            lines.iter().enumerate().map(|(place, line)| format!("250{}{line}", mark(place))).collect();
        lines.join("\r\n")
    }

    fn forget(&mut self) {
        self.from = None;
        self.to.clear();
    }

    async fn auth(&mut self, rest: &str) -> io::Result<&'static str> {
        Shared::count(&self.shared.logins);
        if self.may_start_tls() {
            return Ok(STARTTLS_FIRST);
        }
        let (way, initial) = rest.split_once(' ').map_or((rest, None), |(way, first)| (way, Some(first)));
        let way = way.to_ascii_uppercase();
        if self.user.is_some() || !self.shared.options.logins.split(' ').any(|offered| offered == way) {
            return Ok(if self.user.is_some() { BAD_SEQUENCE } else { "504 5.5.4 Unrecognized mechanism" });
        }
        let given = if way == "PLAIN" {
            // authzid NUL authcid NUL password (RFC 4616, 2).
            let said = self.said(initial, "").await?;
            let parts: Option<Vec<String>> = said.map(|said| said.split('\0').map(str::to_owned).collect());
            parts.and_then(|parts| <[String; 3]>::try_from(parts).ok()).map(|[_, user, word]| (user, word))
        } else {
            let user = self.said(initial, "Username:").await?;
            let word = self.said(None, "Password:").await?;
            user.zip(word)
        };
        let Some((user, word)) = given else { return Ok(SYNTAX) };
        let is_right = user == Server::USER && word == Server::PASSWORD;
        if !is_right || self.shared.fault() == Fault::RefuseLogin {
            return Ok("535 5.7.8 Authentication credentials invalid for bot@example.com");
        }
        self.user = Some(user);
        Ok("235 2.7.0 Authentication succeeded")
    }

    /// What the client says to a challenge, unless it said so at once; `None` where it is not Base64.
    async fn said(&mut self, initial: Option<&str>, challenge: &str) -> io::Result<Option<String>> {
        let said = match initial {
            Some(said) => said.to_owned(),
            None => {
                self.reply(&format!("334 {}", STANDARD.encode(challenge))).await?;
                self.line().await?
            }
        };
        Ok(STANDARD.decode(said).ok().and_then(|bytes| String::from_utf8(bytes).ok()))
    }

    fn mail(&mut self, rest: &str) -> &'static str {
        Shared::count(&self.shared.offers);
        if self.may_start_tls() {
            return STARTTLS_FIRST;
        }
        if self.user.is_none() && !self.shared.options.logins.is_empty() {
            return LOGIN_FIRST;
        }
        if self.from.is_some() {
            return BAD_SEQUENCE;
        }
        let Some(from) = path(rest, "FROM:") else { return SYNTAX };
        self.from = Some(from);
        "250 2.1.0 OK"
    }

    fn rcpt(&mut self, rest: &str) -> &'static str {
        if self.from.is_none() {
            return BAD_SEQUENCE;
        }
        let Some(to) = path(rest, "TO:") else { return SYNTAX };
        match self.shared.fault() {
            Fault::UnknownRecipient(unknown) if unknown == to => {
                return "550 5.1.1 <nobody@example.com>: user unknown";
            }
            Fault::Greylist => {
                let mut told = self.shared.greylisted.lock().unwrap();
                if !told.contains(&to) {
                    told.push(to);
                    return "451 4.7.1 Greylisted, try again later";
                }
            }
            _ => {}
        }
        self.to.push(to);
        "250 2.1.5 OK"
    }

    /// Reads the mail up to the dot, without the dots that were added (RFC 5321, 4.5.2).
    async fn data(&mut self) -> io::Result<&'static str> {
        self.reply("354 End data with <CR><LF>.<CR><LF>").await?;
        let mut raw = String::new();
        loop {
            let line = self.line().await?;
            if line == "." {
                break;
            }
            raw.push_str(line.strip_prefix('.').unwrap_or(&line));
            raw.push_str("\r\n");
        }
        let from = self.from.take().unwrap_or_default();
        let to = std::mem::take(&mut self.to);
        let fault = self.shared.fault();
        if fault == Fault::RefuseMail {
            return Ok("554 5.7.1 Rejected: Hot lead");
        }
        let letter = Letter { from, to, raw, user: self.user.clone(), is_encrypted: self.is_encrypted };
        self.shared.letters.send_modify(|letters| letters.push(letter));
        match fault {
            Fault::CloseAfterMail => Err(io::ErrorKind::ConnectionAborted.into()),
            Fault::HangAfterMail => std::future::pending().await,
            _ => Ok("250 2.0.0 OK: queued as 1"),
        }
    }
}

/// The address in `FROM:<…>` or `TO:<…>`; what follows it does not matter here.
fn path(rest: &str, word: &str) -> Option<String> {
    let (start, rest) = rest.split_at_checked(word.len())?;
    let (address, _) = rest.strip_prefix('<')?.split_once('>')?;
    start.eq_ignore_ascii_case(word).then(|| address.to_owned())
}
