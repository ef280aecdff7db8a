//! `leadwire leads failed retry` and `retry-all`: makes deliveries due, and waits until each was tried.

use super::super::tenant;
use super::{bar, interrupted, say};
use crate::app::App;
use crate::cli::process::Process;
use crate::clock::Clock;
use crate::config::Config;
use crate::delivery::Book;
use crate::ids::Ids;
use crate::service::deliveries::{Maker, PAGE, Why};
use crate::service::startup::{self, StartError};
use crate::store::db::Db;
use crate::store::deliveries::{self, Asked, LedgerRow, Stands, Watched};
use crate::store::tenants;
use anyhow::bail;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// How often the ledger is looked at.
const LOOK: Duration = Duration::from_millis(250);
/// How long nothing may happen before it is tried whether whoever sends has gone.
const QUIET: Duration = Duration::from_secs(5);
/// Which are to be tried.
pub(super) enum Wanted {
    /// The one of this id.
    One(i64),
    /// All, or all of a sink.
    All(Option<String>),
}

/// Who sends.
enum Sender {
    /// This process, which has a worker of its own.
    Own { process: Process, app: Arc<App> },
    /// The server that has the SQLite file.
    Server { db: Db, sinks: Book, ids: Ids, stopped: CancellationToken },
}

impl Sender {
    async fn begin(config: &Config) -> anyhow::Result<Sender> {
        match startup::start(config.clone(), Clock::System).await {
            Ok(started) => {
                let app = started.app.clone();
                Ok(Sender::Own { process: Process::begin(started, true).await?, app })
            }
            Err(StartError::InUse(_)) => {
                let db = startup::connect(config).await?;
                startup::ensure_schema(&db, config).await?;
                let sinks = startup::book(config, &tenants::list(&db).await?)?;
                Ok(Sender::Server { db, sinks, ids: Ids::new(crate::cli::BESIDE), stopped: interrupted() })
            }
            Err(error) => Err(error.into()),
        }
    }

    fn db(&self) -> &Db {
        match self {
            Sender::Own { app, .. } => &app.db,
            Sender::Server { db, .. } => db,
        }
    }

    fn maker(&self, tenant_id: i64) -> Maker<'_> {
        match self {
            Sender::Own { app, .. } => Maker { db: &app.db, ids: &app.ids, sinks: &app.sinks, tenant_id },
            Sender::Server { db, sinks, ids, .. } => Maker { db, ids, sinks, tenant_id },
        }
    }

    fn stopped(&self) -> &CancellationToken {
        match self {
            Sender::Own { process, .. } => &process.stopped,
            Sender::Server { stopped, .. } => stopped,
        }
    }

    async fn end(self) -> anyhow::Result<()> {
        match self {
            Sender::Own { process, .. } => process.end().await,
            Sender::Server { db, .. } => {
                db.close().await;
                Ok(())
            }
        }
    }
}

/// Tries them; `false`: not all are delivered.
pub(super) async fn run(config: Config, tenant: &str, wanted: Wanted) -> anyhow::Result<bool> {
    let mut sender = Sender::begin(&config).await?;
    let done = tried(&config, &mut sender, tenant, wanted).await;
    sender.end().await?;
    done
}

async fn tried(config: &Config, sender: &mut Sender, tenant: &str, wanted: Wanted) -> anyhow::Result<bool> {
    let tenant_id = tenant::named(sender.db(), tenant).await?.id;
    let mut tally = Tally::default();
    let mut waiting = VecDeque::new();
    match wanted {
        Wanted::One(id) => {
            let Some(row) = deliveries::find(sender.db(), tenant_id, id).await? else {
                bail!(
                    "there is no lead {id} in the ledger; `leadwire leads failed list` shows those that failed"
                );
            };
            if row.state == "erased" {
                bail!("the person of lead {id} was erased: nothing of them is delivered any more");
            }
            if row.state == "delivered" {
                return say(&format!("Lead {id} is delivered already.")).map(|_| true);
            }
            make_due(sender, tenant_id, &[row], Why::Insists, (&mut waiting, &mut tally)).await?;
        }
        Wanted::All(sink) => {
            let asked = Asked { sink, ..Asked::default() };
            let mut last: Option<LedgerRow> = None;
            while !sender.stopped().is_cancelled() {
                let page = deliveries::open(sender.db(), tenant_id, &asked, last.as_ref(), PAGE).await?;
                if page.is_empty() {
                    break;
                }
                make_due(sender, tenant_id, &page, Why::Asked, (&mut waiting, &mut tally)).await?;
                last = page.into_iter().last();
            }
        }
    }
    watch(config, sender, tenant_id, (&mut waiting, &mut tally)).await?;
    tally.told(waiting.len())
}

/// What is waited for: a delivery, and its last attempt before it was made due.
type Waiting = VecDeque<(Watched, i64)>;

async fn make_due(
    sender: &Sender,
    tenant_id: i64,
    rows: &[LedgerRow],
    why: Why<'_>,
    (waiting, tally): (&mut Waiting, &mut Tally),
) -> anyhow::Result<()> {
    let maker = sender.maker(tenant_id);
    for row in rows.iter().filter(|row| maker.sinks.get(tenant_id, &row.sink).is_none()) {
        tally.untried(format!("no sink is named {:?} in leadwire.toml", row.sink));
    }
    if let Sender::Server { .. } = sender {
        let sinks: BTreeSet<&str> = rows.iter().map(|row| row.sink.as_str()).collect();
        for named in sinks.into_iter().filter_map(|sink| maker.sinks.get(tenant_id, sink)) {
            let stored = deliveries::fingerprint(maker.db, tenant_id, &named.name).await?;
            if stored.is_some_and(|stored| stored != named.fingerprint)
                && tally.stale.insert(named.name.clone())
            {
                say(&format!(
                    "The running server does not know how the sink \"{}\" is configured now. Restart it: then it tries by itself.",
                    named.name
                ))?;
            }
        }
    }
    // Attempts are told from those before by their ids, whatever the clocks of other machines say.
    let lanes = maker.watched(rows);
    let before: BTreeMap<i64, i64> = deliveries::watched(maker.db, tenant_id, &lanes)
        .await?
        .into_iter()
        .map(|stands| (stands.id, stands.last_attempt))
        .collect();
    maker.make_due(rows, why, Clock::System.now()).await?;
    waiting.extend(lanes.into_iter().map(|watched| {
        let seen = before.get(&watched.id).copied().unwrap_or_default();
        (watched, seen)
    }));
    Ok(())
}

/// Waits until each was tried, or until Ctrl-C.
async fn watch(
    config: &Config,
    sender: &mut Sender,
    tenant_id: i64,
    (waiting, tally): (&mut Waiting, &mut Tally),
) -> anyhow::Result<()> {
    let bar = bar(waiting.len() as u64, "leads");
    let mut heard = Instant::now();
    while !waiting.is_empty() {
        let settled = look(sender.db(), tenant_id, (waiting, tally)).await?;
        bar.inc(settled);
        if settled > 0 {
            heard = Instant::now();
            continue;
        }
        if let Sender::Server { .. } = sender
            && heard.elapsed() > QUIET
        {
            // The server may have stopped meanwhile; then this process takes over.
            let next = Sender::begin(config).await?;
            std::mem::replace(sender, next).end().await?;
            heard = Instant::now();
        }
        tokio::select! {
            () = sender.stopped().cancelled() => break,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
    bar.finish_and_clear();
    Ok(())
}

/// Looks once at those that are waited for, until a page of them brings nothing new; how many were settled.
async fn look(db: &Db, tenant_id: i64, (waiting, tally): (&mut Waiting, &mut Tally)) -> anyhow::Result<u64> {
    let mut settled = 0;
    let mut left = waiting.len();
    while left > 0 {
        let page: Vec<(Watched, i64)> = waiting.drain(..left.min(PAGE as usize)).collect();
        left -= page.len();
        let these: Vec<Watched> = page.iter().map(|(watched, _)| watched.clone()).collect();
        let stand: BTreeMap<i64, Stands> = deliveries::watched(db, tenant_id, &these)
            .await?
            .into_iter()
            .map(|stands| (stands.id, stands))
            .collect();
        let before = settled;
        for (watched, seen) in page {
            match outcome(stand.get(&watched.id), seen) {
                Some(outcome) => {
                    tally.add(outcome);
                    settled += 1;
                }
                None => waiting.push_back((watched, seen)),
            }
        }
        if settled == before {
            break;
        }
    }
    Ok(settled)
}

/// What became of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Outcome {
    Delivered,
    Failed(String),
    Unknown(String),
    Untried(String),
}

/// What became of one; `None`: it was not tried yet, or is being tried.
fn outcome(stands: Option<&Stands>, seen: i64) -> Option<Outcome> {
    let Some(stands) = stands else { return Some(Outcome::Untried("it was forgotten meanwhile".to_owned())) };
    let error = || stands.last_error.clone().unwrap_or_default();
    let is_tried = stands.last_attempt > seen;
    Some(match (stands.state.as_str(), stands.job.as_deref()) {
        ("delivered", _) => Outcome::Delivered,
        (_, Some("held")) => return None,
        (_, Some(_)) if !is_tried => return None,
        (_, Some("unsure")) | ("unknown", None) => Outcome::Unknown(error()),
        ("pending", None) if !is_tried => Outcome::Untried("nothing carries it; try again".to_owned()),
        _ => Outcome::Failed(error()),
    })
}

/// What it came to, with reasons and how often each.
#[derive(Debug, Default)]
struct Tally {
    delivered: u64,
    failed: BTreeMap<String, u64>,
    unknown: BTreeMap<String, u64>,
    untried: BTreeMap<String, u64>,
    /// Sinks of which it was said that the server knows another configuration.
    stale: BTreeSet<String>,
}

impl Tally {
    fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Delivered => self.delivered += 1,
            Outcome::Failed(why) => *self.failed.entry(why).or_default() += 1,
            Outcome::Unknown(why) => *self.unknown.entry(why).or_default() += 1,
            Outcome::Untried(why) => self.untried(why),
        }
    }

    fn untried(&mut self, why: String) {
        *self.untried.entry(why).or_default() += 1;
    }

    /// Says what it came to; `waiting` are those whose outcome was not waited for. Whether all are delivered.
    fn told(mut self, waiting: usize) -> anyhow::Result<bool> {
        if waiting > 0 {
            let why = "interrupted; a server or worker that runs tries them all the same".to_owned();
            self.untried.insert(why, waiting as u64);
        }
        let is_whole = self.failed.is_empty() && self.unknown.is_empty() && self.untried.is_empty();
        if is_whole && self.delivered == 0 {
            say("No lead has failed: there is nothing to try again.")?;
            return Ok(true);
        }
        say(&format!("{} delivered", self.delivered))?;
        for (what, reasons) in
            [("failed again", &self.failed), ("still unknown", &self.unknown), ("not tried", &self.untried)]
        {
            let count: u64 = reasons.values().sum();
            if count > 0 {
                say(&format!("{count} {what}:"))?;
            }
            for (why, count) in reasons {
                say(&format!("  {count} x {why}"))?;
            }
        }
        if !self.unknown.is_empty() {
            say(
                "What is unknown may be in the sink. Look there; where it is not, `leadwire leads failed retry ID` sends it again.",
            )?;
        }
        Ok(is_whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn when_a_delivery_was_tried() {
        let stands = |state: &str, job: Option<&str>, last_attempt| Stands {
            id: 1,
            state: state.to_owned(),
            last_error: Some("why".to_owned()),
            last_attempt,
            job: job.map(str::to_owned),
        };
        let why = || "why".to_owned();
        let rows = [
            ("taken", stands("delivered", None, 6), Some(Outcome::Delivered)),
            (
                "taken, and a correction waits",
                stands("delivered", Some("waiting"), 6),
                Some(Outcome::Delivered),
            ),
            ("due", stands("failed", Some("waiting"), 5), None),
            ("in doubt from before", stands("pending", Some("unsure"), 5), None),
            ("being sent", stands("failed", Some("held"), 6), None),
            (
                "tried, and to be tried again",
                stands("pending", Some("waiting"), 6),
                Some(Outcome::Failed(why())),
            ),
            ("tried, and in doubt now", stands("pending", Some("unsure"), 6), Some(Outcome::Unknown(why()))),
            ("refused", stands("failed", None, 6), Some(Outcome::Failed(why()))),
            ("given up in doubt", stands("unknown", None, 5), Some(Outcome::Unknown(why()))),
        ];
        for (label, stands, expected) in rows {
            assert_eq!(outcome(Some(&stands), 5), expected, "{label}");
        }
        assert!(matches!(outcome(Some(&stands("pending", None, 5)), 5), Some(Outcome::Untried(_))));
        assert!(matches!(outcome(None, 5), Some(Outcome::Untried(_))));
    }
}
