//! Addresses: templates filled in with values that cannot change what the address points to.

use crate::clock::{Millis, SECOND};
use crate::delivery::Record;
use crate::flow::template::{Scope, Template};
use minijinja::value::Serde;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// What the address of a record's request can name: the facts, above them the flow's fields, above all our own names.
pub fn of_record(record: &Record, sink_id: &str) -> BTreeMap<String, Json> {
    let mut names = record.facts.clone();
    names.extend(record.fields.iter().map(|(name, value)| (name.clone(), value.as_str().into())));
    // A field of the flow that is called so must not send a correction to another record.
    for (name, value) in [("key", record.key.as_str()), ("event", &record.event), ("sink_id", sink_id)] {
        names.insert(name.to_owned(), value.into());
    }
    names
}

/// What the address of a listing can name. The number of the page is the cursor where that is a number.
pub fn of_page(since: Millis, cursor: Option<&str>) -> BTreeMap<String, Json> {
    let since = jiff::Timestamp::from_second(since.div_euclid(SECOND)).unwrap_or_default();
    [
        ("since", since.to_string().into()),
        ("cursor", cursor.unwrap_or_default().into()),
        ("page", page(cursor).into()),
    ]
    .map(|(name, value): (&str, Json)| (name.to_owned(), value))
    .into()
}

/// The number of the page that begins at a cursor.
pub fn page(cursor: Option<&str>) -> u64 {
    cursor.and_then(|cursor| cursor.parse().ok()).unwrap_or(1)
}

/// The address; `None` where it cannot be written or is none.
pub fn fill_in(template: &Template, names: BTreeMap<String, Json>) -> Option<String> {
    let encoded: BTreeMap<_, _> = names.into_iter().map(|(name, value)| (name, encoded(value))).collect();
    let address = template.render(&Scope::from(Serde(encoded))).ok()?;
    let address = address.trim();
    let parsed = url::Url::parse(address).ok()?;
    matches!(parsed.scheme(), "http" | "https").then(|| address.to_owned())
}

/// A value with every text in it percent-encoded.
fn encoded(value: Json) -> Json {
    match value {
        // Servers and clients resolve these even where they are percent-encoded (WHATWG URL, "double-dot path segment").
        Json::String(text) if text == "." || text == ".." => Json::String(String::new()),
        // A form's encoding differs from an address's by this one character.
        Json::String(text) => {
            form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20").into()
        }
        Json::Array(list) => list.into_iter().map(encoded).collect(),
        Json::Object(object) => object.into_iter().map(|(name, value)| (name, encoded(value))).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_stay_values() {
        let record = Record {
            key: "lw-7".to_owned(),
            event: "completed".to_owned(),
            fields: [
                ("email", "a+b@x.com"),
                ("key", "theirs"),
                ("city", "../São Paulo?x=1&y#z"),
                ("up", ".."),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
            facts: [
                ("email", json!("of.the.fact@x.com")),
                ("phone", json!("+14155550123")),
                ("lead_id", json!(7)),
                ("source", json!({"utm": ["a b"]})),
            ]
            .map(|(name, value)| (name.to_owned(), value))
            .into(),
            ..Record::default()
        };
        let rows = [
            ("ours above the flow's", "{{ key }}/{{ sink_id }}", "lw-7/c%2F9"),
            ("the flow's above the facts", "?email={{ email }}", "?email=a%2Bb%40x.com"),
            ("a fact", "?phone={{ phone }}", "?phone=%2B14155550123"),
            ("a number", "{{ lead_id }}", "7"),
            ("what is within", "{{ source.utm[0] }}", "a%20b"),
            ("what would lead elsewhere", "{{ city }}/x", "..%2FS%C3%A3o%20Paulo%3Fx%3D1%26y%23z/x"),
            ("a way up", "{{ up }}/x", "/x"),
            ("what is not there", "{{ nobody }}x", "x"),
        ];
        for (label, path, expected) in rows {
            let template = Template::new(&format!("https://crm.example.com/{path}")).unwrap();
            let address = fill_in(&template, of_record(&record, "c/9"));
            assert_eq!(address.unwrap(), format!("https://crm.example.com/{expected}"), "{label}");
        }
        for broken in ["/leads", "{{ key }}", "ftp://x/y", "https://x/{{ 1 + key }}"] {
            assert_eq!(fill_in(&Template::new(broken).unwrap(), of_record(&record, "")), None, "{broken}");
        }
    }

    #[test]
    fn pages() {
        let template = Template::new("https://x/?s={{ since }}&c={{ cursor }}&p={{ page }}").unwrap();
        // 2026-01-05T10:00:00.999Z.
        let address = |cursor| fill_in(&template, of_page(1_767_607_200_999, cursor)).unwrap();
        let since = "https://x/?s=2026-01-05T10%3A00%3A00Z";
        assert_eq!(address(None), format!("{since}&c=&p=1"));
        assert_eq!(address(Some("3")), format!("{since}&c=3&p=3"));
        assert_eq!(address(Some("a=b")), format!("{since}&c=a%3Db&p=1"));
    }
}
