//! How a state is written small: it is loaded and stored with every turn, so names of fields would cost more than what they
//! name. Lists of fixed order stand for records; the order is part of the stored format and never changes.

use super::log::Left;
use crate::domain::score::Entry;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

impl Serialize for Left {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Left { step, given, raw, value, span, reader, asked_at, answered_at } = self;
        (step, given, raw, value, span, reader, asked_at, answered_at).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Left {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (step, given, raw, value, span, reader, asked_at, answered_at) =
            Deserialize::deserialize(deserializer)?;
        Ok(Left { step, given, raw, value, span, reader, asked_at, answered_at })
    }
}

/// Rows in effect; none of them reverses another, so that is not written.
pub(super) mod ledger {
    use super::{Deserialize, Deserializer, Entry, Serializer};

    pub fn serialize<S: Serializer>(ledger: &[Entry], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(ledger.iter().map(|entry| (&entry.rule, entry.points, &entry.step)))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Entry>, D::Error> {
        let rows: Vec<(String, i64, Option<String>)> = Deserialize::deserialize(deserializer)?;
        let entry = |(rule, points, step)| Entry { rule, step, points, reverses: false };
        Ok(rows.into_iter().map(entry).collect())
    }
}
