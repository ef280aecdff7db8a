//! Many people writing at once, each message under its own id, with a book of what was answered.

use super::Server;
use crate::turns::all;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A webhook that was posted, and what came back, if anything did.
#[derive(Debug)]
pub struct Posted {
    pub from: String,
    pub text: String,
    pub sid: String,
    /// The reply's body.
    pub answered: Option<String>,
}

/// What people say: answers, commands, an opt-out and back, what cannot be read.
const SAID: [&str; 12] = [
    "hi",
    "yes",
    "Restaurant",
    "Pune, near the station",
    "back",
    "Mumbai",
    "1, 3",
    "fourteen ducks",
    "STOP",
    "START",
    "asha@example.com",
    "restart",
];

/// People who write, one message after the other each.
pub struct Load {
    /// Whether somebody who was refused goes on, rather than taking the server for gone.
    pub undaunted: bool,
    /// Requests sent and not answered yet.
    pub in_flight: AtomicUsize,
    /// Requests answered.
    pub answered: AtomicUsize,
}

impl Load {
    pub fn new() -> Load {
        Load { undaunted: false, in_flight: AtomicUsize::new(0), answered: AtomicUsize::new(0) }
    }

    /// Lets so many people write at once until each has said `most` things, or met a failure. The books, by person.
    pub async fn run(&self, server: &Server, name: &str, people: usize, most: usize) -> Vec<Vec<Posted>> {
        all((0..people).map(|person| self.person(server, name, person, most))).await
    }

    async fn person(&self, server: &Server, name: &str, person: usize, most: usize) -> Vec<Posted> {
        let from = format!("+1415{person:07}");
        let mut book = Vec::new();
        for n in 0..most {
            let (text, sid) = (SAID[(n + person) % SAID.len()], format!("SM-{name}-{person}-{n}"));
            self.in_flight.fetch_add(1, Ordering::SeqCst);
            let reply = server.message(&from, text, &sid).await;
            self.in_flight.fetch_sub(1, Ordering::SeqCst);
            let answered = match reply {
                Ok(reply) if reply.status == 200 => Some(reply.body),
                // Told to come again: nothing is stored, or it is and the repeat gets the reply.
                Ok(reply) => {
                    assert_eq!(reply.status, 503, "{reply:?}");
                    None
                }
                Err(_) => None,
            };
            let failed = answered.is_none();
            book.push(Posted { from: from.clone(), text: text.to_owned(), sid, answered });
            if failed && !self.undaunted {
                break;
            }
            self.answered.fetch_add(usize::from(!failed), Ordering::SeqCst);
        }
        book
    }
}

/// Posts again what a book says, person by person at once, in the order of each; the replies' bodies.
pub async fn again(server: &Server, books: &[Vec<Posted>], which: fn(&Posted) -> bool) -> Vec<Vec<String>> {
    all(books.iter().map(|book| async move {
        let mut bodies = Vec::new();
        for posted in book.iter().filter(|posted| which(posted)) {
            let reply = server.message(&posted.from, &posted.text, &posted.sid).await.unwrap();
            assert_eq!(reply.status, 200, "{posted:?} {reply:?}");
            bodies.push(reply.body);
        }
        bodies
    }))
    .await
}
