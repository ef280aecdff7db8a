//! Reads what people write into values: one file per kind of answer, behind one trait.
//!
//! Pure and total: no clock (`Asked::now` is a parameter), no network, never panics; third-party parsers run under
//! `catch_unwind` and a length cap.

pub mod command;
pub mod corpus;

mod choice;
mod choices;
mod consent;
mod correction;
mod date;
mod datetime;
mod email;
mod guard;
mod location;
mod moment;
mod money;
mod money_range;
mod name;
mod number;
mod numerals;
mod options;
mod phone;
mod position;
mod postcode;
mod range;
mod spelling;
mod spoken;
mod text;
mod time;
mod words;
mod yes_no;

#[cfg(test)]
mod tests;

pub use command::{command, command_with};
pub use date::order;
pub use spelling::spelled;

use crate::domain::answer::{Kind, Value};
use crate::domain::text::{clean, unified};

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

/// Reads one kind of answer. The text it gets is not empty, not longer than [`LONGEST`] characters (except for `text`),
/// free of control characters and in compatibility form.
trait Reader: Sync {
    /// The value in the text, or why there is none.
    fn read(&self, text: &str, asked: &Asked) -> Result<Reading, Refusal>;
}

/// The reader of each kind: replacing one is one line here. `media` has no words to read.
fn reader(kind: Kind) -> Option<&'static dyn Reader> {
    Some(match kind {
        Kind::Text => &text::Text,
        Kind::Choice => &choice::Choice,
        Kind::Choices => &choices::Choices,
        Kind::YesNo => &yes_no::YesNo,
        Kind::Number => &number::Number,
        Kind::Money => &money::Money,
        Kind::MoneyRange => &money_range::MoneyRange,
        Kind::Range => &range::Range,
        Kind::Phone => &phone::Phone,
        Kind::Email => &email::Email,
        Kind::Date => &date::Date,
        Kind::Time => &time::Time,
        Kind::Datetime => &datetime::Datetime,
        Kind::Name => &name::Name,
        Kind::Postcode => &postcode::Postcode,
        Kind::Location => &location::Location,
        Kind::Consent => &consent::Consent,
        Kind::Media => return None,
    })
}

/// A phone number that stands alone, as people write it, to E.164; `region`: the country of numbers written without one, ISO 3166-1
/// alpha-2. `None`: it is no number of the country's plan.
pub fn phone(text: &str, region: Option<&str>) -> Option<String> {
    (text.len() <= LONGEST).then(|| guard::phone(&unified(&clean(text)), region)).flatten()
}

/// Whether this is a country that phone numbers are known of, ISO 3166-1 alpha-2.
pub fn is_region(code: &str) -> bool {
    guard::is_region(code)
}

/// Reads an answer to the question that was asked.
///
/// Never panics. The span of the reading lies within `text`, on character boundaries.
///
/// # Errors
/// Says why there is no value; `media` is never understood from words.
pub fn read(text: &str, asked: &Asked) -> Result<Reading, Refusal> {
    let cleaned = clean(text);
    let prepared = unified(&cleaned);
    if prepared.trim().is_empty() {
        return Err(Refusal::Empty);
    }
    let reader = reader(asked.kind).ok_or(Refusal::NotUnderstood)?;
    if asked.kind != Kind::Text && prepared.chars().nth(LONGEST).is_some() {
        return Err(Refusal::TooLong);
    }
    let prepared = if keeps_writing(asked.kind) { prepared } else { words::ascii_figures(prepared) };
    let reading = corrected(reader, &prepared, asked)?;
    if *prepared == *text {
        return Ok(reading);
    }
    // Places in the prepared text are not places in what was written.
    Ok(Reading { span: 0..text.len(), ..reading })
}

/// Kinds whose value is the words themselves: their figures stay as they were written.
fn keeps_writing(kind: Kind) -> bool {
    matches!(kind, Kind::Text | Kind::Name | Kind::Location)
}

/// Reads what was said last where the person took something back ("the first, no wait, the second"), else all of it.
fn corrected(reader: &dyn Reader, text: &str, asked: &Asked) -> Result<Reading, Refusal> {
    if asked.kind != Kind::Text
        && let Some(at) = correction::tail(text)
        && let Ok(Reading { value, span }) = reader.read(&text[at..], asked)
    {
        return Ok(Reading { value, span: span.start + at..span.end + at });
    }
    reader.read(text, asked)
}

impl Reading {
    /// A value that needed the whole text.
    fn whole(value: Value, text: &str) -> Self {
        Reading { value, span: 0..text.len() }
    }
}

impl Asked<'_> {
    /// Whether a comma divides whole from fraction here ("2,5").
    fn decimal_comma(&self) -> bool {
        let by_language = matches!(
            self.language_only(),
            "es" | "pt"
                | "fr"
                | "de"
                | "it"
                | "nl"
                | "tr"
                | "sv"
                | "da"
                | "nb"
                | "fi"
                | "pl"
                | "cs"
                | "ca"
                | "ru"
                | "uk"
                | "bg"
                | "el"
                | "ro"
                | "hu"
                | "id"
                | "vi"
                | "is"
        );
        // Spanish is written with a decimal point from Mexico to Central America and in the United States.
        by_language
            && !matches!(
                self.region,
                Some("MX" | "US" | "GT" | "HN" | "NI" | "PA" | "SV" | "DO" | "PR" | "CH")
            )
    }

    /// The language without script or region: `pt` of `pt-BR`.
    fn language_only(&self) -> &str {
        self.language.split(['-', '_']).next().unwrap_or("en")
    }
}
