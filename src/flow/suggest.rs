//! "Did you mean": the nearest of the words that would have been right.

/// The nearest candidate, near enough to be meant.
pub fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = written.to_lowercase();
    let distance = |candidate: &str| strsim::damerau_levenshtein(&folded, &candidate.to_lowercase());
    let best = candidates.into_iter().map(|candidate| (distance(candidate), candidate)).min()?;
    let allowed = (written.chars().count().max(3)).div_ceil(3);
    (best.0 <= allowed).then_some(best.1)
}

/// "did you mean `x`?", else what there is to choose from.
pub fn did_you_mean<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str> + Clone,
) -> Option<String> {
    if let Some(best) = nearest(written, candidates.clone()) {
        return Some(format!("did you mean `{best}`?"));
    }
    let all: Vec<&str> = candidates.into_iter().collect();
    match all.len() {
        0 => None,
        1..=24 => Some(format!("known here: {}", all.join(", "))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_offered_and_a_far_one_is_not() {
        let words = ["options", "optional", "say"];
        for (written, expected) in
            [("optoins", Some("options")), ("SAY", Some("say")), ("greeting", None), ("sya", Some("say"))]
        {
            assert_eq!(nearest(written, words), expected, "{written}");
        }
    }
}
