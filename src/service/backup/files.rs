//! A file that is written under another name until it is whole.

use super::BackupError;
use crate::clock::Millis;
use crate::store::backup::{BESIDE, beside};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A copy that is being written; gone when this is dropped before the copy is whole.
#[derive(Debug)]
pub(super) struct Part {
    path: PathBuf,
}

impl Part {
    /// Begins one for `file`. Only its owner may read it: it is full of what people said.
    ///
    /// # Errors
    /// Where another is being written, or the folder takes no file.
    pub(super) fn begin(file: &Path) -> Result<Part, BackupError> {
        let path = beside(file, ".part");
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty())
            && !folder.is_dir()
        {
            return Err(BackupError::NoFolder(folder.to_owned()));
        }
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&path) {
            Ok(_) => Ok(Part { path }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(BackupError::Begun(path)),
            Err(source) => Err(BackupError::File { path, source }),
        }
    }

    /// Where it is meanwhile.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the whole copy its name, in the place of what has it; its size.
    ///
    /// # Errors
    /// Where the folder does not let it.
    pub(super) fn become_file(self, file: &Path) -> Result<u64, BackupError> {
        let failed = |source| BackupError::File { path: file.to_owned(), source };
        let bytes = std::fs::metadata(&self.path).map_err(failed)?.len();
        std::fs::rename(&self.path, file).map_err(failed)?;
        sync_folder(file).map_err(failed)?;
        Ok(bytes)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Most of them are not there: all of them, where the copy has become whole.
        let _ = std::fs::remove_file(&self.path);
        for suffix in BESIDE {
            let _ = std::fs::remove_file(beside(&self.path, suffix));
        }
    }
}

/// Sees to the disk which names the file's folder holds.
pub(super) fn sync_folder(file: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}

/// An instant as names of files have it: `20260105-100000`, UTC.
pub(super) fn stamp(now: Millis) -> String {
    jiff::Timestamp::from_millisecond(now).unwrap_or_default().strftime("%Y%m%d-%H%M%S").to_string()
}

pub(super) fn millis(length: Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX)
}
