//! Flow files publish themselves: what this process knows of them from one look to the next.

use super::survey::Survey;
use super::{FlowsError, enforce, find, take_down};
use crate::clock::Millis;
use crate::config::flow_files::{self, Stamp};
use crate::flow::library::{FileProblem, Library};
use crate::flow::model::Flow;
use crate::flow::{Diagnostic, Severity, Source};
use crate::store::db::{Db, StoreError};
use crate::store::flows::{self, HeadRow, Move, VersionRow};
use crate::store::tenants::TenantRow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use tokio::sync::Mutex;

/// A flow, by tenant and id.
type FlowKey = (i64, String);

/// The flow files as this process knows them.
#[derive(Debug, Default)]
pub struct Files {
    /// Held through a look, so that looks do not overtake each other.
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// What the folder was like when the files were last read and nothing was left to do; `None`: read them again.
    stamps: Option<Vec<Stamp>>,
    /// The version of each file as the first look found it, for as long as it does not change.
    first: Option<BTreeMap<String, String>>,
    /// The version of each file that needs nothing more: it was published, or is the head, or was set aside.
    settled: BTreeMap<String, String>,
    /// What was logged of each file, and of which version.
    told: BTreeMap<String, (Option<String>, Vec<Diagnostic>)>,
    /// What is wrong with the files.
    problems: Vec<FileProblem>,
    /// The flow of each file; of a broken one, the flow it had before.
    held: BTreeMap<String, FlowKey>,
    /// Flows whose file is gone.
    missing: BTreeSet<FlowKey>,
    /// Tenants with a file of which nobody knows which flow it is.
    unclear: BTreeSet<i64>,
    /// The heads in force.
    heads: Option<Vec<HeadRow>>,
}

/// What became of a file's version.
enum Outcome {
    /// It is the head now.
    Published,
    /// It was the head already, or a rollback set it aside.
    Known,
    /// It is older than the head.
    Older,
    /// Somebody else moved the head meanwhile.
    Overtaken,
}

impl Files {
    /// Reads the files and publishes those that changed and are sound; the others stay as they are. Takes over what other
    /// replicas published. Returns the flows that were published.
    ///
    /// # Errors
    /// Where the folder or the database cannot be read; the next look tries again.
    pub async fn publish(
        &self,
        library: &Library,
        db: &Db,
        folder: &Path,
        tenants: &[TenantRow],
        now: Millis,
    ) -> Result<Vec<String>, FlowsError> {
        self.known.lock().await.stamps = None;
        self.look(library, db, folder, tenants, now).await
    }

    /// As `publish`, but reads the files only where one has another length or time of change than at the last look.
    ///
    /// # Errors
    /// Where the folder or the database cannot be read; the next look tries again.
    pub async fn look(
        &self,
        library: &Library,
        db: &Db,
        folder: &Path,
        tenants: &[TenantRow],
        now: Millis,
    ) -> Result<Vec<String>, FlowsError> {
        let mut known = self.known.lock().await;
        let published = known.publish(db, folder, tenants, now).await;
        if let Err(FlowsError::Files(error)) = &published {
            let (path, message) = (folder.display().to_string(), error.to_string());
            known.problems = vec![FileProblem::whole(&path, "flow::unreadable", Severity::Error, message)];
            known.stamps = None;
        }
        // The files' trouble must not hide what others published.
        let taken_over = known.take_over(library, db).await;
        let orphans = known.orphans(folder);
        library.set_problems(orphans.into_iter().chain(known.problems.iter().cloned()).collect());
        taken_over?;
        published
    }
}

impl Known {
    async fn publish(
        &mut self,
        db: &Db,
        folder: &Path,
        tenants: &[TenantRow],
        now: Millis,
    ) -> Result<Vec<String>, FlowsError> {
        // Before the files are read: what changes meanwhile is seen at the next look.
        let stamps = flow_files::stamps(folder)?;
        if self.stamps.as_ref() == Some(&stamps) {
            return Ok(Vec::new());
        }
        self.stamps = None;
        let survey = Survey::of(folder, tenants)?;
        self.note(&survey);
        let gone = self.gone(&survey);
        let heads = flows::heads(db).await?;
        // A permission that is given changes no stamp.
        let mut open = !survey.complete;
        let mut published = Vec::new();
        for file in &survey.files {
            let Some((source, flow)) = file.sound() else { continue };
            let hash = source.hash();
            if self.settled.get(&file.path) == Some(&hash) {
                continue;
            }
            let first = self.first.as_ref().is_some_and(|first| first.get(&file.path) == Some(&hash));
            match publish(db, &heads, file.tenant_id, flow, source, first, now).await? {
                Outcome::Published => published.push(flow.id.clone()),
                Outcome::Known => {}
                Outcome::Older => tracing::warn!(
                    flow.file = file.path,
                    flow.hash = hash,
                    "the file has a text that was published before; the newer version stays until the file is edited"
                ),
                Outcome::Overtaken => {
                    open = true;
                    continue;
                }
            }
            self.settled.insert(file.path.clone(), hash);
        }
        for flow in gone {
            if let Some(head) = find(&heads, flow.0, &flow.1) {
                take_down(db, head, now).await?;
            }
            self.missing.remove(&flow);
        }
        self.stamps = (!open && self.missing.is_empty()).then_some(stamps);
        Ok(published)
    }

    /// Remembers what is wrong, and logs what is new of it.
    fn note(&mut self, survey: &Survey) {
        let versions: BTreeMap<&str, Option<String>> = survey
            .files
            .iter()
            .map(|file| (file.path.as_str(), file.source.as_ref().map(Source::hash)))
            .collect();
        let read = || versions.iter().filter_map(|(path, hash)| Some(((*path).to_owned(), hash.clone()?)));
        let first = self.first.get_or_insert_with(|| read().collect());
        first.retain(|path, hash| versions.get(path.as_str()).is_some_and(|now| now.as_ref() == Some(hash)));
        self.settled.retain(|path, _| versions.contains_key(path.as_str()));
        self.problems = survey.problems();
        let mut told = BTreeMap::new();
        for FileProblem { path, diagnostics } in self.problems.clone() {
            let version = versions.get(path.as_str()).cloned().flatten();
            let finding = (version, diagnostics);
            if self.told.get(&path) != Some(&finding) {
                log(&path, &finding.1);
            }
            told.insert(path, finding);
        }
        self.told = told;
    }

    /// Remembers which flow each file is. Returns the flows whose file now is another flow, or is gone at the second look:
    /// some programs take a file away for a moment to write it anew.
    fn gone(&mut self, survey: &Survey) -> Vec<FlowKey> {
        let mut held = BTreeMap::new();
        self.unclear.clear();
        for file in &survey.files {
            // A broken file changes nothing, not even which flow it is.
            let before = self.held.get(&file.path).filter(|_| file.flow.is_none()).cloned();
            match before.or_else(|| file.id().map(|id| (file.tenant_id, id))) {
                Some(flow) => drop(held.insert(file.path.clone(), flow)),
                None => drop(self.unclear.insert(file.tenant_id)),
            }
        }
        let before = std::mem::replace(&mut self.held, held);
        let here: BTreeSet<&FlowKey> = self.held.values().collect();
        let left = |flow: &FlowKey| !here.contains(flow);
        let mut gone: BTreeSet<FlowKey> = self.missing.iter().filter(|flow| left(flow)).cloned().collect();
        self.missing = gone.clone();
        for (path, flow) in before.into_iter().filter(|(_, flow)| left(flow)) {
            self.missing.insert(flow.clone());
            if self.held.contains_key(&path) {
                gone.insert(flow);
            }
        }
        // A folder without any file is rather one that is not mounted than the wish to have no flow.
        let sure =
            |tenant: i64| !self.unclear.contains(&tenant) && here.iter().any(|(other, _)| *other == tenant);
        gone.into_iter().filter(|(tenant, _)| sure(*tenant)).collect()
    }

    /// Puts the heads in force, where they are others than before.
    async fn take_over(&mut self, library: &Library, db: &Db) -> Result<(), StoreError> {
        let heads = flows::heads(db).await?;
        if self.heads.as_ref() != Some(&heads) {
            enforce(library, db, &heads).await?;
            self.heads = Some(heads);
        }
        Ok(())
    }

    /// Heads without a file. They may be another replica's, so that they stay.
    fn orphans(&self, folder: &Path) -> Vec<FileProblem> {
        let here: BTreeSet<(i64, &str)> =
            self.held.values().map(|(tenant, flow)| (*tenant, flow.as_str())).collect();
        let heads = self.heads.iter().flatten();
        let orphans = heads.filter(|head| {
            !self.unclear.contains(&head.tenant_id)
                && !here.contains(&(head.tenant_id, head.flow_id.as_str()))
        });
        let problem = |head: &HeadRow| {
            let message = format!(
                "flow \"{0}\" is published but has no file; it stays in force; remove it with `leadwire flow retire {0}`",
                head.flow_id
            );
            FileProblem::whole(&folder.display().to_string(), "flow::no-file", Severity::Warning, message)
        };
        orphans.map(problem).collect()
    }
}

/// Makes a file's text the head, unless it is already, or a rollback set this very text aside. What a process finds at its
/// first look may be older than what another has published since: `first` publishes only what is new.
async fn publish(
    db: &Db,
    heads: &[HeadRow],
    tenant_id: i64,
    flow: &Flow,
    source: &Source,
    first: bool,
    now: Millis,
) -> Result<Outcome, StoreError> {
    let hash = source.hash();
    let head = find(heads, tenant_id, &flow.id);
    if head.is_some_and(|head| head.hash == hash || head.overrides.as_ref() == Some(&hash)) {
        return Ok(Outcome::Known);
    }
    if first && head.is_some() && flows::version(db, tenant_id, &hash).await?.is_some() {
        return Ok(Outcome::Older);
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
    if !moved {
        return Ok(Outcome::Overtaken);
    }
    tracing::info!(flow.id = flow.id, flow.hash = hash, "a flow was published");
    Ok(Outcome::Published)
}

fn log(path: &str, diagnostics: &[Diagnostic]) {
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
