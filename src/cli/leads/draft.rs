//! A file of leads, written row by row. It is there whole or not at all.

use crate::ids;
use crate::service::sheet::{Kind, Sheet};
use anyhow::Context;
use std::fs::File;
use std::path::{Path, PathBuf};

/// A file that is being written, beside where it is to be.
pub(super) struct Draft {
    sheet: Sheet,
    hidden: Hidden,
}

impl Draft {
    /// Begins one with these columns.
    ///
    /// # Errors
    /// Where nothing can be written there.
    pub(super) fn begin(
        kind: Kind,
        path: PathBuf,
        columns: &'static [&'static str],
    ) -> anyhow::Result<Draft> {
        let (hidden, file) = Hidden::begin(path)?;
        let sheet = Sheet::begin(kind, file, columns).with_context(|| hidden.failed())?;
        Ok(Draft { sheet, hidden })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub(super) fn add(&mut self, cells: &[String]) -> anyhow::Result<()> {
        self.sheet.add(cells).with_context(|| self.hidden.failed())
    }

    /// Puts it where it is to be; where that is.
    ///
    /// # Errors
    /// Where it cannot be written; then nothing is there that was not before.
    pub(super) fn finish(self) -> anyhow::Result<PathBuf> {
        let Draft { sheet, hidden } = self;
        let file = sheet.finish().with_context(|| hidden.failed())?;
        file.sync_all().with_context(|| hidden.failed())?;
        hidden.finish()
    }
}

/// A file under another name, gone again unless it is finished.
struct Hidden {
    at: PathBuf,
    path: PathBuf,
    is_finished: bool,
}

impl Hidden {
    fn begin(path: PathBuf) -> anyhow::Result<(Hidden, File)> {
        let name = path.file_name().with_context(|| format!("{} names no file", path.display()))?;
        let hidden = format!(".{}.{}", name.to_string_lossy(), ids::secret());
        let at = path.parent().map_or_else(|| PathBuf::from(&hidden), |folder| folder.join(&hidden));
        let mut options = File::options();
        options.write(true).create_new(true);
        // It is full of what people said of themselves.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&at).with_context(|| cannot(&path))?;
        Ok((Hidden { at, path, is_finished: false }, file))
    }

    fn failed(&self) -> String {
        cannot(&self.path)
    }

    fn finish(mut self) -> anyhow::Result<PathBuf> {
        std::fs::rename(&self.at, &self.path).with_context(|| self.failed())?;
        self.is_finished = true;
        Ok(self.path.clone())
    }
}

fn cannot(path: &Path) -> String {
    format!("{} cannot be written; name another place with --out", path.display())
}

impl Drop for Hidden {
    fn drop(&mut self) {
        if !self.is_finished {
            // Whether or not it can be taken away, there is nothing more to do.
            let _ = std::fs::remove_file(&self.at);
        }
    }
}
