//! Time as a parameter: the shell asks the clock once and hands `now` down.

use std::time::Duration;
use tokio::sync::watch;

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
    Fixed(watch::Sender<Millis>),
}

impl Clock {
    /// A clock that stands at `now`.
    pub fn fixed(now: Millis) -> Self {
        Clock::Fixed(watch::Sender::new(now))
    }

    /// The present instant.
    pub fn now(&self) -> Millis {
        match self {
            #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
            Clock::System => jiff::Timestamp::now().as_millisecond(),
            Clock::Fixed(at) => *at.borrow(),
        }
    }

    /// Moves a fixed clock by `ms`; the machine's clock does not listen.
    pub fn advance(&self, ms: Millis) {
        if let Clock::Fixed(at) = self {
            at.send_modify(|now| *now += ms);
        }
    }

    /// Waits until the clock stands at `at` or later. The machine's clock may be set while we wait; then it is as much too
    /// early or too late.
    pub async fn reach(&self, at: Millis) {
        match self {
            Clock::System => {
                let left = u64::try_from(at.saturating_sub(self.now())).unwrap_or(0);
                tokio::time::sleep(Duration::from_millis(left)).await;
            }
            // The sender is `self`'s own, so it cannot be gone.
            Clock::Fixed(hand) => drop(hand.subscribe().wait_for(|now| *now >= at).await),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_waits_for_an_instant_is_woken_when_the_hand_gets_there() {
        let clock = Clock::fixed(1_000);
        clock.reach(1_000).await;
        let waits = tokio::spawn({
            let clock = clock.clone();
            async move {
                clock.reach(2_500).await;
                clock.now()
            }
        });
        clock.advance(1_000);
        tokio::task::yield_now().await;
        assert!(!waits.is_finished(), "not yet");
        clock.advance(1_000);
        assert_eq!(waits.await.unwrap(), 3_000);
    }

    #[tokio::test]
    async fn what_is_past_is_not_waited_for() {
        Clock::System.reach(Clock::System.now() - 5).await;
        Clock::System.reach(Millis::MIN).await;
    }
}
