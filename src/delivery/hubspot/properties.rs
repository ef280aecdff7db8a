//! A contact's usual properties, and the two a person's name becomes.

use std::collections::BTreeMap;

/// Properties every account has, as far as flows fill them in.
pub(super) const USUAL: [&str; 9] = [
    "company",
    "email",
    "firstname",
    "hs_lead_status",
    "lastname",
    "lifecyclestage",
    "message",
    "phone",
    "website",
];

/// Puts `firstname` and `lastname` in the place of `full_name` and `name`; where they are given, they stand.
pub(super) fn divide_name(texts: &mut BTreeMap<String, String>) {
    let names = ["full_name", "name"].map(|name| texts.remove(name).unwrap_or_default());
    let Some(whole) = names.iter().map(|name| name.trim()).find(|name| !name.is_empty()) else { return };
    let (first, last) = whole.rsplit_once(char::is_whitespace).unwrap_or((whole, ""));
    for (property, text) in [("firstname", first), ("lastname", last)] {
        let given = texts.get(property).is_some_and(|text| !text.trim().is_empty());
        if !given {
            texts.insert(property.to_owned(), text.trim().to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Given<'a> = &'a [(&'a str, &'a str)];

    #[test]
    fn a_name_is_divided_at_its_last_space() {
        let rows: [(&str, Given<'_>, &str, &str); 8] = [
            ("two words", &[("full_name", "Ann Lee")], "Ann", "Lee"),
            ("three words", &[("full_name", "Ann Mary  Lee ")], "Ann Mary", "Lee"),
            ("one word", &[("full_name", "Ann")], "Ann", ""),
            ("by its other name", &[("name", "Ann Lee")], "Ann", "Lee"),
            ("both", &[("name", "Annie"), ("full_name", "Ann Lee")], "Ann", "Lee"),
            ("one of them blank", &[("name", "Ann Lee"), ("full_name", " ")], "Ann", "Lee"),
            ("given", &[("full_name", "Ann Lee"), ("lastname", "Leigh")], "Ann", "Leigh"),
            ("given blank", &[("full_name", "Ann Lee"), ("firstname", "")], "Ann", "Lee"),
        ];
        for (label, given, first, last) in rows {
            let mut texts: BTreeMap<String, String> =
                given.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
            divide_name(&mut texts);
            let names: Vec<&str> = texts.keys().map(String::as_str).collect();
            assert_eq!(names, ["firstname", "lastname"], "{label}");
            assert_eq!((texts["firstname"].as_str(), texts["lastname"].as_str()), (first, last), "{label}");
        }
    }

    #[test]
    fn without_a_name_nothing_is_made_up() {
        let mut texts = BTreeMap::from([("email".to_owned(), "ann@example.com".to_owned())]);
        let before = texts.clone();
        divide_name(&mut texts);
        assert_eq!(texts, before);
    }
}
