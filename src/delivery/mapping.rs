//! A sink's own field map: its names, from what the flow's map gives and what else is known of the lead.

use super::Record;
use crate::flow::template::{Template, TemplateError};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// What a map's templates can name: the flow's fields first, then the facts.
pub type Scope = crate::flow::template::Scope;

/// Templates by the sink's field names. A name with dots makes nested objects.
#[derive(Clone, Debug, Default)]
pub struct Mapping(Vec<(String, Template)>);

impl Mapping {
    /// Compiles a map; empty: the flow's fields go as they are.
    ///
    /// # Errors
    /// The field whose template is not well-formed, and why.
    pub fn new(fields: &BTreeMap<String, String>) -> Result<Mapping, (String, TemplateError)> {
        let compiled = fields.iter().map(|(name, text)| {
            Template::new(text)
                .map(|template| (name.clone(), template))
                .map_err(|error| (name.clone(), error))
        });
        Ok(Mapping(compiled.collect::<Result<_, _>>()?))
    }

    /// Whether there is none: the flow's fields go as they are.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What templates see of a record: the facts, `key`, `event`, `sink_id`, and above them the flow's fields.
    pub fn scope(record: &Record) -> Scope {
        let mut names: BTreeMap<&str, Json> =
            record.facts.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        names.insert("key", record.key.clone().into());
        names.insert("event", record.event.clone().into());
        names.insert("sink_id", record.sink_id.clone().into());
        names.extend(record.fields.iter().map(|(name, value)| (name.as_str(), Json::from(value.as_str()))));
        Scope::from(minijinja::value::Serde(names))
    }

    /// The fields by the sink's names, in its order, as text. One that cannot be filled in is empty.
    pub fn texts(&self, record: &Record) -> Vec<(String, String)> {
        if self.0.is_empty() {
            return record.fields.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        }
        let scope = Self::scope(record);
        self.0
            .iter()
            .map(|(name, template)| (name.clone(), template.render(&scope).unwrap_or_default()))
            .collect()
    }

    /// The same as JSON: dots in names make objects; a text that is wholly `true`, `false` or a number is one only where its
    /// template ends with the filter `json` (`{{ score | int | tojson }}`).
    pub fn json(&self, record: &Record) -> Map<String, Json> {
        let mut all = Map::new();
        for (name, text) in self.texts(record) {
            let typed = self.0.iter().any(|(field, template)| *field == name && is_typed(template.source()));
            let value = match typed {
                true => serde_json::from_str(&text).unwrap_or(Json::String(text)),
                false => Json::String(text),
            };
            put(&mut all, &name, value);
        }
        all
    }
}

fn is_typed(source: &str) -> bool {
    let end = source.trim_end().strip_suffix("}}").map(str::trim_end);
    end.is_some_and(|end| end.ends_with("tojson"))
}

fn put(object: &mut Map<String, Json>, name: &str, value: Json) {
    match name.split_once('.') {
        None => drop(object.insert(name.to_owned(), value)),
        Some((outer, inner)) => {
            let nested = object.entry(outer).or_insert_with(|| Json::Object(Map::new()));
            if !nested.is_object() {
                *nested = Json::Object(Map::new());
            }
            put(nested.as_object_mut().expect("it was just made one"), inner, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn record() -> Record {
        Record {
            key: "lw-7".to_owned(),
            fields: [("full_name", "Ann \"A\" Lee"), ("score", "80")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            facts: [("phone".to_owned(), json!("+14155550123")), ("score".to_owned(), json!(80))].into(),
            ..Record::default()
        }
    }

    fn mapping(fields: &[(&str, &str)]) -> Mapping {
        Mapping::new(&fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect())
            .unwrap()
    }

    #[test]
    fn names_values_and_nesting() {
        let mapping = mapping(&[
            ("Contact.Name", "{{ full_name }}"),
            ("Contact.Phone", "{{ phone }}"),
            ("Score", "{{ score | int | tojson }}"),
            ("Text", "{{ score }}"),
            ("Ref", "{{ key }}"),
            ("Made", "by us"),
        ]);
        assert_eq!(
            Json::Object(mapping.json(&record())),
            json!({"Contact": {"Name": "Ann \"A\" Lee", "Phone": "+14155550123"}, "Score": 80, "Text": "80", "Ref": "lw-7", "Made": "by us"})
        );
    }

    #[test]
    fn without_a_map_the_flow_s_fields_go_as_they_are() {
        assert_eq!(
            Json::Object(Mapping::default().json(&record())),
            json!({"full_name": "Ann \"A\" Lee", "score": "80"})
        );
    }
}
