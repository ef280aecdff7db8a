//! From the turn loops to the indexer: conversations in which something new was said.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use tokio::sync::Notify;

/// More than so many are not remembered one by one: then all conversations are looked through.
const MOST: usize = 100_000;

/// Conversations whose words are not in the index yet.
#[derive(Debug, Default)]
pub struct Unread {
    known: Mutex<Known>,
    news: Notify,
}

#[derive(Debug, Default)]
struct Known {
    /// Tenant and conversation.
    conversations: BTreeSet<(i64, i64)>,
    /// There were too many.
    overflowed: bool,
}

impl Unread {
    /// Something new was said there.
    pub fn add(&self, tenant_id: i64, conversation_id: i64) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.conversations.len() < MOST {
            known.conversations.insert((tenant_id, conversation_id));
        } else {
            known.overflowed = true;
        }
        drop(known);
        self.news.notify_one();
    }

    /// All of them, which are taken for read.
    pub fn take(&self) -> Vec<(i64, i64)> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut known.conversations).into_iter().collect()
    }

    /// Whether some were not remembered, until this is asked.
    pub fn overflowed(&self) -> bool {
        std::mem::take(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner).overflowed)
    }

    /// Waits until something new was said.
    pub fn news(&self) -> tokio::sync::futures::Notified<'_> {
        self.news.notified()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_read_once_however_often_something_is_said() {
        let unread = Unread::default();
        for id in [3, 1, 2, 1, 3] {
            unread.add(1, id);
        }
        assert_eq!(unread.take(), [(1, 1), (1, 2), (1, 3)]);
        unread.add(1, 1);
        assert_eq!(unread.take(), [(1, 1)]);
        assert_eq!(unread.take(), []);
        (0..=MOST as i64).for_each(|id| unread.add(1, id));
        assert!(unread.overflowed() && !unread.overflowed());
    }
}
