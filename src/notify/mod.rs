//! How people are told: one file per medium, each pure. A medium writes a bulletin in its own form, within its limits and with what
//! people wrote escaped so that it comes out as text, and reads what an answer means.

mod book;
pub mod discord;
pub mod email;
mod outcome;
pub mod slack;
pub mod teams;
mod words;

pub use book::{Escalation, List, Lists, Quiet, sample};
pub use outcome::Outcome;

use crate::clock::Millis;
use crate::domain::sending::Outgoing;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One thing somebody is told: of a lead, or of how the server is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Notice {
    /// What happened, in a few words of ours: "Hot lead", "Demo requested", "The sink crm is paused".
    pub headline: String,
    /// Who: a name, else a number or address. What people wrote: any characters.
    pub who: String,
    /// `SQL`, `MQL`, `Unqualified`; empty in an alert.
    pub class: String,
    /// The score.
    pub score: Option<i64>,
    /// The largest reasons of the score: ("demo requested", 15).
    pub reasons: Vec<(String, i64)>,
    /// What the person said last.
    pub last_words: Option<String>,
    /// Further facts, each with its label: phone, e-mail, source, channel, variant; or, in an alert, numbers.
    pub facts: Vec<(String, String)>,
    /// The lead's page.
    pub link: Option<String>,
    /// Where it can be claimed.
    pub claim: Option<String>,
    /// When it happened.
    pub happened_at: Millis,
}

/// What one message says: one notice, or several that came at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bulletin {
    /// Identifies the message: the same when it is sent again.
    pub id: String,
    /// What it tells; never empty.
    pub notices: Vec<Notice>,
    /// It may have been received before.
    pub is_repeat: bool,
    /// It is a test, and says so.
    pub is_sample: bool,
    /// The time zone times are shown in.
    pub zone: Option<jiff::tz::TimeZone>,
}

/// A message in a medium's form.
#[derive(Clone, Debug)]
pub enum Message {
    /// A request.
    Http(Outgoing),
    /// A mail.
    Mail(Mail),
}

/// A mail. Its `Debug` shows no words and no addresses.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// `<…@…>`, the same when it is sent again (RFC 5322, 3.6.4).
    pub message_id: String,
    /// The sender's address, with or without a name.
    pub from: String,
    /// The recipients.
    pub to: Vec<String>,
    /// One line.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// As HTML.
    pub html: String,
}

impl fmt::Debug for Mail {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Mail").field("message_id", &self.message_id).finish_non_exhaustive()
    }
}

/// The most notices one message tells: each is named in it, with its links, whatever the medium.
pub const TOGETHER: i64 = 10;

/// A way people are told.
pub trait Medium: fmt::Debug + Send + Sync {
    /// Its kind: `email`, `slack`, `discord`, `teams`.
    fn kind(&self) -> &'static str;

    /// The message that says it.
    fn encode(&self, bulletin: &Bulletin) -> Message;

    /// What the answer to a request means; `headers` is what the medium says of when it may be asked again, in milliseconds.
    fn outcome(&self, status: u16, body: &str) -> Outcome;

    /// The least time between two messages, in milliseconds: what comes meanwhile is told together.
    fn spacing(&self) -> Millis;
}

#[cfg(test)]
mod tests {
    use super::words::samples;
    use super::*;

    #[test]
    fn whatever_goes_together_is_named() {
        let hook = || secrecy::SecretString::from("https://hook.example/x");
        let mail = email::Settings::new("a@b.example".into(), vec!["c@d.example".into()], "h.example".into());
        let media: [Box<dyn Medium>; 4] = [
            Box::new(slack::Slack::new(slack::Settings { webhook: hook() })),
            Box::new(discord::Discord::new(discord::Settings { webhook: hook() })),
            Box::new(teams::Teams::new(teams::Settings { webhook: hook() })),
            Box::new(email::Email::new(mail.unwrap())),
        ];
        let link = format!("https://leadwire.a-rather-long-name.example.com/leads/{}", "1".repeat(110));
        for text in ["&", "*", "👍", "漢", "Ann "] {
            let notices = (0..TOGETHER).map(|number| Notice {
                who: format!("{number}{}", text.repeat(100)),
                link: Some(link.clone()),
                claim: Some(format!("{link}/claim")),
                ..samples::lead(1)
            });
            let bulletin = Bulletin { is_repeat: true, ..samples::bulletin(notices.collect()) };
            for medium in &media {
                let told = match medium.encode(&bulletin) {
                    Message::Http(outgoing) => outgoing.body,
                    Message::Mail(mail) => mail.html,
                };
                assert!(
                    told.contains("9") && !told.contains(" more"),
                    "{} with {text}: {told}",
                    medium.kind()
                );
            }
        }
    }
}
