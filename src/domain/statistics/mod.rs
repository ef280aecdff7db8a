//! What can be said of shares that were counted: intervals, whether an experiment divided people as it should, and which variant does
//! better. Pure arithmetic; every formula names its source.

mod chi_square;
mod ratio;
mod sequential;
#[cfg(test)]
mod simulation_tests;
mod verdict;
mod wilson;

pub use chi_square::p_value;
pub use ratio::{LEAST_FOR_RATIO, RATIO_ALARM, Ratio, Unchecked, sample_ratio};
pub use sequential::{TAU, difference};
pub use verdict::{ERROR, LEAST_CONVERTED, LEAST_EXPOSED, Verdict, are_enough, error_of_each, verdict};
pub use wilson::wilson;

/// People, and how many of them did what was hoped for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All of them.
    pub people: i64,
    /// Those who did.
    pub converted: i64,
}

impl Counts {
    /// Their share, from 0 to 1; `None` of nobody.
    pub fn rate(self) -> Option<f64> {
        (self.people > 0).then(|| self.converted as f64 / self.people as f64)
    }
}

/// What a number may really be: the estimate, and from where to where.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// As counted.
    pub value: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}
