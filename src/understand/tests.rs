//! What the tests of all kinds share, and what holds for every kind.

use proptest::prelude::*;

use super::*;

/// A question of this kind with nothing special, asked on Wednesday 2026-03-11 at 10:00.
pub(super) fn asked(kind: Kind) -> Asked<'static> {
    Asked {
        kind,
        options: &[],
        language: "en",
        region: None,
        currency: None,
        date_order: None,
        now: jiff::civil::datetime(2026, 3, 11, 10, 0, 0, 0),
    }
}

/// Options that are called what they are worth.
pub(super) fn options(values: &[&str]) -> Vec<OptionWords> {
    values.iter().map(|value| OptionWords { value: (*value).to_owned(), words: Vec::new() }).collect()
}

#[test]
fn what_every_kind_refuses() {
    let long = "a ".repeat(LONGEST);
    for kind in Kind::ALL {
        let options = options(&["One", "Two"]);
        let asked = Asked { options: &options, ..asked(kind) };
        assert_eq!(read("", &asked), Err(Refusal::Empty), "{kind:?}");
        assert_eq!(read(" \u{0}\n", &asked), Err(Refusal::Empty), "{kind:?}");
        match kind {
            Kind::Text => assert!(read(&long, &asked).is_ok()),
            Kind::Media => assert_eq!(read("a picture", &asked), Err(Refusal::NotUnderstood)),
            _ => assert_eq!(read(&long, &asked), Err(Refusal::TooLong), "{kind:?}"),
        }
    }
}

#[test]
fn spans_point_into_what_was_written() {
    let found = read("we are 12 people", &asked(Kind::Number)).unwrap();
    assert_eq!(&"we are 12 people"[found.span], "12");
    let found = read("monday, no wait, tuesday", &asked(Kind::Date)).unwrap();
    assert_eq!(&"monday, no wait, tuesday"[found.span], "tuesday");
}

/// Any text, and text of the words that readers look for.
fn any_text() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "yes",
        "no",
        "not",
        "2",
        "½",
        "1,2.3",
        "12/",
        "-",
        "+",
        "@",
        "dot",
        "at",
        "double",
        "half past",
        "to",
        "kal",
        "baje",
        "दो",
        "हज़ार",
        "lakh",
        "first",
        "last",
        "wait",
        "sorry",
        "१२",
        "2️⃣",
        "👍🏽",
        "İ",
        "ß",
        "ǆ",
        "\u{301}",
        "\u{200d}",
        "٣",
        "my name is",
        ",",
        "de",
        "$",
        "₹",
        "k",
        "99999999999999999999999999",
        "9am",
        "£",
        "E\u{300}",
        "point",
        "minus",
        "and",
        "million",
        "trillion",
        "billion",
        "24:61",
        "0000-00-00T00:00",
        "between",
        "under",
        "all except",
        "(",
    ]);
    prop_oneof![
        "\\PC{0,60}",
        any::<String>().prop_map(|text| text.chars().take(80).collect()),
        prop::collection::vec(words, 0..12).prop_map(|words| words.join(" ")),
        prop::collection::vec("[0-9a-z .,:/@+-]{1,6}", 0..8).prop_map(|parts| parts.concat()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics_and_spans_lie_within(text in any_text(), language in prop::sample::select(vec!["en", "hi", "es", "fr"])) {
        let options = options(&["1", "2–5", "6+", "Über uns", "हाँ"]);
        for kind in Kind::ALL {
            let asked = Asked { options: &options, language, region: Some("IN"), ..asked(kind) };
            if let Ok(reading) = read(&text, &asked) {
                prop_assert!(reading.span.start <= reading.span.end, "{kind:?}");
                prop_assert!(text.get(reading.span.clone()).is_some(), "{kind:?} {:?} of {text:?}", reading.span);
            }
        }
        let _ = command(&text, language);
    }
}
