//! Reading what is there: the sink's pages, or an export of its own.

use super::asking::AskError;
use super::{Against, Comparing, export, key_field};
use crate::clock::{HOUR, Millis};
use crate::delivery::reconcile::{Absent, Compared, Contacts, Kind, Ours, compare};
use crate::delivery::{Remote, Snapshot};
use crate::store::reconciliations::{self as store, Kept, NewFinding, Run, SeenRow};
use std::collections::BTreeMap;

/// How much earlier than our row a sink's clock may say that it made its own.
const CLOCKS: Millis = HOUR;
/// Rows of the ledger that are read at once.
const AT_ONCE: i64 = 1_000;
/// What stands for a record that a list does not show all of.
pub(super) const PARTIAL: &str = "?";

impl Comparing<'_> {
    /// Reads all of it, and then goes on with the ledger.
    pub(super) async fn list(&self, run: &mut Run) -> Result<(), AskError> {
        match &self.wanted.against {
            Some(against) => self.read_export(run, against).await,
            None => self.read_pages(run).await,
        }
    }

    async fn read_pages(&self, run: &mut Run) -> Result<(), AskError> {
        let keeps_key = self.named.sink.keeps_key();
        let contacts = if keeps_key { Contacts::default() } else { self.contacts(run).await? };
        let since = run.since - CLOCKS;
        loop {
            let cursor = run.cursor.clone();
            let asked_at = self.setting.clock.now();
            let page = self
                .asking
                .ask(
                    |sink, session| sink.list(since, cursor.as_deref(), session),
                    |reply| self.named.sink.listed(reply, cursor.as_deref()),
                )
                .await;
            let page = match page {
                Ok(page) => page,
                // Some lists end before all is told; what is ours can still be asked for.
                Err(AskError::Sink(why)) if self.named.sink.abilities().looks_up => {
                    let note = format!(
                        "the list broke off after {} records ({why}): what is missing here and what is there twice may be more",
                        run.there
                    );
                    let next =
                        Run { phase: "ledger".to_owned(), cursor: None, note: Some(note), ..run.clone() };
                    return Ok(store::advance(self.setting.db, run, next, &[], &[]).await?);
                }
                Err(error) => return Err(error),
            };
            let compared = self.compare(run, &page.records, (keeps_key, true), &contacts, asked_at).await?;
            let next = Run { cursor: page.next.clone(), ..run.clone() };
            self.write(run, next, page.records.len(), compared, page.next.is_none()).await?;
            if page.next.is_none() {
                return Ok(());
            }
        }
    }

    async fn read_export(&self, run: &mut Run, against: &Against) -> Result<(), AskError> {
        let read_at = self.setting.clock.now();
        let key_field = key_field(self.named, self.wanted).map(str::to_owned);
        let done: u64 = run.cursor.as_deref().and_then(|line| line.parse().ok()).unwrap_or(0);
        let mut chunks = export::read(against.clone(), key_field, done);
        let mut contacts: Option<Contacts> = None;
        while let Some(chunk) = chunks.recv().await {
            let chunk = chunk.map_err(AskError::Sink)?;
            if contacts.is_none() {
                contacts = Some(if chunk.has_key { Contacts::default() } else { self.contacts(run).await? });
            }
            let known = contacts.get_or_insert_default();
            let compared = self.compare(run, &chunk.records, (chunk.has_key, false), known, read_at).await?;
            let next = Run { cursor: Some(chunk.lines.to_string()), ..run.clone() };
            self.write(run, next, chunk.records.len(), compared, chunk.is_last).await?;
            if chunk.is_last {
                return Ok(());
            }
        }
        Err(AskError::Sink("the export could not be read to its end".to_owned()))
    }

    /// Compares records with the deliveries they may be. `has_ids`: their ids are the sink's own.
    async fn compare(
        &self,
        run: &Run,
        records: &[Remote],
        (keeps_key, has_ids): (bool, bool),
        contacts: &Contacts,
        asked_at: Millis,
    ) -> Result<Compared, AskError> {
        let db = self.setting.db;
        let keys: Vec<&str> = records.iter().filter_map(|record| record.key.as_deref()).collect();
        let without = || records.iter().filter(|record| record.key.is_none());
        let sink_ids: Vec<&str> =
            without().filter(|_| has_ids).map(|record| record.sink_id.as_str()).collect();
        let known: Vec<i64> =
            without().filter(|_| !keeps_key).filter_map(|record| contacts.find(record)).collect();
        let mut rows: BTreeMap<i64, Kept> = BTreeMap::new();
        let mut add = |kept: Vec<Kept>| rows.extend(kept.into_iter().map(|row| (row.id, row)));
        if !keys.is_empty() {
            add(store::by_keys(db, run, &keys).await?);
        }
        if !sink_ids.is_empty() {
            add(store::by_sink_ids(db, run, &sink_ids).await?);
        }
        if !known.is_empty() {
            add(store::by_ids(db, run, &known).await?);
        }
        let channel = self.wanted.channel.as_deref();
        let ours: Vec<Ours> = rows
            .values()
            .map(|row| {
                let mut ours = self.ours(row, asked_at);
                ours.is_settled &= channel.is_none_or(|channel| channel == row.channel);
                ours.sink_id = ours.sink_id.filter(|_| has_ids);
                ours
            })
            .collect();
        Ok(compare(records, &ours, keeps_key, contacts, Absent::Unsaid))
    }

    /// A delivery as it should be there, asked at that time.
    pub(super) fn ours(&self, row: &Kept, asked_at: Millis) -> Ours {
        let snapshot = serde_json::from_str::<Snapshot>(&row.payload).unwrap_or_default();
        let record = snapshot.record(&row.key, row.sink_id.as_deref(), row.revision);
        Ours {
            id: row.id,
            key: row.key.clone(),
            sink_id: row.sink_id.clone(),
            is_settled: row.state == "delivered" && row.updated_at <= asked_at,
            // Of somebody who was erased nothing is expected there.
            expected: if row.erased_at.is_some() {
                BTreeMap::new()
            } else {
                self.named.sink.expected(&record)
            },
        }
    }

    /// Everybody the sink was ever told of, by number and address.
    async fn contacts(&self, run: &Run) -> Result<Contacts, AskError> {
        let mut contacts = Contacts::default();
        let mut after = 0;
        loop {
            let rows = store::window(self.setting.db, run, "", after, AT_ONCE).await?;
            let Some(last) = rows.last() else { return Ok(contacts) };
            after = last.id;
            for row in &rows {
                let snapshot = serde_json::from_str::<Snapshot>(&row.payload).unwrap_or_default();
                let record = snapshot.record(&row.key, row.sink_id.as_deref(), row.revision);
                contacts.add(row.id, &record, &self.named.sink.expected(&record));
            }
        }
    }

    async fn write(
        &self,
        run: &mut Run,
        next: Run,
        records: usize,
        compared: Compared,
        is_last: bool,
    ) -> Result<(), AskError> {
        let next = Run {
            there: run.there + records as i64,
            others: run.others + compared.others,
            phase: if is_last { "ledger".to_owned() } else { next.phase.clone() },
            ..next
        };
        let seen: Vec<SeenRow> = compared
            .seen
            .into_iter()
            .map(|seen| SeenRow {
                delivery_id: seen.delivery_id,
                sink_id: seen.sink_id,
                times: seen.times,
                differs: match seen.differs.is_empty() && seen.is_partial {
                    true => PARTIAL.to_owned(),
                    false => seen.differs.join(", "),
                },
            })
            .collect();
        let found: Vec<NewFinding> = compared
            .missing_here
            .into_iter()
            .map(|sink_id| NewFinding {
                kind: Kind::MissingHere.as_str(),
                reference: sink_id.clone(),
                delivery_id: 0,
                sink_id: Some(sink_id),
                detail: String::new(),
            })
            .collect();
        store::advance(self.setting.db, run, next, &seen, &found).await?;
        self.tell(run);
        Ok(())
    }
}
