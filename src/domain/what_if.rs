//! Which leads would change class under other rules.

use super::score::Class;
use std::collections::BTreeMap;

/// A score and its class.
pub type Scored = (i64, Class);

/// What was scored again so far. A lead counts with its best conversation, before and after.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Conversations that were scored again.
    pub conversations: u64,
    /// Those among them of whose answers not all have a question any more.
    pub partial: u64,
    /// Conversations that cannot be read.
    pub unreadable: u64,
    leads: BTreeMap<i64, (Scored, Scored)>,
}

/// A lead that changes class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The lead.
    pub lead_id: i64,
    /// As it stands.
    pub before: Scored,
    /// As it would stand.
    pub after: Scored,
}

impl Tally {
    /// Takes up a conversation; of equal scores the later counts, as for leads.
    pub fn add(&mut self, lead_id: i64, before: Scored, after: Scored, is_partial: bool) {
        self.conversations += 1;
        self.partial += u64::from(is_partial);
        let best = self.leads.entry(lead_id).or_insert((before, after));
        if before.0 >= best.0.0 {
            best.0 = before;
        }
        if after.0 >= best.1.0 {
            best.1 = after;
        }
    }

    /// How many leads.
    pub fn leads(&self) -> usize {
        self.leads.len()
    }

    /// How many leads have that class and would have this one.
    pub fn count(&self, before: Class, after: Class) -> usize {
        self.leads.values().filter(|((_, was), (_, is))| (*was, *is) == (before, after)).count()
    }

    /// The leads that change class, the oldest first.
    pub fn changes(&self) -> impl Iterator<Item = Change> {
        let changed = self.leads.iter().filter(|(_, (before, after))| before.1 != after.1);
        changed.map(|(lead_id, (before, after))| Change { lead_id: *lead_id, before: *before, after: *after })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lead_counts_with_its_best_conversation() {
        let mut tally = Tally::default();
        let (sql, mql, none) =
            (|score| (score, Class::Sql), |score| (score, Class::Mql), |score| (score, Class::Unqualified));
        tally.add(1, sql(70), mql(40), false);
        tally.add(1, none(10), none(10), true);
        tally.add(2, none(10), none(5), false);
        tally.add(2, none(9), mql(35), false);
        tally.add(3, mql(40), mql(50), false);
        assert_eq!((tally.conversations, tally.partial, tally.leads()), (5, 1, 3));
        assert_eq!(
            tally.changes().collect::<Vec<_>>(),
            [
                Change { lead_id: 1, before: sql(70), after: mql(40) },
                Change { lead_id: 2, before: none(10), after: mql(35) },
            ]
        );
        assert_eq!((tally.count(Class::Sql, Class::Mql), tally.count(Class::Mql, Class::Mql)), (1, 1));
        let all: usize = Class::ALL.iter().flat_map(|was| Class::ALL.map(|is| tally.count(*was, is))).sum();
        assert_eq!(all, 3);
    }
}
