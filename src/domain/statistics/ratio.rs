//! Whether an experiment divided people as its weights say. Where it did not, something chose who was counted, and the rates compare
//! people who are not alike (A. Fabijan et al., "Diagnosing Sample Ratio Mismatch in Online Controlled Experiments", KDD 2019).

use super::chi_square::p_value;

/// Below this probability the division is no chance.
pub const RATIO_ALARM: f64 = 0.001;
/// With fewer people nothing is said.
pub const LEAST_FOR_RATIO: i64 = 100;
/// Fewer are expected nowhere, for the approximation to hold (W. G. Cochran, "The χ² Test of Goodness of Fit", Annals of Mathematical
/// Statistics 23 (1952) 315–345).
const LEAST_EXPECTED: f64 = 5.0;

/// How people were divided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    /// How seldom chance divides them so badly.
    pub p: f64,
    /// Whether that is too seldom.
    pub alarm: bool,
}

/// Why it cannot be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unchecked {
    /// Too few people yet.
    TooFew,
    /// Somebody has a variant that the weights do not give.
    Unexpected,
}

/// Compares how many people each variant has with its weight (Pearson's chi-square).
///
/// # Errors
/// Why it cannot be said.
pub fn sample_ratio(variants: &[(i64, u32)]) -> Result<Ratio, Unchecked> {
    if variants.iter().any(|(people, weight)| *people > 0 && *weight == 0) {
        return Err(Unchecked::Unexpected);
    }
    let weighed: Vec<(f64, f64)> = variants
        .iter()
        .filter(|(_, weight)| *weight > 0)
        .map(|(people, weight)| (*people as f64, f64::from(*weight)))
        .collect();
    let people: f64 = weighed.iter().map(|(people, _)| people).sum();
    let weights: f64 = weighed.iter().map(|(_, weight)| weight).sum();
    let expected = |weight: f64| people * weight / weights;
    if people < LEAST_FOR_RATIO as f64 || weighed.iter().any(|(_, weight)| expected(*weight) < LEAST_EXPECTED)
    {
        return Err(Unchecked::TooFew);
    }
    let statistic: f64 =
        weighed.iter().map(|(people, weight)| (people - expected(*weight)).powi(2) / expected(*weight)).sum();
    let p = p_value(statistic, weighed.len().saturating_sub(1) as u32);
    Ok(Ratio { p, alarm: p < RATIO_ALARM })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn divisions() {
        // The second: R. Kohavi, D. Tang, Y. Xu, "Trustworthy Online Controlled Experiments" (2020), chapter 21: 821,588 and 815,482
        // of an even division have p = 1.8E-6. The third, by hand: (40² + 40²) / 500 = 6.4.
        type Row<'a> = (&'a str, &'a [(i64, u32)], f64, bool);
        let rows: [Row<'_>; 5] = [
            ("even", &[(500, 1), (500, 1)], 1.0, false),
            ("published", &[(821_588, 1), (815_482, 1)], 1.8e-6, true),
            ("uneven, and not so seldom", &[(540, 1), (460, 1)], 0.011_41, false),
            ("by weights", &[(300, 3), (700, 7)], 1.0, false),
            ("three, one of no weight", &[(334, 1), (333, 1), (333, 1), (0, 0)], 0.999, false),
        ];
        for (label, variants, p, alarm) in rows {
            let found = sample_ratio(variants).unwrap();
            assert!((found.p / p - 1.0).abs() < 0.02, "{label}: {found:?}");
            assert_eq!(found.alarm, alarm, "{label}");
        }
    }

    #[test]
    fn what_cannot_be_said() {
        let rows: [(&[(i64, u32)], Unchecked); 4] = [
            (&[], Unchecked::TooFew),
            (&[(90, 1), (9, 1)], Unchecked::TooFew),
            (&[(200, 1000), (0, 1)], Unchecked::TooFew),
            (&[(500, 1), (500, 1), (1, 0)], Unchecked::Unexpected),
        ];
        for (variants, why) in rows {
            assert_eq!(sample_ratio(variants), Err(why), "{variants:?}");
        }
    }
}
