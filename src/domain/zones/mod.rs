//! The time zones somebody may live in, by what a phone number says of its country, or a postal code of its state.
//!
//! From the ITU's list of country codes (E.164 assigned) and the tz database's list of zones by country (zone.tab), of zones that keep
//! the same time one. A code of several countries stands for all of them. In North America the area code tells the country;
//! it does not tell the place, because people keep their numbers.

pub mod postal;
pub mod states;
mod table;

use super::identity::{Identity, IdentityKind};
use std::collections::HashMap;
use std::sync::LazyLock;
use table::{Row, ZONES};

/// The rows of the table by one of the words that a row has: what campaigns look at is looked up for each lead.
type Rows = HashMap<&'static str, &'static Row>;

fn by_words(words: fn(&Row) -> &'static str) -> Rows {
    // Of two rows with one word the first.
    let all = ZONES.iter().rev().flat_map(|row| words(row).split_whitespace().map(move |word| (word, row)));
    all.collect()
}

/// The zones of whoever is known by these; `None`: nothing says where they live.
pub fn of(identities: &[Identity]) -> Option<&'static [&'static str]> {
    row(identities).map(|(_, _, zones)| *zones)
}

/// The countries (ISO 3166) of whoever is known by these, the one first where most of such numbers are; empty: nothing says where
/// they live, or it may be any of many (toll-free numbers).
pub fn countries(identities: &[Identity]) -> Vec<&'static str> {
    row(identities).map(|(_, countries, _)| countries.split_whitespace().collect()).unwrap_or_default()
}

/// The zones of a country by its two letters (ISO 3166).
pub fn of_country(country: &str) -> Option<&'static [&'static str]> {
    by_country(country).map(|(_, _, zones)| *zones)
}

/// What is known of whoever is known by these.
fn row(identities: &[Identity]) -> Option<&'static Row> {
    identities.iter().find_map(|identity| match identity.kind {
        IdentityKind::Phone => of_digits(identity.value.strip_prefix('+')?),
        IdentityKind::Whatsapp => of_digits(&identity.value),
        // A business-scoped id begins with the country, as ISO 3166 writes it.
        IdentityKind::WhatsappUser => by_country(identity.value.split('.').next()?),
        IdentityKind::Session | IdentityKind::Email | IdentityKind::Call => None,
    })
}

/// What a number, without its plus, begins with: the longest beginning that is known.
fn of_digits(digits: &str) -> Option<&'static Row> {
    if !(7..=15).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    (1..=4).rev().filter_map(|length| digits.get(..length)).find_map(by_prefix)
}

fn by_prefix(prefix: &str) -> Option<&'static Row> {
    static ROWS: LazyLock<Rows> = LazyLock::new(|| by_words(|(prefixes, ..)| prefixes));
    ROWS.get(prefix).copied()
}

fn by_country(country: &str) -> Option<&'static Row> {
    static ROWS: LazyLock<Rows> = LazyLock::new(|| by_words(|(_, countries, _)| countries));
    ROWS.get(country).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use jiff::tz::TimeZone;
    use std::collections::BTreeSet;

    fn of_number(number: &str) -> Option<&'static [&'static str]> {
        of(&[Identity::phone(number)])
    }

    #[test]
    fn what_a_number_says() {
        let rows: [(&str, &str, Option<&str>, usize); 14] = [
            ("a country with one", "+919876543210", Some("Asia/Kolkata"), 1),
            ("a country with several", "+14155550123", Some("America/New_York"), 8),
            ("its northern neighbour", "+14165550123", Some("America/Toronto"), 10),
            ("an island", "+18765550123", Some("America/Jamaica"), 1),
            ("a territory", "+16715550123", Some("Pacific/Guam"), 1),
            ("toll-free: anywhere there", "+18005550123", Some("America/St_Johns"), 15),
            ("Russia", "+79161234567", Some("Europe/Moscow"), 11),
            ("Kazakhstan, of the same code", "+77011234567", Some("Asia/Almaty"), 1),
            ("an old Mexican id", "+5215512345678", Some("America/Mexico_City"), 6),
            ("no country", "+999123456789", None, 0),
            ("satellites", "+8816123456789", None, 0),
            ("a short code", "72345", None, 0),
            ("nobody", "anonymous", None, 0),
            ("nothing", "", None, 0),
        ];
        for (label, number, has, count) in rows {
            let zones = of_number(number).unwrap_or_default();
            assert_eq!(zones.len(), count, "{label}: {zones:?}");
            assert!(has.is_none_or(|zone| zones.contains(&zone)), "{label}: {zones:?}");
        }
    }

    #[test]
    fn whatever_is_known_of_the_person_says_it() {
        let india: &[&str] = &["Asia/Kolkata"];
        assert_eq!(of(&[Identity::whatsapp("919876543210")]), Some(india));
        assert_eq!(of(&[Identity::whatsapp_user("IN.13491208655302741918")]), Some(india));
        assert_eq!(of(&[Identity::whatsapp_user("CA.ENT.118157992128868")]).map(<[&str]>::len), Some(10));
        assert_eq!(of(&[Identity::session("0f2f"), Identity::whatsapp("919876543210")]), Some(india));
        assert_eq!(of(&[Identity::session("0f2f"), Identity::whatsapp_user("someone")]), None);
    }

    #[test]
    fn the_countries_of_a_number() {
        let rows: [(&str, Identity, &[&str]); 6] = [
            ("one", Identity::phone("+919876543210"), &["IN"]),
            ("the one first where most are", Identity::phone("+447400123456"), &["GB", "GG", "IM", "JE"]),
            ("North America, by the area", Identity::phone("+14155550123"), &["US"]),
            ("toll-free: any of many", Identity::phone("+18005550123"), &[]),
            ("a business-scoped id", Identity::whatsapp_user("IN.13491208655302741918"), &["IN"]),
            ("an id of no country", Identity::whatsapp_user(".13491208655302741918"), &[]),
        ];
        for (label, identity, expected) in rows {
            assert_eq!(countries(&[identity]), expected, "{label}");
        }
        assert_eq!(of(&[Identity::whatsapp_user(".13491208655302741918")]), None);
    }

    /// Where a number library says where a number is, that is among the zones we think possible: the same time all year.
    #[test]
    fn the_zones_of_the_vectors_are_among_them() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/vectors/twilio.json")).unwrap();
        let zone = |name: &str| TimeZone::get(name).unwrap();
        let year = |zone: &TimeZone| -> Vec<i32> {
            let instants = (0..24).map(|n| Timestamp::from_second(1_767_225_600 + n * 15 * 86_400).unwrap());
            instants.map(|at| zone.to_offset(at).seconds()).collect()
        };
        let mut seen = 0;
        for case in vectors["phone_numbers"]["cases"].as_array().unwrap() {
            let Some(number) = case["e164"].as_str().filter(|_| case["valid"] == true) else { continue };
            let ours: BTreeSet<Vec<i32>> =
                of_number(number).unwrap_or_default().iter().map(|name| year(&zone(name))).collect();
            for theirs in case["timezones"].as_array().unwrap() {
                let theirs = theirs.as_str().unwrap();
                assert!(ours.contains(&year(&zone(theirs))), "{number}: {theirs}");
                seen += 1;
            }
        }
        assert!(seen >= 12, "the vectors were read");
    }

    #[test]
    fn the_table_is_sound() {
        let mut prefixes = BTreeSet::new();
        for (beginnings, _, zones) in ZONES {
            assert!(!zones.is_empty(), "{beginnings}");
            for name in *zones {
                assert!(TimeZone::get(name).is_ok(), "{name}");
            }
            for prefix in beginnings.split(' ') {
                assert!(
                    (1..=4).contains(&prefix.len()) && prefix.bytes().all(|b| b.is_ascii_digit()),
                    "{prefix}"
                );
                assert!(prefixes.insert(prefix), "{prefix} stands twice");
            }
        }
        assert!(prefixes.len() > 300, "{}", prefixes.len());
    }
}
