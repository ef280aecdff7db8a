//! The text of a file of rules: its keys, and what is wrong in it with its line and what to write instead.

use super::model::{Basis, UnknownState};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Range;
use thiserror::Error;
use toml::Spanned;
use toml::value::Datetime;

/// Something that is wrong in a file of rules.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{file}:{line}: `{key}`: {message}")]
pub struct RuleMistake {
    /// The file's name.
    pub file: String,
    /// The line, from 1 on.
    pub line: usize,
    /// The key.
    pub key: String,
    /// What is wrong, and what to write.
    pub message: String,
}

/// Everything that is wrong in files of rules.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct RuleMistakes(pub Vec<RuleMistake>);

/// Keys, and how each is written.
const EXAMPLES: [(&str, &str); 16] = [
    ("country", "country = \"US\""),
    ("name", "name = \"United States\""),
    ("territories", "territories = [\"PR\"]"),
    ("unknown_state", "unknown_state = \"strictest\", or \"country\""),
    ("holidays", "holidays = [\"bank\"] in a rule, and [holidays] with bank = [2026-12-25] above the rules"),
    ("states", "states = [\"TX\"]"),
    ("channels", "channels = [\"voice\", \"sms\", \"whatsapp\"]"),
    ("from", "from = 2026-10-18, the first day"),
    ("until", "until = 2027-01-01, the first day on which it no longer holds"),
    ("hours", "hours = \"Mon-Sat 09:00-21:00, Sun 12:00-21:00\""),
    ("caps", "caps = [{ attempts = 3, within = \"24h\" }]"),
    ("after_drop", "after_drop = \"72h\""),
    ("abandoned_percent", "abandoned_percent = 3 and abandoned_days = 30"),
    ("abandoned_days", "abandoned_percent = 3 and abandoned_days = 30"),
    ("source", "source = \"47 CFR 64.1200(c)(1)\""),
    ("basis", "basis = \"law\", \"secondary\" or \"custom\""),
];
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileText {
    pub(super) country: Spanned<String>,
    pub(super) name: String,
    #[serde(default)]
    pub(super) territories: Vec<Spanned<String>>,
    pub(super) unknown_state: UnknownState,
    #[serde(default)]
    pub(super) holidays: BTreeMap<String, Vec<Spanned<Datetime>>>,
    #[serde(default)]
    pub(super) rules: Vec<RuleText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleText {
    pub(super) name: Spanned<String>,
    #[serde(default)]
    pub(super) states: Vec<Spanned<String>>,
    pub(super) channels: Option<Vec<Spanned<String>>>,
    pub(super) from: Option<Spanned<Datetime>>,
    pub(super) until: Option<Spanned<Datetime>>,
    pub(super) hours: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) holidays: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) caps: Vec<CapText>,
    pub(super) after_drop: Option<Spanned<String>>,
    pub(super) abandoned_percent: Option<Spanned<f64>>,
    pub(super) abandoned_days: Option<Spanned<i64>>,
    pub(super) source: Spanned<String>,
    pub(super) basis: Basis,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CapText {
    pub(super) attempts: Spanned<i64>,
    pub(super) within: Spanned<String>,
}

/// A file that is being read.
pub(super) struct Page {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) mistakes: Vec<RuleMistake>,
}

impl Page {
    pub(super) fn wrong(&mut self, place: &Range<usize>, key: &str, message: impl Into<String>) {
        let before = self.text.as_bytes().get(..place.start).unwrap_or(self.text.as_bytes());
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        let (file, key, message) = (self.name.clone(), key.to_owned(), message.into());
        self.mistakes.push(RuleMistake { file, line, key, message });
    }

    /// The same, and how the key is written.
    pub(super) fn write(&mut self, place: &Range<usize>, key: &str, what: &str) {
        let example = EXAMPLES.iter().find(|(known, _)| *known == key).map(|(_, example)| *example);
        let message = example.map_or_else(|| what.to_owned(), |example| format!("{what}; write {example}"));
        self.wrong(place, key, message);
    }

    pub(super) fn parsed(&mut self) -> Option<FileText> {
        let text = self.text.clone();
        let path_and_error = match toml::Deserializer::parse(&text) {
            Err(error) => (String::new(), error),
            Ok(document) => match serde_path_to_error::deserialize(document) {
                Ok(read) => return Some(read),
                Err(error) => (error.path().to_string(), error.into_inner()),
            },
        };
        let (path, error) = path_and_error;
        let what = error.message().trim().replace('\n', " ");
        // A key that is missing, or not known, is named by what is said of it; its table is where it is looked for.
        let named = ["missing field `", "unknown field `"].iter().find_map(|start| what.strip_prefix(start));
        let named = named.and_then(|rest| rest.split('`').next());
        let last =
            path.rsplit('.').find(|part| !part.is_empty() && !part.starts_with(['?', '$'])).unwrap_or("file");
        let key = named.unwrap_or_else(|| last.split('[').next().unwrap_or(last)).to_owned();
        self.write(&error.span().unwrap_or(0..0), &key, &what);
        None
    }
}
