//! A turn before it is stored: what a channel asks, the lanes requests wait in, and the decision as rows.
//!
//! Nothing here waits for a database; `service::turns` drives it.

mod agreeing;
mod alarm;
mod call;
mod capturing;
mod conversation;
pub mod delivering;
mod handover;
mod happened;
mod loops;
mod message;
mod noted;
mod outbox;
pub mod pace;
pub mod plan;
mod profile;
mod queue;
mod reach;
mod request;
mod rows;
mod silence;
mod telling;
mod unread;

pub use agreeing::Agreed;
pub use alarm::Alarm;
pub use call::{ANSWER_PATH, RECORDING_PATH, RESUMED_WITHIN, STATUS_PATH, answer_call, text_after_call};
pub use capturing::Captured;
pub use handover::Handover;
pub use loops::{Loop, Loops};
pub use outbox::Hold;
pub use queue::{Lane, Queue, Refused};
pub use request::{
    Answered, CallOver, CallTurn, Encode, Reach, Sends, Told, TurnError, TurnInput, TurnRequest,
};
pub use unread::Unread;

use std::time::Instant;
use tokio::sync::oneshot;

/// The most turns that may wait; more are told to come again.
const WAITING: usize = 16_384;

/// A turn in the queue.
#[derive(Debug)]
pub struct Job {
    /// What is asked.
    pub request: TurnRequest,
    /// Whoever waits for it.
    pub answer: oneshot::Sender<Result<Answered, TurnError>>,
    /// When it came, for the latency that callers see.
    pub arrived: Instant,
    /// How often it lost against another writer.
    pub lost: u32,
}

/// Turns that wait.
pub type Waiting = Queue<Job>;

/// An empty queue of the usual size.
pub fn waiting() -> Waiting {
    Queue::new(WAITING)
}
