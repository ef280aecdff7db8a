//! Time as a parameter: the shell asks the clock once and hands `now` down.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Milliseconds since the Unix epoch, UTC. `…_at` is such an instant, `…_ms` a length.
pub type Millis = i64;

/// One second, minute, hour and day in milliseconds.
pub const SECOND: Millis = 1_000;
/// A minute in milliseconds.
pub const MINUTE: Millis = 60 * SECOND;
/// An hour in milliseconds.
pub const HOUR: Millis = 60 * MINUTE;
/// A day of 24 hours in milliseconds.
pub const DAY: Millis = 24 * HOUR;

/// Where `now` comes from: the machine, or a hand that tests turn.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// Stands still until it is set.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `now`.
    pub fn fixed(now: Millis) -> Self {
        Clock::Fixed(Arc::new(AtomicI64::new(now)))
    }

    /// The present instant.
    pub fn now(&self) -> Millis {
        match self {
            #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
            Clock::System => jiff::Timestamp::now().as_millisecond(),
            Clock::Fixed(at) => at.load(Ordering::SeqCst),
        }
    }

    /// Moves a fixed clock by `ms`; the machine's clock does not listen.
    pub fn advance(&self, ms: Millis) {
        if let Clock::Fixed(at) = self {
            at.fetch_add(ms, Ordering::SeqCst);
        }
    }
}
