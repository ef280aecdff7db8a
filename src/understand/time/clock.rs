//! Clock times as they are written and said in English, and in figures anywhere.

use jiff::civil::Time;

use crate::understand::numerals;
use crate::understand::words::{self, Word};

/// A time of day, and where.
pub(in crate::understand) struct Found {
    pub time: Time,
    pub span: std::ops::Range<usize>,
}

/// Which half of the day was said.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    Morning,
    Afternoon,
    Night,
}

/// The clock times of a text. A bare number is an hour only where a time was asked for (`bare`).
pub(in crate::understand) fn find(text: &str, bare: bool) -> Vec<Found> {
    let words = words::words(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match clock_at(text, &words, at) {
            Some((mut hour, minute, second, to)) if !followed_by_unit(&words, to) => {
                let half = half_near(&words, at, to);
                if let Some(half) = half {
                    hour = in_half(hour, half);
                }
                if let Ok(time) = Time::new(hour, minute, second, 0) {
                    found.push(Found { time, span: words[at].start..words[to - 1].end });
                }
                at = to;
            }
            _ => at += 1,
        }
    }
    if found.is_empty() && bare {
        found.extend(bare_hour(text, &words).or_else(|| run_together(&words)));
    }
    found
}

/// "in 2 hours" and "for 2 people" are no clock times.
fn followed_by_unit(words: &[Word], to: usize) -> bool {
    words.get(to).is_some_and(|w| {
        matches!(
            w.plain.as_str(),
            "hours"
                | "hour"
                | "hrs"
                | "minutes"
                | "mins"
                | "min"
                | "days"
                | "ago"
                | "later"
                | "day"
                | "weeks"
                | "people"
                | "percent"
                | "years"
                | "months"
                | "persons"
        )
    })
}

/// A clock time beginning at word `at`: hour, minute, second and the word after.
fn clock_at(text: &str, words: &[Word], at: usize) -> Option<(i8, i8, i8, usize)> {
    let word = words[at].plain.as_str();
    match word {
        "noon" | "midday" => return Some((12, 0, 0, at + 1)),
        "midnight" => return Some((0, 0, 0, at + 1)),
        "mid" if words.get(at + 1).is_some_and(|w| w.plain == "night") => return Some((0, 0, 0, at + 2)),
        "mid" if words.get(at + 1).is_some_and(|w| w.plain == "day") => return Some((12, 0, 0, at + 2)),
        _ => {}
    }
    if let Some(found) = past_or_to(words, at) {
        return Some(found);
    }
    let (hour, glued) = hour_of(word)?;
    if glued == Glued::Half {
        return Some((hour, 0, 0, at + 1));
    }
    if let Some(minutes) = minutes(words, at + 1) {
        let between = &text[words[at].end..words[at + 1].start];
        let later = at + 1 + minutes.words;
        let to = later + usize::from(is_half_word(words, later));
        if matches!(between, ":" | "：" | ": ") && !minutes.said {
            let second = seconds_after(text, words, at + 1);
            let to = later + usize::from(second.is_some());
            return Some((
                hour,
                minutes.value,
                second.unwrap_or(0),
                to + usize::from(is_half_word(words, to)),
            ));
        }
        let separated = matches!(between, "." | " " | "-");
        let marked = minutes.half || to > later || is_oclock(words, later) || part_follows(words, later);
        let spoken = minutes.said && minutes.value >= 10 && words.len() <= at + 7;
        if separated && (marked || glued == Glued::Hour || spoken) {
            return Some((hour, minutes.value, 0, to));
        }
    }
    let to = at + 1;
    if is_half_word(words, to) || is_oclock(words, to) {
        return Some((hour, 0, 0, to + 1));
    }
    if glued == Glued::Hour || part_follows(words, to) || part_before(words, at) {
        return Some((hour, 0, 0, to));
    }
    None
}

/// What hangs on an hour's figures.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Glued {
    Nothing,
    /// "5pm".
    Half,
    /// "17h", "15h30".
    Hour,
}

fn hour_of(word: &str) -> Option<(i8, Glued)> {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        let hour = numerals::simple(word, "en").filter(|h| (1..=12).contains(h))?;
        return Some((i8::try_from(hour).ok()?, Glued::Nothing));
    }
    let glued = match &word[digits..] {
        "" => Glued::Nothing,
        "am" | "pm" | "a" | "p" => Glued::Half,
        "h" | "hrs" | "hours" | "hr" | "uhr" => Glued::Hour,
        _ => return None,
    };
    let hour: i8 = word[..digits].parse().ok().filter(|h| (0..=24).contains(h))?;
    (digits <= 2).then_some((if hour == 24 { 0 } else { hour }, glued))
}

/// Minutes after an hour.
struct Minutes {
    value: i8,
    /// am or pm hangs on the figures.
    half: bool,
    /// In words, not figures.
    said: bool,
    /// How many words it took.
    words: usize,
}

/// Minutes in two figures, or said: "thirty", "fifty one", "oh six".
fn minutes(words: &[Word], at: usize) -> Option<Minutes> {
    let word = words.get(at)?.plain.as_str();
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 {
        let value = word[..digits].parse().ok().filter(|m| (0..=59).contains(m) && digits == 2)?;
        let half = match &word[digits..] {
            "" | "h" | "hrs" => false,
            "am" | "pm" | "a" | "p" => true,
            _ => return None,
        };
        return Some(Minutes { value, half, said: false, words: 1 });
    }
    let number = |at: usize| words.get(at).and_then(|w| numerals::simple(&w.plain, "en"));
    let unit = number(at + 1).filter(|unit| (1..=9).contains(unit));
    let (value, taken) = match (word, number(at)) {
        ("o" | "oh" | "zero", _) => (unit?, 2),
        (_, Some(tens)) if tens >= 20 && tens % 10 == 0 && unit.is_some() => (tens + unit?, 2),
        (_, Some(value)) => (value, 1),
        _ => return None,
    };
    let value = i8::try_from(value).ok().filter(|m| (1..=59).contains(m))?;
    Some(Minutes { value, half: false, said: true, words: taken })
}

fn seconds_after(text: &str, words: &[Word], at: usize) -> Option<i8> {
    let next = words.get(at + 1)?;
    (&text[words[at].end..next.start] == ":").then_some(())?;
    next.plain.trim_end_matches(|c: char| c.is_alphabetic()).parse().ok().filter(|s| (0..=59).contains(s))
}

/// "half past seven", "quarter to 1", "20 past 7".
fn past_or_to(words: &[Word], at: usize) -> Option<(i8, i8, i8, usize)> {
    let mut cursor = at;
    let minutes = match words[cursor].plain.as_str() {
        "half" => 30,
        "quarter" => 15,
        other => {
            let value = other.parse().ok().or_else(|| numerals::simple(other, "en"))?;
            i8::try_from(value).ok().filter(|m| (1..=59).contains(m))?
        }
    };
    cursor += 1;
    if words.get(cursor).is_some_and(|w| matches!(w.plain.as_str(), "minutes" | "min" | "mins")) {
        cursor += 1;
    }
    let past = match words.get(cursor)?.plain.as_str() {
        "past" | "after" => true,
        "to" | "til" | "till" | "before" => false,
        _ => return None,
    };
    let hour_word = words.get(cursor + 1)?;
    let (hour, _) = match hour_word.plain.as_str() {
        "noon" | "midday" => (12, Glued::Nothing),
        "midnight" => (0, Glued::Nothing),
        word => hour_of(word)?,
    };
    if past {
        Some((hour, minutes, 0, cursor + 2))
    } else {
        let before = if hour == 0 { 23 } else { hour - 1 };
        Some((if before == 0 { 12 } else { before }, 60 - minutes, 0, cursor + 2))
    }
}

fn is_oclock(words: &[Word], at: usize) -> bool {
    words.get(at).is_some_and(|w| matches!(w.plain.as_str(), "oclock" | "hours" | "uhr" | "hrs"))
        || (words.get(at).is_some_and(|w| w.plain == "o")
            && words.get(at + 1).is_some_and(|w| w.plain == "clock"))
}

/// "am", "pm", or "p" and "m" apart.
fn is_half_word(words: &[Word], at: usize) -> bool {
    let Some(word) = words.get(at) else { return false };
    matches!(word.plain.as_str(), "am" | "pm")
        || (matches!(word.plain.as_str(), "a" | "p") && words.get(at + 1).is_some_and(|w| w.plain == "m"))
}

fn part_of_day(word: &str) -> Option<Half> {
    Some(match word {
        "morning" => Half::Morning,
        "afternoon" | "evening" | "noon" => Half::Afternoon,
        "night" | "tonight" => Half::Night,
        _ => return None,
    })
}

/// "in the evening" follows.
fn part_follows(words: &[Word], to: usize) -> bool {
    words[to.min(words.len())..].iter().take(4).any(|w| part_of_day(&w.plain).is_some())
        && words.get(to).is_some_and(|w| {
            matches!(w.plain.as_str(), "in" | "at" | "this" | "tomorrow" | "of" | "on" | "clock")
                || part_of_day(&w.plain).is_some()
        })
}

/// "evening 5", "afternoon at 7" precedes.
fn part_before(words: &[Word], at: usize) -> bool {
    let near = &words[at.saturating_sub(2)..at];
    near.iter().enumerate().any(|(i, w)| {
        part_of_day(&w.plain).is_some()
            && near[i + 1..].iter().all(|n| matches!(n.plain.as_str(), "at" | "around" | "by" | "about"))
    })
}

/// The half of the day said right behind a clock time, or else anywhere in the text.
fn half_near(words: &[Word], from: usize, to: usize) -> Option<Half> {
    for word in &words[from..(to + 1).min(words.len())] {
        let letters = word.plain.trim_start_matches(|c: char| c.is_ascii_digit());
        match letters {
            "am" => return Some(Half::Morning),
            "pm" => return Some(Half::Afternoon),
            "p" if word.plain.len() > 1 || is_half_word(words, to - 1) || is_half_word(words, to) => {
                return Some(Half::Afternoon);
            }
            "a" if word.plain.len() > 1 || is_half_word(words, to - 1) || is_half_word(words, to) => {
                return Some(Half::Morning);
            }
            _ => {}
        }
    }
    if matches!(words[from].plain.as_str(), "noon" | "midday" | "midnight" | "mid") {
        return None;
    }
    words[to.min(words.len())..].iter().chain(&words[..from]).find_map(|w| part_of_day(&w.plain))
}

fn in_half(hour: i8, half: Half) -> i8 {
    match half {
        Half::Morning if hour == 12 => 0,
        Half::Afternoon if hour < 12 => hour + 12,
        Half::Night if hour == 12 => 0,
        Half::Night if (5..12).contains(&hour) => hour + 12,
        _ => hour,
    }
}

/// "1030" where a time was asked for: four figures ending in a five-minute step.
fn run_together(words: &[Word]) -> Option<Found> {
    let mut all = words.iter().filter(|w| w.plain.bytes().all(|b| b.is_ascii_digit()));
    let (word, None) = (all.next()?, all.next()) else { return None };
    if word.plain.len() != 4 || words.len() > 5 {
        return None;
    }
    let (hour, minute): (i8, i8) = (word.plain[..2].parse().ok()?, word.plain[2..].parse().ok()?);
    let time = Time::new(hour, minute, 0, 0).ok().filter(|_| minute % 5 == 0)?;
    Some(Found { time, span: word.start..word.end })
}

/// A number alone is an hour where a time was asked: "10", "at 9", "maybe seven". `H:MM` was found before.
fn bare_hour(text: &str, words: &[Word]) -> Option<Found> {
    let mut hours = words.iter().enumerate().filter_map(|(at, word)| {
        let (hour, glued) = hour_of(&word.plain)?;
        let clean = glued == Glued::Nothing
            && !followed_by_unit(words, at + 1)
            && !text[word.end..].starts_with(['/', '%', '-', '$']);
        (clean && !is_pronoun(words, at)).then_some((hour, word))
    });
    let (hour, word) = hours.next()?;
    if hours.next().is_some() || words.len() > 9 {
        return None;
    }
    // Other figures ("27", "2026") mean that this is no plain hour.
    let other = words.iter().any(|w| w.start != word.start && w.plain.bytes().any(|b| b.is_ascii_digit()));
    let time = Time::new(hour, 0, 0, 0).ok()?;
    (!other).then_some(Found { time, span: word.start..word.end })
}

fn is_pronoun(words: &[Word], at: usize) -> bool {
    words[at].plain == "one"
        && at > 0
        && !matches!(words[at - 1].plain.as_str(), "at" | "around" | "by" | "about" | "for")
}
