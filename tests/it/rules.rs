//! `leadwire rules`: what is in force, writing the files that are built in, looking at edited ones, and starting with them.

use std::path::Path;
use std::process::Command;

/// Runs the command in a folder; whether it did well, and what it wrote.
fn rules(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leadwire"));
    let output = command.arg("rules").args(arguments).current_dir(folder).env_clear().output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).unwrap())
}

#[test]
fn they_are_listed_written_edited_and_checked() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (is_well, table) = rules(folder, &[]);
    assert!(is_well && table.contains("us.toml") && table.contains("64.1200"), "{table}");

    let (is_well, told) = rules(folder, &["write", "own"]);
    assert!(is_well && told.contains("own/gb.toml") && told.contains("[outreach]"), "{told}");
    let india = folder.join("own/in.toml");
    let text = std::fs::read_to_string(&india).unwrap();
    let edited = text.replace("09:00-21:00", "10:00-19:00");
    assert_ne!(edited, text);
    std::fs::write(&india, &edited).unwrap();
    let (is_well, told) = rules(folder, &["write", "own"]);
    assert!(!is_well && told.contains("--force"), "{told}");
    assert_eq!(std::fs::read_to_string(&india).unwrap(), edited, "what was edited is there");
    let (is_well, told) = rules(folder, &["check", "own"]);
    assert!(is_well && told.contains("no mistakes"), "{told}");

    std::fs::write(folder.join("leadwire.toml"), "[outreach]\nrules = \"own\"\n").unwrap();
    let (is_well, listed) = rules(folder, &["--json"]);
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let hours = listed.as_array().unwrap().iter().find(|region| region["country"] == "IN").unwrap();
    assert_eq!((is_well, &hours["rules"][0]["hours"]), (true, &"Mon-Sun 10:00-19:00".into()));

    std::fs::write(&india, edited.replace("source = ", "sauce = ")).unwrap();
    let (is_well, told) = rules(folder, &["check", "own"]);
    assert!(!is_well && told.contains("own/in.toml:") && told.contains("`sauce`"), "{told}");
    let (is_well, told) = rules(folder, &[]);
    assert!(!is_well && told.contains("own/in.toml:") && told.contains("[outreach] rules"), "{told}");
    assert!(rules(folder, &["write", "own", "--force"]).0);
    assert_eq!(std::fs::read_to_string(&india).unwrap(), text);
    let (is_well, told) = rules(folder, &["check", "nowhere"]);
    assert!(!is_well && told.contains("nowhere"), "{told}");
}
