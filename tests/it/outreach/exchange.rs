//! A telephone exchange on this machine that several servers call by, each at an address of its own. It has its own clock and its own log, and
//! does with each number what that number's manner is.

use super::fates::{Fate, Manner};
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use leadwire::clock::{MINUTE, Millis, SECOND};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// A call or a message it took.
#[derive(Clone, Debug)]
pub struct Taken {
    pub sid: String,
    pub is_call: bool,
    pub to: String,
    pub at: Millis,
    pub over_at: Millis,
    pub manner: Manner,
    /// Where it asks what to say.
    pub url: String,
    /// Where its fate is reported.
    pub callback: String,
    /// What a message says.
    pub body: String,
}

/// What it does with a call by and by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// It asks what to say.
    Asks,
    Reports(&'static str),
}

/// When somebody is to be killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// A call is taken, and whoever asked for it does not hear so.
    Taken,
    /// It is asked for a call, and has not taken it.
    Asked,
}

struct Book {
    now: Millis,
    taken: Vec<Taken>,
    places: HashMap<String, usize>,
    times: HashMap<String, u64>,
    by_number: HashMap<String, Vec<usize>>,
    events: BTreeMap<(Millis, u64), (usize, What)>,
    came: u64,
    armed: Option<Moment>,
    troubles: UnboundedSender<(usize, Moment)>,
    manner: fn(&str, u64) -> Manner,
    /// How often it said that it is too much, and how often it took something and a gateway said no.
    refused: u64,
    doubted: u64,
}

/// The exchange.
pub struct Exchange {
    pub url: String,
    book: Arc<Mutex<Book>>,
    /// Who is to be killed now: the server's place.
    pub troubles: UnboundedReceiver<(usize, Moment)>,
}

type Shared = Arc<Mutex<Book>>;

impl Exchange {
    pub async fn start(now: Millis, manner: fn(&str, u64) -> Manner) -> Exchange {
        let (told, troubles) = unbounded_channel();
        let book = Arc::new(Mutex::new(Book {
            now,
            taken: Vec::new(),
            places: HashMap::new(),
            times: HashMap::new(),
            by_number: HashMap::new(),
            events: BTreeMap::new(),
            came: 0,
            armed: None,
            troubles: told,
            manner,
            refused: 0,
            doubted: 0,
        }));
        let router = Router::new()
            .route("/{place}/2010-04-01/Accounts/{account}/{resource}", post(takes).get(lists))
            .route("/{place}/2010-04-01/Accounts/{account}/Calls/{sid}", axum::routing::get(tells))
            .with_state(book.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Exchange { url, book, troubles }
    }

    pub fn turn(&self, now: Millis) {
        self.book.lock().unwrap().now = now;
    }

    /// The next server that asks for a call is to be killed then.
    pub fn arm(&self, moment: Option<Moment>) {
        self.book.lock().unwrap().armed = moment;
    }

    pub fn log(&self) -> Vec<Taken> {
        self.book.lock().unwrap().taken.clone()
    }

    /// Requests that were refused, and requests that were taken though the answer said nothing of it.
    pub fn moods(&self) -> (u64, u64) {
        let book = self.book.lock().unwrap();
        (book.refused, book.doubted)
    }

    /// What it does until now, in order, with the calls as they are.
    pub fn due(&self) -> Vec<(usize, Taken, What)> {
        let mut book = self.book.lock().unwrap();
        let after = (book.now + 1, 0);
        let later = book.events.split_off(&after);
        let due = std::mem::replace(&mut book.events, later);
        due.into_values().map(|(place, what)| (place, book.taken[place].clone(), what)).collect()
    }

    /// When it does something next.
    pub fn next_at(&self) -> Option<Millis> {
        self.book.lock().unwrap().events.keys().next().map(|(at, _)| *at)
    }

    /// Nobody heard it: once more a minute later.
    pub fn again(&self, place: usize, what: What) {
        let mut book = self.book.lock().unwrap();
        let at = book.now + MINUTE;
        book.expect(at, place, what);
    }

    /// It was told what to say, or nobody told it and they hung up.
    pub fn told(&self, place: usize, was_told: bool) {
        let mut book = self.book.lock().unwrap();
        let call = &mut book.taken[place];
        if let (Fate::Answers(_), false) = (call.manner.fate, was_told) {
            call.manner.fate = Fate::HangsUp;
        }
    }
}

impl Book {
    fn expect(&mut self, at: Millis, place: usize, what: What) {
        self.came += 1;
        let key = (at, self.came);
        self.events.insert(key, (place, what));
    }

    fn take(&mut self, is_call: bool, fields: &HashMap<String, String>) -> String {
        let (now, place) = (self.now, self.taken.len());
        let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
        let to = field("To");
        let times = self.times.entry(to.clone()).or_default();
        *times += 1;
        let manner = (self.manner)(&to, *times);
        let sid = format!("{}{place:032x}", if is_call { "CA" } else { "SM" });
        let rang = if is_call { now + 10 * SECOND } else { now };
        let over_at = rang + manner.fate.seconds().max(15) * SECOND;
        self.places.insert(sid.clone(), place);
        self.by_number.entry(to.clone()).or_default().push(place);
        self.taken.push(Taken {
            sid: sid.clone(),
            is_call,
            to,
            at: now,
            over_at,
            manner,
            url: field("Url"),
            callback: field("StatusCallback"),
            body: field("Body"),
        });
        let (last, twice) = (if is_call { manner.fate.status() } else { "delivered" }, manner.is_unruly);
        if is_call && manner.fate.is_taken() {
            self.expect(rang, place, What::Asks);
        }
        let late = if is_call { manner.late } else { manner.late.or(Some(0)) };
        let Some(said_at) = late.map(|late| over_at + late) else { return sid };
        let before = if is_call { "ringing" } else { "sent" };
        self.expect(if twice { said_at } else { now }, place, What::Reports(before));
        self.expect(said_at, place, What::Reports(last));
        if twice {
            self.expect(said_at, place, What::Reports(before));
            self.expect(said_at + 3 * MINUTE, place, What::Reports(last));
        }
        sid
    }

    /// A call or a message as its API has it now.
    fn told(&self, place: usize) -> Json {
        let call = &self.taken[place];
        let is_over = self.now >= call.over_at;
        let at = jiff::Timestamp::from_millisecond(call.at).unwrap().to_zoned(jiff::tz::TimeZone::UTC);
        // Every message arrives, however the number behaves when it is called.
        let (before, last) = match call.is_call {
            true => ("in-progress", call.manner.fate.status()),
            false => ("sent", "delivered"),
        };
        json!({
            "sid": call.sid, "to": call.to, "direction": "outbound-api", "body": call.body,
            "date_created": jiff::fmt::rfc2822::to_string(&at).unwrap(),
            "status": if is_over { last } else { before },
            "answered_by": call.manner.fate.answered_by(),
            "duration": is_over.then(|| call.manner.fate.seconds().to_string()),
        })
    }
}

async fn takes(
    State(book): State<Shared>,
    Path((place, _, resource)): Path<(usize, String, String)>,
    body: String,
) -> Response {
    let fields: HashMap<String, String> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let is_call = resource == "Calls.json";
    let killed = {
        let mut book = book.lock().unwrap();
        book.came += 1;
        let came = book.came;
        let armed = book.armed.take_if(|_| is_call);
        if armed.is_none() && came.is_multiple_of(43) {
            book.refused += 1;
            let wait = [("retry-after", "2")];
            return (StatusCode::TOO_MANY_REQUESTS, wait, json!({ "code": 20429 }).to_string())
                .into_response();
        }
        let sid = (armed != Some(Moment::Asked)).then(|| book.take(is_call, &fields));
        match (armed, sid) {
            (None, _) if came.is_multiple_of(211) => {
                book.doubted += 1;
                return StatusCode::GATEWAY_TIMEOUT.into_response();
            }
            (None, sid) => {
                return (StatusCode::CREATED, json!({ "sid": sid, "status": "queued" }).to_string())
                    .into_response();
            }
            (Some(moment), _) => book.troubles.send((place, moment)),
        }
    };
    killed.unwrap();
    // Whoever asked does not live to hear it.
    std::future::pending().await
}

async fn lists(
    State(book): State<Shared>,
    Path((_, _, resource)): Path<(usize, String, String)>,
    Query(asked): Query<HashMap<String, String>>,
) -> String {
    let book = book.lock().unwrap();
    let places = book.by_number.get(&asked["To"]).into_iter().flatten().rev();
    let name = if resource == "Calls.json" { "calls" } else { "messages" };
    let all = places.filter(|place| book.taken[**place].is_call == (name == "calls"));
    json!({ name: all.map(|place| book.told(*place)).collect::<Vec<_>>() }).to_string()
}

async fn tells(State(book): State<Shared>, Path((_, _, sid)): Path<(usize, String, String)>) -> Response {
    let book = book.lock().unwrap();
    match book.places.get(sid.trim_end_matches(".json")) {
        Some(place) => book.told(*place).to_string().into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
