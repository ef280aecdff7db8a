//! Somebody else's server: answers everything alike, and remembers what came.

use axum::Router;
use axum::body::Bytes;
use axum::http::{Method, StatusCode, Uri};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// A request that came in.
#[derive(Clone, Debug)]
pub struct Came {
    pub method: Method,
    pub path: String,
    pub body: String,
}

/// The server.
pub struct Fake {
    pub url: String,
    came: Arc<Mutex<Vec<Came>>>,
}

impl Fake {
    /// One that answers so.
    pub async fn start(status: u16, body: &'static str) -> Fake {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let came: Arc<Mutex<Vec<Came>>> = Arc::default();
        let book = came.clone();
        let all = Router::new().fallback(async move |method: Method, uri: Uri, said: Bytes| {
            let said = String::from_utf8_lossy(&said).into_owned();
            book.lock().unwrap().push(Came { method, path: uri.path().to_owned(), body: said });
            (StatusCode::from_u16(status).unwrap(), body)
        });
        tokio::spawn(async move { axum::serve(listener, all).await.unwrap() });
        Fake { url, came }
    }

    /// What came so far, forgotten then.
    pub fn came(&self) -> Vec<Came> {
        std::mem::take(&mut self.came.lock().unwrap())
    }
}
