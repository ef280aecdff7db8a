//! A number in figures: `12`, `1,200.50`, `1.200,50`, `12,34,567`, `2.5k`, `3rd`, `3bhk`.

use rust_decimal::Decimal;

use super::Manner;

/// What stands in figures at one place.
pub(super) struct Figure {
    pub value: Decimal,
    /// What the letters on it multiply by: 1,000 of "2k".
    pub scale: Option<u64>,
    pub ordinal: bool,
    /// Other letters hang on it.
    pub unit: bool,
    /// The byte after figures and letters.
    pub end: usize,
}

/// The figure that begins at byte `start`; `None` where it is part of a date, clock time, fraction or version.
pub(super) fn read(text: &str, start: usize, manner: Manner) -> Option<Figure> {
    let rest = &text[start..];
    let mut length = 0;
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let digit_follows = chars.peek().is_some_and(|(_, next)| next.is_ascii_digit());
        if c.is_ascii_digit() || (is_separator(c) && digit_follows) {
            length = at + c.len_utf8();
        } else {
            break;
        }
    }
    let before = text[..start].chars().next_back();
    let after = rest[length..].chars().next();
    let then = rest[length..].chars().nth(1);
    let continues =
        matches!(before, Some('.' | ',')) && text[..start - 1].ends_with(|c: char| c.is_ascii_digit());
    if continues {
        return None;
    }
    let parts_a_date = |c: Option<char>| matches!(c, Some(':' | '/' | '\\'));
    if parts_a_date(before) || (parts_a_date(after) && then.is_some_and(|c| c.is_ascii_digit())) {
        return None;
    }
    let value = interpret(&rest[..length], manner.decimal_comma)?;
    let value = if before == Some('.') && length > 0 && !text[..start - 1].ends_with(char::is_alphanumeric) {
        format!("0.{}", &rest[..length]).parse().ok()?
    } else {
        value
    };
    let letters: String = rest[length..].chars().take_while(|c| c.is_alphabetic()).collect();
    let end = start + length + letters.len();
    let plain = Figure { value, scale: None, ordinal: false, unit: false, end };
    Some(match letters.to_lowercase().as_str() {
        "" => plain,
        "k" => Figure { scale: Some(1_000), ..plain },
        "m" | "mn" | "mio" | "mm" | "mil" if letters != "m" || !manner.indian => Figure {
            scale: Some(if letters == "mil" && manner.decimal_comma { 1_000 } else { 1_000_000 }),
            ..plain
        },
        "b" | "bn" => Figure { scale: Some(1_000_000_000), ..plain },
        "lakh" | "lakhs" | "lac" | "lacs" => Figure { scale: Some(100_000), ..plain },
        "l" if manner.indian => Figure { scale: Some(100_000), ..plain },
        "cr" | "crore" | "crores" => Figure { scale: Some(10_000_000), ..plain },
        "st" | "nd" | "rd" | "th" | "er" | "ere" | "eme" | "e" | "o" | "a" => {
            Figure { ordinal: true, ..plain }
        }
        _ => Figure { unit: true, ..plain },
    })
}

fn is_separator(c: char) -> bool {
    matches!(c, ',' | '.' | '\'' | '’' | '\u{a0}' | '\u{202f}')
}

/// Reads separators: the last of two different ones is the decimal sign; groups of three (or Indian groups of two) are
/// thousands; what fits neither ("1.1.3") is no number.
fn interpret(written: &str, decimal_comma: bool) -> Option<Decimal> {
    let plain: String = written.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | ',')).collect();
    if plain.bytes().filter(u8::is_ascii_digit).count() > 24 {
        return None;
    }
    let (commas, dots) = (plain.matches(',').count(), plain.matches('.').count());
    let decimal = match (commas, dots) {
        (0, 0) => None,
        (_, 0) => decimal_sign(&plain, ',', commas, decimal_comma)?,
        (0, _) => decimal_sign(&plain, '.', dots, !decimal_comma)?,
        _ => {
            let last = if plain.rfind(',') > plain.rfind('.') { ',' } else { '.' };
            let thousands = if last == ',' { '.' } else { ',' };
            let (whole, _) = plain.rsplit_once(last)?;
            if whole.contains(last) || !grouped(whole, thousands) {
                return None;
            }
            Some(last)
        }
    };
    let figures: String = plain
        .chars()
        .filter_map(|c| if c.is_ascii_digit() { Some(c) } else { (Some(c) == decimal).then_some('.') })
        .collect();
    figures.parse().ok()
}

/// Whether the only sign used is the decimal one here: `Some(None)` for thousands, `None` for neither.
fn decimal_sign(plain: &str, sign: char, count: usize, usual: bool) -> Option<Option<char>> {
    let groups = grouped(plain, sign);
    if count > 1 {
        return groups.then_some(None);
    }
    // "1.200" where the point is the decimal sign is 1.2; "1,200" where the comma is not is 1200.
    Some(if usual || !groups { Some(sign) } else { None })
}

/// Whether the figures stand in groups of three after a first of one to three; or two and two and three, as in India.
fn grouped(written: &str, sign: char) -> bool {
    let mut parts = written.split(sign);
    let first = parts.next().unwrap_or_default().len();
    let rest: Vec<usize> = parts.map(str::len).collect();
    let Some((last, middle)) = rest.split_last() else { return true };
    (1..=3).contains(&first)
        && *last == 3
        && (middle.iter().all(|n| *n == 3) || (first <= 2 && middle.iter().all(|n| *n == 2)))
}
