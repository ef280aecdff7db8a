//! Values read back so that a listener can check them: addresses letter by letter, numbers figure by figure.

use crate::domain::answer::Value;

/// A value as it is read back; `shown` is how people read it.
pub(super) fn aloud(value: &Value, shown: &str, language: &str) -> String {
    match value {
        Value::Email(address) => spelled(address, language),
        Value::Phone(number) => apart(number.trim_start_matches('+')),
        Value::Postcode(code) => apart(code),
        _ => label(shown, language),
    }
}

/// A label as it is spoken: a dash between figures is a span ("2 to 5"), not a minus.
pub(super) fn label(text: &str, language: &str) -> String {
    let to = match only(language) {
        "en" => "to",
        "es" | "pt" => "a",
        "hi" => "से",
        "fr" => "à",
        "de" => "bis",
        _ => "–",
    };
    let chars: Vec<char> = text.chars().collect();
    let figure = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(char::is_ascii_digit);
    let is_span =
        |at: &usize| matches!(chars[*at], '–' | '-') && figure(at.checked_sub(1)) && figure(Some(at + 1));
    // Several dashes are those of a date or a phone number.
    let mut spans = (0..chars.len()).filter(is_span);
    let (Some(at), None) = (spans.next(), spans.next()) else { return text.to_owned() };
    let (from, until) = (chars[..at].iter(), chars[at + 1..].iter());
    format!("{} {to} {}", from.collect::<String>(), until.collect::<String>())
}

/// The language without its region.
fn only(language: &str) -> &str {
    language.split('-').next().unwrap_or(language)
}

/// Characters one by one, the rests of a recogniser's pauses between them.
fn apart(text: &str) -> String {
    let characters = text.chars().filter(|c| !c.is_whitespace());
    characters.map(|c| c.to_string()).collect::<Vec<_>>().join(" ")
}

/// Every letter of an address, its signs by their names in the language.
fn spelled(address: &str, language: &str) -> String {
    let signs = signs(language);
    let named = |c: char| signs.iter().find(|(sign, _)| *sign == c).map(|(_, name)| (*name).to_owned());
    address.chars().map(|c| named(c).unwrap_or_else(|| c.to_string())).collect::<Vec<_>>().join(" ")
}

type Signs = [(char, &'static str); 5];

fn signs(language: &str) -> Signs {
    let names = match only(language) {
        "es" => ["arroba", "punto", "guion", "guion bajo", "más"],
        "hi" => ["ऐट", "डॉट", "डैश", "अंडरस्कोर", "प्लस"],
        "pt" => ["arroba", "ponto", "hífen", "sublinhado", "mais"],
        "fr" => ["arobase", "point", "tiret", "tiret bas", "plus"],
        "de" => ["at", "Punkt", "Bindestrich", "Unterstrich", "Plus"],
        _ => ["at", "dot", "dash", "underscore", "plus"],
    };
    let [at, dot, dash, underscore, plus] = names;
    [('@', at), ('.', dot), ('-', dash), ('_', underscore), ('+', plus)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_back() {
        let rows = [
            (Value::Email("an.1_b@c-d.io".into()), "en", "a n dot 1 underscore b at c dash d dot i o"),
            (Value::Email("a@b.de".into()), "de", "a at b Punkt d e"),
            (Value::Phone("+14155552671".into()), "en", "1 4 1 5 5 5 5 2 6 7 1"),
            (Value::Postcode("SW1A 1AA".into()), "en", "S W 1 A 1 A A"),
            (Value::Choice("2–5".into()), "en", "2 to 5"),
            (Value::Choice("₹50–90".into()), "de-AT", "₹50 bis 90"),
            (Value::Choice("2-5".into()), "sw", "2 – 5"),
            (Value::Date(jiff::civil::date(2026, 3, 14)), "en", "2026-03-14"),
            (Value::Text("a well-known place".into()), "en", "a well-known place"),
        ];
        for (value, language, expected) in rows {
            assert_eq!(aloud(&value, &value.to_string(), language), expected);
        }
    }
}
