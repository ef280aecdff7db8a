//! A postal code in its country's writing, written or spelled ("Sierra 6 8 Romeo Delta", "nine four one oh seven").
//!
//! Patterns are those of Unicode CLDR's and Google's public address data: `9` is a figure, `A` a letter, ` ` an optional space.

use super::words::{self, Word};
use super::{Asked, Reader, Reading, Refusal, spoken};
use crate::domain::answer::Value;

/// The one postal code in the text.
pub(super) struct Postcode;

/// Shapes by ISO 3166 country.
const SHAPES: &[(&str, &[&str])] = &[
    ("US", &["99999", "99999-9999"]),
    ("GB", &["A9 9AA", "A99 9AA", "AA9 9AA", "AA99 9AA", "A9A 9AA", "AA9A 9AA"]),
    ("IN", &["999999"]),
    ("CA", &["A9A 9A9"]),
    (
        "IE",
        &[
            "A99 AAAA", "A99 A9AA", "A99 9AAA", "A99 AA9A", "A99 AAA9", "A99 99AA", "A99 9A9A", "A99 A99A",
            "A99 AA99", "A9A AAAA", "D6W AAAA",
        ],
    ),
    ("NL", &["9999 AA"]),
    ("BR", &["99999-999"]),
    ("PT", &["9999-999"]),
    ("PL", &["99-999"]),
    ("JP", &["999-9999"]),
    ("SE", &["999 99"]),
    ("CZ", &["999 99"]),
    ("SK", &["999 99"]),
    ("GR", &["999 99"]),
    ("AR", &["9999", "A9999AAA"]),
    ("TW", &["999", "99999", "999999"]),
    ("MT", &["AAA 9999", "AAA 99"]),
    ("IL", &["9999999", "99999"]),
    ("IS", &["999"]),
    ("KR", &["99999", "999-999"]),
    ("AZ", &["AZ9999"]),
    ("LT", &["99999", "LT-99999"]),
    ("LV", &["LV-9999", "9999"]),
    ("LU", &["9999", "L-9999"]),
    ("AD", &["AD999"]),
    ("BY", &["999999"]),
    ("IR", &["9999999999", "99999-99999"]),
    ("BM", &["AA 99", "AA AA"]),
    ("SG", &["999999"]),
    ("CN", &["999999"]),
    ("RU", &["999999"]),
    ("CO", &["999999"]),
    ("EC", &["999999"]),
    ("KZ", &["999999"]),
    ("KG", &["999999"]),
    ("UZ", &["999999"]),
    ("RO", &["999999"]),
    ("VN", &["999999", "99999"]),
    ("NG", &["999999"]),
    ("TT", &["999999"]),
    ("MN", &["99999", "999999"]),
    ("PK", &["99999"]),
    ("CL", &["9999999", "999-9999"]),
    ("AM", &["9999", "999999"]),
    ("TM", &["999999"]),
    ("TJ", &["999999"]),
];

/// Countries with codes of so many figures.
const FIGURES: &[(usize, &str)] = &[
    (3, "FO GN LS OM PG MG"),
    (4, "AF AL AT AU BD BE BG CH CV CX CY DK GE GL GW HU LI LR MK MZ NE NF NO NZ PH PY SI TN ZA CC HM SJ BO"),
    (
        5,
        "BA CR CU DE DO DZ EE EG ES FI FR GF GP GT GU HN HR ID IQ IT JO KE KH KW LA LK MA MC ME MM MP MQ MU MV MX MY NC NP PE PF PM PR RE RS SA SD SM SN TH TR UA UY VA VI WF XK YT ZM ET AS LB PW MH FM SV NI VE",
    ),
];

/// Words about the code that are not of it.
const LEAD: &[&str] = &[
    "my", "postcode", "postal", "post", "code", "zip", "zipcode", "pin", "pincode", "is", "its", "it", "the",
    "uh", "um", "sorry", "yes", "that", "would", "be", "please", "sure", "erm", "er", "okay", "ok", "mera",
    "hai", "codigo", "es", "cep", "plz", "ist", "mi", "meu", "at", "mum",
];

impl Reader for Postcode {
    fn read(&self, text: &str, asked: &Asked) -> Result<Reading, Refusal> {
        let words = words::words(text);
        let body: Vec<&Word> = words.iter().filter(|w| !LEAD.contains(&w.plain.as_str())).collect();
        let (Some(first), Some(last)) = (body.first(), body.last()) else {
            return Err(Refusal::NotUnderstood);
        };
        let span = first.start..last.end;
        let written: String = body
            .iter()
            .flat_map(|w| w.plain.chars())
            .filter(|c| c.is_ascii_alphanumeric())
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let foreign = text.chars().any(|c| c.is_alphabetic() && !c.is_ascii());
        if body.len() <= 12
            && !foreign
            && let Some(code) = shaped(&written, asked.region)
        {
            return Ok(Reading { value: Value::Postcode(code), span });
        }
        if let Some(code) = spelled(&body, asked).and_then(|letters| shaped(&letters, asked.region)) {
            return Ok(Reading { value: Value::Postcode(code), span });
        }
        embedded(&words, asked)
    }
}

/// In the shape of the country, with its space or dash; in any known shape where the country is not.
fn shaped(letters: &str, region: Option<&str>) -> Option<String> {
    let Some(region) = region else {
        let plausible = (4..=10).contains(&letters.len()) && letters.bytes().any(|b| b.is_ascii_digit());
        return plausible.then(|| letters.to_owned());
    };
    if let Some((_, shapes)) = SHAPES.iter().find(|(country, _)| *country == region) {
        return shapes.iter().find_map(|shape| fit(letters, shape)).filter(|code| allowed(code, region));
    }
    let (count, _) = FIGURES.iter().find(|(_, countries)| countries.split(' ').any(|c| c == region))?;
    (letters.len() == *count && letters.bytes().all(|b| b.is_ascii_digit()))
        .then(|| letters.to_owned())
        .filter(|code| allowed(code, region))
}

fn fit(letters: &str, shape: &str) -> Option<String> {
    let mut code = String::with_capacity(shape.len());
    let mut given = letters.chars();
    for place in shape.chars() {
        match place {
            ' ' | '-' => code.push(place),
            '9' => code.push(given.next().filter(char::is_ascii_digit)?),
            'A' if shape.starts_with("AZ") || shape.starts_with("AD") => {
                code.push(given.next().filter(|c| *c == 'A')?);
            }
            'A' => code.push(given.next().filter(char::is_ascii_uppercase)?),
            literal => code.push(given.next().filter(|c| *c == literal)?),
        }
    }
    given.next().is_none().then_some(code)
}

/// First figures and letters that are never given out.
fn allowed(code: &str, region: &str) -> bool {
    let first = code.bytes().next().unwrap_or_default();
    let number: u32 = code.get(..2).and_then(|two| two.parse().ok()).unwrap_or_default();
    match region {
        "IN" => first != b'0',
        "CA" => !b"DFIOQUWZ".contains(&first) && !code.bytes().any(|b| b"DFIOQU".contains(&b)),
        "DE" => code != "00000" && number >= 1,
        "ES" => (1..=52).contains(&number),
        "FR" => (1..=98).contains(&number),
        "NL" => first != b'0',
        "BE" | "AT" | "CH" | "DK" | "AU" if region != "AU" && region != "DK" => first != b'0',
        _ => true,
    }
}

/// Letters and figures said one by one.
fn spelled(body: &[&Word], asked: &Asked) -> Option<String> {
    let mut letters = String::new();
    let mut at = 0;
    while at < body.len() {
        let word = body[at].plain.as_str();
        if let Some(times) = spoken::repeat(word) {
            let next = body.get(at + 1)?;
            let one = spoken::digit(&next.plain, asked.language_only())
                .map(|d| d.to_string())
                .or_else(|| spoken::letter(&next.plain).map(String::from))
                .or_else(|| (next.plain.len() == 1).then(|| next.plain.clone()))?;
            letters.push_str(&one.repeat(times));
            at += 2;
            continue;
        }
        let digits_wanted = !matches!(asked.region, Some("GB" | "CA" | "IE" | "NL"));
        if word.bytes().all(|b| b.is_ascii_digit()) {
            letters.push_str(word);
        } else if let Some(figure) = spoken::digit(word, asked.language_only())
            .filter(|_| digits_wanted || (word.len() > 1 && word != "oh"))
        {
            letters.push_str(&figure.to_string());
        } else if let Some(letter) = spoken::letter(word) {
            letters.push(letter);
        } else if word.len() <= 4 && word.bytes().all(|b| b.is_ascii_alphanumeric()) {
            letters.push_str(word);
        } else {
            return None;
        }
        at += 1;
    }
    (letters.len() <= 10).then(|| letters.to_ascii_uppercase())
}

/// A code among other words: "I live in SW1A 1AA", "560001 Bangalore".
fn embedded(words: &[Word], asked: &Asked) -> Result<Reading, Refusal> {
    let region = asked.region.ok_or(Refusal::NotUnderstood)?;
    let mut found: Vec<(String, std::ops::Range<usize>)> = Vec::new();
    for at in 0..words.len() {
        for size in [2, 1] {
            let Some(window) = words.get(at..at + size) else { continue };
            let letters: String = window.iter().map(|w| w.plain.to_ascii_uppercase()).collect();
            let figures = letters.bytes().filter(u8::is_ascii_digit).count();
            let codelike = figures > 1 || (figures == 1 && size == 1);
            if codelike
                && letters.len() >= 5
                && let Some(code) = shaped(&letters, Some(region))
            {
                found.push((code, window[0].start..window[size - 1].end));
                break;
            }
        }
    }
    let Some((code, span)) = found.first().cloned() else { return Err(Refusal::NotUnderstood) };
    let cut = found.iter().any(|(other, place)| *other != code && place.start >= span.end);
    if cut { Err(Refusal::Ambiguous) } else { Ok(Reading { value: Value::Postcode(code), span }) }
}

#[cfg(test)]
mod tests {
    use super::super::tests::asked;
    use super::*;
    use crate::domain::answer::Kind;

    #[test]
    fn codes_are_read() {
        for (label, text, region, want) in [
            ("US", "94107", "US", Some("94107")),
            ("US nine", "94107-1234", "US", Some("94107-1234")),
            ("US said", "nine four one oh seven", "US", Some("94107")),
            ("GB run together", "sw1a1aa", "GB", Some("SW1A 1AA")),
            ("GB spelled", "golf 3 Bravo 0 Tango Papa", "GB", Some("G3B 0TP")),
            ("GB in a sentence", "I live near SW1A 1AA", "GB", Some("SW1A 1AA")),
            ("IN with a space", "560 001", "IN", Some("560001")),
            ("IN announced", "pin code 560001", "IN", Some("560001")),
            ("CA", "k1a0b1", "CA", Some("K1A 0B1")),
            ("BR", "01310100", "BR", Some("01310-100")),
            ("short", "9410", "US", None),
            ("a sentence", "is it worth investing in target", "US", None),
            ("IN never begins with 0", "012345", "IN", None),
        ] {
            let asked = Asked { region: Some(region), ..asked(Kind::Postcode) };
            let got = super::super::read(text, &asked).ok().map(|reading| reading.value.to_string());
            assert_eq!(got.as_deref(), want, "{label}: {text}");
        }
    }
}
