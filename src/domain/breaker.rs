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

/// Whether somebody may be called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Breaker {
    failures: u32,
    pauses: u32,
    open_until: Option<Millis>,
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
        let until = self.open_until?;
        if now < until {
            return Some(until);
        }
        self.open_until = Some(now + TRIAL);
        None
    }

    /// Whether it is paused.
    pub fn is_open(&self) -> bool {
        self.open_until.is_some()
    }

    /// It answered as it should.
    pub fn succeeded(&mut self) -> Change {
        let was_open = self.is_open();
        *self = Breaker::default();
        if was_open { Change::Closed } else { Change::None }
    }

    /// It failed. `at_once`: it will go on failing until somebody mends something.
    pub fn failed(&mut self, at_once: bool, now: Millis) -> Change {
        self.failures += 1;
        if !at_once && self.failures < FAILURES && !self.is_open() {
            return Change::None;
        }
        let was_open = self.is_open();
        // What was under way together fails together: that is one pause.
        if self.open_until.is_some_and(|until| until - now > TRIAL) {
            return Change::None;
        }
        let pause = FIRST.saturating_mul(1 << self.pauses.min(10)).min(LONGEST);
        self.pauses += 1;
        self.open_until = Some(now + pause);
        if was_open { Change::None } else { Change::Opened }
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
        assert_eq!(breaker.wait(FIRST - 1), Some(FIRST));
        assert_eq!(breaker.wait(FIRST), None, "one trial");
        assert_eq!(breaker.wait(FIRST), Some(FIRST + TRIAL), "and no second beside it");
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
