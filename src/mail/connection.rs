//! One connection to the mail server, step by step, so that it is known at each whether anything may have been taken.

use super::Mailer;
use super::answer::{MailAnswer, Step};
use super::letter::Letter;
use super::wire::Wire;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use secrecy::{ExposeSecret, SecretString};
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::time::Duration;
use tokio::time::{Instant, timeout, timeout_at};

/// One of several addresses of a host must not use up the time of all of them.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// What happened to the mail is known by then: nobody waits longer to say goodbye.
const FAREWELL: Duration = Duration::from_secs(1);

/// How the connection is kept from others.
pub(super) enum Line {
    /// It is not.
    Clear,
    /// After STARTTLS.
    StartTls(TlsParameters),
    /// From the first byte.
    Tls(TlsParameters),
}

/// Who logs in.
pub(super) struct Login {
    /// Who.
    pub user: String,
    /// Their password.
    pub password: SecretString,
}

/// A connection that has greeted and logged in.
pub(super) struct Connection {
    smtp: AsyncSmtpConnection,
    deadline: Instant,
}

impl Mailer {
    /// Connects, secures the line, logs in. Every step of the connection ends at the deadline.
    pub(super) async fn open(&self, deadline: Instant) -> Result<Connection, MailAnswer> {
        let smtp = within(deadline, self.connect()).await?;
        let mut connection = Connection { smtp, deadline };
        if let Some(login) = &self.login
            && let Err(answer) = connection.log_in(login).await
        {
            connection.part().await;
            return Err(answer);
        }
        Ok(connection)
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, MailAnswer> {
        // The name is an address literal: RFC 5321, 4.1.4 asks for one where a client has no name of its own.
        let hello = ClientId::default();
        let patience = CONNECT_TIMEOUT.min(self.timeout);
        let wrapper = match &self.line {
            Line::StartTls(trust) => return self.connect_and_start_tls(trust, &hello, patience).await,
            Line::Tls(trust) => Some(trust.clone()),
            Line::Clear => None,
        };
        let at = (self.host.as_str(), self.port);
        let connecting = AsyncSmtpConnection::connect_tokio1(at, Some(patience), &hello, wrapper, None);
        connecting.await.map_err(|error| MailAnswer::not_sent(Step::Connection, &error))
    }

    async fn connect_and_start_tls(
        &self,
        trust: &TlsParameters,
        hello: &ClientId,
        patience: Duration,
    ) -> Result<AsyncSmtpConnection, MailAnswer> {
        let wire = Wire::connect(&self.host, self.port, patience).await;
        let wire = wire.map_err(|_| MailAnswer::unreachable())?;
        let greeting = AsyncSmtpConnection::connect_with_transport(Box::new(wire), hello).await;
        let mut smtp = greeting.map_err(|error| MailAnswer::not_sent(Step::Connection, &error))?;
        if !smtp.can_starttls() {
            leave(smtp).await;
            return Err(MailAnswer::refused("the server does not offer STARTTLS"));
        }
        // Where this fails there is no stream left to say goodbye over.
        let secured = smtp.starttls(trust.clone(), hello).await;
        secured.map_err(|error| MailAnswer::not_sent(Step::StartTls, &error))?;
        Ok(smtp)
    }
}

impl Connection {
    async fn log_in(&mut self, login: &Login) -> Result<(), MailAnswer> {
        const KNOWN: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];
        if self.smtp.server_info().get_auth_mechanism(&KNOWN).is_none() {
            return Err(MailAnswer::refused("the server offers no login that is known (PLAIN, LOGIN)"));
        }
        let credentials = Credentials::new(login.user.clone(), login.password.expose_secret().to_owned());
        within(self.deadline, async {
            let answer = self.smtp.auth(&KNOWN, &credentials).await;
            let answer = answer.map_err(|error| MailAnswer::not_sent(Step::Login, &error))?;
            expected(answer.code().into(), 235..=235, Step::Login)
        })
        .await
    }

    /// Says from whom and to whom, until the server wants to see the mail.
    pub(super) async fn offer(&mut self, letter: &Letter) -> Result<(), MailAnswer> {
        let mut parameters = Vec::new();
        if letter.needs_utf8() {
            if !self.smtp.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Err(MailAnswer::malformed("an address beyond ASCII, which the server does not take"));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        self.ask(Mail::new(Some(letter.from.clone()), parameters), 250..=250, Step::Sender).await?;
        for to in &letter.to {
            self.ask(Rcpt::new(to.clone(), Vec::new()), 250..=252, Step::Recipient).await?;
        }
        // Nothing but 354: an answer to something else is a server that is out of step.
        self.ask(Data, 354..=354, Step::Mail).await
    }

    async fn ask(
        &mut self,
        command: impl Display,
        codes: RangeInclusive<u16>,
        step: Step,
    ) -> Result<(), MailAnswer> {
        within(self.deadline, async {
            let answer = self.smtp.command(command).await;
            let answer = answer.map_err(|error| MailAnswer::not_sent(step, &error))?;
            expected(answer.code().into(), codes, step)
        })
        .await
    }

    /// Sends the mail itself. From its first byte on, only an answer says what became of it.
    pub(super) async fn hand_over(&mut self, letter: &Letter) -> MailAnswer {
        match timeout_at(self.deadline, self.smtp.message(&letter.bytes)).await {
            Err(_) => MailAnswer::unknown("no answer in time after the mail was sent"),
            Ok(Ok(answer)) => MailAnswer::taken_or_unknown(answer.code().into()),
            Ok(Err(error)) if error.status().is_some() => MailAnswer::not_sent(Step::Mail, &error),
            Ok(Err(_)) => MailAnswer::unknown("the connection broke after the mail was sent"),
        }
    }

    /// Leaves. What the server says to that does not matter.
    pub(super) async fn part(self) {
        leave(self.smtp).await;
    }
}

async fn leave(mut smtp: AsyncSmtpConnection) {
    // Without an answer the connection is closed all the same.
    let _ = timeout(FAREWELL, smtp.abort()).await;
}

/// A step before the mail itself: without an answer in time, nothing was sent.
async fn within<T>(
    deadline: Instant,
    step: impl Future<Output = Result<T, MailAnswer>>,
) -> Result<T, MailAnswer> {
    timeout_at(deadline, step).await.unwrap_or_else(|_| Err(MailAnswer::refused("no answer in time")))
}

fn expected(code: u16, codes: RangeInclusive<u16>, step: Step) -> Result<(), MailAnswer> {
    if codes.contains(&code) { Ok(()) } else { Err(MailAnswer::out_of_step(step, code)) }
}
