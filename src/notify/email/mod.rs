//! E-mail: a bulletin as plain text and as HTML. Sending it is not done here; an answer is an SMTP reply, not an HTTP status.

mod html;
mod plain;
mod reply;
#[cfg(test)]
mod tests;

pub use reply::smtp_outcome;

use super::words::{self, Card, Entry};
use super::{Bulletin, Mail, Medium, Message, Outcome};
use crate::clock::{Millis, SECOND};
use std::fmt;

/// The longest subject, in characters.
const SUBJECT: usize = 120;
/// The longest Message-ID left of the `@`, in characters: a header line has at most 998 (RFC 5322, 2.1.1).
const LONGEST_ID: usize = 200;
/// A list that is longer is not read.
const ENTRIES: usize = 200;
/// The HTML is shorter than this, in bytes: some readers hide the end of what is longer.
const HTML: usize = 90_000;

/// Who writes to whom. Its `Debug` shows no addresses.
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    /// The sender's address, with or without a name: `Leads <leads@example.com>`.
    pub from: String,
    /// The recipients' addresses.
    pub to: Vec<String>,
    /// The name of this host, right of the `@` in a Message-ID.
    pub host: String,
}

impl fmt::Debug for Settings {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Settings").field("host", &self.host).finish_non_exhaustive()
    }
}

impl Settings {
    /// Settings whose host is the sender's.
    ///
    /// # Errors
    /// As [`Settings::new`].
    pub fn by_sender(from: String, to: Vec<String>) -> Result<Settings, String> {
        let host = from.rsplit('@').next().unwrap_or_default().trim_end_matches('>').to_owned();
        Settings::new(from, to, host)
    }

    /// Settings that can stand in a mail's header.
    ///
    /// # Errors
    /// Where an address holds a line break or another control character or is none, where there is no recipient, or where the host is no
    /// name. Says which, but not the address.
    pub fn new(from: String, to: Vec<String>, host: String) -> Result<Settings, String> {
        address(&from).map_err(|fault| format!("the sender {fault}"))?;
        if to.is_empty() {
            return Err("there is no recipient".to_owned());
        }
        for (index, recipient) in to.iter().enumerate() {
            address(recipient).map_err(|fault| format!("recipient {} {fault}", index + 1))?;
        }
        let is_name =
            |label: &str| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        if !host.split('.').all(is_name) {
            return Err("the host name has something other than letters, digits, dots and hyphens".to_owned());
        }
        Ok(Settings { from, to, host })
    }
}

/// What is wrong with an address, as far as the header is concerned; whether it exists is the server's to say.
fn address(text: &str) -> Result<(), &'static str> {
    if text.chars().any(char::is_control) {
        return Err("holds a line break or another control character");
    }
    let bare = match text.rsplit_once('<') {
        Some((_, rest)) => rest.trim_end().strip_suffix('>').unwrap_or_default(),
        None => text.trim(),
    };
    match bare.rsplit_once('@') {
        Some((local, domain)) if !local.is_empty() && !domain.is_empty() && !bare.contains(' ') => Ok(()),
        _ => Err("is no e-mail address"),
    }
}

/// Mailboxes.
#[derive(Clone, Debug)]
pub struct Email {
    settings: Settings,
}

impl Email {
    /// Mail from and to those.
    pub fn new(settings: Settings) -> Email {
        Email { settings }
    }
}

impl Medium for Email {
    fn kind(&self) -> &'static str {
        "email"
    }

    fn encode(&self, bulletin: &Bulletin) -> Message {
        let written = |told: &Told<'_>| (plain::text(bulletin, told), html::page(bulletin, told));
        let (text, html) = match bulletin.notices.as_slice() {
            // A card is short whatever it says.
            [notice] => written(&Told::Card(&words::card(notice, bulletin.zone.as_ref()))),
            _ => {
                let entries = words::entries(bulletin, ENTRIES);
                let first = |shown: usize| written(&Told::List(&entries[..shown]));
                words::fitting(entries.len(), first, |(_, html)| html.len() < HTML)
            }
        };
        Message::Mail(Mail {
            message_id: message_id(&bulletin.id, &self.settings.host),
            from: self.settings.from.clone(),
            to: self.settings.to.clone(),
            subject: subject(bulletin),
            text,
            html,
        })
    }

    /// `status` is the SMTP server's reply code, `body` its text.
    fn outcome(&self, status: u16, body: &str) -> Outcome {
        smtp_outcome(Some(status), body)
    }

    fn spacing(&self) -> Millis {
        SECOND
    }
}

/// What a mail tells.
enum Told<'a> {
    /// One notice in full.
    Card(&'a Card),
    /// The first of several.
    List(&'a [Entry]),
}

/// The mail's id: the bulletin's, so that it is the same when the mail is sent again (RFC 5322, 3.6.4). What cannot stand in one is a
/// hyphen.
fn message_id(id: &str, host: &str) -> String {
    let allowed = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    let id: String = id.chars().take(LONGEST_ID).map(allowed).collect();
    format!("<{id}@{host}>")
}

/// The subject: one line. A test and a repeat say so first.
fn subject(bulletin: &Bulletin) -> String {
    let sample = if bulletin.is_sample { "Test: " } else { "" };
    let repeat = if bulletin.is_repeat { "Repeated: " } else { "" };
    words::clean(&format!("{sample}{repeat}{}", words::title(bulletin)), SUBJECT)
}
