//! Options that read as ranges of numbers: "2–5", "11+", "₹50K–₹2L", "under 10".

/// From a number to a number, both included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span {
    low: f64,
    high: f64,
    /// Amounts share their ends by custom ("₹50K–₹2L", "₹2L–₹5L"); counts should not.
    money: bool,
}

impl Span {
    /// Whether a number can fall into both.
    pub(super) fn overlaps(&self, other: &Span) -> bool {
        let (low, high) = (self.low.max(other.low), self.high.min(other.high));
        if self.money || other.money { low < high } else { low <= high }
    }
}

/// The range an option's value is; `None` where it is no range of numbers.
pub(super) fn read(value: &str) -> Option<Span> {
    let money = value.chars().any(|c| "₹$€£¥".contains(c)) || value.contains('%');
    let plain: String = value.chars().filter(|c| !"₹$€£¥,%".contains(*c)).collect::<String>().to_lowercase();
    let plain = plain.trim();
    let span = |low, high| Some(Span { low, high, money });
    if let Some(rest) = plain.strip_suffix('+') {
        return span(number(rest)?, f64::INFINITY);
    }
    for (words, below) in
        [(["<", "under ", "below ", "less than "], true), ([">", "over ", "above ", "more than "], false)]
    {
        if let Some(rest) = words.iter().find_map(|word| plain.strip_prefix(word)) {
            // "Under 10" leaves 10 out; the ends of amounts and counts then differ by less than anyone says.
            let end = number(rest)?;
            return if below { span(f64::NEG_INFINITY, end - 1e-9) } else { span(end + 1e-9, f64::INFINITY) };
        }
    }
    for dash in ["–", "—", "-", " to "] {
        if let Some((low, high)) = plain.split_once(dash) {
            let (low, high) = (number(low)?, number(high)?);
            return (low <= high).then_some(Span { low, high, money });
        }
    }
    let exact = number(plain)?;
    span(exact, exact)
}

fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let scale = match text[digits..].trim() {
        "" => 1.0,
        "k" => 1e3,
        "l" | "lakh" | "lac" => 1e5,
        "m" | "mn" => 1e6,
        "cr" | "crore" => 1e7,
        _ => return None,
    };
    text[..digits].parse::<f64>().ok().map(|number| number * scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_overlap_or_not() {
        for (one, other, expected) in [
            ("2–5", "6–10", false),
            ("2-5", "5-10", true),
            ("1", "2–5", false),
            ("11+", "6–10", false),
            ("10+", "6–10", true),
            ("₹50K–₹2L", "₹2L–₹5L", false),
            ("₹50K–₹3L", "₹2L–₹5L", true),
            ("under 10", "10–20", false),
        ] {
            let (one, other) = (read(one).unwrap(), read(other).unwrap());
            assert_eq!(one.overlaps(&other), expected, "{one:?} {other:?}");
        }
        for words in ["Other", "QR Payments", "2 wheeler", "24/7", "e-commerce"] {
            assert_eq!(read(words), None, "{words}");
        }
    }
}
