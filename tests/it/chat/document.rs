//! The OpenAPI document and the page that shows it.

use crate::harness::Place;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/openapi.json")
}

fn generated() -> String {
    format!("{}\n", leadwire::api::openapi::document().to_pretty_json().unwrap())
}

#[test]
fn the_committed_document_is_current() {
    let committed = std::fs::read_to_string(committed()).unwrap_or_default();
    assert!(
        committed == generated(),
        "docs/openapi.json is old; write it anew with `cargo test --test it write_the_document -- --ignored`"
    );
}

#[test]
#[ignore = "writes docs/openapi.json; run it where the API changed"]
fn write_the_document() {
    std::fs::create_dir_all(committed().parent().unwrap()).unwrap();
    std::fs::write(committed(), generated()).unwrap();
}

#[test]
fn every_operation_shows_an_example_of_every_answer() {
    let document: serde_json::Value = serde_json::from_str(&generated()).unwrap();
    let mut operations = 0;
    let mut ids = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            operations += 1;
            let id = operation["operationId"].as_str().unwrap_or_default();
            assert!(!id.is_empty() && ids.insert(id.to_owned()), "{method} {path}: {id:?} is not its own");
            let responses = operation["responses"].as_object().unwrap();
            let statuses: BTreeSet<&str> = responses.keys().map(String::as_str).collect();
            assert!(
                statuses.is_superset(&["400", "413", "415", "429", "500", "503"].into())
                    && statuses.iter().filter(|status| status.starts_with('2')).count() == 1,
                "{method} {path}: {statuses:?}"
            );
            for (status, response) in responses.iter().filter(|(status, _)| !status.starts_with('2')) {
                let problem = &response["content"]["application/problem+json"];
                assert_eq!(
                    problem["schema"]["$ref"], "#/components/schemas/Problem",
                    "{method} {path} {status}"
                );
                assert_eq!(problem["example"]["status"].to_string(), *status, "{method} {path}");
            }
            let names = path.contains("{session_id}") || path.contains("questions");
            assert!(!names || statuses.contains("404"), "{method} {path}");
        }
    }
    assert_eq!(operations, 91);
}

on_both! {
    the_page_works_without_the_internet,
}

async fn the_page_works_without_the_internet(place: Place) {
    let app = place.app().await;
    let document = app.get("/openapi.json").await.ok();
    assert_eq!(document["info"]["title"], "Leadwire");
    assert_eq!(app.get("/docs").await.header("location"), "/docs/");
    let page = app.get("/docs/").await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-security-policy").contains("script-src 'self'"));
    assert!(
        !page.body.contains("http://") && !page.body.contains("https://"),
        "nothing from elsewhere: {}",
        page.body
    );
    let types = [
        ("/docs/swagger-ui.css", "text/css"),
        ("/docs/swagger-ui-bundle.js", "text/javascript"),
        ("/docs/swagger-initializer.js", "text/javascript"),
    ];
    for (path, kind) in types {
        let asset = app.get(path).await;
        assert_eq!(asset.status, 200, "{path}");
        assert!(asset.header("content-type").starts_with(kind), "{path}: {}", asset.header("content-type"));
        assert_eq!(asset.header("x-content-type-options"), "nosniff", "{path}");
    }
    assert!(app.get("/docs/swagger-initializer.js").await.body.contains("/openapi.json"));
}

/// Two types of one name would be one schema, and one of them wrong.
#[test]
fn every_schema_has_a_name_of_its_own() {
    let mut names: std::collections::BTreeMap<String, String> = std::collections::BTreeMap::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/api")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            if entry.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let text = std::fs::read_to_string(&entry).unwrap();
            for declared in text.split("ToSchema)]").skip(1) {
                let at = ["struct ", "enum "]
                    .into_iter()
                    .filter_map(|word| Some(declared.find(word)? + word.len()))
                    .min();
                let (attributes, rest) = declared.split_at(at.expect("a type"));
                let named = attributes.split("as = ").nth(1).unwrap_or(rest);
                let name: String = named.chars().take_while(|letter| letter.is_alphanumeric()).collect();
                let before = names.insert(name.clone(), entry.display().to_string());
                assert_eq!(before, None, "{name} is also in {}", entry.display());
            }
        }
    }
    assert!(names.len() > 60, "{names:?}");
}
