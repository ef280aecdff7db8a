//! The words a lead is found by, and what is looked for: one way to take text apart for both, whatever database keeps it.

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// Longer words are cut, further words are left out.
const LONGEST: usize = 40;
const MOST: usize = 40;
/// A conversation may have more.
const MOST_SAID: usize = 2_000;
/// Beginnings of a lead's words are kept up to so many letters (migration 19).
const BEGINNING: usize = 8;
/// People write numbers without their country: so many last digits find them too.
const NATIONAL: usize = 10;

/// What a lead is found by: its tenant as a word of its own, then the words of `texts` and the figures of `phones`, with a blank
/// between.
pub fn of_lead<'a>(
    tenant: i64,
    texts: impl IntoIterator<Item = &'a str>,
    phones: impl IntoIterator<Item = &'a str>,
) -> String {
    let mut all = vec![format!("t{tenant}")];
    push(&mut all, texts, phones);
    all.join(" ")
}

/// The same of further people and things a lead is found by, to stand behind the words of [`of_lead`]: a blank before each.
pub fn further<'a>(
    texts: impl IntoIterator<Item = &'a str>,
    phones: impl IntoIterator<Item = &'a str>,
) -> String {
    let mut all = vec![String::new()];
    push(&mut all, texts, phones);
    all.join(" ")
}

/// The words of what somebody said, each once, behind the tenant's.
pub fn of_messages<'a>(tenant: i64, texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut seen = std::collections::BTreeSet::new();
    let mut all = format!("t{tenant}");
    for word in texts.into_iter().flat_map(words) {
        if seen.len() == MOST_SAID {
            break;
        }
        if !seen.contains(&word) {
            all.push(' ');
            all.push_str(&word);
            seen.insert(word);
        }
    }
    all
}

fn push<'a>(
    all: &mut Vec<String>,
    texts: impl IntoIterator<Item = &'a str>,
    phones: impl IntoIterator<Item = &'a str>,
) {
    let words = texts.into_iter().flat_map(|text| words(text).into_iter().chain(addresses(text)));
    let words = words.chain(phones.into_iter().flat_map(figures));
    for word in words {
        if all.len() > MOST {
            break;
        }
        if !all.contains(&word) {
            all.push(word);
        }
    }
}

/// A phone number as it is looked for: all its figures, and the last ones alone.
fn figures(phone: &str) -> Vec<String> {
    let all = digits(phone);
    let national =
        all.len().checked_sub(NATIONAL).filter(|before| *before > 0).map(|before| all[before..].to_owned());
    [Some(all).filter(|all| !all.is_empty()), national].into_iter().flatten().collect()
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// The words of a text: lower case, without accents, without what stands between.
fn words(text: &str) -> Vec<String> {
    // Accents of Latin, Greek and Cyrillic letters; vowel signs of other scripts are part of their words.
    let is_accent = |c: &char| matches!(c, '\u{300}'..='\u{36f}');
    let plain: String = text.nfkd().filter(|c| !is_accent(c)).nfc().flat_map(char::to_lowercase).collect();
    let words = plain.unicode_words().flat_map(|word| word.split(|c: char| c.is_ascii_punctuation()));
    words.filter(|word| !word.is_empty()).map(|word| word.chars().take(LONGEST).collect()).collect()
}

/// The e-mail addresses of a text as one word each: that of one person, where `gmail` and `com` are those of half of all leads.
fn addresses(text: &str) -> impl Iterator<Item = String> {
    text.split_whitespace().filter_map(address)
}

/// A piece of text as an address; `None`: it is none.
fn address(piece: &str) -> Option<String> {
    let is_address = piece.find('@').is_some_and(|place| place > 0);
    let word: String = words(piece).concat().chars().take(LONGEST).collect();
    Some(word).filter(|word| is_address && !word.is_empty())
}

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sought {
    tenant: i64,
    words: Vec<String>,
}

impl Sought {
    /// The words that somebody typed, each of which may be the beginning of one; `None`: there is none among them. Figures with
    /// signs between are one number, and an e-mail address is one word.
    pub fn new(tenant: i64, typed: &str) -> Option<Sought> {
        let is_number = !typed.contains(|c: char| !(c.is_ascii_digit() || " +-().".contains(c)));
        let words: Vec<String> = if is_number {
            let number = digits(typed).trim_start_matches('0').to_owned();
            [number].into_iter().filter(|number| !number.is_empty()).collect()
        } else {
            typed
                .split_whitespace()
                .flat_map(|piece| address(piece).map_or_else(|| words(piece), |word| vec![word]))
                .collect()
        };
        (!words.is_empty()).then_some(Sought { tenant, words: words.into_iter().take(MOST).collect() })
    }

    /// As SQLite's full-text search is asked. Words hold letters and figures alone, so nothing needs to be escaped.
    pub fn fts5(&self) -> String {
        let words = self.words.iter().map(|word| format!(" \"{word}\"*"));
        format!("\"t{}\"{}", self.tenant, words.collect::<String>())
    }

    /// As PostgreSQL's is asked, beside the condition that names the tenant: it knows how common words and tenants are, and would take
    /// the tenant's word for one more thing that leads seldom have.
    pub fn tsquery(&self) -> String {
        self.asked(0)
    }

    /// The same for leads, whose words are kept with their beginnings up to eight letters: these are looked up as they are, which costs
    /// an eighth of putting them together.
    pub fn among_beginnings(&self) -> String {
        self.asked(BEGINNING)
    }

    /// The same with the tenant's word, for whoever asks for more than words: PostgreSQL does not know that the leads it looks at then are
    /// all the tenant's, and where a small tenant looks for what half of all leads have it would go through all of these.
    pub fn own_among_beginnings(&self) -> String {
        format!("'t{}' & {}", self.tenant, self.among_beginnings())
    }

    /// Every word as the beginning of one; those up to `kept` letters as they are.
    fn asked(&self, kept: usize) -> String {
        let beginning = |word: &String| if word.chars().count() > kept { ":*" } else { "" };
        let words = self.words.iter().map(|word| format!("'{word}'{}", beginning(word)));
        words.collect::<Vec<String>>().join(" & ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_are_found_by() {
        let rows = [
            ("a name", vec!["Anshu Goyal"], vec![], "t7 anshu goyal"),
            ("accents", vec!["Zoë D'Ávila-Núñez"], vec![], "t7 zoe d avila nunez"),
            ("Devanagari", vec!["प्रिया शर्मा"], vec![], "t7 प्रिया शर्मा"),
            ("an address", vec!["Ann.B@Example.com"], vec![], "t7 ann b example com annbexamplecom"),
            ("a number", vec![], vec!["+919876543210"], "t7 919876543210 9876543210"),
            ("a short one", vec![], vec!["72345"], "t7 72345"),
            ("nothing twice", vec!["Ann", "ann"], vec!["", "anonymous"], "t7 ann"),
            ("SQL", vec!["'); DROP TABLE leads; --"], vec![], "t7 drop table leads"),
        ];
        for (label, texts, phones, expected) in rows {
            assert_eq!(of_lead(7, texts, phones), expected, "{label}");
        }
        assert_eq!(
            of_messages(7, ["What is the PRICE?", "the price, please"]),
            "t7 what is the price please"
        );
        assert_eq!(further(["Mehr Goyal", "TLGC0259"], []), " mehr goyal tlgc0259");
        assert_eq!(further([], []), "");
        assert!(of_lead(7, ["word ".repeat(3).as_str(), &"x".repeat(500)], []).len() < 60);
    }

    #[test]
    fn what_is_looked_for() {
        let rows = [
            ("names begin so", "Meh goy", Some(r#""t7" "meh"* "goy"*"#)),
            ("a number as people write it", "098765-43210", Some(r#""t7" "9876543210"*"#)),
            ("with its country", "+91 (98765) 43210", Some(r#""t7" "919876543210"*"#)),
            ("an address", "Ann.B@example.com meh", Some(r#""t7" "annbexamplecom"* "meh"*"#)),
            ("what it begins with", "ann.b@", Some(r#""t7" "annb"*"#)),
            ("no address", "@example", Some(r#""t7" "example"*"#)),
            ("a quote", "\" OR 1", Some(r#""t7" "or"* "1"*"#)),
            ("only signs", "+ - ( )", None),
            ("an address of signs", "!@ -", None),
            ("nothing", " \t", None),
        ];
        for (label, typed, expected) in rows {
            let sought = Sought::new(7, typed);
            assert_eq!(sought.as_ref().map(Sought::fts5).as_deref(), expected, "{label}");
        }
        assert_eq!(Sought::new(7, "meh goy").unwrap().tsquery(), "'meh':* & 'goy':*");
        let among = Sought::new(7, "Meh ninelette").unwrap();
        assert_eq!(among.among_beginnings(), "'meh' & 'ninelette':*");
        assert_eq!(among.own_among_beginnings(), "'t7' & 'meh' & 'ninelette':*");
    }
}
