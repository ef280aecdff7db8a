//! Options that are numbers or ranges of numbers: a number said picks the one it falls in.

use rust_decimal::Decimal;

use crate::understand::numerals::{Manner, mentions};
use crate::understand::options::Pick;
use crate::understand::range::{Bounds, bounds};
use crate::understand::{Asked, words};

/// Where the smallest end named by the options is at least this, a small bare figure is a place, not an amount.
const THOUSANDS: i64 = 1_000;

/// The option the said number or range falls in; `None` where the options are not numeric or it falls in no single one.
pub(super) fn by_value(text: &str, asked: &Asked, manner: Manner) -> Option<Vec<Pick>> {
    if !text.contains(|c: char| c.is_ascii_digit()) && text.len() > 60 {
        return None;
    }
    let indian = manner.indian || asked.options.iter().any(|option| option.value.contains('₹'));
    let manner = Manner { indian, ..manner };
    let intervals: Vec<Option<Bounds>> =
        asked.options.iter().map(|option| interval(&option.value, manner)).collect();
    if intervals.iter().flatten().count() * 2 < intervals.len() || intervals.iter().flatten().count() < 2 {
        return None;
    }
    let numbers = mentions(text, manner);
    let smallest = intervals
        .iter()
        .flatten()
        .flat_map(|i| [i.min, i.max])
        .flatten()
        .filter(|end| !end.is_zero())
        .min()
        .unwrap_or_default();
    match numbers.as_slice() {
        [number] if !number.ordinal => {
            let bare_place = number.value <= Decimal::from(asked.options.len())
                && number.scale == Decimal::ONE
                && smallest >= Decimal::from(THOUSANDS);
            if bare_place {
                return None;
            }
            if let Some(said) = bounds(text, manner)
                && let Some(option) = one(&intervals, |i| i.min == said.min && i.max == said.max)
            {
                return Some(vec![Pick { option, span: number.start..number.end }]);
            }
            let option = one(&intervals, |i| {
                i.min.is_none_or(|min| min <= number.value) && i.max.is_none_or(|max| number.value <= max)
            })?;
            Some(vec![Pick { option, span: number.start..number.end }])
        }
        [_, _] => {
            let said = bounds(text, manner)?;
            // "200 to 400" for "$200k - $400k": the scale goes without saying.
            let option = [1, 1_000, 100_000, 10_000_000].into_iter().find_map(|scale| {
                let scaled = |end: Option<Decimal>| end.and_then(|e| e.checked_mul(Decimal::from(scale)));
                one(&intervals, |i| i.min == scaled(said.min) && i.max == scaled(said.max))
            })?;
            Some(vec![Pick { option, span: said.span }])
        }
        _ => None,
    }
}

/// The one option for which it holds.
fn one(intervals: &[Option<Bounds>], holds: impl Fn(&Bounds) -> bool) -> Option<usize> {
    let mut found = (0..intervals.len()).filter(|at| intervals[*at].as_ref().is_some_and(&holds));
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// The numbers an option's label stands for: a range, or a number with at most two words around it ("3 bedrooms").
fn interval(label: &str, manner: Manner) -> Option<Bounds> {
    if let Some(range) = bounds(label, manner) {
        return Some(range);
    }
    let found = mentions(label, manner);
    let [number] = found.as_slice() else { return None };
    let short = words::words(label).len() <= 2 && !number.ordinal;
    short.then_some(Bounds {
        min: Some(number.value),
        max: Some(number.value),
        span: number.start..number.end,
    })
}
