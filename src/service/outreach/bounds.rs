//! How much of a campaign is looked at for whoever asks and waits.

use std::time::Instant;

/// How much that is, in whole pages, of which there is always one.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// About so many leads at most.
    pub leads: u64,
    /// Not after this; `None`: as long as it takes.
    pub until: Option<Instant>,
}

impl Bounds {
    /// All of it.
    pub const NONE: Bounds = Bounds { leads: u64::MAX, until: None };

    /// Whether that was enough.
    pub(super) fn are_reached(&self, seen: u64) -> bool {
        seen >= self.leads || self.until.is_some_and(|until| Instant::now() >= until)
    }
}
