//! What became of leads, summed up in the database. Periods are ranges of ids, which are made of time, so that a report reads what came
//! in its period and nothing else. Medians are exact: rows are numbered in their order and the middle ones taken, which both databases
//! do alike.

mod closures;
mod conversion;
mod follow_ups;
mod stages;

pub use closures::{ClosureRow, MOST_REASONS, closures};
pub use conversion::{By, ConversionRow, conversion, overall};
pub use follow_ups::{FollowUpCounts, FollowedRow, OutcomeRow, follow_up_counts, followed, outcomes};
pub use stages::{StayRow, stays};

use crate::clock::Millis;
use crate::ids;

/// From when, and until before when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// From this instant on …
    pub from: Millis,
    /// … and before this.
    pub to: Millis,
}

impl Period {
    /// Its first id, and the first behind it.
    fn ids(self) -> (i64, i64) {
        (ids::first_at(self.from), ids::first_at(self.to))
    }
}

/// Where the middle of the rows `of` each `by` is, taken from their numbers `n` of `many`: the mean of the two middle ones where there
/// is an even number of them.
macro_rules! medians {
    ($by:literal, $of:literal) => {
        concat!(
            "ranked AS (SELECT ",
            $by,
            ", took, ROW_NUMBER() OVER (PARTITION BY ",
            $by,
            " ORDER BY took) AS n, COUNT(*) OVER (PARTITION BY ",
            $by,
            ") AS many FROM ",
            $of,
            " WHERE took IS NOT NULL),
             medians AS (SELECT ",
            $by,
            ", CAST(SUM(took) AS BIGINT) / COUNT(*) AS median FROM ranked WHERE n IN ((many + 1) / 2, (many + 2) / 2) GROUP BY ",
            $by,
            ")"
        )
    };
}
use medians;
