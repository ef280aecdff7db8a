//! Going through what is ours: what the list did not show as it should be is asked for by name.

use super::Comparing;
use super::asking::{AskError, Asking};
use super::listing::PARTIAL;
use crate::clock::Millis;
use crate::delivery::reconcile::{Absent, Contacts, Kind, Ours, Seen, compare};
use crate::delivery::{Record, Remote, Snapshot};
use crate::ids;
use crate::store::reconciliations::{self as store, Kept, NewFinding, Run, SeenRow};
use std::collections::{BTreeMap, BTreeSet};
use tokio::task::JoinSet;

/// Deliveries that are gone through before that is written down.
const AT_ONCE: i64 = 500;
/// Questions that are under way at once.
const IN_FLIGHT: usize = 8;

/// Deliveries that are asked for together, and what is known of them.
type Chunk = Vec<(Ours, Record)>;
/// Deliveries, each with the records there that are it.
type Answered = Vec<(Ours, Vec<Seen>)>;

impl Comparing<'_> {
    /// Goes through the deliveries that should be there.
    pub(super) async fn check(&self, run: &mut Run) -> Result<(), AskError> {
        let channel = self.wanted.channel.as_deref().unwrap_or_default();
        let asks = self.wanted.against.is_none() && self.named.sink.abilities().looks_up;
        let first = ids::first_at(run.since) - 1;
        loop {
            let after = run.ledger_after.max(first);
            let rows = store::window(self.setting.db, run, channel, after, AT_ONCE).await?;
            let (Some(from), Some(to)) = (rows.first(), rows.last()) else { return Ok(()) };
            let range = (from.id, to.id);
            let mut seen: BTreeMap<i64, Vec<(String, String)>> = BTreeMap::new();
            for (id, sink_id, differs) in store::seen(self.setting.db, run, range).await? {
                seen.entry(id).or_default().push((sink_id, differs));
            }
            let asked_at = self.setting.clock.now();
            let should_be = |row: &&Kept| {
                row.state == "delivered"
                    && row.erased_at.is_none()
                    && (asks || row.updated_at <= self.read_at)
            };
            let is_well = |row: &Kept| {
                seen.get(&row.id).is_some_and(|all| all.iter().all(|(_, differs)| differs.is_empty()))
            };
            let open: Vec<&Kept> = rows.iter().filter(should_be).filter(|row| !is_well(row)).collect();
            let (found, asked) = match asks {
                true => self.ask_for(&open, &seen, asked_at).await?,
                false => {
                    (open.iter().filter_map(|row| as_listed(row, seen.get(&row.id))).collect(), Vec::new())
                }
            };
            let compared = run.compared + rows.len() as i64;
            let next = Run { ledger_after: range.1, compared, ..run.clone() };
            store::advance(self.setting.db, run, next, &asked, &found).await?;
            self.tell(run);
        }
    }

    /// Asks for deliveries by name; what is not as it should be, and what was seen.
    async fn ask_for(
        &self,
        rows: &[&Kept],
        listed: &BTreeMap<i64, Vec<(String, String)>>,
        asked_at: Millis,
    ) -> Result<(Vec<NewFinding>, Vec<SeenRow>), AskError> {
        let all: Chunk = rows
            .iter()
            .map(|row| {
                let snapshot = serde_json::from_str::<Snapshot>(&row.payload).unwrap_or_default();
                (self.ours(row, asked_at), snapshot.record(&row.key, row.sink_id.as_deref(), row.revision))
            })
            .collect();
        let size = self.named.sink.looks_up_at_once().clamp(1, AT_ONCE as usize);
        let mut chunks = all.chunks(size).map(<[_]>::to_vec);
        let mut under_way: JoinSet<Result<Answered, AskError>> = JoinSet::new();
        let (mut found, mut seen) = (Vec::new(), Vec::new());
        loop {
            while under_way.len() < IN_FLIGHT {
                let Some(chunk) = chunks.next() else { break };
                under_way.spawn(look_up(self.asking.clone(), chunk));
            }
            let Some(done) = under_way.join_next().await else { return Ok((found, seen)) };
            let done = done.map_err(|_| AskError::Sink("a question could not be asked".to_owned()))??;
            for (ours, records) in done {
                if records.is_empty() && !listed.contains_key(&ours.id) {
                    found.push(missing(&ours));
                }
                let differs = records.iter().find(|record| !record.differs.is_empty());
                found.extend(
                    differs.map(|record| differing(ours.id, &record.sink_id, &record.differs.join(", "))),
                );
                seen.extend(records.into_iter().map(|record| SeenRow {
                    delivery_id: record.delivery_id,
                    sink_id: record.sink_id,
                    times: record.times,
                    differs: record.differs.join(", "),
                }));
            }
        }
    }
}

/// What a list alone says of a delivery that it does not show as it should be.
fn as_listed(row: &Kept, listed: Option<&Vec<(String, String)>>) -> Option<NewFinding> {
    let Some(listed) = listed else {
        return Some(NewFinding {
            kind: Kind::MissingThere.as_str(),
            reference: row.id.to_string(),
            delivery_id: row.id,
            sink_id: row.sink_id.clone(),
            detail: row.key.clone(),
        });
    };
    let (sink_id, differs) = listed.iter().find(|(_, differs)| !differs.is_empty() && differs != PARTIAL)?;
    Some(differing(row.id, sink_id, differs))
}

fn missing(ours: &Ours) -> NewFinding {
    NewFinding {
        kind: Kind::MissingThere.as_str(),
        reference: ours.id.to_string(),
        delivery_id: ours.id,
        sink_id: ours.sink_id.clone(),
        detail: ours.key.clone(),
    }
}

fn differing(id: i64, sink_id: &str, fields: &str) -> NewFinding {
    NewFinding {
        kind: Kind::Differs.as_str(),
        reference: id.to_string(),
        delivery_id: id,
        sink_id: Some(sink_id.to_owned()),
        detail: fields.to_owned(),
    }
}

/// Asks for a few deliveries together; each with the records there that are it.
async fn look_up(asking: Asking, chunk: Chunk) -> Result<Answered, AskError> {
    let (ours, records): (Vec<Ours>, Vec<Record>) = chunk.into_iter().unzip();
    let sink = asking.named.sink.clone();
    let questions = sink.look_up(&records, "").len();
    let mut there: Vec<Remote> = Vec::new();
    for place in 0..questions {
        let known: BTreeSet<String> = there.iter().map(|remote| remote.sink_id.clone()).collect();
        let answer = asking
            .ask(
                |sink, session| sink.look_up(&records, session).into_iter().nth(place),
                |reply| sink.found(reply),
            )
            .await?;
        // Asked by number and by address, one record is told twice.
        there.extend(answer.into_iter().filter(|remote| !known.contains(&remote.sink_id)));
    }
    let mut contacts = Contacts::default();
    for (ours, record) in ours.iter().zip(&records) {
        contacts.add(ours.id, record, &ours.expected);
    }
    let compared = compare(&there, &ours, sink.keeps_key(), &contacts, Absent::Empty);
    let mut by_id: BTreeMap<i64, Vec<Seen>> = BTreeMap::new();
    for seen in compared.seen {
        by_id.entry(seen.delivery_id).or_default().push(seen);
    }
    Ok(ours
        .into_iter()
        .map(|ours| (by_id.remove(&ours.id).unwrap_or_default(), ours))
        .map(|(seen, ours)| (ours, seen))
        .collect())
}
