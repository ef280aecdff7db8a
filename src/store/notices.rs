//! What people are told: written by turns and alerts, taken by the jobs that tell it, several at once.

use super::db::{Db, Exec, Sql, StoreError, Tx, by_index};
use crate::args;
use crate::clock::{DAY, Millis};
use sqlx::FromRow;

/// Something to tell.
#[derive(Clone, Debug, FromRow)]
pub struct Waiting {
    /// Its id.
    pub id: i64,
    /// The lead it is about; 0: none.
    pub lead_id: i64,
    /// What it says, JSON.
    pub content: String,
    /// Which list in the row of those that are told of the lead, from 0.
    pub level: i64,
}

/// Takes what waits for a list, for one message of a job that was written with a notice: at most so many, first what the job has
/// already, because all of that is settled with it, then its own notice, because no other job need come for that, then the oldest.
///
/// `alone`: only what it has already, because that may have been told.
///
/// # Errors
/// Where the database does not answer.
pub async fn take(
    db: &Db,
    tenant_id: i64,
    list: &str,
    (job, own): (i64, i64),
    (most, alone): (i64, bool),
) -> Result<Vec<Waiting>, StoreError> {
    const TAKE: Sql = {
        macro_rules! take {
            ($index:literal, $lock:literal) => {
                concat!(
                    // Not in an IN: PostgreSQL may run that for each row, and then it takes more than so many.
                    "WITH next AS (SELECT id AS next_id FROM notices ",
                    $index,
                    " WHERE tenant_id = $1 AND list = $2 AND state = 'waiting'
                         AND (bulletin = $3 OR (bulletin IS NULL AND NOT $5)) ORDER BY bulletin IS NULL, id <> $6, id LIMIT $4 ",
                    $lock,
                    ") UPDATE notices SET bulletin = $3 FROM next WHERE tenant_id = $1 AND id = next_id AND state = 'waiting'
                       RETURNING id, lead_id, content, level"
                )
            };
        }
        Sql { sqlite: take!("INDEXED BY notices_waiting", ""), postgres: take!("", "FOR UPDATE SKIP LOCKED") }
    };
    let mut taken: Vec<Waiting> = db.change_all(TAKE, args![tenant_id, list, job, most, alone, own]).await?;
    taken.sort_by_key(|waiting| waiting.id);
    Ok(taken)
}

/// Settles what waits for a list because nobody had claimed a lead, where somebody has by now.
///
/// # Errors
/// Where the database does not answer.
pub async fn settle_claimed(db: &Db, tenant_id: i64, list: &str) -> Result<u64, StoreError> {
    const SETTLE: Sql = by_index!(
        "notices_waiting",
        "UPDATE ",
        "notices",
        "SET state = 'settled' WHERE tenant_id = $1 AND list = $2 AND state = 'waiting' AND level > 0
           AND bulletin IS NULL AND EXISTS (SELECT 1 FROM leads l LEFT JOIN leads k ON k.tenant_id = l.tenant_id AND k.id = l.merged_into
             WHERE l.tenant_id = notices.tenant_id AND l.id = notices.lead_id AND COALESCE(k.claimed_at, l.claimed_at) >= notices.created_at)"
    );
    db.execute(SETTLE, args![tenant_id, list]).await
}

#[derive(FromRow)]
struct State {
    state: String,
    bulletin: Option<i64>,
    has_others: bool,
}

/// How a notice stands to the job that was written with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It was told, or need not be.
    Settled,
    /// It is to be told, or others are that this job has taken.
    Waiting,
    /// It is in the message of another job, which has not settled it yet.
    Elsewhere,
}

/// How a notice stands to this job.
///
/// # Errors
/// Where the database does not answer.
pub async fn standing(
    db: &Db,
    tenant_id: i64,
    (id, list): (i64, &str),
    job: i64,
) -> Result<Standing, StoreError> {
    const STATE: Sql = by_index!(
        "notices_waiting",
        "SELECT ",
        "state, bulletin, EXISTS (SELECT 1 FROM notices o",
        "WHERE o.tenant_id = $1 AND o.list = $3 AND o.state = 'waiting' AND o.bulletin = $4) AS has_others
         FROM notices WHERE tenant_id = $1 AND id = $2"
    );
    let rows: Vec<State> = db.ask_all(STATE, args![tenant_id, id, list, job]).await?;
    Ok(match rows.first() {
        Some(row) if row.has_others => Standing::Waiting,
        Some(row) if row.state == "waiting" && row.bulletin.is_some_and(|other| other != job) => {
            Standing::Elsewhere
        }
        Some(row) if row.state == "waiting" => Standing::Waiting,
        _ => Standing::Settled,
    })
}

/// Writes down what became of a message: `sent` or `failed`.
///
/// # Errors
/// Where the database does not answer.
pub async fn settle(
    db: &Db,
    tenant_id: i64,
    (list, job): (&str, i64),
    state: &str,
    error: Option<&str>,
    now: Millis,
) -> Result<u64, StoreError> {
    const SETTLE: Sql = by_index!(
        "notices_waiting",
        "UPDATE ",
        "notices",
        "SET state = $3, last_error = $4, sent_at = CASE WHEN $3 = 'sent' THEN CAST($5 AS BIGINT) END
         WHERE tenant_id = $1 AND bulletin = $2 AND state = 'waiting' AND list = $6"
    );
    let error = error.map(str::to_owned);
    db.execute(SETTLE, args![tenant_id, job, state, error, now, list]).await
}

/// Something new to tell, with the job that tells it.
#[derive(Clone, Debug)]
pub struct New<'a> {
    /// The notice's id.
    pub id: i64,
    /// The job's id.
    pub job_id: i64,
    /// The list.
    pub list: &'a str,
    /// What happened.
    pub event: &'a str,
    /// The lead; 0: none.
    pub lead_id: i64,
    /// The conversation; 0: none.
    pub conversation_id: i64,
    /// What it says, JSON.
    pub content: &'a str,
    /// Which list in the row of those that are told.
    pub level: i64,
    /// When it is told.
    pub at: Millis,
}

/// Writes a notice and its job; `false`: a notice of this id is there already, and nothing happened.
///
/// # Errors
/// Where the database does not answer; then nothing happened.
pub async fn tell(tx: &mut Tx, tenant_id: i64, new: &New<'_>, now: Millis) -> Result<bool, StoreError> {
    const NOTICE: Sql = Sql::same(
        "INSERT INTO notices (tenant_id, id, list, event, lead_id, person_id, conversation_id, content, level, state, created_at)
         VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8, 'waiting', $9) ON CONFLICT DO NOTHING",
    );
    let New { id, job_id, list, event, lead_id, conversation_id, content, level, at } = new;
    let args = args![tenant_id, *id, *list, *event, *lead_id, *conversation_id, *content, *level, now];
    if tx.execute(NOTICE, args).await? == 0 {
        return Ok(false);
    }
    job(tx, tenant_id, (*job_id, "notice"), (*id, list), *conversation_id, (*at, now)).await?;
    Ok(true)
}

/// Writes a job about a notice: `notice` tells it, `escalation` looks whether somebody claimed its lead.
///
/// # Errors
/// Where the database does not answer.
pub async fn job(
    tx: &mut Tx,
    tenant_id: i64,
    (id, kind): (i64, &str),
    (notice, list): (i64, &str),
    conversation_id: i64,
    (at, now): (Millis, Millis),
) -> Result<(), StoreError> {
    const JOB: Sql = Sql::same(
        "INSERT INTO outbox (tenant_id, id, kind, account_id, place, recipient, payload, person_id, channel, conversation_id, seq,
           part, parts, confirms, state, attempts, run_at, wanted_at, created_at)
         VALUES ($1, $2, $3, 0, $2, $4, $5, 0, '', $6, 0, 0, 1, FALSE, 'waiting', 0, $7, $7, $8)",
    );
    let payload = serde_json::json!({"notice": notice}).to_string();
    tx.execute(JOB, args![tenant_id, id, kind, list, payload, conversation_id, at, now]).await.map(drop)
}

/// A notice whose lead may be claimed.
#[derive(Clone, Debug, FromRow)]
pub struct Told {
    /// The list it was told to.
    pub list: String,
    /// What happened.
    pub event: String,
    /// The lead.
    pub lead_id: i64,
    /// The conversation.
    pub conversation_id: i64,
    /// What it said, JSON.
    pub content: String,
    /// Which list in the row of those that are told.
    pub level: i64,
    /// When somebody claimed the lead.
    pub claimed_at: Option<i64>,
}

/// A notice with when its lead, or the one it was merged into, was claimed; `None`: it is gone.
///
/// # Errors
/// Where the database does not answer.
pub async fn find(db: &Db, tenant_id: i64, id: i64) -> Result<Option<Told>, StoreError> {
    const FIND: Sql = Sql::same(
        "SELECT n.list, n.event, n.lead_id, n.conversation_id, n.content, n.level, COALESCE(k.claimed_at, l.claimed_at) AS claimed_at
         FROM notices n LEFT JOIN leads l ON l.tenant_id = n.tenant_id AND l.id = n.lead_id
         LEFT JOIN leads k ON k.tenant_id = l.tenant_id AND k.id = l.merged_into
         WHERE n.tenant_id = $1 AND n.id = $2 AND l.erased_at IS NULL",
    );
    db.fetch_optional(FIND, args![tenant_id, id]).await
}

/// A lead that can be claimed.
#[derive(Clone, Debug, FromRow)]
pub struct Claimable {
    /// Its name.
    pub name: Option<String>,
    /// The name the provider shows.
    pub sender_name: Option<String>,
    /// Its phone number.
    pub phone: Option<String>,
    /// Its e-mail address.
    pub email: Option<String>,
    /// Its score.
    pub score: i64,
    /// Its class.
    pub class: String,
    /// What it said last.
    pub last_message: Option<String>,
    /// Where it came from.
    pub source: Option<String>,
    /// How.
    pub channel: String,
    /// Who claimed it.
    pub claimed_by: Option<String>,
    /// When.
    pub claimed_at: Option<i64>,
}

/// Whoever follows a link of a lead that was merged into another means that one.
macro_rules! meant {
    () => {
        "id = COALESCE((SELECT merged_into FROM leads WHERE tenant_id = $1 AND id = $2), $2)"
    };
}

/// A lead as its claim page shows it; `None`: it is gone.
///
/// # Errors
/// Where the database does not answer.
pub async fn claimable(db: &Db, tenant_id: i64, lead_id: i64) -> Result<Option<Claimable>, StoreError> {
    const LEAD: Sql = Sql::same(concat!(
        "SELECT name, sender_name, phone, email, score, class, last_message, source, channel, claimed_by, claimed_at FROM leads
         WHERE tenant_id = $1 AND ",
        meant!()
    ));
    db.fetch_optional(LEAD, args![tenant_id, lead_id]).await
}

/// How long a claim holds: whoever comes back after that is somebody new to work for.
pub const CLAIM_HOLDS: Millis = 30 * DAY;

/// Whether a claim of that time still holds.
pub fn is_claimed(claimed_at: Option<Millis>, now: Millis) -> bool {
    claimed_at.is_some_and(|at| at > now - CLAIM_HOLDS)
}

/// Claims a lead that nobody has; `false`: somebody has.
///
/// # Errors
/// Where the database does not answer.
pub async fn claim(db: &Db, tenant_id: i64, lead_id: i64, by: &str, now: Millis) -> Result<bool, StoreError> {
    const CLAIM: Sql = Sql::same(concat!(
        "UPDATE leads SET claimed_by = $3, claimed_at = $4 WHERE tenant_id = $1 AND (claimed_at IS NULL OR claimed_at <= $5)
           AND erased_at IS NULL AND ",
        meant!()
    ));
    Ok(db.execute(CLAIM, args![tenant_id, lead_id, by, now, now - CLAIM_HOLDS]).await? == 1)
}

/// Forgets notices that were settled before then, at most so many; how many were.
///
/// # Errors
/// Where the database does not answer.
pub async fn forget(db: &Db, tenant_id: i64, before: Millis, most: i64) -> Result<u64, StoreError> {
    const FORGET: Sql = Sql::same(
        "DELETE FROM notices WHERE tenant_id = $1 AND id IN (SELECT id FROM notices WHERE tenant_id = $1 AND id < $2
           AND state <> 'waiting' ORDER BY id LIMIT $3)",
    );
    db.execute(FORGET, args![tenant_id, crate::ids::first_at(before), most]).await
}
