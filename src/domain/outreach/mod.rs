//! Calling and writing to leads unasked: what came of an attempt, where a lead stands by it, and whether the two agree; where
//! somebody may be, and what is allowed there.

mod abandoned;
mod agreement;
mod came;
pub mod campaign;
mod eligibility;
mod event;
mod explained;
mod facts;
mod gates;
mod health;
mod hours;
pub mod mistakes;
mod moved;
mod pattern;
mod place;
pub mod regions;
pub mod settings;
mod standing;

pub use abandoned::{Answered, AnsweredCalls, LEAST, Limit};
pub use agreement::{Issue, Ledger, Tracked, corrected};
pub use came::{Came, NOT_SENT, Said, came_of};
pub use eligibility::{Judged, Lane, Setting, Verdict, judge};
pub use event::CampaignEvent;
pub use explained::{utc, verdict, words};
pub use facts::{Facts, NamedBy};
pub use gates::{Finding, Gate, Stand};
pub use health::{MOST_FAILURES, RESTS, Unwell};
pub use hours::Hours;
pub use moved::{Move, moves};
pub use pattern::{is_pattern, matches, pattern};
pub use place::{Place, PlaceFrom, place};
pub use regions::Regions;
pub use standing::{Kind, Standing};
