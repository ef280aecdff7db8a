//! What a batch of turns reads and writes: one statement to load, one round trip to save.
//!
//! Every row of a batch travels in a few JSON arguments that the database expands (`json_each`, `json_to_recordset`), so the
//! cost of a turn does not depend on a driver's cost per statement. `persons.turn` is lock and comparison in one: a turn
//! is written only where the person still stands at the turn that was read, and all its other rows hang on that.

use super::db::{Db, Sql, StoreError};
use serde::Serialize;
use sqlx::FromRow;

/// Whose turn it is: where to look.
#[derive(Clone, Debug, Serialize)]
pub struct Key {
    /// The place in the batch.
    pub n: i64,
    /// The tenant.
    pub tenant_id: i64,
    /// The person's identities, the first to try first: kind and match key.
    pub kind: &'static str,
    /// The match key.
    pub value: String,
    /// The channel.
    pub channel: &'static str,
    /// Our account.
    pub account_id: i64,
    /// The chat session, where the channel has one; else the latest conversation is meant.
    pub session: Option<String>,
    /// The provider's id of the message.
    pub provider_id: Option<String>,
}

/// What is known before a turn.
#[derive(Clone, Debug, FromRow)]
pub struct Known {
    /// The place in the batch.
    pub n: i64,
    /// The person; `None`: unknown so far.
    pub person_id: Option<i64>,
    /// The turn the person stands at.
    pub turn: Option<i64>,
    /// The person's lead.
    pub lead_id: Option<i64>,
    /// Variants by experiment, JSON.
    pub variants: Option<String>,
    /// Channels opted out of, comma-separated.
    pub opted_out: Option<String>,
    /// The lead's fields, JSON.
    pub fields: Option<String>,
    /// The latest conversation here.
    pub conversation_id: Option<i64>,
    /// Its flow.
    pub flow_id: Option<String>,
    /// Its flow's version.
    pub flow_hash: Option<String>,
    /// The engine's snapshot, JSON.
    pub state: Option<String>,
    /// Its last message's place.
    pub seq: Option<i64>,
    /// When it began.
    pub opened_at: Option<i64>,
    /// When it ended.
    pub ended_at: Option<i64>,
    /// Where it came from.
    pub source: Option<String>,
    /// The conversation of the message with this provider id, if it came before.
    pub seen_in: Option<i64>,
    /// What that message was answered with; `None` also where it is no longer kept.
    pub reply: Option<String>,
}

/// Column lists of the batch's rows as both databases expand them.
macro_rules! rows {
    (sqlite $arg:literal, $($name:ident $ty:ident),+) => {
        concat!("(SELECT ", $("e.value ->> '", stringify!($name), "' AS ", stringify!($name), ", ",)+ "1 FROM json_each(", $arg, ") e) r")
    };
    (postgres $arg:literal, $($name:ident $ty:ident),+) => {
        rows!(@list concat!("json_to_recordset(", $arg, "::json) AS r("); $($name $ty),+)
    };
    (@list $head:expr; $first:ident $fty:ident $(, $name:ident $ty:ident)*) => {
        concat!($head, stringify!($first), " ", stringify!($fty), $(", ", stringify!($name), " ", stringify!($ty),)* ")")
    };
}

/// Names of columns, comma-separated, each behind a prefix.
macro_rules! names {
    ($prefix:literal; $first:ident $(, $name:ident)*) => {
        concat!($prefix, stringify!($first) $(, ", ", $prefix, stringify!($name))*)
    };
}

/// An insert of one section of the batch, for those persons whose turn was won: a statement on SQLite (ending in `;`), a
/// part of the one statement on PostgreSQL (beginning with `,`).
macro_rules! insert {
    (sqlite $table:literal, $arg:literal, [$($name:ident $ty:ident),+], $conflict:literal) => {
        concat!("INSERT INTO ", $table, " (", names!(""; $($name),+), ") SELECT ", names!("r."; $($name),+), " FROM ", rows!(sqlite $arg, $($name $ty),+),
            " JOIN persons won ON won.tenant_id = r.tenant_id AND won.id = r.person_id AND won.turn = $10 WHERE true ", $conflict, "; ")
    };
    (postgres $table:literal, $arg:literal, [$($name:ident $ty:ident),+], $conflict:literal) => {
        concat!(", ", $table, "_rows AS (INSERT INTO ", $table, " (", names!(""; $($name),+), ") SELECT ", names!("r."; $($name),+), " FROM ", rows!(postgres $arg, $($name $ty),+),
            " JOIN won ON won.tenant_id = r.tenant_id AND won.id = r.person_id ", $conflict, ")")
    };
}

/// Everything behind the person's own row.
macro_rules! dependents {
    ($db:ident) => {
        concat!(
            insert!($db "identities", "$2", [tenant_id BIGINT, kind TEXT, value TEXT, raw TEXT, person_id BIGINT, created_at BIGINT],
                "ON CONFLICT DO NOTHING"),
            insert!($db "leads", "$3", [tenant_id BIGINT, id BIGINT, person_id BIGINT, status TEXT, channel TEXT, source TEXT, sender_name TEXT, name TEXT, phone TEXT, email TEXT,
                fields TEXT, first_message TEXT, last_message TEXT, message_count BIGINT, score BIGINT, class TEXT, is_active BOOLEAN, created_at BIGINT, updated_at BIGINT, last_message_at BIGINT],
                "ON CONFLICT (tenant_id, id) DO UPDATE SET source = COALESCE(leads.source, excluded.source), sender_name = COALESCE(excluded.sender_name, leads.sender_name),
                 name = COALESCE(excluded.name, leads.name), phone = COALESCE(excluded.phone, leads.phone), email = COALESCE(excluded.email, leads.email), fields = excluded.fields,
                 first_message = COALESCE(leads.first_message, excluded.first_message), last_message = COALESCE(excluded.last_message, leads.last_message),
                 message_count = leads.message_count + excluded.message_count, score = excluded.score, class = excluded.class, updated_at = excluded.updated_at,
                 last_message_at = COALESCE(excluded.last_message_at, leads.last_message_at)"),
            insert!($db "conversations", "$4", [tenant_id BIGINT, id BIGINT, person_id BIGINT, lead_id BIGINT, account_id BIGINT, channel TEXT, public_id TEXT, flow_id TEXT, flow_hash TEXT,
                language TEXT, state TEXT, seq BIGINT, score BIGINT, class TEXT, open_step TEXT, outcome TEXT, source TEXT, next_timer_at BIGINT, created_at BIGINT, updated_at BIGINT, ended_at BIGINT],
                "ON CONFLICT (tenant_id, id) DO UPDATE SET language = excluded.language, state = excluded.state, seq = excluded.seq, score = excluded.score, class = excluded.class,
                 open_step = excluded.open_step, outcome = excluded.outcome, next_timer_at = excluded.next_timer_at, updated_at = excluded.updated_at, ended_at = excluded.ended_at"),
            insert!($db "messages", "$5", [tenant_id BIGINT, conversation_id BIGINT, seq BIGINT, person_id BIGINT, direction TEXT, provider_id TEXT, body TEXT, detail TEXT, step TEXT, reply TEXT,
                segments BIGINT, created_at BIGINT], ""),
            insert!($db "answers", "$6", [tenant_id BIGINT, conversation_id BIGINT, seq BIGINT, n BIGINT, person_id BIGINT, step TEXT, given TEXT, raw TEXT, value TEXT, reader BIGINT,
                taken_ms BIGINT, created_at BIGINT], ""),
            insert!($db "score_entries", "$7", [tenant_id BIGINT, conversation_id BIGINT, seq BIGINT, n BIGINT, person_id BIGINT, rule TEXT, step TEXT, points BIGINT, reverses BOOLEAN,
                created_at BIGINT], ""),
            insert!($db "exposures", "$8", [tenant_id BIGINT, experiment TEXT, person_id BIGINT, variant TEXT, conversation_id BIGINT, created_at BIGINT], "ON CONFLICT DO NOTHING"),
            insert!($db "goals", "$9", [tenant_id BIGINT, conversation_id BIGINT, goal TEXT, person_id BIGINT, created_at BIGINT], "ON CONFLICT DO NOTHING"),
            insert!($db "behaviours", "$11", [tenant_id BIGINT, conversation_id BIGINT, seq BIGINT, person_id BIGINT, action TEXT, metadata TEXT, points BIGINT, created_at BIGINT], ""),
            insert!($db "consents", "$12", [tenant_id BIGINT, person_id BIGINT, channel TEXT, seq BIGINT, conversation_id BIGINT, signal TEXT, wording TEXT, created_at BIGINT], ""),
        )
    };
}

/// `$1` persons, `$2` … the sections of [`Batch`] in its order, `$10` this batch's turn.
///
/// A new person exists only if its first identity was still free; a known one moves only from the turn that was read.
/// SQLite runs the statements one after the other in one round trip; on PostgreSQL they are parts of one statement.
const SAVE: Sql = Sql {
    sqlite: concat!(
        "BEGIN IMMEDIATE; ",
        "INSERT INTO identities (tenant_id, kind, value, raw, person_id, created_at) SELECT r.tenant_id, r.kind, r.value, r.raw, r.id, r.created_at FROM ",
        rows!(sqlite "$1", tenant_id BIGINT, id BIGINT, was BIGINT, kind TEXT, value TEXT, raw TEXT, created_at BIGINT),
        " WHERE r.was = 0 ON CONFLICT DO NOTHING; ",
        "INSERT INTO persons (tenant_id, id, turn, lead_id, variants, opted_out, created_at) SELECT r.tenant_id, r.id, $10, r.lead_id, r.variants, r.opted_out, r.created_at FROM ",
        rows!(sqlite "$1", tenant_id BIGINT, id BIGINT, was BIGINT, kind TEXT, value TEXT, lead_id BIGINT, variants TEXT, opted_out TEXT, created_at BIGINT),
        " JOIN identities i ON i.tenant_id = r.tenant_id AND i.kind = r.kind AND i.value = r.value AND i.person_id = r.id WHERE r.was = 0 RETURNING id; ",
        "UPDATE persons SET turn = $10, lead_id = r.lead_id, variants = r.variants, opted_out = r.opted_out FROM ",
        rows!(sqlite "$1", tenant_id BIGINT, id BIGINT, was BIGINT, lead_id BIGINT, variants TEXT, opted_out TEXT),
        " WHERE persons.tenant_id = r.tenant_id AND persons.id = r.id AND persons.turn = r.was RETURNING id; ",
        dependents!(sqlite),
        "COMMIT"
    ),
    postgres: concat!(
        "WITH first AS (INSERT INTO identities (tenant_id, kind, value, raw, person_id, created_at) SELECT r.tenant_id, r.kind, r.value, r.raw, r.id, r.created_at FROM ",
        rows!(postgres "$1", tenant_id BIGINT, id BIGINT, was BIGINT, kind TEXT, value TEXT, raw TEXT, created_at BIGINT),
        " WHERE r.was = 0 ORDER BY r.tenant_id, r.kind, r.value ON CONFLICT DO NOTHING RETURNING tenant_id, person_id), ",
        "born AS (INSERT INTO persons (tenant_id, id, turn, lead_id, variants, opted_out, created_at) SELECT r.tenant_id, r.id, $10, r.lead_id, r.variants, r.opted_out, r.created_at FROM ",
        rows!(postgres "$1", tenant_id BIGINT, id BIGINT, lead_id BIGINT, variants TEXT, opted_out TEXT, created_at BIGINT),
        " JOIN first ON first.tenant_id = r.tenant_id AND first.person_id = r.id RETURNING tenant_id, id), ",
        "moved AS (UPDATE persons SET turn = $10, lead_id = r.lead_id, variants = r.variants, opted_out = r.opted_out FROM ",
        "(SELECT * FROM ",
        rows!(postgres "$1", tenant_id BIGINT, id BIGINT, was BIGINT, lead_id BIGINT, variants TEXT, opted_out TEXT),
        " ORDER BY id) r",
        " WHERE persons.tenant_id = r.tenant_id AND persons.id = r.id AND persons.turn = r.was RETURNING persons.tenant_id, persons.id), ",
        "won AS MATERIALIZED (SELECT * FROM born UNION ALL SELECT * FROM moved)",
        dependents!(postgres),
        " SELECT id FROM won"
    ),
};

/// One index probe per table and turn, whatever the table's statistics say: LATERAL … LIMIT 1 on PostgreSQL.
const LOAD: Sql = Sql {
    sqlite: concat!(
        "SELECT r.n AS n, p.id AS person_id, p.turn AS turn, p.lead_id AS lead_id, p.variants AS variants, p.opted_out AS opted_out, l.fields AS fields,
          c.id AS conversation_id, c.flow_id AS flow_id, c.flow_hash AS flow_hash, c.state AS state, c.seq AS seq, c.created_at AS opened_at, c.ended_at AS ended_at, c.source AS source,
          m.conversation_id AS seen_in, m.reply AS reply FROM ",
        rows!(sqlite "$1", n BIGINT, tenant_id BIGINT, kind TEXT, value TEXT, channel TEXT, account_id BIGINT, session TEXT, provider_id TEXT),
        " LEFT JOIN identities i ON i.tenant_id = r.tenant_id AND i.kind = r.kind AND i.value = r.value
          LEFT JOIN persons p ON p.tenant_id = i.tenant_id AND p.id = i.person_id
          LEFT JOIN leads l ON l.tenant_id = p.tenant_id AND l.id = p.lead_id
          LEFT JOIN conversations c ON c.tenant_id = p.tenant_id AND c.id = (SELECT x.id FROM conversations x WHERE x.tenant_id = p.tenant_id AND x.person_id = p.id
            AND x.channel = r.channel AND x.account_id = r.account_id AND (r.session IS NULL OR x.public_id = r.session) ORDER BY x.id DESC LIMIT 1)
          LEFT JOIN messages m ON m.tenant_id = p.tenant_id AND m.person_id = p.id AND m.provider_id = r.provider_id"
    ),
    postgres: concat!(
        "SELECT r.n, p.id AS person_id, p.turn, p.lead_id, p.variants, p.opted_out, l.fields, c.id AS conversation_id, c.flow_id, c.flow_hash, c.state, c.seq, c.created_at AS opened_at, c.ended_at, c.source,
          m.conversation_id AS seen_in, m.reply FROM ",
        rows!(postgres "$1", n BIGINT, tenant_id BIGINT, kind TEXT, value TEXT, channel TEXT, account_id BIGINT, session TEXT, provider_id TEXT),
        " LEFT JOIN LATERAL (SELECT person_id FROM identities i WHERE i.tenant_id = r.tenant_id AND i.kind = r.kind AND i.value = r.value LIMIT 1) i ON true
          LEFT JOIN LATERAL (SELECT * FROM persons p WHERE p.tenant_id = r.tenant_id AND p.id = i.person_id LIMIT 1) p ON true
          LEFT JOIN LATERAL (SELECT fields FROM leads l WHERE l.tenant_id = r.tenant_id AND l.id = p.lead_id LIMIT 1) l ON true
          LEFT JOIN LATERAL (SELECT * FROM conversations x WHERE x.tenant_id = r.tenant_id AND x.person_id = p.id AND x.channel = r.channel AND x.account_id = r.account_id
            AND (r.session IS NULL OR x.public_id = r.session) ORDER BY x.id DESC LIMIT 1) c ON true
          LEFT JOIN LATERAL (SELECT conversation_id, reply FROM messages m WHERE m.tenant_id = r.tenant_id AND m.person_id = p.id AND m.provider_id = r.provider_id LIMIT 1) m ON true"
    ),
};

/// Reads what is known for each key; no lock.
///
/// # Errors
/// Where the database does not answer.
pub async fn load(db: &Db, keys: &[Key]) -> Result<Vec<Known>, StoreError> {
    let argument = json(keys);
    Ok(match db {
        Db::Sqlite { writer, .. } => sqlx::query_as(LOAD.sqlite).bind(argument).fetch_all(writer).await?,
        Db::Postgres { turns, .. } => sqlx::query_as(LOAD.postgres).bind(argument).fetch_all(turns).await?,
    })
}

/// A person's own row, and for a new one its first identity.
#[derive(Clone, Debug, Serialize)]
#[expect(
    missing_docs,
    reason = "columns of `persons` and `identities`; `was` is the turn that was read, 0 for a new person"
)]
pub struct PersonRow {
    pub tenant_id: i64,
    pub id: i64,
    pub was: i64,
    pub kind: &'static str,
    pub value: String,
    pub raw: String,
    pub lead_id: i64,
    pub variants: String,
    pub opted_out: String,
    pub created_at: i64,
}

/// Further identities.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "columns of `identities`")]
pub struct IdentityRow {
    pub tenant_id: i64,
    pub kind: &'static str,
    pub value: String,
    pub raw: String,
    pub person_id: i64,
    pub created_at: i64,
}

/// A lead as this turn leaves it; `None` keeps what is there, `message_count` is added.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "columns of `leads`")]
pub struct LeadRow {
    pub tenant_id: i64,
    pub id: i64,
    pub person_id: i64,
    pub status: &'static str,
    pub channel: &'static str,
    pub source: Option<String>,
    pub sender_name: Option<String>,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub fields: String,
    pub first_message: Option<String>,
    pub last_message: Option<String>,
    pub message_count: i64,
    pub score: i64,
    pub class: &'static str,
    pub is_active: bool,
    pub created_at: i64,
    pub updated_at: i64,
    pub last_message_at: Option<i64>,
}

/// A conversation as this turn leaves it.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "columns of `conversations`")]
pub struct ConversationRow {
    pub tenant_id: i64,
    pub id: i64,
    pub person_id: i64,
    pub lead_id: i64,
    pub account_id: i64,
    pub channel: &'static str,
    pub public_id: Option<String>,
    pub flow_id: String,
    pub flow_hash: String,
    pub language: String,
    pub state: String,
    pub seq: i64,
    pub score: i64,
    pub class: &'static str,
    pub open_step: Option<String>,
    pub outcome: Option<String>,
    pub source: Option<String>,
    pub next_timer_at: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
    pub ended_at: Option<i64>,
}

/// Something said by either side.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "columns of `messages`")]
pub struct MessageRow {
    pub tenant_id: i64,
    pub conversation_id: i64,
    pub seq: i64,
    pub person_id: i64,
    pub direction: &'static str,
    pub provider_id: Option<String>,
    pub body: String,
    pub detail: Option<String>,
    pub step: Option<String>,
    pub reply: Option<String>,
    pub segments: Option<i64>,
    pub created_at: i64,
}

/// An answer read, skipped, given up or withdrawn.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "columns of `answers`; n counts within the turn")]
pub struct AnswerRow {
    pub tenant_id: i64,
    pub conversation_id: i64,
    pub seq: i64,
    pub n: i64,
    pub person_id: i64,
    pub step: String,
    pub given: &'static str,
    pub raw: String,
    pub value: Option<String>,
    pub reader: i64,
    pub taken_ms: i64,
    pub created_at: i64,
}

/// A row of the score's ledger.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "columns of `score_entries`; n counts within the turn")]
pub struct ScoreRow {
    pub tenant_id: i64,
    pub conversation_id: i64,
    pub seq: i64,
    pub n: i64,
    pub person_id: i64,
    pub rule: String,
    pub step: Option<String>,
    pub points: i64,
    pub reverses: bool,
    pub created_at: i64,
}

/// A first exposure.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "columns of `exposures`")]
pub struct ExposureRow {
    pub tenant_id: i64,
    pub experiment: String,
    pub person_id: i64,
    pub variant: String,
    pub conversation_id: i64,
    pub created_at: i64,
}

/// A goal reached.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "columns of `goals`")]
pub struct GoalRow {
    pub tenant_id: i64,
    pub conversation_id: i64,
    pub goal: String,
    pub person_id: i64,
    pub created_at: i64,
}

/// A reported behaviour.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "columns of `behaviours`")]
pub struct BehaviourRow {
    pub tenant_id: i64,
    pub conversation_id: i64,
    pub seq: i64,
    pub person_id: i64,
    pub action: String,
    pub metadata: Option<String>,
    pub points: i64,
    pub created_at: i64,
}

/// An opt-out or opt-in.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "columns of `consents`")]
pub struct ConsentRow {
    pub tenant_id: i64,
    pub person_id: i64,
    pub channel: &'static str,
    pub seq: i64,
    pub conversation_id: i64,
    pub signal: &'static str,
    pub wording: String,
    pub created_at: i64,
}

/// All rows of a batch of turns.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "one section per table")]
pub struct Batch {
    pub persons: Vec<PersonRow>,
    pub identities: Vec<IdentityRow>,
    pub leads: Vec<LeadRow>,
    pub conversations: Vec<ConversationRow>,
    pub messages: Vec<MessageRow>,
    pub answers: Vec<AnswerRow>,
    pub scores: Vec<ScoreRow>,
    pub exposures: Vec<ExposureRow>,
    pub goals: Vec<GoalRow>,
    pub behaviours: Vec<BehaviourRow>,
    pub consents: Vec<ConsentRow>,
}

impl Batch {
    /// Adds another turn's rows.
    pub fn append(&mut self, mut other: Batch) {
        self.persons.append(&mut other.persons);
        self.identities.append(&mut other.identities);
        self.leads.append(&mut other.leads);
        self.conversations.append(&mut other.conversations);
        self.messages.append(&mut other.messages);
        self.answers.append(&mut other.answers);
        self.scores.append(&mut other.scores);
        self.exposures.append(&mut other.exposures);
        self.goals.append(&mut other.goals);
        self.behaviours.append(&mut other.behaviours);
        self.consents.append(&mut other.consents);
    }

    /// The sections as the statement's arguments, `turn` at its place.
    fn arguments(&self, turn: i64) -> [Argument; 12] {
        use Argument::{Rows, Turn};
        [
            Rows(json(&self.persons)),
            Rows(json(&self.identities)),
            Rows(json(&self.leads)),
            Rows(json(&self.conversations)),
            Rows(json(&self.messages)),
            Rows(json(&self.answers)),
            Rows(json(&self.scores)),
            Rows(json(&self.exposures)),
            Rows(json(&self.goals)),
            Turn(turn),
            Rows(json(&self.behaviours)),
            Rows(json(&self.consents)),
        ]
    }
}

enum Argument {
    Rows(String),
    Turn(i64),
}

#[derive(FromRow)]
struct Won {
    id: i64,
}

/// Writes a batch in one transaction and returns the persons whose turn was written. The others changed meanwhile: nothing
/// of theirs is stored, they are to be loaded and stepped again.
///
/// # Errors
/// Nothing of the batch is stored.
pub async fn save(db: &Db, batch: &Batch, turn: i64) -> Result<Vec<i64>, StoreError> {
    macro_rules! bound {
        ($query:expr) => {
            batch.arguments(turn).into_iter().fold($query, |query, argument| match argument {
                Argument::Rows(rows) => query.bind(rows),
                Argument::Turn(turn) => query.bind(turn),
            })
        };
    }
    let won: Vec<Won> = match db {
        Db::Sqlite { writer, .. } => {
            let mut connection = writer.acquire().await?;
            let saved = bound!(sqlx::query_as(SAVE.sqlite)).fetch_all(&mut *connection).await;
            if saved.is_err() {
                // The transaction stands where a statement failed; where BEGIN itself failed there is none.
                let _ = sqlx::query("ROLLBACK").execute(&mut *connection).await;
            }
            saved?
        }
        Db::Postgres { turns, .. } => bound!(sqlx::query_as(SAVE.postgres)).fetch_all(turns).await?,
    };
    Ok(won.into_iter().map(|row| row.id).collect())
}

fn json<T: Serialize>(rows: &[T]) -> String {
    serde_json::to_string(rows).expect("plain rows always serialise")
}
