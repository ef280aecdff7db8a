//! `leadwire flow schema`: the JSON Schema of flow files for editors, and with `--reference` the table of all keys.

use anyhow::Context;
use std::path::PathBuf;

/// Writes the schema to a file, or prints it.
///
/// # Errors
/// A file that cannot be written; the message names it.
pub fn schema(out: Option<PathBuf>) -> anyhow::Result<()> {
    super::flow_graph::write(out, &crate::flow::schema::text()).context("cannot write the schema")
}

/// Writes the reference of all keys in Markdown to a file, or prints it.
///
/// # Errors
/// A file that cannot be written; the message names it.
pub fn reference(out: Option<PathBuf>) -> anyhow::Result<()> {
    super::flow_graph::write(out, &crate::flow::reference::markdown()).context("cannot write the reference")
}
