//! Which wording or order a person gets: a deterministic hash, no dice.

use sha2::{Digest, Sha256};

/// The variant of `experiment` for the person with this `seed`, by weight.
///
/// The first eight bytes of SHA-256 over `experiment NUL seed`, as a fraction of the sum of the weights, falls into one
/// variant; variants are taken in the order given (by name). Same everywhere, on every channel and replica. The shell
/// stores the result at first exposure, so later changes of weights move nobody.
/// Weights of zero are never drawn; `None` where no variant has a weight.
pub fn variant<'a>(seed: &str, experiment: &str, weights: &'a [(String, u32)]) -> Option<&'a str> {
    let total: u64 = weights.iter().map(|(_, weight)| u64::from(*weight)).sum();
    if total == 0 {
        return None;
    }
    let digest = Sha256::new().chain_update(experiment).chain_update([0]).chain_update(seed).finalize();
    let draw = u64::from_be_bytes(digest[..8].try_into().expect("a SHA-256 digest has eight bytes"));
    let mut point = ((u128::from(draw) * u128::from(total)) >> 64) as u64;
    for (name, weight) in weights {
        match point.checked_sub(u64::from(*weight)) {
            None => return Some(name),
            Some(rest) => point = rest,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weights(pairs: &[(&str, u32)]) -> Vec<(String, u32)> {
        pairs.iter().map(|(name, weight)| ((*name).to_owned(), *weight)).collect()
    }

    #[test]
    fn follows_the_weights_and_repeats_itself() {
        let third = weights(&[("A", 1), ("B", 2)]);
        let draws = (0..6000).filter(|n| variant(&n.to_string(), "greeting", &third) == Some("A")).count();
        assert!((1850..2150).contains(&draws), "about a third: {draws}");
        assert_eq!(variant("7", "greeting", &third), variant("7", "greeting", &third));
        assert_eq!(variant("7", "greeting", &weights(&[("A", 0), ("B", 0)])), None);
        assert!((0..500).all(|n| variant(&n.to_string(), "x", &weights(&[("A", 0), ("B", 1)])) == Some("B")));
    }

    #[test]
    fn experiments_are_independent() {
        let even = weights(&[("A", 1), ("B", 1)]);
        let same = (0..4000)
            .filter(|n| variant(&n.to_string(), "x", &even) == variant(&n.to_string(), "y", &even))
            .count();
        assert!((1850..2150).contains(&same), "agree about half the time: {same}");
    }
}
