//! Turns waiting to be taken: one lane per person, so that a person's turns stay in order and never run side by side.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

/// Names a lane: whoever sent it, by tenant and identity.
pub type Lane = Arc<str>;

/// The queue is full or closed; the work comes back.
#[derive(Debug, PartialEq, Eq)]
pub enum Refused<J> {
    /// More waits than is allowed.
    Full(J),
    /// The server is going down.
    Closed(J),
}

/// A queue with lanes. A lane that is being worked on holds its further jobs back.
#[derive(Debug)]
pub struct Queue<J> {
    inner: Mutex<Inner<J>>,
    arrived: Notify,
    limit: usize,
}

#[derive(Debug)]
struct Inner<J> {
    ready: VecDeque<(Lane, J)>,
    /// Every lane with a job that is ready or being worked on, and what waits behind it.
    lanes: HashMap<Lane, VecDeque<J>>,
    /// Jobs that wait, ready or behind another.
    waiting: usize,
    closed: bool,
}

impl<J> Queue<J> {
    /// A queue that holds at most `limit` jobs.
    pub fn new(limit: usize) -> Self {
        let inner = Inner { ready: VecDeque::new(), lanes: HashMap::new(), waiting: 0, closed: false };
        Queue { inner: Mutex::new(inner), arrived: Notify::new(), limit }
    }

    fn inner(&self) -> std::sync::MutexGuard<'_, Inner<J>> {
        // Nothing below panics while holding the lock; a poisoned one is as good as any.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a job at the end of its lane.
    ///
    /// # Errors
    /// The job comes back where the queue is full or closed.
    pub fn push(&self, lane: Lane, job: J) -> Result<(), Refused<J>> {
        let mut inner = self.inner();
        if inner.closed {
            return Err(Refused::Closed(job));
        }
        if inner.waiting >= self.limit {
            return Err(Refused::Full(job));
        }
        inner.waiting += 1;
        if let Some(behind) = inner.lanes.get_mut(&lane) {
            behind.push_back(job);
        } else {
            inner.lanes.insert(lane.clone(), VecDeque::new());
            inner.ready.push_back((lane, job));
            drop(inner);
            self.arrived.notify_one();
        }
        Ok(())
    }

    /// Takes up to `most` jobs, at most one of a lane; waits for the first, never for more. `None`: closed and empty.
    pub async fn take(&self, most: usize) -> Option<Vec<(Lane, J)>> {
        loop {
            let arrived = self.arrived.notified();
            {
                let mut inner = self.inner();
                if !inner.ready.is_empty() {
                    let count = inner.ready.len().min(most);
                    inner.waiting -= count;
                    let taken = inner.ready.drain(..count).collect();
                    if !inner.ready.is_empty() {
                        self.arrived.notify_one();
                    }
                    return Some(taken);
                }
                if inner.closed && inner.lanes.is_empty() {
                    // Another loop may wait as well.
                    self.arrived.notify_one();
                    return None;
                }
            }
            arrived.await;
        }
    }

    /// The lane's job is finished; what waited behind it is ready now.
    pub fn finished(&self, lane: &Lane) {
        let mut inner = self.inner();
        let next = inner.lanes.get_mut(lane).and_then(VecDeque::pop_front);
        match next {
            Some(job) => inner.ready.push_back((lane.clone(), job)),
            None => {
                inner.lanes.remove(lane);
                if !(inner.closed && inner.lanes.is_empty()) {
                    return;
                }
            }
        }
        drop(inner);
        self.arrived.notify_one();
    }

    /// Takes no more; what waits is still worked on.
    pub fn close(&self) {
        self.inner().closed = true;
        self.arrived.notify_one();
    }

    /// How many lanes have work, waiting or in hand.
    pub fn lanes(&self) -> usize {
        self.inner().lanes.len()
    }

    /// How many jobs wait.
    pub fn depth(&self) -> usize {
        self.inner().waiting
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(name: &str) -> Lane {
        name.into()
    }

    #[tokio::test]
    async fn one_of_a_lane_at_a_time_and_in_order() {
        let queue = Queue::new(10);
        for (name, job) in [("ann", 1), ("ann", 2), ("bob", 3), ("ann", 4)] {
            queue.push(lane(name), job).unwrap();
        }
        let jobs = |taken: Option<Vec<(Lane, i32)>>| {
            taken.unwrap().into_iter().map(|(_, job)| job).collect::<Vec<_>>()
        };
        assert_eq!(jobs(queue.take(10).await), [1, 3], "one of each lane");
        queue.finished(&lane("bob"));
        queue.finished(&lane("ann"));
        assert_eq!(jobs(queue.take(10).await), [2]);
        queue.finished(&lane("ann"));
        assert_eq!(jobs(queue.take(10).await), [4]);
    }

    #[tokio::test]
    async fn full_and_closed_give_the_job_back_and_the_rest_is_still_worked_on() {
        let queue = Queue::new(2);
        queue.push(lane("ann"), 1).unwrap();
        queue.push(lane("ann"), 2).unwrap();
        assert_eq!(queue.push(lane("bob"), 3), Err(Refused::Full(3)));
        queue.close();
        assert_eq!(queue.push(lane("bob"), 4), Err(Refused::Closed(4)));
        assert_eq!(queue.take(5).await.unwrap().len(), 1);
        queue.finished(&lane("ann"));
        assert_eq!(queue.take(5).await.unwrap()[0].1, 2);
        queue.finished(&lane("ann"));
        assert!(queue.take(5).await.is_none(), "closed and empty ends the loop");
    }

    #[tokio::test]
    async fn a_waiting_loop_wakes_when_a_job_arrives() {
        let queue = Arc::new(Queue::new(2));
        let waiting = tokio::spawn({
            let queue = queue.clone();
            async move { queue.take(1).await.unwrap()[0].1 }
        });
        tokio::task::yield_now().await;
        queue.push(lane("ann"), 7).unwrap();
        assert_eq!(waiting.await.unwrap(), 7);
    }
}
