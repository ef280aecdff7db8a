//! Where somebody may be, for the rules of the place and its clock: by what they said, their postal code, their number, and
//! where none of these tells, the center's own clock.

use super::super::center::Center;
use super::super::identity::Identity;
use super::super::import::KEPT_UNDER;
use super::super::zones::postal::{self, Postal};
use super::super::zones::states::State;
use super::super::zones::{self, of_country};
use jiff::tz::TimeZone;
use serde_json::Value as Json;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Where somebody may be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The country (ISO 3166, two letters); of those that share a number's code, the one where most live. `None`: it may be any.
    pub country: Option<String>,
    /// The state by the post's two letters, where it is known; in the United States only.
    pub state: Option<String>,
    /// IANA names of the zones whose clocks they may live by; never empty.
    pub zones: Vec<Cow<'static, str>>,
    /// What told the zones.
    pub from: PlaceFrom,
}

/// What told where somebody may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlaceFrom {
    /// What they said: their time zone, state or country.
    Field,
    /// Their postal code.
    PostalCode,
    /// Their number: its country, since people keep numbers when they move within one.
    Number,
    /// Nothing of theirs: it is the center's clock.
    Tenant,
}

impl PlaceFrom {
    /// Its name on the wire and for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            PlaceFrom::Field => "field",
            PlaceFrom::PostalCode => "postal_code",
            PlaceFrom::Number => "number",
            PlaceFrom::Tenant => "tenant",
        }
    }
}

/// Fields of a lead that hold a time zone.
const ZONES: [&str; 2] = ["time_zone", "timezone"];
/// Fields that hold a postal code, and the country whose word for one the name is.
const POSTAL_CODES: [(&str, &[&str]); 6] = [
    ("postal_code", &[]),
    ("postcode", &[]),
    ("zip", &["US"]),
    ("zip_code", &["US"]),
    ("pincode", &["IN"]),
    ("pin_code", &["IN"]),
];
/// How people write countries beside their two letters.
const COUNTRIES: [(&str, &str); 9] = [
    ("usa", "US"),
    ("united states", "US"),
    ("united states of america", "US"),
    ("uk", "GB"),
    ("united kingdom", "GB"),
    ("great britain", "GB"),
    ("england", "GB"),
    ("scotland", "GB"),
    ("india", "IN"),
];

/// Where somebody may be who is known by these and said that, and is a lead of this center.
pub fn place(identities: &[Identity], fields: &BTreeMap<String, Json>, center: &Center) -> Place {
    let said = text(fields, "country").and_then(country);
    let numbers = zones::countries(identities);
    let possible: Vec<&str> = said.as_deref().map_or_else(|| numbers.clone(), |said| vec![said]);
    let state = text(fields, "state").and_then(|text| state(text, &possible));
    let postal = postal(fields, &possible);
    let state_or_posted = state.or(postal.and_then(|postal| postal.state));
    let country = state
        .map(|state| state.country)
        .or(postal.map(|postal| postal.country))
        .or(said.as_deref())
        .or(numbers.first().copied())
        .map(str::to_owned);
    let zone = ZONES.iter().find_map(|key| zone(text(fields, key)?));
    let (zones, from) = if let Some(zone) = zone {
        (vec![Cow::Owned(zone)], PlaceFrom::Field)
    } else if let Some(state) = state {
        (listed(state.zones), PlaceFrom::Field)
    } else if let Some(postal) = postal {
        (listed(postal.zones), PlaceFrom::PostalCode)
    } else if let Some(zones) = said.as_deref().and_then(of_country) {
        (listed(zones), PlaceFrom::Field)
    } else if let Some(zones) = zones::of(identities) {
        (listed(zones), PlaceFrom::Number)
    } else {
        let own = center.zone.iana_name().unwrap_or("UTC");
        (vec![Cow::Owned(own.to_owned())], PlaceFrom::Tenant)
    };
    Place { country, state: state_or_posted.map(|state| state.code.to_owned()), zones, from }
}

fn listed(zones: &'static [&'static str]) -> Vec<Cow<'static, str>> {
    zones.iter().map(|zone| Cow::Borrowed(*zone)).collect()
}

/// What fields have under a key: the lead's own, and after it the column of the file it was imported from that is called so.
fn kept<'a>(fields: &'a BTreeMap<String, Json>, key: &str) -> impl Iterator<Item = &'a Json> {
    let plain = |name: &str| name.trim().to_lowercase().replace([' ', '-'], "_");
    let columns = fields.get(KEPT_UNDER).and_then(Json::as_object);
    let column = columns.and_then(|all| all.iter().find(|(name, _)| plain(name) == key));
    fields.get(key).into_iter().chain(column.map(|(_, value)| value))
}

fn text<'a>(fields: &'a BTreeMap<String, Json>, key: &str) -> Option<&'a str> {
    let mut texts = kept(fields, key).filter_map(Json::as_str).map(str::trim);
    texts.find(|text| !text.is_empty())
}

/// The zone of that name, as the tz database writes it.
fn zone(name: &str) -> Option<String> {
    TimeZone::get(name).ok()?.iana_name().map(str::to_owned)
}

/// The country that is meant; one that nobody knows was not said.
fn country(text: &str) -> Option<String> {
    let named = COUNTRIES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
    let code = named.map_or_else(|| text.to_ascii_uppercase(), |(_, code)| (*code).to_owned());
    (code.len() == 2 && of_country(&code).is_some()).then_some(code)
}

/// The state that is meant. States elsewhere have the same two letters (Goa is GA), so these count only of somebody who may live in
/// the United States; a full name does where nothing says of any country.
fn state(text: &str, possible: &[&str]) -> Option<&'static State> {
    let state = State::named(text)?;
    let may_be = possible.contains(&"US") || possible.contains(&state.country);
    (may_be || (possible.is_empty() && text.len() > 2)).then_some(state)
}

/// What the first postal code says that says something: read as of the countries that are possible, of the country whose word its
/// field is where none is known, and as British by its shape, which no other country's has.
fn postal(fields: &BTreeMap<String, Json>, possible: &[&str]) -> Option<Postal> {
    let mut codes = POSTAL_CODES.iter().flat_map(|(key, own)| kept(fields, key).map(move |code| (code, own)));
    codes.find_map(|(code, own)| {
        let code = match code {
            Json::String(text) => Cow::Borrowed(text.as_str()),
            // Kept as a number it has lost its noughts.
            Json::Number(number) => Cow::Owned(format!("{:05}", number.as_u64()?)),
            _ => return None,
        };
        let countries = if possible.is_empty() { *own } else { possible };
        postal::found(&code, countries)
            .or_else(|| possible.is_empty().then(|| postal::found(&code, &["GB"]))?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Label, number, fields, and the country, state, zones and what told them.
    type Row = (&'static str, &'static str, Json, (&'static str, &'static str, &'static str, PlaceFrom));

    fn found(number: &str, fields: &Json) -> Place {
        let fields: BTreeMap<String, Json> = serde_json::from_value(fields.clone()).unwrap();
        place(&[Identity::phone(number)], &fields, &Center::new("Europe/Paris", "", None))
    }

    #[test]
    fn where_somebody_may_be() {
        use PlaceFrom::{Field, Number, PostalCode, Tenant};
        const US: &str = "+14155550123";
        const IN: &str = "+919876543210";
        let texas = "America/Chicago America/Denver";
        let rows: [Row; 31] = [
            ("a number of one zone", IN, json!({}), ("IN", "", "Asia/Kolkata", Number)),
            (
                "a number of most of a kingdom",
                "+447400123456",
                json!({}),
                ("GB", "", "Europe/London", Number),
            ),
            ("nothing tells", "anonymous", json!({}), ("", "", "Europe/Paris", Tenant)),
            (
                "a zone that is said",
                US,
                json!({"time_zone": "America/Denver"}),
                ("US", "", "America/Denver", Field),
            ),
            ("by its other key", US, json!({"timezone": "asia/kolkata"}), ("US", "", "Asia/Kolkata", Field)),
            ("no zone at all", IN, json!({"time_zone": "Mars/Base"}), ("IN", "", "Asia/Kolkata", Number)),
            ("a state", US, json!({"state": "TX"}), ("US", "TX", texas, Field)),
            ("a state by its name", US, json!({"state": "texas"}), ("US", "TX", texas, Field)),
            (
                "a zone and a state",
                US,
                json!({"state": "TX", "time_zone": "America/Denver"}),
                ("US", "TX", "America/Denver", Field),
            ),
            ("Goa", IN, json!({"state": "GA"}), ("IN", "", "Asia/Kolkata", Number)),
            (
                "letters, and no country",
                "anonymous",
                json!({"state": "GA"}),
                ("", "", "Europe/Paris", Tenant),
            ),
            ("a name, and no country", "anonymous", json!({"state": "Texas"}), ("US", "TX", texas, Field)),
            ("a territory", US, json!({"state": "PR"}), ("PR", "PR", "America/Puerto_Rico", Field)),
            ("a country", US, json!({"country": "India"}), ("IN", "", "Asia/Kolkata", Field)),
            ("a country by its letters", US, json!({"country": "gb"}), ("GB", "", "Europe/London", Field)),
            ("no country at all", IN, json!({"country": "Atlantis"}), ("IN", "", "Asia/Kolkata", Number)),
            (
                "a postal code",
                US,
                json!({"postal_code": "10001"}),
                ("US", "NY", "America/New_York", PostalCode),
            ),
            (
                "one that was kept as a number",
                US,
                json!({"zip": 2139}),
                ("US", "MA", "America/New_York", PostalCode),
            ),
            (
                "a state before a postal code",
                US,
                json!({"state": "TX", "zip": "10001"}),
                ("US", "TX", texas, Field),
            ),
            (
                "the postal code of a country that is said",
                US,
                json!({"country": "IN", "pincode": "110001"}),
                ("IN", "", "Asia/Kolkata", PostalCode),
            ),
            (
                "a Berlin code is no ZIP",
                "+493012345678",
                json!({"zip": "10115"}),
                ("DE", "", "Europe/Berlin", Number),
            ),
            (
                "the field's name tells the country",
                "anonymous",
                json!({"zip": "10001"}),
                ("US", "NY", "America/New_York", PostalCode),
            ),
            (
                "and does in India",
                "anonymous",
                json!({"pin_code": "110001"}),
                ("IN", "", "Asia/Kolkata", PostalCode),
            ),
            (
                "a name that tells none",
                "anonymous",
                json!({"postal_code": "10001"}),
                ("", "", "Europe/Paris", Tenant),
            ),
            (
                "British by its shape",
                "anonymous",
                json!({"postcode": "SW1A 1AA"}),
                ("GB", "", "Europe/London", PostalCode),
            ),
            ("a column of a file", US, json!({"import": {"state": "TX"}}), ("US", "TX", texas, Field)),
            (
                "by its heading",
                US,
                json!({"import": {"Zip Code": 2139}}),
                ("US", "MA", "America/New_York", PostalCode),
            ),
            (
                "the lead's own goes first",
                US,
                json!({"state": "NY", "import": {"state": "TX"}}),
                ("US", "NY", "America/New_York", Field),
            ),
            (
                "unless it says nothing",
                US,
                json!({"state": " ", "zip": "none", "import": {"State": "TX"}}),
                ("US", "TX", texas, Field),
            ),
            (
                "columns that are none",
                IN,
                json!({"import": "state: TX", "zip": [1]}),
                ("IN", "", "Asia/Kolkata", Number),
            ),
            (
                "what is no text",
                US,
                json!({"state": ["TX"], "country": 7, "zip": null, "time_zone": "America/Denver"}),
                ("US", "", "America/Denver", Field),
            ),
        ];
        for (label, number, fields, (country, state, zones, from)) in rows {
            let place = found(number, &fields);
            let told = (place.country.as_deref(), place.state.as_deref(), place.zones.join(" "), place.from);
            let some = |text: &'static str| (!text.is_empty()).then_some(text);
            assert_eq!(told, (some(country), some(state), zones.to_owned(), from), "{label}");
        }
        assert_eq!(found(US, &json!({})).zones.len(), 8, "all of a country's zones");
    }

    #[test]
    fn there_always_is_a_clock() {
        let nowhere = place(&[], &BTreeMap::new(), &Center::new("Nowhere/None", "", None));
        assert_eq!((nowhere.zones.join(" "), nowhere.from), ("UTC".to_owned(), PlaceFrom::Tenant));
    }
}
