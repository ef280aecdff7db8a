//! The lanes this process is sending in: one job of a lane at a time, in the order they came.
//!
//! A job may be written behind another that this process holds, so that it is handed over while that one is being sent, or
//! just after. It goes if the one before it is under way here or has just ended for good; otherwise the database knows
//! better, and it goes back there.

use crate::store::outbox::Held;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long ends are remembered, at least. A job that comes later than this behind one goes by way of the database.
const REMEMBERED: Duration = Duration::from_secs(5);

/// A lane: tenant and name.
pub(super) type Lane = (i64, String);

/// What a job is told that wants to go.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place<J> {
    /// It is the first: whoever asked sends it, and then asks for the next.
    First(J),
    /// It waits here behind others.
    Behind,
    /// What was before it is not to be seen here.
    Unknown(J),
}

/// The lanes with something under way.
#[derive(Debug)]
pub(super) struct Lanes<J> {
    inner: Mutex<Inner<J>>,
}

#[derive(Debug)]
struct Inner<J> {
    under_way: HashMap<Lane, VecDeque<J>>,
    /// The last place that ended for good in each lane: lately, and before that.
    ended: [HashMap<Lane, i64>; 2],
    turned_at: Instant,
}

impl<J> Lanes<J> {
    /// Nothing under way.
    pub(super) fn new(now: Instant) -> Lanes<J> {
        let inner =
            Inner { under_way: HashMap::new(), ended: [HashMap::new(), HashMap::new()], turned_at: now };
        Lanes { inner: Mutex::new(inner) }
    }

    fn inner(&self) -> std::sync::MutexGuard<'_, Inner<J>> {
        // Nothing below panics while holding the lock; a poisoned one is as good as any.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A job comes to its lane, behind the one at place `after`.
    pub(super) fn enter(&self, lane: &Lane, after: Option<i64>, job: J) -> Place<J> {
        let mut inner = self.inner();
        if let Some(behind) = inner.under_way.get_mut(lane) {
            behind.push_back(job);
            return Place::Behind;
        }
        let ended =
            |place: i64| inner.ended.iter().any(|ended| ended.get(lane).is_some_and(|last| *last >= place));
        if after.is_some_and(|place| !ended(place)) {
            return Place::Unknown(job);
        }
        inner.under_way.insert(lane.clone(), VecDeque::new());
        Place::First(job)
    }

    /// The job at this place ended for good; the next of its lane, if one waits.
    pub(super) fn next(&self, lane: &Lane, place: i64, now: Instant) -> Option<J> {
        let mut inner = self.inner();
        if now - inner.turned_at > REMEMBERED {
            inner.turned_at = now;
            let [lately, before] = &mut inner.ended;
            *before = std::mem::take(lately);
        }
        inner.ended[0].insert(lane.clone(), place);
        let next = inner.under_way.get_mut(lane).and_then(VecDeque::pop_front);
        if next.is_none() {
            inner.under_way.remove(lane);
        }
        next
    }

    /// The job under way did not end for good: the lane is left, and what waits in it comes back.
    pub(super) fn leave(&self, lane: &Lane) -> VecDeque<J> {
        self.inner().under_way.remove(lane).unwrap_or_default()
    }
}

/// The lane of a job, where order matters.
pub(super) fn lane(held: &Held) -> Option<Lane> {
    Some((held.tenant_id, held.lane.clone()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ann() -> Lane {
        (1, "ann".to_owned())
    }

    #[test]
    fn one_at_a_time_and_in_order() {
        let began = Instant::now();
        let lanes = Lanes::new(began);
        assert_eq!(lanes.enter(&ann(), None, 1), Place::First(1));
        assert_eq!(lanes.enter(&ann(), Some(10), 2), Place::Behind);
        assert_eq!(lanes.enter(&(2, "ann".to_owned()), None, 3), Place::First(3), "another tenant's");
        assert_eq!(lanes.next(&ann(), 10, began), Some(2));
        assert_eq!(lanes.next(&ann(), 11, began), None);
        assert_eq!(lanes.enter(&ann(), Some(11), 4), Place::First(4), "just after");
    }

    #[test]
    fn what_is_not_seen_to_have_ended_is_not_passed() {
        let began = Instant::now();
        let lanes = Lanes::new(began);
        assert_eq!(lanes.enter(&ann(), Some(10), 1), Place::Unknown(1), "behind one that is elsewhere");
        assert_eq!(lanes.enter(&ann(), None, 2), Place::First(2));
        assert_eq!(lanes.enter(&ann(), Some(10), 3), Place::Behind);
        assert_eq!(lanes.leave(&ann()), [3], "it is to be tried again");
        assert_eq!(lanes.enter(&ann(), Some(10), 4), Place::Unknown(4));
    }

    #[test]
    fn ends_are_remembered_for_a_while() {
        let began = Instant::now();
        let later = |times| began + REMEMBERED * times + Duration::from_millis(u64::from(times));
        let lanes = Lanes::new(began);
        let bob = (1, "bob".to_owned());
        assert_eq!(lanes.enter(&ann(), None, 1), Place::First(1));
        assert_eq!(lanes.next(&ann(), 10, began), None);
        lanes.next(&bob, 1, later(1));
        assert_eq!(lanes.enter(&ann(), Some(10), 2), Place::First(2));
        lanes.leave(&ann());
        lanes.next(&bob, 2, later(2));
        assert_eq!(lanes.enter(&ann(), Some(10), 3), Place::Unknown(3));
    }
}
