//! The flow files as one look finds them, each on its own: what cannot be read hides nothing else.

use crate::config::flow_files::{self, FlowFile};
use crate::flow::library::FileProblem;
use crate::flow::model::Flow;
use crate::flow::{self, Diagnostic, Severity, Source};
use crate::store::tenants::TenantRow;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// A flow file.
pub(super) struct Found {
    /// Whose it is.
    pub tenant_id: i64,
    /// Where it is.
    pub path: String,
    /// Its text with what it uses; `None` where it cannot be read.
    pub source: Option<Source>,
    /// The flow, if the file is sound by itself.
    pub flow: Option<Flow>,
    /// What is wrong with it, also beside the tenant's other files.
    pub diagnostics: Vec<Diagnostic>,
}

impl Found {
    /// What may be published.
    pub fn sound(&self) -> Option<(&Source, &Flow)> {
        let blocked = self.diagnostics.iter().any(|finding| finding.severity == Severity::Error);
        self.source.as_ref().zip(self.flow.as_ref()).filter(|_| !blocked)
    }

    /// The flow's id, as far as even a broken file tells.
    pub fn id(&self) -> Option<String> {
        match (&self.flow, &self.source) {
            (Some(flow), _) => Some(flow.id.clone()),
            (None, Some(source)) => flow::read_stored(source).map(|flow| flow.id),
            (None, None) => None,
        }
    }
}

/// All flow files.
#[derive(Default)]
pub(super) struct Survey {
    /// Those of tenants there are.
    pub files: Vec<Found>,
    /// Whether everything could be read.
    pub complete: bool,
    /// What is wrong with folders.
    folders: Vec<FileProblem>,
}

impl Survey {
    /// Reads all files.
    ///
    /// # Errors
    /// Where the folder itself cannot be read.
    pub fn of(folder: &Path, tenants: &[TenantRow]) -> io::Result<Self> {
        let listing = flow_files::survey(folder)?;
        let mut survey = Survey::default();
        for (path, error) in &listing.closed {
            let message = format!("the folder is left out: {error}");
            survey.folders.push(problem(path, "flow::unreadable", Severity::Error, message));
        }
        let mut strangers: BTreeMap<&str, Vec<&FlowFile>> = BTreeMap::new();
        for file in &listing.files {
            if !tenants.iter().any(|tenant| tenant.slug == file.tenant) {
                strangers.entry(&file.tenant).or_default().push(file);
            }
        }
        for (slug, files) in strangers {
            let path = files[0].path.parent().unwrap_or(folder);
            let message = format!(
                "there is no tenant \"{slug}\", so that the {} flow files in {} are not published; name the folder like a tenant, or move steps for several flows to common/",
                files.len(),
                path.display()
            );
            survey.folders.push(problem(path, "flow::no-tenant", Severity::Warning, message));
        }
        for tenant in tenants {
            let mine = listing.files.iter().filter(|file| file.tenant == tenant.slug);
            let mut found: Vec<Found> = mine.map(|file| read(file, folder, tenant.id)).collect();
            let sound: Vec<(&Source, &Flow)> =
                found.iter().filter_map(|file| file.source.as_ref().zip(file.flow.as_ref())).collect();
            for finding in flow::check_set(&sound) {
                for file in found.iter_mut().filter(|file| is_about(&finding, &file.path)) {
                    file.diagnostics.push(finding.clone());
                }
            }
            survey.files.append(&mut found);
        }
        survey.complete = listing.closed.is_empty() && survey.files.iter().all(|file| file.source.is_some());
        Ok(survey)
    }

    /// What is wrong with folders and files.
    pub fn problems(&self) -> Vec<FileProblem> {
        // A clash of two files holds both back and is shown where it stands.
        let of = |file: &Found| {
            let own = file.diagnostics.iter().filter(|finding| finding.file == file.path);
            FileProblem { path: file.path.clone(), diagnostics: own.cloned().collect() }
        };
        let broken = self.files.iter().map(of).filter(|problem| !problem.diagnostics.is_empty());
        self.folders.iter().cloned().chain(broken).collect()
    }
}

/// Whether a finding between two files is about this one: either can be the one that was just edited.
fn is_about(finding: &Diagnostic, path: &str) -> bool {
    finding.file == path || finding.related.iter().any(|related| related.file == path)
}

fn read(file: &FlowFile, folder: &Path, tenant_id: i64) -> Found {
    let path = file.path.display().to_string();
    match file.source(folder) {
        Ok(source) => {
            let flow::Report { flow, diagnostics } = flow::read(&source);
            Found { tenant_id, path, source: Some(source), flow, diagnostics }
        }
        Err(error) => {
            let cure = match error.kind() {
                io::ErrorKind::InvalidData => "save it as UTF-8",
                io::ErrorKind::PermissionDenied => "let the server's user read it",
                _ => "see that the server's user can read it",
            };
            let message = format!("{path} cannot be read: {error}; {cure}");
            let problem = problem(&file.path, "flow::unreadable", Severity::Error, message);
            Found { tenant_id, path, source: None, flow: None, diagnostics: problem.diagnostics }
        }
    }
}

fn problem(path: &Path, code: &'static str, severity: Severity, message: String) -> FileProblem {
    FileProblem::whole(&path.display().to_string(), code, severity, message)
}
