//! Attempts to reach leads, and where leads stand by them.

mod standings;
mod tracked;

pub use standings::{StandingRow, standings};
pub use tracked::{Change, TrackedRow, change, ledger, lock, page, standing_so};
