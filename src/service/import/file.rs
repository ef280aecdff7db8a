//! A file of rows, CSV or XLSX, read from its beginning to its end as often as it is wanted, a row at a time.

use super::cells::{delimiter, of_csv, of_sheet};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::sync::Arc;
use zip::ZipArchive;

/// The most columns.
pub(super) const MOST_COLUMNS: usize = 500;
/// The longest name of a column, in characters: forms have whole questions there.
const LONGEST_NAME: usize = 1_000;
/// A first line is no longer.
const FIRST_LINE: u64 = 1 << 20;

/// How much is taken from one file.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Rows.
    pub rows: u64,
    /// Bytes of a CSV.
    pub csv: u64,
    /// Bytes of a spreadsheet, whose texts are held in memory.
    pub sheet: u64,
    /// Bytes of what is packed in a spreadsheet; `None`: whatever it is.
    pub unpacked: Option<u64>,
}

/// A file of which nothing is taken.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It is not there, or the disk does not answer.
    #[error("{0} cannot be read")]
    Gone(String, #[source] io::Error),
    /// There is more in it than is taken at once.
    #[error("{0}; split it")]
    TooMuch(String),
    /// It is no list of leads.
    #[error("{0}")]
    Unfit(String),
}

/// A file of rows.
#[derive(Clone, Debug)]
pub struct Table {
    file: Arc<File>,
    name: String,
    kind: Kind,
    /// The first line.
    pub header: Vec<String>,
    /// How many rows stand below it.
    pub rows: u64,
    /// Of all that is in it.
    pub hash: String,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Csv { delimiter: u8 },
    Xlsx,
}

impl Table {
    /// Looks through a file; `name`: what it is called where something is wrong with it.
    ///
    /// # Errors
    /// Where it cannot be read to its end, or is too large; says where.
    pub fn open(mut file: File, name: &str, bounds: Bounds) -> Result<Table, FileError> {
        let gone = |error| FileError::Gone(name.to_owned(), error);
        let too_much = |what: String| FileError::TooMuch(format!("{name} has more than {what}"));
        let unfit = |what: String| FileError::Unfit(format!("{name} {what}"));
        let length = file.metadata().map_err(gone)?.len();
        file.seek(SeekFrom::Start(0)).map_err(gone)?;
        let kind =
            kind(&mut file).map_err(gone)?.map_err(|why| unfit(format!("cannot be imported: {why}")))?;
        let is_sheet = matches!(kind, Kind::Xlsx);
        let largest = if is_sheet { bounds.sheet } else { bounds.csv };
        if length > largest {
            return Err(too_much(format!("{} MiB", largest >> 20)));
        }
        if let Some(most) = bounds.unpacked.filter(|_| is_sheet)
            && is_beyond(&file, most)
        {
            return Err(too_much(format!("{} MiB packed in it", most >> 20)));
        }
        file.seek(SeekFrom::Start(0)).map_err(gone)?;
        let hash = hash(&file).map_err(gone)?;
        let name = name.to_owned();
        let mut table = Table { file: Arc::new(file), name, kind, header: Vec::new(), rows: 0, hash };
        let (mut header, mut rows) = (None, 0);
        table.records(&mut |_, cells| {
            if header.is_none() {
                header = Some(cells);
            } else {
                rows += 1;
            }
            if rows > bounds.rows { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        if rows > bounds.rows {
            return Err(too_much(format!("{} rows", bounds.rows)));
        }
        let header: Vec<String> = header.ok_or_else(|| unfit("is empty".to_owned()))?;
        if rows == 0 {
            return Err(unfit("has no row below its first line".to_owned()));
        }
        if header.len() > MOST_COLUMNS {
            return Err(unfit(format!("has more than {MOST_COLUMNS} columns")));
        }
        if header.iter().any(|name| name.chars().count() > LONGEST_NAME) {
            return Err(unfit(format!("has a column whose name has more than {LONGEST_NAME} characters")));
        }
        table.header = header;
        table.rows = rows;
        Ok(table)
    }

    /// Whether it is a spreadsheet.
    pub fn is_sheet(&self) -> bool {
        matches!(self.kind, Kind::Xlsx)
    }

    /// Hands over each row below the first line, with where it stands: the line in a CSV, the row in a sheet. Empty ones are left out.
    ///
    /// # Errors
    /// Where it cannot be read to its end.
    pub(super) fn each(
        &self,
        told: &mut dyn FnMut(u64, Vec<String>) -> ControlFlow<()>,
    ) -> Result<(), FileError> {
        let mut is_header = true;
        self.records(&mut |at, cells| {
            if std::mem::take(&mut is_header) { ControlFlow::Continue(()) } else { told(at, cells) }
        })
    }

    fn records(&self, told: &mut dyn FnMut(u64, Vec<String>) -> ControlFlow<()>) -> Result<(), FileError> {
        let mut told = |at: u64, cells: Vec<String>| match cells.iter().all(|text| text.trim().is_empty()) {
            true => ControlFlow::Continue(()),
            false => told(at, cells),
        };
        let mut file = &*self.file;
        file.seek(SeekFrom::Start(0)).map_err(|error| FileError::Gone(self.name.clone(), error))?;
        match self.kind {
            Kind::Csv { delimiter } => of_csv(file, delimiter, &mut told),
            Kind::Xlsx => of_sheet(file, &mut told),
        }
        .map_err(|why| FileError::Unfit(format!("{} cannot be read to its end: {why}", self.name)))
    }

    /// That it is not what it was when it was looked through.
    pub(super) fn changed(&self) -> FileError {
        FileError::Unfit(format!("{} changed while it was read", self.name))
    }
}

/// Whether more is packed in a spreadsheet than `most` bytes, whatever it says of itself. One that cannot be unpacked is found out where it
/// is read.
fn is_beyond(file: &File, most: u64) -> bool {
    let Ok(mut archive) = ZipArchive::new(BufReader::new(file)) else { return false };
    let mut left = most;
    for index in 0..archive.len() {
        let Ok(entry) = archive.by_index(index) else { continue };
        // One byte more than there may be tells it.
        let unpacked = io::copy(&mut entry.take(left.saturating_add(1)), &mut io::sink()).unwrap_or(0);
        let Some(rest) = left.checked_sub(unpacked) else { return true };
        left = rest;
    }
    false
}

fn hash(file: &File) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let mut reader = BufReader::new(file);
    let mut buffer = [0; 1 << 14];
    loop {
        let read = reader.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hasher.update(&buffer[..read]);
    }
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// What a file is, by what it begins with; or why it is nothing that can be read.
fn kind(file: &mut File) -> io::Result<Result<Kind, &'static str>> {
    let mut start = Vec::new();
    file.take(FIRST_LINE).read_to_end(&mut start)?;
    Ok(match start.as_slice() {
        [b'P', b'K', 3, 4, ..] => Ok(Kind::Xlsx),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Err("it is of an old Excel; save it as .xlsx"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Err("it is UTF-16; save it as CSV UTF-8"),
        start => Ok(Kind::Csv { delimiter: delimiter(start) }),
    })
}
