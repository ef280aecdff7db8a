//! Reading a CRM's export, a piece at a time, however large it is.

use super::Against;
use crate::delivery::Remote;
use crate::delivery::reconcile::Columns;
use std::cell::Cell;
use std::io::{BufRead, BufReader, Read};
use std::rc::Rc;
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Lines of a piece.
const AT_ONCE: usize = 1_000;
/// The longest line, in bytes; a quote that is not closed would make one of the whole file.
const LONGEST_LINE: usize = 1024 * 1024;
/// The most columns.
const MOST_COLUMNS: usize = 2_000;

/// A piece of an export.
#[derive(Debug)]
pub(super) struct Chunk {
    pub records: Vec<Remote>,
    /// Whether it has a column with our id.
    pub has_key: bool,
    /// Lines that were read by now, without the header.
    pub lines: u64,
    pub is_last: bool,
}

/// Reads an export from behind so many lines on.
pub(super) fn read(
    against: Against,
    key_field: Option<String>,
    after: u64,
) -> Receiver<Result<Chunk, String>> {
    let (sender, receiver) = channel(2);
    tokio::task::spawn_blocking(move || {
        let source: Box<dyn Read> = match &against {
            Against::Input => Box::new(std::io::stdin()),
            Against::File(path) => match std::fs::File::open(path) {
                Ok(file) => Box::new(file),
                Err(error) => {
                    // Nobody listens any more only where the run has ended.
                    let _ = sender.blocking_send(Err(format!("{} cannot be read: {error}", path.display())));
                    return;
                }
            },
        };
        if let Err(why) = pieces(source, key_field.as_deref(), after, &sender) {
            let _ = sender.blocking_send(Err(why));
        }
    });
    receiver
}

/// A source that gives up where one line takes too much of it.
struct Limited {
    source: Box<dyn Read>,
    since: Rc<Cell<usize>>,
}

impl Read for Limited {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.since.get() > LONGEST_LINE {
            return Err(std::io::Error::other(format!(
                "a line has more than {LONGEST_LINE} bytes; is a quote not closed?"
            )));
        }
        let read = self.source.read(into)?;
        self.since.set(self.since.get() + read);
        Ok(read)
    }
}

fn pieces(
    source: Box<dyn Read>,
    key_field: Option<&str>,
    after: u64,
    to: &Sender<Result<Chunk, String>>,
) -> Result<(), String> {
    let since = Rc::new(Cell::new(0));
    let mut source = BufReader::new(Limited { source, since: since.clone() });
    let head = source.fill_buf().map_err(|error| format!("the export cannot be read: {error}"))?;
    let first = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |wanted: u8| first.iter().filter(|byte| **byte == wanted).count();
    let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',');
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).has_headers(false).delimiter(delimiter).from_reader(source);
    let mut row = csv::ByteRecord::new();
    let mut next = |row: &mut csv::ByteRecord| -> Result<Option<Vec<String>>, String> {
        since.set(0);
        let is_there =
            reader.read_byte_record(row).map_err(|error| format!("the export cannot be read: {error}"))?;
        if row.len() > MOST_COLUMNS {
            return Err(format!("the export has more than {MOST_COLUMNS} columns"));
        }
        Ok(is_there.then(|| row.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect()))
    };
    let header = next(&mut row)?.ok_or("the export is empty")?;
    let columns =
        Columns::read(&header, key_field).map_err(|why| format!("the export cannot be used: {why}"))?;
    let mut lines = 0;
    loop {
        let mut records = Vec::new();
        let mut is_last = false;
        while records.len() < AT_ONCE {
            let Some(cells) = next(&mut row)? else {
                is_last = true;
                break;
            };
            lines += 1;
            if lines > after && cells.iter().any(|cell| !cell.trim().is_empty()) {
                // The header is the first line.
                records.push(columns.remote(lines + 1, &cells));
            }
        }
        let chunk = Chunk { records, has_key: columns.has_key(), lines, is_last };
        if to.blocking_send(Ok(chunk)).is_err() || is_last {
            return Ok(());
        }
    }
}
