//! Comparing sinks with the ledger: what is there is read, what is ours is gone through, and what does not agree is written down.
//!
//! Where a sink lists, its pages are read first; what they do not show as it should be is asked for by name, because lists lag and
//! leave fields out. Where it does not list, everything is asked for by name, many at once where it can. Every piece is written
//! down with where it goes on, so that a run that was interrupted is taken up.

mod asking;
mod checking;
mod export;
mod listing;
mod nightly;
mod repair;

pub use asking::AskError;
pub use nightly::{due, run as nightly};
pub use repair::{mend, repairs};

use super::errand::Errands;
use crate::clock::{Clock, DAY, Millis};
use crate::delivery::reconcile::Kind;
use crate::delivery::{Named, hubspot, odoo};
use crate::ids::{self, Ids};
use crate::store::db::Db;
use crate::store::reconciliations::{self, Finding, New, Open, Run};
use asking::Asking;
use serde::Serialize;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::Mutex;

/// A run that was interrupted is taken up for so long.
const TAKEN_UP: Millis = DAY;
/// How long it is known what a run found.
const KEPT: Millis = 30 * DAY;
/// The most examples of a kind.
const EXAMPLES: i64 = 5;

/// What a comparison needs.
#[derive(Clone, Debug)]
pub struct Setting<'a> {
    /// The database.
    pub db: &'a Db,
    /// Time.
    pub clock: &'a Clock,
    /// Row ids.
    pub ids: &'a Ids,
    /// What asks sinks.
    pub errands: Arc<Errands>,
}

/// A CRM's own export.
#[derive(Clone, Debug)]
pub enum Against {
    /// A CSV file.
    File(PathBuf),
    /// Standard input: it cannot be read twice, so the run is not taken up.
    Input,
}

/// What is to be compared.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Deliveries from then on.
    pub since: Millis,
    /// That in the words it was asked for: a run of the same words is taken up.
    pub words: String,
    /// Only what was said on this channel.
    pub channel: Option<String>,
    /// With this export instead of the sink itself.
    pub against: Option<Against>,
    /// What the sink calls our id, where that is not the usual name.
    pub key_field: Option<String>,
    /// An interrupted run is not taken up.
    pub fresh: bool,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Records read.
    pub there: i64,
    /// Deliveries gone through.
    pub compared: i64,
    /// Of how many.
    pub total: i64,
    /// Whether what is there is still being read.
    pub is_listing: bool,
}

/// What a run found of a kind.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    /// `missing_there`, `missing_here`, `differs`, `duplicate`.
    pub kind: &'static str,
    /// How many.
    pub count: i64,
    /// Of these, how many are being repaired.
    pub repaired: i64,
    /// The first of them.
    pub examples: Vec<Finding>,
}

/// What a run came to.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The sink.
    pub sink: String,
    /// Its kind.
    pub kind: &'static str,
    /// Why it cannot be compared; then the rest is empty.
    pub cannot: Option<String>,
    /// Whether an interrupted run was taken up.
    pub is_taken_up: bool,
    /// Records that were read.
    pub there: i64,
    /// Of these, none of ours.
    pub others: i64,
    /// Deliveries that were gone through.
    pub compared: i64,
    /// What could not be done.
    pub note: Option<String>,
    /// What the ledger itself knows not to be there.
    pub open: Open,
    /// What was found.
    pub found: Vec<Found>,
    /// The run, for repairs.
    #[serde(skip)]
    pub run: Run,
}

impl Report {
    /// How much was found.
    pub fn differences(&self) -> i64 {
        self.found.iter().map(|found| found.count).sum()
    }

    /// How much of that nobody repairs.
    pub fn unrepaired(&self) -> i64 {
        self.found.iter().map(|found| found.count - found.repaired).sum()
    }
}

/// A comparison under way.
struct Comparing<'a> {
    setting: &'a Setting<'a>,
    named: &'a Named,
    wanted: &'a Wanted,
    asking: Asking,
    /// What was delivered later need not be in what was read.
    read_at: Millis,
    total: i64,
    progress: &'a (dyn Fn(Progress) + Send + Sync),
}

/// Compares a sink with the ledger.
///
/// # Errors
/// Where the sink, the export or the database cannot be read. What was compared until then is kept, and the next run goes on
/// there.
pub async fn compare(
    setting: &Setting<'_>,
    named: &Named,
    wanted: &Wanted,
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<Report, AskError> {
    let abilities = named.sink.abilities();
    let phase = match (&wanted.against, abilities.lists, abilities.looks_up) {
        (Some(_), ..) | (None, true, _) => "listing",
        (None, false, true) => "ledger",
        (None, false, false) => return Ok(cannot(named)),
    };
    let now = setting.clock.now();
    let (asked, exported_at) = asked(wanted).await?;
    let is_input = matches!(wanted.against, Some(Against::Input));
    let new = New {
        id: setting.ids.next(now),
        sink: &named.name,
        asked: &asked,
        since: wanted.since,
        phase,
        taken_up_from: (!wanted.fresh && !is_input).then_some(now - TAKEN_UP),
    };
    let (mut run, is_taken_up) =
        reconciliations::begin(setting.db, named.tenant_id, &new, (now, now - KEPT)).await?;
    let channel = wanted.channel.as_deref().unwrap_or_default();
    let total = reconciliations::total(setting.db, &run, channel, ids::first_at(run.since) - 1).await?;
    let asking = Asking {
        db: setting.db.clone(),
        errands: setting.errands.clone(),
        named: named.clone(),
        free_at: Arc::new(Mutex::new(0)),
    };
    let read_at = exported_at.unwrap_or(run.started_at);
    let comparing = Comparing { setting, named, wanted, asking, read_at, total, progress };
    if run.phase == "listing" {
        comparing.list(&mut run).await?;
    }
    comparing.check(&mut run).await?;
    reconciliations::finish(setting.db, &run, setting.clock.now()).await?;
    let mut report = report(setting.db, named, &run).await?;
    report.is_taken_up = is_taken_up;
    Ok(report)
}

impl Comparing<'_> {
    fn tell(&self, run: &Run) {
        let Run { there, compared, .. } = *run;
        (self.progress)(Progress { there, compared, total: self.total, is_listing: run.phase == "listing" });
    }
}

/// What was asked for, so that only the same is taken up: a file that changed is another. And when that file was written.
async fn asked(wanted: &Wanted) -> Result<(String, Option<Millis>), AskError> {
    let mut exported_at = None;
    let mut asked = format!("since {}", wanted.words);
    if let Some(channel) = &wanted.channel {
        asked.push_str(&format!(" on {channel}"));
    }
    match &wanted.against {
        Some(Against::Input) => asked.push_str(" against standard input"),
        Some(Against::File(path)) => {
            let unreadable =
                |error: std::io::Error| AskError::Sink(format!("{} cannot be read: {error}", path.display()));
            let of = tokio::fs::metadata(path).await.map_err(unreadable)?;
            let changed = of.modified().ok().and_then(|at| at.elapsed().ok().map(|_| at));
            let changed = changed.and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
            let changed = changed.map_or(0, |at| at.as_millis());
            exported_at = Millis::try_from(changed).ok();
            asked.push_str(&format!(" against {} of {} bytes and {changed}", path.display(), of.len()));
        }
        None => {}
    }
    Ok((asked, exported_at))
}

fn cannot(named: &Named) -> Report {
    let why = "it can neither be listed nor asked; compare it with an export of its own: --against FILE.csv";
    Report {
        sink: named.name.clone(),
        kind: named.kind,
        cannot: Some(why.to_owned()),
        is_taken_up: false,
        there: 0,
        others: 0,
        compared: 0,
        note: None,
        open: Open::default(),
        found: Vec::new(),
        run: Run::default(),
    }
}

/// What a run has found.
///
/// # Errors
/// Where the database does not answer.
pub async fn report(db: &Db, named: &Named, run: &Run) -> Result<Report, AskError> {
    let counted = reconciliations::counted(db, run).await?;
    let mut found = Vec::new();
    for kind in Kind::ALL {
        let counted = counted.iter().find(|counted| counted.kind == kind.as_str());
        let (count, repaired) = counted.map_or((0, 0), |counted| (counted.count, counted.repaired));
        let examples = match count {
            0 => Vec::new(),
            _ => reconciliations::findings(db, run, kind.as_str(), EXAMPLES).await?,
        };
        found.push(Found { kind: kind.as_str(), count, repaired, examples });
    }
    Ok(Report {
        there: run.there,
        others: run.others,
        compared: run.compared,
        note: run.note.clone(),
        open: reconciliations::open(db, run.tenant_id, &run.sink, run.since).await?,
        found,
        run: run.clone(),
        cannot: None,
        ..cannot(named)
    })
}

/// What the sink's own exports call our id.
fn key_field<'a>(named: &Named, wanted: &'a Wanted) -> Option<&'a str> {
    wanted.key_field.as_deref().or(match named.kind {
        "hubspot" => Some(hubspot::KEY_PROPERTY),
        "odoo" => Some(odoo::KEY_FIELD),
        _ => None,
    })
}
