//! Rows as they stand in a file: between separators, or in the cells of a sheet.

use super::file::MOST_COLUMNS;
use super::line_ends::LineEnds;
use calamine::{DataRef, Reader, Xlsx};
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::ops::ControlFlow;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// What stands between the cells of the first line: whichever of `,`, `;` and tab is there most often outside quotes.
pub(super) fn delimiter(start: &[u8]) -> u8 {
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

/// Takes a row and where it stands, and says whether it wants more.
type Told<'a> = dyn FnMut(u64, Vec<String>) -> ControlFlow<()> + 'a;

pub(super) fn of_csv(mut file: &File, delimiter: u8, told: &mut Told<'_>) -> Result<(), String> {
    let mut start = [0; 3];
    let has_bom = file.read_exact(&mut start).is_ok() && start == BOM;
    let begin = if has_bom { BOM.len() as u64 } else { 0 };
    file.seek(SeekFrom::Start(begin)).map_err(|error| error.to_string())?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(LineEnds::new(BufReader::new(file)));
    let mut record = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => return Ok(()),
            Ok(true) => {}
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                return Err(match error.kind() {
                    csv::ErrorKind::Utf8 { .. } => {
                        format!("line {line} is not UTF-8; save the file as CSV UTF-8")
                    }
                    _ => format!("line {line}: {error}"),
                });
            }
        }
        // Behind it, less what it has of its own: where it began may be above empty lines.
        let own = record.iter().map(|text| text.matches('\n').count() as u64).sum::<u64>();
        let line = reader.position().line().saturating_sub(1 + own);
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
pub(super) fn of_sheet(file: &File, told: &mut Told<'_>) -> Result<(), String> {
    let mut book = Xlsx::new(BufReader::new(file)).map_err(|error| format!("it is no .xlsx: {error}"))?;
    let name = book.sheet_names().first().cloned().ok_or("it has no sheet")?;
    let mut cells = book.worksheet_cells_reader(&name).map_err(|error| format!("sheet {name:?}: {error}"))?;
    let (mut row, mut texts) = (0, Vec::new());
    loop {
        let cell = cells.next_cell().map_err(|error| format!("behind row {}: {error}", row + 1))?;
        let at = cell.as_ref().map(|cell| cell.get_position());
        let is_whole = at.is_none_or(|(next, _)| next != row) && !texts.is_empty();
        if is_whole && told(u64::from(row) + 1, std::mem::take(&mut texts)).is_break() {
            return Ok(());
        }
        let Some((cell, (next, column))) = cell.zip(at) else { return Ok(()) };
        let column = column as usize;
        if column >= MOST_COLUMNS {
            return Err(format!("row {} has more than {MOST_COLUMNS} columns", next + 1));
        }
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
    fn rows_stand_where_editors_show_them() {
        let text = "name,phone\n\n\nB,\"1\n2\"\n\nC,13";
        let ends = ["\n", "\r\n", "\r"].map(|end| text.replace('\n', end));
        for text in
            ends.iter().flat_map(|text| [text.clone(), format!("{text}\n"), format!("\u{feff}{text}")])
        {
            let mut file = tempfile::tempfile().unwrap();
            std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
            file.seek(SeekFrom::Start(0)).unwrap();
            let mut lines = Vec::new();
            of_csv(&file, b',', &mut |line, cells| {
                lines.push((line, cells[0].clone()));
                ControlFlow::Continue(())
            })
            .unwrap();
            let expected = [(1, "name"), (4, "B"), (7, "C")].map(|(line, name)| (line, name.to_owned()));
            assert_eq!(lines, expected, "{text:?}");
        }
    }

    #[test]
    fn what_exports_guard_is_itself_again() {
        for text in ["=1+1", "@x", "+x", " =2", "plain", "'quoted'", "+15551234567"] {
            assert_eq!(plain(&crate::delivery::csv::cell(text)), text);
        }
    }
}
