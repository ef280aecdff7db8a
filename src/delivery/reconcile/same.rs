//! When two texts say the same: leniently only where CRMs are known to rewrite what they are given.

use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// The fewest digits of something that may be a telephone number.
const SHORTEST_PHONE: usize = 7;

/// What it means that a record does not name a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// It is empty there: the record was asked for by name, with all its fields.
    Empty,
    /// Nothing: lists and exports often show only some fields.
    Unsaid,
}

/// The names of the fields that are not there as they should be.
pub fn differing(
    expected: &BTreeMap<String, String>,
    there: &BTreeMap<String, String>,
    absent: Absent,
) -> Vec<String> {
    let differs = |(name, ours): &(&String, &String)| match (find(there, name), absent) {
        (Some(theirs), _) => !same(ours, theirs),
        (None, Absent::Empty) => !ours.trim().is_empty(),
        (None, Absent::Unsaid) => false,
    };
    expected.iter().filter(differs).map(|(name, _)| name.clone()).collect()
}

/// Whether the record leaves out a field that should say something.
pub fn is_partial(expected: &BTreeMap<String, String>, there: &BTreeMap<String, String>) -> bool {
    expected.iter().any(|(name, ours)| !ours.trim().is_empty() && find(there, name).is_none())
}

/// A field by its name, or by what an export's heading makes of it: `First Name` is `firstname`.
fn find<'a>(there: &'a BTreeMap<String, String>, name: &str) -> Option<&'a String> {
    there.get(name).or_else(|| {
        let wanted = plain(name);
        there.iter().find(|(other, _)| plain(other) == wanted).map(|(_, value)| value)
    })
}

/// A name without what headings change: case, spaces, punctuation.
pub fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether two texts say the same.
///
/// Lenient are: white space and line ends, which forms trim; the case of an e-mail address, which CRMs make small (and of `true`
/// and `false`); spaces and punctuation in a telephone number, which CRMs format; zeros behind the point and commas between
/// thousands, which number fields drop or add. Everything else is strict: another case in a name, or a postcode that lost its
/// leading zero, is a change somebody may have to know of.
pub fn same(ours: &str, theirs: &str) -> bool {
    let (ours, theirs) = (words(ours), words(theirs));
    if ours == theirs {
        return true;
    }
    if is_mail(&ours) && is_mail(&theirs) || is_flag(&ours) && is_flag(&theirs) {
        return ours.to_lowercase() == theirs.to_lowercase();
    }
    if let (Some(ours), Some(theirs)) = (number(&ours), number(&theirs)) {
        return ours == theirs;
    }
    matches!((phone(&ours), phone(&theirs)), (Some(ours), Some(theirs)) if ours == theirs)
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_mail(text: &str) -> bool {
    text.contains('@') && !text.contains(' ')
}

fn is_flag(text: &str) -> bool {
    text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")
}

/// A number, however it is formatted; none where a zero leads, for that is a code.
fn number(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_code = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    let is_written = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',');
    if is_code || !is_written {
        return None;
    }
    let (whole, _) = digits.split_once('.').unwrap_or((digits, ""));
    let mut groups = whole.split(',');
    let is_grouped =
        groups.next().is_some_and(|first| (1..=3).contains(&first.len()) || !whole.contains(','))
            && groups.all(|group| group.len() == 3);
    if !is_grouped {
        return None;
    }
    text.replace(',', "").parse::<Decimal>().ok().map(|number| number.normalize())
}

/// The digits of a telephone number; `00` before the country is its `+`.
pub fn phone(text: &str) -> Option<String> {
    let is_written = text.chars().all(|c| c.is_ascii_digit() || " +-().\u{a0}/".contains(c));
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let digits = match digits.strip_prefix("00") {
        Some(rest) if !text.contains('+') => rest.to_owned(),
        _ => digits,
    };
    (is_written && digits.len() >= SHORTEST_PHONE).then_some(digits)
}

/// An e-mail address as it is compared.
pub fn mail(text: &str) -> Option<String> {
    let text = text.trim();
    is_mail(text).then(|| text.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_the_same() {
        let rows = [
            ("the same", "Ann Lee", "Ann Lee", true),
            ("white space", " Ann  Lee\r\n", "Ann Lee", true),
            ("case of a name", "Ann Lee", "ann lee", false),
            ("case of an e-mail", "Ann@Example.COM", "ann@example.com", true),
            ("another e-mail", "ann@example.com", "anne@example.com", false),
            ("a formatted number", "+14155550123", "+1 (415) 555-0123", true),
            ("two zeros for a plus", "+4915112345678", "0049 151 12345678", true),
            ("without its plus", "+14155550123", "14155550123", true),
            ("another number", "+14155550123", "+14155550124", false),
            ("without its country", "+14155550123", "415-555-0123", false),
            ("zeros behind the point", "80", "80.00", true),
            ("thousands", "12500", "12,500.0", true),
            ("a comma that is no thousand", "12500", "12,50", false),
            ("another amount", "80", "81", false),
            ("a postcode without its zero", "02134", "2134", false),
            ("a flag", "true", "True", true),
            ("emptied", "Ann", "", false),
            ("both empty", "", "  ", true),
            ("a date is a text", "2026-01-05", "05/01/2026", false),
        ];
        for (label, ours, theirs, expected) in rows {
            assert_eq!(same(ours, theirs), expected, "{label}");
            assert_eq!(same(theirs, ours), expected, "{label}, the other way");
        }
    }

    fn fields(all: &[(&str, &str)]) -> BTreeMap<String, String> {
        all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    type Given<'a> = &'a [(&'a str, &'a str)];

    #[test]
    fn which_fields_differ() {
        let rows: [(&str, Given<'_>, Given<'_>, Absent, &[&str]); 7] = [
            ("none", &[("email", "a@x.com")], &[("email", "A@x.com"), ("owner", "Bo")], Absent::Empty, &[]),
            (
                "one of two",
                &[("city", "Rome"), ("zip", "1")],
                &[("city", "Oslo"), ("zip", "1")],
                Absent::Empty,
                &["city"],
            ),
            ("not there, and asked for", &[("city", "Rome")], &[], Absent::Empty, &["city"]),
            ("empty, and not there", &[("city", "")], &[], Absent::Empty, &[]),
            ("not shown", &[("city", "Rome")], &[], Absent::Unsaid, &[]),
            ("shown empty", &[("city", "Rome")], &[("city", "")], Absent::Unsaid, &["city"]),
            (
                "by a heading",
                &[("first_name", "Ann")],
                &[("First Name", "Anna")],
                Absent::Unsaid,
                &["first_name"],
            ),
        ];
        for (label, ours, theirs, absent, expected) in rows {
            assert_eq!(differing(&fields(ours), &fields(theirs), absent), expected, "{label}");
        }
    }
}
