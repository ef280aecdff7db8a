//! A bulletin as an HTML mail: nothing is fetched from elsewhere, styles are inline, and where a reader darkens mails it is dark.

use super::Told;
use crate::notify::Bulletin;
use crate::notify::words::{self, Card, Entry};

/// What the hidden first line says at most, in characters: readers show it beside the subject.
const PREHEADER: usize = 140;

/// Readers that ignore it show the light colours of the inline styles.
const DARK: &str = "@media (prefers-color-scheme:dark){.page{background:#0f172a!important}.card{background:#1e293b!important;border-color:#334155!important}.ink{color:#f1f5f9!important}.faint{color:#94a3b8!important}.rule{border-color:#334155!important}.link{color:#93c5fd!important}}";

const FONT: &str = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/// The HTML of a mail that tells that.
pub(super) fn page(bulletin: &Bulletin, told: &Told<'_>) -> String {
    let title = escape(&words::title(bulletin));
    let (hint, told) = match told {
        Told::Card(one) => card(one),
        Told::List(entries) => list(bulletin, entries),
    };
    let hint = words::shorten(&hint, PREHEADER, escape);
    let marks: String = words::marks(bulletin).into_iter().map(|mark| faint(&escape(mark))).collect();
    format!(
        r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{title}</title>
<style>{DARK}</style>
</head>
<body class="page" style="margin:0;padding:0;background:#f1f5f9">
<div style="display:none;max-height:0;overflow:hidden">{hint}</div>
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" style="background:#f1f5f9"><tr><td align="center" style="padding:16px">
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;background:#ffffff;border:1px solid #e2e8f0;border-radius:8px"><tr><td style="padding:20px;{FONT};font-size:16px;line-height:1.5;text-align:left">
{marks}<h1 class="ink" dir="auto" style="margin:0 0 8px;font-size:20px;line-height:1.3;color:#0f172a;overflow-wrap:anywhere">{title}</h1>
{told}</td></tr></table>
</td></tr></table>
</body>
</html>
"#
    )
}

/// What has a meaning in HTML, in texts and in attributes.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

fn paragraph(text: &str) -> String {
    format!(
        "<p class=\"ink\" dir=\"auto\" style=\"margin:0 0 8px;color:#0f172a;overflow-wrap:anywhere\">{text}</p>\n"
    )
}

fn faint(text: &str) -> String {
    format!("<p class=\"faint\" style=\"margin:0 0 8px;font-size:13px;color:#64748b\">{text}</p>\n")
}

/// The card's first words, and the card.
fn card(card: &Card) -> (String, String) {
    let Card { standing, reasons, last_words, facts, facts_in_all, links, at } = card;
    let hint: Vec<&str> =
        standing.iter().chain(last_words).chain(reasons.iter().take(1)).map(String::as_str).collect();
    let mut told: String =
        standing.iter().map(|text| paragraph(&format!("<strong>{}</strong>", escape(text)))).collect();
    if !reasons.is_empty() {
        let lines: Vec<String> = reasons.iter().map(|text| escape(text)).collect();
        told += &paragraph(&lines.join("<br>\n"));
    }
    if let Some(words) = last_words {
        told += &format!(
            "<blockquote class=\"ink rule\" dir=\"auto\" style=\"margin:12px 0;padding:4px 12px;border-left:4px solid #cbd5e1;color:#0f172a;overflow-wrap:anywhere\">{}</blockquote>\n",
            escape(words)
        );
    }
    if !facts.is_empty() {
        let rows: String = facts.iter().map(row).collect();
        told += &format!(
            "<table width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"margin:12px 0;border-collapse:collapse\">\n{rows}</table>\n"
        );
    }
    told.extend(words::more(*facts_in_all, facts.len()).as_deref().map(faint));
    told.extend(links.iter().enumerate().map(|(index, link)| action(index == 0, link)));
    if !at.is_empty() {
        told += &faint(&escape(at));
    }
    (hint.join(" · "), told)
}

fn row((label, value): &(String, String)) -> String {
    let (label, value) = (escape(label), escape(value));
    format!(
        "<tr><th scope=\"row\" class=\"faint rule\" dir=\"auto\" style=\"padding:6px 12px 6px 0;border-top:1px solid #e2e8f0;text-align:left;vertical-align:top;font-weight:normal;color:#64748b\">{label}</th><td class=\"ink rule\" dir=\"auto\" style=\"padding:6px 0;border-top:1px solid #e2e8f0;vertical-align:top;color:#0f172a;overflow-wrap:anywhere\">{value}</td></tr>\n"
    )
}

/// A link: the first is a button.
fn action(is_first: bool, (label, url): &(&'static str, String)) -> String {
    let (class, style) = match is_first {
        true => (
            "button",
            "display:inline-block;padding:12px 20px;border-radius:6px;background:#1d4ed8;color:#ffffff;font-weight:bold;text-decoration:none",
        ),
        false => ("link", "color:#1d4ed8"),
    };
    format!(
        "<p style=\"margin:16px 0\"><a class=\"{class}\" href=\"{}\" style=\"{style}\">{}</a></p>\n",
        escape(url),
        escape(label)
    )
}

/// The first lines, and the list.
fn list(bulletin: &Bulletin, entries: &[Entry]) -> (String, String) {
    let hint: Vec<&str> = entries.iter().take(3).map(|entry| entry.line.as_str()).collect();
    let rows: String = entries.iter().map(entry).collect();
    let more = words::more(bulletin.notices.len(), entries.len()).as_deref().map(faint).unwrap_or_default();
    let told = format!(
        "<table width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"border-collapse:collapse\">\n{rows}</table>\n{more}"
    );
    (hint.join(", "), told)
}

fn entry(Entry { line, link }: &Entry) -> String {
    let link = link.as_ref().map_or_else(String::new, |(label, url)| {
        format!("<a class=\"link\" href=\"{}\" style=\"color:#1d4ed8\">{}</a>", escape(url), escape(label))
    });
    format!(
        "<tr><td class=\"ink rule\" dir=\"auto\" style=\"padding:8px 12px 8px 0;border-top:1px solid #e2e8f0;color:#0f172a;overflow-wrap:anywhere\">{}</td><td class=\"rule\" style=\"padding:8px 0;border-top:1px solid #e2e8f0;text-align:right;white-space:nowrap\">{link}</td></tr>\n",
        escape(line)
    )
}
