//! What a file can be refused with.

use super::super::super::openapi::described;
use super::super::super::problem::Problem;
use super::{CSV, LARGEST, failed};
use crate::service::import::{FileError, ImportError};
use std::collections::BTreeMap;
use utoipa::IntoResponses;
use utoipa::openapi::{RefOr, Response};

/// What takes more.
const MORE: &str = "use `leadwire leads import` on the server, which takes more";

/// What a file can be refused with.
#[derive(Clone, Copy, Debug)]
pub enum FileRefusals {}

impl IntoResponses for FileRefusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        [
            described("Another request, or a command, took a batch of the same file with the same options meanwhile, and goes on with it.", elsewhere()),
            described(
                "The file has more than 10 MiB or 20,000 rows, or more than 128 MiB are packed in it.",
                too_large(),
            ),
            described("The body is neither CSV nor a spreadsheet, or not what it says it is.", Problem::unsupported_type(CSV)),
            described(
                "The file is no list of leads: it is empty, is not UTF-8, has no column by which somebody could be known, or none that \
                 `map` names; or whoever sees several centers did not say which.",
                Problem::refused("the file cannot be read to its end: line 3 is not UTF-8; save the file as CSV UTF-8"),
            ),
        ]
        .into()
    }
}

/// 413.
pub fn too_large() -> Problem {
    let problem = Problem::too_large(LARGEST as usize);
    Problem { detail: format!("{}, and 20000 rows; split the file, or {MORE}", problem.detail), ..problem }
}

fn elsewhere() -> Problem {
    let detail = format!("{}, and send it again", ImportError::Elsewhere);
    Problem::not_possible(detail, vec![])
}

impl From<FileError> for Problem {
    fn from(error: FileError) -> Problem {
        match error {
            FileError::Gone(_, error) => failed(&error),
            FileError::TooMuch(detail) => {
                Problem { detail: format!("{detail}; split it, or {MORE}"), ..too_large() }
            }
            FileError::Unfit(detail) => Problem::refused(detail),
        }
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Problem {
        match error {
            ImportError::Elsewhere => elsewhere(),
            ImportError::Report(error) => failed(&error),
            ImportError::File(error) => error.into(),
            ImportError::Refused(refused) => refused.into(),
        }
    }
}
