//! A day and a time of day: `tomorrow at 4pm`, `2026-03-15 14:30`, `kal shaam 5 baje`. A time alone is its next occurrence.

use jiff::ToSpan;
use jiff::civil::DateTime;

use super::moment::{self, Settles};
use super::time::clock;
use super::{Asked, Reader, Reading, Refusal, date};
use crate::domain::answer::Value;

/// The one moment in the text.
pub(super) struct Datetime;

impl Reader for Datetime {
    fn read(&self, text: &str, asked: &Asked) -> Result<Reading, Refusal> {
        let (at, span) = find(text, asked)?;
        Ok(Reading { value: Value::Datetime(at), span })
    }
}

fn find(text: &str, asked: &Asked) -> Result<(DateTime, std::ops::Range<usize>), Refusal> {
    if let Some(found) = iso(text) {
        return Ok(found);
    }
    let days = date::figures::find(text, asked);
    let rewritten = moment::plain_english(text, asked.language_only());
    let clocks = clock::find(rewritten.as_deref().unwrap_or(text), false);
    if let ([day], [clock]) = (days.as_slice(), clocks.as_slice()) {
        return Ok((day.date.to_datetime(clock.time), 0..text.len()));
    }
    let found = moment::moments(text, asked);
    let mut whole = found.iter().filter(|moment| matches!(moment.settles, Settles::Both | Settles::Now));
    if let Some(first) = whole.next() {
        if whole.any(|other| other.at != first.at) {
            return Err(Refusal::Ambiguous);
        }
        return Ok((first.at, first.span.clone()));
    }
    let day = found.iter().find(|moment| moment.settles == Settles::Day);
    let time = clocks.first().map(|clock| clock.time).or_else(|| {
        found.iter().find(|moment| moment.settles == Settles::Clock).map(|moment| moment.at.time())
    });
    match (day, time) {
        (Some(day), Some(time)) => Ok((day.at.date().to_datetime(time), 0..text.len())),
        (None, Some(time)) => Ok((next(time, asked.now), 0..text.len())),
        _ => Err(Refusal::NotUnderstood),
    }
}

/// The time's next occurrence.
fn next(time: jiff::civil::Time, now: DateTime) -> DateTime {
    let today = now.date().to_datetime(time);
    if today >= now { today } else { today.checked_add(1.day()).unwrap_or(today) }
}

/// `2026-03-15T14:30` and the same with a space, anywhere in the text.
fn iso(text: &str) -> Option<(DateTime, std::ops::Range<usize>)> {
    let bytes = text.as_bytes();
    let start = (0..bytes.len().saturating_sub(15)).find(|at| {
        bytes[*at..].iter().zip(b"0000-00-00T00:00").all(|(have, want)| match want {
            b'0' => have.is_ascii_digit(),
            b'T' => matches!(have, b'T' | b't' | b' '),
            sign => have == sign,
        })
    })?;
    let end = bytes[start..]
        .iter()
        .take(19)
        .take_while(|b| b.is_ascii_digit() || matches!(b, b'-' | b':' | b'T' | b't' | b' '))
        .count();
    let body = text[start..start + end].trim_end().replacen([' ', 't'], "T", 1);
    body.parse().ok().map(|at| (at, start..start + body.len()))
}

#[cfg(test)]
mod tests {
    use super::super::tests::asked;
    use super::*;
    use crate::domain::answer::Kind;

    #[test]
    fn moments_are_read() {
        for (label, text, language, want) in [
            ("ISO", "2026-03-15 14:30", "en", Some("2026-03-15T14:30:00")),
            ("relative day", "tomorrow at 4pm", "en", Some("2026-03-12T16:00:00")),
            ("slang", "tmrw 4pm", "en", Some("2026-03-12T16:00:00")),
            ("Hinglish", "kal shaam 5 baje", "hi", Some("2026-03-12T17:00:00")),
            ("a time still to come", "at 2pm", "en", Some("2026-03-11T14:00:00")),
            ("a time gone by today", "at 9am", "en", Some("2026-03-12T09:00:00")),
            ("figures", "14/3/2026 at 3pm", "en-GB", Some("2026-03-14T15:00:00")),
            ("from now", "in 2 hours", "en", Some("2026-03-11T12:00:00")),
            ("a day alone", "tomorrow", "en", None),
        ] {
            let asked = Asked { language, ..asked(Kind::Datetime) };
            let got = super::super::read(text, &asked).ok().map(|reading| reading.value.to_string());
            assert_eq!(got.as_deref(), want, "{label}: {text}");
        }
    }
}
