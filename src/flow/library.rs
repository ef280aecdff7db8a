//! The flows in force, in memory: heads for new conversations, older versions for those begun on them.

use crate::domain::channel::Channel;
use crate::domain::text::fold;
use crate::flow::model::Flow;
use crate::flow::source::SourceError;
use crate::flow::{self, Diagnostic, Severity, Source};
use dashmap::DashMap;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// A published version of a flow.
#[derive(Debug)]
pub struct Version {
    /// Hash of its resolved text.
    pub hash: String,
    /// What the engine runs.
    pub flow: Flow,
}

/// A stored version that cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum VersionError {
    /// Its stored form cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Its text is no flow.
    #[error("the stored text is no flow")]
    NoFlow,
}

/// A file that could not be published, or could with doubts.
#[derive(Clone, Debug)]
pub struct FileProblem {
    /// The file.
    pub path: String,
    /// Errors first.
    pub diagnostics: Vec<Diagnostic>,
}

impl FileProblem {
    /// A problem of a whole file or folder; the message says how to mend it.
    pub fn whole(path: &str, code: &'static str, severity: Severity, message: String) -> Self {
        let diagnostic = Diagnostic {
            code,
            severity,
            message,
            label: String::new(),
            help: None,
            file: path.to_owned(),
            span: 0..0,
            line: 1,
            column: 1,
            related: Vec::new(),
        };
        FileProblem { path: path.to_owned(), diagnostics: vec![diagnostic] }
    }
}

/// All flows of all tenants, for every turn to look into without waiting.
#[derive(Debug, Default)]
pub struct Library {
    heads: RwLock<BTreeMap<i64, Vec<Arc<Version>>>>,
    versions: DashMap<(i64, String), Arc<Version>>,
    problems: RwLock<Vec<FileProblem>>,
}

impl Library {
    /// The version a new conversation gets, by its first message.
    pub fn choose(&self, tenant_id: i64, channel: Channel, text: &str) -> Option<Arc<Version>> {
        let heads = self.of(tenant_id);
        let chosen = flow::choose(heads.iter().map(|version| &version.flow), channel, text)?;
        heads.iter().find(|version| version.flow.id == chosen.id).cloned()
    }

    /// The flow whose keyword a message is; the channel's default does not count.
    pub fn by_keyword(&self, tenant_id: i64, channel: Channel, text: &str) -> Option<Arc<Version>> {
        let text = fold(text);
        let claims = |version: &&Arc<Version>| {
            version.flow.start.channels.contains(&channel) && version.flow.start.keywords.contains(&text)
        };
        self.of(tenant_id).iter().find(claims).cloned()
    }

    /// The head of a flow.
    pub fn head(&self, tenant_id: i64, flow_id: &str) -> Option<Arc<Version>> {
        self.of(tenant_id).iter().find(|version| version.flow.id == flow_id).cloned()
    }

    /// All heads of a tenant, by flow id.
    pub fn of(&self, tenant_id: i64) -> Vec<Arc<Version>> {
        let heads = self.heads.read().unwrap_or_else(PoisonError::into_inner);
        heads.get(&tenant_id).cloned().unwrap_or_default()
    }

    /// A version, if it is in memory; see [`Library::keep`].
    pub fn version(&self, tenant_id: i64, hash: &str) -> Option<Arc<Version>> {
        self.versions.get(&(tenant_id, hash.to_owned())).map(|version| version.clone())
    }

    /// Keeps a stored version in memory, also one that rules made since would refuse.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn keep(&self, tenant_id: i64, hash: &str, stored: &str) -> Result<Arc<Version>, VersionError> {
        if let Some(version) = self.version(tenant_id, hash) {
            return Ok(version);
        }
        let flow = flow::read_stored(&Source::from_stored(stored)?).ok_or(VersionError::NoFlow)?;
        let version = Arc::new(Version { hash: hash.to_owned(), flow });
        self.versions.insert((tenant_id, hash.to_owned()), version.clone());
        Ok(version)
    }

    /// What is wrong with the files now.
    pub fn problems(&self) -> Vec<FileProblem> {
        self.problems.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts these problems in the place of the ones there were.
    pub fn set_problems(&self, problems: Vec<FileProblem>) {
        *self.problems.write().unwrap_or_else(PoisonError::into_inner) = problems;
    }

    /// How many flows are in force, over all tenants.
    pub fn count(&self) -> usize {
        self.heads.read().unwrap_or_else(PoisonError::into_inner).values().map(Vec::len).sum()
    }

    /// Puts these heads, by tenant, in the place of the ones there were.
    pub fn set_heads(&self, heads: BTreeMap<i64, Vec<Arc<Version>>>) {
        *self.heads.write().unwrap_or_else(PoisonError::into_inner) = heads;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: &str = "id = \"a\"\ntitle = \"A\"\n[scoring]\nsql = 5\nmql = 4\n[[steps]]\nid = \"bye\"\nsay = \"Bye\"\nend = \"completed\"\n";

    #[test]
    fn a_stored_version_loads_as_long_as_it_is_a_flow() {
        let dead_end = SOUND.replace("end = \"completed\"\n", "");
        let new_key = format!("once_a_key = 1\n{SOUND}");
        for (label, text, loads) in [
            ("sound", SOUND, true),
            ("refused by a rule", &dead_end, true),
            ("refused for its shape", &new_key, true),
            ("torn", &SOUND[..SOUND.len() - 5], false),
            ("without steps", "id = \"a\"\ntitle = \"A\"\n", false),
            ("with a part missing", &format!("use = \"x\"\n{SOUND}"), false),
        ] {
            let source = Source::alone("a.toml", text);
            assert_eq!(flow::read(&source).flow.is_some(), label == "sound", "{label}");
            let kept = Library::default().keep(1, "hash", &source.to_stored());
            assert_eq!(kept.is_ok(), loads, "{label}");
        }
    }
}
