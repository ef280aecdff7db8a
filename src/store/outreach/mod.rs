//! Attempts to reach leads, and where leads stand by them; campaigns, their leads, and the hopper.

mod answered;
mod attempts;
pub mod campaigns;
pub mod do_not_contact;
pub mod health;
pub mod hopper;
pub mod known;
pub mod members;
mod standings;
mod steps;
mod tracked;

pub use answered::{AnsweredRow, answered, count_answered};
pub use attempts::{
    AttemptRow, End, JobRow, Learnt, WrittenRow, begin, begin_jobs, by_message, calls_to, end, find, lead_of,
    learn, of_lead, written, wrote,
};
pub use standings::{StandingRow, standings};
pub use steps::{NO_STEP, change_steps};
pub use tracked::{Change, TrackedRow, agree, change, ledger, lock, page, standing_so};
