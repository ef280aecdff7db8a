//! Patterns of numbers on do-not-contact lists: `*` stands for any figures, `?` for one.

/// Whether a text is a pattern, and not a number.
pub fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// A pattern as it is kept, without the usual separators; `None`: it is none that numbers in E.164 could be of, or one of nearly all.
pub fn pattern(text: &str) -> Option<String> {
    const LEAST: usize = 3;
    const LONGEST: usize = 32;
    let kept: String = text.trim().chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.')).collect();
    let rest = kept.strip_prefix('+').or_else(|| kept.starts_with('*').then_some(kept.as_str()))?;
    let is_plain = rest.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'*' | b'?'));
    let figures = rest.bytes().filter(u8::is_ascii_digit).count();
    (is_plain && figures >= LEAST && kept.len() <= LONGEST).then_some(kept)
}

/// Whether a number is of a pattern.
pub fn matches(pattern: &str, number: &str) -> bool {
    let (pattern, number) = (pattern.as_bytes(), number.as_bytes());
    let (mut at, mut seen) = (0, 0);
    // Where the last `*` stands, and how far it reaches so far.
    let mut star: Option<(usize, usize)> = None;
    while seen < number.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, seen));
                at += 1;
            }
            Some(wanted) if *wanted == b'?' || *wanted == number[seen] => (at, seen) = (at + 1, seen + 1),
            _ => match star {
                Some((place, reach)) => {
                    star = Some((place, reach + 1));
                    (at, seen) = (place + 1, reach + 1);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|rest| *rest == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn patterns() {
        let rows = [
            ("+1900*", "+19005550123", true),
            ("+1900*", "+1900", true),
            ("+1900*", "+18005550123", false),
            ("*0123", "+14155550123", true),
            ("*0123", "+14155550124", false),
            ("+1???555*", "+14155550123", true),
            ("+1???555*", "+1415655012", false),
            ("*", "+14155550123", true),
            ("+1*5*3", "+14155550123", true),
            ("+14155550123", "+14155550123", true),
            ("+1415555012?", "+1415555012", false),
        ];
        for (pattern, number, expected) in rows {
            assert_eq!(matches(pattern, number), expected, "{pattern} {number}");
        }
        assert!(is_pattern("+1900*") && is_pattern("+1?") && !is_pattern("+14155550123"));
    }

    #[test]
    fn what_may_be_a_pattern() {
        let rows = [
            (" +1 (900) * ", Some("+1900*")),
            ("*0123", Some("*0123")),
            ("+1???555*", Some("+1???555*")),
            ("+19*", None),
            ("*", None),
            ("1900*", None),
            ("?1900*", None),
            ("+1900x*", None),
            ("+1900+*", None),
            ("+1900****************************", None),
            ("", None),
        ];
        for (text, expected) in rows {
            assert_eq!(pattern(text).as_deref(), expected, "{text}");
        }
    }

    /// As it is defined: what a star stands for is tried out.
    fn slowly(pattern: &[u8], number: &[u8]) -> bool {
        match pattern.split_first() {
            None => number.is_empty(),
            Some((b'*', rest)) => (0..=number.len()).any(|n| slowly(rest, &number[n..])),
            Some((first, rest)) => number
                .split_first()
                .is_some_and(|(figure, others)| (*first == b'?' || first == figure) && slowly(rest, others)),
        }
    }

    proptest! {
        #[test]
        fn it_is_as_it_is_defined(pattern in "[*?12]{0,8}", number in "[12]{0,10}") {
            prop_assert_eq!(matches(&pattern, &number), slowly(pattern.as_bytes(), number.as_bytes()));
        }
    }
}
