//! Meta's part: takes what the server sends, as the Graph API does.

use axum::extract::{Path, State};
use axum::routing::post;
use axum::{Json as Body, Router};
use serde_json::{Value as Json, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// A message the server has sent.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    /// Its body.
    pub body: Json,
    /// The id it was given.
    pub id: String,
}

/// The Graph API's address, and what comes in there.
#[derive(Debug)]
pub(super) struct Meta {
    sent: mpsc::UnboundedReceiver<Sent>,
}

impl Meta {
    /// Listens until the program ends.
    pub(super) async fn listen(address: SocketAddr) -> std::io::Result<Meta> {
        Ok(Meta::on(TcpListener::bind(address).await?))
    }

    /// Listens on a socket there is.
    pub(super) fn on(listener: TcpListener) -> Meta {
        let (sender, sent) = mpsc::unbounded_channel();
        let router =
            Router::new().route("/{version}/{number}/messages", post(take)).with_state(Arc::new(sender));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Meta { sent }
    }

    /// The next message; `None`: none came in this time.
    pub(super) async fn next(&mut self, patience: Duration) -> Option<Sent> {
        tokio::time::timeout(patience, self.sent.recv()).await.ok().flatten()
    }
}

/// `POST /{version}/{phone-number-id}/messages`, answered as Meta answers.
async fn take(
    State(sender): State<Arc<mpsc::UnboundedSender<Sent>>>,
    Path((_, number)): Path<(String, String)>,
    Body(body): Body<Json>,
) -> Body<Json> {
    if body["status"] == "read" {
        return Body(json!({"success": true}));
    }
    let id = format!("wamid.{number}.{}", crate::ids::secret());
    let to = body["to"].as_str().or(body["recipient"].as_str()).unwrap_or_default().to_owned();
    // Where nobody looks at messages any more, the program is about to end.
    let _ = sender.send(Sent { body, id: id.clone() });
    Body(json!({
        "messaging_product": "whatsapp",
        "contacts": [{"input": to, "wa_id": to}],
        "messages": [{"id": id}],
    }))
}
