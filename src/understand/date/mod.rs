//! A calendar day: in figures, by name, or relative to today. Without a year the next one is meant.

pub(super) mod figures;
pub(super) mod named;

use jiff::ToSpan;
use jiff::civil::{Date as Day, Weekday};

pub use figures::order;

use super::moment::{self, Settles};
use super::{Asked, Reader, Reading, Refusal, words};
use crate::domain::answer::Value;

/// The one day in the text.
pub(super) struct Date;

impl Reader for Date {
    fn read(&self, text: &str, asked: &Asked) -> Result<Reading, Refusal> {
        let (date, span) = find(text, asked)?;
        Ok(Reading { value: Value::Date(date), span })
    }
}

/// The day a text says, and where.
///
/// # Errors
/// None, or two different ones.
pub(super) fn find(text: &str, asked: &Asked) -> Result<(Day, std::ops::Range<usize>), Refusal> {
    if let Some(date) = one_word(text, asked) {
        return Ok((date, 0..text.len()));
    }
    if let Some(found) = figures::ordinals(text, asked) {
        return Ok((found.date, found.span));
    }
    let in_figures = figures::find(text, asked);
    if let Some(first) = in_figures.first() {
        if in_figures.iter().any(|found| found.date != first.date) {
            return Err(Refusal::Ambiguous);
        }
        return Ok((first.date, first.span.clone()));
    }
    if let Some(found) = named::find(text, asked) {
        return Ok(found);
    }
    let mut found = moment::moments(text, asked);
    // A clock time alone is no day.
    found.retain(|moment| !matches!(moment.settles, Settles::Clock | Settles::Now));
    // Bare figures that were taken for a time ("2018" as 20:18) say no day.
    found.retain(|moment| moment.settles == Settles::Day || has_letters(text, &moment.span));
    let Some(first) = found.first() else { return Err(Refusal::NotUnderstood) };
    let date = first.at.date();
    if found.iter().any(|other| other.at.date() != date) {
        return Err(Refusal::Ambiguous);
    }
    Ok((date, first.span.clone()))
}

fn has_letters(text: &str, span: &std::ops::Range<usize>) -> bool {
    text.get(span.clone()).is_none_or(|body| body.contains(char::is_alphabetic))
}

/// Messages of one word, which are most answers: they need no recogniser.
fn one_word(text: &str, asked: &Asked) -> Option<Day> {
    let list = words::words(text);
    let [word] = list.as_slice() else { return None };
    let today = asked.now.date();
    let day = match word.plain.as_str() {
        "today" | "tdy" | "2day" | "hoy" | "hoje" | "heute" | "aaj" | "आज" => today,
        "tomorrow" | "tmrw" | "tmr" | "2moro" | "tomorow" | "tommorow" | "tommorrow" | "manana"
        | "amanha" | "demain" | "morgen" | "kal" | "कल" => today.checked_add(1.day()).ok()?,
        "yesterday" | "ayer" | "ontem" | "hier" | "gestern" => today.checked_sub(1.day()).ok()?,
        name => next_weekday(today, weekday(name)?)?,
    };
    Some(day)
}

/// The weekday's next occurrence after today.
fn next_weekday(today: Day, weekday: Weekday) -> Option<Day> {
    today.nth_weekday(1, weekday).ok()
}

fn weekday(name: &str) -> Option<Weekday> {
    Some(match name {
        "monday" | "mon" | "lunes" | "lundi" | "montag" | "somvar" | "सोमवार" => Weekday::Monday,
        "tuesday" | "tue" | "tues" | "martes" | "mardi" | "dienstag" | "mangalvar" | "मंगलवार" => {
            Weekday::Tuesday
        }
        "wednesday" | "wed" | "weds" | "miercoles" | "mercredi" | "mittwoch" | "budhvar" | "बुधवार" => {
            Weekday::Wednesday
        }
        "thursday" | "thu" | "thur" | "thurs" | "jueves" | "jeudi" | "donnerstag" | "guruvar" | "गुरुवार" => {
            Weekday::Thursday
        }
        "friday" | "fri" | "viernes" | "vendredi" | "freitag" | "shukravar" | "शुक्रवार" => {
            Weekday::Friday
        }
        "saturday" | "sat" | "sabado" | "samedi" | "samstag" | "shanivar" | "शनिवार" => {
            Weekday::Saturday
        }
        "sunday" | "sun" | "domingo" | "dimanche" | "sonntag" | "ravivar" | "रविवार" => {
            Weekday::Sunday
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::DateOrder;
    use super::super::tests::asked;
    use super::*;
    use crate::domain::answer::Kind;

    #[test]
    fn days_are_read() {
        for (label, text, language, region, order, want) in [
            ("word", "tomorrow", "en", None, None, Some("2026-03-12")),
            ("slang", "tmrw", "en", None, None, Some("2026-03-12")),
            ("weekday", "friday", "en", None, None, Some("2026-03-13")),
            ("sentence", "I'd like to come next tuesday", "en", None, None, Some("2026-03-17")),
            ("ISO", "2026-05-04", "en", None, None, Some("2026-05-04")),
            ("US figures", "4/5/2026", "en", Some("US"), None, Some("2026-04-05")),
            ("British figures", "4/5/2026", "en", Some("GB"), None, Some("2026-05-04")),
            ("the flow's order wins", "4/5/2026", "en", Some("US"), Some(DateOrder::Dmy), Some("2026-05-04")),
            ("no month 14", "14/5", "en", Some("US"), None, Some("2026-05-14")),
            ("the next one is meant", "1/2", "en", Some("US"), None, Some("2027-01-02")),
            ("birth date", "05/08/76", "en", Some("GB"), None, Some("1976-08-05")),
            ("named month", "3rd of April", "en", None, None, Some("2026-04-03")),
            ("Hindi", "कल", "hi", None, None, Some("2026-03-12")),
            ("Hinglish", "parso aaunga", "hi", None, None, Some("2026-03-13")),
            ("Spanish", "el 3 de abril", "es", None, None, Some("2026-04-03")),
            ("German", "am 3. April", "de", None, None, Some("2026-04-03")),
            ("correction", "monday, no wait, tuesday", "en", None, None, Some("2026-03-17")),
            ("a clock time", "at 5pm", "en", None, None, None),
            ("a month alone", "in april", "en", None, None, None),
            ("version", "1.1.3", "en", None, None, None),
            ("impossible", "06/31/2022", "en", Some("US"), None, None),
        ] {
            let asked = Asked { language, region, date_order: order, ..asked(Kind::Date) };
            let got = super::super::read(text, &asked).ok().map(|reading| reading.value.to_string());
            assert_eq!(got.as_deref(), want, "{label}: {text}");
        }
    }
}
