//! Reads what people write into values: one file per kind of answer, behind one trait.
//!
//! Pure and total: no clock (`Asked::now` is a parameter), no network, never panics; third-party parsers run under
//! `catch_unwind` and a length cap.

mod stub;

pub use stub::{command, command_with, read};

use crate::domain::answer::{Kind, Value};

/// The version of the readers. Stored with every reading, so that a later re-reading is explicit.
pub const READER: u16 = 1;

/// Text longer than this many characters is not given to a recogniser.
pub const LONGEST: usize = 500;

/// An option of a choice, with all the words that mean it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OptionWords {
    /// What a match is called.
    pub value: String,
    /// Labels in the flow's languages, short labels and the `also` words.
    pub words: Vec<String>,
}

/// Which figure comes first in an all-figures date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// 31/12/2026.
    Dmy,
    /// 12/31/2026.
    Mdy,
    /// 2026/12/31.
    Ymd,
}

/// The open question, as far as reading its answer needs it.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// What is expected.
    pub kind: Kind,
    /// Options in the order shown; empty unless the kind lists them (a `location` may).
    pub options: &'a [OptionWords],
    /// The language of the conversation (`en`, `hi`, `es` …); English is tried besides.
    pub language: &'a str,
    /// ISO 3166 country for phone numbers without country code and for postal codes.
    pub region: Option<&'a str>,
    /// ISO 4217 currency of bare amounts.
    pub currency: Option<&'a str>,
    /// How figures-only dates are written here; `None`: by region and language.
    pub date_order: Option<DateOrder>,
    /// The person's wall clock, for "tomorrow".
    pub now: jiff::civil::DateTime,
}

/// A value read, and where in the text it stood.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// What was understood.
    pub value: Value,
    /// Bytes of the text the value came from; the whole text where there is no narrower place.
    pub span: std::ops::Range<usize>,
}

/// Why there is no value. The question's own retry text is shown for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Nothing was said.
    Empty,
    /// No value of this kind is in it.
    NotUnderstood,
    /// More than one value fits.
    Ambiguous,
    /// Longer than is read.
    TooLong,
}
