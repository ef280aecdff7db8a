//! How leads are delivered: one file per kind of sink, each pure. A sink writes requests, reads what answers mean, and says how a
//! lead that may have arrived is looked up. Who sends them, and when, is not known here.

mod book;
pub mod csv;
pub mod hubspot;
mod mapping;
pub mod odoo;
mod outcome;
pub mod reconcile;
pub mod rest;
pub mod webhook;

pub use book::{Book, Named, Parcel, SAMPLE, Snapshot, key, number};
pub use mapping::{Mapping, Scope};
pub use outcome::{Fault, Outcome, by_status, reason, without_words};

use crate::clock::Millis;
use crate::domain::sending::Outgoing;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

/// A lead as a sink is told of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// Our id of it there: the same on every request, for ever.
    pub key: String,
    /// The sink's own id of it, once we know it: from then on it is updated, not created.
    pub sink_id: Option<String>,
    /// The same on every try of what is sent now; another for the next correction.
    pub idempotency_key: String,
    /// What happened: `completed`, or another event of the flow.
    pub event: String,
    /// The fields as the flow's `map` makes them.
    pub fields: BTreeMap<String, String>,
    /// What is known beside them, for a sink's own `fields` and for look-ups: `lead_id`, `channel`, `session_id`, `full_name`,
    /// `phone`, `email`, `score`, `class`, `source`, `language` …
    pub facts: BTreeMap<String, Json>,
    /// When it happened.
    pub happened_at: Millis,
}

/// One thing to do at a sink.
#[derive(Clone, Debug)]
pub enum Errand {
    /// A request.
    Http(Outgoing),
    /// A line at the end of a file.
    Append {
        /// Which.
        path: PathBuf,
        /// The first line, where the file is new.
        header: String,
        /// The line, without its end.
        line: String,
    },
    /// All of a file.
    Read {
        /// Which; one that is not there is empty.
        path: PathBuf,
    },
}

/// An answer to an errand. A file answers with status 200 and its text.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The body, at most 256 KB of it.
    pub body: &'a str,
}

/// A record as the sink has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Remote {
    /// The sink's id of it.
    pub sink_id: String,
    /// Our id of it, where the record says so.
    pub key: Option<String>,
    /// Its fields by the sink's names, as text.
    pub fields: BTreeMap<String, String>,
}

/// A page of what a sink has.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// Its records.
    pub records: Vec<Remote>,
    /// Where the next begins, as [`Sink::list`] takes it; `None`: this was the last.
    pub next: Option<String>,
}

/// What a kind of sink can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Abilities {
    /// Corrections reach a record that is there. Where not, each finished conversation is a record of its own.
    pub updates: bool,
    /// It can be asked whether a lead arrived.
    pub looks_up: bool,
    /// The same request twice makes one record (an idempotency key it honours, an upsert).
    pub repeats_safely: bool,
    /// All it has can be listed.
    pub lists: bool,
}

/// A place leads are delivered to.
pub trait Sink: fmt::Debug + Send + Sync {
    /// What it can do.
    fn abilities(&self) -> Abilities;

    /// The request that must be answered before any other, where there is one: its answer is the `session` of the others.
    fn log_in(&self) -> Option<Errand> {
        None
    }

    /// The session in the answer to [`Sink::log_in`].
    ///
    /// # Errors
    /// What it means that there is none.
    fn logged_in(&self, _reply: Reply<'_>) -> Result<String, Outcome> {
        Ok(String::new())
    }

    /// Creates the record, or updates it where it has a `sink_id`; `session` is empty where the sink knows none.
    ///
    /// # Errors
    /// What became of it where it cannot be written at all, for example because a field is missing.
    fn write(&self, record: &Record, session: &str, now: Millis) -> Result<Errand, Outcome>;

    /// What the answer to [`Sink::write`] means.
    fn written(&self, record: &Record, reply: Reply<'_>) -> Outcome;

    /// The questions that tell whether it has records with these keys, several in one where it can. `known` are what is known of
    /// them, in the same order: a sink that does not keep our id is asked by phone or e-mail. Empty: it cannot be asked.
    fn look_up(&self, _records: &[Record], _session: &str) -> Vec<Errand> {
        Vec::new()
    }

    /// The most records one question of [`Sink::look_up`] asks for.
    fn looks_up_at_once(&self) -> usize {
        1
    }

    /// The records in an answer to [`Sink::look_up`]; none where it has none.
    ///
    /// # Errors
    /// Where it is no such answer; then nothing is known.
    fn found(&self, _reply: Reply<'_>) -> Result<Vec<Remote>, Outcome> {
        Ok(Vec::new())
    }

    /// Asks for all it has that was made since then, from `cursor` on (`None`: from the beginning).
    fn list(&self, _since: Millis, _cursor: Option<&str>, _session: &str) -> Option<Errand> {
        None
    }

    /// A page of [`Sink::list`].
    ///
    /// # Errors
    /// Where it is no such answer.
    fn listed(&self, _reply: Reply<'_>, _cursor: Option<&str>) -> Result<Page, Outcome> {
        Ok(Page::default())
    }

    /// Whether its records say our id.
    fn keeps_key(&self) -> bool {
        true
    }

    /// The fields the record should have there, by the sink's names, as text: what reconciliation compares.
    fn expected(&self, record: &Record) -> BTreeMap<String, String>;
}
