//! Asking a sink, at its pace, and again where it was not to be reached: nothing that is asked here changes anything there.

use crate::clock::{Clock, MINUTE, Millis};
use crate::delivery::{Errand, Named, Outcome, Reply, Sink};
use crate::domain::backoff;
use crate::domain::sending::DispatchKind;
use crate::jobs::errand::Errands;
use crate::jobs::send::dice;
use crate::store::db::{Db, StoreError};
use crate::store::rates;
use std::sync::Arc;
use tokio::sync::Mutex;

/// How often something is asked.
const MOST_TRIES: i64 = 8;
/// A server that asks for more patience than that is not waited for.
const LONGEST_WAIT: Millis = 5 * MINUTE;

/// Why a sink could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// It does not answer, or not so that it can be read.
    #[error("{0}")]
    Sink(String),
    /// The database does not answer.
    #[error("the database does not work as it should")]
    Store(#[from] StoreError),
}

/// Asks one sink.
#[derive(Clone, Debug)]
pub(super) struct Asking {
    pub db: Db,
    pub errands: Arc<Errands>,
    pub named: Named,
    /// When the pace lets the next question go, in microseconds.
    pub free_at: Arc<Mutex<i64>>,
}

impl Asking {
    /// Asks what `question` writes for a session, until `read` understands the answer.
    pub(super) async fn ask<T>(
        &self,
        question: impl Fn(&dyn Sink, &str) -> Option<Errand>,
        read: impl Fn(Reply<'_>) -> Result<T, Outcome>,
    ) -> Result<T, AskError> {
        let mut last = String::new();
        for tries in 1..=MOST_TRIES {
            let (outcome, answer) = self.once(&question, &read).await?;
            let after_ms = match (outcome, answer) {
                (_, Some(answer)) => return Ok(answer),
                (Outcome::Retry { reason, after_ms }, _) => {
                    last = reason;
                    after_ms.unwrap_or(0)
                }
                (Outcome::Unknown { reason }, _) => {
                    last = reason;
                    0
                }
                (Outcome::Refused { reason, .. }, _) => {
                    self.errands.log_out(&self.named);
                    // A session that ran out is refused as well: it is asked once more with another.
                    if tries > 1 || self.named.sink.log_in().is_none() {
                        return Err(AskError::Sink(reason));
                    }
                    last = reason;
                    0
                }
                _ => return Err(AskError::Sink("the sink contradicts itself".to_owned())),
            };
            if tries < MOST_TRIES {
                let wait = backoff::wait(tries, dice()).max(after_ms).min(LONGEST_WAIT);
                tokio::time::sleep(std::time::Duration::from_millis(wait as u64)).await;
            }
        }
        Err(AskError::Sink(last))
    }

    async fn once<T>(
        &self,
        question: &impl Fn(&dyn Sink, &str) -> Option<Errand>,
        read: &impl Fn(Reply<'_>) -> Result<T, Outcome>,
    ) -> Result<(Outcome, Option<T>), AskError> {
        let session = match self.errands.session(&self.named).await {
            Ok(session) => session,
            Err(outcome) => return Ok((outcome, None)),
        };
        let Some(errand) = question(self.named.sink.as_ref(), &session) else {
            return Err(AskError::Sink(
                "the question cannot be written: check the sink's templates".to_owned(),
            ));
        };
        self.pace().await?;
        let heard = self.errands.run(&errand).await;
        let mut answer = None;
        let outcome = heard.outcome(|reply| match read(reply) {
            Ok(read) => {
                answer = Some(read);
                Outcome::Delivered { sink_id: None }
            }
            Err(outcome) => outcome,
        });
        Ok((outcome, answer))
    }

    /// Waits until the sink's pace lets a question go. On PostgreSQL it is shared with the deliveries of all processes; beside a
    /// SQLite file's server it is a pace of its own.
    async fn pace(&self) -> Result<(), StoreError> {
        let Some(rate) = self.named.rate else { return Ok(()) };
        let at = {
            let mut free_at = self.free_at.lock().await;
            let now = Clock::System.now() * 1_000;
            let before = match self.db {
                Db::Postgres { .. } => {
                    let account = crate::delivery::number(&self.named.name);
                    let kind = DispatchKind::Delivery.as_str();
                    rates::reserve(&self.db, self.named.tenant_id, account, kind, now, rate.every).await?
                }
                Db::Sqlite { .. } => (*free_at).max(now),
            };
            let (at, after) = rate.next(before, now, 1);
            *free_at = after;
            (at - now).max(0)
        };
        tokio::time::sleep(std::time::Duration::from_micros(at as u64)).await;
        Ok(())
    }
}
