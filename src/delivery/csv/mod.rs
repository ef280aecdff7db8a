//! A CSV file: a line for each record, at its end.

use super::{Abilities, Errand, Fault, Mapping, Outcome, Page, Record, Remote, Reply, Sink, by_status};
use crate::clock::Millis;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The column with our id.
const KEY: &str = "leadwire_id";
/// What is known of everybody: columns of a file without a map of its own.
const KNOWN: [&str; 3] = ["full_name", "phone", "email"];

/// Which file, and its columns.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The file.
    pub path: PathBuf,
    /// The columns after our id. Without a map they are the flow's fields and the person's name, phone and e-mail; then
    /// flows with other fields need a file of their own.
    pub fields: Mapping,
}

/// A CSV file leads are delivered to.
#[derive(Clone, Debug)]
pub struct Csv {
    settings: Settings,
}

impl Csv {
    /// The file of these settings.
    pub fn new(settings: Settings) -> Csv {
        Csv { settings }
    }

    /// The columns after our id, with their cells.
    fn cells(&self, record: &Record) -> Vec<(String, String)> {
        let mut cells = self.settings.fields.texts(record);
        if self.settings.fields.is_empty() {
            for name in KNOWN.iter().filter(|name| !record.fields.contains_key(**name)) {
                let fact = match record.facts.get(*name) {
                    None | Some(Json::Null) => String::new(),
                    Some(Json::String(text)) => text.clone(),
                    Some(other) => other.to_string(),
                };
                cells.push(((*name).to_owned(), fact));
            }
        }
        cells.retain(|(name, _)| name != KEY);
        cells.into_iter().map(|(name, text)| (name, cell(&text))).collect()
    }
}

/// A text as a cell: on one line, and never a formula to a spreadsheet.
pub fn cell(text: &str) -> String {
    let line = text.replace("\r\n", " ").replace(['\r', '\n'], " ");
    let begins = text.starts_with(['\t', '\r']) || text.trim_start().starts_with(['=', '@', '+', '-']);
    if begins && !is_number(text) { format!("'{line}") } else { line }
}

/// Whether a text is a sign and digits, with one point at most: a telephone number or an amount.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    [whole, fraction].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A line of these cells, without its end.
fn line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    const WHOLE: &str = "memory takes all that is written";
    let mut writer = ::csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    writer.write_record(cells).expect(WHOLE);
    let bytes = writer.into_inner().expect(WHOLE);
    let line = String::from_utf8(bytes).expect("cells are text");
    line.trim_end_matches('\n').to_owned()
}

/// All records of a file's text. What follows the last line end was not written to its end, and does not count.
fn records(text: &str) -> Result<Vec<Remote>, Outcome> {
    let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
    if whole.trim().is_empty() {
        return Ok(Vec::new());
    }
    let unreadable = || Outcome::Refused {
        reason: format!("the file cannot be read: its first line must have the column {KEY}"),
        fault: Fault::Sink,
    };
    let mut reader = ::csv::ReaderBuilder::new().flexible(true).from_reader(whole.as_bytes());
    let header = reader.headers().map_err(|_| unreadable())?.clone();
    if !header.iter().any(|name| name == KEY) {
        return Err(unreadable());
    }
    let mut all = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|_| unreadable())?;
        let mut fields: BTreeMap<String, String> =
            header.iter().zip(&row).map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
        if let Some(key) = fields.remove(KEY).filter(|key| !key.is_empty()) {
            all.push(Remote { sink_id: key.clone(), key: Some(key), fields });
        }
    }
    Ok(all)
}

impl Sink for Csv {
    fn abilities(&self) -> Abilities {
        Abilities { updates: false, looks_up: true, repeats_safely: false, lists: true }
    }

    fn write(&self, record: &Record, _session: &str, _now: Millis) -> Result<Errand, Outcome> {
        let cells = self.cells(record);
        let names: Vec<String> = cells.iter().map(|(name, _)| cell(name)).collect();
        Ok(Errand::Append {
            path: self.settings.path.clone(),
            header: line([KEY].into_iter().chain(names.iter().map(String::as_str))),
            line: line([record.key.as_str()].into_iter().chain(cells.iter().map(|(_, text)| text.as_str()))),
        })
    }

    fn written(&self, record: &Record, reply: Reply<'_>) -> Outcome {
        match reply.status {
            200 => Outcome::Delivered { sink_id: Some(record.key.clone()) },
            status => by_status(status, reply.body),
        }
    }

    fn look_up(&self, records: &[Record], _session: &str) -> Vec<Errand> {
        let read = || Errand::Read { path: self.settings.path.clone() };
        records.first().map(|_| read()).into_iter().collect()
    }

    /// One reading answers for all.
    fn looks_up_at_once(&self) -> usize {
        usize::MAX
    }

    fn found(&self, reply: Reply<'_>) -> Result<Vec<Remote>, Outcome> {
        match reply.status {
            200 => records(reply.body),
            status => Err(by_status(status, reply.body)),
        }
    }

    /// A line does not say when it was written: the list is of all.
    fn list(&self, _since: Millis, _cursor: Option<&str>, _session: &str) -> Option<Errand> {
        Some(Errand::Read { path: self.settings.path.clone() })
    }

    fn listed(&self, reply: Reply<'_>, _cursor: Option<&str>) -> Result<Page, Outcome> {
        Ok(Page { records: self.found(reply)?, next: None })
    }

    /// The cells as they are in the file.
    fn expected(&self, record: &Record) -> BTreeMap<String, String> {
        self.cells(record).into_iter().map(|(name, text)| (cell(&name), text)).collect()
    }
}

#[cfg(test)]
mod tests;
