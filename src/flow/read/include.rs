//! `use`: steps of other files in their places.

use crate::flow::diagnostic::{File, Findings};
use crate::flow::keys::INCLUDE;
use crate::flow::shape;
use crate::flow::source::Source;
use crate::flow::suggest::did_you_mean;
use crate::flow::tree::{self, Node};
use std::collections::BTreeMap;

/// More steps than any conversation has; a circle of files or a mistake.
const MOST_STEPS: usize = 1_000;

/// The steps of a flow in order, `use` replaced by what it names.
pub(super) fn steps(source: &Source, root: &Node, findings: &mut Findings) -> Vec<Node> {
    let mut walk =
        Walk { source, findings, read: BTreeMap::new(), open: Vec::new(), steps: Vec::new(), taken: 0 };
    walk.file(root);
    walk.steps
}

struct Walk<'a> {
    source: &'a Source,
    findings: &'a mut Findings,
    /// Used files already read, by name.
    read: BTreeMap<String, Node>,
    /// Names on the way here, to notice circles.
    open: Vec<String>,
    steps: Vec<Node>,
    /// How many files were taken over so far; a file without steps counts too.
    taken: usize,
}

impl Walk<'_> {
    fn file(&mut self, root: &Node) {
        self.uses(root);
        for step in root.get("steps").map(Node::items).unwrap_or_default() {
            if step.entries().is_empty() && !matches!(step.tree, tree::Tree::Table(_)) {
                continue;
            }
            if step.get("use").is_none() {
                self.steps.push(step.clone());
                continue;
            }
            if let Some(other) = step.entries().iter().find(|entry| entry.name != "use") {
                let message = format!("`{}` stands beside `use`", other.name);
                self.findings
                    .error("flow::use-with-keys", other.place, message, "not taken over")
                    .help("a step with `use` is replaced by the steps of that file; write this in a step of its own");
            }
            self.uses(step);
        }
    }

    fn uses(&mut self, table: &Node) {
        let Some(node) = table.get("use") else { return };
        for (name, place) in node.strings() {
            if self.open.iter().any(|open| open == name) {
                let message = format!("\"{name}\" uses itself");
                self.findings.error("flow::use-circle", place, message, "leads back to itself");
                continue;
            }
            let Some(text) = self.source.includes.get(name) else {
                let message = format!("there is no file for `use = \"{name}\"`");
                let help = did_you_mean(name, self.source.includes.keys().map(String::as_str))
                    .unwrap_or_else(|| {
                        format!("expected {} in the folder of flows", Source::include_path(name))
                    });
                self.findings.error("flow::unknown-use", place, message, "not found").help(help);
                continue;
            };
            self.taken += 1;
            if self.steps.len().max(self.taken) > MOST_STEPS {
                self.findings.error(
                    "flow::too-many-steps",
                    place,
                    format!("more than {MOST_STEPS} steps or files"),
                    "here",
                );
                return;
            }
            let root = match self.read.get(name) {
                Some(root) => root.clone(),
                None => {
                    let file = File { path: Source::include_path(name), text: text.clone() };
                    self.findings.files.push(file);
                    let root = tree::parse(self.findings.files.len() - 1, self.findings);
                    shape::check(&root, &INCLUDE, self.findings);
                    self.read.insert(name.to_owned(), root.clone());
                    root
                }
            };
            self.open.push(name.to_owned());
            self.file(&root);
            self.open.pop();
        }
    }
}
