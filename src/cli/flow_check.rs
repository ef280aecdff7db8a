//! `leadwire flow check`: every problem of the flow files, with file, line, column and cure.

use crate::config::flow_files::{self, DEFAULT_TENANT, FlowFile};
use crate::flow::diagnostic::File;
use crate::flow::model::Flow;
use crate::flow::{Diagnostic, Severity, Source, check_set, read, render};
use anyhow::{Context, bail};
use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

/// The width findings are wrapped at, in characters.
const WIDTH: usize = 110;

/// Checks these files and folders, or all of `flows_dir` where none is named, and prints what it finds. Flows of one
/// folder are also checked against each other. Whether all is well: no errors, with `deny_warnings` nothing at all.
///
/// # Errors
/// A file or folder that cannot be read; the message names it.
pub fn check(paths: &[PathBuf], flows_dir: &Path, json: bool, deny_warnings: bool) -> anyhow::Result<bool> {
    let out = std::io::stdout();
    let colour = out.is_terminal();
    check_to(&mut out.lock(), paths, flows_dir, json, deny_warnings, colour)
}

fn check_to(
    out: &mut impl Write,
    paths: &[PathBuf],
    flows_dir: &Path,
    json: bool,
    deny_warnings: bool,
    colour: bool,
) -> anyhow::Result<bool> {
    let whole = [flows_dir.to_owned()];
    let mut checked = Checked::default();
    for path in if paths.is_empty() { &whole } else { paths } {
        checked.path(path, flows_dir)?;
    }
    let Checked { files, diagnostics, flows, .. } = checked;
    let errors = diagnostics.iter().filter(|found| found.severity == Severity::Error).count();
    let warnings = diagnostics.len() - errors;
    if json {
        serde_json::to_writer_pretty(&mut *out, &diagnostics)?;
        writeln!(out)?;
    } else {
        write!(out, "{}", render(&diagnostics, &files, colour, WIDTH))?;
        let counted =
            |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
        let (flows, errors, warnings) =
            (counted(flows, "flow"), counted(errors, "error"), counted(warnings, "warning"));
        writeln!(out, "{flows} checked: {errors}, {warnings}")?;
    }
    Ok(errors == 0 && !(deny_warnings && warnings > 0))
}

/// Checks all of a folder, for whoever says it in words of its own.
///
/// # Errors
/// A file or folder that cannot be read; the message names it.
pub(super) fn survey(folder: &Path) -> anyhow::Result<Checked> {
    let mut checked = Checked::default();
    checked.path(folder, folder)?;
    Ok(checked)
}

/// What has been read so far.
#[derive(Default)]
pub(super) struct Checked {
    files: Vec<File>,
    /// What was found.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// How many flows were read.
    pub(super) flows: usize,
    /// Those of folders that can be used, with their tenants.
    pub(super) sound: Vec<(String, Flow)>,
}

impl Checked {
    fn path(&mut self, path: &Path, flows_dir: &Path) -> anyhow::Result<()> {
        if !path.is_dir() {
            let file = FlowFile { path: path.to_owned(), tenant: DEFAULT_TENANT.to_owned() };
            self.file(&file, flows_dir)?;
            return Ok(());
        }
        let files =
            flow_files::list(path).with_context(|| format!("cannot read the folder {}", path.display()))?;
        if files.is_empty() {
            bail!("no flow files (*.toml) in {}", path.display());
        }
        let mut tenants: BTreeMap<&str, Vec<(Source, Flow)>> = BTreeMap::new();
        for file in &files {
            if let (source, Some(flow)) = self.file(file, path)? {
                tenants.entry(&file.tenant).or_default().push((source, flow));
            }
        }
        for (tenant, flows) in tenants {
            let set: Vec<(&Source, &Flow)> = flows.iter().map(|(source, flow)| (source, flow)).collect();
            self.diagnostics.extend(check_set(&set));
            self.sound.extend(flows.into_iter().map(|(_, flow)| (tenant.to_owned(), flow)));
        }
        Ok(())
    }

    fn file(&mut self, file: &FlowFile, folder: &Path) -> anyhow::Result<(Source, Option<Flow>)> {
        let source = file.source(folder)?;
        let report = read(&source);
        self.files.extend(source.files());
        self.diagnostics.extend(report.diagnostics);
        self.flows += 1;
        Ok((source, report.flow))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "id = \"a\"\ntitle = \"A\"\n[start]\ndefault = true\n[scoring]\nsql = 5\nmql = 4\n[[steps]]\nid = \"bye\"\nsay = \"Bye\"\nend = \"completed\"\n";

    fn run(folder: &Path, paths: &[PathBuf], json: bool, deny: bool) -> anyhow::Result<(bool, String)> {
        let mut out = Vec::new();
        let ok = check_to(&mut out, paths, folder, json, deny, false)?;
        Ok((ok, String::from_utf8(out)?))
    }

    #[test]
    fn a_folder_is_checked_with_its_tenants() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("a.toml", GOOD);
        write("acme/a.toml", GOOD);
        write("common/part.toml", "[[steps]]\nid = \"x\"\nsay = \"X\"\n");
        let (ok, said) = run(folder.path(), &[], false, false).unwrap();
        assert!(ok && said.contains("2 flows checked: 0 errors,"), "{said}");
        let (ok, _) = run(folder.path(), &[], false, true).unwrap();
        assert!(!ok, "everyone qualifies: a warning");
        write("b.toml", GOOD);
        let (ok, said) = run(folder.path(), &[], false, false).unwrap();
        assert!(!ok && said.contains("flow::duplicate-flow"), "{said}");
        let (ok, said) = run(folder.path(), &[folder.path().join("b.toml")], true, false).unwrap();
        let found: serde_json::Value = serde_json::from_str(&said).unwrap();
        assert!(ok && found[0]["line"].is_number() && found[0]["severity"] == "warning", "{said}");
    }

    #[test]
    fn what_is_missing_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let failed = |path: &Path| format!("{:#}", run(path, &[], false, false).unwrap_err());
        assert!(failed(folder.path()).contains("no flow files"));
        assert!(failed(&folder.path().join("nowhere.toml")).contains("nowhere.toml"));
    }
}
