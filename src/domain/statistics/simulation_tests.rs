//! Thousands of made-up experiments that somebody looks at every day, and stops as soon as a winner is named.

use super::{Counts, verdict};

const RUNS: usize = 2_000;
const DAYS: usize = 60;

/// xorshift64* (S. Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled", ACM TOMS 42 (2016) 30).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// In which share of the runs a variant was ever called better than another, and in which the last variant was the winner. `variants`: people a day and true rate.
fn winners(variants: &[(usize, f64)], runs: usize, seed: u64) -> (f64, f64) {
    let mut dice = Dice(seed);
    let (mut named, mut last) = (0, 0);
    for _ in 0..runs {
        let mut counts = vec![Counts::default(); variants.len()];
        let mut is_named = false;
        for _ in 0..DAYS {
            for (counts, (a_day, rate)) in counts.iter_mut().zip(variants) {
                counts.people += *a_day as i64;
                counts.converted += (0..*a_day).filter(|_| dice.roll() < *rate).count() as i64;
            }
            let seen: Vec<(&str, Counts)> = counts.iter().map(|counts| ("x", *counts)).collect();
            let (verdict, words) = verdict(&seen, true);
            // Of three or more, one may be called better than another long before one is better than all.
            is_named |= words.contains("does better than");
            if let Some(winner) = verdict.winner() {
                last += usize::from(winner == variants.len() - 1);
                break;
            }
        }
        named += usize::from(is_named);
    }
    (named as f64 / runs as f64, last as f64 / runs as f64)
}

#[test]
fn without_a_difference_few_winners_are_named() {
    let rows: [(&str, &[(usize, f64)]); 5] = [
        ("even", &[(20, 0.3), (20, 0.3)]),
        ("seldom", &[(30, 0.02), (30, 0.02)]),
        ("nearly all", &[(20, 0.95), (20, 0.95)]),
        ("uneven", &[(36, 0.1), (4, 0.1)]),
        ("three", &[(15, 0.2), (15, 0.2), (15, 0.2)]),
    ];
    for (n, (label, variants)) in rows.into_iter().enumerate() {
        let (named, _) = winners(variants, RUNS, 0x9E37_79B9_7F4A_7C15 + n as u64);
        assert!(named < 0.05, "{label}: {named}");
    }
}

#[test]
fn a_true_difference_is_found() {
    let (named, right) = winners(&[(40, 0.20), (40, 0.28)], 500, 42);
    assert!(right > 0.95, "{right} of {named}");
    let (named, right) = winners(&[(30, 0.20), (30, 0.20), (30, 0.32)], 300, 43);
    assert!(right > 0.95, "{right} of {named}");
}

/// What the same looking does to a textbook's test: why it is not used.
#[test]
fn a_textbook_s_test_names_many() {
    let mut dice = Dice(44);
    let mut named = 0;
    for _ in 0..400 {
        let (mut a, mut b, mut n) = (0.0, 0.0, 0.0);
        for _ in 0..DAYS {
            n += 20.0;
            a += (0..20).filter(|_| dice.roll() < 0.3).count() as f64;
            b += (0..20).filter(|_| dice.roll() < 0.3).count() as f64;
            let p = (a + b) / (2.0 * n);
            if n >= 100.0 && ((a - b) / n).abs() > 1.96 * (2.0 * p * (1.0 - p) / n).sqrt() {
                named += 1;
                break;
            }
        }
    }
    assert!(named > 60, "more than 15 %: {named} of 400");
}
