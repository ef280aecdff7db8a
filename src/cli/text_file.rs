//! Text files that people name on the command line: settings, and lists of one entry a line.

use anyhow::{Context, ensure};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// What editors and spreadsheets of some systems put before a text in UTF-8.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The text of a file of at most so many bytes.
///
/// # Errors
/// Where it cannot be read, or is larger.
pub(super) fn read(file: &Path, most: u64) -> anyhow::Result<String> {
    let cannot = || format!("{} cannot be read", file.display());
    let mut text = String::new();
    let opened = File::open(file).with_context(cannot)?;
    opened.take(most + 1).read_to_string(&mut text).with_context(cannot)?;
    ensure!(text.len() as u64 <= most, "{} is larger than {} MB", file.display(), most >> 20);
    Ok(text.strip_prefix(BYTE_ORDER_MARK).map(str::to_owned).unwrap_or(text))
}

/// The entries of a list, with the numbers of their lines; what `#` begins is a comment.
pub(super) fn entries(text: &str) -> impl Iterator<Item = (&str, usize)> {
    text.lines().map(before_comment).zip(1..).filter(|(entry, _)| !entry.is_empty())
}

fn before_comment(line: &str) -> &str {
    line.split('#').next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_entries_and_comments() {
        let text = "# from the register\n+14155550101\n\n  +1900* # premium\n\t#\n7";
        let all: Vec<(&str, usize)> = entries(text).collect();
        assert_eq!(all, [("+14155550101", 2), ("+1900*", 4), ("7", 6)]);
    }

    #[test]
    fn a_mark_before_the_text_is_none_of_it_and_files_have_a_largest() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("list.txt");
        std::fs::write(&file, "\u{feff}one\ntwo").unwrap();
        assert_eq!(read(&file, 10).unwrap(), "one\ntwo");
        let refused = read(&file, 9).unwrap_err().to_string();
        assert!(refused.contains("list.txt is larger than"), "{refused}");
        assert!(read(&folder.path().join("none"), 9).unwrap_err().to_string().contains("cannot be read"));
    }
}
