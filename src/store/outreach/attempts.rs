//! The ledger of attempts, as it is written: an attempt begins with its job in the outbox, and ends with what its lead says of it.

use super::super::db::{Sql, StoreError, Within, list};
use crate::args;
use crate::clock::{HOUR, Millis};
use crate::domain::outreach::Came;
use serde::Serialize;
use sqlx::FromRow;

/// An attempt.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromRow, Serialize)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct AttemptRow {
    pub id: i64,
    pub lead_id: i64,
    pub person_id: i64,
    pub campaign_id: Option<i64>,
    pub channel: String,
    pub address: String,
    pub dialled: Option<String>,
    pub step: i64,
    pub job_id: Option<i64>,
    pub came: Option<String>,
    pub provider_id: Option<String>,
    pub answered_by: Option<String>,
    pub conversation_id: Option<i64>,
    pub seq: Option<i64>,
    pub began_at: i64,
    pub ended_at: Option<i64>,
    pub duration_ms: Option<i64>,
}

macro_rules! attempts {
    ($rest:literal) => {
        concat!(
            "SELECT ",
            "id, lead_id, person_id, campaign_id, channel, address, dialled, step, job_id, came, provider_id, answered_by, conversation_id, seq,
               began_at, ended_at, duration_ms
             FROM outreach_attempts WHERE tenant_id = $1 AND ",
            $rest
        )
    };
}

/// Attempts that begin.
///
/// # Errors
/// Where the database does not answer.
pub async fn begin(tx: Within<'_>, rows: &[AttemptRow]) -> Result<(), StoreError> {
    const BEGIN: Sql = Sql {
        sqlite: "INSERT INTO outreach_attempts (tenant_id, id, lead_id, person_id, campaign_id, channel, address, dialled, step, job_id, began_at)
                 SELECT $1, value ->> 'id', value ->> 'lead_id', value ->> 'person_id', value ->> 'campaign_id', value ->> 'channel',
                   value ->> 'address', value ->> 'dialled', value ->> 'step', value ->> 'job_id', value ->> 'began_at' FROM json_each($2)",
        postgres: "INSERT INTO outreach_attempts (tenant_id, id, lead_id, person_id, campaign_id, channel, address, dialled, step, job_id, began_at)
                   SELECT $1, r.id, r.lead_id, r.person_id, r.campaign_id, r.channel, r.address, r.dialled, r.step, r.job_id, r.began_at
                   FROM json_to_recordset($2::json) AS r(id BIGINT, lead_id BIGINT, person_id BIGINT, campaign_id BIGINT, channel TEXT,
                     address TEXT, dialled TEXT, step BIGINT, job_id BIGINT, began_at BIGINT)",
    };
    if rows.is_empty() {
        return Ok(());
    }
    tx.execute(BEGIN, args![list(rows)]).await.map(drop)
}

/// The job of an attempt. It leaves until `unasked_until`, or not at all.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "each field is the outbox's column of its name")]
pub struct JobRow {
    pub id: i64,
    pub kind: &'static str,
    pub account_id: i64,
    pub recipient: String,
    pub payload: String,
    pub person_id: i64,
    pub channel: &'static str,
    /// The attempt.
    pub seq: i64,
    pub unasked_until: Option<i64>,
    /// When it is to leave.
    pub at: i64,
}

/// Jobs of attempts that begin.
///
/// # Errors
/// Where the database does not answer.
pub async fn begin_jobs(tx: Within<'_>, rows: &[JobRow]) -> Result<(), StoreError> {
    const JOBS: Sql = Sql {
        sqlite: "INSERT INTO outbox (tenant_id, id, kind, account_id, place, recipient, payload, person_id, channel, conversation_id, seq,
                   part, parts, unasked_until, confirms, state, attempts, run_at, wanted_at, created_at)
                 SELECT $1, value ->> 'id', value ->> 'kind', value ->> 'account_id', value ->> 'id', value ->> 'recipient', value ->> 'payload',
                   value ->> 'person_id', value ->> 'channel', 0, value ->> 'seq', 0, 1, value ->> 'unasked_until', FALSE, 'waiting', 0,
                   value ->> 'at', value ->> 'at', value ->> 'at' FROM json_each($2)",
        postgres: "INSERT INTO outbox (tenant_id, id, kind, account_id, place, recipient, payload, person_id, channel, conversation_id, seq,
                     part, parts, unasked_until, confirms, state, attempts, run_at, wanted_at, created_at)
                   SELECT $1, r.id, r.kind, r.account_id, r.id, r.recipient, r.payload, r.person_id, r.channel, 0, r.seq, 0, 1, r.unasked_until,
                     FALSE, 'waiting', 0, r.at, r.at, r.at
                   FROM json_to_recordset($2::json) AS r(id BIGINT, kind TEXT, account_id BIGINT, recipient TEXT, payload TEXT,
                     person_id BIGINT, channel TEXT, seq BIGINT, unasked_until BIGINT, at BIGINT)",
    };
    if rows.is_empty() {
        return Ok(());
    }
    tx.execute(JOBS, args![list(rows)]).await.map(drop)
}

/// An attempt.
///
/// # Errors
/// Where the database does not answer.
pub async fn find(db: Within<'_>, id: i64) -> Result<Option<AttemptRow>, StoreError> {
    const FIND: Sql = Sql::same(attempts!("id = $2"));
    db.fetch_optional(FIND, args![id]).await
}

/// The last attempts to reach a lead that began before `before`, the newest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn of_lead(
    db: Within<'_>,
    lead: i64,
    before: Millis,
    limit: i64,
) -> Result<Vec<AttemptRow>, StoreError> {
    const LIST: Sql =
        Sql::same(attempts!("lead_id = $2 AND began_at < $3 ORDER BY began_at DESC, id DESC LIMIT $4"));
    db.fetch_all(LIST, args![lead, before, limit]).await
}

/// The attempt that wrote a message.
///
/// # Errors
/// Where the database does not answer.
pub async fn by_message(
    db: Within<'_>,
    conversation_id: i64,
    seq: i64,
) -> Result<Option<AttemptRow>, StoreError> {
    const BY_MESSAGE: Sql = Sql::same(attempts!("conversation_id = $2 AND seq = $3"));
    db.fetch_optional(BY_MESSAGE, args![conversation_id, seq]).await
}

/// The lead that was tried where a conversation stands at this place: by the last message that an attempt wrote there, or by the call in
/// which it is spoken. `None`: nobody tried one, or it is another's by now, or erased.
///
/// # Errors
/// Where the database does not answer.
pub async fn lead_of(db: Within<'_>, conversation_id: i64, seq: i64) -> Result<Option<i64>, StoreError> {
    macro_rules! lead_of {
        ($messages:literal, $identities:literal, $calls:literal) => {
            concat!(
                "SELECT ",
                "l.id FROM (
                   SELECT a.lead_id, a.seq AS at FROM outreach_attempts a",
                $messages,
                " WHERE a.tenant_id = $1 AND a.conversation_id = $2 AND a.seq <= $3
                   UNION ALL
                   SELECT a.lead_id, m.seq AS at FROM messages m
                   CROSS JOIN identities i",
                $identities,
                " CROSS JOIN outreach_attempts a",
                $calls,
                " WHERE m.tenant_id = $1 AND m.conversation_id = $2 AND m.seq <= $3 AND i.tenant_id = $1 AND i.person_id = m.person_id
                     AND i.kind = 'phone' AND a.tenant_id = $1 AND a.address = i.value
                     AND substr(m.provider_id, 1, LENGTH(a.provider_id) + 1) = a.provider_id || ':') w
                 JOIN leads l ON l.tenant_id = $1 AND l.id = w.lead_id AND l.merged_into IS NULL AND l.erased_at IS NULL
                 ORDER BY w.at DESC LIMIT 1"
            )
        };
    }
    // A turn of a call is known by the call's id and a number.
    const LEAD_OF: Sql = Sql {
        sqlite: lead_of!(
            " INDEXED BY outreach_attempts_message",
            " INDEXED BY identities_person",
            " INDEXED BY outreach_attempts_address"
        ),
        postgres: lead_of!("", "", ""),
    };
    #[derive(FromRow)]
    struct Id {
        id: i64,
    }
    let row: Option<Id> = db.fetch_optional(LEAD_OF, args![conversation_id, seq]).await?;
    Ok(row.map(|row| row.id))
}

/// What is learnt of an attempt while it goes on; what is not said stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Learnt {
    /// The provider's id of it.
    pub provider_id: Option<String>,
    /// Who answered.
    pub answered_by: Option<String>,
    /// The message that was written: conversation, and its place there.
    pub message: Option<(i64, i64)>,
}

/// Writes down what is learnt of an attempt; of somebody who was erased nothing is.
///
/// # Errors
/// Where the database does not answer.
pub async fn learn(db: Within<'_>, id: i64, learnt: &Learnt) -> Result<(), StoreError> {
    // An erasure empties the address. It is asked of the row itself: whoever erases at this moment has it, and what was waited for is seen.
    const LEARN: Sql = Sql::same(
        "UPDATE outreach_attempts SET provider_id = COALESCE($3, provider_id), answered_by = COALESCE($4, answered_by),
           conversation_id = COALESCE($5, conversation_id), seq = COALESCE($6, seq)
         WHERE tenant_id = $1 AND id = $2 AND address <> ''",
    );
    let Learnt { provider_id, answered_by, message } = learnt;
    let (conversation_id, seq) = message.unzip();
    db.execute(LEARN, args![id, provider_id.clone(), answered_by.clone(), conversation_id, seq])
        .await
        .map(drop)
}

/// What an attempt wrote: the message, and how it fares as far as anybody said.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct WrittenRow {
    pub conversation_id: i64,
    pub seq: i64,
    pub status: Option<String>,
    pub error_code: Option<String>,
}

/// The message that the turn of this id wrote to a person; `None`: there was no such turn.
///
/// # Errors
/// Where the database does not answer.
pub async fn written(
    db: Within<'_>,
    person_id: i64,
    provider_id: &str,
) -> Result<Option<WrittenRow>, StoreError> {
    // What is said stands behind the note of the turn.
    const WRITTEN: Sql = Sql {
        sqlite: "SELECT o.conversation_id, o.seq, o.status, o.error_code FROM messages n INDEXED BY messages_provider
                 CROSS JOIN messages o ON o.tenant_id = n.tenant_id AND o.conversation_id = n.conversation_id AND o.seq = n.seq + 1
                 WHERE n.tenant_id = $1 AND n.person_id = $2 AND n.provider_id = $3",
        postgres: "SELECT o.conversation_id, o.seq, o.status, o.error_code FROM messages n
                   JOIN messages o ON o.tenant_id = n.tenant_id AND o.conversation_id = n.conversation_id AND o.seq = n.seq + 1
                   WHERE n.tenant_id = $1 AND n.person_id = $2 AND n.provider_id = $3",
    };
    db.fetch_optional(WRITTEN, args![person_id, provider_id]).await
}

/// The provider's ids of other attempts by this address since about `since`.
///
/// # Errors
/// Where the database does not answer.
pub async fn calls_to(
    db: Within<'_>,
    address: &str,
    but: i64,
    since: Millis,
) -> Result<Vec<String>, StoreError> {
    const CALLS: Sql = Sql::same(
        "SELECT provider_id FROM outreach_attempts WHERE tenant_id = $1 AND address = $2 AND began_at >= $3 AND id <> $4
           AND provider_id IS NOT NULL",
    );
    #[derive(FromRow)]
    struct Call {
        provider_id: String,
    }
    let rows: Vec<Call> = db.fetch_all(CALLS, args![address, since - HOUR, but]).await?;
    Ok(rows.into_iter().map(|row| row.provider_id).collect())
}

/// A message that an attempt wrote; `None`: there is none at this place.
///
/// # Errors
/// Where the database does not answer.
pub async fn wrote(db: Within<'_>, conversation_id: i64, seq: i64) -> Result<Option<WrittenRow>, StoreError> {
    const WROTE: Sql = Sql::same(
        "SELECT conversation_id, seq, status, error_code FROM messages WHERE tenant_id = $1 AND conversation_id = $2 AND seq = $3",
    );
    db.fetch_optional(WROTE, args![conversation_id, seq]).await
}

/// What came of an attempt, and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// What.
    pub came: Came,
    /// The provider's id of it, where it has one.
    pub provider_id: Option<String>,
    /// Who answered, as the provider says.
    pub answered_by: Option<String>,
    /// How long it was.
    pub duration_ms: Option<Millis>,
}

impl End {
    /// Nothing more is known of it.
    pub fn of(came: Came) -> End {
        End { came, provider_id: None, answered_by: None, duration_ms: None }
    }
}

/// Ends an attempt, or corrects what came of one that is over; `false`: there is none, or it has come to that already. What the provider
/// said before and does not say now stays; of somebody who was erased the provider's id is not written down again.
///
/// # Errors
/// Where the database does not answer.
pub async fn end(tx: Within<'_>, id: i64, end: &End, now: Millis) -> Result<bool, StoreError> {
    const END: Sql = Sql::same(
        "UPDATE outreach_attempts SET came = $3, provider_id = CASE WHEN address <> '' THEN COALESCE($4, provider_id) END,
           answered_by = COALESCE($5, answered_by), duration_ms = COALESCE($6, duration_ms), ended_at = COALESCE(ended_at, $7)
         WHERE tenant_id = $1 AND id = $2 AND (came IS NULL OR came <> $3)",
    );
    let End { came, provider_id, answered_by, duration_ms } = end;
    let args = args![id, came.as_str(), provider_id.clone(), answered_by.clone(), *duration_ms, now];
    Ok(tx.execute(END, args).await? == 1)
}
