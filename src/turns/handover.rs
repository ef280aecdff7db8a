//! From the turn loops to the process's own worker: what a turn wrote already held, handed over after the commit.

use crate::store::outbox::Held;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// With so much in hand, what turns write waits in the database rather than in memory.
const MOST: usize = 2_000;

/// Where turns hand over what is to be sent.
#[derive(Debug, Default)]
pub struct Handover {
    worker: Mutex<Option<UnboundedSender<Vec<Held>>>>,
    in_hand: AtomicUsize,
    waiting: Notify,
}

impl Handover {
    /// A worker begins to take from here.
    pub fn attach(&self) -> UnboundedReceiver<Vec<Held>> {
        let (sender, receiver) = unbounded_channel();
        *self.worker.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender);
        receiver
    }

    /// The worker takes no more: what turns write from now on waits in the database.
    pub fn detach(&self) {
        self.worker.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Whether there is a worker, and one that keeps up.
    pub fn is_open(&self) -> bool {
        self.room() > 0 && self.worker.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// How much more the worker should take in hand.
    pub fn room(&self) -> usize {
        MOST.saturating_sub(self.in_hand())
    }

    /// How much is in hand: handed over or taken, and not given back yet.
    pub fn in_hand(&self) -> usize {
        self.in_hand.load(Ordering::SeqCst)
    }

    /// Hands over what this process holds, in order.
    pub fn give(&self, mut held: Vec<Held>) {
        if held.is_empty() {
            return;
        }
        let now = Instant::now();
        held.iter_mut().for_each(|held| held.since = Some(now));
        let count = held.len();
        self.in_hand.fetch_add(count, Ordering::SeqCst);
        let worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
        // Without a worker the hold runs out, and another process finds it.
        if worker.as_ref().is_none_or(|worker| worker.send(held).is_err()) {
            self.in_hand.fetch_sub(count, Ordering::SeqCst);
        }
    }

    /// So many were given back. Once half of what there is room for is free again, what waits in the database is looked for.
    pub fn finished(&self, count: usize) {
        let before = self.in_hand.fetch_sub(count, Ordering::SeqCst);
        if before > MOST / 2 && before - count <= MOST / 2 {
            self.wake();
        }
    }

    /// Something waits in the database.
    pub fn wake(&self) {
        self.waiting.notify_one();
    }

    /// Waits until something waits in the database.
    pub fn woken(&self) -> tokio::sync::futures::Notified<'_> {
        self.waiting.notified()
    }
}
