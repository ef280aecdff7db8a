//! Every rule with a flow that breaks it and one that does not.

mod rows;

use super::check_set;
use crate::flow::{Diagnostic, Severity, Source, read};
use rows::{BASE, ROWS};
use std::collections::BTreeSet;

fn findings(text: &str) -> Vec<Diagnostic> {
    let load = |name: &str| match name {
        "common/loop" => Some("use = \"common/loop\"\nsteps = []".to_owned()),
        "common/name" => Some("[[steps]]\nid = \"name\"\nask = \"name\"\nsay = \"Name?\"".to_owned()),
        _ => None,
    };
    read(&Source::resolve("shop.toml", text, &load)).diagnostics
}

/// The base with one piece replaced; the piece must be there exactly once.
fn with(from: &str, to: &str) -> String {
    assert_eq!(BASE.matches(from).count(), 1, "{from:?} stands once in the base");
    BASE.replace(from, to)
}

#[test]
fn the_base_has_no_finding() {
    assert_eq!(findings(BASE), []);
}

#[test]
fn each_rule_finds_what_breaks_it_at_its_place() {
    let mut missed = Vec::new();
    for (code, from, to, underlined) in ROWS {
        let long = to.replace('…', &"x".repeat(1700));
        let text = with(from, if *code == "flow::text-too-long" { &long } else { to });
        let found = findings(&text);
        let hit = found.iter().find(|found| {
            found.code == *code && (underlined.is_empty() || text.get(found.span.clone()) == Some(underlined))
        });
        let seen: Vec<_> = found
            .iter()
            .map(|found| (found.code, found.message.as_str(), text.get(found.span.clone())))
            .collect();
        if hit.is_none() {
            missed.push(format!("{code} for {to:?}: {seen:#?}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

/// Codes that more than one flow, or a file too long for a row, is needed for; each has a test of its own.
const ELSEWHERE: [&str; 5] = [
    "flow::duplicate-flow",
    "flow::shared-keyword",
    "flow::two-defaults",
    "flow::no-default",
    "flow::too-many-steps",
];

#[test]
fn every_code_in_the_sources_has_a_row() {
    fn codes(folder: &std::path::Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                codes(&path, found);
            } else if !path.ends_with("tests/mod.rs") && !path.ends_with("tests/rows.rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let literals = text.split("\"flow::").skip(1).filter_map(|rest| rest.split('"').next());
                found.extend(literals.map(|name| format!("flow::{name}")));
            }
        }
    }
    let mut found = BTreeSet::new();
    codes(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/flow")), &mut found);
    let rows: BTreeSet<String> = ROWS.iter().map(|row| row.0).chain(ELSEWHERE).map(str::to_owned).collect();
    let without: Vec<&String> = found.difference(&rows).collect();
    assert!(without.is_empty() && found.len() > 80, "without a row: {without:?}");
}

#[test]
fn five_mistakes_are_five_findings() {
    let text = BASE
        .replace("title = \"Shop\"", "tittle = \"Shop\"")
        .replace("give_up = \"goodbye\"", "give_up = \"godbye\"")
        .replace("{{ name or 'friend' }}", "{{ name or }}")
        .replace("end_after = \"3d\"", "end_after = \"3 weeks\"");
    let codes: Vec<&str> = findings(&text).iter().map(|found| found.code).collect();
    let expected = [
        "flow::missing-key",
        "flow::unknown-key",
        "flow::bad-duration",
        "flow::unknown-step",
        "flow::bad-template",
    ];
    assert_eq!(codes, expected);
}

#[test]
fn errors_keep_a_flow_back_and_warnings_do_not() {
    let warned = with("sql = 60", "sql = 600");
    let report = read(&Source::alone("a.toml", &warned));
    assert!(
        report.flow.is_some() && report.diagnostics.iter().all(|found| found.severity == Severity::Warning)
    );
    assert!(read(&Source::alone("a.toml", &with("sql = 60", "sql = true"))).flow.is_none());
}

#[test]
fn flows_of_one_tenant_are_checked_together() {
    let minimal = |id: &str, start: &str| {
        format!(
            "id = \"{id}\"\ntitle = \"T\"\n[scoring]\nsql = 5\nmql = 4\n[start]\n{start}\n[[steps]]\nid = \"bye\"\nsay = \"Bye\"\nend = \"completed\"\n"
        )
    };
    let rows: [(&str, &str, &str, &str, &[&str]); 6] = [
        ("apart", "a", "default = true", "keywords = [\"car\"]", &[]),
        ("one id", "b", "default = true", "keywords = [\"car\"]", &["flow::duplicate-flow"]),
        (
            "one keyword",
            "a",
            "default = true\nkeywords = [\"CAR\"]",
            "keywords = [\"car\"]",
            &["flow::shared-keyword"],
        ),
        ("two defaults", "a", "default = true", "default = true", &["flow::two-defaults"]),
        (
            "one keyword on different channels",
            "a",
            "channels = [\"sms\"]\ndefault = true\nkeywords = [\"car\"]",
            "channels = [\"web\"]\ndefault = true\nkeywords = [\"car\"]",
            &[],
        ),
        (
            "no default by text message",
            "a",
            "channels = [\"web\"]\ndefault = true",
            "channels = [\"sms\"]\nkeywords = [\"car\"]",
            &["flow::no-default"],
        ),
    ];
    for (label, id, one, two, expected) in rows {
        let sources =
            [Source::alone("a.toml", &minimal(id, one)), Source::alone("b.toml", &minimal("b", two))];
        let flows: Vec<_> = sources.iter().map(|source| read(source).flow.expect(label)).collect();
        let found = check_set(&sources.iter().zip(&flows).collect::<Vec<_>>());
        assert_eq!(found.iter().map(|found| found.code).collect::<Vec<_>>(), expected, "{label}");
    }
}

#[test]
fn files_that_use_each_other_many_times_over_are_stopped() {
    let load = |name: &str| {
        let depth: u32 = name.parse().ok()?;
        let inner = depth.checked_sub(1).map_or_else(
            || "steps = []".to_owned(),
            |next| format!("use = [{}]\nsteps = []\n", vec![format!("\"{next}\""); 10].join(", ")),
        );
        Some(inner)
    };
    let source = Source::resolve("a.toml", "id = \"a\"\ntitle = \"A\"\nuse = \"9\"\nsteps = []\n", &load);
    assert!(read(&source).diagnostics.iter().any(|found| found.code == "flow::too-many-steps"));
}

#[test]
fn a_flow_of_two_languages_needs_every_text_in_both() {
    let text = r#"
id = "two"
title = "Two"
languages = ["en", "hi"]
[start]
default = true
[scoring]
sql = 20
mql = 15
[texts]
retry = { en = "Once more?", hi = "फिर से?" }
[[steps]]
id = "kind"
ask = "choice"
say = { en = "What do you run?", hi = "आप क्या चलाते हैं?" }
say_sms = "{{ name }}?"
options = [{ value = "shop", label = { en = "Shop", hi = "दुकान" } }, "2–5"]
[[steps]]
id = "bye"
say = { en = "Bye", hi = "अलविदा" }
end = "completed"
"#;
    assert_eq!(findings(text), []);
    for (from, to, code) in [
        (", hi = \"दुकान\" }", " }", "flow::missing-translation"),
        (", hi = \"अलविदा\" }", " }", "flow::missing-translation"),
        ("{ en = \"Once more?\", hi = \"फिर से?\" }", "\"Once more?\"", "flow::missing-translation"),
        ("hi = \"अलविदा\"", "hi = \"अलविदा\", es = \"Adiós\"", "flow::unknown-language"),
        (", label = { en = \"Shop\", hi = \"दुकान\" }", "", "flow::untranslated-option"),
    ] {
        assert_eq!(text.matches(from).count(), 1, "{from}");
        let codes: Vec<&str> = findings(&text.replace(from, to)).iter().map(|found| found.code).collect();
        assert_eq!(codes, [code], "{from}");
    }
}
