//! The breakers of all sinks, in this process.

use crate::clock::Millis;
use crate::delivery::Named;
use crate::domain::breaker::{Breaker, Change};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// A breaker for each sink, and whether the sink has answered this process yet.
#[derive(Debug, Default)]
pub(super) struct Breakers(Mutex<HashMap<(i64, String), (Breaker, bool)>>);

impl Breakers {
    fn with<T>(&self, named: &Named, change: impl FnOnce(&mut (Breaker, bool)) -> T) -> T {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(all.entry((named.tenant_id, named.name.clone())).or_default())
    }

    /// When the sink may be asked; `None`: now.
    pub(super) fn wait(&self, named: &Named, now: Millis) -> Option<Millis> {
        self.with(named, |(breaker, _)| breaker.wait(now))
    }

    /// It answered; whether it was paused, or may have been when the process before this one ended.
    pub(super) fn succeeded(&self, named: &Named) -> bool {
        self.with(named, |(breaker, answers)| {
            let is_first = !std::mem::replace(answers, true);
            breaker.succeeded() == Change::Closed || is_first
        })
    }

    /// It failed; whether it is paused from now on.
    pub(super) fn failed(&self, named: &Named, at_once: bool, now: Millis) -> bool {
        self.with(named, |(breaker, _)| breaker.failed(at_once, now) == Change::Opened)
    }
}
