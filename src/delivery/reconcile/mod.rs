//! Comparing what a sink has with what the ledger says it has.

mod contacts;
mod export;
mod same;

pub use contacts::Contacts;
pub use export::Columns;
pub use same::{Absent, differing, same};

use super::{Remote, SAMPLE};
use same::is_partial;
use std::collections::{BTreeMap, HashMap};

/// What can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The ledger says it is there, and it is not.
    MissingThere,
    /// It is there, and the ledger knows nothing of it.
    MissingHere,
    /// It is there, with other fields.
    Differs,
    /// It is there more than once.
    Duplicate,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 4] = [Kind::MissingThere, Kind::MissingHere, Kind::Differs, Kind::Duplicate];

    /// Its name in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::MissingThere => "missing_there",
            Kind::MissingHere => "missing_here",
            Kind::Differs => "differs",
            Kind::Duplicate => "duplicate",
        }
    }
}

/// A delivery of ours, as it should be there.
#[derive(Clone, Debug, Default)]
pub struct Ours {
    /// Its id.
    pub id: i64,
    /// Our id of the record.
    pub key: String,
    /// The sink's id of it, where it told.
    pub sink_id: Option<String>,
    /// Whether it stands still: the sink has the latest, and had it when it was asked.
    pub is_settled: bool,
    /// Its fields by the sink's names.
    pub expected: BTreeMap<String, String>,
}

/// A record there that is ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The delivery.
    pub delivery_id: i64,
    /// The sink's id.
    pub sink_id: String,
    /// How often the page had it.
    pub times: i64,
    /// The fields that differ.
    pub differs: Vec<String>,
    /// Whether it has to be asked for by name, because the list does not show all of it.
    pub is_partial: bool,
}

/// What a page of records comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Records of ours.
    pub seen: Vec<Seen>,
    /// The sink's ids of records that should be ours, and are not.
    pub missing_here: Vec<String>,
    /// Records that are none of ours.
    pub others: i64,
}

/// Compares a page of records with the deliveries they may be.
///
/// A record is a delivery by our id; by the sink's id; or, where the sink keeps none of ours (`keeps_key`), by number or address
/// (`contacts`). One that says our id and is no delivery is missing here; one without our id at a sink that keeps it was made by
/// somebody else.
pub fn compare(
    records: &[Remote],
    ours: &[Ours],
    keeps_key: bool,
    contacts: &Contacts,
    absent: Absent,
) -> Compared {
    let by_key: HashMap<&str, &Ours> = ours.iter().map(|ours| (ours.key.as_str(), ours)).collect();
    let by_sink_id: HashMap<&str, &Ours> =
        ours.iter().filter_map(|ours| Some((ours.sink_id.as_deref()?, ours))).collect();
    let by_id: HashMap<i64, &Ours> = ours.iter().map(|ours| (ours.id, ours)).collect();
    let mut all = Compared::default();
    let mut places: HashMap<(i64, &str), usize> = HashMap::new();
    for record in records {
        let found = match &record.key {
            Some(key) => by_key.get(key.as_str()).copied(),
            None => by_sink_id.get(record.sink_id.as_str()).copied().or_else(|| {
                contacts.find(record).filter(|_| !keeps_key).and_then(|id| by_id.get(&id).copied())
            }),
        };
        let Some(ours) = found else {
            let is_sample = record.key.as_ref().is_some_and(|key| key.starts_with(SAMPLE));
            match is_sample || (keeps_key && record.key.is_none()) {
                true => all.others += 1,
                false => all.missing_here.push(named(record)),
            }
            continue;
        };
        if let Some(place) = places.get(&(ours.id, record.sink_id.as_str())) {
            all.seen[*place].times += 1;
            continue;
        }
        places.insert((ours.id, &record.sink_id), all.seen.len());
        // Where it is there more than once, ours is the one we know.
        let is_copy = ours.sink_id.as_ref().is_some_and(|known| *known != record.sink_id);
        let compares = ours.is_settled && !is_copy;
        all.seen.push(Seen {
            delivery_id: ours.id,
            sink_id: record.sink_id.clone(),
            times: 1,
            differs: if compares { differing(&ours.expected, &record.fields, absent) } else { Vec::new() },
            is_partial: compares && is_partial(&ours.expected, &record.fields),
        });
    }
    all
}

/// How people find a record there.
fn named(record: &Remote) -> String {
    match &record.key {
        Some(key) if *key != record.sink_id => format!("{} ({key})", record.sink_id),
        _ => record.sink_id.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remote(sink_id: &str, key: &str, city: &str) -> Remote {
        Remote {
            sink_id: sink_id.to_owned(),
            key: Some(key.to_owned()).filter(|key| !key.is_empty()),
            fields: [("city".to_owned(), city.to_owned())].into(),
        }
    }

    fn ours(id: i64, sink_id: Option<&str>, is_settled: bool) -> Ours {
        Ours {
            id,
            key: format!("lw-{id}"),
            sink_id: sink_id.map(str::to_owned),
            is_settled,
            expected: [("city".to_owned(), "Rome".to_owned())].into(),
        }
    }

    /// What was seen, as `delivery/record×times differing`.
    fn told(compared: &Compared) -> String {
        let seen = compared.seen.iter();
        let seen: Vec<String> = seen
            .map(|seen| {
                format!("{}/{}×{} {}", seen.delivery_id, seen.sink_id, seen.times, seen.differs.join(","))
            })
            .collect();
        format!("{} | {} | {}", seen.join("; "), compared.missing_here.join("; "), compared.others)
    }

    #[test]
    fn a_page_is_compared() {
        let both = [ours(1, Some("a"), true), ours(2, None, true)];
        let moving = [ours(1, Some("a"), false)];
        /// A label, what is there, what is here, whether the sink keeps our id, and what is found.
        type Row<'a> = (&'static str, Vec<Remote>, &'a [Ours], bool, &'static str);
        let rows: [Row<'_>; 9] = [
            ("as it should be", vec![remote("a", "lw-1", "Rome")], &both, true, "1/a×1  |  | 0"),
            ("differing", vec![remote("b", "lw-2", "Oslo")], &both, true, "2/b×1 city |  | 0"),
            ("under way", vec![remote("a", "lw-1", "Oslo")], &moving, true, "1/a×1  |  | 0"),
            ("not ours, but says our id", vec![remote("c", "lw-9", "Rome")], &both, true, " | c (lw-9) | 0"),
            ("a sample", vec![remote("c", "lw-test-1", "Rome")], &both, true, " |  | 1"),
            ("somebody else's", vec![remote("c", "", "Rome")], &both, true, " |  | 1"),
            ("nobody's, where no id is kept", vec![remote("c", "", "Rome")], &both, false, " | c | 0"),
            ("by the sink's id", vec![remote("a", "", "Oslo")], &both, true, "1/a×1 city |  | 0"),
            (
                "two of one key, and one twice",
                vec![remote("a", "lw-1", "Rome"), remote("x", "lw-1", "Oslo"), remote("a", "lw-1", "Rome")],
                &both,
                true,
                "1/a×2 ; 1/x×1  |  | 0",
            ),
        ];
        for (label, records, ours, keeps_key, expected) in rows {
            let compared = compare(&records, ours, keeps_key, &Contacts::default(), Absent::Empty);
            assert_eq!(told(&compared), expected, "{label}");
        }
    }
}
