//! The reference of the language, `docs/flow-reference.md`, drawn from the table of keys.

use crate::flow::keys::{FLOW, Object, Shape};
use std::fmt::Write;

const HEAD: &str = "# The keys of a flow file\n\nDrawn from the program's own table by `leadwire flow schema --reference`; edit `src/flow/keys` instead of this file.\n\n";

/// All tables and keys in Markdown.
pub fn markdown() -> String {
    let mut out = String::from(HEAD);
    let mut open = vec![&FLOW];
    let mut done: Vec<&str> = Vec::new();
    while let Some(object) = open.pop() {
        if done.contains(&object.name) {
            continue;
        }
        done.push(object.name);
        table(object, &mut out);
        let mut inner: Vec<&'static Object> = Vec::new();
        object.keys.iter().for_each(|key| tables(&key.shape, &mut inner));
        open.extend(inner.into_iter().rev());
    }
    out
}

fn table(object: &Object, out: &mut String) {
    let plain = |text: &str| text.replace('|', "\\|").replace('\n', "↵");
    let _ = writeln!(
        out,
        "### `{}`\n\n{}\n\n| key | value | meaning | without it | example |\n|---|---|---|---|---|",
        object.name, object.doc
    );
    for key in object.keys {
        let without = match (key.required, key.default) {
            (true, _) => "required",
            (false, "") => "–",
            (false, default) => default,
        };
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {} | `{}` |",
            key.name,
            plain(&value(&key.shape)),
            plain(key.doc),
            plain(without),
            plain(key.example)
        );
    }
    out.push('\n');
}

/// What is expected; keys that are words of the language are listed here, where there is room.
fn value(shape: &Shape) -> String {
    match shape {
        Shape::MapOf(words, _) => format!("{}; its keys: {}", shape.describe(), words().join(", ")),
        _ => shape.describe(),
    }
}

/// The tables a value consists of.
fn tables(shape: &Shape, found: &mut Vec<&'static Object>) {
    match shape {
        Shape::Table(object) => found.push(object),
        Shape::List(item) | Shape::OneOrList(item) | Shape::Map(_, item) | Shape::MapOf(_, item) => {
            tables(item, found);
        }
        Shape::Either(one, other) => {
            tables(one, found);
            tables(other, found);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::keys::{OPTION, STEP};

    #[test]
    fn the_committed_reference_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/flow-reference.md");
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            committed == markdown(),
            "docs/flow-reference.md is out of date; write it with: cargo run -- flow schema --reference --out docs/flow-reference.md"
        );
    }

    #[test]
    fn every_key_of_every_table_has_its_line() {
        let text = markdown();
        for object in [&FLOW, &STEP, &OPTION] {
            assert_eq!(text.matches(&format!("### `{}`", object.name)).count(), 1, "{}", object.name);
            for key in object.keys {
                assert!(text.contains(&format!("| `{}` |", key.name)), "{}", key.name);
            }
        }
    }
}
