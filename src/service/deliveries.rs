//! Deliveries that are tried again: because a sink's configuration changed, or because somebody wants it; and old ones forgotten.

use crate::app::App;
use crate::clock::{MINUTE, Millis};
use crate::delivery::{Book, Named, Parcel, Snapshot, key, number};
use crate::ids::Ids;
use crate::store::db::{Db, StoreError, Tx};
use crate::store::deliveries::{self, Again, Asked, Forgotten, LedgerRow, Watched};
use crate::store::outbox;
use crate::turns::delivering::lane;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Rows that are read at once.
pub const PAGE: i64 = 500;
/// Rows of one transaction: it holds SQLite's only writer, so it has to be short.
const AT_ONCE: usize = 100;
/// How long to wait before it is looked again where the database did not answer.
const AGAIN: Duration = Duration::from_millis(MINUTE as u64);

/// What jobs are made with.
#[derive(Clone, Copy, Debug)]
pub struct Maker<'a> {
    /// The database.
    pub db: &'a Db,
    /// Their ids.
    pub ids: &'a Ids,
    /// The sinks there are.
    pub sinks: &'a Book,
    /// Whose deliveries they are about.
    pub tenant_id: i64,
}

/// Why a delivery is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why<'a> {
    /// Its sink was configured anew; this is the configuration's fingerprint.
    Configured(&'a str),
    /// Somebody wants it.
    Asked,
    /// Somebody wants it, although it may be there and nobody can tell.
    Insists,
}

impl Why<'_> {
    fn wish(self) -> &'static str {
        match self {
            Why::Configured(_) => "{}",
            Why::Asked => r#"{"is_asked":true}"#,
            Why::Insists => r#"{"is_asked":true,"insists":true}"#,
        }
    }
}

/// Takes up what the sinks of this configuration may take and those of the last did not, until it is done or `stopped`.
pub async fn take_up_all(app: Arc<App>, stopped: CancellationToken) {
    while let Err(error) = take_up(&app, &stopped).await {
        tracing::error!("deliveries could not be taken up: {}", error.chain());
        tokio::select! { () = stopped.cancelled() => return, () = tokio::time::sleep(AGAIN) => {} }
    }
}

/// For each sink that is configured otherwise than when it was last started: makes everything due that it does not have. Ends
/// early when `stopped`; how many were made due.
///
/// # Errors
/// Where the database does not answer; it may be run again.
pub async fn take_up(app: &App, stopped: &CancellationToken) -> Result<u64, StoreError> {
    let mut due = 0;
    for tenant in &app.tenants {
        let of = app.sinks.iter().filter(|named| named.tenant_id == tenant.id);
        let names: Vec<&str> = of.map(|named| named.name.as_str()).collect();
        deliveries::forget_fingerprints(&app.db, tenant.id, &names).await?;
    }
    for named in app.sinks.iter() {
        let Named { tenant_id, name, fingerprint, .. } = named;
        if deliveries::fingerprint(&app.db, *tenant_id, name).await?.as_ref() == Some(fingerprint) {
            continue;
        }
        let maker = Maker { db: &app.db, ids: &app.ids, sinks: &app.sinks, tenant_id: *tenant_id };
        let asked = Asked { sink: Some(name.clone()), ..Asked::default() };
        let mut last: Option<LedgerRow> = None;
        loop {
            if stopped.is_cancelled() {
                return Ok(due);
            }
            let page = deliveries::open(&app.db, *tenant_id, &asked, last.as_ref(), PAGE).await?;
            maker.make_due(&page, Why::Configured(fingerprint), app.clock.now()).await?;
            due += page.len() as u64;
            app.handover.wake();
            last = page.into_iter().last();
            if last.is_none() {
                break;
            }
        }
        deliveries::set_fingerprint(&app.db, *tenant_id, name, fingerprint, app.clock.now()).await?;
        tracing::info!(sink.name = name, "a sink is configured anew; what it does not have is tried");
    }
    Ok(due)
}

impl Maker<'_> {
    /// Makes deliveries due: the jobs they have, or new ones. Those of sinks that are not configured are left alone.
    ///
    /// # Errors
    /// Where the database does not answer; what was made due until then stays so, and all of it may be asked for again.
    pub async fn make_due(&self, rows: &[LedgerRow], why: Why<'_>, now: Millis) -> Result<(), StoreError> {
        let known: Vec<&LedgerRow> = self.known(rows).collect();
        for piece in known.chunks(AT_ONCE) {
            let mut tx = self.db.begin().await?;
            for row in piece {
                let moved = self.moved(&mut tx, row, why, now).await?;
                match self.again(moved.as_ref().unwrap_or(row), why, now) {
                    Ok(again) => drop(deliveries::again(&mut tx, self.tenant_id, &again, now).await?),
                    // It must not stop the others.
                    Err(error) => tracing::error!(delivery.id = row.id, "{}", error.chain()),
                }
            }
            tx.commit().await?;
        }
        // Whoever runs this may be no server.
        outbox::announce(self.db).await
    }

    /// How those that [`Maker::make_due`] makes due can be watched.
    pub fn watched(&self, rows: &[LedgerRow]) -> Vec<Watched> {
        self.known(rows).map(|row| Watched { id: row.id, lane: lane(&row.sink, &row.key) }).collect()
    }

    fn known<'r>(&self, rows: &'r [LedgerRow]) -> impl Iterator<Item = &'r LedgerRow> {
        rows.iter().filter(|row| self.sinks.get(self.tenant_id, &row.sink).is_some())
    }

    /// What was written before its sink was configured has a conversation's key, whatever the sink can do: it gets the one it
    /// should have.
    async fn moved(
        &self,
        tx: &mut Tx,
        row: &LedgerRow,
        why: Why<'_>,
        now: Millis,
    ) -> Result<Option<LedgerRow>, StoreError> {
        let Some(named) = self.sinks.get(self.tenant_id, &row.sink) else { return Ok(None) };
        let key = key(named.sink.abilities(), row.lead_id, row.conversation_id);
        let is_untried = row.state == "pending" && row.attempts == 0 && row.sink_id.is_none();
        if !matches!(why, Why::Configured(_)) || !is_untried || key == row.key {
            return Ok(None);
        }
        let lane = lane(&row.sink, &row.key);
        match deliveries::rekey(tx, self.tenant_id, (row, &lane), &key, now).await? {
            Some(id) => deliveries::find(tx, self.tenant_id, id).await,
            None => Ok(None),
        }
    }

    fn again<'a>(&self, row: &'a LedgerRow, why: Why<'_>, now: Millis) -> Result<Again<'a>, StoreError> {
        let snapshot: Snapshot = serde_json::from_str(&row.payload)
            .map_err(|error| StoreError::Corrupt { column: "deliveries.payload", source: error.into() })?;
        let parcel = Parcel {
            key: row.key.clone(),
            revision: row.revision,
            snapshot,
            insists: why == Why::Insists,
            is_asked: !matches!(why, Why::Configured(_)),
        };
        // Two processes with one wish make one job.
        let dedupe_key = match why {
            Why::Configured(fingerprint) => format!("configured:{fingerprint}:{}:{}", row.id, row.updated_at),
            Why::Asked | Why::Insists => format!("asked:{}:{now}", row.id),
        };
        Ok(Again {
            id: self.ids.next(now),
            payload: serde_json::to_string(&parcel).expect("plain values always serialise"),
            lane: lane(&row.sink, &row.key),
            account_id: number(&row.sink),
            dedupe_key,
            wish: why.wish(),
            row,
        })
    }
}

/// Forgets what was delivered before `before` and has not changed since, with its attempts; `dry` only counts. Ends early when
/// `stopped`; `told` hears of each piece.
///
/// # Errors
/// Where the database does not answer; what was forgotten until then stays so.
pub async fn purge(
    db: &Db,
    tenant_id: i64,
    (before, dry): (Millis, bool),
    at_once: i64,
    stopped: &CancellationToken,
    mut told: impl FnMut(Forgotten),
) -> Result<Forgotten, StoreError> {
    let mut all = Forgotten::default();
    while !stopped.is_cancelled() {
        let piece =
            deliveries::forget(db, tenant_id, (all.last.unwrap_or_default(), before), at_once, dry).await?;
        if piece.last.is_none() {
            break;
        }
        all = Forgotten {
            last: piece.last,
            deliveries: all.deliveries + piece.deliveries,
            attempts: all.attempts + piece.attempts,
        };
        told(all);
    }
    Ok(all)
}
