//! Giving rows back: finished, or to be tried again; many in one statement.

use super::Held;
use crate::args;
use crate::clock::Millis;
use crate::store::db::{Db, Sql, StoreError};
use serde::Serialize;
use sqlx::FromRow;

/// What becomes of a row that is given back.
#[derive(Clone, Debug, Serialize)]
pub struct Finish {
    /// Which row.
    pub tenant_id: i64,
    /// Which row.
    pub id: i64,
    /// The fence: changed only where nobody has taken it since.
    pub attempts: i64,
    /// Its lane, to wake what comes after it.
    pub lane: Option<String>,
    /// Its place there.
    pub place: i64,
    /// Its state from now on.
    pub state: &'static str,
    /// When it is due again.
    pub run_at: Millis,
    /// Attempts that were none: 1 where it was not even tried.
    pub untried: i64,
    /// Whether its place in the account's schedule is reserved.
    pub slotted: bool,
    /// Whether it is finished.
    pub finished: bool,
    /// The provider's id.
    pub provider_id: Option<String>,
    /// Why it was not sent, for people.
    pub last_error: Option<String>,
    /// The provider's number for that.
    pub error_code: Option<String>,
}

/// A row that was changed.
#[derive(Debug, FromRow)]
struct Changed {
    tenant_id: i64,
    id: i64,
}

#[derive(Debug, FromRow)]
struct Woken {
    run_at: i64,
}

/// Gives rows back that `holder` held. Those that were changed, by tenant and id (the others were lost to somebody else);
/// and whether something behind them is due now.
///
/// # Errors
/// Where the database does not answer; it may be run again.
pub async fn finish(
    db: &Db,
    holder: &str,
    rows: &[Finish],
    now: Millis,
) -> Result<(Vec<(i64, i64)>, bool), StoreError> {
    const GIVE_BACK: Sql = {
        macro_rules! give_back {
            ($rows:literal) => {
                concat!(
                    "WITH r AS (",
                    $rows,
                    ") UPDATE outbox SET state = r.state, holder = NULL, run_at = r.run_at, attempts = outbox.attempts - r.untried,
                       slotted = r.slotted, provider_id = COALESCE(outbox.provider_id, r.provider_id), last_error = r.last_error,
                       error_code = r.error_code, unsure = (outbox.unsure OR r.state = 'unsure'),
                       finished_at = CASE WHEN r.finished THEN $2 END
                     FROM r WHERE outbox.tenant_id = r.tenant_id AND outbox.id = r.id AND outbox.attempts = r.attempts
                        AND outbox.holder = $3 AND outbox.finished_at IS NULL
                     RETURNING outbox.tenant_id, outbox.id"
                )
            };
        }
        Sql {
            sqlite: give_back!(
                "SELECT value ->> 'tenant_id' AS tenant_id, value ->> 'id' AS id, value ->> 'attempts' AS attempts,
                    value ->> 'state' AS state, value ->> 'run_at' AS run_at, value ->> 'untried' AS untried,
                    value ->> 'slotted' AS slotted, value ->> 'finished' AS finished, value ->> 'provider_id' AS provider_id,
                    value ->> 'last_error' AS last_error, value ->> 'error_code' AS error_code FROM json_each($1)"
            ),
            postgres: give_back!(
                "SELECT * FROM json_to_recordset($1::json) AS j(tenant_id BIGINT, id BIGINT, attempts BIGINT, state TEXT,
                    run_at BIGINT, untried BIGINT, slotted BOOLEAN, finished BOOLEAN, provider_id TEXT, last_error TEXT,
                    error_code TEXT)"
            ),
        }
    };
    let json = serde_json::to_string(rows).expect("plain values always serialise");
    let changed: Vec<Changed> = db.change_all(GIVE_BACK, args![json, now, holder]).await?;
    let ended = rows.iter().filter(|row| row.finished).filter_map(|row| {
        Some(Ended { tenant_id: row.tenant_id, lane: row.lane.as_deref()?, place: row.place })
    });
    let due = wake_next(db, &ended.collect::<Vec<_>>(), now).await?;
    Ok((changed.into_iter().map(|row| (row.tenant_id, row.id)).collect(), due))
}

/// A row that is finished: what waits behind it may go.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Ended<'a> {
    /// Whose it is.
    pub tenant_id: i64,
    /// Its lane.
    pub lane: &'a str,
    /// Its place there.
    pub place: i64,
}

/// Makes due what comes next in these lanes, but for what has its place in the account's schedule; whether anything is due now.
///
/// # Errors
/// Where the database does not answer.
pub async fn wake_next(db: &Db, ended: &[Ended<'_>], now: Millis) -> Result<bool, StoreError> {
    const WAKE: Sql = {
        macro_rules! wake {
            ($rows:literal) => {
                concat!(
                    "UPDATE outbox SET run_at = CASE WHEN wanted_at > $2 THEN wanted_at ELSE $2 END
                     FROM (SELECT r.tenant_id, (SELECT n.id FROM outbox n WHERE n.tenant_id = r.tenant_id AND n.lane = r.lane
                             AND n.finished_at IS NULL AND n.place > r.place ORDER BY n.place LIMIT 1) AS id FROM ",
                    $rows,
                    " AS r) AS next WHERE outbox.tenant_id = next.tenant_id AND outbox.id = next.id AND outbox.state = 'waiting'
                        AND outbox.holder IS NULL AND outbox.finished_at IS NULL AND outbox.attempts = 0 AND NOT outbox.slotted
                     RETURNING outbox.run_at"
                )
            };
        }
        Sql {
            sqlite: wake!(
                "(SELECT value ->> 'tenant_id' AS tenant_id, value ->> 'lane' AS lane, value ->> 'place' AS place
                    FROM json_each($1))"
            ),
            postgres: wake!(
                "(SELECT * FROM json_to_recordset($1::json) AS j(tenant_id BIGINT, lane TEXT, place BIGINT))"
            ),
        }
    };
    if ended.is_empty() {
        return Ok(false);
    }
    let json = serde_json::to_string(ended).expect("plain values always serialise");
    let woken: Vec<Woken> = db.change_all(WAKE, args![json, now]).await?;
    Ok(woken.iter().any(|row| row.run_at <= now))
}

/// Makes due what is deferred in these lanes (tenant and name), because something new waits behind it: the person has written.
/// How many they are.
///
/// # Errors
/// Where the database does not answer; it is looked at again by itself, later.
pub async fn release(db: &Db, lanes: &[(i64, String)], now: Millis) -> Result<usize, StoreError> {
    const RELEASE: Sql = {
        macro_rules! release {
            ($lanes:literal, $index:literal) => {
                concat!(
                    "WITH r AS (SELECT * FROM ",
                    $lanes,
                    " AS l) UPDATE outbox ",
                    $index,
                    " SET state = 'waiting', run_at = $2, last_error = NULL FROM r
                     WHERE outbox.tenant_id = r.tenant_id AND outbox.lane = r.lane AND outbox.state = 'deferred'
                        AND outbox.holder IS NULL AND outbox.finished_at IS NULL RETURNING outbox.tenant_id, outbox.id"
                )
            };
        }
        Sql {
            sqlite: release!(
                "(SELECT value ->> 0 AS tenant_id, value ->> 1 AS lane FROM json_each($1))",
                "INDEXED BY outbox_lane"
            ),
            postgres: release!(
                "(SELECT CAST(value ->> 0 AS BIGINT) AS tenant_id, value ->> 1 AS lane FROM json_array_elements($1::json))",
                ""
            ),
        }
    };
    let json = serde_json::to_string(lanes).expect("names of lanes always serialise");
    Ok(db.change_all::<Changed>(RELEASE, args![json, now]).await?.len())
}

/// Marks a row as being sent again though it may have been sent; `false`: somebody else has it. From here on a crash leaves
/// it unsure anew.
///
/// # Errors
/// Where the database does not answer.
pub async fn mark_repeat(db: &Db, held: &Held) -> Result<bool, StoreError> {
    const MARK: Sql = Sql::same(
        "UPDATE outbox SET repeats = repeats + 1 WHERE tenant_id = $1 AND id = $2 AND attempts = $3 AND holder = $4
         AND finished_at IS NULL RETURNING tenant_id, id",
    );
    let marked: Vec<Changed> =
        db.change_all(MARK, args![held.tenant_id, held.id, held.attempts, held.holder.clone()]).await?;
    Ok(!marked.is_empty())
}
