//! What the CRM does with a request, other than what it should.

use super::Came;
use std::collections::VecDeque;
use std::fmt;

/// What happens to a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: it is done and answered.
    #[default]
    None,
    /// It is done and never answered.
    DoneAndHangs,
    /// It is done, and the connection is reset.
    DoneAndResets,
    /// It is done and answered with a 500.
    DoneAnd500,
    /// It is done and answered after so many milliseconds.
    Slow(u64),
    /// Nothing is done: the connection is reset.
    Resets,
    /// Nothing is done, and it is never answered.
    Hangs,
    /// Nothing is done: a 500.
    Fails,
    /// Nothing is done: a 429 which asks to wait so many seconds.
    TooMany(u32),
    /// Nothing is done: a 503.
    Unavailable,
    /// Nothing is done: a 400, whatever the record.
    Invalid,
    /// Nothing is done: a 400 in words that PostgreSQL stores nowhere.
    SaysNul,
}

impl Fault {
    /// Whether what is asked for is done.
    pub fn does(self) -> bool {
        matches!(
            self,
            Fault::None | Fault::DoneAndHangs | Fault::DoneAndResets | Fault::DoneAnd500 | Fault::Slow(_)
        )
    }
}

/// Says what happens to a request.
type Mood = Box<dyn FnMut(&Came) -> Fault + Send>;

/// What happens to requests: these in turn, then what always happens.
pub struct Faults {
    writes: VecDeque<Fault>,
    questions: VecDeque<Fault>,
    always: Mood,
}

impl Default for Faults {
    fn default() -> Faults {
        Faults { writes: VecDeque::new(), questions: VecDeque::new(), always: Box::new(|_| Fault::None) }
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Faults").field("writes", &self.writes).finish_non_exhaustive()
    }
}

impl Faults {
    /// What happens to the next requests that write, or to the next questions.
    pub fn next(&mut self, writes: bool, faults: &[Fault]) {
        let list = if writes { &mut self.writes } else { &mut self.questions };
        list.extend(faults);
    }

    /// What happens to all requests that nothing else was said of.
    pub fn always(&mut self, mood: impl FnMut(&Came) -> Fault + Send + 'static) {
        self.always = Box::new(mood);
    }

    /// What happens to this one.
    pub fn of(&mut self, came: &Came) -> Fault {
        let list = if came.is_write() { &mut self.writes } else { &mut self.questions };
        list.pop_front().unwrap_or_else(|| (self.always)(came))
    }
}
