//! Kinds of answers and the values read from them.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What a question asks for; the names are those of `ask` in flow files.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Anything said.
    Text,
    /// One of the options.
    Choice,
    /// Some of the options.
    Choices,
    /// Yes or no.
    YesNo,
    /// A number.
    Number,
    /// An amount of money.
    Money,
    /// From an amount to an amount.
    MoneyRange,
    /// From a number to a number.
    Range,
    /// A phone number, read to E.164.
    Phone,
    /// An e-mail address.
    Email,
    /// A calendar day.
    Date,
    /// A time of day.
    Time,
    /// A day and a time.
    Datetime,
    /// A person's name.
    Name,
    /// A postal code.
    Postcode,
    /// A place: words, or a shared position.
    Location,
    /// An explicit agreement; only a clear yes is one.
    Consent,
    /// A picture, sound or document.
    Media,
}

impl Kind {
    /// All of them, in the order the language lists them.
    pub const ALL: [Kind; 18] = [
        Kind::Text,
        Kind::Choice,
        Kind::Choices,
        Kind::YesNo,
        Kind::Number,
        Kind::Money,
        Kind::MoneyRange,
        Kind::Range,
        Kind::Phone,
        Kind::Email,
        Kind::Date,
        Kind::Time,
        Kind::Datetime,
        Kind::Name,
        Kind::Postcode,
        Kind::Location,
        Kind::Consent,
        Kind::Media,
    ];

    /// The name in flow files and columns.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Choice => "choice",
            Kind::Choices => "choices",
            Kind::YesNo => "yes_no",
            Kind::Number => "number",
            Kind::Money => "money",
            Kind::MoneyRange => "money_range",
            Kind::Range => "range",
            Kind::Phone => "phone",
            Kind::Email => "email",
            Kind::Date => "date",
            Kind::Time => "time",
            Kind::Datetime => "datetime",
            Kind::Name => "name",
            Kind::Postcode => "postcode",
            Kind::Location => "location",
            Kind::Consent => "consent",
            Kind::Media => "media",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Whether the question lists options.
    pub fn has_options(self) -> bool {
        matches!(self, Kind::Choice | Kind::Choices)
    }
}

/// A value read from an answer. Stored as JSON; `as_json` is what programs and templates see.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Value {
    /// What was said, trimmed.
    Text(String),
    /// The `value` of the chosen option.
    Choice(String),
    /// The `value`s of the chosen options, in the order of the flow file; empty means none of them.
    Choices(Vec<String>),
    /// Yes or no.
    YesNo(bool),
    /// A number.
    Number(Decimal),
    /// An amount; the currency is an ISO 4217 code where one was said or the flow names one.
    Money {
        /// How much.
        amount: Decimal,
        /// ISO 4217.
        currency: Option<String>,
    },
    /// Two amounts; an open end is `None`.
    MoneyRange {
        /// At least.
        min: Option<Decimal>,
        /// At most.
        max: Option<Decimal>,
        /// ISO 4217.
        currency: Option<String>,
    },
    /// Two numbers; an open end is `None`.
    Range {
        /// At least.
        min: Option<Decimal>,
        /// At most.
        max: Option<Decimal>,
    },
    /// E.164 with the plus.
    Phone(String),
    /// Lower case.
    Email(String),
    /// A calendar day.
    Date(jiff::civil::Date),
    /// A time of day.
    Time(jiff::civil::Time),
    /// A local day and time.
    Datetime(jiff::civil::DateTime),
    /// A name in its parts.
    Name {
        /// Given name.
        first: Option<String>,
        /// Family name.
        last: Option<String>,
    },
    /// In its country's own writing.
    Postcode(String),
    /// A place in words, or the position that was shared.
    Location {
        /// What the place is called, as said or as the provider named it.
        text: String,
        /// Degrees north and east, where a position was shared.
        position: Option<(f64, f64)>,
    },
    /// Whether it was agreed to.
    Consent(bool),
    /// What was sent: content types and provider URLs.
    Media(Vec<crate::domain::message::Media>),
}

impl Value {
    /// The plain JSON that expressions, exports and APIs see: strings, numbers, booleans, lists, small objects.
    pub fn as_json(&self) -> serde_json::Value {
        use serde_json::json;
        match self {
            Value::Text(text)
            | Value::Choice(text)
            | Value::Phone(text)
            | Value::Email(text)
            | Value::Postcode(text) => {
                json!(text)
            }
            Value::Choices(values) => json!(values),
            Value::YesNo(yes) | Value::Consent(yes) => json!(yes),
            Value::Number(number) => decimal_json(number),
            Value::Money { amount, currency } => {
                json!({"amount": decimal_json(amount), "currency": currency})
            }
            Value::MoneyRange { min, max, currency } => {
                json!({"min": min.as_ref().map(decimal_json), "max": max.as_ref().map(decimal_json), "currency": currency})
            }
            Value::Range { min, max } => {
                json!({"min": min.as_ref().map(decimal_json), "max": max.as_ref().map(decimal_json)})
            }
            Value::Date(date) => json!(date.to_string()),
            Value::Time(time) => json!(time.to_string()),
            Value::Datetime(at) => json!(at.to_string()),
            Value::Name { .. } => json!(self.to_string()),
            Value::Location { text, .. } => json!(text),
            Value::Media(media) => json!(media),
        }
    }
}

/// A number in JSON: whole where it is whole, so that `answer == 5` holds for "5.0".
fn decimal_json(number: &Decimal) -> serde_json::Value {
    use rust_decimal::prelude::ToPrimitive;
    let plain = number.normalize();
    match plain.to_i64() {
        Some(whole) if plain.scale() == 0 => serde_json::json!(whole),
        _ => serde_json::json!(plain.to_f64()),
    }
}

/// The value as a person would write it.
impl std::fmt::Display for Value {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ends = |min: &Option<Decimal>, max: &Option<Decimal>| match (min, max) {
            (Some(min), Some(max)) => format!("{}–{}", min.normalize(), max.normalize()),
            (Some(min), None) => format!("{}+", min.normalize()),
            (None, Some(max)) => format!("≤ {}", max.normalize()),
            (None, None) => String::new(),
        };
        let tagged = |amount: String, currency: &Option<String>| match currency {
            Some(code) => format!("{amount} {code}"),
            None => amount,
        };
        match self {
            Value::Text(text)
            | Value::Choice(text)
            | Value::Phone(text)
            | Value::Email(text)
            | Value::Postcode(text) => out.write_str(text),
            Value::Choices(values) => out.write_str(&values.join(", ")),
            Value::YesNo(yes) | Value::Consent(yes) => out.write_str(if *yes { "yes" } else { "no" }),
            Value::Number(number) => write!(out, "{}", number.normalize()),
            Value::Money { amount, currency } => {
                out.write_str(&tagged(amount.normalize().to_string(), currency))
            }
            Value::MoneyRange { min, max, currency } => out.write_str(&tagged(ends(min, max), currency)),
            Value::Range { min, max } => out.write_str(&ends(min, max)),
            Value::Date(date) => write!(out, "{date}"),
            Value::Time(time) => write!(out, "{time}"),
            Value::Datetime(at) => write!(out, "{at}"),
            Value::Name { first, last } => {
                let parts: Vec<&str> = [first, last].into_iter().flatten().map(String::as_str).collect();
                out.write_str(&parts.join(" "))
            }
            Value::Location { text, .. } => out.write_str(text),
            Value::Media(media) => write!(out, "{} file(s)", media.len()),
        }
    }
}
