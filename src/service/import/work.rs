//! A run over a file: what is wanted of it, and its rows batch by batch, from the first one or behind those that were taken before.

use super::file::{FileError, Table};
use super::{BATCH, ImportError, Index, Numbered, Told, colleagues, counted, preview, since, take};
use crate::clock::Millis;
use crate::domain::identity::e164;
use crate::domain::import::{By, Columns, Mode, Reading, Wanted, read};
use crate::service::desk::Desk;
use crate::service::users;
use crate::store::db::Db;
use crate::store::imports::ImportRow;
use crate::understand;
use jiff::tz::TimeZone;
use serde_json::json;
use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// On SQLite, what others are left to write between two batches.
const PAUSE: Duration = Duration::from_millis(50);

/// What is wanted of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// What to do with a row whose lead is there.
    pub duplicates: Mode,
    /// What a lead is known by.
    pub by: By,
    /// Leads that came so many days ago are no duplicates.
    pub within: Option<u32>,
    /// What columns are that are called otherwise.
    pub map: Vec<(String, String)>,
    /// Where leads come from of which the file does not say it.
    pub source: Option<String>,
}

impl Options {
    /// As they are compared to find an import that was interrupted, whoever began it.
    pub fn key(&self) -> String {
        let mut map = self.map.clone();
        map.sort();
        let (duplicates, by) = (format!("{:?}", self.duplicates), format!("{:?}", self.by));
        json!({ "duplicates": duplicates, "by": by, "within": self.within, "map": map, "source": self.source })
            .to_string()
    }

    fn wanted(&self, began: Millis) -> Wanted {
        Wanted { mode: self.duplicates, by: self.by, since: since(began, self.within) }
    }
}

/// Whoever hears what becomes of the rows.
pub trait Watch: Send {
    /// A batch is about to become final: what is heard here may be more than what happened, and never less.
    ///
    /// # Errors
    /// Where it cannot be noted; then the batch is not taken.
    fn about_to(&mut self, batch: &[Told]) -> io::Result<()>;

    /// It is final.
    ///
    /// # Errors
    /// Where that cannot be noted.
    fn done(&mut self, batch: Vec<Told>) -> io::Result<()>;
}

/// A run over a file.
#[derive(Debug)]
pub struct Work<'a> {
    /// Whose leads they become, and who does it.
    pub desk: Desk<'a>,
    /// The file.
    pub table: &'a Table,
    /// What its columns are.
    pub columns: &'a Columns,
    /// What is wanted of it.
    pub options: &'a Options,
    /// The clock of whose file it is.
    pub zone: &'a TimeZone,
    /// Their country, by which numbers are read that name none.
    pub region: Option<&'a str>,
    /// Once it is cancelled, no further batch is begun.
    pub stopped: &'a CancellationToken,
}

impl Work<'_> {
    /// Takes all rows, or those behind where it was interrupted; without an import only looks at them. How far it came.
    ///
    /// # Errors
    /// See [`ImportError`].
    pub async fn run(
        &self,
        mut import: Option<ImportRow>,
        watch: &mut dyn Watch,
    ) -> Result<ImportRow, ImportError> {
        let done = import.as_ref().map_or(0, |import| u64::try_from(import.rows_done).unwrap_or(0));
        let mut looked = ImportRow::blank(self.table.rows, "preview", self.desk.clock.now());
        let wanted = self.options.wanted(import.as_ref().unwrap_or(&looked).started_at);
        let colleagues = colleagues(self.desk.db, self.desk.tenant).await?;
        let mut index = Index::default();
        let mut batches = batches(self.table.clone(), done);
        let mut at = done;
        while at < self.table.rows && !self.stopped.is_cancelled() {
            let batch = batches.recv().await.ok_or_else(|| self.table.changed())??;
            let batch = self.read(batch, &colleagues);
            at += batch.len() as u64;
            let is_last = at == self.table.rows;
            let told = match &mut import {
                Some(import) => {
                    let mut about_to = |batch: &[Told]| watch.about_to(batch);
                    take(&self.desk, &wanted, import, (&batch, is_last), &mut about_to).await?
                }
                None => {
                    let told = preview(&self.desk, &wanted, &mut index, &batch).await?;
                    watch.about_to(&told).map_err(ImportError::Report)?;
                    looked = counted(&looked, &told, false, looked.updated_at);
                    told
                }
            };
            watch.done(told).map_err(ImportError::Report)?;
            if import.is_some() && !is_last && matches!(self.desk.db, Db::Sqlite { .. }) {
                tokio::time::sleep(PAUSE).await;
            }
        }
        Ok(import.unwrap_or(looked))
    }

    fn read(&self, batch: Rows, users: &BTreeMap<String, i64>) -> Vec<Numbered> {
        let now = self.desk.clock.now();
        let today = self.zone.to_datetime(jiff::Timestamp::from_millisecond(now).unwrap_or_default()).date();
        let phone = |text: &str| number(text, self.region);
        let source = self.options.source.as_deref();
        let by = Reading { phone: &phone, is_address: users::is_address, users, now, today, source };
        let numbered =
            |(row, cells): (u64, Vec<String>)| Numbered { row, said: read(&cells, self.columns, &by) };
        batch.into_iter().map(numbered).collect()
    }
}

/// A number as people write it, to E.164; spreadsheets take the plus from one that is written whole.
fn number(text: &str, region: Option<&str>) -> Option<String> {
    let is_bare =
        text.len() >= 11 && !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    e164(text)
        .or_else(|| understand::phone(text, region))
        .or_else(|| understand::phone(&format!("+{text}"), None).filter(|_| is_bare))
}

type Rows = Vec<(u64, Vec<String>)>;

/// The rows of a file behind the first `done`, in batches that are read while others are written.
fn batches(table: Table, done: u64) -> mpsc::Receiver<Result<Rows, FileError>> {
    let (sender, receiver) = mpsc::channel(2);
    tokio::task::spawn_blocking(move || {
        let (mut skipped, mut batch) = (0, Vec::new());
        let outcome = table.each(&mut |at, cells| {
            if skipped < done {
                skipped += 1;
                return ControlFlow::Continue(());
            }
            batch.push((at, cells));
            if batch.len() == BATCH && sender.blocking_send(Ok(std::mem::take(&mut batch))).is_err() {
                // Nobody wants more.
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        });
        let last = match outcome {
            Err(error) => Err(error),
            Ok(()) if batch.is_empty() => return,
            Ok(()) => Ok(batch),
        };
        // Nobody may want it any more.
        let _ = sender.blocking_send(last);
    });
    receiver
}
