//! Row ids that are ordered by time, secrets that cannot be guessed, and names of requests.

use crate::clock::Millis;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// 2025-01-01T00:00:00Z, the zero of row ids.
const EPOCH: Millis = 1_735_689_600_000;
/// Bits below the time: 5 of replica, 7 of sequence.
const LOW_BITS: i64 = 12;
const SEQUENCE_BITS: i64 = 7;

/// Makes row ids: 41 bits of milliseconds since 2025, 5 of replica, 7 of sequence.
///
/// 53 bits in all, so that they survive JSON numbers. Within one millisecond 128 ids fit; the generator then runs
/// ahead of the clock rather than wait.
#[derive(Debug)]
pub struct Ids {
    replica: i64,
    /// The last `time << 7 | sequence` handed out.
    last: AtomicI64,
}

impl Ids {
    /// `replica` is this process's number, 0 to 31, leased from the database.
    pub fn new(replica: u8) -> Self {
        Ids { replica: i64::from(replica & 31), last: AtomicI64::new(0) }
    }

    /// The next id at `now`; larger than all this generator made before.
    pub fn next(&self, now: Millis) -> i64 {
        let floor = (now - EPOCH).max(0) << SEQUENCE_BITS;
        let step = |last: i64| Some((last + 1).max(floor));
        let previous =
            self.last.fetch_update(Ordering::SeqCst, Ordering::SeqCst, step).unwrap_or_else(|last| last);
        let ticket = (previous + 1).max(floor);
        let (time, sequence) = (ticket >> SEQUENCE_BITS, ticket & ((1 << SEQUENCE_BITS) - 1));
        (time << LOW_BITS) | (self.replica << SEQUENCE_BITS) | sequence
    }
}

/// The smallest id that can have been made at `at` or later.
pub fn first_at(at: Millis) -> i64 {
    (at - EPOCH).max(0) << LOW_BITS
}

/// An unguessable text of 128 random bits in lower-case hex: session ids, tokens, claim links.
pub fn secret() -> String {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes).expect("the operating system's random source answers");
    format!("{:032x}", u128::from_be_bytes(bytes))
}

/// A name no other request has: this process's own 64 random bits and a count. Not a secret, and no system call.
pub fn request() -> String {
    static PROCESS: LazyLock<u64> =
        LazyLock::new(|| getrandom::u64().expect("the operating system's random source answers"));
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("{:016x}{:016x}", *PROCESS, COUNT.fetch_add(1, Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_differ_and_fit_53_bits() {
        let ids = Ids::new(3);
        let now = EPOCH + 1_000_000;
        let mut made: Vec<i64> = (0..1000).map(|_| ids.next(now)).collect();
        made.push(ids.next(now - 5));
        assert!(made.windows(2).all(|pair| pair[0] < pair[1]), "ids grow, also when the clock steps back");
        assert!(ids.next(EPOCH + (1 << 41) - 1) < 1 << 53);
        assert!(made.iter().all(|id| first_at(now) <= *id), "none is before its time");
        assert!(made[0] < first_at(now + 1), "nor far after it");
        assert_ne!(Ids::new(1).next(now), Ids::new(2).next(now), "replicas never meet");
        assert_ne!(request(), request(), "nor do requests");
    }
}
