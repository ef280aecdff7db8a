//! What became of the rows of a file.

use crate::domain::import::{Columns, Outcome};
use crate::service::import::{Told, Watch};
use crate::store::imports::ImportRow;
use serde::Serialize;
use std::io;
use utoipa::ToSchema;

/// Rows that are told of, beside all that are refused.
const OTHERS: usize = 100;

/// What became of a row.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowFate {
    /// Where it stands: the line in a CSV, the row in a sheet.
    #[schema(example = 4)]
    row: u64,
    /// `created`, `updated`, `skipped` or `refused`; in a preview, what would be.
    #[schema(example = "refused")]
    outcome: &'static str,
    /// The lead that was made, changed or found.
    #[schema(example = json!(null))]
    lead_id: Option<i64>,
    /// Its enquiry's number.
    #[schema(example = json!(null))]
    enquiry_id: Option<String>,
    /// Why: of a refused row, each column that is wrong and what is wrong with it.
    #[schema(
        example = "phone: is no phone number that could be called; write it with its country, such as +919876543210"
    )]
    why: String,
}

impl From<Told> for RowFate {
    fn from(told: Told) -> RowFate {
        let Told { row, outcome, lead_id, enquiry_id, why } = told;
        RowFate { row, outcome: outcome.as_str(), lead_id, enquiry_id, why }
    }
}

/// What became of a file.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportReport {
    /// `done`; `preview`: nothing was written; `already_imported`: it was taken with these options before, and nothing was done.
    #[schema(example = "done")]
    state: &'static str,
    /// How many rows the file has.
    #[schema(example = 3)]
    rows: i64,
    /// How many of them requests before this one took: the file was cut off then, and this went on behind them. They are in the counts, and
    /// not in the report.
    #[schema(example = 0)]
    rows_done_before: i64,
    /// Leads that were made.
    #[schema(example = 2)]
    created: i64,
    /// Rows that were written into a lead.
    #[schema(example = 0)]
    updated: i64,
    /// Rows whose lead is there.
    #[schema(example = 0)]
    skipped: i64,
    /// Rows that something is wrong with.
    #[schema(example = 1)]
    refused: i64,
    /// Columns that are none of a lead's fields: what they have is kept with the lead under their names. One that is a field is named by `map`.
    #[schema(example = json!(["Shoe size"]))]
    kept_columns: Vec<String>,
    /// Every row that was refused, and the first 100 others.
    report: Vec<RowFate>,
    /// How many rows that were not refused are left out of the report.
    #[schema(example = 0)]
    report_left_out: u64,
}

impl ImportReport {
    pub(super) fn new(
        state: &'static str,
        end: &ImportRow,
        rows_done_before: i64,
        columns: &Columns,
        heard: Heard,
    ) -> ImportReport {
        let ImportRow { rows_total: rows, created, updated, skipped, refused, .. } = *end;
        let Heard { report, left_out, .. } = heard;
        ImportReport {
            state,
            rows,
            rows_done_before,
            created,
            updated,
            skipped,
            refused,
            kept_columns: columns.further().map(str::to_owned).collect(),
            report,
            report_left_out: left_out,
        }
    }
}

/// The rows that are told of, as they come.
#[derive(Debug, Default)]
pub(super) struct Heard {
    report: Vec<RowFate>,
    others: usize,
    left_out: u64,
}

impl Watch for Heard {
    fn about_to(&mut self, _: &[Told]) -> io::Result<()> {
        Ok(())
    }

    fn done(&mut self, batch: Vec<Told>) -> io::Result<()> {
        for told in batch {
            if told.outcome == Outcome::Refused {
                self.report.push(told.into());
            } else if self.others < OTHERS {
                self.others += 1;
                self.report.push(told.into());
            } else {
                self.left_out += 1;
            }
        }
        Ok(())
    }
}
