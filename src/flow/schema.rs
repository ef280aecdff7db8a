//! The JSON Schema of flow files, drawn from the table of keys, for completion and checking in editors.

use crate::flow::keys::{FLOW, INCLUDE, Key, Object, Shape};
use serde_json::{Map, Value, json};

/// The schema as it stands in `flows/flow.schema.json`: draft 7, which editors of TOML understand.
pub fn text() -> String {
    let mut text = serde_json::to_string_pretty(&schema()).expect("a schema is plain JSON");
    text.push('\n');
    text
}

/// The schema.
pub fn schema() -> Value {
    let mut tables = Tables(Map::new());
    let flow = tables.object(&FLOW);
    let mut schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Leadwire flow",
        "definitions": Value::Object(tables.0),
    });
    if let (Value::Object(schema), Value::Object(flow)) = (&mut schema, flow) {
        schema.extend(flow);
    }
    schema
}

/// The schema of a file of steps that flows use.
pub fn include() -> Value {
    let mut tables = Tables(Map::new());
    let file = tables.object(&INCLUDE);
    json!({ "$schema": "http://json-schema.org/draft-07/schema#", "definitions": tables.0, "allOf": [file] })
}

/// Tables met on the way, by name; each is written once.
struct Tables(Map<String, Value>);

impl Tables {
    fn object(&mut self, object: &Object) -> Value {
        let mut properties = Map::new();
        for key in object.keys {
            properties.insert(key.name.to_owned(), self.key(key));
        }
        let required: Vec<&str> = object.keys.iter().filter(|key| key.required).map(|key| key.name).collect();
        json!({
            "type": "object",
            "description": object.doc,
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        })
    }

    fn key(&mut self, key: &Key) -> Value {
        let mut shape = self.shape(&key.shape);
        let default =
            if key.default.is_empty() { String::new() } else { format!("\n\nWithout it: {}.", key.default) };
        let doc = format!("{}{default}\n\nExample: {} = {}", key.doc, key.name, key.example);
        if shape.get("$ref").is_some() {
            // Draft 7 ignores what stands beside a reference.
            shape = json!({ "allOf": [shape] });
        }
        if let Value::Object(fields) = &mut shape {
            fields.insert("description".to_owned(), json!(doc));
        }
        shape
    }

    fn shape(&mut self, shape: &Shape) -> Value {
        match shape {
            Shape::Word | Shape::Template | Shape::Condition | Shape::Step => json!({ "type": "string" }),
            Shape::Text | Shape::Label => json!({
                "anyOf": [
                    { "type": "string" },
                    { "type": "object", "additionalProperties": { "type": "string" }, "minProperties": 1 },
                ]
            }),
            Shape::Duration => json!({ "type": "string", "pattern": "^([0-9]+[smhd] *)+$" }),
            Shape::Whole(i64::MIN) => json!({ "type": "integer" }),
            Shape::Whole(least) => json!({ "type": "integer", "minimum": least }),
            Shape::Number => json!({ "type": "number" }),
            Shape::Flag => json!({ "type": "boolean" }),
            // Editors hand TOML's own dates over as strings.
            Shape::Moment => json!({ "type": "string" }),
            Shape::OneOf(words) => json!({ "enum": words() }),
            Shape::List(item) => json!({ "type": "array", "items": self.shape(item) }),
            Shape::OneOrList(item) => {
                let item = self.shape(item);
                json!({ "anyOf": [item, { "type": "array", "items": item }] })
            }
            Shape::Map(_, item) => json!({ "type": "object", "additionalProperties": self.shape(item) }),
            Shape::MapOf(words, item) => {
                let item = self.shape(item);
                let properties: Map<String, Value> =
                    words().into_iter().map(|word| (word.to_owned(), item.clone())).collect();
                json!({ "type": "object", "properties": properties, "additionalProperties": false })
            }
            Shape::Table(object) => self.table(object),
            Shape::Either(one, other) => json!({ "anyOf": [self.shape(one), self.shape(other)] }),
            Shape::Any => json!({}),
        }
    }

    fn table(&mut self, object: &Object) -> Value {
        let name: String = object.name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        if !self.0.contains_key(&name) {
            let schema = self.object(object);
            self.0.insert(name.clone(), schema);
        }
        json!({ "$ref": format!("#/definitions/{name}") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_schema_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/flows/flow.schema.json");
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            committed == text(),
            "flows/flow.schema.json is out of date; write it with: cargo run -- flow schema --out flows/flow.schema.json"
        );
    }

    #[test]
    fn every_reference_leads_somewhere_and_every_key_is_described() {
        fn walk(value: &Value, root: &Value) {
            if let Some(to) = value.get("$ref").and_then(Value::as_str) {
                assert!(root.pointer(&to[1..]).is_some(), "{to}");
            }
            match value {
                Value::Object(fields) => fields.values().for_each(|value| walk(value, root)),
                Value::Array(items) => items.iter().for_each(|value| walk(value, root)),
                _ => {}
            }
        }
        for schema in [schema(), include()] {
            walk(&schema, &schema);
            let tables = schema["definitions"].as_object().into_iter().flatten().map(|(_, table)| table);
            for (name, key) in tables.flat_map(|table| table["properties"].as_object().into_iter().flatten())
            {
                assert!(key["description"].is_string(), "{name}");
            }
        }
        assert_eq!(schema()["required"], json!(["id", "title", "steps"]));
        let asks = schema()["definitions"]["steps"]["properties"]["ask"]["enum"].as_array().map(Vec::len);
        assert_eq!(asks, Some(18));
    }
}
