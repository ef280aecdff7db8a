//! Calling and writing to leads unasked: what came of an attempt, where a lead stands by it, and whether the two agree; where
//! somebody may be, and what is allowed there.

mod agreement;
mod came;
mod place;
pub mod regions;
mod standing;

pub use agreement::{Issue, Ledger, Tracked, corrected};
pub use came::{Came, Said, came_of};
pub use place::{Place, PlaceFrom, place};
pub use standing::{Kind, Standing};
