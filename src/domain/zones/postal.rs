//! What a postal code says of where somebody lives: in the United States the state, by its first three digits; in the United
//! Kingdom and India the country. Codes of other countries say nothing here.

use super::states::State;

/// Where a postal code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Postal {
    /// The country (ISO 3166).
    pub country: &'static str,
    /// The state, in the United States.
    pub state: Option<&'static State>,
    /// Its zones.
    pub zones: &'static [&'static str],
}

/// The first three digits from which on, and until which, codes are one state's. What is in none is the armed forces', or nobody's.
#[rustfmt::skip]
const ZIPS: [(u16, u16, &str); 67] = [
    (5, 5, "NY"), (6, 7, "PR"), (8, 8, "VI"), (9, 9, "PR"), (10, 27, "MA"), (28, 29, "RI"), (30, 38, "NH"), (39, 49, "ME"),
    (50, 54, "VT"), (55, 55, "MA"), (56, 59, "VT"), (60, 69, "CT"), (70, 89, "NJ"), (100, 149, "NY"), (150, 196, "PA"),
    (197, 199, "DE"), (200, 200, "DC"), (201, 201, "VA"), (202, 205, "DC"), (206, 219, "MD"), (220, 246, "VA"),
    (247, 268, "WV"), (270, 289, "NC"), (290, 299, "SC"), (300, 319, "GA"), (320, 339, "FL"), (341, 349, "FL"),
    (350, 369, "AL"), (370, 385, "TN"), (386, 397, "MS"), (398, 399, "GA"), (400, 427, "KY"), (430, 459, "OH"),
    (460, 479, "IN"), (480, 499, "MI"), (500, 528, "IA"), (530, 549, "WI"), (550, 567, "MN"), (569, 569, "DC"),
    (570, 577, "SD"), (580, 588, "ND"), (590, 599, "MT"), (600, 629, "IL"), (630, 658, "MO"), (660, 679, "KS"),
    (680, 693, "NE"), (700, 714, "LA"), (716, 729, "AR"), (730, 731, "OK"), (733, 733, "TX"), (734, 749, "OK"),
    (750, 799, "TX"), (800, 816, "CO"), (820, 831, "WY"), (832, 838, "ID"), (840, 847, "UT"), (850, 865, "AZ"),
    (870, 884, "NM"), (885, 885, "TX"), (888, 888, "DC"), (889, 898, "NV"), (900, 961, "CA"), (967, 968, "HI"),
    (969, 969, "GU"), (970, 979, "OR"), (980, 994, "WA"), (995, 999, "AK"),
];
/// Codes whose post comes from the next state; no state: islands that are countries of their own.
const APART: [(&str, &str); 17] = [
    ("06390", "NY"),
    ("20588", "MD"),
    ("20598", "VA"),
    ("73960", "TX"),
    ("83414", "WY"),
    ("96799", "AS"),
    ("96939", ""),
    ("96940", ""),
    ("96941", ""),
    ("96942", ""),
    ("96943", ""),
    ("96944", ""),
    ("96950", "MP"),
    ("96951", "MP"),
    ("96952", "MP"),
    ("96960", ""),
    ("96970", ""),
];
const KOLKATA: &[&str] = &["Asia/Kolkata"];
const LONDON: &[&str] = &["Europe/London"];

/// Where that code is, read as one of these countries' (ISO 3166), the first that has codes of its shape.
pub fn found(code: &str, countries: &[&str]) -> Option<Postal> {
    let code = code.trim();
    countries.iter().find_map(|country| match *country {
        "US" | "PR" | "VI" | "GU" | "AS" | "MP" => zip(code),
        "GB" => is_british(code).then_some(Postal { country: "GB", state: None, zones: LONDON }),
        "IN" => is_indian(code).then_some(Postal { country: "IN", state: None, zones: KOLKATA }),
        _ => None,
    })
}

/// Five digits, or with four more behind a hyphen.
fn zip(code: &str) -> Option<Postal> {
    let (five, four) = code.split_once('-').unwrap_or((code, "0000"));
    let are_digits =
        |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    if !are_digits(five, 5) || !are_digits(four, 4) {
        return None;
    }
    let first: u16 = five.get(..3)?.parse().ok()?;
    let apart = APART.iter().find(|(code, _)| *code == five).map(|(_, state)| *state);
    let usual = || ZIPS.iter().find(|(from, to, _)| (*from..=*to).contains(&first)).map(|(.., state)| *state);
    let state = State::named(apart.or_else(usual)?)?;
    Some(Postal { country: state.country, state: Some(state), zones: state.zones })
}

/// Six digits, of which the first is not nought, with a space after three or without.
fn is_indian(code: &str) -> bool {
    let digits: Vec<u8> = code.bytes().filter(|byte| *byte != b' ').collect();
    digits.len() == 6 && digits.iter().all(u8::is_ascii_digit) && digits.first() != Some(&b'0')
}

/// One or two letters, a digit, at times another digit or letter; then a digit and two letters. The islands that are not of the
/// kingdom (Guernsey, Jersey, Man) have codes of that shape as well.
pub fn is_british(code: &str) -> bool {
    let code: Vec<u8> =
        code.bytes().filter(|byte| *byte != b' ').map(|byte| byte.to_ascii_uppercase()).collect();
    if !(5..=7).contains(&code.len()) {
        return false;
    }
    let (outward, inward) = code.split_at(code.len() - 3);
    let letters = outward.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    let (area, district) = outward.split_at(letters);
    let is_district = match district {
        [digit] => digit.is_ascii_digit(),
        [digit, last] => digit.is_ascii_digit() && last.is_ascii_alphanumeric(),
        _ => false,
    };
    let is_inward = matches!(inward, [digit, a, b]
        if digit.is_ascii_digit() && a.is_ascii_uppercase() && b.is_ascii_uppercase());
    (1..=2).contains(&letters)
        && is_district
        && is_inward
        && !["GY", "JE", "IM"].iter().any(|island| island.as_bytes() == area)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Label, code, countries it may be of, and where it is.
    type Row = (&'static str, &'static str, &'static [&'static str], Option<(&'static str, &'static str)>);

    #[test]
    fn where_a_code_is() {
        let rows: [Row; 24] = [
            ("New York", "10001", &["US"], Some(("US", "NY"))),
            ("with four more", "94103-1234", &["US"], Some(("US", "CA"))),
            ("El Paso", "79901", &["US"], Some(("US", "TX"))),
            ("an old one of El Paso", "88510", &["US"], Some(("US", "TX"))),
            ("an island served from Connecticut", "06390", &["US"], Some(("US", "NY"))),
            ("San Juan", "00901", &["US"], Some(("PR", "PR"))),
            ("San Juan, of a number there", "00901", &["PR"], Some(("PR", "PR"))),
            ("Saipan", "96950", &["US"], Some(("MP", "MP"))),
            ("Pago Pago", "96799", &["US"], Some(("AS", "AS"))),
            ("Palau, a country of its own", "96940", &["US"], None),
            ("the armed forces: anywhere", "09012", &["US"], None),
            ("nobody's", "00001", &["US"], None),
            ("too short", "1000", &["US"], None),
            ("too long", "100011", &["US"], None),
            ("a broken longer one", "10001-12", &["US"], None),
            ("not of that country", "10001", &["DE"], None),
            ("of no country", "10001", &[], None),
            ("London", "SW1A 1AA", &["GB"], Some(("GB", ""))),
            ("without its space, in small letters", "m11ae", &["GB"], Some(("GB", ""))),
            ("Jersey", "JE2 3AB", &["GB"], None),
            ("no British code", "SW1A1A", &["GB"], None),
            ("Delhi", "110 001", &["IN"], Some(("IN", ""))),
            ("no Indian code", "010001", &["IN"], None),
            ("of the second country", "110001", &["US", "IN"], Some(("IN", ""))),
        ];
        for (label, code, countries, expected) in rows {
            let found = found(code, countries).map(|postal| {
                assert!(!postal.zones.is_empty(), "{label}");
                (postal.country, postal.state.map_or("", |state| state.code))
            });
            assert_eq!(found, expected, "{label}");
        }
        assert_eq!(
            found("79901", &["US"]).unwrap().zones,
            ["America/Chicago", "America/Denver"],
            "it is split"
        );
    }

    #[test]
    fn the_table_is_in_order_and_names_states() {
        for pair in ZIPS.windows(2) {
            assert!(pair[0].1 < pair[1].0, "{pair:?}");
        }
        for (from, to, state) in ZIPS {
            assert!(from <= to && State::named(state).is_some(), "{state}");
        }
        for (code, state) in APART {
            assert!(code.len() == 5 && (state.is_empty() || State::named(state).is_some()), "{code}");
        }
        for odd in ["", "é1 1AA", "ＳＷ1A 1AA", "\u{0}", "-", "10001-"] {
            assert_eq!(found(odd, &["US", "GB", "IN"]), None, "{odd:?}");
        }
    }
}
