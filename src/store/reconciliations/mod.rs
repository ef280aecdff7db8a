//! Comparisons of sinks with the ledger: how far each came, and what it found.

mod findings;
mod ledger;
mod repair;

pub use findings::{Counted, Finding, counted, findings, findings_of};
pub use ledger::{Kept, Open, by_ids, by_keys, by_sink_ids, open, total, window};
pub use repair::{Mended, Repairs, mend, unfinished};

use crate::args;
use crate::clock::Millis;
use crate::store::db::{Db, Exec, Sql, StoreError};
use serde::Serialize;
use sqlx::FromRow;

/// A comparison.
#[derive(Clone, Debug, Default, FromRow)]
pub struct Run {
    /// The tenant.
    pub tenant_id: i64,
    /// Its id.
    pub id: i64,
    /// The sink.
    pub sink: String,
    /// From which deliveries on.
    pub since: i64,
    /// `listing`, `ledger`, `ended`.
    pub phase: String,
    /// Where reading what is there goes on.
    pub cursor: Option<String>,
    /// The last delivery that was gone through.
    pub ledger_after: i64,
    /// Records that were read.
    pub there: i64,
    /// Of these, none of ours.
    pub others: i64,
    /// Deliveries that were gone through.
    pub compared: i64,
    /// How often it was written down.
    pub step: i64,
    /// What could not be done.
    pub note: Option<String>,
    /// When it began.
    pub started_at: i64,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct New<'a> {
    /// The run's id, where it is a new one.
    pub id: i64,
    /// The sink.
    pub sink: &'a str,
    /// In words: a run that was asked for so is taken up.
    pub asked: &'a str,
    /// From which deliveries on.
    pub since: Millis,
    /// The phase it begins with.
    pub phase: &'a str,
    /// Only a run that began since then is taken up; `None`: none is.
    pub taken_up_from: Option<Millis>,
}

#[derive(FromRow)]
struct Named {
    sink: String,
}

/// The sinks whose comparison in these words was begun and is not finished.
///
/// # Errors
/// Where the database does not answer.
pub async fn begun(db: &Db, tenant_id: i64, asked: &str) -> Result<Vec<String>, StoreError> {
    const BEGUN: Sql = Sql::same(
        "SELECT DISTINCT sink FROM reconciliations WHERE tenant_id = $1 AND asked = $2 AND finished_at IS NULL ORDER BY sink",
    );
    let rows: Vec<Named> = db.fetch_all(BEGUN, args![tenant_id, asked]).await?;
    Ok(rows.into_iter().map(|row| row.sink).collect())
}

/// Begins a run, or takes one up that was interrupted (`true`). What is known of the sink's runs before `forget_before` is
/// forgotten.
///
/// # Errors
/// Where the database does not answer.
pub async fn begin(
    db: &Db,
    tenant_id: i64,
    new: &New<'_>,
    (now, forget_before): (Millis, Millis),
) -> Result<(Run, bool), StoreError> {
    const INTERRUPTED: Sql = Sql::same(
        "SELECT tenant_id, id, sink, since, phase, cursor, ledger_after, there, others, compared, step, note, started_at
         FROM reconciliations WHERE tenant_id = $1 AND sink = $2 AND asked = $3 AND finished_at IS NULL AND started_at >= $4
         ORDER BY id DESC LIMIT 1",
    );
    const BEGIN: Sql = Sql::same(
        "INSERT INTO reconciliations (tenant_id, id, sink, asked, since, phase, started_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    );
    const OLD: [Sql; 3] = [
        Sql::same(
            "DELETE FROM reconciled WHERE tenant_id = $1 AND run_id IN (SELECT id FROM reconciliations WHERE tenant_id = $1 AND sink = $2
               AND started_at < $3)",
        ),
        Sql::same(
            "DELETE FROM reconciliation_findings WHERE tenant_id = $1 AND run_id IN (SELECT id FROM reconciliations
               WHERE tenant_id = $1 AND sink = $2 AND started_at < $3)",
        ),
        Sql::same("DELETE FROM reconciliations WHERE tenant_id = $1 AND sink = $2 AND started_at < $3"),
    ];
    let mut tx = db.begin().await?;
    for old in OLD {
        tx.execute(old, args![tenant_id, new.sink, forget_before]).await?;
    }
    let from = new.taken_up_from.unwrap_or(Millis::MAX);
    let run: Option<Run> =
        tx.fetch_optional(INTERRUPTED, args![tenant_id, new.sink, new.asked, from]).await?;
    if let Some(run) = run {
        tx.commit().await?;
        return Ok((run, true));
    }
    tx.execute(BEGIN, args![tenant_id, new.id, new.sink, new.asked, new.since, new.phase, now]).await?;
    tx.commit().await?;
    let run = Run {
        tenant_id,
        id: new.id,
        sink: new.sink.to_owned(),
        since: new.since,
        phase: new.phase.to_owned(),
        started_at: now,
        ..Run::default()
    };
    Ok((run, false))
}

/// A record there that is a delivery.
#[derive(Clone, Debug, Serialize)]
pub struct SeenRow {
    /// The delivery.
    pub delivery_id: i64,
    /// The sink's id.
    pub sink_id: String,
    /// How often one page had it.
    pub times: i64,
    /// The fields that differ, or that have to be asked for by name; empty: none.
    pub differs: String,
}

/// Something found.
#[derive(Clone, Debug, Serialize)]
pub struct NewFinding {
    /// What.
    pub kind: &'static str,
    /// What tells it from others of its kind.
    pub reference: String,
    /// The delivery; 0: none.
    pub delivery_id: i64,
    /// The sink's id.
    pub sink_id: Option<String>,
    /// Names of fields, or ids.
    pub detail: String,
}

/// Writes a piece of a run down, with where it goes on: all of it or nothing.
///
/// # Errors
/// `Stale` where another process goes on with this run.
pub async fn advance(
    db: &Db,
    run: &mut Run,
    next: Run,
    seen: &[SeenRow],
    found: &[NewFinding],
) -> Result<(), StoreError> {
    const STEP: Sql = Sql::same(
        "UPDATE reconciliations SET phase = $4, cursor = $5, ledger_after = $6, there = $7, others = $8, compared = $9, note = $10,
           step = step + 1 WHERE tenant_id = $1 AND id = $2 AND step = $3",
    );
    const SEEN: Sql = {
        macro_rules! seen {
            ($from:literal) => {
                concat!(
                    "INSERT INTO reconciled (tenant_id, run_id, delivery_id, sink_id, times, differs) ",
                    $from,
                    " ON CONFLICT (tenant_id, run_id, delivery_id, sink_id) DO UPDATE SET differs = excluded.differs,
                        times = CASE WHEN reconciled.times > excluded.times THEN reconciled.times ELSE excluded.times END"
                )
            };
        }
        Sql {
            sqlite: seen!(
                "SELECT $1 AS tenant_id, $2, value ->> 'delivery_id', value ->> 'sink_id', value ->> 'times', value ->> 'differs' FROM json_each($3) WHERE TRUE"
            ),
            postgres: seen!(
                "SELECT $1 AS tenant_id, $2, delivery_id, sink_id, times, differs FROM json_to_recordset($3::json)
                   AS r(delivery_id BIGINT, sink_id TEXT, times BIGINT, differs TEXT)"
            ),
        }
    };
    const FOUND: Sql = {
        macro_rules! found {
            ($from:literal) => {
                concat!(
                    "INSERT INTO reconciliation_findings (tenant_id, run_id, kind, reference, delivery_id, sink_id, detail) ",
                    $from,
                    " ON CONFLICT DO NOTHING"
                )
            };
        }
        Sql {
            sqlite: found!(
                "SELECT $1 AS tenant_id, $2, value ->> 'kind', value ->> 'reference', value ->> 'delivery_id', value ->> 'sink_id', value ->> 'detail'
                 FROM json_each($3) WHERE TRUE"
            ),
            postgres: found!(
                "SELECT $1 AS tenant_id, $2, kind, reference, delivery_id, sink_id, detail FROM json_to_recordset($3::json)
                   AS r(kind TEXT, reference TEXT, delivery_id BIGINT, sink_id TEXT, detail TEXT)"
            ),
        }
    };
    let json = |rows: serde_json::Result<String>| rows.expect("plain values always serialise");
    let mut tx = db.begin().await?;
    let Run { phase, cursor, ledger_after, there, others, compared, note, .. } = &next;
    let to = args![
        run.tenant_id,
        run.id,
        run.step,
        phase,
        cursor.clone(),
        *ledger_after,
        *there,
        *others,
        *compared,
        note.clone()
    ];
    if tx.execute(STEP, to).await? == 0 {
        return Err(StoreError::Stale { what: "reconciliation" });
    }
    if !seen.is_empty() {
        tx.execute(SEEN, args![run.tenant_id, run.id, json(serde_json::to_string(seen))]).await?;
    }
    if !found.is_empty() {
        tx.execute(FOUND, args![run.tenant_id, run.id, json(serde_json::to_string(found))]).await?;
    }
    tx.commit().await?;
    *run = Run { step: run.step + 1, ..next };
    Ok(())
}

#[derive(FromRow)]
struct SeenOf {
    delivery_id: i64,
    sink_id: String,
    differs: String,
}

/// What was seen of deliveries between two ids, both included: delivery, the sink's id, what differs.
///
/// # Errors
/// Where the database does not answer.
pub async fn seen(
    db: &Db,
    run: &Run,
    (from, to): (i64, i64),
) -> Result<Vec<(i64, String, String)>, StoreError> {
    const SEEN: Sql = Sql::same(
        "SELECT delivery_id, sink_id, differs FROM reconciled WHERE tenant_id = $1 AND run_id = $2 AND delivery_id >= $3
           AND delivery_id <= $4 ORDER BY delivery_id, sink_id",
    );
    let rows: Vec<SeenOf> = db.fetch_all(SEEN, args![run.tenant_id, run.id, from, to]).await?;
    Ok(rows.into_iter().map(|row| (row.delivery_id, row.sink_id, row.differs)).collect())
}

/// Ends a run: what is there more than once becomes findings.
///
/// # Errors
/// `Stale` where another process goes on with this run.
pub async fn finish(db: &Db, run: &Run, now: Millis) -> Result<(), StoreError> {
    const END: Sql = Sql::same(
        "UPDATE reconciliations SET phase = 'ended', finished_at = $4, step = step + 1 WHERE tenant_id = $1 AND id = $2 AND step = $3",
    );
    const DUPLICATES: Sql = {
        macro_rules! duplicates {
            ($list:literal) => {
                concat!(
                    "INSERT INTO reconciliation_findings (tenant_id, run_id, kind, reference, delivery_id, sink_id, detail)
                     SELECT tenant_id, run_id, 'duplicate', CAST(delivery_id AS TEXT), delivery_id, MIN(sink_id), ",
                    $list,
                    " FROM reconciled WHERE tenant_id = $1 AND run_id = $2 GROUP BY tenant_id, run_id, delivery_id HAVING SUM(times) > 1
                     ON CONFLICT DO NOTHING"
                )
            };
        }
        Sql {
            sqlite: duplicates!("group_concat(sink_id, ', ')"),
            postgres: duplicates!("string_agg(sink_id, ', ' ORDER BY sink_id)"),
        }
    };
    let mut tx = db.begin().await?;
    if tx.execute(END, args![run.tenant_id, run.id, run.step, now]).await? == 0 {
        return Err(StoreError::Stale { what: "reconciliation" });
    }
    tx.execute(DUPLICATES, args![run.tenant_id, run.id]).await?;
    tx.commit().await
}
