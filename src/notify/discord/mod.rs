//! Discord: a webhook takes one embed.
//!
//! Embeds are Markdown nearly everywhere, so what people wrote is escaped; `allowed_mentions` lets nobody be mentioned all the same.

#[cfg(test)]
mod tests;

use super::words::{self, Card, Entry, shorten, units};
use super::{Bulletin, Medium, Message, Outcome};
use crate::clock::{DAY, Millis};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value as Json, json};

/// Discord's limits, in characters (execute webhook; embed limits).
const TITLE: usize = 256;
const DESCRIPTION: usize = 4_096;
const FIELDS: usize = 25;
const FIELD_NAME: usize = 256;
const FIELD_VALUE: usize = 1_024;
/// All texts of all embeds together.
const TOTAL: usize = 6_000;
/// A list that is longer is not read.
const ENTRIES: usize = 40;
/// The longest line of a list.
const LINE: usize = 400;

/// Where messages go.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The webhook's address, with or without a query (`thread_id`): a secret.
    pub webhook: SecretString,
}

/// A Discord channel.
#[derive(Clone, Debug)]
pub struct Discord {
    settings: Settings,
}

impl Discord {
    /// The channel behind that webhook.
    pub fn new(settings: Settings) -> Discord {
        Discord { settings }
    }
}

impl Medium for Discord {
    fn kind(&self) -> &'static str {
        "discord"
    }

    fn encode(&self, bulletin: &Bulletin) -> Message {
        let embed = match bulletin.notices.as_slice() {
            [notice] => {
                let card = words::card(notice, bulletin.zone.as_ref());
                words::fitting(card.facts.len().min(FIELDS), |shown| single(bulletin, &card, shown), fits)
            }
            _ => {
                let entries = words::entries(bulletin, ENTRIES);
                words::fitting(entries.len(), |shown| list(bulletin, &entries[..shown]), fits)
            }
        };
        let mut body = json!({"allowed_mentions": {"parse": []}, "embeds": [embed]});
        let marks = words::marks(bulletin).join(". ");
        if !marks.is_empty() {
            body["content"] = marks.into();
        }
        words::post(waiting(self.settings.webhook.expose_secret()), &body)
    }

    /// A 429 says in its body after how many seconds, with fractions, it may be asked again. Other errors have a number (10015: the
    /// webhook is unknown).
    fn outcome(&self, status: u16, body: &str) -> Outcome {
        if matches!(status, 200 | 204) {
            return Outcome::Sent;
        }
        let answer: Json = serde_json::from_str(body).unwrap_or(Json::Null);
        let code = answer["code"].as_i64().map(|code| code.to_string()).unwrap_or_default();
        match words::by_status("Discord", status, &code) {
            Outcome::Retry { reason, .. } => {
                let seconds = answer["retry_after"].as_f64().filter(|seconds| *seconds >= 0.0);
                let after_ms = seconds.map(|seconds| ((seconds * 1_000.0).ceil() as Millis).min(DAY));
                Outcome::Retry { reason, after_ms }
            }
            other => other,
        }
    }

    fn spacing(&self) -> Millis {
        500
    }
}

/// The address that answers only when the message is there: `wait=true` beside what its query says.
fn waiting(webhook: &str) -> String {
    let (address, query) = webhook.split_once('?').unwrap_or((webhook, ""));
    let others = query.split('&').filter(|pair| !pair.is_empty() && pair.split('=').next() != Some("wait"));
    let pairs: Vec<&str> = others.chain(["wait=true"]).collect();
    format!("{address}?{}", pairs.join("&"))
}

/// A backslash before whatever Markdown, mentions, emoji names and addresses are made of.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\*_~`|[]()<>#-:@".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

fn written(text: &str, most: usize) -> String {
    shorten(text, most, escape)
}

/// A link of ours.
fn markdown((label, url): &(&'static str, String)) -> String {
    format!("[{label}]({url})")
}

/// Whether an embed is within the limits that texts share.
fn fits(embed: &Json) -> bool {
    units(embed["description"].as_str().unwrap_or_default()) <= DESCRIPTION && total(embed) <= TOTAL
}

/// The characters of an embed that count.
fn total(embed: &Json) -> usize {
    let fields = embed["fields"].as_array().into_iter().flatten();
    let of_fields = fields.flat_map(|field| [&field["name"], &field["value"]]);
    let texts =
        [&embed["title"], &embed["description"], &embed["footer"]["text"]].into_iter().chain(of_fields);
    texts.filter_map(Json::as_str).map(units).sum()
}

fn embed(bulletin: &Bulletin, lines: &[String]) -> Json {
    json!({"title": written(&words::title(bulletin), TITLE), "description": lines.join("\n")})
}

fn single(bulletin: &Bulletin, card: &Card, shown: usize) -> Json {
    let Card { standing, reasons, last_words, facts, facts_in_all, links, at } = card;
    let facts = &facts[..shown];
    let mut lines: Vec<String> = standing.iter().map(|text| format!("**{}**", escape(text))).collect();
    lines.extend(reasons.iter().map(|text| escape(text)));
    lines.extend(last_words.iter().map(|text| format!("> {}", escape(text))));
    if !links.is_empty() {
        lines.push(links.iter().map(markdown).collect::<Vec<_>>().join(" · "));
    }
    let mut embed = embed(bulletin, &lines);
    let field = |(label, value): &(String, String)| {
        let (name, value) = (written(label, FIELD_NAME), written(value, FIELD_VALUE));
        json!({"name": name, "value": value, "inline": true})
    };
    embed["fields"] = facts.iter().map(field).collect();
    if let Some((_, url)) = links.last() {
        embed["url"] = url.as_str().into();
    }
    let footer: Vec<String> = words::more(*facts_in_all, shown)
        .into_iter()
        .chain(Some(at.clone()).filter(|at| !at.is_empty()))
        .collect();
    if !footer.is_empty() {
        embed["footer"] = json!({"text": footer.join(" · ")});
    }
    embed
}

fn list(bulletin: &Bulletin, entries: &[Entry]) -> Json {
    let line = |Entry { line, link }: &Entry| {
        let line = written(line, LINE);
        match link {
            Some(link) => format!("• {line} · {}", markdown(link)),
            None => format!("• {line}"),
        }
    };
    let mut lines: Vec<String> = entries.iter().map(line).collect();
    lines.extend(words::more(bulletin.notices.len(), entries.len()));
    embed(bulletin, &lines)
}
