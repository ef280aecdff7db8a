//! Rows as a file: CSV, or a sheet of Excel's. What people wrote is text in either, never a formula.

use crate::delivery::csv::cell;
use rust_xlsxwriter::{Format, Workbook};
use std::fs::File;
use std::io::{self, BufWriter, Write};

/// Excel's rows of a sheet.
const MOST_ROWS: u32 = 1_048_576;
/// A column that shows a phone number and a time whole, in characters.
const WIDTH: u32 = 20;
/// The longest text of a cell Excel opens, in characters.
const LONGEST: usize = 32_767;

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Comma-separated, UTF-8.
    Csv,
    /// Excel.
    Xlsx,
}

impl Kind {
    /// Both.
    pub const ALL: [Kind; 2] = [Kind::Csv, Kind::Xlsx];

    /// Its name, and how its files' names end.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Csv => "csv",
            Kind::Xlsx => "xlsx",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// Rows as lines of a CSV.
pub fn lines<C: AsRef<str>>(rows: impl IntoIterator<Item = impl IntoIterator<Item = C>>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for row in rows {
        // Memory takes all that is written.
        let _ = writer.write_record(row.into_iter().map(|text| cell(text.as_ref())));
    }
    writer.into_inner().unwrap_or_default()
}

/// A file that is being written.
pub struct Sheet {
    writer: Writer,
    columns: &'static [&'static str],
}

enum Writer {
    Csv(BufWriter<File>),
    Xlsx { file: File, book: Box<Workbook>, sheets: usize, row: u32 },
}

impl Sheet {
    /// Begins one with these columns, in a file that is empty.
    ///
    /// # Errors
    /// Where nothing can be written there.
    pub fn begin(kind: Kind, file: File, columns: &'static [&'static str]) -> io::Result<Sheet> {
        let writer = match kind {
            Kind::Csv => {
                let mut writer = BufWriter::new(file);
                writer.write_all(&lines([columns]))?;
                Writer::Csv(writer)
            }
            Kind::Xlsx => Writer::Xlsx { file, book: Box::new(Workbook::new()), sheets: 0, row: MOST_ROWS },
        };
        let mut sheet = Sheet { writer, columns };
        sheet.next_sheet().map_err(io::Error::other)?;
        Ok(sheet)
    }

    /// Adds a row.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn add(&mut self, cells: &[String]) -> io::Result<()> {
        if matches!(self.writer, Writer::Xlsx { row: MOST_ROWS, .. }) {
            self.next_sheet().map_err(io::Error::other)?;
        }
        match &mut self.writer {
            Writer::Csv(writer) => writer.write_all(&lines([cells]))?,
            Writer::Xlsx { book, sheets, row, .. } => {
                let sheet = book.worksheet_from_index(*sheets - 1).map_err(io::Error::other)?;
                for (column, text) in (0_u16..).zip(cells) {
                    // As text, also numbers: Excel knows 15 digits of them, and takes the + from a phone number.
                    let text: String = text.chars().take(LONGEST).collect();
                    sheet.write_string(*row, column, text).map_err(io::Error::other)?;
                }
                *row += 1;
            }
        }
        Ok(())
    }

    /// A sheet of the book holds so many rows; what is more goes on the next.
    fn next_sheet(&mut self) -> Result<(), rust_xlsxwriter::XlsxError> {
        let Writer::Xlsx { book, sheets, row, .. } = &mut self.writer else { return Ok(()) };
        *sheets += 1;
        let sheet = book.add_worksheet_with_constant_memory()?;
        sheet.set_name(if *sheets == 1 { "leads".to_owned() } else { format!("leads {sheets}") })?;
        sheet.set_freeze_panes(1, 0)?;
        let bold = Format::new().set_bold();
        for (column, name) in (0_u16..).zip(self.columns.iter().copied()) {
            sheet.set_column_width(column, WIDTH)?;
            sheet.write_string_with_format(0, column, name, &bold)?;
        }
        *row = 1;
        Ok(())
    }

    /// Writes what is left to write; the file.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn finish(self) -> io::Result<File> {
        match self.writer {
            Writer::Csv(writer) => writer.into_inner().map_err(|error| error.into_error()),
            Writer::Xlsx { mut file, mut book, .. } => {
                book.save_to_writer(&file).map_err(io::Error::other)?;
                file.flush()?;
                Ok(file)
            }
        }
    }
}
