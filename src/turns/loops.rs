//! How the turn loops are doing, as each of them says: nobody else can tell one that hangs from one that has nothing to do.

use crate::clock::{MINUTE, Millis};
use tokio::sync::watch;

/// A batch takes milliseconds, and gives up on a database that does not answer within less than this; who takes longer hangs.
const PATIENCE: Millis = MINUTE;

/// What a loop does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doing {
    /// It waits for work.
    Waiting,
    /// It works on a batch since then.
    Working(Millis),
    /// It is over: told to stop, or dead.
    Ended,
}

/// The turn loops of this process.
#[derive(Debug, Default)]
pub struct Loops(watch::Sender<Vec<Doing>>);

/// One loop's word; dropped with the loop, however that ends.
#[derive(Debug)]
pub struct Loop<'a> {
    all: &'a Loops,
    number: usize,
}

impl Loops {
    /// Another loop begins.
    pub fn join(&self) -> Loop<'_> {
        let mut number = 0;
        self.0.send_modify(|all| {
            number = all.len();
            all.push(Doing::Waiting);
        });
        Loop { all: self, number }
    }

    /// How many there are, or were.
    pub fn count(&self) -> usize {
        self.0.borrow().len()
    }

    /// How many of them work on nothing any more: dead, or for too long on one batch.
    pub fn stuck(&self, now: Millis) -> usize {
        let is_stuck = |doing: &&Doing| match doing {
            Doing::Waiting => false,
            Doing::Working(since) => now - since > PATIENCE,
            Doing::Ended => true,
        };
        self.0.borrow().iter().filter(is_stuck).count()
    }

    /// Whether any works on a batch.
    pub fn is_working(&self) -> bool {
        self.0.borrow().iter().any(|doing| matches!(doing, Doing::Working(_)))
    }

    /// Tells each change; what to wait for is [`Loops::have_ended`] or the like.
    pub fn watch(&self) -> watch::Receiver<impl Sized + use<>> {
        self.0.subscribe()
    }

    /// Whether all are over.
    pub fn have_ended(&self) -> bool {
        self.0.borrow().iter().all(|doing| *doing == Doing::Ended)
    }
}

impl Loop<'_> {
    /// It takes up a batch.
    pub fn works(&self, now: Millis) {
        self.says(Doing::Working(now));
    }

    /// It has done with the batch.
    pub fn waits(&self) {
        self.says(Doing::Waiting);
    }

    fn says(&self, doing: Doing) {
        self.all.0.send_modify(|all| all[self.number] = doing);
    }
}

impl Drop for Loop<'_> {
    fn drop(&mut self) {
        self.says(Doing::Ended);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_hangs_or_is_dead_is_stuck() {
        let loops = Loops::default();
        let (one, other) = (loops.join(), loops.join());
        assert_eq!((loops.count(), loops.stuck(0)), (2, 0));
        one.works(1_000);
        assert!(loops.is_working());
        assert_eq!(loops.stuck(1_000 + PATIENCE), 0, "long, but not too long");
        assert_eq!(loops.stuck(1_001 + PATIENCE), 1, "too long");
        one.waits();
        assert_eq!(loops.stuck(1_001 + PATIENCE), 0, "it came back");
        drop(other);
        assert_eq!((loops.stuck(0), loops.have_ended()), (1, false));
        // However it ends: a panic drops it, too.
        let panics = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
            one.works(5);
            panic!("a loop dies");
        }));
        assert!(panics.is_err() && loops.have_ended());
        assert_eq!((loops.count(), loops.stuck(5)), (2, 2));
    }
}
