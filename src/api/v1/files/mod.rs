//! Leads from files and to files: bodies that are larger than others, and take longer.

pub mod export;
pub mod import;
pub mod refused;
pub mod report;
mod spool;

use super::super::problem::Problem;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many files may be in hand at once: a spreadsheet's texts are held in memory, and its pages on the disk.
const AT_ONCE: usize = 4;
/// The largest file that is taken in, in bytes.
const LARGEST: u64 = 10 << 20;
/// What a CSV says that it is.
const CSV: &str = "text/csv";
/// What a spreadsheet says that it is.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The files that are in hand.
#[derive(Clone, Debug)]
pub struct InHand(Arc<Semaphore>);

impl Default for InHand {
    fn default() -> InHand {
        InHand(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl InHand {
    /// Room for another, until it is dropped.
    fn room(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let busy = |_| Problem::busy(format!("{AT_ONCE} files are in hand already; try again shortly"), 5);
        self.0.clone().try_acquire_owned().map_err(busy)
    }
}

/// 500: the disk said no.
fn failed(error: &std::io::Error) -> Problem {
    tracing::error!("a file cannot be read or written in the folder for temporary files (TMPDIR): {error}");
    Problem::internal()
}
