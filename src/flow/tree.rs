//! A TOML document with the place of every key and value, in the order of the file.

use crate::flow::diagnostic::{Findings, Place};
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// A value and its place.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where it stands; for a `[table]` its header.
    pub place: Place,
    /// What it is.
    pub tree: Tree,
}

/// What a value is.
#[derive(Clone, Debug)]
pub enum Tree {
    /// A string.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A number with a fraction, as written.
    Fraction(String),
    /// true or false.
    Flag(bool),
    /// A date, a time or both, in TOML's writing.
    Moment(String),
    /// An array.
    List(Vec<Node>),
    /// A table.
    Table(Vec<Entry>),
}

/// A key with its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub name: String,
    /// Where the key stands.
    pub place: Place,
    /// The value.
    pub node: Node,
}

impl Node {
    /// What it is, for messages.
    pub fn kind(&self) -> &'static str {
        match &self.tree {
            Tree::Text(_) => "a text",
            Tree::Whole(_) => "a whole number",
            Tree::Fraction(_) => "a number",
            Tree::Flag(_) => "true or false",
            Tree::Moment(_) => "a date or time",
            Tree::List(_) => "a list",
            Tree::Table(_) => "a table",
        }
    }

    /// The string, if it is one.
    pub fn text(&self) -> Option<&str> {
        if let Tree::Text(text) = &self.tree { Some(text) } else { None }
    }

    /// The whole number, if it is one.
    pub fn whole(&self) -> Option<i64> {
        if let Tree::Whole(number) = self.tree { Some(number) } else { None }
    }

    /// The flag, if it is one.
    pub fn flag(&self) -> Option<bool> {
        if let Tree::Flag(flag) = self.tree { Some(flag) } else { None }
    }

    /// The items, none if it is no list.
    pub fn items(&self) -> &[Node] {
        if let Tree::List(items) = &self.tree { items } else { &[] }
    }

    /// The entries, none if it is no table.
    pub fn entries(&self) -> &[Entry] {
        if let Tree::Table(entries) = &self.tree { entries } else { &[] }
    }

    /// The entry of that key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.name == key)
    }

    /// The value of that key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// Where the key stands, or the table itself where it has no such key.
    pub fn key_place(&self, key: &str) -> Place {
        self.entry(key).map_or(self.place, |entry| entry.place)
    }

    /// Where the key's value stands, or the table itself where it has no such key.
    pub fn value_place(&self, key: &str) -> Place {
        self.get(key).map_or(self.place, |node| node.place)
    }

    /// The strings of a list, or the one string.
    pub fn strings(&self) -> Vec<(&str, Place)> {
        match &self.tree {
            Tree::Text(text) => vec![(text.as_str(), self.place)],
            _ => self.items().iter().filter_map(|item| Some((item.text()?, item.place))).collect(),
        }
    }
}

/// Reads a file of a flow; every mistake of writing becomes a finding, and what could be read is returned.
pub fn parse(file: usize, findings: &mut Findings) -> Node {
    let text = findings.files[file].text.clone();
    let nothing = Node { place: Place { file, start: 0, end: 0 }, tree: Tree::Table(Vec::new()) };
    // Recovery after a mistake is the parser's least used part; a panic there must not take a running server down.
    let read = std::panic::catch_unwind(|| {
        let (document, errors) = DeTable::parse_recoverable(&text);
        let errors: Vec<_> =
            errors.into_iter().map(|error| (error.message().to_owned(), error.span())).collect();
        let mut bad_numbers = Vec::new();
        let tree = table(file, document.get_ref(), &mut bad_numbers);
        (tree, errors, bad_numbers)
    });
    let Ok((tree, errors, bad_numbers)) = read else {
        findings.error("flow::syntax", nothing.place, "this is not TOML", "cannot be read");
        return nothing;
    };
    for (message, span) in errors {
        let span = span.unwrap_or(0..0);
        let place = Place { file, ..visible(&text, span) };
        if message.contains("duplicate key") {
            findings
                .error("flow::duplicate-key", place, "the same key is written twice", "second time here")
                .help("keep one of the two; for another step write a new [[steps]]");
        } else {
            findings.error("flow::syntax", place, message, "cannot be read from here on").help(
                "texts stand in \"quotes\", lists in [brackets], tables in { braces }; a text over several lines in \"\"\"three quotes\"\"\"",
            );
        }
    }
    for place in bad_numbers {
        findings.error("flow::wrong-type", place, "this number is too large", "does not fit");
    }
    Node { tree, ..nothing }
}

/// What to underline for a mistake: where something is missing, the line up to there.
fn visible(text: &str, span: Range<usize>) -> Place {
    let Range { start, end } = span;
    let line = text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let written = text.get(line..start).unwrap_or_default();
    let indent = written.len() - written.trim_start().len();
    Place { file: 0, start: if start == end { line + indent } else { start }, end }
}

fn table(file: usize, table: &DeTable<'_>, bad: &mut Vec<Place>) -> Tree {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, value)| {
            let span = key.span();
            Entry {
                name: key.get_ref().to_string(),
                place: Place { file, start: span.start, end: span.end },
                node: node(file, value.get_ref(), value.span(), bad),
            }
        })
        .collect();
    entries.sort_by_key(|entry| entry.place.start);
    Tree::Table(entries)
}

fn node(file: usize, value: &DeValue<'_>, span: Range<usize>, bad: &mut Vec<Place>) -> Node {
    let place = Place { file, start: span.start, end: span.end };
    let tree = match value {
        DeValue::String(text) => Tree::Text(text.to_string()),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Tree::Whole(number),
            Err(_) => {
                bad.push(place);
                Tree::Whole(0)
            }
        },
        DeValue::Float(number) => Tree::Fraction(number.as_str().to_owned()),
        DeValue::Boolean(flag) => Tree::Flag(*flag),
        DeValue::Datetime(moment) => Tree::Moment(moment.to_string()),
        DeValue::Array(items) => {
            Tree::List(items.iter().map(|item| node(file, item.get_ref(), item.span(), bad)).collect())
        }
        DeValue::Table(entries) => table(file, entries, bad),
    };
    Node { place, tree }
}
