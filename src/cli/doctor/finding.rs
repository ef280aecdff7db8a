//! What a check says.

use serde::Serialize;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// As it should be.
    Ok,
    /// It works, and somebody should know.
    Warning,
    /// It does not work.
    Fault,
}

/// What a check says of one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at: `database`, `sink crm` …
    pub area: String,
    /// How it is.
    pub status: Status,
    /// In words. Never a secret.
    pub what: String,
    /// What to do; never missing where it is no `ok`.
    pub cure: Option<String>,
}

impl Finding {
    /// All is well.
    pub fn ok(area: impl Into<String>, what: impl Into<String>) -> Finding {
        Finding { area: area.into(), status: Status::Ok, what: what.into(), cure: None }
    }

    /// It works, and somebody should know.
    pub fn warning(area: impl Into<String>, what: impl Into<String>, cure: impl Into<String>) -> Finding {
        Finding { status: Status::Warning, cure: Some(cure.into()), ..Finding::ok(area, what) }
    }

    /// It does not work.
    pub fn fault(area: impl Into<String>, what: impl Into<String>, cure: impl Into<String>) -> Finding {
        Finding { status: Status::Fault, ..Finding::warning(area, what, cure) }
    }

    /// Whether it does not work.
    pub fn is_fault(&self) -> bool {
        self.status == Status::Fault
    }
}
