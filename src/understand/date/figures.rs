//! Dates all in figures: `12/03/2026`, `2026-03-12`, `3.4.`, `14-3`.

use jiff::civil::Date;

use crate::understand::{Asked, DateOrder, words};

/// A date in figures, and where.
pub(in crate::understand) struct Found {
    pub date: Date,
    pub span: std::ops::Range<usize>,
}

/// The dates in figures in a text. The flow's order decides, else the region's, else the language's; a figure that can
/// be no month is the day.
pub(in crate::understand) fn find(text: &str, asked: &Asked) -> Vec<Found> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit()
            || (at > 0
                && (bytes[at - 1].is_ascii_alphanumeric() || matches!(bytes[at - 1], b'.' | b',' | b'$')))
        {
            at += 1;
            continue;
        }
        let (parts, signs, end) = parts(text, at);
        let closed = text[end..].chars().next().is_none_or(|c| !c.is_alphanumeric() && c != '%');
        if closed
            && (signs.windows(2).all(|s| s[0] == s[1]) || parts.last().is_some_and(|year| year.len() == 4))
            && let Some(date) = resolve(&parts, &signs, asked)
        {
            found.push(Found { date, span: at..end });
        }
        at = end.max(at + 1);
    }
    found
}

/// A day and a month both as ordinals, as people say birth dates: "the 3rd of the 9th 1975".
pub(in crate::understand) fn ordinals(text: &str, asked: &Asked) -> Option<Found> {
    let words = words::words(text);
    let ordinal = |at: usize| -> Option<i16> {
        let word = words.get(at)?.plain.as_str();
        let digits = word
            .strip_suffix("st")
            .or(word.strip_suffix("nd"))
            .or(word.strip_suffix("rd"))
            .or(word.strip_suffix("th"))?;
        digits.parse().ok()
    };
    (0..words.len()).find_map(|at| {
        let day = ordinal(at)?;
        let skip = words[at + 1..].iter().take_while(|w| matches!(w.plain.as_str(), "of" | "the")).count();
        let month = ordinal(at + 1 + skip)?;
        let year_word = words.get(at + 2 + skip).filter(|w| w.plain.len() == 4)?;
        let date = civil(year_word.plain.parse().ok()?, month, day)?;
        (date.year() <= asked.now.year() + 100)
            .then_some(Found { date, span: words[at].start..year_word.end })
    })
}

/// The figures from `start` on, the signs between them, and the byte after.
fn parts(text: &str, start: usize) -> (Vec<&str>, Vec<char>, usize) {
    let mut parts = Vec::new();
    let mut signs = Vec::new();
    let mut at = start;
    loop {
        let digits = text[at..].bytes().take_while(u8::is_ascii_digit).count();
        parts.push(&text[at..at + digits]);
        at += digits;
        let rest = &text[at..];
        let spaced = rest.trim_start_matches(' ');
        let gap = rest.len() - spaced.len();
        let Some(sign) = spaced.chars().next() else { break };
        let divides = matches!(sign, '/' | '-' | '.' | '\\' | '–');
        let after = if divides { &spaced[sign.len_utf8()..] } else { rest };
        let after_gap = after.trim_start_matches(' ');
        if parts.len() < 3 && divides && gap <= 1 && after_gap.starts_with(|c: char| c.is_ascii_digit()) {
            signs.push(sign);
            at = text.len() - after_gap.len();
        } else if parts.len() < 3 && !divides && gap == 1 && spaced.starts_with(|c: char| c.is_ascii_digit())
        {
            signs.push(' ');
            at = text.len() - spaced.len();
        } else {
            break;
        }
    }
    (parts, signs, at)
}

fn resolve(parts: &[&str], signs: &[char], asked: &Asked) -> Option<Date> {
    let numbers: Vec<i16> = parts.iter().map(|p| p.parse().ok()).collect::<Option<_>>()?;
    match (numbers.as_slice(), signs) {
        ([a, b, c], _) => {
            if parts[0].len() == 4 {
                return civil(*a, *b, *c).or_else(|| civil(*a, *c, *b));
            }
            if parts.iter().any(|p| p.len() > 4 || p.len() == 3) || !matches!(parts[2].len(), 2 | 4) {
                return None;
            }
            if here(asked) == DateOrder::Ymd && parts[2].len() == 2 {
                return civil(full_year(*a, parts[0], asked), *b, *c);
            }
            let year = full_year(*c, parts[2], asked);
            day_month(*a, *b, asked).and_then(|(day, month)| civil(year, month, day))
        }
        // A bare "3.5" or "3 4" is a number, "14-3" a range as often as a day: only the slash says day and month.
        ([a, b], ['/']) if parts.iter().all(|p| p.len() <= 2) => {
            let (day, month) = day_month(*a, *b, asked)?;
            let today = asked.now.date();
            let this_year = civil(today.year(), month, day);
            match this_year {
                Some(date) if date >= today => Some(date),
                _ => civil(today.year() + 1, month, day).or(this_year),
            }
        }
        _ => None,
    }
}

fn day_month(a: i16, b: i16, asked: &Asked) -> Option<(i16, i16)> {
    let dmy = here(asked) != DateOrder::Mdy;
    match (a > 12, b > 12) {
        (true, true) => None,
        (true, false) => Some((a, b)),
        (false, true) => Some((b, a)),
        (false, false) => Some(if dmy { (a, b) } else { (b, a) }),
    }
}

fn here(asked: &Asked) -> DateOrder {
    order(asked.date_order, asked.region, asked.language)
}

/// The order of figures in a date: the flow's, the region's, the language's.
pub fn order(own: Option<DateOrder>, region: Option<&str>, language: &str) -> DateOrder {
    if let Some(order) = own {
        return order;
    }
    match region {
        Some("US" | "PH" | "FM" | "MH" | "PW") => DateOrder::Mdy,
        Some("CN" | "JP" | "KR" | "TW" | "HU" | "LT" | "MN") => DateOrder::Ymd,
        Some(_) => DateOrder::Dmy,
        None => match language {
            "en" | "en-US" => DateOrder::Mdy,
            "zh" | "ja" | "ko" | "hu" => DateOrder::Ymd,
            _ => DateOrder::Dmy,
        },
    }
}

/// "76" is 1976, "27" is 2027: two figures more than ten years ahead are of the century before.
fn full_year(year: i16, written: &str, asked: &Asked) -> i16 {
    if written.len() != 2 {
        return year;
    }
    let century = asked.now.year() / 100 * 100;
    if century + year > asked.now.year() + 10 { century - 100 + year } else { century + year }
}

fn civil(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}
