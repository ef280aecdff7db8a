//! The flows in force: heads for new conversations, older versions for those begun on them.
//!
//! The head in the database is the truth. Files publish themselves when they change, by compare-and-set on the head; a
//! file that is broken changes nothing and is shown as a problem.

use crate::clock::Millis;
use crate::config::flow_files::{self, FlowFile};
use crate::flow::library::{FileProblem, Library, Version};
use crate::flow::model::Flow;
use crate::flow::{self, Diagnostic, Severity, Source};
use crate::store::db::{Db, StoreError};
use crate::store::flows::{self, Move, VersionRow};
use crate::store::tenants::TenantRow;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

/// Flows cannot be published or loaded.
#[derive(Debug, thiserror::Error)]
pub enum FlowsError {
    /// The folder cannot be read.
    #[error("the flow files cannot be read: {0}")]
    Files(#[from] std::io::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no such flow or version.
    #[error("{0}")]
    Missing(String),
}

/// Flow files as this process last saw them.
#[derive(Debug, Default)]
pub struct Files {
    /// The version of each file when it was last looked at: only a file that changed publishes.
    seen: RwLock<BTreeMap<String, String>>,
}

/// Sees that a version is in memory.
///
/// # Errors
/// Where the database does not answer. A version that is not there or cannot be read is logged and stays absent.
pub async fn ensure(library: &Library, db: &Db, tenant_id: i64, hash: &str) -> Result<(), StoreError> {
    if library.version(tenant_id, hash).is_some() {
        return Ok(());
    }
    if let Some(row) = flows::version(db, tenant_id, hash).await?
        && let Err(error) = library.keep(tenant_id, hash, &row.source)
    {
        tracing::error!(flow.hash = hash, "a stored flow version cannot be used: {error}");
    }
    Ok(())
}

/// Takes the heads from the database: after publishing, and whenever another replica may have.
///
/// # Errors
/// Where the database does not answer.
pub async fn reload(library: &Library, db: &Db) -> Result<(), StoreError> {
    let mut heads: BTreeMap<i64, Vec<Arc<Version>>> = BTreeMap::new();
    for row in flows::heads(db).await? {
        match library.keep(row.tenant_id, &row.hash, &row.source) {
            Ok(version) => heads.entry(row.tenant_id).or_default().push(version),
            Err(error) => tracing::error!(flow.id = row.flow_id, "the flow's head cannot be used: {error}"),
        }
    }
    library.set_heads(heads);
    Ok(())
}

impl Files {
    /// Looks at the files and publishes those that changed since the last look and are sound; the others stay as they are.
    /// Returns the flows that were published.
    ///
    /// # Errors
    /// Where the folder or the database cannot be read.
    pub async fn publish(
        &self,
        library: &Library,
        db: &Db,
        folder: &Path,
        tenants: &[TenantRow],
        now: Millis,
    ) -> Result<Vec<String>, FlowsError> {
        let files = flow_files::list(folder)?;
        let mut problems = Vec::new();
        let mut published = Vec::new();
        for tenant in tenants {
            let mine: Vec<&FlowFile> = files.iter().filter(|file| file.tenant == tenant.slug).collect();
            let sources: Vec<Source> =
                mine.iter().map(|file| file.source(folder)).collect::<Result<_, _>>()?;
            let reports: Vec<flow::Report> = sources.iter().map(flow::read).collect();
            let sound: Vec<(&Source, &Flow)> = sources
                .iter()
                .zip(&reports)
                .filter_map(|(source, report)| report.flow.as_ref().map(|flow| (source, flow)))
                .collect();
            let across = flow::check::check_set(&sound);
            for (source, report) in sources.iter().zip(&reports) {
                let mut diagnostics = report.diagnostics.clone();
                diagnostics.extend(across.iter().filter(|finding| finding.file == source.path).cloned());
                let broken = diagnostics.iter().any(|finding| finding.severity == Severity::Error);
                let changed = self.look(source);
                if !diagnostics.is_empty() {
                    if changed {
                        log_findings(&source.path, &diagnostics);
                    }
                    problems.push(FileProblem { path: source.path.clone(), diagnostics });
                }
                if let Some(flow) = report.flow.as_ref().filter(|_| changed && !broken)
                    && publish(db, tenant.id, flow, source, now).await?
                {
                    published.push(flow.id.clone());
                }
            }
        }
        library.set_problems(problems);
        reload(library, db).await?;
        Ok(published)
    }

    /// Remembers a file's version; whether it is another than at the last look.
    fn look(&self, source: &Source) -> bool {
        let hash = source.hash();
        let mut seen = self.seen.write().unwrap_or_else(PoisonError::into_inner);
        seen.insert(source.path.clone(), hash.clone()) != Some(hash)
    }
}

/// Makes a file's text the head, unless it is already, or a rollback set this very text aside.
async fn publish(
    db: &Db,
    tenant_id: i64,
    flow: &Flow,
    source: &Source,
    now: Millis,
) -> Result<bool, StoreError> {
    let hash = source.hash();
    let heads = flows::heads(db).await?;
    let head = heads.iter().find(|head| head.tenant_id == tenant_id && head.flow_id == flow.id);
    if head.is_some_and(|head| head.hash == hash || head.overrides.as_ref() == Some(&hash)) {
        return Ok(false);
    }
    let version = VersionRow {
        hash: hash.clone(),
        flow_id: flow.id.clone(),
        source: source.to_stored(),
        created_at: now,
    };
    let mut tx = db.begin().await?;
    flows::keep_version(&mut tx, tenant_id, &version).await?;
    let step = Move {
        tenant_id,
        flow_id: &flow.id,
        from: head.map(|head| head.hash.as_str()),
        to: &hash,
        overrides: None,
        at: now,
    };
    let moved = flows::move_head(&mut tx, &step).await?;
    tx.commit().await?;
    if moved {
        tracing::info!(flow.id = flow.id, flow.hash = hash, "a flow was published");
    }
    Ok(moved)
}

/// Makes an earlier version the head again. The file's own version is set aside, so that a restart does not bring it
/// back; an edit of the file does.
///
/// # Errors
/// Where there is no such flow or version, or somebody else moved the head meanwhile.
pub async fn roll_back(
    db: &Db,
    tenant_id: i64,
    flow_id: &str,
    to: &str,
    now: Millis,
) -> Result<(), FlowsError> {
    let heads = flows::heads(db).await?;
    let head = heads
        .iter()
        .find(|head| head.tenant_id == tenant_id && head.flow_id == flow_id)
        .ok_or_else(|| FlowsError::Missing(format!("there is no flow {flow_id:?}")))?;
    let version = flows::version(db, tenant_id, to)
        .await?
        .filter(|version| version.flow_id == flow_id)
        .ok_or_else(|| FlowsError::Missing(format!("flow {flow_id:?} has no version {to}")))?;
    let mut tx = db.begin().await?;
    let step = Move {
        tenant_id,
        flow_id,
        from: Some(&head.hash),
        to: &version.hash,
        // Rolling back twice still sets the file's version aside.
        overrides: Some(head.overrides.as_deref().unwrap_or(&head.hash)),
        at: now,
    };
    if !flows::move_head(&mut tx, &step).await? {
        return Err(StoreError::Stale { what: "flow's head" }.into());
    }
    tx.commit().await?;
    Ok(())
}

fn log_findings(path: &str, diagnostics: &[Diagnostic]) {
    for Diagnostic { code, severity, message, line, column, .. } in diagnostics {
        match severity {
            Severity::Error => {
                tracing::error!(flow.file = path, line, column, code, "{message}; the old version stays");
            }
            Severity::Warning => {
                tracing::warn!(flow.file = path, line, column, code, "{message}");
            }
        }
    }
}
