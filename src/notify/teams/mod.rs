//! Microsoft Teams: a Workflows webhook takes a message with an Adaptive Card.
//!
//! A `TextBlock` is Markdown; a `TextRun` is not (schema 1.2), so what people wrote stands in runs, and only our own words in blocks.

#[cfg(test)]
mod tests;

use super::words::{self, Card, Entry};
use super::{Bulletin, Medium, Message, Outcome};
use crate::clock::{Millis, SECOND};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value as Json, json};

/// The whole message is shorter than this, in bytes: Teams takes about 28 KB with its own markup.
const TOTAL: usize = 21_000;
/// A list that is longer is not read.
const ENTRIES: usize = 60;

/// Where messages go.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The workflow's address, used byte for byte: its query holds the signature, so it is a secret.
    pub webhook: SecretString,
}

/// A channel or chat in Teams.
#[derive(Clone, Debug)]
pub struct Teams {
    settings: Settings,
}

impl Teams {
    /// The channel or chat behind that workflow.
    pub fn new(settings: Settings) -> Teams {
        Teams { settings }
    }
}

impl Medium for Teams {
    fn kind(&self) -> &'static str {
        "teams"
    }

    fn encode(&self, bulletin: &Bulletin) -> Message {
        let fits = |body: &Json| body.to_string().len() < TOTAL;
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

    /// 202 is usual; it does not prove that the card was shown.
    fn outcome(&self, status: u16, _body: &str) -> Outcome {
        match status {
            200..300 => Outcome::Sent,
            _ => words::by_status("Teams", status, ""),
        }
    }

    fn spacing(&self) -> Millis {
        SECOND
    }
}

/// Words of ours, as Markdown.
fn block(text: &str) -> Json {
    json!({"type": "TextBlock", "text": text, "wrap": true})
}

/// Words of anybody. `{{DATE(…)}}` and its like are not left in one piece.
fn run(text: &str) -> Json {
    json!({"type": "TextRun", "text": text.replace('{', "{\u{200b}")})
}

fn bold(text: &str) -> Json {
    let mut run = run(text);
    run["weight"] = "Bolder".into();
    run
}

fn rich(runs: &[Json]) -> Json {
    json!({"type": "RichTextBlock", "inlines": runs})
}

/// The message: what is said of it, its title, what it tells, and what can be done.
fn message(bulletin: &Bulletin, told: Vec<Json>, links: &[(&'static str, String)]) -> Json {
    let mut title = bold(&words::title(bulletin));
    title["size"] = "Large".into();
    let mut body: Vec<Json> = words::marks(bulletin).into_iter().map(block).collect();
    body.push(rich(&[title]));
    body.extend(told);
    let action =
        |(label, url): &(&str, String)| json!({"type": "Action.OpenUrl", "title": label, "url": url});
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "body": body,
                "actions": links.iter().map(action).collect::<Vec<_>>(),
            },
        }],
    })
}

fn single(bulletin: &Bulletin, card: &Card, shown: usize) -> Json {
    let Card { standing, reasons, last_words, facts, facts_in_all, links, at } = card;
    let facts = &facts[..shown];
    let mut told: Vec<Json> = standing.iter().map(|text| rich(&[bold(text)])).collect();
    told.extend(reasons.iter().chain(last_words).map(|text| rich(&[run(text)])));
    told.extend(facts.iter().map(|(label, value)| rich(&[bold(&format!("{label}: ")), run(value)])));
    told.extend(words::more(*facts_in_all, shown).as_deref().map(block));
    told.extend(Some(at).filter(|at| !at.is_empty()).map(|at| block(at)));
    message(bulletin, told, links)
}

fn list(bulletin: &Bulletin, entries: &[Entry]) -> Json {
    let blocks = |Entry { line, link }: &Entry| {
        let mut blocks = vec![rich(&[run(line)])];
        if let Some((label, url)) = link {
            let mut link = block(&format!("[{label}]({url})"));
            link["spacing"] = "None".into();
            blocks.push(link);
        }
        blocks
    };
    let mut told: Vec<Json> = entries.iter().flat_map(blocks).collect();
    told.extend(words::more(bulletin.notices.len(), entries.len()).as_deref().map(block));
    message(bulletin, told, &[])
}
