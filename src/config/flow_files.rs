//! Which files are flows: `flows/*.toml` of the default tenant, `flows/<tenant>/*.toml` of the others. `flows/common/` is
//! shared: its files are used by others and are no flows of their own.

use crate::flow::Source;
use std::io;
use std::path::{Path, PathBuf};

/// The tenant of files directly in the folder.
pub const DEFAULT_TENANT: &str = "default";
/// The folder of parts that flows `use`.
const SHARED: &str = "common";

/// A flow file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowFile {
    /// Where it is.
    pub path: PathBuf,
    /// Whose it is, by the tenant's slug.
    pub tenant: String,
}

impl FlowFile {
    /// The file's text with everything it uses.
    ///
    /// # Errors
    /// Where it cannot be read, also where it is not UTF-8; the message names it.
    pub fn source(&self, folder: &Path) -> io::Result<Source> {
        let named = |error: io::Error| {
            let message = format!("cannot read the flow file {}: {error}", self.path.display());
            io::Error::new(error.kind(), message)
        };
        let text = std::fs::read_to_string(&self.path).map_err(named)?;
        Ok(Source::resolve(&self.path.display().to_string(), &text, &loader(folder, &self.path)))
    }
}

/// Finds the text of a `use` name: beside the file first, then in the whole folder.
pub fn loader<'a>(folder: &'a Path, file: &'a Path) -> impl Fn(&str) -> Option<String> + 'a {
    move |name| {
        // A name stays inside the folder.
        let plain = Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_)));
        let places = [file.parent().unwrap_or(folder), folder];
        let read = |place: &Path| std::fs::read_to_string(place.join(Source::include_path(name))).ok();
        if plain { places.into_iter().find_map(read) } else { None }
    }
}

/// All flow files below a folder, sorted by path.
///
/// # Errors
/// Where the folder cannot be read; the message names it.
pub fn list(folder: &Path) -> io::Result<Vec<FlowFile>> {
    let mut files = Vec::new();
    for entry in entries(folder)? {
        let name = entry.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if entry.is_dir() && name != SHARED && !name.starts_with('.') {
            let mine = entries(&entry)?.into_iter().filter(|path| is_flow(path));
            files.extend(mine.map(|path| FlowFile { path, tenant: name.clone() }));
        } else if is_flow(&entry) {
            files.push(FlowFile { path: entry, tenant: DEFAULT_TENANT.to_owned() });
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// Editors leave half-written and hidden files beside the real ones.
fn is_flow(path: &Path) -> bool {
    let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    path.is_file() && !hidden && path.extension().is_some_and(|extension| extension == "toml")
}

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let named = |error: io::Error| {
        io::Error::new(
            error.kind(),
            format!("{}: {error}; FLOWS_DIR names the folder of flow files", folder.display()),
        )
    };
    std::fs::read_dir(folder).map_err(named)?.map(|entry| Ok(entry?.path())).collect()
}
