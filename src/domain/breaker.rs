//! A circuit breaker: whoever fails again and again is left alone for a while, then tried with one request.

use crate::clock::{MINUTE, Millis, SECOND};

/// Failures in a row that open it.
const FAILURES: u32 = 5;
/// The first pause; each further one is twice as long.
const FIRST: Millis = 30 * SECOND;
/// The longest pause.
const LONGEST: Millis = 10 * MINUTE;
/// How long a trial may take before another is made.
const TRIAL: Millis = MINUTE;
/// How soon others ask again whether a trial went well.
const LOOK: Millis = 2 * SECOND;

/// Whether somebody may be called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Breaker {
    failures: u32,
    pauses: u32,
    state: State,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum State {
    /// Calls go.
    #[default]
    Closed,
    /// None goes until then.
    Paused(Millis),
    /// One is under way; where nothing is heard of it until then, there is another.
    Trial(Millis),
}

/// What a result changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    None,
    /// It is paused from now on.
    Opened,
    /// It goes on.
    Closed,
}

impl Breaker {
    /// `None`: it may be called now. Else when to ask again. After a pause the first that asks goes as a trial, and the others wait
    /// for its result.
    pub fn wait(&mut self, now: Millis) -> Option<Millis> {
        match self.state {
            State::Closed => return None,
            State::Paused(until) if now < until => return Some(until),
            State::Trial(until) if now < until => return Some(until.min(now + LOOK)),
            State::Paused(_) | State::Trial(_) => {}
        }
        self.state = State::Trial(now + TRIAL);
        None
    }

    /// It answered as it should.
    pub fn succeeded(&mut self) -> Change {
        let before = std::mem::take(self);
        if before.state == State::Closed { Change::None } else { Change::Closed }
    }

    /// It failed. `at_once`: it will go on failing until somebody mends something.
    pub fn failed(&mut self, at_once: bool, now: Millis) -> Change {
        self.failures += 1;
        match self.state {
            State::Closed if !at_once && self.failures < FAILURES => return Change::None,
            // What was under way together fails together: that is one pause.
            State::Paused(_) => return Change::None,
            State::Closed | State::Trial(_) => {}
        }
        let was_closed = self.state == State::Closed;
        self.state = State::Paused(now + FIRST.saturating_mul(1 << self.pauses.min(10)).min(LONGEST));
        self.pauses += 1;
        if was_closed { Change::Opened } else { Change::None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_after_failures_in_a_row_and_closes_after_a_trial() {
        let mut breaker = Breaker::default();
        for _ in 1..FAILURES {
            assert_eq!(breaker.failed(false, 0), Change::None);
        }
        assert_eq!(breaker.succeeded(), Change::None, "one success forgives");
        for _ in 1..FAILURES {
            assert_eq!(breaker.failed(false, 0), Change::None);
        }
        assert_eq!(breaker.failed(false, 0), Change::Opened);
        for _ in 0..20 {
            assert_eq!(breaker.failed(false, 1), Change::None, "what was under way as well");
        }
        assert_eq!(breaker.wait(FIRST - 1), Some(FIRST), "is no further pause");
        assert_eq!(breaker.wait(FIRST), None, "one trial");
        assert_eq!(breaker.wait(FIRST), Some(FIRST + LOOK), "and no second beside it");
        assert_eq!(breaker.wait(FIRST + TRIAL - 1), Some(FIRST + TRIAL));
        assert_eq!(breaker.failed(false, FIRST), Change::None, "still paused: told once");
        assert_eq!(breaker.wait(FIRST + 1), Some(FIRST + 2 * FIRST), "twice as long");
        assert_eq!(breaker.wait(3 * FIRST), None);
        assert_eq!(breaker.succeeded(), Change::Closed);
        assert_eq!(breaker.wait(3 * FIRST), None);
    }

    #[test]
    fn what_has_to_be_mended_opens_it_at_once_and_pauses_have_an_end() {
        let mut breaker = Breaker::default();
        assert_eq!(breaker.failed(true, 0), Change::Opened);
        let mut now = 0;
        for _ in 0..20 {
            let until = breaker.wait(now).unwrap();
            assert!(until - now <= LONGEST, "{}", until - now);
            now = until;
            assert_eq!(breaker.wait(now), None);
            breaker.failed(true, now);
        }
    }
}
