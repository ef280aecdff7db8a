//! Leads of campaigns: who is in one, and when each is looked at next.

use super::super::db::{Sql, StoreError, Within, by_index, list};
use crate::args;
use crate::clock::Millis;
use serde::Serialize;
use sqlx::FromRow;

/// A lead of a campaign.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct MemberRow {
    pub lead_id: i64,
    pub step: i64,
    pub tries: i64,
    pub lane: i64,
    pub next_at: Option<i64>,
    pub gate: Option<String>,
    pub stirred: i64,
}

/// Takes leads into a campaign, to be looked at at once; how many were not in it. Leads that are not the tenant's are passed over.
///
/// # Errors
/// Where the database does not answer.
pub async fn add(db: Within<'_>, campaign: i64, leads: &[i64], now: Millis) -> Result<u64, StoreError> {
    const ADD: Sql = Sql {
        sqlite: "INSERT INTO campaign_members (tenant_id, campaign_id, lead_id, next_at, added_at)
                 SELECT l.tenant_id, $2, l.id, 0, $4 FROM json_each($3) w CROSS JOIN leads l
                 WHERE l.tenant_id = $1 AND l.id = w.value ON CONFLICT DO NOTHING",
        postgres: "INSERT INTO campaign_members (tenant_id, campaign_id, lead_id, next_at, added_at)
                   SELECT l.tenant_id, $2, l.id, 0, $4 FROM leads l
                   WHERE l.tenant_id = $1 AND l.id = ANY (ARRAY(SELECT CAST(json_array_elements_text($3::json) AS BIGINT)))
                   ON CONFLICT DO NOTHING",
    };
    db.execute(ADD, args![campaign, list(leads), now]).await
}

/// Takes a lead out of a campaign; `false`: it is not in it.
///
/// # Errors
/// Where the database does not answer.
pub async fn remove(db: Within<'_>, campaign: i64, lead: i64) -> Result<bool, StoreError> {
    const REMOVE: Sql =
        Sql::same("DELETE FROM campaign_members WHERE tenant_id = $1 AND campaign_id = $2 AND lead_id = $3");
    Ok(db.execute(REMOVE, args![campaign, lead]).await? == 1)
}

/// Campaigns that one lead is in and another is not.
///
/// # Errors
/// Where the database does not answer.
pub async fn without(db: Within<'_>, lead: i64, other: i64) -> Result<Vec<i64>, StoreError> {
    const WITHOUT: Sql = by_index!(
        "campaign_members_lead",
        "SELECT ",
        "campaign_id AS id FROM campaign_members",
        "WHERE tenant_id = $1 AND lead_id = $2 AND campaign_id NOT IN (
           SELECT campaign_id FROM campaign_members WHERE tenant_id = $1 AND lead_id = $3) ORDER BY campaign_id"
    );
    let rows: Vec<Id> = db.fetch_all(WITHOUT, args![lead, other]).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Takes a lead into all campaigns that another is in, to be looked at at once. It counts as tried as far, and as often, as the one of them
/// that was tried more.
///
/// # Errors
/// Where the database does not answer.
pub async fn follow(db: Within<'_>, lead: i64, other: i64, now: Millis) -> Result<(), StoreError> {
    const FOLLOW: Sql = Sql::same(
        "INSERT INTO campaign_members (tenant_id, campaign_id, lead_id, step, tries, next_at, added_at)
         SELECT tenant_id, campaign_id, CAST($2 AS BIGINT), step, tries, 0, CAST($4 AS BIGINT) FROM campaign_members
         WHERE tenant_id = $1 AND lead_id = $3 ORDER BY campaign_id
         ON CONFLICT (tenant_id, campaign_id, lead_id) DO UPDATE SET step = excluded.step, tries = excluded.tries, next_at = 0,
           stirred = campaign_members.stirred + 1
         WHERE (excluded.step, excluded.tries) > (campaign_members.step, campaign_members.tries)",
    );
    db.execute(FOLLOW, args![lead, other, now]).await.map(drop)
}

#[derive(FromRow)]
struct Id {
    id: i64,
}

macro_rules! members {
    ($rest:literal) => {
        concat!(
            "SELECT ",
            "m.lead_id, m.step, m.tries, m.lane, m.next_at, m.gate, m.stirred FROM campaign_members m ",
            $rest
        )
    };
}

/// Leads that are to be looked at now, of one lane, those that wait the longest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn due(
    db: Within<'_>,
    campaign: i64,
    lane: i64,
    now: Millis,
    limit: i64,
) -> Result<Vec<MemberRow>, StoreError> {
    const DUE: Sql = Sql {
        sqlite: members!(
            "INDEXED BY campaign_members_next WHERE m.tenant_id = $1 AND m.campaign_id = $2 AND m.lane = $3 AND m.next_at <= $4
             ORDER BY m.next_at, m.lead_id LIMIT $5"
        ),
        postgres: members!(
            "WHERE m.tenant_id = $1 AND m.campaign_id = $2 AND m.lane = $3 AND m.next_at <= $4 ORDER BY m.next_at, m.lead_id LIMIT $5"
        ),
    };
    db.fetch_all(DUE, args![campaign, lane, now, limit]).await
}

/// Leads of a campaign behind one, in the order of their ids.
///
/// # Errors
/// Where the database does not answer.
pub async fn page(
    db: Within<'_>,
    campaign: i64,
    after: i64,
    limit: i64,
) -> Result<Vec<MemberRow>, StoreError> {
    const PAGE: Sql = Sql::same(members!(
        "WHERE m.tenant_id = $1 AND m.campaign_id = $2 AND m.lead_id > $3 ORDER BY m.lead_id LIMIT $4"
    ));
    db.fetch_all(PAGE, args![campaign, after, limit]).await
}

/// These leads of a campaign.
///
/// # Errors
/// Where the database does not answer.
pub async fn of(db: Within<'_>, campaign: i64, leads: &[i64]) -> Result<Vec<MemberRow>, StoreError> {
    const OF: Sql = Sql {
        sqlite: members!(
            "WHERE m.tenant_id = $1 AND m.campaign_id = $2 AND m.lead_id IN (SELECT value FROM json_each($3)) ORDER BY m.lead_id"
        ),
        // One by one, as in [`wait`].
        postgres: concat!(
            "SELECT ",
            "m.* FROM (SELECT CAST(json_array_elements_text($3::json) AS BIGINT) AS value) w CROSS JOIN LATERAL (",
            members!("WHERE m.tenant_id = $1 AND m.campaign_id = $2 AND m.lead_id = w.value OFFSET 0"),
            ") m ORDER BY m.lead_id"
        ),
    };
    db.fetch_all(OF, args![campaign, list(leads)]).await
}

/// Campaigns that a lead is in.
///
/// # Errors
/// Where the database does not answer.
pub async fn campaigns_of(db: Within<'_>, lead: i64) -> Result<Vec<i64>, StoreError> {
    const CAMPAIGNS: Sql = Sql {
        sqlite: "SELECT campaign_id AS id FROM campaign_members INDEXED BY campaign_members_lead
                 WHERE tenant_id = $1 AND lead_id = $2 ORDER BY campaign_id DESC LIMIT 100",
        postgres: "SELECT campaign_id AS id FROM campaign_members WHERE tenant_id = $1 AND lead_id = $2 ORDER BY campaign_id DESC LIMIT 100",
    };
    let rows: Vec<Id> = db.fetch_all(CAMPAIGNS, args![lead]).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// When a lead is to be looked at next, and what it waits for until then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Wait {
    /// The lead.
    pub lead_id: i64,
    /// Its lane.
    pub lane: i64,
    /// When; `None`: once something changes.
    pub next_at: Option<i64>,
    /// What for; `None`: it may be tried.
    pub gate: Option<&'static str>,
    /// How it was stirred when it was looked at: where it is not so any more, nothing is written.
    pub stirred: i64,
}

/// Writes down when leads are looked at next.
///
/// # Errors
/// Where the database does not answer.
pub async fn wait(db: Within<'_>, campaign: i64, waits: &[Wait]) -> Result<(), StoreError> {
    const WAIT: Sql = Sql {
        // The tenant is made to depend on the list: else SQLite goes through all members, and through the list for each.
        sqlite: "UPDATE campaign_members SET lane = r.value ->> 'lane', next_at = r.value ->> 'next_at', gate = r.value ->> 'gate'
                 FROM json_each($3) AS r WHERE campaign_members.tenant_id = $1 + 0 * r.key AND campaign_members.campaign_id = $2
                   AND campaign_members.lead_id = r.value ->> 'lead_id'
                   AND campaign_members.stirred = r.value ->> 'stirred'",
        // One row after the other by the key, locked in that order: a campaign that just came to a hundred thousand leads is one of a few
        // to PostgreSQL, which would read all of them for each page.
        postgres: "UPDATE campaign_members m SET lane = r.lane, next_at = r.next_at, gate = r.gate
                   FROM (SELECT * FROM json_to_recordset($3::json) AS j(lead_id BIGINT, lane BIGINT, next_at BIGINT, gate TEXT, stirred BIGINT)
                         ORDER BY lead_id) j
                   CROSS JOIN LATERAL (SELECT k.tenant_id, k.campaign_id, k.lead_id, j.lane, j.next_at, j.gate FROM campaign_members k
                         WHERE k.tenant_id = $1 AND k.campaign_id = $2 AND k.lead_id = j.lead_id AND k.stirred = j.stirred FOR UPDATE) r
                   WHERE m.tenant_id = r.tenant_id AND m.campaign_id = r.campaign_id AND m.lead_id = r.lead_id",
    };
    if waits.is_empty() {
        return Ok(());
    }
    db.execute(WAIT, args![campaign, list(waits)]).await.map(drop)
}

/// Writes down by which step a lead was tried, and how often by that one.
///
/// # Errors
/// Where the database does not answer.
pub async fn tried(db: Within<'_>, campaign: i64, lead: i64, step: i64) -> Result<(), StoreError> {
    const TRIED: Sql = Sql::same(
        "UPDATE campaign_members SET tries = CASE WHEN step = $4 THEN tries + 1 ELSE 1 END, step = $4, next_at = 0, stirred = stirred + 1
         WHERE tenant_id = $1 AND campaign_id = $2 AND lead_id = $3",
    );
    db.execute(TRIED, args![campaign, lead, step]).await.map(drop)
}

/// Lets a lead of a campaign be looked at again at that instant.
///
/// # Errors
/// Where the database does not answer.
pub async fn again(db: Within<'_>, campaign: i64, lead: i64, at: Millis) -> Result<(), StoreError> {
    const AGAIN: Sql = Sql::same(
        "UPDATE campaign_members SET next_at = $4, stirred = stirred + 1 WHERE tenant_id = $1 AND campaign_id = $2 AND lead_id = $3",
    );
    db.execute(AGAIN, args![campaign, lead, at]).await.map(drop)
}

/// Lets all campaigns of these leads count their attempts anew.
///
/// # Errors
/// Where the database does not answer.
pub async fn reset(db: Within<'_>, leads: &[i64]) -> Result<(), StoreError> {
    const RESET: Sql = Sql {
        sqlite: "UPDATE campaign_members SET step = 0, tries = 0, next_at = 0, stirred = stirred + 1 FROM json_each($2) AS r
                 WHERE campaign_members.tenant_id = $1 + 0 * r.key AND campaign_members.lead_id = r.value",
        postgres: "UPDATE campaign_members SET step = 0, tries = 0, next_at = 0, stirred = stirred + 1
                   WHERE tenant_id = $1 AND lead_id = ANY (ARRAY(SELECT CAST(json_array_elements_text($2::json) AS BIGINT)))",
    };
    db.execute(RESET, args![list(leads)]).await.map(drop)
}

/// How many leads a campaign has.
///
/// # Errors
/// Where the database does not answer.
pub async fn count(db: Within<'_>, campaign: i64) -> Result<i64, StoreError> {
    #[derive(FromRow)]
    struct Count {
        n: i64,
    }
    const COUNT: Sql =
        Sql::same("SELECT COUNT(*) AS n FROM campaign_members WHERE tenant_id = $1 AND campaign_id = $2");
    let row: Option<Count> = db.fetch_optional(COUNT, args![campaign]).await?;
    Ok(row.map_or(0, |row| row.n))
}
