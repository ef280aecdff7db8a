//! Leads of a file, taken in batch by batch: a batch is one transaction, and how far the import has come is written in it. So whatever
//! stops it, no row is taken twice when it goes on.

mod cells;
mod file;
mod index;
mod line_ends;
mod rows;
mod work;

pub use file::{Bounds, FileError, Table};
pub use index::Index;
pub use work::{Options, Watch, Work};

use super::desk::Desk;
use super::lifecycle::{Hand, Refused};
use crate::clock::{DAY, Millis};
use crate::domain::access::Tenant;
use crate::domain::import::{Decision, Fault, Outcome, Row, Wanted, decide};
use crate::store::db::{Db, StoreError};
use crate::store::imports::{self, ImportRow};
use crate::store::users;
use index::On;
use std::collections::BTreeMap;

/// Rows of one transaction.
pub const BATCH: usize = 200;
/// A person may be in a turn: so many times a batch is begun again.
const TRIES: usize = 8;

/// A row of the file.
#[derive(Clone, Debug)]
pub struct Numbered {
    /// Where it stands in the file.
    pub row: u64,
    /// What it says, or what is wrong with it.
    pub said: Result<Row, Vec<Fault>>,
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Where it stands in the file.
    pub row: u64,
    /// What became of it.
    pub outcome: Outcome,
    /// The lead that was made, changed or found.
    pub lead_id: Option<i64>,
    /// Its enquiry's number.
    pub enquiry_id: Option<String>,
    /// Why, in words.
    pub why: String,
}

impl Told {
    fn refused(row: u64, faults: &[Fault]) -> Told {
        let words = |fault: &Fault| match fault.column.as_str() {
            "" => format!("the row {}", fault.detail),
            column => format!("{column}: {}", fault.detail),
        };
        let why = faults.iter().map(words).collect::<Vec<_>>().join("; ");
        Told { row, outcome: Outcome::Refused, lead_id: None, enquiry_id: None, why }
    }
}

/// A batch that was not taken. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Somebody else goes on with the same import.
    #[error("the same file is being imported by somebody else; wait for it, or see that it has ended")]
    Elsewhere,
    /// The report cannot be written.
    #[error("the report cannot be written; name another place with --report")]
    Report(#[source] std::io::Error),
    /// The file cannot be read to its end any more.
    #[error(transparent)]
    File(#[from] FileError),
    /// The database said no.
    #[error(transparent)]
    Refused(#[from] Refused),
}

impl From<StoreError> for ImportError {
    fn from(error: StoreError) -> ImportError {
        ImportError::Refused(error.into())
    }
}

/// Where an import stands that is asked for.
#[derive(Clone, Debug)]
pub enum Begun {
    /// It begins, or goes on behind its rows that are done.
    Open(ImportRow),
    /// All of it was taken before.
    Done(ImportRow),
}

/// Begins the import of a file by its hash, or takes up the one that was interrupted; `again`: also where it was taken before.
///
/// # Errors
/// Where the database does not answer.
pub async fn begin(
    desk: &Desk<'_>,
    (hash, options): (&str, &str),
    total: u64,
    again: bool,
) -> Result<Begun, ImportError> {
    match imports::last(desk.db.within(desk.tenant), hash, options).await? {
        Some(known) if !known.is_done() => return Ok(Begun::Open(known)),
        Some(known) if !again => return Ok(Begun::Done(known)),
        _ => {}
    }
    let now = desk.clock.now();
    let import = ImportRow {
        id: desk.ids.next(now),
        hash: hash.to_owned(),
        options: options.to_owned(),
        ..ImportRow::blank(total, "running", now)
    };
    if !imports::begin(desk.db.within(desk.tenant), &import).await? {
        return Err(ImportError::Elsewhere);
    }
    Ok(Begun::Open(import))
}

/// The instant before which a lead is no duplicate, for an import that began at `began`.
fn since(began: Millis, days: Option<u32>) -> Option<Millis> {
    days.map(|days| began - Millis::from(days) * DAY)
}

/// Who works here, by address: those to whom leads may be given.
async fn colleagues(db: &Db, tenant: Tenant) -> Result<BTreeMap<String, i64>, StoreError> {
    let all = users::list(db.within(tenant)).await?;
    Ok(all.into_iter().filter(|user| user.is_active).map(|user| (user.email, user.id)).collect())
}

/// What would become of these rows, after those that `index` has seen. Nothing is written.
///
/// # Errors
/// Where the database does not answer.
pub async fn preview(
    desk: &Desk<'_>,
    wanted: &Wanted,
    index: &mut Index,
    batch: &[Numbered],
) -> Result<Vec<Told>, ImportError> {
    index.learn(On::Db(desk.db), desk.tenant, wanted.by, batch).await?;
    let mut all = Vec::new();
    for Numbered { row: n, said } in batch {
        let row = match said {
            Ok(row) => row,
            Err(faults) => {
                all.push(Told::refused(*n, faults));
                continue;
            }
        };
        let decision = decide(row, index.leads(wanted.by, row), index.owner(row), wanted);
        let (told, known) = rows::planned(*n, row, decision, desk.clock.now());
        if let Some(known) = known {
            index.add(wanted.by, row, known);
        }
        all.push(told);
    }
    Ok(all)
}

/// Takes a batch of rows, those behind `import.rows_done`, in one transaction; `is_last`: nothing follows. What became of them is told to
/// `report` before it is final: a report may say more than what happened, and is cut when the import goes on, but never less.
///
/// # Errors
/// See [`ImportError`].
pub async fn take(
    desk: &Desk<'_>,
    wanted: &Wanted,
    import: &mut ImportRow,
    (batch, is_last): (&[Numbered], bool),
    report: &mut (dyn FnMut(&[Told]) -> std::io::Result<()> + Send),
) -> Result<Vec<Told>, ImportError> {
    let mut tried = 0;
    loop {
        tried += 1;
        match try_take(desk, wanted, import, (batch, is_last), report).await {
            // Two processes may make one id, and one person may be in a turn or in another import.
            Err(ImportError::Refused(Refused::Store(error)))
                if tried < TRIES && (error.is_passing() || matches!(error, StoreError::Conflict { .. })) => {}
            Err(error) => return Err(error),
            Ok((all, after)) => {
                *import = after;
                return Ok(all);
            }
        }
    }
}

async fn try_take(
    desk: &Desk<'_>,
    wanted: &Wanted,
    import: &ImportRow,
    (batch, is_last): (&[Numbered], bool),
    report: &mut (dyn FnMut(&[Told]) -> std::io::Result<()> + Send),
) -> Result<(Vec<Told>, ImportRow), ImportError> {
    let Desk { db, ids, tenant, actor, .. } = *desk;
    let now = desk.clock.now();
    let hand = Hand { ids, tenant, actor, now };
    let mut tx = db.begin().await?;
    if !imports::hold(tx.within(tenant), import.id, import.rows_done, now).await? {
        return Err(ImportError::Elsewhere);
    }
    let mut index = Index::default();
    index.learn(On::Tx(&mut tx), tenant, wanted.by, batch).await?;
    let mut all = Vec::new();
    for Numbered { row: n, said } in batch {
        let row = match said {
            Ok(row) => row,
            Err(faults) => {
                all.push(Told::refused(*n, faults));
                continue;
            }
        };
        let from = rows::Origin { import_id: import.id, row: *n };
        let (told, known) = match decide(row, index.leads(wanted.by, row), index.owner(row), wanted) {
            Decision::New { beside } => rows::create(&mut tx, hand, from, row, beside).await?,
            Decision::Update { into, .. } => rows::update(&mut tx, hand, from, row, into).await?,
            decision => rows::planned(*n, row, decision, now),
        };
        if let Some(known) = known {
            index.add(wanted.by, row, known);
        }
        all.push(told);
    }
    let after = counted(import, &all, is_last, now);
    imports::save(tx.within(tenant), &after).await?;
    report(&all).map_err(ImportError::Report)?;
    tx.commit().await?;
    Ok((all, after))
}

/// An import with these rows done.
fn counted(import: &ImportRow, all: &[Told], is_last: bool, now: Millis) -> ImportRow {
    let mut after = import.clone();
    for told in all {
        after.rows_done += 1;
        *match told.outcome {
            Outcome::Created => &mut after.created,
            Outcome::Updated => &mut after.updated,
            Outcome::Skipped => &mut after.skipped,
            Outcome::Refused => &mut after.refused,
        } += 1;
    }
    if is_last {
        after.state = "done".to_owned();
    }
    after.updated_at = now;
    after
}
