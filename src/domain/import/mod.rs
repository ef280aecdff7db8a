//! Leads that come as the rows of a file: which column is what, what a row says, and what is to become of it.

mod columns;
mod duplicate;
mod row;

pub use columns::{Columns, Field, HeaderError, columns, mapping};
pub use duplicate::{By, Decision, Known, Mode, Wanted, decide, is_named, moves};
pub use row::{Fault, KEPT_UNDER, Reading, Row, read};

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A lead was made.
    Created,
    /// A lead that was there says more now.
    Updated,
    /// Nothing was done: the lead is there.
    Skipped,
    /// Nothing was done: something is wrong with it.
    Refused,
}

impl Outcome {
    /// Its name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Created => "created",
            Outcome::Updated => "updated",
            Outcome::Skipped => "skipped",
            Outcome::Refused => "refused",
        }
    }
}
