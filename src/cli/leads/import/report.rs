//! What became of each row, in a file that is there whatever stops the import.

use crate::service::import::Told;
use crate::service::sheet::lines;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// The columns.
const COLUMNS: [&str; 5] = ["row", "outcome", "lead_id", "enquiry_id", "why"];

/// A report that is being written.
pub(super) struct Report {
    file: File,
    /// What stands before this is final.
    end: u64,
}

impl Report {
    /// Begins one, or goes on with the one that is there, behind what it tells of the first `done` rows.
    ///
    /// # Errors
    /// Where nothing can be written there.
    pub(super) fn open(path: &Path, done: u64) -> io::Result<Report> {
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        // It is about people.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        let known = if done == 0 { None } else { told_until(&file, done)? };
        let mut report = Report { file, end: known.unwrap_or(0) };
        if known.is_none() {
            report.put(&lines([COLUMNS]))?;
            report.keep()?;
        }
        Ok(report)
    }

    /// Adds what became of a batch; what was added and not kept is gone.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub(super) fn add(&mut self, batch: &[Told]) -> io::Result<()> {
        self.put(&lines(batch.iter().map(cells)))
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.set_len(self.end)?;
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(bytes)?;
        self.file.flush()
    }

    /// Makes what was added final.
    ///
    /// # Errors
    /// Where the file's end cannot be told.
    pub(super) fn keep(&mut self) -> io::Result<()> {
        self.end = self.file.stream_position()?;
        Ok(())
    }
}

/// Where a report ends that tells of the first `done` rows: a line each, below the names of the columns. `None`: it tells of fewer.
fn told_until(file: &File, done: u64) -> io::Result<Option<u64>> {
    let mut reader = BufReader::new(file);
    let (mut end, mut text) = (0, Vec::new());
    for n in 0..=done {
        text.clear();
        let read = reader.by_ref().read_until(b'\n', &mut text)?;
        let is_ours = n > 0 || text == lines([COLUMNS]);
        if !is_ours || !text.ends_with(b"\n") {
            return Ok(None);
        }
        end += read as u64;
    }
    Ok(Some(end))
}

/// A row's fate, as a report has it.
pub(super) fn cells(told: &Told) -> [String; 5] {
    [
        told.row.to_string(),
        told.outcome.as_str().to_owned(),
        told.lead_id.map(|id| id.to_string()).unwrap_or_default(),
        told.enquiry_id.clone().unwrap_or_default(),
        told.why.clone(),
    ]
}
