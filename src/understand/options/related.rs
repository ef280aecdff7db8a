//! Everyday words that mean the same: "concert" for an option "Music", "small" for "Compact".
//!
//! The last resort, where no option is named by its own words. Only words whose other senses do not occur among options
//! of the same question; what a business means by its own words it says in `also`.

use crate::understand::options::Pick;
use crate::understand::words::Word;

/// Groups of related plain words. A word may stand in several groups.
const GROUPS: &[&[&str]] = &[
    // pastimes
    &["music", "musical", "concert", "concerts", "gig", "gigs", "band", "bands", "singer", "song", "songs"],
    &[
        "sport",
        "sports",
        "game",
        "games",
        "match",
        "matches",
        "football",
        "cricket",
        "baseball",
        "basketball",
        "soccer",
        "tennis",
    ],
    &["theater", "theatre", "drama", "stage", "broadway", "theatrical"],
    &["movie", "movies", "film", "films", "cinema"],
    // size and rank
    &["compact", "small", "little", "tiny", "mini"],
    &["standard", "regular", "normal", "ordinary", "usual", "medium", "intermediate"],
    &["large", "big", "huge"],
    &["luxury", "luxurious", "premium", "expensive", "deluxe", "fancy"],
    &["basic", "cheap", "economy", "budget", "economical"],
    &["pool", "shared", "sharing", "carpool"],
    // money
    &["credit", "mastercard", "visa", "amex"],
    &["loan", "mortgage"],
    // trades
    &["restaurant", "cafe", "diner", "eatery", "dhaba", "bistro"],
    &["retail", "shop", "store", "kirana", "boutique"],
    &["online", "ecommerce", "internet", "webshop"],
    &["salon", "parlour", "parlor", "spa", "barber"],
    &["clinic", "hospital", "doctor", "doctors"],
    &["school", "tuition", "coaching", "college"],
    &["apartment", "flat"],
    &["car", "automobile", "vehicle"],
    &["purchase", "buy", "buying"],
    &["rent", "lease", "renting", "leasing", "rental"],
    &["sell", "selling"],
    &["fix", "repair", "mend"],
    // when
    &["now", "immediately", "asap", "urgent", "urgently"],
    &["weekend", "saturday", "sunday"],
];

/// The one option whose words are related to a word of the text.
pub(super) fn named(words: &[Word], options: &[&[Vec<Word>]]) -> Vec<Pick> {
    let mut picks: Vec<Pick> = Vec::new();
    for word in words {
        for group in GROUPS.iter().filter(|group| group.contains(&word.plain.as_str())) {
            let mut holding = (0..options.len())
                .filter(|at| options[*at].iter().flatten().any(|w| group.contains(&w.plain.as_str())));
            if let (Some(option), None) = (holding.next(), holding.next())
                && !picks.iter().any(|pick| pick.option == option)
            {
                picks.push(Pick { option, span: word.start..word.end });
            }
        }
    }
    picks
}
