//! `docs/FLOWS.md` is true: its flows can be read and their tests hold, its mistakes give the messages it quotes.

use crate::flows::folder;
use leadwire::domain::answer::Kind;
use leadwire::engine::transcript;
use leadwire::flow::{Diagnostic, Severity, Source, read, render};
use leadwire::understand::{self, Asked, DateOrder, OptionWords};

/// A block of TOML in the document.
struct Block {
    /// `toml`, `toml fragment` or `toml mistake`.
    kind: String,
    text: String,
    line: usize,
    /// The quotation after it.
    quoted: Option<String>,
}

fn document() -> String {
    std::fs::read_to_string(folder("docs/FLOWS.md")).expect("the document can be read")
}

fn blocks() -> Vec<Block> {
    let document = document();
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = false;
    for (at, line) in document.lines().enumerate() {
        match line.strip_prefix("```") {
            Some("") => open = false,
            Some(kind) if kind.starts_with("toml") => {
                open = true;
                blocks.push(Block { kind: kind.into(), text: String::new(), line: at + 1, quoted: None });
            }
            _ if open => {
                let block = blocks.last_mut().expect("one is open");
                block.text.push_str(line);
                block.text.push('\n');
            }
            _ => {
                if let (Some(quote), Some(block)) = (line.strip_prefix("> "), blocks.last_mut()) {
                    block.quoted.get_or_insert(quote.to_owned());
                }
            }
        }
    }
    blocks
}

/// A part of a flow with what makes it a whole one.
fn whole(fragment: &str) -> Source {
    let mut text = format!("id = \"whole\"\ntitle = \"Whole\"\n{fragment}");
    for (id, rest) in [
        ("name", "ask = \"name\"\nsay = \"Name?\""),
        ("location", "ask = \"text\"\nsay = \"Where?\""),
        ("thanks", "say = \"Thanks\"\nend = \"completed\""),
        ("goodbye", "say = \"Bye\"\nend = \"declined\""),
    ] {
        let asked_there = id == "name" && fragment.contains("common/contact");
        if !asked_there && !fragment.contains(&format!("id  = \"{id}\"")) {
            text.push_str(&format!("\n[[steps]]\nid = \"{id}\"\n{rest}\n"));
        }
    }
    let load = |name: &str| std::fs::read_to_string(folder("flows").join(Source::include_path(name))).ok();
    Source::resolve("fragment.toml", &text, &load)
}

fn errors(found: &[Diagnostic]) -> Vec<Diagnostic> {
    found.iter().filter(|found| found.severity == Severity::Error).cloned().collect()
}

#[test]
fn every_flow_in_the_document_reads_and_its_tests_hold() {
    let blocks = blocks();
    let count = |kind: &str| blocks.iter().filter(|block| block.kind == kind).count();
    assert!(count("toml") >= 3 && count("toml fragment") >= 14 && count("toml mistake") >= 10);
    for block in blocks.iter().filter(|block| block.kind != "toml mistake") {
        let complete = block.kind == "toml";
        let source = if complete { Source::alone("docs.toml", &block.text) } else { whole(&block.text) };
        let report = read(&source);
        let wrong = if complete { report.diagnostics } else { errors(&report.diagnostics) };
        let told = render(&wrong, &source.files(), false, 100);
        assert!(wrong.is_empty(), "docs/FLOWS.md, line {}\n{told}", block.line);
        let flow = report.flow.unwrap();
        assert!(!complete || !flow.tests.is_empty(), "line {}: no [[test]]", block.line);
        for test in &flow.tests {
            let result = transcript::run(&flow, test);
            assert!(result.passed(), "docs/FLOWS.md, line {}\n{}", block.line, result.render(false));
        }
    }
}

#[test]
fn every_mistake_in_the_document_gives_the_message_quoted() {
    for block in blocks().iter().filter(|block| block.kind == "toml mistake") {
        let quoted = block.quoted.as_deref().unwrap_or_else(|| panic!("line {}: no message", block.line));
        let (message, help) = quoted.split_once(" — ").unwrap_or((quoted, ""));
        let source = whole(&block.text);
        let found = errors(&read(&source).diagnostics);
        let says = |found: &Diagnostic| {
            let helps = found.help.as_deref().unwrap_or("").replace('?', "");
            found.message.starts_with(message) && helps.contains(help.trim_end_matches('?'))
        };
        let told = render(&found, &source.files(), false, 100);
        assert!(found.iter().any(says), "docs/FLOWS.md, line {}: {quoted}\n{told}", block.line);
    }
}

#[test]
fn what_the_document_says_people_can_say_is_understood() {
    let word = |value: &str| OptionWords { value: value.into(), words: vec![value.into()] };
    let options = ["Billing", "QR Payments", "Inventory"].map(word);
    let mut tried = 0;
    for line in document().lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let Some(kind) = cells.get(1).and_then(|cell| Kind::parse(cell.trim_matches('`'))) else { continue };
        for said in cells[2].split('"').skip(1).step_by(2) {
            let understood = ["IN", "US", "GB"].into_iter().any(|region| {
                let asked = Asked {
                    kind,
                    options: &options,
                    language: "en",
                    region: Some(region),
                    currency: Some("INR"),
                    date_order: Some(DateOrder::Dmy),
                    now: jiff::civil::date(2026, 3, 11).at(10, 0, 0, 0),
                };
                understand::read(said, &asked).is_ok()
            });
            assert_eq!(understood, said != "perhaps", "{}: {said}", kind.as_str());
            tried += 1;
        }
    }
    assert!(tried > 35, "{tried} examples");
}
