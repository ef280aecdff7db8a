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

/// Looks at the folder of the SQLite file and at that of the data. Blocks: a network drive may take long.
pub fn check(config: &Config) -> Vec<Finding> {
    let of_file = config.server.sqlite_file().map(|file| folder_of(&file));
    let folders: BTreeSet<PathBuf> = of_file.into_iter().chain([config.server.data.clone()]).collect();
    folders.iter().map(|folder| folder_finding(folder)).collect()
}

/// The folder a file is in.
pub fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn folder_finding(folder: &Path) -> Finding {
    let area = format!("folder {}", folder.display());
    // One that is not there is made at the start: where that can be is said by the nearest one that is.
    let there = folder.ancestors().find(|above| above.is_dir());
    let there = there.filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let Err(error) = write_into(there) {
        return Finding::fault(
            area,
            format!("nothing can be written there: {error}"),
            "give the folder to the user Leadwire runs as (chown), or name another with LEADWIRE_DATA or DATABASE_URL",
        );
    }
    match fs4::available_space(there) {
        Ok(free) => room(area, free),
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

fn room(area: String, free: u64) -> Finding {
    let left = match free / MB {
        many @ 1_000.. => format!("{} GB are free", many / 1_000),
        few => format!("{few} MB are free"),
    };
    let cure = "make room, or move LEADWIRE_DATA and the database to a larger disk";
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
            let found = room("folder".to_owned(), free);
            assert_eq!(found.status, status, "{free}");
            assert!(found.what.contains(left), "{free}: {found:?}");
        }
    }
}
