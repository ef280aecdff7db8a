//! A bulletin as plain text.

use super::Told;
use crate::notify::Bulletin;
use crate::notify::words::{self, Card, Entry};

/// The text of a mail that tells that.
pub(super) fn text(bulletin: &Bulletin, told: &Told<'_>) -> String {
    let mut lines = vec![words::title(bulletin), String::new()];
    let marks = words::marks(bulletin);
    if !marks.is_empty() {
        lines.extend(marks.into_iter().map(str::to_owned));
        lines.push(String::new());
    }
    match told {
        Told::Card(one) => card(one, &mut lines),
        Told::List(entries) => {
            lines.extend(entries.iter().flat_map(entry));
            lines.extend(words::more(bulletin.notices.len(), entries.len()));
        }
    }
    lines.join("\n").trim_end().to_owned() + "\n"
}

fn card(card: &Card, lines: &mut Vec<String>) {
    let Card { standing, reasons, last_words, facts, facts_in_all, links, at } = card;
    let written = facts.iter().map(|(label, value)| format!("{label}: {value}"));
    let left = words::more(*facts_in_all, facts.len());
    let groups: [Vec<String>; 5] = [
        standing.iter().cloned().chain(reasons.iter().map(|reason| format!("  {reason}"))).collect(),
        last_words.iter().cloned().collect(),
        written.chain(left).collect(),
        links.iter().map(|(label, url)| format!("{label}: {url}")).collect(),
        vec![at.clone()],
    ];
    for group in groups.into_iter().filter(|group| !group.is_empty()) {
        lines.extend(group);
        lines.push(String::new());
    }
}

fn entry(Entry { line, link }: &Entry) -> Vec<String> {
    let link = link.iter().map(|(label, url)| format!("  {label}: {url}"));
    [format!("- {line}")].into_iter().chain(link).collect()
}
