use super::super::tests::{asked, options};
use super::*;
use crate::domain::answer::Kind;

/// What is picked: the value, or why none.
fn pick(text: &str, list: &[&str]) -> Result<String, Refusal> {
    let options = options(list);
    let asked = Asked { options: &options, language: "en", ..asked(Kind::Choice) };
    super::super::read(text, &asked).map(|reading| reading.value.to_string())
}

const TRADE: &[&str] = &["Restaurant", "Retail Store", "Service Business", "E-commerce", "Other"];
const STAFF: &[&str] = &["1", "2–5", "6–10", "11+"];
const BUDGET: &[&str] = &["Under ₹50K", "₹50K–₹2L", "₹2L+"];

#[test]
fn options_are_picked() {
    for (label, text, list, want) in [
        ("figure", "2", TRADE, "Retail Store"),
        ("figure with a mark", "2)", TRADE, "Retail Store"),
        ("keycap", "2️⃣", TRADE, "Retail Store"),
        ("announced", "option 3", TRADE, "Service Business"),
        ("number word", "number two", TRADE, "Retail Store"),
        ("ordinal", "the first one", TRADE, "Restaurant"),
        ("last", "last one please", TRADE, "Other"),
        ("letter", "b", TRADE, "Retail Store"),
        ("exactly", "restaurant", TRADE, "Restaurant"),
        ("inside a sentence", "we run a small restaurant here", TRADE, "Restaurant"),
        ("its own word", "retail", TRADE, "Retail Store"),
        ("typo", "resturant", TRADE, "Restaurant"),
        ("run together", "ecommerce", TRADE, "E-commerce"),
        ("correction", "the first, no wait, the second", TRADE, "Retail Store"),
        ("correction by name", "restaurant, no wait, retail", TRADE, "Retail Store"),
        ("negation", "not a restaurant, a service business", TRADE, "Service Business"),
        ("number in a range", "about 4", STAFF, "2–5"),
        ("number word in a range", "seven", STAFF, "6–10"),
        ("a figure is a number before it is a place", "2", STAFF, "2–5"),
        ("open end", "40", STAFF, "11+"),
        ("thousands: a figure is a place", "2", BUDGET, "₹50K–₹2L"),
        ("thousands: an amount", "80k", BUDGET, "₹50K–₹2L"),
        ("a range without its scale", "200 to 400", &["Under $200k", "$200k - $400k"], "$200k - $400k"),
    ] {
        assert_eq!(pick(text, list).as_deref(), Ok(want), "{label}: {text}");
    }
}

#[test]
fn what_names_no_single_option_is_refused() {
    for (label, text, list, want) in [
        ("two", "restaurant or retail", TRADE, Refusal::Ambiguous),
        ("two places", "the first and third one please", TRADE, Refusal::Ambiguous),
        ("none", "what is phosphorus", TRADE, Refusal::NotUnderstood),
        ("place beyond the list", "9", TRADE, Refusal::NotUnderstood),
        ("negated alone", "not the first one", TRADE, Refusal::NotUnderstood),
        ("short words are not guessed", "oter", &["Otter", "Other"], Refusal::Ambiguous),
    ] {
        assert_eq!(pick(text, list), Err(want), "{label}: {text}");
    }
}
