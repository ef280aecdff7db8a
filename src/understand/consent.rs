//! An explicit agreement: only a clear yes is one, only a clear no refuses; anything else is asked again.

use super::yes_no;
use super::{Asked, Reader, Reading, Refusal, words};
use crate::domain::answer::Value;

/// Agreed or not, where it was said outright and without a condition.
pub(super) struct Consent;

/// Words that make an agreement conditional or partial.
const CONDITIONS: &[&str] = &[
    "but",
    "only",
    "if",
    "unless",
    "except",
    "until",
    "pero",
    "solo",
    "si tu",
    "mas",
    "mais",
    "aber",
    "nur",
    "wenn",
    "agar",
    "lekin",
    "sirf",
    "लेकिन",
    "अगर",
    "सिर्फ",
];

/// Outright words for a consent besides yes and no.
const AGREEING: &[&str] = &[
    "agree",
    "accept",
    "consent",
    "acepto",
    "aceito",
    "accepte",
    "jaccepte",
    "zustimmen",
    "einverstanden",
    "sahmat",
    "सहमत",
];

impl Reader for Consent {
    fn read(&self, text: &str, asked: &Asked) -> Result<Reading, Refusal> {
        let verdict = yes_no::judge(text, asked.language_only())?;
        let words = words::words(text);
        let said = |list: &[&str]| words.iter().any(|word| list.contains(&word.plain.as_str()));
        if verdict.yes && (said(CONDITIONS) || !(verdict.outright || said(AGREEING))) {
            return Err(Refusal::NotUnderstood);
        }
        Ok(Reading { value: Value::Consent(verdict.yes), span: verdict.span })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::asked;
    use super::*;
    use crate::domain::answer::Kind;

    #[test]
    fn only_a_clear_yes_agrees() {
        for (label, text, want) in [
            ("yes", "yes", Some(true)),
            ("agree", "I agree", Some(true)),
            ("no", "no thanks", Some(false)),
            ("not agree", "I do not agree", Some(false)),
            ("leaning", "sounds good", None),
            ("conditional", "yes but only by email", None),
            ("open", "maybe", None),
        ] {
            let got = super::super::read(text, &asked(Kind::Consent)).ok().map(|reading| reading.value);
            assert_eq!(got, want.map(Value::Consent), "{label}");
        }
    }
}
