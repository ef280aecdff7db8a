//! A CRM on this machine: a real HTTP server with a database of its own. It loses nothing, does to requests what it is told, and
//! keeps the books. It lives in the test, so that it survives whatever is done to Leadwire.
//!
//! `POST /leads` (our id in the header `X-Leadwire-Id` and the field `ref`), `PATCH /leads/{id}`, `GET /leads/{id}`,
//! `GET /leads?ref=…` or `phone=…` or `email=…`, `GET /leads?since=…&page=…` (from 1, 100 on a page).

mod fault;
mod itself;
mod records;
mod routes;
mod setup;
mod wire;

pub use fault::Fault;
pub use records::{Lead, Which};
pub use setup::{Can, SECRET, flow, settings, write_config};

use fault::Faults;
use leadwire::clock::Clock;
use records::Records;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::sync::watch;
use wire::{Cut, Door};

/// A request that came in.
#[derive(Clone, Debug, Default)]
pub struct Came {
    /// The method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query.
    pub query: BTreeMap<String, String>,
    /// Our id, from its header; empty where there is none.
    pub key: String,
    /// The idempotency key; empty where there is none.
    pub idempotency_key: String,
    /// The body as it came.
    pub body: String,
    /// What happened to it.
    pub fault: Fault,
    /// What it was answered with; 0: nothing.
    pub status: u16,
    /// When it came, by the machine's clock.
    pub at: i64,
}

impl Came {
    /// Whether it would make or change a lead.
    pub fn is_write(&self) -> bool {
        self.method != "GET"
    }

    /// The body as JSON.
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

/// How it is at the moment, and the books.
#[derive(Debug)]
struct Book {
    records: Records,
    faults: Faults,
    came: Vec<Came>,
    token: String,
    honours_keys: bool,
    answers_look_ups: bool,
    /// Requests a second; `None`: as many as come.
    limit: Option<u32>,
    second: (i64, u32),
}

/// The CRM.
#[derive(Clone)]
pub struct Crm {
    /// Where it is, without a slash at the end.
    pub url: String,
    book: Arc<Mutex<Book>>,
    counted: Arc<watch::Sender<usize>>,
    opens: Arc<watch::Sender<bool>>,
    /// Where its database is.
    _folder: Arc<tempfile::TempDir>,
}

impl Crm {
    /// One that does as it is asked, can be asked for leads, and knows nothing of idempotency keys.
    pub async fn start() -> Crm {
        let folder = tempfile::tempdir().unwrap();
        let book = Book {
            records: Records::new(folder.path()),
            faults: Faults::default(),
            came: Vec::new(),
            token: SECRET.to_owned(),
            honours_keys: false,
            answers_look_ups: true,
            limit: None,
            second: (0, 0),
        };
        let (door, opens) = Door::open().await;
        let crm = Crm {
            url: format!("http://{}", door.address()),
            book: Arc::new(Mutex::new(book)),
            counted: Arc::new(watch::channel(0).0),
            opens: Arc::new(opens),
            _folder: Arc::new(folder),
        };
        let service = routes::router(crm.clone()).into_make_service_with_connect_info::<Cut>();
        tokio::spawn(async move { axum::serve(door, service).await });
        crm
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap()
    }

    /// Whether two requests with the same idempotency key make one lead.
    pub fn honours_keys(&self, honours: bool) {
        self.book().honours_keys = honours;
    }

    /// Whether it can be asked for leads; where not, such questions are answered with a 405.
    pub fn answers_look_ups(&self, answers: bool) {
        self.book().answers_look_ups = answers;
    }

    /// The token it accepts from now on; at first [`SECRET`].
    pub fn accepts(&self, token: &str) {
        token.clone_into(&mut self.book().token);
    }

    /// How many requests of a second it takes; the others get a 429.
    pub fn limit(&self, limit: Option<u32>) {
        self.book().limit = limit;
    }

    /// What happens to the next requests that write.
    pub fn next(&self, faults: &[Fault]) {
        self.book().faults.next(true, faults);
    }

    /// What happens to the next questions.
    pub fn next_questions(&self, faults: &[Fault]) {
        self.book().faults.next(false, faults);
    }

    /// What happens to all requests that nothing else was said of.
    pub fn always(&self, mood: impl FnMut(&Came) -> Fault + Send + 'static) {
        self.book().faults.always(mood);
    }

    /// Goes away: nobody can connect, what is connected is closed.
    pub fn down(&self) {
        self.opens.send_replace(false);
    }

    /// Comes back at the same address.
    pub fn up(&self) {
        self.opens.send_replace(true);
    }

    /// All requests that came, in order.
    pub fn came(&self) -> Vec<Came> {
        self.book().came.clone()
    }

    /// How many requests came.
    pub fn count(&self) -> usize {
        *self.counted.borrow()
    }

    /// The requests that wanted to make or change leads.
    pub fn writes(&self) -> Vec<Came> {
        self.came().into_iter().filter(Came::is_write).collect()
    }

    /// The questions.
    pub fn questions(&self) -> Vec<Came> {
        self.came().into_iter().filter(|came| !came.is_write()).collect()
    }

    /// Its leads, the oldest first.
    pub fn leads(&self) -> Vec<Lead> {
        self.find(Which::All)
    }

    /// Leads, the oldest first.
    pub fn find(&self, which: Which<'_>) -> Vec<Lead> {
        self.book().records.find(which)
    }

    /// How many different leads it has, by our ids.
    pub fn leads_made(&self) -> usize {
        self.book().records.count().1
    }

    /// How many leads it has that it has already, by our ids.
    pub fn doubled(&self) -> usize {
        let (all, different) = self.book().records.count();
        all - different
    }

    /// Puts a lead in, past its API; its id.
    pub fn put(&self, external_id: &str, fields: &Map<String, Json>) -> i64 {
        self.book().records.create(external_id, fields, Clock::System.now())
    }

    /// Changes a lead, past its API.
    pub fn edit(&self, id: i64, fields: &Map<String, Json>) {
        assert!(self.book().records.update(id, fields), "there is a lead {id}");
    }

    /// Takes a lead away, past its API.
    pub fn remove(&self, id: i64) {
        assert!(self.book().records.remove(id), "there is a lead {id}");
    }

    /// Waits until so many requests came.
    pub async fn until(&self, count: usize) {
        let mut seen = self.counted.subscribe();
        let enough = seen.wait_for(|seen| *seen >= count);
        tokio::time::timeout(Duration::from_secs(40), enough).await.expect("they come").unwrap();
    }
}
