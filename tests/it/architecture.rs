//! The house keeps its floors: what a module may use, where a library may be named, and that no file both opens a
//! transaction and talks to the network.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Bottom up; modules of one floor do not use each other, except where a floor is one module.
const FLOORS: [&[&str]; 18] = [
    &["clock"],
    &["ids"],
    &["domain"],
    &["understand"],
    &["flow"],
    &["engine"],
    &["channels", "delivery", "notify"],
    // Its settings are made by the configuration.
    &["mail"],
    &["config"],
    &["http", "telemetry"],
    &["store"],
    &["turns"],
    &["app"],
    &["service"],
    &["jobs"],
    &["api"],
    // The pages of the server go by its limits and problems.
    &["console"],
    &["cli"],
];

/// A library or facility, and the only places that may name it.
const ONLY_IN: [(&str, &[&str]); 8] = [
    ("lettre", &["mail"]),
    ("sqlx", &["store"]),
    ("rusqlite", &["store"]),
    ("reqwest", &["http"]),
    ("std::env", &["config"]),
    ("duckling", &["understand"]),
    ("rlibphonenumber", &["understand", "domain"]),
    ("axum", &["api", "console", "cli"]),
];

/// Floors that decide and never do: no waiting, no clock, no randomness, no database, no network, no files.
const PURE: [&str; 8] = ["domain", "understand", "flow", "engine", "channels", "delivery", "notify", "turns"];
/// What a pure floor may not name.
const IMPURE: [&str; 12] = [
    "async fn",
    ".await\n",
    ".await;",
    ".await?",
    ".await)",
    "Timestamp::now",
    "SystemTime",
    "getrandom",
    "std::fs",
    "std::net",
    "tokio::net",
    "tokio::spawn",
];
/// The lanes turns wait in are the one place below the shell that waits.
const WAITS: &str = "turns/queue.rs";

/// A file's path below `src/`, the module it belongs to, and its code without comments and tests.
struct File {
    path: String,
    module: String,
    code: String,
}

fn sources() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut open = vec![root.clone()];
    let mut files = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let inside = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
                let module = inside.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
                let is_test = inside.ends_with("tests.rs")
                    || inside.contains("/tests/")
                    || inside.ends_with("sample.rs");
                if !is_test {
                    files.push(File {
                        path: inside,
                        module,
                        code: code(&std::fs::read_to_string(&path).unwrap()),
                    });
                }
            }
        }
    }
    assert!(files.len() > 50, "the sources were found");
    files
}

/// Without comments, and without what follows `#[cfg(test)]` (tests stand last in a file).
fn code(text: &str) -> String {
    let shipped = text.split("#[cfg(test)]\nmod ").next().unwrap_or(text);
    let lines = shipped.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// Modules named as `crate::module` in the code.
fn used(code: &str) -> Vec<String> {
    let after = code.split("crate::").skip(1);
    let mut names: Vec<String> = Vec::new();
    for rest in after {
        // `use crate::{a, b}` names several.
        let group = rest.strip_prefix('{').and_then(|rest| rest.split('}').next());
        let parts = group.map_or_else(|| vec![rest], |group| group.split(',').collect());
        for part in parts {
            let name: String =
                part.trim().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            names.push(name);
        }
    }
    names
}

#[test]
fn a_module_uses_only_what_stands_before_it() {
    let mut wrong = Vec::new();
    for file in sources().iter().filter(|file| !matches!(file.module.as_str(), "lib" | "main")) {
        let own = floor(&file.module).unwrap_or_else(|| panic!("{} stands on no floor", file.path));
        for name in used(&file.code) {
            if name != file.module && floor(&name).is_some_and(|other| other >= own) {
                wrong.push(format!("{} uses crate::{name}", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn libraries_stay_in_their_rooms() {
    let mut wrong = Vec::new();
    for file in sources() {
        for (library, rooms) in ONLY_IN {
            let names =
                file.code.contains(&format!("{library}::")) || file.code.contains(&format!("use {library};"));
            if names && !rooms.contains(&file.module.as_str()) {
                wrong.push(format!("{} names {library}", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn deciding_is_pure() {
    let mut wrong = Vec::new();
    for file in sources().iter().filter(|file| PURE.contains(&file.module.as_str()) && file.path != WAITS) {
        wrong.extend(
            IMPURE
                .iter()
                .filter(|word| file.code.contains(*word))
                .map(|word| format!("{}: {word}", file.path)),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_file_both_opens_a_transaction_and_talks_to_the_network() {
    let both = |file: &File| {
        let opens = file.code.contains(".begin()") || file.code.contains("BEGIN");
        let talks = file.code.contains("http::") || file.code.contains("reqwest::");
        opens && talks
    };
    let wrong: Vec<String> = sources().into_iter().filter(both).map(|file| file.path).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// SQL with a tenant's table names the tenant. Tables without one belong to the machine.
#[test]
fn every_statement_names_the_tenant() {
    const WITHOUT: [&str; 6] =
        ["replicas", "tenants", "signing_keys", "log_in_failures", "_sqlx_migrations", "sqlite_schema"];
    // Unguessable keys that are looked up before the tenant is known, lists over all tenants at start-up, what is in a backup.
    const BEFORE: [&str; 5] = [
        "FROM api_tokens WHERE hash = $1",
        "SELECT won_person FROM won",
        "FROM clock_timestamp()",
        "SELECT COUNT(*) FROM leads",
        "SELECT COUNT(*) FROM conversations",
    ];
    let verbs = ["SELECT ", "UPDATE ", "DELETE FROM ", "INSERT INTO "];
    let mut wrong = Vec::new();
    for file in sources().iter().filter(|file| file.module == "store" && !file.path.ends_with("migrate.rs")) {
        for text in file.code.split('"').skip(1).step_by(2) {
            let text = text.trim_start();
            // A verb alone begins a statement that is made from a table's list of columns.
            let is_statement = verbs.iter().any(|verb| text.starts_with(verb) && text.trim() != verb.trim());
            let exempt = WITHOUT.iter().any(|table| text.contains(&format!(" {table}")))
                || BEFORE.iter().any(|clause| text.contains(clause));
            if is_statement && !exempt && !text.contains("tenant_id") {
                wrong.push(format!("{}: {text}", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_variable_is_in_the_example() {
    // A clock that tests turn, which no release has.
    const OF_TESTS: [&str; 1] = ["LEADWIRE_TEST_CLOCK"];
    let example =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(".env.example")).unwrap();
    let mut missing = BTreeMap::new();
    for file in sources().iter().filter(|file| file.module == "config") {
        for text in file.code.split('"').skip(1).step_by(2) {
            let is_variable = text.len() > 3
                && text.contains('_')
                && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
            if is_variable && !OF_TESTS.contains(&text) && !example.contains(&format!("{text}=")) {
                missing.insert(text.to_owned(), file.path.clone());
            }
        }
    }
    assert!(missing.is_empty(), "not in .env.example: {missing:?}");
}
