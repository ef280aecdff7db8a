//! Running errands to sinks: requests, and files of ours.

use crate::clock::Millis;
use crate::delivery::{Errand, Named, Outcome, Reply, Sink};
use crate::domain::sending::Method;
use crate::http::{NoAnswer, Outbound};
use secrecy::{ExposeSecret, SecretString};
use std::collections::HashMap;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// The most of a request or an answer that is kept in the ledger, in characters.
const KEPT: usize = 2_000;

/// What came of an errand.
#[derive(Clone, Debug)]
pub struct Heard {
    /// The status and the body, or why there is none.
    pub answer: Result<(u16, String), NoAnswer>,
    /// How long the sink asks us to wait.
    pub retry_after_ms: Option<Millis>,
    /// How long it took, in milliseconds.
    pub duration_ms: Millis,
}

impl Heard {
    /// What it means, where `read` says what an answer means.
    pub fn outcome(&self, read: impl FnOnce(Reply<'_>) -> Outcome) -> Outcome {
        let outcome = match &self.answer {
            Ok((status, body)) => read(Reply { status: *status, body }),
            Err(error) => unanswered(*error),
        };
        match outcome {
            Outcome::Retry { reason, after_ms } => {
                Outcome::Retry { reason, after_ms: after_ms.max(self.retry_after_ms) }
            }
            outcome => outcome,
        }
    }
}

/// Runs errands to sinks, and keeps what they say to those who logged in.
#[derive(Debug)]
pub struct Errands {
    outbound: Arc<Outbound>,
    sessions: Mutex<HashMap<(i64, String), String>>,
}

impl Errands {
    /// Runs them by way of `outbound`.
    pub fn new(outbound: Arc<Outbound>) -> Errands {
        Errands { outbound, sessions: Mutex::default() }
    }

    /// Runs one.
    pub async fn run(&self, errand: &Errand) -> Heard {
        let began = Instant::now();
        let mut retry_after_ms = None;
        let answer = match errand {
            Errand::Http(outgoing) => match self.outbound.send(outgoing).await {
                Ok(answer) => {
                    retry_after_ms = answer.retry_after_ms;
                    Ok((answer.status, answer.body))
                }
                Err(error) => Err(error),
            },
            Errand::Append { path, header, line } => {
                let (path, header, line) = (path.clone(), header.clone(), line.clone());
                Ok(on_disk(move || append(&path, &header, &line)).await)
            }
            Errand::Read { path } => {
                let path = path.clone();
                Ok(on_disk(move || whole(&path)).await)
            }
        };
        Heard { answer, retry_after_ms, duration_ms: began.elapsed().as_millis() as Millis }
    }

    /// The session a sink wants with its errands; empty where it wants none.
    ///
    /// # Errors
    /// What it means that there is none.
    pub async fn session(&self, named: &Named) -> Result<String, Outcome> {
        let Some(log_in) = named.sink.log_in() else { return Ok(String::new()) };
        let key = (named.tenant_id, named.name.clone());
        if let Some(known) = self.sessions.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(known.clone());
        }
        let heard = self.run(&log_in).await;
        let session = logged_in(named.sink.as_ref(), &heard)?;
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner).insert(key, session.clone());
        Ok(session)
    }

    /// Forgets a sink's session: it is no longer taken.
    pub fn log_out(&self, named: &Named) {
        let key = (named.tenant_id, named.name.clone());
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
    }
}

/// Logging in changes nothing there: where it is not known how it went, it is tried again.
fn logged_in(sink: &dyn Sink, heard: &Heard) -> Result<String, Outcome> {
    let outcome = match &heard.answer {
        Ok((status, body)) => match sink.logged_in(Reply { status: *status, body }) {
            Ok(session) => return Ok(session),
            Err(outcome) => outcome,
        },
        Err(error) => unanswered(*error),
    };
    Err(match outcome {
        Outcome::Unknown { reason } => Outcome::Retry { reason, after_ms: None },
        outcome => outcome,
    })
}

/// What it means that no answer came.
fn unanswered(error: NoAnswer) -> Outcome {
    let reason = error.to_string();
    match error {
        NoAnswer::BadAddress | NoAnswer::Private => {
            Outcome::Refused { reason, fault: crate::delivery::Fault::Sink }
        }
        NoAnswer::Unreachable | NoAnswer::NoClient => Outcome::Retry { reason, after_ms: None },
        NoAnswer::TimedOut | NoAnswer::Broken | NoAnswer::TooLong => Outcome::Unknown { reason },
    }
}

/// What was asked, for the ledger: no query (it may hold a secret), no headers, and nothing of `secrets`.
pub fn asked(errand: &Errand, secrets: &[SecretString]) -> String {
    match errand {
        Errand::Http(outgoing) => {
            let address = outgoing.url.split(['?', '#']).next().unwrap_or_default();
            let body = if outgoing.method == Method::Get { "" } else { &outgoing.body };
            kept(&format!("{} {address}\n{body}", outgoing.method.as_str()), secrets)
        }
        Errand::Append { path, line, .. } => kept(&format!("append {}\n{line}", path.display()), secrets),
        Errand::Read { path } => format!("read {}", path.display()),
    }
}

/// A text as the ledger keeps it.
pub fn kept(text: &str, secrets: &[SecretString]) -> String {
    let hidden = secrets.iter().map(|secret| secret.expose_secret()).filter(|secret| !secret.is_empty());
    let shown = hidden.fold(text.to_owned(), |shown, secret| shown.replace(secret, "•••"));
    shown.chars().filter(|c| *c != '\0').take(KEPT).collect()
}

async fn on_disk(work: impl FnOnce() -> std::io::Result<String> + Send + 'static) -> (u16, String) {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(text)) => (200, text),
        // As a server would say it; the reason is the system's own.
        Ok(Err(error)) if error.kind() == std::io::ErrorKind::NotFound => {
            (404, "the folder of the file is not there".to_owned())
        }
        Ok(Err(error)) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            (403, "the file may not be written".to_owned())
        }
        // A 500 is looked up before it is written again.
        Ok(Err(error)) if error.get_ref().is_some_and(|inner| inner.is::<Halfway>()) => {
            (500, error.to_string())
        }
        Ok(Err(error)) => (503, format!("the file cannot be used: {error}")),
        Err(_) => (500, "the file could not be used".to_owned()),
    }
}

/// Appends a line, durable once this returns. What a crash left of a line is taken away if it is the beginning of this one, else
/// ended.
fn append(path: &Path, header: &str, line: &str) -> std::io::Result<String> {
    let mut file = std::fs::File::options().create(true).truncate(false).read(true).write(true).open(path)?;
    file.lock()?;
    let length = file.seek(SeekFrom::End(0))?;
    let mut text = String::new();
    if length == 0 {
        text = format!("{header}\n");
    } else if let Some(torn) = torn_end(&mut file, length)? {
        if line.as_bytes().starts_with(&torn) {
            file.set_len(length - torn.len() as u64)?;
            file.seek(SeekFrom::End(0))?;
        } else {
            text = "\n".to_owned();
        }
    }
    text.push_str(line);
    text.push('\n');
    let begin = file.stream_position()?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if let Err(error) = written {
        // A full disk leaves half a line. What cannot be taken back may be there.
        return match file.set_len(begin) {
            Ok(()) => Err(error),
            Err(_) => Err(std::io::Error::other(Halfway(error))),
        };
    }
    Ok(String::new())
}

/// A line may be there, or a part of it.
#[derive(Debug, thiserror::Error)]
#[error("a line may have been written: {0}")]
struct Halfway(std::io::Error);

/// What stands behind the last line end, if anything.
fn torn_end(file: &mut std::fs::File, length: u64) -> std::io::Result<Option<Vec<u8>>> {
    const WINDOW: u64 = 64 * 1024;
    let from = length.saturating_sub(WINDOW);
    file.seek(SeekFrom::Start(from))?;
    let mut end = Vec::new();
    file.read_to_end(&mut end)?;
    let after = end.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    Ok((after < end.len()).then(|| end.split_off(after)))
}

fn whole(path: &PathBuf) -> std::io::Result<String> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sending::{Authorization, Outgoing};

    #[test]
    fn what_a_crash_left_of_a_line_is_mended() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("leads.csv");
        let read = || std::fs::read_to_string(&path).unwrap();
        append(&path, "leadwire_id,name", "lw-1,Ann").unwrap();
        assert_eq!(read(), "leadwire_id,name\nlw-1,Ann\n");
        std::fs::write(&path, "leadwire_id,name\nlw-1,Ann\nlw-2,B").unwrap();
        append(&path, "leadwire_id,name", "lw-2,Bob").unwrap();
        assert_eq!(read(), "leadwire_id,name\nlw-1,Ann\nlw-2,Bob\n", "the beginning of the same line");
        std::fs::write(&path, "leadwire_id,name\nlw-1,A").unwrap();
        append(&path, "leadwire_id,name", "lw-2,Bob").unwrap();
        assert_eq!(read(), "leadwire_id,name\nlw-1,A\nlw-2,Bob\n", "of another");
    }

    #[test]
    fn the_ledger_shows_no_secret_and_no_query() {
        let errand = Errand::Http(Outgoing {
            url: "https://crm.example/leads?token=abc".to_owned(),
            method: Method::Post,
            authorization: Authorization::None,
            headers: vec![("x-key".to_owned(), "hush".to_owned())],
            content_type: "application/json",
            body: format!(r#"{{"key":"hush","name":"{}"}}"#, "x".repeat(5_000)),
        });
        let shown = asked(&errand, &[SecretString::from("hush")]);
        assert!(shown.starts_with("POST https://crm.example/leads\n{\"key\":\"•••\""), "{shown}");
        assert!(!shown.contains("abc"));
        assert_eq!(shown.chars().count(), KEPT);
    }
}
