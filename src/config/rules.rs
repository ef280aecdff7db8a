//! The folder of regional rules: its files stand in the place of those of their names that are built in, or beside them.

use super::environment::Mistake;
use crate::domain::outreach::regions::Regions;
use std::io;
use std::path::{Path, PathBuf};

/// The rules in force; what is wrong with the folder's files is a mistake each.
pub(super) fn regions(folder: Option<&Path>, mistakes: &mut Vec<Mistake>) -> Regions {
    let Some(folder) = folder else { return Regions::built_in() };
    let mut wrong = |message: String| mistakes.push(Mistake { variable: "leadwire.toml", message });
    let files = match files(folder) {
        Ok(files) => files,
        Err(error) => {
            wrong(format!(
                "[outreach] rules: {error}; name a folder that can be read, such as `leadwire rules write` makes, or none"
            ));
            return Regions::built_in();
        }
    };
    Regions::over_built_in(files).unwrap_or_else(|found| {
        for mistake in found.0 {
            wrong(format!("[outreach] rules: {}", folder.join(mistake.to_string()).display()));
        }
        Regions::built_in()
    })
}

/// The names and texts of a folder's files of rules, by their names.
///
/// # Errors
/// Where the folder or a file in it cannot be read; the message names it.
pub fn files(folder: &Path) -> io::Result<Vec<(String, String)>> {
    let named =
        |path: &Path, error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    let entries = std::fs::read_dir(folder).map_err(|error| named(folder, error))?;
    let mut paths: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        // Editors leave hidden files beside the real ones.
        if !name.starts_with('.') && path.extension().is_some_and(|extension| extension == "toml") {
            let text = std::fs::read_to_string(&path).map_err(|error| named(&path, error))?;
            files.push((name, text));
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRANCE: &str = "country = \"FR\"\nname = \"France\"\nunknown_state = \"country\"\n";

    fn read(folder: &Path) -> (Vec<String>, Vec<String>) {
        let mut mistakes = Vec::new();
        let regions = regions(Some(folder), &mut mistakes);
        let files = regions.all().iter().map(|region| region.file.clone()).collect();
        (files, mistakes.into_iter().map(|mistake| mistake.message).collect())
    }

    #[test]
    fn files_of_the_folder_stand_beside_those_built_in() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("fr.toml", FRANCE), (".fr.toml", "half"), ("notes.txt", "no rules")] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        assert_eq!(
            read(folder.path()),
            (vec!["fr.toml".into(), "gb.toml".into(), "in.toml".into(), "us.toml".into()], vec![])
        );
    }

    #[test]
    fn what_cannot_be_used_is_a_mistake_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("fr.toml"), FRANCE.replace("name", "nome")).unwrap();
        let (_, mistakes) = read(folder.path());
        let place = folder.path().join("fr.toml:2: `nome`");
        assert!(mistakes.len() == 1 && mistakes[0].contains(&place.display().to_string()), "{mistakes:?}");
        let (files, mistakes) = read(&folder.path().join("nowhere"));
        assert!(mistakes.len() == 1 && mistakes[0].contains("nowhere: "), "{mistakes:?}");
        assert_eq!(files.len(), 3);
    }
}
