//! What leads say of the attempts to reach them, and what the ledger says.

use super::super::db::{Sql, StoreError, Within, each_of, list};
use crate::args;
use crate::clock::Millis;
use crate::domain::outreach::{Came, Ledger, Tracked};
use serde::Serialize;
use sqlx::FromRow;
use std::collections::HashMap;

/// What a lead says of its attempts.
#[derive(Clone, Debug, FromRow, Serialize)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct TrackedRow {
    pub id: i64,
    pub version: i64,
    pub status: String,
    #[serde(skip)]
    pub is_active: bool,
    #[serde(skip)]
    pub merged_into: Option<i64>,
    pub dial_status: Option<String>,
    pub last_status_change: Option<i64>,
    pub dial_result: Option<String>,
    pub last_dial_attempt: Option<i64>,
    pub dial_attempts: i64,
    pub answered_count: i64,
    pub tries: i64,
}

impl TrackedRow {
    /// The same, as the ledger is compared with it.
    pub fn tracked(&self) -> Tracked {
        Tracked {
            status: self.dial_status.clone(),
            status_at: self.last_status_change,
            result: self.dial_result.clone(),
            last_at: self.last_dial_attempt,
            attempts: self.dial_attempts,
            answered: self.answered_count,
        }
    }

    /// The same lead, saying this.
    pub fn saying(&self, said: Tracked) -> TrackedRow {
        TrackedRow {
            dial_status: said.status,
            last_status_change: said.status_at,
            dial_result: said.result,
            last_dial_attempt: said.last_at,
            dial_attempts: said.attempts,
            answered_count: said.answered,
            ..self.clone()
        }
    }
}

macro_rules! tracked {
    ($rest:literal) => {
        concat!(
            "SELECT ",
            "l.id, l.version, l.status, l.is_active, l.merged_into, l.dial_status, l.last_status_change, l.dial_result,
               l.last_dial_attempt, l.dial_attempts, l.answered_count, l.tries FROM leads l ",
            $rest
        )
    };
}

/// Leads behind an id, in the order of their ids; with `campaign` those that it has or has tried.
///
/// # Errors
/// Where the database does not answer.
pub async fn page(
    db: Within<'_>,
    campaign: Option<i64>,
    after: i64,
    limit: i64,
) -> Result<Vec<TrackedRow>, StoreError> {
    const ALL: Sql = Sql::same(tracked!("WHERE l.tenant_id = $1 AND l.id > $2 ORDER BY l.id LIMIT $3"));
    const OF: Sql = Sql::same(tracked!(
        "WHERE l.tenant_id = $1 AND l.id IN (SELECT lead_id FROM (
           SELECT * FROM (SELECT a.lead_id FROM outreach_attempts a WHERE a.tenant_id = $1 AND a.campaign_id = $4
             AND a.lead_id > $2 GROUP BY a.lead_id ORDER BY a.lead_id LIMIT $3) tried
           UNION SELECT * FROM (SELECT m.lead_id FROM campaign_members m WHERE m.tenant_id = $1 AND m.campaign_id = $4
             AND m.lead_id > $2 ORDER BY m.lead_id LIMIT $3) has) either ORDER BY lead_id LIMIT $3) ORDER BY l.id"
    ));
    match campaign {
        None => db.fetch_all(ALL, args![after, limit]).await,
        Some(campaign) => db.fetch_all(OF, args![after, limit, campaign]).await,
    }
}

/// These leads, which nobody else changes until the transaction ends; in the order of their ids.
///
/// # Errors
/// Where the database does not answer.
pub async fn lock(tx: Within<'_>, leads: &[i64]) -> Result<Vec<TrackedRow>, StoreError> {
    const LOCK: Sql = Sql {
        sqlite: tracked!(
            "WHERE l.tenant_id = $1 AND l.id IN (SELECT value FROM json_each($2)) ORDER BY l.id"
        ),
        postgres: tracked!(
            "WHERE l.tenant_id = $1 AND l.id = ANY (ARRAY(SELECT CAST(json_array_elements_text($2::json) AS BIGINT))) ORDER BY l.id FOR UPDATE"
        ),
    };
    tx.fetch_all(LOCK, args![list(leads)]).await
}

/// Ids of leads that stand so (`None`: that say nothing) and may be tried again as far as their lives go; at most `limit`.
///
/// # Errors
/// Where the database does not answer.
pub async fn standing_so(
    db: Within<'_>,
    dial_status: Option<&str>,
    limit: i64,
) -> Result<Vec<i64>, StoreError> {
    macro_rules! open {
        ($leads:literal, $stands:literal) => {
            concat!(
                "SELECT ",
                "l.id FROM leads ",
                $leads,
                " WHERE l.tenant_id = $1 AND ",
                $stands,
                " AND (l.dial_status IS NULL OR l.dial_status <> 'new') AND l.status NOT IN ('CONVERTED', 'CLOSED_LOST') AND l.is_active
                  AND l.merged_into IS NULL LIMIT $2"
            )
        };
    }
    const NOTHING: Sql = Sql {
        sqlite: open!("l INDEXED BY leads_dialled", "l.dial_status IS NULL"),
        postgres: open!("l", "l.dial_status IS NULL"),
    };
    const SO: Sql = Sql {
        sqlite: open!("l INDEXED BY leads_dialled", "l.dial_status = $3"),
        postgres: open!("l", "l.dial_status = $3"),
    };
    #[derive(FromRow)]
    struct Id {
        id: i64,
    }
    let rows: Vec<Id> = match dial_status {
        None => db.fetch_all(NOTHING, args![limit]).await,
        Some(status) => db.fetch_all(SO, args![limit, status]).await,
    }?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// What the ledger says of these leads. Those of which it says nothing are not there.
///
/// # Errors
/// Where the database does not answer, or a row holds what nobody writes.
pub async fn ledger(db: Within<'_>, leads: &[i64]) -> Result<HashMap<i64, Ledger>, StoreError> {
    const FINISHED: Sql = each_of!(
        ids,
        "a.lead_id, a.began_at, a.ended_at, a.came",
        "outreach_attempts" "a",
        " INDEXED BY outreach_attempts_lead",
        "lead_id",
        "",
        "AND a.ended_at IS NOT NULL AND a.came <> 'cancelled' ORDER BY a.lead_id, a.began_at, a.id"
    );
    #[derive(FromRow)]
    struct Row {
        lead_id: i64,
        began_at: i64,
        ended_at: i64,
        came: String,
    }
    let rows: Vec<Row> = db.fetch_all(FINISHED, args![list(leads)]).await?;
    let mut all: HashMap<i64, Ledger> = HashMap::new();
    for row in rows {
        let unknown =
            || StoreError::Corrupt { column: "outreach_attempts.came", source: row.came.clone().into() };
        let came = Came::parse(&row.came).ok_or_else(unknown)?;
        all.entry(row.lead_id).or_default().count(row.began_at, row.ended_at, came);
    }
    Ok(all)
}

/// Writes down when a lead that this transaction has locked wants to be called.
///
/// # Errors
/// Where the database does not answer.
pub async fn agree(tx: Within<'_>, lead: i64, at: Millis) -> Result<(), StoreError> {
    const AGREE: Sql = Sql::same("UPDATE leads SET callback_at = $3 WHERE tenant_id = $1 AND id = $2");
    tx.execute(AGREE, args![lead, at]).await.map(drop)
}

/// A lead that is to say otherwise, and the entry of the audit log that says so.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    /// The lead as it is to be.
    #[serde(flatten)]
    pub lead: TrackedRow,
    /// The entry's id.
    pub entry: i64,
    /// Its facts, JSON.
    pub detail: String,
}

/// Lets leads that this transaction has locked say otherwise, as their next versions; each with its entry in the audit log.
///
/// # Errors
/// Where the database does not answer.
pub async fn change(
    mut tx: Within<'_>,
    changes: &[Change],
    (event, user_id, program): (&str, Option<i64>, &str),
    now: Millis,
) -> Result<(), StoreError> {
    const UPDATE: Sql = Sql {
        // The tenant is made to depend on the list: else SQLite goes through all of the tenant's leads, and through the list for each.
        sqlite: "UPDATE leads SET dial_status = r.value ->> 'dial_status', last_status_change = r.value ->> 'last_status_change',
                   dial_result = r.value ->> 'dial_result', last_dial_attempt = r.value ->> 'last_dial_attempt',
                   dial_attempts = r.value ->> 'dial_attempts', answered_count = r.value ->> 'answered_count', tries = r.value ->> 'tries',
                   version = version + 1, updated_by = $3, updated_at = $4
                 FROM json_each($2) AS r WHERE leads.tenant_id = $1 + 0 * r.key AND leads.id = r.value ->> 'id'",
        postgres: "UPDATE leads SET dial_status = r.dial_status, last_status_change = r.last_status_change, dial_result = r.dial_result,
                     last_dial_attempt = r.last_dial_attempt, dial_attempts = r.dial_attempts, answered_count = r.answered_count,
                     tries = r.tries, version = version + 1, updated_by = $3, updated_at = $4
                   FROM json_to_recordset($2::json) AS r(id BIGINT, dial_status TEXT, last_status_change BIGINT, dial_result TEXT,
                     last_dial_attempt BIGINT, dial_attempts BIGINT, answered_count BIGINT, tries BIGINT)
                   WHERE leads.tenant_id = $1 AND leads.id = r.id",
    };
    const AUDIT: Sql = Sql {
        sqlite: "INSERT INTO audit_log (tenant_id, id, lead_id, version, event, from_status, to_status, detail, user_id, program, created_at)
                 SELECT l.tenant_id, r.value ->> 'entry', l.id, l.version, $3, l.status, l.status, r.value ->> 'detail', $4, $5, $6
                 FROM json_each($2) AS r CROSS JOIN leads l ON l.tenant_id = $1 AND l.id = r.value ->> 'id'",
        postgres: "INSERT INTO audit_log (tenant_id, id, lead_id, version, event, from_status, to_status, detail, user_id, program, created_at)
                   SELECT l.tenant_id, r.entry, l.id, l.version, $3, l.status, l.status, r.detail, $4, $5, $6
                   FROM json_to_recordset($2::json) AS r(id BIGINT, entry BIGINT, detail TEXT)
                   JOIN leads l ON l.tenant_id = $1 AND l.id = r.id",
    };
    let rows = serde_json::to_string(changes).expect("plain values always serialise");
    tx.again().execute(UPDATE, args![&rows, user_id, now]).await?;
    tx.execute(AUDIT, args![rows, event, user_id, program, now]).await.map(drop)
}
