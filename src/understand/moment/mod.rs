//! Days and times as the recogniser sees them, after slang was put into plain words.

mod slang;

use duckling::{DimensionKind, DimensionValue, Entity, Grain, Lang, TimePoint, TimeValue};
use jiff::civil::DateTime;

use super::{Asked, guard};
pub(super) use slang::plain_english;

/// What an expression settles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settles {
    /// A calendar day.
    Day,
    /// A time of day, on any day ("at 5pm").
    Clock,
    /// A day and a time.
    Both,
    /// This very moment ("asap").
    Now,
}

/// An expression of time in the text.
#[derive(Clone, Debug)]
pub(super) struct Moment {
    /// When; midnight of a day.
    pub at: DateTime,
    /// How much of it was said.
    pub settles: Settles,
    /// Bytes of the text.
    pub span: std::ops::Range<usize>,
}

/// The expressions in a text, the longest at each place; months, weeks and years alone are none.
///
/// Tried in the conversation's language, then in English. Spans are those of `text` where it was read as it is, the
/// whole of it where slang was rewritten first.
pub(super) fn moments(text: &str, asked: &Asked) -> Vec<Moment> {
    let spaced = spaced_months(text);
    let text = spaced.as_deref().unwrap_or(text);
    let language = asked.language_only();
    let own = guard::lang(language).filter(|lang| !matches!(lang, Lang::EN | Lang::HI));
    if let Some(lang) = own {
        let found = recognised(text, lang, asked);
        if !found.is_empty() {
            return found;
        }
    }
    match plain_english(text, language) {
        // In another conversation English must be most of what was said: "2018" of a German sentence is no time.
        _ if own.is_some() => {
            let mut found = recognised(text, Lang::EN, asked);
            found.retain(|moment| moment.span.len() * 2 >= text.trim().len());
            found
        }
        Some(plain) => {
            let mut found = recognised(&plain, Lang::EN, asked);
            for moment in &mut found {
                moment.span = 0..text.len();
            }
            found
        }
        None => recognised(text, Lang::EN, asked),
    }
}

/// "2012/Aug/10" and "Sep-23-2020" with spaces for signs; places stay where they are.
fn spaced_months(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let divides = |at: usize| {
        matches!(bytes[at], b'/' | b'-')
            && at > 0
            && at + 1 < bytes.len()
            && ((bytes[at - 1].is_ascii_alphabetic() && bytes[at + 1].is_ascii_digit())
                || (bytes[at - 1].is_ascii_digit()
                    && (bytes[at + 1].is_ascii_alphabetic()
                        || text[at + 1..].len() >= 4 && text.contains(|c: char| c.is_ascii_alphabetic()))))
    };
    if !(0..bytes.len())
        .any(|at| divides(at) && (bytes[at - 1].is_ascii_alphabetic() || bytes[at + 1].is_ascii_alphabetic()))
    {
        return None;
    }
    Some(text.char_indices().map(|(at, c)| if c.is_ascii() && divides(at) { ' ' } else { c }).collect())
}

fn recognised(text: &str, lang: Lang, asked: &Asked) -> Vec<Moment> {
    let entities = guard::entities(text, lang, None, &[DimensionKind::Time], asked.now, false);
    let mut found: Vec<Moment> = entities.iter().filter_map(|entity| moment(entity, asked.now)).collect();
    let spans: Vec<std::ops::Range<usize>> = found.iter().map(|m| m.span.clone()).collect();
    found.retain(|m| {
        !spans.iter().any(|s| s.len() > m.span.len() && s.start <= m.span.start && m.span.end <= s.end)
    });
    found
}

fn moment(entity: &Entity, now: DateTime) -> Option<Moment> {
    let DimensionValue::Time(value) = &entity.value else { return None };
    let (point, others) = match value {
        TimeValue::Single { value, values, .. } => (value, values.len()),
        TimeValue::Interval { from, to, .. } => (from.as_ref().or(to.as_ref())?, 1),
    };
    let (at, grain) = match point {
        TimePoint::Naive { value, grain } => (guard::from_chrono(*value)?, *grain),
        TimePoint::Instant { value, grain } => (guard::from_chrono(value.naive_local())?, *grain),
    };
    let settles = match grain {
        _ if at == now => Settles::Now,
        Grain::Day => Settles::Day,
        Grain::NoGrain => Settles::Now,
        Grain::Hour | Grain::Minute | Grain::Second => {
            if others > 1 && repeats_daily(value) {
                Settles::Clock
            } else {
                Settles::Both
            }
        }
        _ => return None,
    };
    // The epoch of a reference clock gone wrong is no answer.
    let near = (i32::from(at.year()) - i32::from(now.year())).abs() <= 200;
    near.then_some(Moment { at, settles, span: entity.start..entity.end })
}

/// "5pm" comes again tomorrow; "tomorrow at 5pm" does not.
fn repeats_daily(value: &TimeValue) -> bool {
    let TimeValue::Single { values, .. } = value else { return false };
    let naive: Vec<chrono::NaiveDateTime> = values
        .iter()
        .filter_map(|point| match point {
            TimePoint::Naive { value, .. } => Some(*value),
            TimePoint::Instant { .. } => None,
        })
        .collect();
    naive.len() > 1 && naive.windows(2).all(|pair| pair[1] - pair[0] == chrono::TimeDelta::days(1))
}
