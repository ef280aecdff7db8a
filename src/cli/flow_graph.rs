//! `leadwire flow graph`: a flow as a picture.

use crate::config::flow_files::{DEFAULT_TENANT, FlowFile};
use crate::flow::{graph, read, render};
use anyhow::{Context, bail};
use std::path::{Path, PathBuf};

/// Draws a flow as SVG, or as Mermaid text, into a file or to the standard output.
///
/// # Errors
/// A file that cannot be read or written, and a flow with errors; the message has them.
pub fn graph(file: &Path, flows_dir: &Path, out: Option<PathBuf>, mermaid: bool) -> anyhow::Result<()> {
    let file = FlowFile { path: file.to_owned(), tenant: DEFAULT_TENANT.to_owned() };
    let source = file
        .source(flows_dir)
        .with_context(|| format!("cannot read the flow file {}", file.path.display()))?;
    let report = read(&source);
    let Some(flow) = report.flow else {
        bail!("the flow has errors\n{}", render(&report.diagnostics, &source.files(), false, 100));
    };
    let picture = if mermaid { graph::to_mermaid(&flow) } else { graph::to_svg(&flow) };
    write(out, &picture).context("cannot write the picture")
}

/// Writes a text to a file, or prints it.
pub(super) fn write(out: Option<PathBuf>, text: &str) -> anyhow::Result<()> {
    match out {
        Some(path) => std::fs::write(&path, text).with_context(|| path.display().to_string()),
        None => {
            print!("{text}");
            Ok(())
        }
    }
}
