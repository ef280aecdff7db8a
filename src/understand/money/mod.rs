//! An amount of money: `₹50,000`, `$1.2k`, `fifty thousand rupees`, `20 dollars and 43 cents`. A bare number counts: money was asked for.

mod currency;

use duckling::{DimensionKind, DimensionValue, MeasurementValue};
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

use super::numerals::{Manner, Mention, mentions};
use super::{Asked, Reader, Reading, Refusal, guard};
use crate::domain::answer::Value;
pub(super) use currency::code_in;

/// The one amount in the text.
pub(super) struct Money;

impl Reader for Money {
    fn read(&self, text: &str, asked: &Asked) -> Result<Reading, Refusal> {
        let manner = Manner::of(asked, text);
        let mut found = mentions(text, manner);
        found.retain(|mention| !mention.ordinal && mention.value >= Decimal::ZERO);
        // Where some amounts carry a currency the others are something else ("$10000 over 3 years").
        let marked: Vec<Mention> =
            found.iter().filter(|m| currency::beside(text, m).is_some()).cloned().collect();
        let marked =
            if marked.is_empty() { found } else { with_cents(text, with_bare_cents(text, marked, &found)) };
        let built_elsewhere = !matches!(asked.language_only(), "en" | "hi" | "es" | "pt");
        if marked.is_empty() || (built_elsewhere && marked.iter().all(|m| !m.figures)) {
            return recognised(text, asked);
        }
        let first = &marked[0];
        if marked.iter().any(|other| other.value != first.value) {
            return Err(Refusal::Ambiguous);
        }
        if first.unit && currency::beside(text, first).is_none() {
            return Err(Refusal::NotUnderstood);
        }
        let currency = code_in(text, asked).or_else(|| asked.currency.map(str::to_owned));
        Ok(Reading { value: Value::Money { amount: first.value, currency }, span: first.start..first.end })
    }
}

/// "15 dollars and 50": the cents go without saying.
fn with_bare_cents(text: &str, marked: Vec<Mention>, all: &[Mention]) -> Vec<Mention> {
    let ([whole], [first, second]) = (marked.as_slice(), all) else { return marked };
    let between = text.get(whole.end..second.start).unwrap_or("?");
    let joined = super::words::words(between).iter().filter(|w| w.plain != "and").count() <= 1;
    let two_figures =
        (10..=99).contains(&i64::try_from(second.value).unwrap_or_default()) && second.value.is_integer();
    let nothing_after = super::words::words(&text[second.end..]).is_empty();
    if whole != first || !joined || !two_figures || !nothing_after || between.contains([',', '-', '–']) {
        return marked;
    }
    vec![Mention {
        value: whole.value + second.value / Decimal::ONE_HUNDRED,
        end: second.end,
        ..whole.clone()
    }]
}

/// "20 dollars and 43 cents" is one amount; cents alone are hundredths.
fn with_cents(text: &str, marked: Vec<Mention>) -> Vec<Mention> {
    let cents = |m: &Mention| currency::is_cents(text, m);
    match marked.as_slice() {
        [whole, part] if !cents(whole) && part.value < Decimal::ONE_HUNDRED && cents(part) => {
            let value = whole.value + part.value / Decimal::ONE_HUNDRED;
            vec![Mention { value, end: part.end, ..whole.clone() }]
        }
        [part] if cents(part) => vec![Mention { value: part.value / Decimal::ONE_HUNDRED, ..part.clone() }],
        _ => marked,
    }
}

/// What the recogniser of the conversation's language finds.
fn recognised(text: &str, asked: &Asked) -> Result<Reading, Refusal> {
    let lang = guard::lang(asked.language_only()).ok_or(Refusal::NotUnderstood)?;
    let entities = guard::entities(
        text,
        lang,
        None,
        &[DimensionKind::AmountOfMoney, DimensionKind::Numeral],
        asked.now,
        false,
    );
    let mut found: Vec<(Decimal, std::ops::Range<usize>)> = Vec::new();
    for entity in &entities {
        let value = match &entity.value {
            DimensionValue::AmountOfMoney(MeasurementValue::Value { value, .. }) => *value,
            DimensionValue::Numeral(value) => *value,
            _ => continue,
        };
        found.extend(Decimal::from_f64(value).map(|value| (value, entity.start..entity.end)));
    }
    let longest = found.iter().max_by_key(|(_, span)| span.len()).cloned().ok_or(Refusal::NotUnderstood)?;
    let outside = |span: &std::ops::Range<usize>| span.start >= longest.1.end || span.end <= longest.1.start;
    if found.iter().any(|(value, span)| outside(span) && *value != longest.0) {
        return Err(Refusal::Ambiguous);
    }
    let currency = code_in(text, asked).or_else(|| asked.currency.map(str::to_owned));
    Ok(Reading { value: Value::Money { amount: longest.0, currency }, span: longest.1 })
}

#[cfg(test)]
mod tests {
    use super::super::tests::asked;
    use super::*;
    use crate::domain::answer::Kind;

    #[test]
    fn amounts_are_read() {
        for (label, text, region, want) in [
            ("sign", "₹50,000", Some("IN"), Some("50000 INR")),
            ("k", "$1.2k", None, Some("1200 USD")),
            ("words", "fifty thousand rupees", Some("IN"), Some("50000 INR")),
            ("crore", "4 crores rupees", None, Some("40000000 INR")),
            ("letter L", "₹2L", None, Some("200000 INR")),
            ("cents", "20 dollars and 43 cents", None, Some("20.43 USD")),
            ("other numbers beside", "I want to loan $10000 over 3 years", None, Some("10000 USD")),
            ("behind", "350€", None, Some("350 EUR")),
            ("code", "USD 22.5 million", None, Some("22500000 USD")),
            ("dollars of Canada", "$5", Some("CA"), Some("5 CAD")),
            ("bare", "1,50,000", Some("IN"), Some("150000")),
            ("two", "$5 or $6", None, None),
            ("none", "open up internet browser", None, None),
        ] {
            let asked = Asked { region, ..asked(Kind::Money) };
            let got = super::super::read(text, &asked).ok().map(|reading| reading.value.to_string());
            assert_eq!(got.as_deref(), want, "{label}: {text}");
        }
    }
}
