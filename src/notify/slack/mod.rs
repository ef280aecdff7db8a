//! Slack: an incoming webhook takes Block Kit.
//!
//! What people wrote stands in `plain_text` objects, where nothing is formatted and nobody is mentioned. Only the fallback is mrkdwn.

#[cfg(test)]
mod tests;

use super::words::{self, Card, Entry, shorten, units};
use super::{Bulletin, Medium, Message, Outcome};
use crate::clock::{Millis, SECOND};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value as Json, json};

/// Slack's limits, in characters (Block Kit reference).
const HEADER: usize = 150;
const SECTION: usize = 3_000;
const FIELD: usize = 2_000;
const FIELDS: usize = 10;
const BUTTON: usize = 75;
/// Fewer than the 50 blocks Slack takes, for the header and what stands around the list.
const ENTRIES: usize = 45;
/// The whole message; a little above that Slack has answered `msg_blocks_too_long`.
const TOTAL: usize = 13_000;
/// The fallback: what a notification shows.
const FALLBACK: usize = 300;

/// Where messages go.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address of the incoming webhook: a secret.
    pub webhook: SecretString,
}

/// A Slack channel.
#[derive(Clone, Debug)]
pub struct Slack {
    settings: Settings,
}

impl Slack {
    /// The channel behind that webhook.
    pub fn new(settings: Settings) -> Slack {
        Slack { settings }
    }
}

impl Medium for Slack {
    fn kind(&self) -> &'static str {
        "slack"
    }

    fn encode(&self, bulletin: &Bulletin) -> Message {
        let fits = |body: &Json| units(&body.to_string()) < TOTAL;
        let body = match bulletin.notices.as_slice() {
            [notice] => {
                let card = words::card(notice, bulletin.zone.as_ref());
                words::fitting(card.facts.len(), |shown| single(bulletin, &card, shown), fits)
            }
            _ => {
                let entries = words::entries(bulletin, ENTRIES);
                words::fitting(entries.len(), |shown| list(bulletin, &entries[..shown]), fits)
            }
        };
        words::post(self.settings.webhook.expose_secret().to_owned(), &body)
    }

    /// Errors are plain words: `invalid_payload`, `no_service`, `channel_is_archived`.
    fn outcome(&self, status: u16, body: &str) -> Outcome {
        let words = body.trim();
        if status == 200 && words == "ok" {
            return Outcome::Sent;
        }
        words::by_status("Slack", status, words)
    }

    fn spacing(&self) -> Millis {
        SECOND
    }
}

/// `&`, `<` and `>` are entities in every text object (Slack, "Escaping text").
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// As [`escape`], where text is formatted: mrkdwn knows no escape for its marks, so look-alikes stand for them.
fn escape_mrkdwn(text: &str) -> String {
    let alike = |c| match c {
        '*' => '∗',
        '_' => '＿',
        '~' => '∼',
        '`' => 'ˋ',
        ':' => '꞉',
        '@' => '＠',
        '#' => '＃',
        other => other,
    };
    escape(&text.chars().map(alike).collect::<String>())
}

fn plain(text: &str, most: usize) -> Json {
    json!({"type": "plain_text", "text": shorten(text, most, escape), "emoji": false})
}

fn section(text: &str) -> Json {
    json!({"type": "section", "text": plain(text, SECTION)})
}

fn context(text: &str) -> Json {
    json!({"type": "context", "elements": [plain(text, SECTION)]})
}

fn button((label, url): &(&'static str, String)) -> Json {
    json!({"type": "button", "text": plain(label, BUTTON), "url": url})
}

/// The message: what is said of it, its title, and what it tells.
fn message(bulletin: &Bulletin, standing: &str, told: Vec<Json>) -> Json {
    let (title, marks) = (words::title(bulletin), words::marks(bulletin).join(". "));
    let mut blocks = Vec::new();
    if !marks.is_empty() {
        blocks.push(context(&marks));
    }
    blocks.push(json!({"type": "header", "text": plain(&title, HEADER)}));
    blocks.extend(told);
    // The marks and the separators are ours.
    let parts = [marks, shorten(&title, FALLBACK, escape_mrkdwn), shorten(standing, FALLBACK, escape_mrkdwn)];
    let text = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    json!({"text": text, "unfurl_links": false, "blocks": blocks})
}

fn single(bulletin: &Bulletin, card: &Card, shown: usize) -> Json {
    let Card { standing, reasons, last_words, facts, facts_in_all, links, at } = card;
    let facts = &facts[..shown];
    let summary: Vec<String> = standing.iter().chain(reasons).cloned().collect();
    let mut told = Vec::new();
    if !summary.is_empty() {
        told.push(section(&summary.join("\n")));
    }
    told.extend(last_words.as_deref().map(section));
    let fields: Vec<Json> =
        facts.iter().map(|(label, value)| plain(&format!("{label}\n{value}"), FIELD)).collect();
    told.extend(fields.chunks(FIELDS).map(|fields| json!({"type": "section", "fields": fields})));
    told.extend(words::more(*facts_in_all, shown).as_deref().map(context));
    if !links.is_empty() {
        let buttons: Vec<Json> = links.iter().map(button).collect();
        told.push(json!({"type": "actions", "elements": buttons}));
    }
    if !at.is_empty() {
        told.push(context(at));
    }
    message(bulletin, standing.as_deref().unwrap_or_default(), told)
}

fn list(bulletin: &Bulletin, entries: &[Entry]) -> Json {
    let block = |Entry { line, link }: &Entry| {
        let mut block = section(line);
        if let Some(link) = link {
            block["accessory"] = button(link);
        }
        block
    };
    let mut told: Vec<Json> = entries.iter().map(block).collect();
    told.extend(words::more(bulletin.notices.len(), entries.len()).as_deref().map(context));
    message(bulletin, "", told)
}
