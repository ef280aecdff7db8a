//! A flow's text with everything it uses: what a version is the hash of.

use crate::flow::{diagnostic, tree};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The format new versions are stored in. Raise it when old texts would be read differently, and teach `from_stored`.
pub const FORMAT: u32 = 1;

/// A flow's text, complete in itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// The file's path, for findings.
    pub path: String,
    /// The file's text.
    pub text: String,
    /// The texts it uses, by the name in `use`; a name that could not be found is missing.
    pub includes: BTreeMap<String, String>,
}

/// A version cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// Written by a newer program.
    #[error("the version is stored in format {0}; this program knows formats up to {FORMAT}")]
    Newer(u32),
    /// Not what `to_stored` wrote.
    #[error("the stored version is damaged")]
    Damaged(#[from] serde_json::Error),
}

/// Format 1.
#[derive(Serialize, Deserialize)]
struct Stored {
    format: u32,
    path: String,
    text: String,
    #[serde(default)]
    includes: BTreeMap<String, String>,
}

impl Source {
    /// A flow's text with what it uses, followed through; `load` gives the text of a `use` name.
    pub fn resolve(path: &str, text: &str, load: &dyn Fn(&str) -> Option<String>) -> Self {
        let mut includes = BTreeMap::new();
        let mut open = used(text);
        while let Some(name) = open.pop() {
            if includes.contains_key(&name) {
                continue;
            }
            if let Some(text) = load(&name) {
                open.extend(used(&text));
                includes.insert(name, text);
            }
        }
        Source { path: path.to_owned(), text: text.to_owned(), includes }
    }

    /// A flow that uses nothing.
    pub fn alone(path: &str, text: &str) -> Self {
        Source { path: path.to_owned(), text: text.to_owned(), includes: BTreeMap::new() }
    }

    /// The version: hex SHA-256 over the format's number and the content, whatever the file is called.
    pub fn hash(&self) -> String {
        let mut digest = Sha256::new();
        let mut part = |bytes: &[u8]| {
            digest.update((bytes.len() as u64).to_be_bytes());
            digest.update(bytes);
        };
        part(&FORMAT.to_be_bytes());
        part(self.text.as_bytes());
        for (name, text) in &self.includes {
            part(name.as_bytes());
            part(text.as_bytes());
        }
        digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// As the database keeps it: JSON.
    pub fn to_stored(&self) -> String {
        let Source { path, text, includes } = self.clone();
        serde_json::to_string(&Stored { format: FORMAT, path, text, includes })
            .expect("a struct of strings is always JSON")
    }

    /// From what `to_stored` of this or an earlier program wrote.
    ///
    /// # Errors
    /// A newer format, or damage.
    pub fn from_stored(stored: &str) -> Result<Self, SourceError> {
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        match serde_json::from_str::<Format>(stored)?.format {
            FORMAT => {
                let Stored { path, text, includes, .. } = serde_json::from_str(stored)?;
                Ok(Source { path, text, includes })
            }
            other => Err(SourceError::Newer(other)),
        }
    }

    /// Its texts with the paths findings give them.
    pub fn files(&self) -> Vec<diagnostic::File> {
        let own = diagnostic::File { path: self.path.clone(), text: self.text.clone() };
        let used = self.includes.iter();
        let used =
            used.map(|(name, text)| diagnostic::File { path: Self::include_path(name), text: text.clone() });
        std::iter::once(own).chain(used).collect()
    }

    /// What people read as the path of a used file: beside the flow, or in the folder all tenants share.
    pub fn include_path(name: &str) -> String {
        format!("{name}.toml")
    }
}

/// The names a text uses, in order; a text that is not TOML uses what could be read.
fn used(text: &str) -> Vec<String> {
    let mut findings = diagnostic::Findings::default();
    findings.files.push(diagnostic::File { path: String::new(), text: text.to_owned() });
    let root = tree::parse(0, &mut findings);
    let steps = root.get("steps").map(tree::Node::items).unwrap_or_default();
    let places = std::iter::once(&root).chain(steps);
    let names = places.filter_map(|table| table.get("use")).flat_map(tree::Node::strings);
    names.map(|(name, _)| name.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(name: &str) -> Option<String> {
        match name {
            "common/contact" => Some("use = \"common/email\"".to_owned()),
            "common/email" => Some("[[steps]]\nid = \"email\"\nask = \"email\"".to_owned()),
            _ => None,
        }
    }

    #[test]
    fn what_is_used_comes_along_and_a_circle_ends() {
        let source = Source::resolve("a.toml", "[[steps]]\nuse = \"common/contact\"\n", &load);
        assert_eq!(source.includes.keys().collect::<Vec<_>>(), ["common/contact", "common/email"]);
        let circle = Source::resolve("a.toml", "use = [\"x\", \"none\"]", &|name| {
            (name == "x").then(|| "use = \"x\"".to_owned())
        });
        assert_eq!(circle.includes.len(), 1);
    }

    #[test]
    fn a_version_is_its_content() {
        let one = Source::resolve("a.toml", "use = \"common/contact\"", &load);
        let moved = Source { path: "b.toml".into(), ..one.clone() };
        assert_eq!(one.hash(), moved.hash());
        assert_eq!(one.hash().len(), 64);
        let mut other = one.clone();
        other.includes.insert("common/email".into(), String::new());
        assert_ne!(one.hash(), other.hash(), "what it uses is part of it");
        assert_ne!(Source::alone("a", "x").hash(), Source::alone("a", "y").hash());
    }

    #[test]
    fn stored_versions_load() {
        let source = Source::resolve("a.toml", "use = \"common/contact\"", &load);
        assert_eq!(Source::from_stored(&source.to_stored()).unwrap(), source);
        let first = r#"{"format":1,"path":"flows/a.toml","text":"id = \"a\""}"#;
        assert_eq!(Source::from_stored(first).unwrap().text, "id = \"a\"");
        assert!(matches!(Source::from_stored(r#"{"format":99}"#), Err(SourceError::Newer(99))));
        assert!(matches!(Source::from_stored("{}"), Err(SourceError::Damaged(_))));
    }
}
