//! The states and territories of the United States, and the zones they keep.
//!
//! From the tz database and the post's own list of zones by ZIP code; of what is customary only what 49 CFR 71 knows. One zone
//! stands for all that keep the same time today.

/// A state, or what stands beside one.
#[derive(Debug, PartialEq, Eq)]
pub struct State {
    /// The post's two letters.
    pub code: &'static str,
    /// Its name in English.
    pub name: &'static str,
    /// The country it is to ISO 3166: territories have codes of their own.
    pub country: &'static str,
    /// Its zones; several where it is split.
    pub zones: &'static [&'static str],
}

const EASTERN: &[&str] = &["America/New_York"];
const CENTRAL: &[&str] = &["America/Chicago"];
const MOUNTAIN: &[&str] = &["America/Denver"];
const PACIFIC: &[&str] = &["America/Los_Angeles"];
const EASTERN_CENTRAL: &[&str] = &["America/New_York", "America/Chicago"];
const CENTRAL_MOUNTAIN: &[&str] = &["America/Chicago", "America/Denver"];
const MOUNTAIN_PACIFIC: &[&str] = &["America/Denver", "America/Los_Angeles"];
/// The Navajo Nation changes its clocks, the rest of Arizona does not.
const ARIZONA: &[&str] = &["America/Phoenix", "America/Denver"];
const ALASKA: &[&str] = &["America/Anchorage", "America/Adak"];

const fn state(code: &'static str, name: &'static str, zones: &'static [&'static str]) -> State {
    State { code, name, country: "US", zones }
}

const fn territory(code: &'static str, name: &'static str, zones: &'static [&'static str]) -> State {
    State { code, name, country: code, zones }
}

static STATES: [State; 56] = [
    state("AL", "Alabama", CENTRAL),
    state("AK", "Alaska", ALASKA),
    state("AZ", "Arizona", ARIZONA),
    state("AR", "Arkansas", CENTRAL),
    state("CA", "California", PACIFIC),
    state("CO", "Colorado", MOUNTAIN),
    state("CT", "Connecticut", EASTERN),
    state("DE", "Delaware", EASTERN),
    state("DC", "District of Columbia", EASTERN),
    state("FL", "Florida", EASTERN_CENTRAL),
    state("GA", "Georgia", EASTERN),
    state("HI", "Hawaii", &["Pacific/Honolulu"]),
    state("ID", "Idaho", MOUNTAIN_PACIFIC),
    state("IL", "Illinois", CENTRAL),
    state("IN", "Indiana", EASTERN_CENTRAL),
    state("IA", "Iowa", CENTRAL),
    state("KS", "Kansas", CENTRAL_MOUNTAIN),
    state("KY", "Kentucky", EASTERN_CENTRAL),
    state("LA", "Louisiana", CENTRAL),
    state("ME", "Maine", EASTERN),
    state("MD", "Maryland", EASTERN),
    state("MA", "Massachusetts", EASTERN),
    state("MI", "Michigan", EASTERN_CENTRAL),
    state("MN", "Minnesota", CENTRAL),
    state("MS", "Mississippi", CENTRAL),
    state("MO", "Missouri", CENTRAL),
    state("MT", "Montana", MOUNTAIN),
    state("NE", "Nebraska", CENTRAL_MOUNTAIN),
    state("NV", "Nevada", MOUNTAIN_PACIFIC),
    state("NH", "New Hampshire", EASTERN),
    state("NJ", "New Jersey", EASTERN),
    state("NM", "New Mexico", MOUNTAIN),
    state("NY", "New York", EASTERN),
    state("NC", "North Carolina", EASTERN),
    state("ND", "North Dakota", CENTRAL_MOUNTAIN),
    state("OH", "Ohio", EASTERN),
    state("OK", "Oklahoma", CENTRAL),
    state("OR", "Oregon", MOUNTAIN_PACIFIC),
    state("PA", "Pennsylvania", EASTERN),
    state("RI", "Rhode Island", EASTERN),
    state("SC", "South Carolina", EASTERN),
    state("SD", "South Dakota", CENTRAL_MOUNTAIN),
    state("TN", "Tennessee", EASTERN_CENTRAL),
    state("TX", "Texas", CENTRAL_MOUNTAIN),
    state("UT", "Utah", MOUNTAIN),
    state("VT", "Vermont", EASTERN),
    state("VA", "Virginia", EASTERN),
    state("WA", "Washington", PACIFIC),
    state("WV", "West Virginia", EASTERN),
    state("WI", "Wisconsin", CENTRAL),
    state("WY", "Wyoming", MOUNTAIN),
    territory("AS", "American Samoa", &["Pacific/Pago_Pago"]),
    territory("GU", "Guam", &["Pacific/Guam"]),
    territory("MP", "Northern Mariana Islands", &["Pacific/Saipan"]),
    territory("PR", "Puerto Rico", &["America/Puerto_Rico"]),
    territory("VI", "Virgin Islands", &["America/St_Thomas"]),
];

impl State {
    /// The state of these two letters or that name, in capitals or not.
    pub fn named(text: &str) -> Option<&'static State> {
        let text = text.trim();
        STATES
            .iter()
            .find(|state| state.code.eq_ignore_ascii_case(text) || state.name.eq_ignore_ascii_case(text))
    }

    /// Whether a zone is one by whose name states are listed here; of another with the same time nothing is said.
    pub fn is_listed(zone: &str) -> bool {
        STATES.iter().any(|state| state.zones.contains(&zone))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;
    use std::collections::BTreeSet;

    #[test]
    fn a_state_by_its_letters_or_its_name() {
        for (text, expected) in [
            ("TX", Some("TX")),
            (" tx ", Some("TX")),
            ("new york", Some("NY")),
            ("Puerto Rico", Some("PR")),
            ("Kerala", None),
            ("", None),
        ] {
            assert_eq!(State::named(text).map(|state| state.code), expected, "{text:?}");
        }
    }

    #[test]
    fn the_table_is_sound() {
        let codes: BTreeSet<&str> = STATES.iter().map(|state| state.code).collect();
        assert_eq!(codes.len(), STATES.len());
        for state in &STATES {
            assert!(!state.zones.is_empty(), "{}", state.code);
            assert!(state.zones.iter().all(|zone| TimeZone::get(zone).is_ok()), "{}", state.code);
            let country = crate::domain::zones::of_country(state.country).unwrap();
            assert!(state.zones.iter().all(|zone| country.contains(zone)), "{}", state.code);
        }
    }
}
