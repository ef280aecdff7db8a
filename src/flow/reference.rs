//! The reference of the language for `docs/FLOWS.md`, drawn from the table of keys.

use crate::flow::keys::{FLOW, Object, Shape};
use std::fmt::Write;

/// All tables and keys in Markdown.
pub fn markdown() -> String {
    let mut out = String::new();
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
            plain(&key.shape.describe()),
            plain(key.doc),
            plain(without),
            plain(key.example)
        );
    }
    out.push('\n');
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
