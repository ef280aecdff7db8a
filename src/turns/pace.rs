//! The loop breaker: a peer that answers faster than anybody types, or always says the same, is another machine. It is
//! parked: what it says is recorded and nothing is answered, until it pauses.

use crate::clock::{MINUTE, Millis, SECOND};
use crate::domain::message::Said;
use crate::domain::text::fold;
use sha2::{Digest, Sha256};

/// An answer this soon after the last message counts as too fast for a person.
const FAST: Millis = 2 * SECOND;
/// So many too fast ones in a row, and it is a machine. People send bursts, so there is room.
const MOST_FAST: u32 = 40;
/// The same words so many times in a row, and it is a machine.
const MOST_SAME: u32 = 12;
/// A peer that is silent this long is heard again: a machine that only answers us stays silent with us.
const PAUSE: Millis = MINUTE;

/// How somebody has been writing. Kept with the person as five numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// When the last message came.
    last_at: Millis,
    /// What it was: the beginning of a hash of its folded text.
    last_text: u32,
    /// Messages in a row that came too fast.
    fast: u32,
    /// Messages in a row that said the same.
    same: u32,
    /// Whether nothing is answered now.
    parked: bool,
}

/// What the pace says of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Somebody writes.
    Person,
    /// It has just become clear that this is a machine: to be reported; the next message is not answered.
    Parks,
    /// A machine goes on.
    Parked,
}

impl Pace {
    /// Reads what `Display` wrote; anything else is a fresh start.
    pub fn parse(text: &str) -> Pace {
        let mut parts = text.split(' ');
        let mut part = || parts.next()?.parse::<i64>().ok();
        let read = |last_at, last_text: i64, fast: i64, same: i64, parked: i64| {
            Some(Pace {
                last_at,
                last_text: u32::try_from(last_text).ok()?,
                fast: u32::try_from(fast).ok()?,
                same: u32::try_from(same).ok()?,
                parked: parked == 1,
            })
        };
        let numbers = (part(), part(), part(), part(), part());
        match numbers {
            (Some(at), Some(text), Some(fast), Some(same), Some(parked)) => {
                read(at, text, fast, same, parked)
            }
            _ => None,
        }
        .unwrap_or_default()
    }

    /// Counts a message; `open` is the question it comes to: the same answer to another question is another message.
    pub fn count(&mut self, said: &Said, open: Option<&str>, now: Millis) -> Verdict {
        let passed = now.saturating_sub(self.last_at);
        let text = digest(said, open);
        if passed >= PAUSE {
            *self = Pace::default();
        }
        self.fast = if passed < FAST { self.fast.saturating_add(1) } else { 0 };
        self.same = if text == self.last_text && passed < PAUSE { self.same.saturating_add(1) } else { 0 };
        self.last_at = now;
        self.last_text = text;
        match self.parked {
            true => Verdict::Parked,
            false if self.fast >= MOST_FAST || self.same >= MOST_SAME => {
                self.parked = true;
                Verdict::Parks
            }
            false => Verdict::Person,
        }
    }
}

impl std::fmt::Display for Pace {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Pace { last_at, last_text, fast, same, parked } = self;
        write!(out, "{last_at} {last_text} {fast} {same} {}", u8::from(*parked))
    }
}

/// Enough of a hash to tell one message from the next, and nothing of what it said.
fn digest(said: &Said, open: Option<&str>) -> u32 {
    let mut digest = Sha256::new().chain_update(fold(&said.text));
    let asked = said.step.as_deref().or(open);
    for part in [asked, said.tapped.as_deref()].into_iter().flatten() {
        digest = digest.chain_update([0]).chain_update(part);
    }
    for file in &said.media {
        digest = digest.chain_update([0]).chain_update(&file.url);
    }
    let hash = digest.finalize();
    u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Label, how many messages, how far apart, and what they say.
    type Row = (&'static str, u32, Millis, fn(u32) -> String);

    const NOW: Millis = 1_800_000_000_000;

    /// Writes `count` messages, one each `every` milliseconds, through the stored form; the verdicts.
    fn write(count: u32, every: Millis, say: impl Fn(u32) -> String) -> Vec<Verdict> {
        let mut stored = Pace::default().to_string();
        let each = |n: u32| {
            let mut pace = Pace::parse(&stored);
            let verdict = pace.count(&Said::text(say(n)), None, NOW + Millis::from(n) * every);
            stored = pace.to_string();
            verdict
        };
        (0..count).map(each).collect()
    }

    #[test]
    fn people_are_never_parked() {
        let rows: [Row; 3] = [
            ("an ordinary conversation", 200, 8 * SECOND, |n| format!("answer {n}")),
            ("a burst of twenty at once", 20, 0, |n| format!("part {n}")),
            ("the same word again and again", 10, 4 * SECOND, |_| "hello?".to_owned()),
        ];
        for (label, count, every, say) in rows {
            assert!(write(count, every, say).iter().all(|verdict| *verdict == Verdict::Person), "{label}");
        }
    }

    #[test]
    fn machines_are_parked_once_and_stay_parked() {
        let rows: [Row; 2] = [
            ("too fast", 100, 500, |n| format!("auto reply {n}")),
            ("always the same", 40, 10 * SECOND, |_| "I am out of office.".to_owned()),
        ];
        for (label, count, every, say) in rows {
            let verdicts = write(count, every, say);
            let parks = verdicts.iter().filter(|verdict| **verdict == Verdict::Parks).count();
            assert_eq!(parks, 1, "{label}: reported once");
            assert_eq!(verdicts.last(), Some(&Verdict::Parked), "{label}: stays parked");
        }
    }

    #[test]
    fn a_pause_ends_it() {
        let mut pace = Pace::default();
        let said = Said::text("x");
        for n in 0..60 {
            pace.count(&said, None, NOW + n);
        }
        assert_eq!(pace.count(&said, None, NOW + SECOND), Verdict::Parked);
        assert_eq!(pace.count(&said, None, NOW + SECOND + PAUSE), Verdict::Person);
    }

    #[test]
    fn one_answer_to_many_questions_is_no_loop() {
        let mut pace = Pace::default();
        for n in 0..30 {
            let verdict =
                pace.count(&Said::text("yes"), Some(&format!("question {n}")), NOW + n * 5 * SECOND);
            assert_eq!(verdict, Verdict::Person, "question {n}");
        }
    }

    #[test]
    fn what_is_stored_reads_back_and_rubbish_begins_anew() {
        let mut pace = Pace::default();
        pace.count(&Said::text("hi"), None, NOW);
        assert_eq!(Pace::parse(&pace.to_string()), pace);
        for text in ["", "1 2", "a b c d e", "1 -2 3 4 5"] {
            assert_eq!(Pace::parse(text), Pace::default(), "{text:?}");
        }
    }
}
