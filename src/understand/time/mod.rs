//! A time of day: `5pm`, `17:30`, `half past seven`, `kal shaam 5 baje`.

pub(super) mod clock;

use super::moment::{self, Settles};
use jiff::ToSpan;

use super::words::{self, Word};
use super::{Asked, Reader, Reading, Refusal};
use crate::domain::answer::Value;

/// The one time of day in the text.
pub(super) struct Time;

impl Reader for Time {
    fn read(&self, text: &str, asked: &Asked) -> Result<Reading, Refusal> {
        let rewritten = moment::plain_english(text, asked.language_only());
        let plain = rewritten.as_deref().unwrap_or(text);
        let foreign = !matches!(asked.language_only(), "en" | "hi")
            && text.chars().filter(|c| c.is_alphabetic()).count() > 2;
        if foreign {
            // Clock times in figures are the same everywhere; what hangs on them is not.
            let list = words::words(text);
            let own = clock::find(text, false);
            let found = match own.as_slice() {
                [one] => Ok(Reading { value: Value::Time(one.time), span: one.span.clone() }),
                _ => recognised(text, asked),
            };
            if let Ok(found) = found {
                return Ok(in_said_half(found, &list));
            }
        }
        let own = clock::find(plain, true);
        if let Some(first) = own.first() {
            if own.iter().any(|other| other.time != first.time) {
                return Err(Refusal::Ambiguous);
            }
            // Places in the rewritten text are none in what was said.
            let span = if rewritten.is_some() { 0..text.len() } else { first.span.clone() };
            let reading = Reading { value: Value::Time(first.time), span };
            return Ok(if foreign { in_said_half(reading, &words::words(text)) } else { reading });
        }
        recognised(text, asked)
    }
}

/// "8 du soir", "um 8 Uhr abends": hours before noon moved behind it where the words say so.
fn in_said_half(reading: Reading, list: &[Word]) -> Reading {
    const LATE: &[&str] = &[
        "tarde",
        "noche",
        "noite",
        "soir",
        "soiree",
        "nachmittag",
        "nachmittags",
        "abend",
        "abends",
        "pomeriggio",
        "sera",
        "avond",
        "middag",
    ];
    let Value::Time(time) = reading.value else { return reading };
    let late = list.iter().any(|word| LATE.contains(&word.plain.as_str()));
    let moved = if late && (1..12).contains(&time.hour()) {
        time.checked_add(12.hours()).unwrap_or(time)
    } else {
        time
    };
    Reading { value: Value::Time(moved), ..reading }
}

fn recognised(text: &str, asked: &Asked) -> Result<Reading, Refusal> {
    let mut found = moment::moments(text, asked);
    found.retain(|moment| moment.settles != Settles::Day);
    let Some(first) = found.first() else { return Err(Refusal::NotUnderstood) };
    if found.iter().any(|other| other.at.time() != first.at.time()) {
        return Err(Refusal::Ambiguous);
    }
    Ok(Reading { value: Value::Time(first.at.time()), span: first.span.clone() })
}

#[cfg(test)]
mod tests {
    use super::super::tests::asked;
    use super::*;
    use crate::domain::answer::Kind;

    #[test]
    fn the_span_is_one_of_the_text_that_was_said() {
        for language in ["en", "hi", "es"] {
            let asked = Asked { language, ..asked(Kind::Time) };
            let reading = Time.read("kal 2", &asked).unwrap();
            assert_eq!(reading.span, 0..5, "{language}: rewritten in English it is longer");
        }
    }

    #[test]
    fn times_are_read() {
        for (label, text, language, want) in [
            ("figures", "17:30", "en", Some("17:30:00")),
            ("pm", "5pm", "en", Some("17:00:00")),
            ("p.m. apart", "5 p.m.", "en", Some("17:00:00")),
            ("minutes and pm", "2 15 in the afternoon", "en", Some("14:15:00")),
            ("half past", "half past 11 in the morning", "en", Some("11:30:00")),
            ("quarter to", "a quarter to 1 in the afternoon", "en", Some("12:45:00")),
            ("words", "seven thirty p.m.", "en", Some("19:30:00")),
            ("noon", "at noon", "en", Some("12:00:00")),
            ("midnight", "midnight", "en", Some("00:00:00")),
            ("twelve at night", "12 am", "en", Some("00:00:00")),
            ("Hinglish", "kal shaam 5 baje", "hi", Some("17:00:00")),
            ("Hindi half", "साढ़े पाँच बजे शाम", "hi", Some("17:30:00")),
            ("bare hour", "10", "en", Some("10:00:00")),
            ("Spanish", "a las 5 de la tarde", "es", Some("17:00:00")),
            ("correction", "5pm, no wait, 6pm", "en", Some("18:00:00")),
            ("no hour 27", "27", "en", None),
            ("none", "how are my stocks doing", "en", None),
        ] {
            let asked = Asked { language, ..asked(Kind::Time) };
            let got = super::super::read(text, &asked).ok().map(|reading| reading.value.to_string());
            assert_eq!(got.as_deref(), want, "{label}: {text}");
        }
    }
}
