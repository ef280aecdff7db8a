//! An enquiry that somebody enters: a child, its parents, and what they look for.

use serde_json::Value as Json;
use std::collections::BTreeMap;

/// What a lead came by where somebody entered it.
pub const ENTERED: &str = "enquiry";

/// What a child is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gender {
    /// A boy.
    Boy,
    /// A girl.
    Girl,
    /// Neither.
    Other,
}

impl Gender {
    /// All of them.
    pub const ALL: [Gender; 3] = [Gender::Boy, Gender::Girl, Gender::Other];

    /// Its name in columns and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Gender::Boy => "Boy",
            Gender::Girl => "Girl",
            Gender::Other => "Other",
        }
    }

    /// The gender of that name.
    pub fn parse(name: &str) -> Option<Gender> {
        Gender::ALL.into_iter().find(|gender| gender.as_str() == name)
    }
}

/// The child an enquiry is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Child {
    /// Its first name.
    pub first_name: String,
    /// Its last name.
    pub last_name: Option<String>,
    /// When it was born, `YYYY-MM-DD`.
    pub dob: Option<String>,
    /// How old it was said to be, in years.
    pub age: Option<i64>,
    /// Boy, girl, other.
    pub gender: Option<Gender>,
}

impl Child {
    /// Both names.
    pub fn name(&self) -> String {
        let last = self.last_name.as_deref().map(|last| format!(" {last}")).unwrap_or_default();
        format!("{}{last}", self.first_name)
    }
}

/// A parent of it, or whoever asks in their stead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parent {
    /// Their name.
    pub name: String,
    /// Their number, E.164.
    pub phone: String,
    /// Their address.
    pub email: Option<String>,
    /// Mother, father, …
    pub relationship: Option<String>,
}

/// The discovery form; what is not given stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// The child's school.
    pub school: Option<String>,
    /// When they could come.
    pub preferred_schedule: Option<String>,
    /// What they hope for, by keys.
    pub parent_expectations: Option<Vec<String>>,
    /// What else was said; it is added to what was noted before.
    pub notes: Option<String>,
}

impl Form {
    /// Whether it says anything.
    pub fn is_empty(&self) -> bool {
        *self == Form::default()
    }
}

/// An enquiry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enquiry {
    /// The child.
    pub child: Child,
    /// Its parents, the one to speak with first; never empty.
    pub parents: Vec<Parent>,
    /// How they came: `WALK_IN`, `PHONE_CALL`, `ONLINE`, `REFERRAL` …
    pub source: Option<String>,
    /// What they look for.
    pub form: Form,
    /// Who is to work it.
    pub assigned_to: Option<i64>,
}

/// The fields of a conversation that an enquiry is made of.
pub const FIELDS: [&str; 12] = [
    "child_name",
    "dob",
    "age",
    "gender",
    "school",
    "preferred_schedule",
    "parent_expectations",
    "notes",
    "name",
    "phone",
    "email",
    "source",
];

/// What a conversation said of an enquiry, by the names of [`FIELDS`]; `None`: it named no child.
pub fn from_fields(fields: &BTreeMap<String, Json>) -> Option<Enquiry> {
    let text = |name: &str| match fields.get(name)? {
        Json::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let whole = text("child_name")?;
    let (first, last) = whole.split_once(char::is_whitespace).unwrap_or((&whole, ""));
    let child = Child {
        first_name: first.to_owned(),
        last_name: Some(last.trim().to_owned()).filter(|last| !last.is_empty()),
        dob: text("dob"),
        age: fields.get("age").and_then(Json::as_f64).map(|age| age as i64),
        gender: text("gender").as_deref().and_then(Gender::parse),
    };
    let expectations = fields.get("parent_expectations").and_then(Json::as_array);
    let keys = |all: &Vec<Json>| all.iter().filter_map(Json::as_str).map(str::to_owned).collect();
    let parent = Parent {
        name: text("name").unwrap_or_default(),
        phone: text("phone").unwrap_or_default(),
        email: text("email"),
        relationship: None,
    };
    let form = Form {
        school: text("school"),
        preferred_schedule: text("preferred_schedule"),
        parent_expectations: expectations.map(keys),
        notes: text("notes"),
    };
    Some(Enquiry { child, parents: vec![parent], source: text("source"), form, assigned_to: None })
}

/// An enquiry's number: the center's prefix, and at least four figures.
pub fn number(prefix: &str, n: i64) -> String {
    format!("{prefix}{n:04}")
}

/// Whether enquiry numbers may begin so: up to eight capitals and figures, a letter first and last, so that the figures behind it
/// stand apart.
pub fn is_prefix(prefix: &str) -> bool {
    let bytes = prefix.as_bytes();
    (1..=8).contains(&bytes.len())
        && bytes.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'-')
        && bytes[0].is_ascii_uppercase()
        && !bytes[bytes.len() - 1].is_ascii_digit()
}

/// Notes with another behind them, on a line of its own.
pub fn noted(before: Option<&str>, note: &str) -> String {
    match before {
        Some(before) if !before.is_empty() => format!("{before}\n{note}"),
        _ => note.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_enquiries() {
        assert_eq!(number("TLGC", 1), "TLGC0001");
        assert_eq!(number("TLGC", 259), "TLGC0259");
        assert_eq!(number("TLGC", 12_345), "TLGC12345");
        for good in ["TLGC", "ENQ", "A", "B2B-"] {
            assert!(is_prefix(good), "{good}");
        }
        for bad in ["", "tlgc", "TLGC1", "1A", "-A", "NINELONGS", "Ü"] {
            assert!(!is_prefix(bad), "{bad}");
        }
    }

    #[test]
    fn what_a_conversation_says_of_an_enquiry() {
        let fields = |json: serde_json::Value| serde_json::from_value(json).unwrap();
        let said = fields(serde_json::json!({
            "child_name": " Mehr  Kaur Goyal ", "dob": "2020-06-15", "age": 5, "gender": "Girl", "school": "DPS",
            "parent_expectations": ["confidence"], "name": "Anshu Goyal", "phone": "+919876543210", "notes": "",
        }));
        let enquiry = from_fields(&said).unwrap();
        assert_eq!(
            (enquiry.child.first_name.as_str(), enquiry.child.last_name.as_deref()),
            ("Mehr", Some("Kaur Goyal"))
        );
        assert_eq!((enquiry.child.age, enquiry.child.gender), (Some(5), Some(Gender::Girl)));
        assert_eq!(enquiry.form.parent_expectations, Some(vec!["confidence".to_owned()]));
        assert_eq!((enquiry.form.notes.clone(), enquiry.parents[0].phone.as_str()), (None, "+919876543210"));
        assert_eq!(from_fields(&fields(serde_json::json!({"name": "Anshu"}))), None);
        let odd = fields(
            serde_json::json!({"child_name": "M", "age": "five", "gender": "girl", "parent_expectations": "all"}),
        );
        let enquiry = from_fields(&odd).unwrap();
        assert_eq!(
            (enquiry.child.age, enquiry.child.gender, enquiry.form.parent_expectations),
            (None, None, None)
        );
    }

    #[test]
    fn notes_are_added() {
        assert_eq!(noted(None, "a"), "a");
        assert_eq!(noted(Some(""), "a"), "a");
        assert_eq!(noted(Some("a"), "b"), "a\nb");
    }
}
