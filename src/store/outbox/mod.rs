//! The outbox: what is to leave, taken with a lease, finished behind a fence.
//!
//! A row is held by one process until `run_at`; whoever takes it raises `attempts`. Both are the fence: a process that lost
//! its hold changes nothing. Several rows travel in one statement, as JSON, because a statement costs more than a row.

mod claim;
mod finish;
mod listed;
mod listen;
mod reported;

pub use claim::{BEHIND, LEASE, SETTLE, claim, claim_statement, hold_of_dead, next_due};
pub use finish::{Ended, Finish, finish, mark_repeat, release, wake_next};
pub use listed::{Asked, Depth, ListedRow, WholeRow, depth, find, forget, list, retry};
pub use listen::{Listener, announce, listen};
pub use reported::{UnsureRow, add_double, by_message, by_row, known_ids, mark_sent, name};

use super::turns::OutboxRow;
use sqlx::FromRow;
use std::time::Instant;

/// Something to send that this process holds.
#[derive(Clone, Debug, FromRow)]
pub struct Held {
    /// Whose it is.
    pub tenant_id: i64,
    /// Its id.
    pub id: i64,
    /// What sends it.
    pub kind: String,
    /// Our account.
    pub account_id: i64,
    /// What it waits in, where order matters.
    pub lane: Option<String>,
    /// Its place there.
    pub place: i64,
    /// The recipient as the provider writes it.
    pub recipient: String,
    /// The request's body.
    pub payload: String,
    /// Who it goes to.
    pub person_id: i64,
    /// How.
    pub channel: String,
    /// The message it is, or belongs to.
    pub conversation_id: i64,
    /// Its place in the conversation.
    pub seq: i64,
    /// Which part of it.
    pub part: i64,
    /// Of so many.
    pub parts: i64,
    /// Whether it confirms an opt-out.
    pub confirms: bool,
    /// `held`, or `unsure`: it may have been sent.
    pub state: String,
    /// How often it was taken, this time included; with the holder the fence.
    pub attempts: i64,
    /// Who holds it; `None`: nobody, it could not be taken.
    pub holder: Option<String>,
    /// When the hold runs out.
    pub run_at: i64,
    /// When it was meant to leave.
    pub wanted_at: i64,
    /// When it was written.
    pub created_at: i64,
    /// Whether its place in the account's schedule is reserved.
    pub slotted: bool,
    /// Nobody asked for it: it leaves until then, and only where the person has not written since.
    pub unasked_until: Option<i64>,
    /// When WhatsApp's window of the person closes, as far as anybody wrote there; known once it is admitted.
    #[sqlx(skip)]
    pub window_closes_at: Option<i64>,
    /// The place of what was unfinished before it in its lane when it was written, all of it this process's as well.
    #[sqlx(skip)]
    pub after: Option<i64>,
    /// Since when this process has it.
    #[sqlx(skip)]
    pub since: Option<Instant>,
}

impl Held {
    /// The row as the process that writes it holds it, behind the one at place `after`.
    pub fn born(row: &OutboxRow, after: Option<i64>) -> Held {
        Held {
            tenant_id: row.tenant_id,
            id: row.id,
            kind: row.kind.to_owned(),
            account_id: row.account_id,
            lane: row.lane.clone(),
            place: row.place,
            recipient: row.recipient.clone(),
            payload: row.payload.clone(),
            person_id: row.person_id,
            channel: row.channel.to_owned(),
            conversation_id: row.conversation_id,
            seq: row.seq,
            part: row.part,
            parts: row.parts,
            confirms: row.confirms,
            state: row.state.to_owned(),
            attempts: row.attempts,
            holder: row.holder.clone(),
            run_at: row.run_at,
            wanted_at: row.wanted_at,
            created_at: row.created_at,
            slotted: false,
            unasked_until: row.unasked_until,
            window_closes_at: None,
            after,
            since: None,
        }
    }

    /// Whether it may have been sent already.
    pub fn is_unsure(&self) -> bool {
        self.state == "unsure"
    }
}
