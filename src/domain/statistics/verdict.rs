//! What an experiment has shown, in words. A winner is named only where the always-valid intervals leave no doubt, so that looking every
//! day makes none out of chance.

use super::{Counts, Estimate, difference};

/// In at most so many experiments without any difference something is ever said to be better.
pub const ERROR: f64 = 0.05;
/// Nothing is compared before each of two variants was shown to so many people …
pub const LEAST_EXPOSED: i64 = 100;
/// … and so many of both together converted, and so many did not: the normal approximation needs them.
pub const LEAST_CONVERTED: i64 = 10;

/// Two variants beside each other.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Comparison {
    base: usize,
    /// Comes later in the list.
    other: usize,
    /// How much larger the other's share is.
    difference: Estimate,
}

impl Comparison {
    /// The better one and the worse one, where that is sure.
    fn better(&self) -> Option<(usize, usize)> {
        if self.difference.low > 0.0 {
            Some((self.other, self.base))
        } else if self.difference.high < 0.0 {
            Some((self.base, self.other))
        } else {
            None
        }
    }
}

/// What is left of [`ERROR`] for each pair of so many variants (Bonferroni), so that it holds for all of them together.
pub fn error_of_each(variants: usize) -> f64 {
    let pairs = variants * variants.saturating_sub(1) / 2;
    ERROR / pairs.max(1) as f64
}

/// Compares each variant with each, as far as there are people enough.
fn compare(variants: &[Counts]) -> Vec<Comparison> {
    let error = error_of_each(variants.len());
    let mut found = Vec::new();
    for (base, one) in variants.iter().enumerate() {
        for (other, another) in variants.iter().enumerate().skip(base + 1) {
            let compared = are_enough(*one, *another).then(|| difference(*one, *another, error)).flatten();
            found.extend(compared.map(|difference| Comparison { base, other, difference }));
        }
    }
    found
}

/// Whether there are people enough to compare two variants.
pub fn are_enough(one: Counts, other: Counts) -> bool {
    let converted = one.converted + other.converted;
    let not = one.people + other.people - converted;
    one.people.min(other.people) >= LEAST_EXPOSED && converted.min(not) >= LEAST_CONVERTED
}

/// What an experiment has shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nobody was shown a variant yet.
    NotShown,
    /// People were not divided as they should be: nothing that was counted means anything.
    NotToBeTrusted,
    /// There are too few people to compare any two variants.
    TooEarly,
    /// Nothing is sure yet about which is best.
    Undecided,
    /// This variant is better than every other.
    Decided(usize),
}

impl Verdict {
    /// Its name on the wire.
    pub fn as_str(&self) -> &'static str {
        match self {
            Verdict::NotShown => "not_shown",
            Verdict::NotToBeTrusted => "not_to_be_trusted",
            Verdict::TooEarly => "too_early",
            Verdict::Undecided => "undecided",
            Verdict::Decided(_) => "decided",
        }
    }

    /// The variant that is better than every other.
    pub fn winner(&self) -> Option<usize> {
        match self {
            Verdict::Decided(winner) => Some(*winner),
            _ => None,
        }
    }
}

/// What the variants have shown, and that in words. `divided_well` is `false` where the sample ratio raised an alarm.
pub fn verdict(variants: &[(&str, Counts)], divided_well: bool) -> (Verdict, String) {
    let counts: Vec<Counts> = variants.iter().map(|(_, counts)| *counts).collect();
    let compared = compare(&counts);
    let verdict = if counts.iter().all(|counts| counts.people == 0) {
        Verdict::NotShown
    } else if !divided_well {
        Verdict::NotToBeTrusted
    } else if compared.is_empty() {
        Verdict::TooEarly
    } else {
        let beats = |winner: usize| {
            compared.iter().filter(|pair| pair.better().is_some_and(|(better, _)| better == winner)).count()
        };
        let winner = (0..counts.len()).find(|winner| beats(*winner) == counts.len() - 1);
        winner.map_or(Verdict::Undecided, Verdict::Decided)
    };
    let words = words(&verdict, variants, &compared);
    (verdict, words)
}

fn words(verdict: &Verdict, variants: &[(&str, Counts)], compared: &[Comparison]) -> String {
    match verdict {
        Verdict::NotShown => "Nobody was shown a variant yet.".to_owned(),
        Verdict::NotToBeTrusted => {
            "Do not trust this result. People were not divided as the weights say, which chance alone does in fewer than one of a \
             thousand experiments: something decides who is counted, so the variants are shown to people who are not alike. Find \
             the cause and begin the experiment anew under another name."
                .to_owned()
        }
        Verdict::TooEarly => format!(
            "It is too early to say anything: variants are compared once each was shown to {LEAST_EXPOSED} people, and at least \
             {LEAST_CONVERTED} of them reached the goal and {LEAST_CONVERTED} did not."
        ),
        Verdict::Undecided => {
            let known: Vec<String> = compared
                .iter()
                .filter_map(Comparison::better)
                .map(|(better, worse)| format!("{} does better than {}", variants[better].0, variants[worse].0))
                .collect();
            let open = "It is not known yet which variant is best; today's rates may well be chance. Let it run.";
            match (known.is_empty(), compared) {
                (false, _) => format!("{}. {open}", known.join("; ")),
                (true, [only]) if variants.len() == 2 => {
                    let Estimate { low, high, .. } = only.difference;
                    let name = variants[only.other].0;
                    format!("{open} {name} may be anything from {} to {} points better.", points(low), points(high))
                }
                _ => open.to_owned(),
            }
        }
        Verdict::Decided(winner) => {
            let (name, counts) = variants[*winner];
            let rate = |counts: Counts| percent(counts.rate().unwrap_or_default());
            let others = compared.iter().filter_map(|pair| {
                let (better, worse) = pair.better().filter(|(better, _)| better == winner)?;
                let Estimate { low, high, .. } = pair.difference;
                let (low, high) = if better == pair.other { (low, high) } else { (-high, -low) };
                let (other, counts) = variants[worse];
                Some(format!("{other} ({}) by {} to {} points", rate(counts), points(low), points(high)))
            });
            let others = others.collect::<Vec<_>>().join(" and ");
            format!("{name} ({}) does better than {others}. This holds however often you have looked.", rate(counts))
        }
    }
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// Of a hundred, with one decimal and a sign that can be read.
fn points(share: f64) -> String {
    let text = format!("{:.1}", share * 100.0);
    if text == "-0.0" { "0.0".to_owned() } else { text.replace('-', "−") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(variants: &[(i64, i64)], divided_well: bool) -> (Verdict, String) {
        let names = ["A", "B", "C"];
        let variants: Vec<(&str, Counts)> = names
            .into_iter()
            .zip(variants)
            .map(|(name, (converted, people))| (name, Counts { people: *people, converted: *converted }))
            .collect();
        verdict(&variants, divided_well)
    }

    #[test]
    fn verdicts() {
        type Row<'a> = (&'a str, &'a [(i64, i64)], bool, Verdict);
        let rows: [Row<'_>; 11] = [
            ("no variants", &[], true, Verdict::NotShown),
            ("nobody yet", &[(0, 0), (0, 0)], true, Verdict::NotShown),
            ("a few people", &[(0, 99), (99, 99)], true, Verdict::TooEarly),
            ("hardly anybody converted", &[(4, 1_000), (5, 1_000)], true, Verdict::TooEarly),
            ("nearly all converted", &[(998, 1_000), (995, 1_000)], true, Verdict::TooEarly),
            ("one alone", &[(50, 100)], true, Verdict::TooEarly),
            // A textbook's test, 20 % against 24 % of 1,000, p = 0.03, would name a winner.
            ("a textbook's winner", &[(200, 1_000), (240, 1_000)], true, Verdict::Undecided),
            ("a winner", &[(200, 1_000), (300, 1_000)], true, Verdict::Decided(1)),
            ("the control wins", &[(300, 1_000), (200, 1_000)], true, Verdict::Decided(0)),
            ("two better than one", &[(200, 1_000), (320, 1_000), (330, 1_000)], true, Verdict::Undecided),
            ("divided badly", &[(200, 1_000), (300, 1_000)], false, Verdict::NotToBeTrusted),
        ];
        for (label, variants, divided_well, expected) in rows {
            assert_eq!(told(variants, divided_well).0, expected, "{label}");
        }
    }

    #[test]
    fn nothing_is_won_against_somebody_who_cannot_be_compared() {
        let (verdict, words) = told(&[(200, 1_000), (300, 1_000), (3, 10)], true);
        assert_eq!(verdict, Verdict::Undecided);
        assert!(
            words.starts_with("B does better than A. It is not known yet which variant is best"),
            "{words}"
        );
    }

    #[test]
    fn words_name_a_winner_only_where_there_is_one() {
        let (_, words) = told(&[(200, 1_000), (300, 1_000)], true);
        assert!(words.starts_with("B (30.0 %) does better than A (20.0 %) by "), "{words}");
        let (_, words) = told(&[(300, 1_000), (200, 1_000)], true);
        assert!(
            words.starts_with("A (30.0 %) does better than B (20.0 %) by ") && !words.contains('−'),
            "{words}"
        );
        let (_, words) = told(&[(200, 1_000), (240, 1_000)], true);
        assert!(words.contains("not known yet") && words.contains("B may be anything from −"), "{words}");
        for variants in [&[(200, 1_000), (300, 1_000)], &[(0, 50), (50, 50)]] {
            for divided_well in [false, true] {
                let (verdict, words) = told(variants, divided_well);
                let names = words.contains("does better");
                assert_eq!(names, matches!(verdict, Verdict::Decided(_)), "{words}");
            }
        }
    }
}
