//! A server that writes down what comes and answers as a test says.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::Value as Json;
use std::sync::{Arc, Mutex};

/// A request that came.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    headers: HeaderMap,
    /// The body as it came.
    pub body: String,
}

impl Asked {
    /// A header; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The body as JSON.
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

type Answer = Arc<dyn Fn(&Asked) -> (u16, Json) + Send + Sync>;

/// The server.
#[derive(Clone)]
pub struct Receiver {
    /// Where it is, without a slash at the end.
    pub url: String,
    came: Arc<Mutex<Vec<Asked>>>,
    answer: Answer,
}

impl Receiver {
    /// One that answers so.
    pub async fn start(answer: impl Fn(&Asked) -> (u16, Json) + Send + Sync + 'static) -> Receiver {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let receiver = Receiver { url, came: Arc::default(), answer: Arc::new(answer) };
        let router = Router::new().fallback(serve).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        receiver
    }

    /// All that came, in order.
    pub fn came(&self) -> Vec<Asked> {
        self.came.lock().unwrap().clone()
    }
}

async fn serve(
    State(receiver): State<Receiver>,
    (method, uri, headers): (Method, Uri, HeaderMap),
    body: String,
) -> Response {
    let asked = Asked { method: method.to_string(), path: uri.path().to_owned(), headers, body };
    let (status, json) = (receiver.answer)(&asked);
    receiver.came.lock().unwrap().push(asked);
    let status = StatusCode::from_u16(status).unwrap();
    if json.is_null() { status.into_response() } else { (status, axum::Json(json)).into_response() }
}
