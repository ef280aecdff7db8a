//! A file of rows, CSV or XLSX, read from its beginning to its end as often as it is wanted, a row at a time.

use anyhow::{Context, bail, ensure};
use calamine::{DataRef, Reader, Xlsx};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// The most rows that are taken from one file.
const MOST_ROWS: u64 = 1_000_000;
/// The most columns.
const MOST_COLUMNS: usize = 500;
/// The largest files, in bytes. A spreadsheet's texts are held in memory.
const LARGEST_CSV: u64 = 1 << 30;
const LARGEST_XLSX: u64 = 100 << 20;
/// A first line is no longer.
const FIRST_LINE: u64 = 1 << 20;
const BOM: &[u8] = b"\xef\xbb\xbf";

/// A file of rows.
#[derive(Clone, Debug)]
pub(super) struct Table {
    path: PathBuf,
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
    /// Looks through a file.
    ///
    /// # Errors
    /// Where it cannot be read to its end, or is too large; says where.
    pub(super) fn open(path: PathBuf) -> anyhow::Result<Table> {
        let name = path.display().to_string();
        let cannot = || format!("{name} cannot be read");
        let mut file = File::open(&path).with_context(cannot)?;
        let length = file.metadata().with_context(cannot)?.len();
        let kind = kind(&mut file).with_context(|| format!("{name} cannot be imported"))?;
        let largest = if matches!(kind, Kind::Xlsx) { LARGEST_XLSX } else { LARGEST_CSV };
        ensure!(length <= largest, "{name} has more than {} MiB; split it", largest >> 20);
        file.seek(SeekFrom::Start(0)).with_context(cannot)?;
        let hash = hash(&file).with_context(cannot)?;
        let mut table = Table { path, kind, header: Vec::new(), rows: 0, hash };
        let (mut header, mut rows) = (None, 0);
        table.records(&mut |_, cells| {
            if header.is_none() {
                header = Some(cells);
            } else {
                rows += 1;
            }
            if rows > MOST_ROWS { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        ensure!(rows <= MOST_ROWS, "{name} has more than {MOST_ROWS} rows; split it");
        table.header = header.with_context(|| format!("{name} is empty"))?;
        ensure!(rows > 0, "{name} has no row below its first line");
        let columns = table.header.len();
        ensure!(columns <= MOST_COLUMNS, "{name} has more than {MOST_COLUMNS} columns");
        table.rows = rows;
        Ok(table)
    }

    /// Hands over each row below the first line, with where it stands: the line in a CSV, the row in a sheet. Empty ones are left out.
    ///
    /// # Errors
    /// Where it cannot be read to its end.
    pub(super) fn each(
        &self,
        told: &mut dyn FnMut(u64, Vec<String>) -> ControlFlow<()>,
    ) -> anyhow::Result<()> {
        let mut is_header = true;
        self.records(&mut |at, cells| {
            if std::mem::take(&mut is_header) { ControlFlow::Continue(()) } else { told(at, cells) }
        })
    }

    fn records(&self, told: &mut dyn FnMut(u64, Vec<String>) -> ControlFlow<()>) -> anyhow::Result<()> {
        let name = self.path.display();
        let file = File::open(&self.path).with_context(|| format!("{name} cannot be read"))?;
        let mut told = |at: u64, cells: Vec<String>| match cells.iter().all(|text| text.trim().is_empty()) {
            true => ControlFlow::Continue(()),
            false => told(at, cells),
        };
        match self.kind {
            Kind::Csv { delimiter } => of_csv(file, delimiter, &mut told),
            Kind::Xlsx => of_sheet(file, &mut told),
        }
        .with_context(|| format!("{name} cannot be read to its end"))
    }
}

fn hash(file: &File) -> std::io::Result<String> {
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

/// What a file is, by what it begins with.
fn kind(file: &mut File) -> anyhow::Result<Kind> {
    let mut start = Vec::new();
    file.take(FIRST_LINE).read_to_end(&mut start)?;
    match start.as_slice() {
        [b'P', b'K', 3, 4, ..] => Ok(Kind::Xlsx),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => bail!("it is of an old Excel; save it as .xlsx"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => bail!("it is UTF-16; save it as CSV UTF-8"),
        start => Ok(Kind::Csv { delimiter: delimiter(start) }),
    }
}

/// What stands between the cells of the first line: whichever of `,`, `;` and tab is there most often outside quotes.
fn delimiter(start: &[u8]) -> u8 {
    let mut is_quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    for byte in start {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' if !is_quoted => break,
            _ if is_quoted => {}
            _ => counts.iter_mut().filter(|(known, _)| known == byte).for_each(|(_, count)| *count += 1),
        }
    }
    // The first of those that are there as often.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(byte, _)| byte)
}

type Told<'a> = dyn FnMut(u64, Vec<String>) -> ControlFlow<()> + 'a;

fn of_csv(mut file: File, delimiter: u8, told: &mut Told<'_>) -> anyhow::Result<()> {
    let mut start = [0; 3];
    let has_bom = file.read_exact(&mut start).is_ok() && start == BOM;
    file.seek(SeekFrom::Start(if has_bom { BOM.len() as u64 } else { 0 }))?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(BufReader::new(file));
    let mut record = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => return Ok(()),
            Ok(true) => {}
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                match error.kind() {
                    csv::ErrorKind::Utf8 { .. } => {
                        bail!("line {line} is not UTF-8; save the file as CSV UTF-8")
                    }
                    _ => return Err(error).with_context(|| format!("line {line}")),
                }
            }
        }
        let line = record.position().map_or(0, csv::Position::line);
        if told(line, record.iter().map(|text| plain(text).to_owned()).collect()).is_break() {
            return Ok(());
        }
    }
}

/// A cell without the sign that keeps spreadsheets from reading it as a formula: exports set it.
fn plain(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.trim_start().starts_with(['=', '@', '+', '-']) => rest,
        _ => text,
    }
}

/// The first sheet of a book.
fn of_sheet(file: File, told: &mut Told<'_>) -> anyhow::Result<()> {
    let mut book = Xlsx::new(BufReader::new(file)).context("it is no .xlsx")?;
    let name = book.sheet_names().first().cloned().context("it has no sheet")?;
    let mut cells = book.worksheet_cells_reader(&name).with_context(|| format!("sheet {name:?}"))?;
    let (mut row, mut texts) = (0, Vec::new());
    loop {
        let cell = cells.next_cell().with_context(|| format!("behind row {}", row + 1))?;
        let at = cell.as_ref().map(|cell| cell.get_position());
        let is_whole = at.is_none_or(|(next, _)| next != row) && !texts.is_empty();
        if is_whole && told(u64::from(row) + 1, std::mem::take(&mut texts)).is_break() {
            return Ok(());
        }
        let Some((cell, (next, column))) = cell.zip(at) else { return Ok(()) };
        let column = column as usize;
        ensure!(column < MOST_COLUMNS, "row {} has more than {MOST_COLUMNS} columns", next + 1);
        row = next;
        if texts.len() <= column {
            texts.resize(column + 1, String::new());
        }
        texts[column] = written(cell.get_value());
    }
}

/// A cell as a CSV would have it.
fn written(value: &DataRef<'_>) -> String {
    match value {
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        // Numbers up to 15 figures, telephone numbers among them, are whole.
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(flag) => flag.to_string(),
        DataRef::DateTime(at) => {
            let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
            match (hour, minute, second) {
                (0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
                _ => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"),
            }
        }
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        // A formula that has no value.
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

/// A file's name without its folder, for people.
pub(super) fn name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_cells() {
        let rows: [(&str, u8); 6] = [
            ("name,phone\n1;2;3", b','),
            ("name;phone;e,mail\n", b';'),
            ("name\tphone", b'\t'),
            ("\"a,b,c\";d", b';'),
            ("phone", b','),
            ("", b','),
        ];
        for (start, expected) in rows {
            assert_eq!(delimiter(start.as_bytes()), expected, "{start:?}");
        }
    }

    #[test]
    fn what_exports_guard_is_itself_again() {
        for text in ["=1+1", "@x", "+x", " =2", "plain", "'quoted'", "+15551234567"] {
            assert_eq!(plain(&crate::delivery::csv::cell(text)), text);
        }
    }
}
