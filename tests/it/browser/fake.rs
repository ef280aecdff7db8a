//! The chat API with one fixed conversation in memory, for what a real server cannot be made to do on demand: lose a
//! reply, forget a session, refuse a message.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use leadwire::api::pages::{self, Embedders};
use serde_json::{Value, json};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

/// What happens to the next answer that is posted.
#[derive(Clone, Copy, Debug)]
pub enum Mishap {
    /// 503 before anything is done.
    Unavailable,
    /// Done, but the reply does not arrive.
    ReplyLost,
    /// 429 with `Retry-After: 1`.
    TooMany,
    /// 400 with a detail.
    Refused,
}

#[derive(Debug, Default)]
struct Talk {
    language: String,
    step: usize,
    open: bool,
    messages: Vec<Value>,
}

#[derive(Debug, Default)]
struct Rooms {
    talks: HashMap<String, Talk>,
    replies: HashMap<String, Value>,
    mishaps: VecDeque<Mishap>,
    starts: Vec<Value>,
    answers: Vec<Value>,
}

/// A running server; it ends with the test's runtime.
#[derive(Clone, Debug)]
pub struct Fake {
    /// `http://127.0.0.1:<port>`
    pub base: String,
    rooms: Arc<Mutex<Rooms>>,
}

impl Fake {
    /// Starts on a free port.
    pub async fn start(embedders: &Embedders) -> Fake {
        let rooms = Arc::new(Mutex::new(Rooms::default()));
        let app = Router::new()
            .route("/api/session/start", post(start))
            .route("/api/session/{id}", get(session))
            .route("/api/answer", post(answer))
            .with_state(Arc::clone(&rooms))
            .merge(pages::router(embedders));
        Fake { base: serve(app).await, rooms }
    }

    fn rooms(&self) -> MutexGuard<'_, Rooms> {
        self.rooms.lock().unwrap()
    }

    /// The next posted answers fare like this.
    pub fn mishaps(&self, mishaps: impl IntoIterator<Item = Mishap>) {
        self.rooms().mishaps.extend(mishaps);
    }

    /// Every session is gone.
    pub fn forget(&self) {
        self.rooms().talks.clear();
    }

    /// Bodies of the sessions started.
    pub fn starts(&self) -> Vec<Value> {
        self.rooms().starts.clone()
    }

    /// Bodies of the answers that were acted on, once each.
    pub fn answers(&self) -> Vec<Value> {
        self.rooms().answers.clone()
    }
}

/// Serves on a free port of this machine; the address.
pub async fn serve(app: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    base
}

/// Somebody's site with the widget, on an origin of its own and under a strict policy of its own.
pub async fn host_site(chat: &str, attributes: &str) -> String {
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><title>Chai &amp; Chaat</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <link rel=\"icon\" href=\"{chat}/chat-icon.svg\"><link rel=\"stylesheet\" href=\"/site.css\">\
         <script src=\"/before.js\"></script><script src=\"{chat}/widget.js\" {attributes} async></script></head>\
         <body><header>Chai &amp; Chaat</header><main><h1>Tea and small plates since 1984</h1>\
         <p>Two rooms, one courtyard and the best samosas of the street. We also cater for offices, weddings and \
         neighbours who forgot to cook.</p><a href=\"#menu\">See the menu</a></main></body></html>"
    );
    let policy = format!(
        "default-src 'none'; script-src 'self' {chat}; style-src 'self'; frame-src {chat}; img-src {chat}"
    );
    let css = "body{margin:0;font:18px/1.6 Georgia,serif;color:#3b2a20;background:#fbf5ec}header{padding:20px 6vw;\
               background:#7a3b1d;color:#fff;font-weight:bold}main{padding:6vw;max-width:34em}iframe,button{display:none}";
    let script = "window.namesBefore = Object.getOwnPropertyNames(window);";
    let app = Router::new()
        .route("/", get(move || async move { ([(header::CONTENT_SECURITY_POLICY, policy)], Html(page)) }))
        .route("/site.css", get(move || async move { ([(header::CONTENT_TYPE, "text/css")], css) }))
        .route(
            "/before.js",
            get(move || async move { ([(header::CONTENT_TYPE, "text/javascript")], script) }),
        );
    serve(app).await
}

type Shared = State<Arc<Mutex<Rooms>>>;

fn problem(status: StatusCode, detail: &str) -> Response {
    let body = json!({ "type": "about:blank", "title": "No", "status": status.as_u16(), "detail": detail });
    (status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}

async fn start(State(rooms): Shared, Json(body): Json<Value>) -> Json<Value> {
    let mut rooms = rooms.lock().unwrap();
    let id = format!("{:032x}", rooms.starts.len() + 1);
    let language = body["language"].as_str().filter(|tag| LANGUAGES.contains(tag)).unwrap_or("en").to_owned();
    rooms.starts.push(body);
    let mut talk = Talk { language, open: true, ..Talk::default() };
    let mut reply = talk.reply(true, vec![]);
    reply["session_id"] = json!(id);
    reply["languages"] = json!(LANGUAGES);
    reply["title"] = json!(TITLE);
    rooms.talks.insert(id, talk);
    Json(reply)
}

async fn session(State(rooms): Shared, Path(id): Path<String>) -> Response {
    let rooms = rooms.lock().unwrap();
    let Some(talk) = rooms.talks.get(&id) else {
        return problem(StatusCode::NOT_FOUND, "There is no such session.");
    };
    Json(json!({
        "session_id": id, "title": TITLE, "language": talk.language, "languages": LANGUAGES, "open": talk.open,
        "outcome": null, "messages": talk.messages, "question": talk.question(),
    }))
    .into_response()
}

async fn answer(State(rooms): Shared, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    let mut rooms = rooms.lock().unwrap();
    let mishap = rooms.mishaps.pop_front();
    match mishap {
        Some(Mishap::Unavailable) => return problem(StatusCode::SERVICE_UNAVAILABLE, "Not now."),
        Some(Mishap::Refused) => return problem(StatusCode::BAD_REQUEST, "This text is too odd."),
        Some(Mishap::TooMany) => {
            let mut response = problem(StatusCode::TOO_MANY_REQUESTS, "Too many requests.");
            response.headers_mut().insert(header::RETRY_AFTER, "1".parse().unwrap());
            return response;
        }
        Some(Mishap::ReplyLost) | None => {}
    }
    let key = headers.get("idempotency-key").map(|key| key.to_str().unwrap().to_owned());
    if let Some(kept) = key.as_ref().and_then(|key| rooms.replies.get(key)) {
        return Json(kept.clone()).into_response();
    }
    let Some(talk) = rooms.talks.get_mut(body["session_id"].as_str().unwrap_or_default()) else {
        return problem(StatusCode::NOT_FOUND, "There is no such session.");
    };
    let reply = talk.hear(&body);
    rooms.answers.push(body);
    if let Some(key) = key {
        rooms.replies.insert(key, reply.clone());
    }
    if matches!(mishap, Some(Mishap::ReplyLost)) {
        return problem(StatusCode::BAD_GATEWAY, "The reply was lost.");
    }
    Json(reply).into_response()
}

const TITLE: &str = "YouShop merchant sign-up";
const LANGUAGES: [&str; 2] = ["en", "hi"];

/// Key, kind, optional, text in English and Hindi, options.
type Asked = (&'static str, &'static str, bool, [&'static str; 2], &'static [&'static str]);

const QUESTIONS: [Asked; 6] = [
    (
        "greeting",
        "yes_no",
        false,
        [
            "Hi! Welcome to YouShop! May I ask you five quick questions?",
            "नमस्ते! YouShop में आपका स्वागत है! क्या मैं आपसे पाँच छोटे सवाल पूछ सकता हूँ?",
        ],
        &[],
    ),
    (
        "business_type",
        "choice",
        false,
        ["What type of business do you run?", "आप किस तरह का व्यवसाय चलाते हैं?"],
        &["Restaurant", "Retail Store", "Service Business", "E-commerce", "Other"],
    ),
    ("location", "text", false, ["Which city are you in?", "आप किस शहर में हैं?"], &[]),
    (
        "features",
        "choices",
        false,
        ["What would help you most?", "आपको सबसे ज़्यादा किससे मदद मिलेगी?"],
        &["Billing", "QR Payments", "Inventory", "Loyalty"],
    ),
    ("email", "email", true, ["Where can we write to you?", "हम आपको कहाँ लिख सकते हैं?"], &[]),
    ("cta", "choice", false, ["What next?", "आगे क्या?"], &["Book a demo", "Call me", "Not now"]),
];
const THANKS: [&str; 2] =
    ["Thank you! Someone from our team will be in touch. More: https://youshop.example/start.", "धन्यवाद!"];

impl Talk {
    fn text(&self, texts: [&'static str; 2]) -> &'static str {
        texts[usize::from(self.language == "hi")]
    }

    fn question(&self) -> Value {
        let Some((key, ask, optional, _, options)) = QUESTIONS.get(self.step).filter(|_| self.open) else {
            return Value::Null;
        };
        let options: Vec<Value> =
            options.iter().map(|value| json!({ "value": value, "label": value })).collect();
        json!({ "id": self.step + 1, "key": key, "ask": ask, "options": options, "optional": optional, "multiple": *ask == "choices" })
    }

    fn keep(&mut self, direction: &str, text: &str) {
        self.messages.push(json!({ "direction": direction, "text": text, "at": "2026-01-05T09:30:00Z" }));
    }

    fn hear(&mut self, body: &Value) -> Value {
        let text = body["answer_text"].as_str().unwrap_or_default();
        self.keep("in", text);
        let mut before = Vec::new();
        let mut accepted = true;
        match text.to_lowercase().as_str() {
            "restart" => self.step = 0,
            "back" => self.step = self.step.saturating_sub(1),
            "language hindi" => self.language = "hi".to_owned(),
            "language english" => self.language = "en".to_owned(),
            "?" => {
                accepted = false;
                before.push("I did not understand that <b>answer</b>.");
            }
            _ => self.step += 1,
        }
        self.open = self.step < QUESTIONS.len();
        self.reply(accepted, before)
    }

    fn reply(&mut self, accepted: bool, mut texts: Vec<&'static str>) -> Value {
        texts.push(self.text(QUESTIONS.get(self.step).map_or(THANKS, |question| question.3)));
        for text in &texts {
            self.keep("out", text);
        }
        let says: Vec<Value> = texts
            .iter()
            .map(|text| json!({ "text": text, "language": self.language, "options": [], "optional": false }))
            .collect();
        json!({
            "accepted": accepted, "value": null, "score": 5, "class": "Unqualified", "says": says, "question": self.question(),
            "language": self.language, "open": self.open, "outcome": (!self.open).then_some("completed"),
            "message": "Session started successfully", "timestamp": "2026-01-05T09:30:00Z",
        })
    }
}
