//! What a batch of turns reads and writes: one look-up for all, one commit for all.
//!
//! `persons.turn` is lock and comparison in one: a turn is written only where the person still stands at the turn that was
//! read, and all its other rows hang on that. How rows travel is the one thing the two databases do not share: PostgreSQL
//! takes a batch as arrays in one statement, SQLite row by row through prepared statements on the loop's own thread.

mod postgres;
mod rows;
mod sqlite;

pub use postgres::Session;
pub use rows::{
    AnswerRow, BehaviourRow, ConsentRow, ConversationRow, DeliveryRow, ExposureRow, GoalRow, IdentityRow,
    LeadRow, MessageRow, NoticeRow, OutboxRow, PersonRow, ScoreRow,
};

use super::db::{Db, StoreError};
use crate::domain::suppression::joined;
use sqlx::FromRow;

/// More identities than a provider gives of one person.
pub const IDENTITIES: usize = 3;

/// Whose turn it is: where to look.
#[derive(Clone, Debug)]
pub struct Key {
    /// The tenant.
    pub tenant_id: i64,
    /// Kind and match key of each identity; the first one known names the person. Never empty; at most
    /// [`IDENTITIES`] are looked at.
    pub identities: Vec<(&'static str, String)>,
    /// What each would be kept as where an erased person had opted out by it; `None`: never.
    pub hashes: Vec<Option<String>>,
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
#[derive(Clone, Debug, Default, FromRow)]
pub struct Known {
    /// The person; `None`: unknown so far.
    pub person_id: Option<i64>,
    /// The turn the person stands at.
    pub turn: Option<i64>,
    /// The lead the turn is about: that of the conversation, else the person's.
    pub lead_id: Option<i64>,
    /// The lead the person's new conversations are about. Another than the conversation's where a lead of theirs was merged.
    pub person_lead_id: Option<i64>,
    /// Variants by experiment, JSON.
    pub variants: Option<String>,
    /// Channels opted out of, comma-separated.
    pub opted_out: Option<String>,
    /// Channels that somebody who was erased had opted out of by an identity that is new to this person, comma-separated.
    pub suppressed: Option<String>,
    /// How the person has been writing (`turns::pace`).
    pub pace: Option<String>,
    /// The lead's fields, JSON.
    pub fields: Option<String>,
    /// What the lead calls itself at a provider.
    pub sender_name: Option<String>,
    /// What the lead stands at.
    pub status: Option<String>,
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
    /// When WhatsApp's window of it closes.
    pub window_closes_at: Option<i64>,
    /// How far the conversation's schedule of sends is filled.
    pub paced_until: Option<i64>,
    /// The last place in the lane of what is still to be sent to the person from here; `None`: nothing is.
    pub tail: Option<i64>,
    /// Who holds all of that; `None`: nobody, or several.
    pub tail_holder: Option<String>,
    /// The conversation of the message with this provider id, if it came before.
    pub seen_in: Option<i64>,
    /// What that message was answered with; `None` also where it is no longer kept.
    pub reply: Option<String>,
}

/// The rows of one turn.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "one field per table")]
pub struct TurnRows {
    pub person: PersonRow,
    pub identities: Vec<IdentityRow>,
    pub lead: LeadRow,
    pub conversation: ConversationRow,
    pub messages: Vec<MessageRow>,
    pub answers: Vec<AnswerRow>,
    pub scores: Vec<ScoreRow>,
    pub exposures: Vec<ExposureRow>,
    pub goals: Vec<GoalRow>,
    pub behaviours: Vec<BehaviourRow>,
    pub consents: Vec<ConsentRow>,
    pub deliveries: Vec<DeliveryRow>,
    pub notices: Vec<NoticeRow>,
    pub outbox: Vec<OutboxRow>,
}

/// The lane of what an account sends to a person. (PostgreSQL's look-up puts it together itself.)
pub fn lane(account_id: i64, person_id: i64) -> String {
    format!("{account_id}-{person_id}")
}

/// The lane of what it sends unasked.
pub fn unasked_lane(account_id: i64, person_id: i64) -> String {
    format!("{account_id}-{person_id}-unasked")
}

/// Reads what is known for each key, in the order of the keys; no lock.
///
/// # Errors
/// Where the database does not answer.
pub async fn load(db: &Db, session: &mut Session, keys: &[Key]) -> Result<Vec<Known>, StoreError> {
    let mut all = match db {
        Db::Sqlite { turns, .. } => sqlite::load(&*turns.lock().await, keys),
        Db::Postgres { turns, .. } => session.load(turns, keys).await,
    }?;
    for known in &mut all {
        if let Some(suppressed) = known.suppressed.take().filter(|channels| !channels.is_empty()) {
            known.opted_out = Some(joined(known.opted_out.as_deref().unwrap_or_default(), &suppressed));
        }
    }
    Ok(all)
}

/// Writes a batch in one transaction, under this `turn`, and returns the persons whose turn was written. The others changed
/// meanwhile: nothing of theirs is stored, they are to be loaded and stepped again.
///
/// # Errors
/// Nothing of the batch is stored.
pub async fn save(
    db: &Db,
    session: &mut Session,
    batch: Vec<TurnRows>,
    turn: i64,
) -> Result<Vec<i64>, StoreError> {
    match db {
        Db::Sqlite { turns, gate, .. } => {
            let _gate = gate.lock().await;
            sqlite::save(&mut *turns.lock().await, &batch, turn)
        }
        Db::Postgres { turns, .. } => session.save(turns, batch, turn).await,
    }
}
