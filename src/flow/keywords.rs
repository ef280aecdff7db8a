//! The keywords of a flow as they are written: a list, or a list for each language.

use crate::domain::text::fold;
use crate::flow::diagnostic::Place;
use crate::flow::tree::{Node, Tree};
use std::collections::BTreeMap;

/// A keyword and where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keyword<'a> {
    /// As written.
    pub word: &'a str,
    /// Its place.
    pub place: Place,
    /// The language it stands under, where keywords stand by language.
    pub language: Option<&'a str>,
}

/// All keywords of `[start]`, in the order of the file.
pub(crate) fn written(start: &Node) -> Vec<Keyword<'_>> {
    let Some(node) = start.get("keywords") else { return Vec::new() };
    match &node.tree {
        Tree::Table(entries) => {
            entries.iter().flat_map(|entry| under(Some(entry.name.as_str()), &entry.node)).collect()
        }
        _ => under(None, node).collect(),
    }
}

fn under<'a>(language: Option<&'a str>, node: &'a Node) -> impl Iterator<Item = Keyword<'a>> {
    node.strings().into_iter().map(move |(word, place)| Keyword { word, place, language })
}

/// The language of each keyword that only one language has, folded.
pub(crate) fn languages(keywords: &[Keyword<'_>]) -> BTreeMap<String, String> {
    let mut languages: BTreeMap<String, Option<&str>> = BTreeMap::new();
    for Keyword { word, language, .. } in keywords {
        languages
            .entry(fold(word))
            .and_modify(|known| *known = known.filter(|known| Some(*known) == *language))
            .or_insert(*language);
    }
    languages.into_iter().filter_map(|(word, language)| Some((word, language?.to_owned()))).collect()
}
