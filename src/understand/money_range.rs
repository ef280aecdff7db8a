//! From an amount to an amount: `40k-50k`, `between 50 and 60 lakh`, `at least $300k`.

use super::numerals::Manner;
use super::range::bounds;
use super::{Asked, Reader, Reading, Refusal, money};
use crate::domain::answer::Value;

/// Two amounts, or one with an open end.
pub(super) struct MoneyRange;

impl Reader for MoneyRange {
    fn read(&self, text: &str, asked: &Asked) -> Result<Reading, Refusal> {
        let found = bounds(text, Manner::of(asked, text)).ok_or(Refusal::NotUnderstood)?;
        let currency = money::code_in(text, asked).or_else(|| asked.currency.map(str::to_owned));
        let value = Value::MoneyRange { min: found.min, max: found.max, currency };
        Ok(Reading { value, span: found.span })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::asked;
    use super::*;
    use crate::domain::answer::Kind;

    #[test]
    fn ranges_are_read() {
        for (label, text, region, want) in [
            ("k", "40k-50k", Some("IN"), Some("40000–50000")),
            ("lakh said once", "between 50 and 60 lakh", Some("IN"), Some("5000000–6000000")),
            ("lakh to crore", "50L to 1 cr", Some("IN"), Some("5000000–10000000")),
            ("open", "at least $300k", Some("US"), Some("300000+ USD")),
            ("one amount", "$300k", Some("US"), None),
        ] {
            let asked = Asked { region, ..asked(Kind::MoneyRange) };
            let got = super::super::read(text, &asked).ok().map(|reading| reading.value.to_string());
            assert_eq!(got.as_deref(), want, "{label}");
        }
    }
}
