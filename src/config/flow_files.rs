//! Which files are flows: `flows/*.toml` of the default tenant, `flows/<tenant>/*.toml` of the others. `flows/common/` is
//! shared: its files are used by others and are no flows of their own.

use crate::flow::Source;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The tenant of files directly in the folder.
pub const DEFAULT_TENANT: &str = "default";
/// The folder of parts that flows `use`.
const SHARED: &str = "common";
/// How many folders inside each other are looked through; links may lead in a circle.
const DEEPEST: usize = 4;

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

/// What a look into the folder finds.
#[derive(Debug, Default)]
pub struct Listing {
    /// The flow files, sorted by path.
    pub files: Vec<FlowFile>,
    /// Tenants' folders that cannot be read.
    pub closed: Vec<(PathBuf, io::Error)>,
}

/// All flow files below a folder, sorted by path.
///
/// # Errors
/// Where the folder or one in it cannot be read; the message names it.
pub fn list(folder: &Path) -> io::Result<Vec<FlowFile>> {
    let Listing { files, closed } = survey(folder)?;
    closed.into_iter().next().map_or(Ok(files), |(_, error)| Err(error))
}

/// All flow files below a folder, as far as it can be read.
///
/// # Errors
/// Where the folder itself cannot be read; the message names it.
pub fn survey(folder: &Path) -> io::Result<Listing> {
    let mut listing = Listing::default();
    for entry in entries(folder)? {
        let name = name(&entry);
        if entry.is_dir() && name != SHARED && !name.starts_with('.') {
            match entries(&entry) {
                Ok(inside) => {
                    let mine = inside.into_iter().filter(|path| is_flow(path));
                    listing.files.extend(mine.map(|path| FlowFile { path, tenant: name.clone() }));
                }
                Err(error) => listing.closed.push((entry, error)),
            }
        } else if is_flow(&entry) {
            listing.files.push(FlowFile { path: entry, tenant: DEFAULT_TENANT.to_owned() });
        }
    }
    listing.files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(listing)
}

/// A file as the file system describes it: where it is, its length, when it was last written.
pub type Stamp = (PathBuf, u64, Option<SystemTime>);

/// Everything below a folder that flows may be made of, without reading it: while this is the same, so are the flows.
///
/// # Errors
/// Where the folder itself cannot be read; the message names it.
pub fn stamps(folder: &Path) -> io::Result<Vec<Stamp>> {
    let mut stamps = Vec::new();
    let mut open: Vec<(PathBuf, usize)> = entries(folder)?.into_iter().map(|path| (path, DEEPEST)).collect();
    while let Some((path, depth)) = open.pop() {
        // Links are followed: some deployments place every file as one.
        let Ok(about) = std::fs::metadata(&path) else { continue };
        if about.is_dir() && depth > 0 && !name(&path).starts_with('.') {
            open.extend(entries(&path).unwrap_or_default().into_iter().map(|inside| (inside, depth - 1)));
        } else if is_flow(&path) {
            stamps.push((path, about.len(), about.modified().ok()));
        }
    }
    stamps.sort();
    Ok(stamps)
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Editors leave half-written and hidden files beside the real ones.
fn is_flow(path: &Path) -> bool {
    path.is_file()
        && !name(path).starts_with('.')
        && path.extension().is_some_and(|extension| extension == "toml")
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
