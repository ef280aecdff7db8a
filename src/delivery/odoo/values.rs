//! The values of a `crm.lead`.

use crate::delivery::{Mapping, Record, Remote};
use minijinja::HtmlEscape;
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;

/// The field that is HTML.
pub(super) const HTML: &str = "description";

/// Where the usual fields of flows belong. `mobile` is not among them: newer versions lack it, and a field Odoo does not have
/// makes the whole create fail.
pub(super) const USUAL: [(&str, &str); 14] = [
    ("full_name", "contact_name"),
    ("contact_name", "contact_name"),
    ("name", "contact_name"),
    ("email", "email_from"),
    ("email_from", "email_from"),
    ("phone", "phone"),
    ("company", "partner_name"),
    ("business", "partner_name"),
    ("partner_name", "partner_name"),
    ("street", "street"),
    ("zip", "zip"),
    ("zip_code", "zip"),
    ("city", "city"),
    ("website", "website"),
];

/// The flow's fields where they belong; all others, and second ones for the same field, are paragraphs of the description.
pub(super) fn usual(record: &Record) -> Map<String, Json> {
    let given = |name: &str| record.fields.get(name).map(|text| text.trim()).filter(|text| !text.is_empty());
    let (mut values, mut placed) = (Map::new(), BTreeSet::new());
    for (name, field) in USUAL {
        if let Some(text) = given(name).filter(|_| !values.contains_key(field)) {
            values.insert(field.to_owned(), text.into());
            placed.insert(name);
        }
    }
    let others = record.fields.keys().map(String::as_str).filter(|name| !placed.contains(name));
    let paragraphs: String =
        others.filter_map(|name| given(name).map(|text| paragraph(name, text))).collect();
    if !paragraphs.is_empty() {
        values.insert(HTML.to_owned(), paragraphs.into());
    }
    values
}

fn paragraph(name: &str, text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| HtmlEscape(line).to_string()).collect();
    format!("<p>{}: {}</p>", HtmlEscape(&name.replace('_', " ")), lines.join("<br>"))
}

/// The fields of a map, as they are. The description's templates are HTML, and what is filled in there is text.
pub(super) fn mapped(fields: &Mapping, record: &Record) -> Map<String, Json> {
    let mut values = fields.json(record);
    if values.contains_key(HTML) {
        let escaped = Record {
            fields: record
                .fields
                .iter()
                .map(|(name, text)| (name.clone(), HtmlEscape(text).to_string()))
                .collect(),
            facts: record.facts.iter().map(|(name, fact)| (name.clone(), escaped(fact))).collect(),
            ..record.clone()
        };
        values.extend(fields.json(&escaped).remove_entry(HTML));
    }
    values.retain(|_, value| value.as_str().is_none_or(|text| !text.trim().is_empty()));
    values
}

fn escaped(fact: &Json) -> Json {
    match fact {
        Json::String(text) => HtmlEscape(text).to_string().into(),
        Json::Array(all) => all.iter().map(escaped).collect(),
        Json::Object(all) => all.iter().map(|(name, inner)| (name.clone(), escaped(inner))).collect(),
        other => other.clone(),
    }
}

/// A record as Odoo has it.
pub(super) fn remote(record: &Json, key_field: &str) -> Option<Remote> {
    let fields = record.as_object()?.iter().filter(|(name, _)| !["id", key_field].contains(&name.as_str()));
    Some(Remote {
        sink_id: record["id"].as_i64()?.to_string(),
        key: text(&record[key_field]),
        fields: fields.filter_map(|(name, value)| Some((name.clone(), text(value)?))).collect(),
    })
}

/// A value as text. Odoo has `false` for what is empty, `[id, name]` for another record, and `5.0` for 5.
pub(super) fn text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Json::Number(number) => {
            Some(number.as_f64().map_or_else(|| number.to_string(), |float| float.to_string()))
        }
        Json::Bool(true) => Some("true".to_owned()),
        Json::Array(all) => match all.as_slice() {
            [id @ Json::Number(_), Json::String(_)] => text(id),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    type Given<'a> = &'a [(&'a str, &'a str)];

    #[test]
    fn usual_fields_go_where_they_belong_and_others_into_the_description() {
        let rows: [(&str, Given<'_>, Json); 6] = [
            (
                "the usual",
                &[
                    ("name", "Ann"),
                    ("business", "Lee & Co"),
                    ("city", "Oslo"),
                    ("zip_code", "0150"),
                    ("phone", "+47"),
                ],
                json!({"contact_name": "Ann", "partner_name": "Lee & Co", "city": "Oslo", "zip": "0150", "phone": "+47"}),
            ),
            (
                "Odoo's own names",
                &[("email_from", "a@b.no"), ("street", "Gate 1")],
                json!({"email_from": "a@b.no", "street": "Gate 1"}),
            ),
            (
                "two for one",
                &[("company", "Lee"), ("business", "baking"), ("full_name", "Ann Lee"), ("name", "Annie")],
                json!({"partner_name": "Lee", "contact_name": "Ann Lee",
                    "description": "<p>business: baking</p><p>name: Annie</p>"}),
            ),
            ("blank", &[("full_name", " "), ("name", "Ann"), ("note", "")], json!({"contact_name": "Ann"})),
            (
                "people's text is no HTML",
                &[("best_time", "<script>\"now\"\r\n& 'then'")],
                json!({"description": "<p>best time: &lt;script&gt;&quot;now&quot;<br>&amp; &#x27;then&#x27;</p>"}),
            ),
            (
                "never a field that may be missing",
                &[("mobile", "+47")],
                json!({"description": "<p>mobile: +47</p>"}),
            ),
        ];
        for (label, given, expected) in rows {
            let fields = given.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
            let record = Record { fields, ..Record::default() };
            assert_eq!(Json::Object(usual(&record)), expected, "{label}");
        }
    }

    #[test]
    fn values_as_text() {
        let rows = [
            (json!(" a "), Some("a")),
            (json!(""), None),
            (json!(false), None),
            (json!(null), None),
            (json!(true), Some("true")),
            (json!(5.0), Some("5")),
            (json!(0.5), Some("0.5")),
            (json!([3, "Sales"]), Some("3")),
            (json!([1, 2]), None),
            (json!([[6, 0, [1]]]), None),
        ];
        for (value, expected) in rows {
            assert_eq!(text(&value).as_deref(), expected, "{value}");
        }
    }
}
