//! The shipped flows: sound, alone and together; their transcripts hold; every way through them is walked by one.

mod coverage;

use leadwire::config::flow_files::{FlowFile, list};
use leadwire::domain::consent::signal;
use leadwire::engine::transcript;
use leadwire::flow::model::Flow;
use leadwire::flow::texts::{TextKey, builtin};
use leadwire::flow::{Source, check_set, choose, read, render};
use leadwire::understand::command::command;
use std::path::{Path, PathBuf};

/// A flow file of the repository.
pub struct Shipped {
    /// Its file's name.
    pub name: String,
    /// Its text with what it uses.
    pub source: Source,
    /// What it reads as.
    pub flow: Flow,
}

/// A folder of the repository.
pub fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The flow files of a folder.
pub fn shipped(path: &str) -> Vec<Shipped> {
    let folder = folder(path);
    let files: Vec<FlowFile> = list(&folder).expect("the folder can be read");
    let read_one = |file: FlowFile| {
        let source = file.source(&folder).expect("the file can be read");
        let report = read(&source);
        let told = render(&report.diagnostics, &source.files(), false, 100);
        assert!(report.diagnostics.is_empty(), "\n{told}");
        let name = file.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Shipped { name, source, flow: report.flow.expect("without findings there is a flow") }
    };
    files.into_iter().map(read_one).collect()
}

#[test]
fn the_shipped_flows_are_sound_alone_and_together() {
    for path in ["flows", "benches/flows"] {
        let flows = shipped(path);
        assert!(!flows.is_empty(), "{path} has no flows");
        let found = check_set(&flows.iter().map(|one| (&one.source, &one.flow)).collect::<Vec<_>>());
        assert_eq!(found, [], "{path}");
    }
}

#[test]
fn every_transcript_of_the_shipped_flows_holds() {
    let mut failed = String::new();
    for shipped in shipped("flows").into_iter().chain(shipped("benches/flows")) {
        assert!(!shipped.flow.tests.is_empty(), "{} has no [[test]]", shipped.name);
        for test in &shipped.flow.tests {
            let result = transcript::run(&shipped.flow, test);
            if !result.passed() {
                failed.push_str(&format!("{}\n{}\n", shipped.name, result.render(false)));
            }
        }
    }
    assert!(failed.is_empty(), "\n{failed}");
}

#[test]
fn some_transcript_walks_every_way() {
    let mut missing = String::new();
    for shipped in shipped("flows") {
        let covered = coverage::of(&shipped.flow);
        println!("{}: {} of {} ways walked", shipped.name, covered.walked, covered.ways);
        for way in covered.missing {
            missing.push_str(&format!("{}: {way}\n", shipped.name));
        }
    }
    assert!(missing.is_empty(), "no transcript walks\n{missing}");
}

/// What people are told they can say must be understood when they say it.
#[test]
fn the_words_that_help_names_are_understood() {
    for language in ["en", "es", "hi", "pt", "fr", "de"] {
        let help = builtin(TextKey::Help, language);
        let (_, listed) = help.split_once(':').unwrap();
        let listed = listed.split(['.', '।']).next().unwrap();
        let joined = [" or ", " o ", " या ", " ou ", " oder "]
            .iter()
            .fold(listed.to_owned(), |s, or| s.replace(or, ","));
        for word in joined.split(',').map(str::trim) {
            assert!(command(word, language).is_some(), "{language}: {word}");
        }
    }
}

#[test]
fn every_keyword_leads_to_its_own_flow_and_none_is_the_carriers() {
    let flows = shipped("flows");
    for one in &flows {
        for channel in &one.flow.start.channels {
            for keyword in &one.flow.start.keywords {
                let chosen = choose(flows.iter().map(|one| &one.flow), *channel, keyword);
                assert_eq!(chosen.map(|flow| &flow.id), Some(&one.flow.id), "{keyword}");
                assert_eq!(signal(keyword), None, "{keyword} opts in or out before any flow sees it");
            }
        }
    }
}
