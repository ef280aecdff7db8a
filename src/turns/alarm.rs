//! When whoever looks after timers has to wake next.

use crate::clock::Millis;
use tokio::sync::watch;

/// An instant that turns can only bring forward; where none is set, it is beyond all time.
#[derive(Debug)]
pub struct Alarm(watch::Sender<Millis>);

/// Beyond all time.
const NEVER: Millis = Millis::MAX;

impl Default for Alarm {
    fn default() -> Self {
        Alarm(watch::Sender::new(NEVER))
    }
}

impl Alarm {
    /// Has it ring at `at`, if it would not have sooner.
    pub fn ring_by(&self, at: Millis) {
        self.0.send_if_modified(|set| {
            let sooner = at < *set;
            *set = at.min(*set);
            sooner
        });
    }

    /// Takes back what was set. Before timers are looked at, so that one that is written meanwhile is not missed.
    pub fn clear(&self) {
        self.0.send_replace(NEVER);
    }

    /// Tells when it is set to ring, and when that changes.
    pub fn watch(&self) -> watch::Receiver<Millis> {
        self.0.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_only_brought_forward_until_it_is_cleared() {
        let alarm = Alarm::default();
        let mut seen = alarm.watch();
        let rows = [("the first", 500, 500, true), ("later", 900, 500, false), ("sooner", 100, 100, true)];
        for (label, at, expected, is_news) in rows {
            alarm.ring_by(at);
            assert_eq!(seen.has_changed().unwrap(), is_news, "{label}");
            assert_eq!(*seen.borrow_and_update(), expected, "{label}");
        }
        alarm.clear();
        alarm.ring_by(900);
        assert_eq!(*seen.borrow(), 900);
    }
}
