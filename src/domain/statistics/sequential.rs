//! The difference of two shares, with an interval that may be looked at as often as one likes.
//!
//! A textbook interval is right in 95 of 100 experiments that are looked at once. Whoever looks daily and stops at the first difference
//! that seems sure is wrong several times as often. This interval is one of an *always-valid confidence sequence*: in 95 of 100
//! experiments all of them, at every look, hold the true difference.
//!
//! It inverts the mixture sequential probability ratio test with a normal mixture: R. Johari, P. Koomen, L. Pekelis, D. Walsh, "Always
//! Valid Inference: Continuous Monitoring of A/B Tests", Operations Research 70 (2022) 1806–1821, after H. Robbins, "Statistical Methods
//! Related to the Law of the Iterated Logarithm", Annals of Mathematical Statistics 41 (1970) 1397–1409. With the estimate `d`, its
//! variance `v` and the mixture `N(0, τ²)`, the likelihood ratio against a true difference `δ` is
//! `√(v/(v+τ²)) exp(τ²(d−δ)² / 2v(v+τ²))`; the interval is where it stays below `1/α`:
//! `d ± √((v(v+τ²)/τ²) (2 ln(1/α) + ln((v+τ²)/v)))`.
//!
//! Shares are normal only where enough people stand behind them, which [`super::verdict()`] waits for, and `v` is estimated: with one person
//! who converted and one who did not added to each side (A. Agresti, B. Caffo, "Simple and Effective Confidence Intervals for Proportions
//! and Differences of Proportions Result from Adding Two Successes and Two Failures", The American Statistician 54 (2000) 280–288), and
//! as the larger of what it is if the shares differ and what it is if they do not. The simulation in `simulation_tests.rs` shows what
//! remains of wrong winners.

use super::{Counts, Estimate};

/// The width of the mixture: differences about this large (five points in a hundred) are found soonest. Any width is valid, and it must
/// not be chosen by the data.
pub const TAU: f64 = 0.05;

/// How much larger the share of `other` is than that of `base`, with an interval that is wrong at some look in at most `error` of all
/// experiments. `None` where either is nobody.
pub fn difference(base: Counts, other: Counts, error: f64) -> Option<Estimate> {
    let value = other.rate()? - base.rate()?;
    let variance = variance(base, other);
    let tau2 = TAU * TAU;
    let spread = variance + tau2;
    let reach = (variance * spread / tau2 * (2.0 * (1.0 / error).ln() + (spread / variance).ln())).sqrt();
    Some(Estimate { value, low: (value - reach).max(-1.0), high: (value + reach).min(1.0) })
}

fn variance(base: Counts, other: Counts) -> f64 {
    let smoothed = |counts: Counts| (counts.converted as f64 + 1.0, counts.people as f64 + 2.0);
    let ((c1, n1), (c2, n2)) = (smoothed(base), smoothed(other));
    let of = |p: f64| p * (1.0 - p);
    let apart = of(c1 / n1) / n1 + of(c2 / n2) / n2;
    let pooled = of((c1 + c2) / (n1 + n2)) * (1.0 / n1 + 1.0 / n2);
    apart.max(pooled)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ERROR: f64 = 0.05;

    fn counts(converted: i64, people: i64) -> Counts {
        Counts { people, converted }
    }

    #[test]
    fn by_hand() {
        // 199 of 998 is (200/1000 = 0.2) with the two added: v = 0.2·0.8/1000·2 = 0.00032, τ² = 0.0025, v + τ² = 0.00282,
        // (v(v+τ²)/τ²) = 0.00036096, 2 ln 20 + ln 8.8125 = 8.16764, the root of their product 0.054298.
        let found = difference(counts(199, 998), counts(199, 998), ERROR).unwrap();
        assert_eq!(found.value, 0.0);
        assert!((found.high - 0.054_298).abs() < 2e-6, "{found:?}");
        assert_eq!(found.low, -found.high);
    }

    #[test]
    fn it_is_wider_than_a_textbook_s_and_narrows() {
        let mut before = f64::INFINITY;
        for n in [100, 400, 1_600, 6_400, 25_600] {
            let found = difference(counts(n / 5, n), counts(n / 4, n), ERROR).unwrap();
            let reach = found.high - found.value;
            let textbook = 1.96 * (0.2 * 0.8 / n as f64 + 0.25 * 0.75 / n as f64).sqrt();
            assert!(reach > textbook && reach < before, "{n}: {reach} {textbook}");
            before = reach;
        }
    }

    #[test]
    fn nobody_and_everybody() {
        assert_eq!(difference(counts(0, 0), counts(1, 2), ERROR), None);
        let found = difference(counts(0, 1), counts(1, 1), ERROR).unwrap();
        assert_eq!((found.value, found.high), (1.0, 1.0));
        assert!(found.low < 0.0);
        let still = difference(counts(0, 500), counts(0, 500), ERROR).unwrap();
        assert!(still.high > 0.0 && still.high < 0.1, "{still:?}");
    }
}
