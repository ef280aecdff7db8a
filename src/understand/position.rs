//! Which of the things shown, by its place: `2`, `2)`, `option 2`, `the second one`, `last`, `b`.

use super::words::{self, Word};
use crate::understand::numerals;

/// A place in a list, counted from 0; `usize::MAX` is the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub index: usize,
    /// The words it took.
    pub from: usize,
    pub to: usize,
}

/// The last, however many there are.
pub(super) const LAST: usize = usize::MAX;

/// Words that may stand around a place without changing it.
const FILLERS: &[&str] = &[
    "option",
    "options",
    "number",
    "no",
    "choice",
    "answer",
    "item",
    "the",
    "one",
    "ones",
    "please",
    "pls",
    "plz",
    "i",
    "want",
    "ill",
    "take",
    "go",
    "with",
    "for",
    "is",
    "its",
    "my",
    "would",
    "like",
    "id",
    "pick",
    "choose",
    "and",
    "only",
    "just",
    "thanks",
    "button",
    "select",
    "think",
    "let",
    "me",
    "lets",
    "say",
    "that",
    "by",
    "la",
    "el",
    "los",
    "las",
    "opcion",
    "numero",
    "por",
    "favor",
    "quiero",
    "opcao",
    "quero",
    "o",
    "os",
    "as",
    "y",
    "e",
    "le",
    "les",
    "sil",
    "vous",
    "plait",
    "et",
    "je",
    "prends",
    "die",
    "der",
    "das",
    "den",
    "nummer",
    "bitte",
    "und",
    "nehme",
    "ich",
    "wala",
    "waala",
    "wali",
    "vala",
    "aur",
    "chahiye",
    "number",
    "विकल्प",
    "नंबर",
    "वाला",
    "वाली",
    "और",
];

/// Words that announce a figure as a place inside a sentence.
const ANNOUNCE: &[&str] = &[
    "option",
    "number",
    "choice",
    "opcion",
    "numero",
    "opcao",
    "nummer",
    "विकल्प",
    "नंबर",
    "answer",
    "item",
    "no",
];

/// The places a message names that says nothing else; `None` where other words stand in it.
pub(super) fn only_places(words: &[Word], language: &str) -> Option<Vec<Place>> {
    let mut places = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let word = words[at].plain.as_str();
        if let Some(index) = ordinal(word, language).or_else(|| cardinal(words, at, language)) {
            places.push(Place { index, from: at, to: at + 1 });
        } else if !FILLERS.contains(&word) {
            return None;
        }
        at += 1;
    }
    if places.is_empty() {
        // A letter, where nothing else says a place: "b", "option c".
        let letters: Vec<usize> = (0..words.len()).filter(|at| is_letter(&words[*at].plain)).collect();
        if let [at] = letters.as_slice() {
            let letter = words[*at].plain.as_bytes()[0];
            places.push(Place { index: usize::from(letter - b'a'), from: *at, to: at + 1 });
        }
    }
    (!places.is_empty()).then_some(places)
}

/// A message of one letter, whatever it means elsewhere ("a", "b", "option c").
pub(super) fn only_letter(words: &[Word]) -> Option<Place> {
    let (last, before) = words.split_last()?;
    let announced = before.iter().all(|word| ANNOUNCE.contains(&word.plain.as_str()));
    (announced && is_letter(&last.plain)).then(|| Place {
        index: usize::from(last.plain.as_bytes()[0] - b'a'),
        from: words.len() - 1,
        to: words.len(),
    })
}

/// Places named within a sentence: ordinals with "one" or "option" beside them, and announced figures.
pub(super) fn named_places(words: &[Word], language: &str) -> Vec<Place> {
    let mut places = Vec::new();
    for at in 0..words.len() {
        let next = words.get(at + 1).map(|w| w.plain.as_str());
        let before = at.checked_sub(1).map(|i| words[i].plain.as_str());
        if let Some(index) = ordinal(&words[at].plain, language) {
            let beside = matches!(
                next,
                Some("one" | "option" | "choice" | "opcion" | "opcao" | "wala" | "wali" | "वाला" | "वाली")
            );
            let closes = next.is_none() && matches!(before, Some("the" | "la" | "el" | "le" | "die" | "der"));
            if beside || closes {
                places.push(Place { index, from: at, to: at + 1 + usize::from(beside) });
            }
        } else if before.is_some_and(|b| ANNOUNCE.contains(&b) && b != "no")
            && let Some(index) = cardinal(words, at, language)
        {
            places.push(Place { index, from: at - 1, to: at + 1 });
        }
    }
    places
}

fn is_letter(word: &str) -> bool {
    word.len() == 1 && word.as_bytes()[0].is_ascii_lowercase()
}

/// Place of a figure or a number word; "one" only where it is not a pronoun.
fn cardinal(words: &[Word], at: usize, language: &str) -> Option<usize> {
    let word = words[at].plain.as_str();
    let number = match word.bytes().take_while(u8::is_ascii_digit).count() {
        0 => {
            let pronoun = word == "one"
                && at > 0
                && !matches!(words[at - 1].plain.as_str(), "number" | "option" | "choice" | "and" | "answer");
            if pronoun {
                return None;
            }
            numerals::simple(word, language)?
        }
        digits => {
            let rest = &word[digits..];
            if !(rest.is_empty() || rest.starts_with('\u{fe0f}') || rest.starts_with('\u{20e3}')) {
                return None;
            }
            word[..digits].parse().ok()?
        }
    };
    usize::try_from(number).ok()?.checked_sub(1)
}

/// Place of an ordinal in English or the conversation's language.
pub(super) fn ordinal(word: &str, language: &str) -> Option<usize> {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0
        && matches!(
            &word[digits..],
            "st" | "nd" | "rd" | "th" | "o" | "a" | "er" | "ere" | "eme" | "e" | "ra" | "da" | "ro" | "do"
        )
    {
        return word[..digits].parse::<usize>().ok()?.checked_sub(1);
    }
    if matches!(word, "last" | "final") {
        return Some(LAST);
    }
    let english: &[&[&str]] = &[
        &["first", "1st"],
        &["second"],
        &["third"],
        &["fourth"],
        &["fifth"],
        &["sixth"],
        &["seventh"],
        &["eighth"],
        &["ninth"],
        &["tenth"],
    ];
    let own: &[&[&str]] = match language {
        "es" => &[
            &["primero", "primera", "primer"],
            &["segundo", "segunda"],
            &["tercero", "tercera", "tercer"],
            &["cuarto", "cuarta"],
            &["quinto", "quinta"],
            &["sexto", "sexta"],
            &["septimo", "septima"],
            &["octavo", "octava"],
        ],
        "pt" => &[
            &["primeiro", "primeira"],
            &["segundo", "segunda"],
            &["terceiro", "terceira"],
            &["quarto", "quarta"],
            &["quinto", "quinta"],
            &["sexto", "sexta"],
            &["setimo", "setima"],
            &["oitavo", "oitava"],
        ],
        "fr" => &[
            &["premier", "premiere"],
            &["deuxieme", "second", "seconde"],
            &["troisieme"],
            &["quatrieme"],
            &["cinquieme"],
            &["sixieme"],
            &["septieme"],
            &["huitieme"],
        ],
        "de" => &[
            &["erste", "ersten", "erster", "erstes"],
            &["zweite", "zweiten", "zweiter", "zweites"],
            &["dritte", "dritten", "dritter", "drittes"],
            &["vierte", "vierten"],
            &["funfte", "funften"],
            &["sechste", "sechsten"],
            &["siebte", "siebten"],
            &["achte", "achten"],
        ],
        "hi" => &[
            &["pehla", "pehli", "pahla", "pahli", "पहला", "पहली", "पहले"],
            &["doosra", "doosri", "dusra", "dusri", "दूसरा", "दूसरी", "दूसरे"],
            &["teesra", "teesri", "tisra", "tisri", "तीसरा", "तीसरी", "तीसरे"],
            &["chautha", "chauthi", "चौथा", "चौथी"],
            &["paanchva", "paanchvi", "पांचवां", "पाँचवाँ"],
            &["chhatha", "छठा"],
        ],
        _ => &[],
    };
    let last = match language {
        "es" => matches!(word, "ultimo" | "ultima"),
        "pt" => matches!(word, "ultimo" | "ultima"),
        "fr" => matches!(word, "dernier" | "derniere"),
        "de" => matches!(word, "letzte" | "letzten" | "letzter" | "letztes"),
        "hi" => {
            matches!(word, "aakhri" | "akhri" | "aakhiri" | "antim")
                || word == words::plain("आखिरी")
                || word == words::plain("आख़िरी")
        }
        _ => false,
    };
    if last {
        return Some(LAST);
    }
    [english, own].into_iter().find_map(|table| table.iter().position(|writings| writings.contains(&word)))
}
