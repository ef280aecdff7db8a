//! Mermaid's text of a flow chart.

use super::{Role, arrows, boxes, shorten};
use crate::flow::model::Flow;
use std::fmt::Write;

/// The flow as a Mermaid flow chart.
pub fn to_mermaid(flow: &Flow) -> String {
    let mut out = String::from("flowchart TD\n");
    for (index, step) in boxes(flow).iter().enumerate() {
        let mut lines = vec![format!("<b>{}</b> · {}", escape(&step.id), escape(&step.kind))];
        if !step.words.is_empty() {
            lines.push(escape(&shorten(&step.words, 60)));
        }
        lines.extend(step.options.iter().map(|option| format!("• {}", escape(option))));
        let (open, close) = match step.role {
            Role::Asks => ("[", "]"),
            Role::Speaks => ("[/", "/]"),
            Role::Ends => ("([", "])"),
        };
        let _ = writeln!(out, "    s{index}{open}\"{}\"{close}", lines.join("<br/>"));
    }
    for arrow in arrows(flow) {
        let label = match arrow.labels.as_slice() {
            [] => String::new(),
            labels => format!(
                "|\"{}\"|",
                labels.iter().map(|label| escape(label)).collect::<Vec<_>>().join("<br/>")
            ),
        };
        let _ = writeln!(out, "    s{} -->{label} s{}", arrow.from, arrow.to);
    }
    out
}

/// Texts stand in quotes; Mermaid writes special characters as entities with `#`.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        match character {
            '"' => out.push_str("#quot;"),
            '<' => out.push_str("#lt;"),
            '>' => out.push_str("#gt;"),
            '&' => out.push_str("#amp;"),
            '#' => out.push_str("#35;"),
            '\n' => out.push(' '),
            other => out.push(other),
        }
    }
    out
}
