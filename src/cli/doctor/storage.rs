//! The folders we write to, and the room that is left there.

use super::finding::Finding;
use crate::config::Config;
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

/// Less than this is too little to work with, in bytes.
const FAULT: u64 = 100 * MB;
/// Less than this should be seen to, in bytes.
const WARNING: u64 = 1_000 * MB;
const MB: u64 = 1_000_000;

/// What says where the database and the data are.
const OWN: &str = "LEADWIRE_DATA or DATABASE_URL";
/// What says where files are that are in hand: of imports and exports.
const TEMPORARY: &str = "TMPDIR";

/// Looks at the folder of the SQLite file, at that of the data, and at that of temporary files. Blocks: a network drive may take long.
pub fn check(config: &Config) -> Vec<Finding> {
    let of_file = config.server.sqlite_file().map(|file| folder_of(&file));
    let folders: BTreeSet<PathBuf> = of_file.into_iter().chain([config.server.data.clone()]).collect();
    let temporary = tempfile::env::temp_dir();
    let area = format!("temporary folder {}", temporary.display());
    folders.iter().map(|folder| own(folder)).chain([finding(area, &temporary, TEMPORARY)]).collect()
}

/// The folder a file is in.
pub fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn own(folder: &Path) -> Finding {
    // One that is not there is made at the start: where that can be is said by the nearest one that is.
    let there = folder.ancestors().find(|above| above.is_dir());
    let there = there.filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    finding(format!("folder {}", folder.display()), there, OWN)
}

fn finding(area: String, there: &Path, named_by: &str) -> Finding {
    if let Err(error) = write_into(there) {
        return Finding::fault(
            area,
            format!("nothing can be written there: {error}"),
            format!(
                "let the user Leadwire runs as write there (chown), or name another folder with {named_by}"
            ),
        );
    }
    match fs4::available_space(there) {
        Ok(free) => room(area, free, named_by),
        Err(error) => Finding::warning(
            area,
            format!("how much room is left is not known: {error}"),
            "look with `df -h`",
        ),
    }
}

/// Whether a file can be made in a folder; it is taken away again.
///
/// # Errors
/// Why it cannot.
pub fn write_into(folder: &Path) -> io::Result<()> {
    let probe = folder.join(format!(".leadwire-doctor-{}", crate::ids::secret()));
    std::fs::write(&probe, "x")?;
    std::fs::remove_file(&probe)
}

fn room(area: String, free: u64, named_by: &str) -> Finding {
    let left = match free / MB {
        many @ 1_000.. => format!("{} GB are free", many / 1_000),
        few => format!("{few} MB are free"),
    };
    let cure = format!("make room, or name a folder on a larger disk with {named_by}");
    match free {
        ..FAULT => Finding::fault(area, left, cure),
        FAULT..WARNING => Finding::warning(area, left, cure),
        _ => Finding::ok(area, format!("can be written, {left}")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Status;
    use super::*;

    #[test]
    fn how_much_room_is_enough() {
        let rows = [
            (0, Status::Fault, "0 MB"),
            (99_999_999, Status::Fault, "99 MB"),
            (100_000_000, Status::Warning, "100 MB"),
            (999_999_999, Status::Warning, "999 MB"),
            (1_000_000_000, Status::Ok, "1 GB"),
        ];
        for (free, status, left) in rows {
            let found = room("folder".to_owned(), free, OWN);
            assert_eq!(found.status, status, "{free}");
            assert!(found.what.contains(left), "{free}: {found:?}");
        }
    }
}
