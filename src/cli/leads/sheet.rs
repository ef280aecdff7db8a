//! A file of leads, written row by row. It is there whole or not at all.

use crate::delivery::csv::cell;
use crate::ids;
use anyhow::Context;
use rust_xlsxwriter::{Format, Workbook};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Excel's rows of a sheet.
const MOST_ROWS: u32 = 1_048_576;
/// A column that shows a phone number and a time whole, in characters.
const WIDTH: u32 = 20;
/// The longest text of a cell Excel opens, in characters.
const LONGEST: usize = 32_767;

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// Comma-separated, UTF-8.
    Csv,
    /// Excel.
    Xlsx,
}

impl Kind {
    /// How its files' names end.
    pub fn extension(self) -> &'static str {
        match self {
            Kind::Csv => "csv",
            Kind::Xlsx => "xlsx",
        }
    }
}

/// A file that is being written.
pub(super) struct Sheet {
    writer: Writer,
    columns: &'static [&'static str],
    draft: Draft,
}

enum Writer {
    Csv(Box<csv::Writer<BufWriter<File>>>),
    Xlsx { book: Box<Workbook>, sheets: usize, row: u32 },
}

impl Sheet {
    /// Begins one with these columns, beside where it is to be.
    ///
    /// # Errors
    /// Where nothing can be written there.
    pub(super) fn begin(
        kind: Kind,
        path: PathBuf,
        columns: &'static [&'static str],
    ) -> anyhow::Result<Sheet> {
        let (draft, file) = Draft::begin(path)?;
        let writer = match kind {
            Kind::Csv => {
                let mut writer = csv::Writer::from_writer(BufWriter::new(file));
                writer.write_record(columns).with_context(|| draft.failed())?;
                Writer::Csv(Box::new(writer))
            }
            Kind::Xlsx => Writer::Xlsx { book: Box::new(Workbook::new()), sheets: 0, row: MOST_ROWS },
        };
        let mut sheet = Sheet { writer, columns, draft };
        if kind == Kind::Xlsx {
            sheet.next_sheet()?;
        }
        Ok(sheet)
    }

    /// Adds a row.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub(super) fn add(&mut self, cells: &[String]) -> anyhow::Result<()> {
        if matches!(self.writer, Writer::Xlsx { row: MOST_ROWS, .. }) {
            self.next_sheet()?;
        }
        let failed = || self.draft.failed();
        match &mut self.writer {
            Writer::Csv(writer) => {
                writer.write_record(cells.iter().map(|text| cell(text))).with_context(failed)?;
            }
            Writer::Xlsx { book, sheets, row } => {
                let sheet = book.worksheet_from_index(*sheets - 1).with_context(failed)?;
                for (column, text) in (0_u16..).zip(cells) {
                    // As text, also numbers: Excel knows 15 digits of them, and takes the + from a phone number.
                    let text: String = text.chars().take(LONGEST).collect();
                    sheet.write_string(*row, column, text).with_context(failed)?;
                }
                *row += 1;
            }
        }
        Ok(())
    }

    /// A sheet of the book holds so many rows; what is more goes on the next.
    fn next_sheet(&mut self) -> anyhow::Result<()> {
        let failed = || self.draft.failed();
        let Writer::Xlsx { book, sheets, row } = &mut self.writer else { return Ok(()) };
        *sheets += 1;
        let sheet = book.add_worksheet_with_constant_memory().with_context(failed)?;
        sheet.set_name(if *sheets == 1 { "leads".to_owned() } else { format!("leads {sheets}") })?;
        sheet.set_freeze_panes(1, 0).with_context(failed)?;
        let bold = Format::new().set_bold();
        for (column, name) in (0_u16..).zip(self.columns.iter().copied()) {
            sheet.set_column_width(column, WIDTH).with_context(failed)?;
            sheet.write_string_with_format(0, column, name, &bold).with_context(failed)?;
        }
        *row = 1;
        Ok(())
    }

    /// Puts it where it is to be; where that is.
    ///
    /// # Errors
    /// Where it cannot be written; then nothing is there that was not before.
    pub(super) fn finish(self) -> anyhow::Result<PathBuf> {
        let Sheet { writer, draft, .. } = self;
        let failed = || draft.failed();
        let file = match writer {
            Writer::Csv(writer) => {
                let buffer = writer.into_inner().map_err(|error| error.into_error()).with_context(failed)?;
                buffer.into_inner().map_err(|error| error.into_error()).with_context(failed)?
            }
            Writer::Xlsx { mut book, .. } => {
                let mut file = File::options().write(true).open(&draft.at).with_context(failed)?;
                book.save_to_writer(&file).with_context(failed)?;
                file.flush().with_context(failed)?;
                file
            }
        };
        file.sync_all().with_context(failed)?;
        draft.finish()
    }
}

/// A file under another name, gone again unless it is finished.
struct Draft {
    at: PathBuf,
    path: PathBuf,
    is_finished: bool,
}

impl Draft {
    fn begin(path: PathBuf) -> anyhow::Result<(Draft, File)> {
        let name = path.file_name().with_context(|| format!("{} names no file", path.display()))?;
        let hidden = format!(".{}.{}", name.to_string_lossy(), ids::secret());
        let at = path.parent().map_or_else(|| PathBuf::from(&hidden), |folder| folder.join(&hidden));
        let mut options = File::options();
        options.write(true).create_new(true);
        // It is full of what people said of themselves.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&at).with_context(|| cannot(&path))?;
        Ok((Draft { at, path, is_finished: false }, file))
    }

    fn failed(&self) -> String {
        cannot(&self.path)
    }

    fn finish(mut self) -> anyhow::Result<PathBuf> {
        std::fs::rename(&self.at, &self.path).with_context(|| self.failed())?;
        self.is_finished = true;
        Ok(self.path.clone())
    }
}

fn cannot(path: &Path) -> String {
    format!("{} cannot be written; name another place with --out", path.display())
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.is_finished {
            // Whether or not it can be taken away, there is nothing more to do.
            let _ = std::fs::remove_file(&self.at);
        }
    }
}
