//! The interval of one share.

use super::{Counts, Estimate};

/// The 97.5 % point of the standard normal distribution, which leaves 95 % between it and its negative.
const Z: f64 = 1.959_963_984_540_054;

/// A share with Wilson's 95 % score interval: unlike the textbook's `p ± 1.96 s`, it is right for few people and for shares near 0 and
/// 1, and never leaves 0..1. `None` of nobody.
///
/// `(p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n)`: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical
/// Inference", Journal of the American Statistical Association 22 (1927) 209–212.
pub fn wilson(counts: Counts) -> Option<Estimate> {
    let p = counts.rate()?;
    let n = counts.people as f64;
    let z2 = Z * Z;
    let middle = p + z2 / (2.0 * n);
    let reach = Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    let whole = 1.0 + z2 / n;
    // At 0 and 1 rounding would leave a hair's breadth outside.
    let low = if counts.converted == 0 { 0.0 } else { (middle - reach) / whole };
    let high = if counts.converted == counts.people { 1.0 } else { (middle + reach) / whole };
    Some(Estimate { value: p, low, high })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Method 3 of table I in R. G. Newcombe, "Two-sided confidence intervals for the single proportion: comparison of seven methods",
    /// Statistics in Medicine 17 (1998) 857–872.
    #[test]
    fn as_published() {
        let rows = [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ];
        for (converted, people, low, high) in rows {
            let found = wilson(Counts { people, converted }).unwrap();
            let rounded = |value: f64| (value * 10_000.0).round() / 10_000.0;
            assert_eq!((rounded(found.low), rounded(found.high)), (low, high), "{converted} of {people}");
        }
    }

    #[test]
    fn ends_stay_within_0_and_1() {
        assert_eq!(wilson(Counts::default()), None);
        for people in 1..200 {
            let none = wilson(Counts { people, converted: 0 }).unwrap();
            let all = wilson(Counts { people, converted: people }).unwrap();
            assert_eq!((none.low, all.high), (0.0, 1.0));
            // The one is the other seen in a mirror.
            assert!((none.high - (1.0 - all.low)).abs() < 1e-12 && none.high < 1.0);
        }
    }
}
