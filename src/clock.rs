//! Time as a parameter: the shell asks the clock once and hands `now` down.

#[cfg(debug_assertions)]
use std::path::PathBuf;
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
    /// Stands where a file says, in milliseconds as text: tests turn it for several processes at once. Whoever writes the file puts
    /// another in its place, so that nobody reads half of it.
    #[cfg(debug_assertions)]
    File(PathBuf),
}

/// How often a file is looked at by whoever waits for an instant.
#[cfg(debug_assertions)]
const LOOK: Duration = Duration::from_millis(10);

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
            #[cfg(debug_assertions)]
            Clock::File(path) => {
                let text =
                    std::fs::read_to_string(path).expect("whoever names a clock's file keeps it there");
                text.trim().parse().expect("a clock's file holds milliseconds")
            }
        }
    }

    /// Moves a fixed clock by `ms`; the others do not listen.
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
            #[cfg(debug_assertions)]
            Clock::File(_) => {
                while self.now() < at {
                    tokio::time::sleep(LOOK).await;
                }
            }
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

    #[cfg(debug_assertions)]
    #[tokio::test]
    async fn a_file_is_a_clock_of_several_processes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("now");
        std::fs::write(&path, "1000\n").unwrap();
        let clock = Clock::File(path.clone());
        assert_eq!(clock.now(), 1_000);
        let waits = tokio::spawn({
            let clock = clock.clone();
            async move { clock.reach(2_500).await }
        });
        std::fs::write(folder.path().join("next"), "2500").unwrap();
        std::fs::rename(folder.path().join("next"), &path).unwrap();
        waits.await.unwrap();
    }

    #[tokio::test]
    async fn what_is_past_is_not_waited_for() {
        Clock::System.reach(Clock::System.now() - 5).await;
        Clock::System.reach(Millis::MIN).await;
    }
}
