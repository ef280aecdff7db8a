//! What `leadwire leads import` is asked for.

use crate::domain::import::{By, Mode, mapping};
use crate::service::import::Options;
use std::path::PathBuf;

/// Which file, and what to do with it.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// The file: CSV (UTF-8; comma, semicolon or tab between the cells) or XLSX (its first sheet), the columns' names on its first line
    pub(super) file: PathBuf,
    /// Only tell what would become of each row; nothing is written
    #[arg(long)]
    pub(super) preview: bool,
    /// What to do with a row whose lead is there
    #[arg(long, value_enum, default_value_t = Duplicates::Skip)]
    pub(super) duplicates: Duplicates,
    /// What a lead is known by; of name-phone the name is the child's where the row has one
    #[arg(long, value_enum, default_value_t = Key::Phone)]
    pub(super) by: Key,
    /// Leads that came longer ago are no duplicates
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    pub(super) within: Option<u32>,
    /// What a column is that is called otherwise; "-" leaves it out
    #[arg(long, value_name = "COLUMN=FIELD", value_parser = mapping)]
    pub(super) map: Vec<(String, String)>,
    /// Where leads come from of which the file does not say it
    #[arg(long, value_name = "NAME")]
    pub(super) source: Option<String>,
    /// Write what became of each row to a file
    #[arg(long, value_name = "FILE.csv")]
    pub(super) report: Option<PathBuf>,
    /// Import a file once more that was imported already
    #[arg(long)]
    pub(super) again: bool,
    /// Say what was done as JSON
    #[arg(long)]
    pub(super) json: bool,
}

/// What to do with a row whose lead is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Duplicates {
    /// Leave the lead as it is
    Skip,
    /// Write into the lead what the row says
    Update,
    /// Make another lead of the same person
    Create,
}

/// What a lead is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Key {
    /// The phone number, all its variants
    Phone,
    /// The e-mail address
    Email,
    /// The phone number and the name
    NamePhone,
}

impl Args {
    pub(super) fn options(&self) -> Options {
        let duplicates = match self.duplicates {
            Duplicates::Skip => Mode::Skip,
            Duplicates::Update => Mode::Update,
            Duplicates::Create => Mode::Create,
        };
        let by = match self.by {
            Key::Phone => By::Phone,
            Key::Email => By::Email,
            Key::NamePhone => By::NamePhone,
        };
        Options { duplicates, by, within: self.within, map: self.map.clone(), source: self.source.clone() }
    }
}
