//! A CRM on this machine: it takes leads from whoever has its token, and counts them.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::Value as Json;
use std::sync::{Arc, Mutex};
use tokio::sync::watch;

/// What it answers to whoever has its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Takes it and gives it an id.
    Takes,
    /// Takes it and says nothing.
    SaysNothing,
    /// Refuses it.
    Refuses,
    /// Never answers, and takes nothing.
    Hangs,
}

struct Book {
    token: String,
    mood: Mood,
    leads: Vec<(String, Json)>,
}

/// The CRM.
#[derive(Clone)]
pub struct Crm {
    pub url: String,
    book: Arc<Mutex<Book>>,
    came: watch::Sender<usize>,
}

impl Crm {
    /// One that takes everything from whoever has this token.
    pub async fn start(token: &str) -> Crm {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/leads", listener.local_addr().unwrap());
        let book = Book { token: token.to_owned(), mood: Mood::Takes, leads: Vec::new() };
        let crm = Crm { url, book: Arc::new(Mutex::new(book)), came: watch::Sender::new(0) };
        let router = Router::new().route("/leads", post(take)).with_state(crm.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        crm
    }

    pub fn accepts(&self, token: &str) {
        self.book.lock().unwrap().token = token.to_owned();
    }

    pub fn is(&self, mood: Mood) {
        self.book.lock().unwrap().mood = mood;
    }

    /// The idempotency keys of what it took.
    pub fn keys(&self) -> Vec<String> {
        self.book.lock().unwrap().leads.iter().map(|(key, _)| key.clone()).collect()
    }

    /// Waits until so many requests came.
    pub async fn until(&self, count: usize) {
        let mut came = self.came.subscribe();
        let enough = came.wait_for(|came| *came >= count);
        tokio::time::timeout(crate::process::PATIENCE, enough).await.expect("they come").unwrap();
    }

    pub fn came(&self) -> usize {
        *self.came.borrow()
    }
}

async fn take(State(crm): State<Crm>, headers: HeaderMap, body: String) -> (StatusCode, String) {
    let text = |name: &str| headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
    let answer = {
        let mut book = crm.book.lock().unwrap();
        let is_known = text("authorization") == format!("Bearer {}", book.token);
        match (is_known, book.mood) {
            (false, _) => Some((StatusCode::UNAUTHORIZED, r#"{"message": "token expired"}"#.to_owned())),
            (true, Mood::Refuses) => {
                Some((StatusCode::BAD_REQUEST, r#"{"message": "no such field"}"#.to_owned()))
            }
            (true, Mood::Hangs) => None,
            (true, mood) => {
                book.leads.push((text("idempotency-key"), serde_json::from_str(&body).unwrap()));
                let said = format!(r#"{{"id": {}}}"#, book.leads.len());
                Some((StatusCode::CREATED, if mood == Mood::Takes { said } else { String::new() }))
            }
        }
    };
    crm.came.send_modify(|came| *came += 1);
    match answer {
        Some(answer) => answer,
        None => std::future::pending().await,
    }
}
