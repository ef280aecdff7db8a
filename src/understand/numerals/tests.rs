use super::*;

fn values(text: &str, language: &str) -> Vec<String> {
    let manner =
        Manner { decimal_comma: matches!(language, "es" | "pt"), indian: language == "hi", language };
    mentions(text, manner).iter().map(|m| m.value.normalize().to_string()).collect()
}

#[test]
fn numbers_in_figures_and_words() {
    for (label, text, language, want) in [
        ("figure", "12", "en", vec!["12"]),
        ("thousands", "1,200", "en", vec!["1200"]),
        ("decimal comma", "1,5", "es", vec!["1.5"]),
        ("thousands with points", "1.200", "es", vec!["1200"]),
        ("both signs", "1.200,50", "en", vec!["1200.5"]),
        ("Indian groups", "12,34,567.89", "en", vec!["1234567.89"]),
        ("k", "2.5k", "en", vec!["2500"]),
        ("negative", "-4", "en", vec!["-4"]),
        ("a range's hyphen is no sign", "2-5", "en", vec!["2", "5"]),
        ("version", "1.1.3", "en", vec![]),
        ("clock", "10:30", "en", vec![]),
        ("tens", "twenty-five people", "en", vec!["25"]),
        ("hundred and", "one hundred and sixteen", "en", vec!["116"]),
        ("nested scales", "two million five hundred thousand", "en", vec!["2500000"]),
        ("point", "eighteen point three six", "en", vec!["18.36"]),
        ("dozen", "a dozen", "en", vec!["12"]),
        ("half a million", "half a million", "en", vec!["500000"]),
        ("and a half", "two and a half", "en", vec!["2.5"]),
        ("lakh", "2.5 lakh", "en", vec!["250000"]),
        ("lakh and thousand", "3 lakh 50 thousand", "en", vec!["350000"]),
        ("letter L in India", "50L", "hi", vec!["5000000"]),
        ("two numbers", "3 or 4", "en", vec!["3", "4"]),
        ("digits said singly are not added", "one two", "en", vec!["1", "2"]),
        ("Hindi", "पच्चीस", "hi", vec!["25"]),
        ("Spanish", "treinta y cinco", "es", vec!["35"]),
        ("Spanish hundreds", "doscientos mil", "es", vec!["200000"]),
        ("minus", "minus sixty", "en", vec!["-60"]),
        ("l of a word is no lakh", "5 people", "en", vec!["5"]),
    ] {
        assert_eq!(values(text, language), want, "{label}");
    }
}

#[test]
fn ordinals_and_units_are_marked() {
    let manner = Manner { decimal_comma: false, indian: false, language: "en" };
    let all = mentions("the twenty third, 3rd, 3bhk", manner);
    assert_eq!(
        all.iter().map(|m| (m.ordinal, m.unit)).collect::<Vec<_>>(),
        [(true, false), (true, false), (false, true)]
    );
    assert_eq!(all[0].value, Decimal::from(23));
}
