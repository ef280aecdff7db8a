//! The CRM's database: a SQLite file of its own.

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Map, Value as Json};
use std::path::Path;

/// A lead in the CRM.
#[derive(Clone, Debug, PartialEq)]
pub struct Lead {
    /// The CRM's own id.
    pub id: i64,
    /// Ours.
    pub external_id: String,
    /// Everything else.
    pub fields: Map<String, Json>,
    /// When it was made, in milliseconds.
    pub created_at: i64,
    /// How often it was corrected.
    pub updates: i64,
}

impl Lead {
    /// One of its fields as text.
    pub fn text(&self, name: &str) -> String {
        match self.fields.get(name) {
            None | Some(Json::Null) => String::new(),
            Some(Json::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        }
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    All,
    Id(i64),
    ExternalId(&'a str),
    Phone(&'a str),
    Email(&'a str),
    /// Made since then, in milliseconds, after so many others.
    Since(i64, i64),
}

/// The leads, and the answers to requests with idempotency keys.
#[derive(Debug)]
pub struct Records(Connection);

/// How many leads a page of the listing has.
pub const PAGE: i64 = 100;

impl Records {
    /// A database in this folder.
    pub fn new(folder: &Path) -> Records {
        let connection = Connection::open(folder.join("crm.db")).unwrap();
        connection
            .execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;
                 CREATE TABLE leads (id INTEGER PRIMARY KEY AUTOINCREMENT, external_id TEXT NOT NULL, phone TEXT, email TEXT,
                   fields TEXT NOT NULL, created_at INTEGER NOT NULL, updates INTEGER NOT NULL DEFAULT 0);
                 CREATE INDEX leads_external_id ON leads (external_id);
                 CREATE INDEX leads_phone ON leads (phone);
                 CREATE INDEX leads_email ON leads (email);
                 CREATE INDEX leads_created_at ON leads (created_at, id);
                 CREATE TABLE idempotency (key TEXT PRIMARY KEY, body TEXT NOT NULL, id INTEGER NOT NULL);",
            )
            .unwrap();
        Records(connection)
    }

    /// Makes a lead; its id.
    pub fn create(&self, external_id: &str, fields: &Map<String, Json>, created_at: i64) -> i64 {
        let text = |name: &str| fields.get(name).and_then(Json::as_str);
        let insert =
            "INSERT INTO leads (external_id, phone, email, fields, created_at) VALUES (?1, ?2, ?3, ?4, ?5)";
        let fields = Json::Object(fields.clone()).to_string();
        let mut statement = self.0.prepare_cached(insert).unwrap();
        statement.insert(params![external_id, text("phone"), text("email"), fields, created_at]).unwrap()
    }

    /// Changes fields of a lead; `false`: there is none.
    pub fn update(&self, id: i64, fields: &Map<String, Json>) -> bool {
        let text = |name: &str| fields.get(name).and_then(Json::as_str);
        let update = "UPDATE leads SET fields = json_patch(fields, ?2), phone = COALESCE(?3, phone), email = COALESCE(?4, email),
            updates = updates + 1 WHERE id = ?1";
        let fields = Json::Object(fields.clone()).to_string();
        let mut statement = self.0.prepare_cached(update).unwrap();
        statement.execute(params![id, fields, text("phone"), text("email")]).unwrap() > 0
    }

    /// Takes a lead away; `false`: there is none.
    pub fn remove(&self, id: i64) -> bool {
        self.0.execute("DELETE FROM leads WHERE id = ?1", [id]).unwrap() > 0
    }

    /// The body and the id of the lead that a request with this key was answered with.
    pub fn answered(&self, key: &str) -> Option<(String, i64)> {
        let mut statement = self.0.prepare_cached("SELECT body, id FROM idempotency WHERE key = ?1").unwrap();
        statement.query_row([key], |row| Ok((row.get(0)?, row.get(1)?))).optional().unwrap()
    }

    /// Keeps what a request with this key is answered with.
    pub fn keep_answer(&self, key: &str, body: &str, id: i64) {
        let insert = "INSERT INTO idempotency (key, body, id) VALUES (?1, ?2, ?3)";
        self.0.prepare_cached(insert).unwrap().execute(params![key, body, id]).unwrap();
    }

    /// Leads, the oldest first.
    pub fn find(&self, which: Which<'_>) -> Vec<Lead> {
        const COLUMNS: &str = "SELECT id, external_id, fields, created_at, updates FROM leads";
        let (rest, params): (&str, Vec<rusqlite::types::Value>) = match which {
            Which::All => ("ORDER BY id", vec![]),
            Which::Id(id) => ("WHERE id = ?1", vec![id.into()]),
            Which::ExternalId(key) => ("WHERE external_id = ?1 ORDER BY id", vec![key.to_owned().into()]),
            Which::Phone(phone) => ("WHERE phone = ?1 ORDER BY id", vec![phone.to_owned().into()]),
            Which::Email(email) => ("WHERE email = ?1 ORDER BY id", vec![email.to_owned().into()]),
            Which::Since(at, after) => (
                "WHERE created_at >= ?1 ORDER BY created_at, id LIMIT ?2 OFFSET ?3",
                vec![at.into(), PAGE.into(), after.into()],
            ),
        };
        let mut statement = self.0.prepare_cached(&format!("{COLUMNS} {rest}")).unwrap();
        let rows = statement.query_map(rusqlite::params_from_iter(params), |row| {
            let fields: String = row.get(2)?;
            let Ok(Json::Object(fields)) = serde_json::from_str(&fields) else { panic!("{fields}") };
            Ok(Lead {
                id: row.get(0)?,
                external_id: row.get(1)?,
                fields,
                created_at: row.get(3)?,
                updates: row.get(4)?,
            })
        });
        rows.unwrap().map(Result::unwrap).collect()
    }

    /// How many leads there are, and how many different ids of ours they have.
    pub fn count(&self) -> (usize, usize) {
        let counts = "SELECT COUNT(*), COUNT(DISTINCT external_id) FROM leads";
        let (all, different): (i64, i64) =
            self.0.query_row(counts, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        (all as usize, different as usize)
    }
}
