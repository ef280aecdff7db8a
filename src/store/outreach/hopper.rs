//! The hopper: leads that are about to be tried, or are being tried. Its keys see to it that nobody is there twice: neither a lead, nor a
//! person, nor a number.

use super::super::db::{Db, Exec, Sql, StoreError, Within, by_index, list};
use crate::args;
use crate::clock::Millis;
use serde::Serialize;
use sqlx::FromRow;

/// A lead in the hopper.
#[derive(Clone, Debug, PartialEq, Eq, FromRow, Serialize)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct HopperRow {
    pub lead_id: i64,
    pub campaign_id: i64,
    pub person_id: i64,
    pub address: String,
    pub channel: String,
    pub step: i64,
    pub lane: i64,
    pub state: String,
    pub attempt_id: Option<i64>,
    pub ready_at: i64,
    pub until: i64,
    pub leased_until: i64,
}

impl HopperRow {
    /// By what it reaches whom: the channel, the address and the person.
    pub fn reaches(&self) -> (&str, &str, i64) {
        (&self.channel, &self.address, self.person_id)
    }
}

macro_rules! entries {
    ($from:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            "h.lead_id, h.campaign_id, h.person_id, h.address, h.channel, h.step, h.lane, h.state, h.attempt_id, h.ready_at, h.until,
               h.leased_until FROM ",
            $from,
            " ",
            $rest
        )
    };
}

/// Puts leads into the hopper. Those whose lead, person or number is there already are passed over; how many were not.
///
/// # Errors
/// Where the database does not answer.
pub async fn put(db: Within<'_>, rows: &[HopperRow]) -> Result<u64, StoreError> {
    const PUT: Sql = Sql {
        sqlite: "INSERT INTO hopper (tenant_id, lead_id, campaign_id, person_id, address, channel, step, lane, state, ready_at, until, leased_until)
                 SELECT $1, value ->> 'lead_id', value ->> 'campaign_id', value ->> 'person_id', value ->> 'address', value ->> 'channel',
                   value ->> 'step', value ->> 'lane', 'ready', value ->> 'ready_at', value ->> 'until', value ->> 'leased_until'
                 FROM json_each($2) WHERE TRUE ON CONFLICT DO NOTHING",
        postgres: "INSERT INTO hopper (tenant_id, lead_id, campaign_id, person_id, address, channel, step, lane, state, ready_at, until, leased_until)
                   SELECT $1, r.lead_id, r.campaign_id, r.person_id, r.address, r.channel, r.step, r.lane, 'ready', r.ready_at, r.until, r.leased_until
                   FROM json_to_recordset($2::json) AS r(lead_id BIGINT, campaign_id BIGINT, person_id BIGINT, address TEXT, channel TEXT,
                     step BIGINT, lane BIGINT, ready_at BIGINT, until BIGINT, leased_until BIGINT)
                   ORDER BY r.person_id ON CONFLICT DO NOTHING",
    };
    if rows.is_empty() {
        return Ok(0);
    }
    db.execute(PUT, args![list(rows)]).await
}

/// Leads of a campaign that are ready for a channel, the first first, which nobody else takes until the transaction ends.
///
/// # Errors
/// Where the database does not answer.
pub async fn next(
    tx: Within<'_>,
    campaign: i64,
    channel: &str,
    limit: i64,
) -> Result<Vec<HopperRow>, StoreError> {
    const NEXT: Sql = Sql {
        sqlite: entries!(
            "hopper h INDEXED BY hopper_next",
            "WHERE h.tenant_id = $1 AND h.campaign_id = $2 AND h.state = 'ready' AND h.channel = $3
             ORDER BY h.lane, h.ready_at, h.lead_id LIMIT $4"
        ),
        postgres: entries!(
            "hopper h",
            "WHERE h.tenant_id = $1 AND h.campaign_id = $2 AND h.state = 'ready' AND h.channel = $3
             ORDER BY h.lane, h.ready_at, h.lead_id LIMIT $4 FOR UPDATE SKIP LOCKED"
        ),
    };
    tx.fetch_all(NEXT, args![campaign, channel, limit]).await
}

/// A lead of the hopper is being tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Claim {
    /// The lead.
    pub lead_id: i64,
    /// The attempt.
    pub attempt_id: i64,
    /// Until when somebody must have said what came of it.
    pub leased_until: i64,
}

/// Writes down that leads are being tried.
///
/// # Errors
/// Where the database does not answer.
pub async fn claim(tx: Within<'_>, claims: &[Claim]) -> Result<(), StoreError> {
    const CLAIM: Sql = Sql {
        sqlite: "UPDATE hopper SET state = 'claimed', attempt_id = r.value ->> 'attempt_id', leased_until = r.value ->> 'leased_until'
                 FROM json_each($2) AS r WHERE hopper.tenant_id = $1 + 0 * r.key AND hopper.lead_id = r.value ->> 'lead_id'",
        postgres: "UPDATE hopper SET state = 'claimed', attempt_id = r.attempt_id, leased_until = r.leased_until
                   FROM json_to_recordset($2::json) AS r(lead_id BIGINT, attempt_id BIGINT, leased_until BIGINT)
                   WHERE hopper.tenant_id = $1 AND hopper.lead_id = r.lead_id",
    };
    if claims.is_empty() {
        return Ok(());
    }
    tx.execute(CLAIM, args![list(claims)]).await.map(drop)
}

/// Takes ready leads out of the hopper; those that are being tried stay.
///
/// # Errors
/// Where the database does not answer.
pub async fn take_out(db: Within<'_>, leads: &[i64]) -> Result<u64, StoreError> {
    const TAKE_OUT: Sql = Sql {
        sqlite: "DELETE FROM hopper WHERE tenant_id = $1 AND lead_id IN (SELECT value FROM json_each($2)) AND state = 'ready'",
        postgres: "DELETE FROM hopper WHERE tenant_id = $1
                     AND lead_id = ANY (ARRAY(SELECT CAST(json_array_elements_text($2::json) AS BIGINT))) AND state = 'ready'",
    };
    if leads.is_empty() {
        return Ok(0);
    }
    db.execute(TAKE_OUT, args![list(leads)]).await
}

/// Takes a lead out that is ready for this campaign; what another one wants it for stays.
///
/// # Errors
/// Where the database does not answer.
pub async fn take_back(tx: Within<'_>, campaign: i64, lead: i64) -> Result<(), StoreError> {
    const TAKE_BACK: Sql = Sql::same(
        "DELETE FROM hopper WHERE tenant_id = $1 AND lead_id = $2 AND campaign_id = $3 AND state = 'ready'",
    );
    tx.execute(TAKE_BACK, args![lead, campaign]).await.map(drop)
}

/// Takes out a lead whose attempt is over.
///
/// # Errors
/// Where the database does not answer.
pub async fn done(tx: Within<'_>, lead: i64, attempt: i64) -> Result<(), StoreError> {
    const DONE: Sql =
        Sql::same("DELETE FROM hopper WHERE tenant_id = $1 AND lead_id = $2 AND attempt_id = $3");
    tx.execute(DONE, args![lead, attempt]).await.map(drop)
}

/// Empties the hopper of a campaign's ready leads; how many there were.
///
/// # Errors
/// Where the database does not answer.
pub async fn empty(db: Within<'_>, campaign: i64) -> Result<u64, StoreError> {
    const EMPTY: Sql = Sql {
        sqlite: "DELETE FROM hopper INDEXED BY hopper_next WHERE tenant_id = $1 AND campaign_id = $2 AND state = 'ready'",
        postgres: "DELETE FROM hopper WHERE tenant_id = $1 AND campaign_id = $2 AND state = 'ready'",
    };
    db.execute(EMPTY, args![campaign]).await
}

/// Leads whose lease is over, of all tenants, ready ones and such as are being tried.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct StaleRow {
    pub tenant_id: i64,
    pub campaign_id: i64,
    pub lead_id: i64,
    pub state: String,
    pub attempt_id: Option<i64>,
}

/// Leads whose lease is over.
///
/// # Errors
/// Where the database does not answer.
pub async fn stale(db: &Db, now: Millis, limit: i64) -> Result<Vec<StaleRow>, StoreError> {
    const STALE: Sql = Sql {
        sqlite: "SELECT tenant_id, campaign_id, lead_id, state, attempt_id FROM hopper INDEXED BY hopper_lease WHERE leased_until <= $1
                 ORDER BY leased_until LIMIT $2",
        postgres: "SELECT tenant_id, campaign_id, lead_id, state, attempt_id FROM hopper WHERE leased_until <= $1 ORDER BY leased_until LIMIT $2",
    };
    db.fetch_all(STALE, args![now, limit]).await
}

/// How many leads of a campaign are in the hopper, by channel, lane and state.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct DepthRow {
    pub campaign_id: i64,
    pub state: String,
    pub channel: String,
    pub lane: i64,
    pub n: i64,
    pub oldest_at: i64,
}

/// What is in the hopper; with `campaign` only of that.
///
/// # Errors
/// Where the database does not answer.
pub async fn depth(db: Within<'_>, campaign: Option<i64>) -> Result<Vec<DepthRow>, StoreError> {
    macro_rules! depth {
        ($of:literal) => {
            by_index!(
                "hopper_next",
                "SELECT ",
                "campaign_id, state, channel, lane, COUNT(*) AS n, MIN(ready_at) AS oldest_at FROM hopper",
                concat!("WHERE tenant_id = $1 ", $of, " GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4")
            )
        };
    }
    const ALL: Sql = depth!("");
    const OF: Sql = depth!("AND campaign_id = $2");
    match campaign {
        None => db.fetch_all(ALL, args![]).await,
        Some(campaign) => db.fetch_all(OF, args![campaign]).await,
    }
}
