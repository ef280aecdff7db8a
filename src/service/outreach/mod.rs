//! Leads and the attempts to reach them: where they stand, recycling, and putting right what does not agree with the ledger; campaigns, the
//! hopper, and why a lead is tried or is not.

mod agreeing;
mod bounds;
mod calling;
mod campaigning;
mod dispatching;
pub mod do_not_contact;
mod ending;
mod explaining;
mod filling;
mod fixing;
mod health;
mod joining;
mod knowing;
mod listed;
mod looking;
pub mod nightly;
mod owners;
mod previewing;
mod promised;
mod reaching;
mod recycling;
mod reports;
mod standings;
mod sweeping;
pub mod tasks;

pub use agreeing::agree;
pub use bounds::Bounds;
pub use campaigning::{NO_ACCOUNT, Unfit, Wanted, add, blockers, change, create, remove};
pub use dispatching::dispatch;
pub use explaining::{Explained, Explanation, Rolled, explain, explain_all, roll_up_to};
pub use filling::{Filled, fill, review};
pub use fixing::{Fix, Fixed, Found, fix, is_campaign};
pub use health::heard;
pub use joining::{join, join_newest};
pub use looking::read;
pub use previewing::{Preview, preview};
pub use reaching::{going, write};
pub use recycling::{Recycle, Recycled, TARGETS, recyclable, recycle};
pub use reports::{CallOver, Taken, call_over, call_taken, message_said, nobody_of_ours, not_left};
pub use standings::{Line, Standings, standings};
pub use sweeping::{Swept, Unheard, never_made, sweep, unsaid};

use crate::clock::{HOUR, MINUTE, Millis};
use crate::store::outreach::{Change, TrackedRow};
use serde_json::json;

/// Leads of one transaction: it holds SQLite's only writer, so it has to be short.
const AT_ONCE: usize = 1_000;
/// How long a lead stays in the hopper without being tried before it is looked at again.
const READY_LEASE: Millis = 15 * MINUTE;
/// How long it is waited to hear what came of an attempt.
const LEASE: Millis = HOUR;

/// How many leads the next transaction may have, of at most `most` of which so many were had.
fn room(most: Option<u64>, had: u64) -> i64 {
    let rest = most.map_or(u64::MAX, |most| most.saturating_sub(had));
    rest.min(AT_ONCE as u64) as i64
}

/// A lead as it is to say, with what its audit log has of that.
pub(super) fn changed(lead: &TrackedRow, to: &TrackedRow, entry: i64) -> Change {
    let (from, said) = (lead.tracked(), to.tracked());
    let mut detail = json!({ "dial_status": { "from": from.status, "to": said.status } });
    for (name, from, to) in [
        ("dial_attempts", from.attempts, said.attempts),
        ("answered_count", from.answered, said.answered),
        ("tries", lead.tries, to.tries),
    ] {
        if from != to {
            detail[name] = json!({ "from": from, "to": to });
        }
    }
    Change { lead: to.clone(), entry, detail: detail.to_string() }
}
