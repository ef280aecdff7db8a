//! A provider on this machine: it takes Twilio's messages or WhatsApp's, does with each what it is told, and keeps the books.

use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What it does with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Takes it and says so.
    Take,
    /// Takes it and answers in these words.
    TakeSaying(&'static str),
    /// Takes it and never says so.
    TakeAndHang,
    /// Takes it and hangs up.
    TakeAndHangUp,
    /// Takes it, and a gateway before it gives up waiting.
    TakeAndTimeOut,
    /// Hangs up and takes nothing.
    HangUp,
    /// Refuses with a status, and a code where it is not 0.
    Refuse(u16, i64),
    /// Asks to come again after so many seconds.
    Wait(u32),
}

impl Act {
    fn takes(self) -> bool {
        matches!(
            self,
            Act::Take | Act::TakeSaying(_) | Act::TakeAndHang | Act::TakeAndHangUp | Act::TakeAndTimeOut
        )
    }
}

/// A request that came in.
#[derive(Clone, Debug)]
pub struct Came {
    /// Where.
    pub path: String,
    /// The fields of a form.
    pub fields: BTreeMap<String, String>,
    /// The body, where it is JSON.
    pub json: Json,
    pub authorization: String,
    /// Its id, where it was taken.
    pub sid: Option<String>,
}

impl Came {
    pub fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    /// The path and query its fate is reported to: our own id of it.
    pub fn callback(&self) -> String {
        let url = url::Url::parse(self.field("StatusCallback")).unwrap();
        format!("{}?{}", url.path(), url.query().unwrap())
    }
}

/// Decides what it does with a message, by its fields.
type Mood = Box<dyn FnMut(&BTreeMap<String, String>) -> Act + Send>;

/// What it does: these in turn, then always the last thing.
struct Book {
    script: VecDeque<Act>,
    always: Mood,
    came: Vec<Came>,
    /// Whether it tells what it has taken when it is asked.
    lists: bool,
    /// What came of calls, by their ids, where it is over.
    fates: BTreeMap<String, &'static str>,
    asked: usize,
}

/// The provider.
#[derive(Clone)]
pub struct Fake {
    pub url: String,
    book: Arc<Mutex<Book>>,
    count: watch::Receiver<usize>,
}

impl Fake {
    /// One that takes everything.
    pub async fn start() -> Fake {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let book = Book {
            script: VecDeque::new(),
            always: Box::new(|_| Act::Take),
            came: Vec::new(),
            lists: true,
            fates: BTreeMap::new(),
            asked: 0,
        };
        let book = Arc::new(Mutex::new(book));
        let (counted, count) = watch::channel(0);
        let counted = Arc::new(counted);
        let fake = Fake { url, book: book.clone(), count };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, book.clone(), counted.clone()));
            }
        });
        fake
    }

    /// What it does with the next messages; after them what it always does.
    pub fn next(&self, acts: &[Act]) {
        self.book.lock().unwrap().script.extend(acts);
    }

    /// What it does with all messages it was told nothing else of.
    pub fn always(&self, act: impl FnMut(&BTreeMap<String, String>) -> Act + Send + 'static) {
        self.book.lock().unwrap().always = Box::new(act);
    }

    /// Whether it tells what it has taken when it is asked.
    pub fn lists(&self, lists: bool) {
        self.book.lock().unwrap().lists = lists;
    }

    /// What it says came of a call when it is asked.
    pub fn fate(&self, sid: &str, status: &'static str) {
        self.book.lock().unwrap().fates.insert(sid.to_owned(), status);
    }

    /// How often it was asked what it has taken.
    pub fn asked(&self) -> usize {
        self.book.lock().unwrap().asked
    }

    /// All that came.
    pub fn came(&self) -> Vec<Came> {
        self.book.lock().unwrap().came.clone()
    }

    /// The texts of what it took, in order.
    pub fn texts(&self) -> Vec<String> {
        let taken = self.came().into_iter().filter(|came| came.sid.is_some());
        taken.map(|came| came.field("Body").to_owned()).collect()
    }

    /// Waits until so much came.
    pub async fn until(&self, count: usize) {
        let mut seen = self.count.clone();
        let enough = seen.wait_for(|seen| *seen >= count);
        tokio::time::timeout(std::time::Duration::from_secs(40), enough).await.expect("it comes").unwrap();
    }

    /// The ids it gave, by our own id.
    pub fn taken(&self) -> BTreeMap<String, Vec<String>> {
        let mut taken: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for came in self.came() {
            if let Some(sid) = &came.sid {
                taken.entry(came.callback()).or_default().push(sid.clone());
            }
        }
        taken
    }

    /// How often it took something it had taken before.
    pub fn doubled(&self) -> usize {
        self.taken().values().map(|sids| sids.len() - 1).sum()
    }
}

async fn serve(mut stream: TcpStream, book: Arc<Mutex<Book>>, counted: Arc<watch::Sender<usize>>) {
    let mut buffer = Vec::new();
    // Until the other side goes away.
    while let Some((head, body)) = request(&mut stream, &mut buffer).await {
        let answer = if head.starts_with("GET") {
            listed(&book, head.split(' ').nth(1).unwrap_or_default())
        } else {
            let (act, sid) = {
                let mut book = book.lock().unwrap();
                let json: Json = serde_json::from_str(&body).unwrap_or_default();
                let fields: BTreeMap<String, String> = match json {
                    Json::Null => form_urlencoded::parse(body.as_bytes()).into_owned().collect(),
                    _ => BTreeMap::new(),
                };
                let act = match book.script.pop_front() {
                    Some(act) => act,
                    None => (book.always)(&fields),
                };
                let name = if json.is_null() { "SM" } else { "wamid." };
                let sid = act.takes().then(|| format!("{name}{:032x}", book.came.len()));
                let authorization = head.lines().find_map(|line| line.strip_prefix("authorization: "));
                let authorization = authorization.unwrap_or_default().to_owned();
                let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                book.came.push(Came { path, fields, json, authorization, sid: sid.clone() });
                let count = book.came.len();
                counted.send_replace(count);
                (act, sid.unwrap_or_default())
            };
            match act {
                Act::Take if sid.starts_with("wamid.") => {
                    written("200 OK", "", &format!(r#"{{"messages": [{{"id": "{sid}"}}]}}"#))
                }
                Act::Take => {
                    written("201 Created", "", &format!(r#"{{"sid": "{sid}", "status": "queued"}}"#))
                }
                Act::TakeSaying(words) => written("200 OK", "", words),
                Act::TakeAndHang => std::future::pending().await,
                Act::TakeAndHangUp | Act::HangUp => return,
                Act::TakeAndTimeOut => written("504 Gateway Timeout", "", "<html>"),
                Act::Refuse(status, 0) => written(&format!("{status} No"), "", "no"),
                Act::Refuse(status, code) => written(&format!("{status} No"), "", &refusal(code)),
                Act::Wait(seconds) => written(
                    "429 Too Many Requests",
                    &format!("retry-after: {seconds}\r\n"),
                    r#"{"code": 20429}"#,
                ),
            }
        };
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Twilio's words beside Meta's: each reads its own.
fn refusal(code: i64) -> String {
    json!({"code": code, "message": "no", "error": {"code": code, "message": "no"}}).to_string()
}

fn listed(book: &Mutex<Book>, path: &str) -> String {
    let mut book = book.lock().unwrap();
    book.asked += 1;
    if path.contains("/Calls") {
        return listed_calls(&book, path);
    }
    let taken = book.came.iter().rev().filter(|came| came.sid.is_some() && book.lists);
    let messages: Vec<Json> = taken
        .map(|came| {
            json!({
                "sid": came.sid, "to": came.field("To"), "body": came.field("Body"), "direction": "outbound-api",
                // The end of the day on which tests begin: no clock of theirs is behind it that asks.
                "date_created": "Mon, 05 Jan 2026 23:59:59 +0000",
            })
        })
        .collect();
    written("200 OK", "", &json!({ "messages": messages }).to_string())
}

/// One call by its id, or all of them.
fn listed_calls(book: &Book, path: &str) -> String {
    if !book.lists {
        return written("503 No", "", "no");
    }
    let taken = book.came.iter().rev().filter(|came| came.path.ends_with("Calls.json"));
    let all = taken.filter_map(|came| Some((came, came.sid.as_ref()?))).map(|(came, sid)| {
        json!({
            "sid": sid, "to": came.field("To"), "direction": "outbound-api", "date_created": "Mon, 05 Jan 2026 10:00:00 +0000",
            "status": book.fates.get(sid).unwrap_or(&"in-progress"), "answered_by": null, "duration": "0",
        })
    });
    let mut all: Vec<Json> = all.collect();
    let body = match path.contains("Calls.json") {
        true => json!({ "calls": all }),
        false => {
            all.retain(|call| path.contains(call["sid"].as_str().unwrap()));
            all.pop().unwrap_or_default()
        }
    };
    written("200 OK", "", &body.to_string())
}

fn written(status: &str, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\n{headers}content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// The next request's head and body.
async fn request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<(String, String)> {
    loop {
        let text = String::from_utf8_lossy(buffer).into_owned();
        if let Some((head, rest)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
            if rest.len() >= length {
                let end = head.len() + 4 + length;
                let found = (head.to_owned(), rest[..length].to_owned());
                buffer.drain(..end);
                return Some(found);
            }
        }
        match stream.read_buf(buffer).await {
            Ok(0) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}
