//! Calling and writing to leads unasked: what came of an attempt, where a lead stands by it, and whether the two agree.

mod agreement;
mod came;
mod standing;

pub use agreement::{Issue, Ledger, Tracked, corrected};
pub use came::{Came, Said, came_of};
pub use standing::{Kind, Standing};
