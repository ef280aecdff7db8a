//! Flow files publish themselves: what a change brings into force, and what does not.

use crate::harness::{Place, START, TestApp};
use leadwire::clock::Millis;
use leadwire::domain::channel::Channel;
use leadwire::flow::Source;
use leadwire::service::flows::{self, Files, FlowsError};
use leadwire::store::db::{Exec, Sql};
use leadwire::store::flows as stored;
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};

on_both! {
    an_edit_is_published_once_the_database_answers_again,
    an_edit_is_published_once_the_other_file_is_mended,
    a_file_that_cannot_be_read_stops_no_other,
    a_server_without_a_readable_flow_starts_and_says_so,
    a_folder_that_is_away_is_reported_until_it_is_back,
    many_warnings_do_not_hide_an_error,
    a_restart_with_an_older_file_does_not_take_the_head_back,
    a_revert_is_published_like_any_change,
    a_renamed_flow_is_retired_and_its_conversations_go_on,
    a_deleted_flow_is_retired_at_the_second_look,
    a_file_written_anew_or_broken_retires_nothing,
    an_emptied_folder_retires_nothing,
    a_head_without_a_file_is_reported_and_stays,
    a_folder_of_no_tenant_is_reported,
    a_quiet_look_reads_no_file_and_takes_over_what_others_published,
    a_flow_is_retired_by_hand,
    a_conversation_goes_on_where_todays_rules_refuse_its_version,
}

/// A process beside the server: it knows the files only from its own looks.
struct Process<'a> {
    app: &'a TestApp,
    folder: PathBuf,
    files: Files,
    now: AtomicI64,
}

impl<'a> Process<'a> {
    fn new(app: &'a TestApp, folder: PathBuf) -> Self {
        Process { app, folder, files: Files::default(), now: AtomicI64::new(START) }
    }

    fn later(&self) -> Millis {
        self.now.fetch_add(1, Ordering::Relaxed) + 1
    }

    async fn try_look(&self) -> Result<Vec<String>, FlowsError> {
        let app = &self.app.app;
        self.files.publish(&app.flows, &app.db, &self.folder, &app.tenants, self.later()).await
    }

    async fn look(&self) -> Vec<String> {
        self.try_look().await.unwrap()
    }

    fn title(&self, flow: &str) -> Option<String> {
        self.app.app.flows.head(1, flow).map(|version| version.flow.title.clone())
    }
}

fn edit(folder: &Path, file: &str, from: &str, to: &str) {
    let path = folder.join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from}");
    std::fs::write(path, text.replacen(from, to, 1)).unwrap();
}

async fn execute(app: &TestApp, statement: &'static str) {
    app.app.db.execute(Sql::same(statement), vec![]).await.unwrap();
}

async fn begin(app: &TestApp) -> String {
    let started = app.post_json("/api/session/start", &json!({})).await.ok();
    started["session_id"].as_str().unwrap().to_owned()
}

async fn say(app: &TestApp, session: &str, text: &str) -> Json {
    app.post_json("/api/answer", &json!({"session_id": session, "answer_text": text})).await.ok()
}

/// The codes /health shows, but for those the flows always have.
async fn codes(app: &TestApp) -> Vec<String> {
    let health = app.get("/health").await.json();
    let problems = health["flow_problems"].as_array().unwrap();
    let codes = problems.iter().map(|problem| problem["code"].as_str().unwrap().to_owned());
    codes
        .filter(|code| !["flow::untranslated-option", "flow::unreachable-class"].contains(&code.as_str()))
        .collect()
}

async fn an_edit_is_published_once_the_database_answers_again(place: Place) {
    let app = place.app().await;
    let process = Process::new(&app, place.flows());
    process.look().await;
    edit(&place.flows(), "survey.toml", "A survey", "Another survey");
    execute(&app, "ALTER TABLE flow_versions RENAME TO away").await;
    assert!(process.try_look().await.is_err());
    execute(&app, "ALTER TABLE away RENAME TO flow_versions").await;
    assert_eq!(process.look().await, ["survey"]);
    assert_eq!(process.title("survey").as_deref(), Some("Another survey"));
    assert_eq!(process.look().await, [""; 0], "and once only");
}

async fn an_edit_is_published_once_the_other_file_is_mended(place: Place) {
    let app = place.app().await;
    let process = Process::new(&app, place.flows());
    process.look().await;
    edit(&place.flows(), "survey.toml", r#"["survey"]"#, r#"["demo"]"#);
    assert_eq!(process.look().await, [""; 0], "two flows cannot have one keyword");
    assert_eq!(codes(&app).await, ["flow::shared-keyword"]);
    edit(&place.flows(), "shop.toml", r#"["demo"]"#, r#"["shop"]"#);
    assert_eq!(process.look().await, ["shop", "survey"]);
    assert!(codes(&app).await.is_empty());
}

async fn a_file_that_cannot_be_read_stops_no_other(place: Place) {
    let app = place.app().await;
    let process = Process::new(&app, place.flows());
    process.look().await;
    std::fs::write(place.flows().join("a.toml"), b"id = \"caf\xe9\"").unwrap();
    edit(&place.flows(), "survey.toml", "A survey", "Another survey");
    assert_eq!(process.look().await, ["survey"]);
    assert_eq!(codes(&app).await, ["flow::unreadable"]);
    let health = app.get("/health").await.json();
    assert_eq!(health["status"], "degraded");
    let message = health["flow_problems"][0]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("a.toml") && message.contains("UTF-8"), "{message}");
    std::fs::remove_file(place.flows().join("a.toml")).unwrap();
    process.look().await;
    assert_eq!(app.get("/health").await.json()["status"], "healthy");
}

async fn a_server_without_a_readable_flow_starts_and_says_so(place: Place) {
    for file in ["shop.toml", "survey.toml"] {
        std::fs::write(place.flows().join(file), b"id = \"caf\xe9\"").unwrap();
    }
    let app = place.app().await;
    let health = app.get("/health").await.json();
    assert_eq!((&health["status"], &health["flows"]), (&json!("degraded"), &json!(0)));
    assert_eq!(codes(&app).await, ["flow::unreadable", "flow::unreadable"]);
}

async fn a_folder_that_is_away_is_reported_until_it_is_back(place: Place) {
    let app = place.app().await;
    let Process { folder, files, .. } = Process::new(&app, place.flows());
    let (library, db, tenants) = (&app.app.flows, &app.app.db, &app.app.tenants);
    files.look(library, db, &folder, tenants, START + 1).await.unwrap();
    let away = folder.with_extension("away");
    std::fs::rename(&folder, &away).unwrap();
    let looked = files.look(library, db, &folder, tenants, START + 2).await;
    assert!(matches!(looked, Err(FlowsError::Files(_))), "{looked:?}");
    assert_eq!(codes(&app).await, ["flow::unreadable"]);
    assert_eq!(library.count(), 2, "what was published stays");
    std::fs::rename(&away, &folder).unwrap();
    files.look(library, db, &folder, tenants, START + 3).await.unwrap();
    assert!(codes(&app).await.is_empty());
}

async fn many_warnings_do_not_hide_an_error(place: Place) {
    for number in 0..30 {
        let folder = place.flows().join(format!("stranger-{number}"));
        std::fs::create_dir(&folder).unwrap();
        std::fs::copy(place.flows().join("survey.toml"), folder.join("survey.toml")).unwrap();
    }
    std::fs::write(place.flows().join("z.toml"), b"id = \"caf\xe9\"").unwrap();
    let app = place.app().await;
    assert_eq!(app.get("/health").await.json()["status"], "degraded");
    assert_eq!(codes(&app).await[0], "flow::unreadable");
}

async fn a_restart_with_an_older_file_does_not_take_the_head_back(place: Place) {
    let app = place.app().await;
    let newer = tempfile::tempdir().unwrap();
    for file in ["shop.toml", "survey.toml"] {
        std::fs::copy(place.flows().join(file), newer.path().join(file)).unwrap();
    }
    edit(newer.path(), "survey.toml", "A survey", "Another survey");
    let other = Process::new(&app, newer.path().to_owned());
    assert_eq!(other.look().await, ["survey"], "a text that is new is published at the first look too");
    let process = Process::new(&app, place.flows());
    for _ in 0..2 {
        assert_eq!(process.look().await, [""; 0]);
    }
    assert_eq!(process.title("survey").as_deref(), Some("Another survey"));
    edit(&place.flows(), "survey.toml", "A survey", "A third survey");
    assert_eq!(process.look().await, ["survey"], "an edit publishes");
    assert_eq!(other.look().await, [""; 0], "and the other replica leaves it");
}

async fn a_revert_is_published_like_any_change(place: Place) {
    let app = place.app().await;
    let process = Process::new(&app, place.flows());
    process.look().await;
    edit(&place.flows(), "survey.toml", "A survey", "Another survey");
    assert_eq!(process.look().await, ["survey"]);
    edit(&place.flows(), "survey.toml", "Another survey", "A survey");
    assert_eq!(process.look().await, ["survey"]);
    assert_eq!(process.title("survey").as_deref(), Some("A survey"));
}

async fn a_renamed_flow_is_retired_and_its_conversations_go_on(place: Place) {
    let app = place.app().await;
    let process = Process::new(&app, place.flows());
    process.look().await;
    let session = begin(&app).await;
    edit(&place.flows(), "shop.toml", r#""shop""#, r#""store""#);
    assert_eq!(process.look().await, ["store"]);
    assert_eq!(process.title("shop"), None);
    let chosen = app.app.flows.choose(1, Channel::Web, "hi").unwrap();
    assert_eq!(chosen.flow.id, "store", "the default is the new one's alone");
    assert_eq!(app.count("flow_moves WHERE flow_id = 'shop' AND how = 'retired'").await, 1);
    assert_eq!(say(&app, &session, "yes").await["question"]["key"], "business_type");
    app.stop().await;
    let app = place.app().await;
    assert_eq!(say(&app, &session, "Restaurant").await["question"]["key"], "location");
}

async fn a_deleted_flow_is_retired_at_the_second_look(place: Place) {
    let app = place.app().await;
    let process = Process::new(&app, place.flows());
    process.look().await;
    std::fs::remove_file(place.flows().join("survey.toml")).unwrap();
    process.look().await;
    assert!(process.title("survey").is_some());
    process.look().await;
    assert_eq!(process.title("survey"), None);
    assert_eq!(app.count("flow_moves WHERE flow_id = 'survey' AND how = 'retired'").await, 1);
    assert_eq!(app.count("flow_versions WHERE flow_id = 'survey'").await, 1);
    assert!(process.title("shop").is_some());
    assert!(codes(&app).await.is_empty());
}

async fn a_file_written_anew_or_broken_retires_nothing(place: Place) {
    let app = place.app().await;
    let process = Process::new(&app, place.flows());
    process.look().await;
    let path = place.flows().join("survey.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    process.look().await;
    for content in [text.as_bytes(), b"id = ", b"caf\xe9", b"id = \"other\"\ntitle = 1\n", text.as_bytes()] {
        std::fs::write(&path, content).unwrap();
        process.look().await;
        process.look().await;
        assert!(process.title("survey").is_some(), "{content:?}");
    }
    std::fs::rename(&path, place.flows().join("questions.toml")).unwrap();
    process.look().await;
    process.look().await;
    assert!(process.title("survey").is_some(), "a file may have another name");
    assert_eq!(app.count("flow_moves").await, 2, "the two flows were published once");
}

async fn an_emptied_folder_retires_nothing(place: Place) {
    let app = place.app().await;
    let process = Process::new(&app, place.flows());
    process.look().await;
    for file in ["shop.toml", "survey.toml"] {
        std::fs::remove_file(place.flows().join(file)).unwrap();
    }
    for _ in 0..3 {
        process.look().await;
    }
    assert!(process.title("shop").is_some() && process.title("survey").is_some());
    assert_eq!(codes(&app).await, ["flow::no-file", "flow::no-file"]);
}

async fn a_head_without_a_file_is_reported_and_stays(place: Place) {
    let app = place.app().await;
    app.stop().await;
    let path = place.flows().join("survey.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let app = place.app().await;
    let process = Process::new(&app, place.flows());
    for _ in 0..3 {
        process.look().await;
    }
    assert!(process.title("survey").is_some());
    let health = app.get("/health").await.json();
    assert_eq!(health["status"], "healthy", "it is a warning");
    assert_eq!(health["flow_problems"][0]["code"], "flow::no-file");
    let message = health["flow_problems"][0]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("leadwire flow retire survey"), "{message}");
    std::fs::write(&path, text).unwrap();
    process.look().await;
    assert!(codes(&app).await.is_empty());
}

async fn a_folder_of_no_tenant_is_reported(place: Place) {
    let folder = place.flows().join("acme");
    std::fs::create_dir(&folder).unwrap();
    std::fs::copy(place.flows().join("survey.toml"), folder.join("survey.toml")).unwrap();
    let app = place.app().await;
    assert_eq!(codes(&app).await, ["flow::no-tenant"]);
    let health = app.get("/health").await.json();
    assert_eq!((&health["status"], &health["flows"]), (&json!("healthy"), &json!(2)));
}

async fn a_conversation_goes_on_where_todays_rules_refuse_its_version(place: Place) {
    let app = place.app().await;
    let session = begin(&app).await;
    say(&app, &session, "yes").await;
    let hash = app.app.flows.head(1, "shop").unwrap().hash.clone();
    let row = stored::version(&app.app.db, 1, &hash).await.unwrap().unwrap();
    let mut source = Source::from_stored(&row.source).unwrap();
    source.text.insert_str(0, "once_a_key = 1\n");
    assert!(leadwire::flow::read(&source).flow.is_none());
    let update = Sql::same("UPDATE flow_versions SET source = $1 WHERE hash = $2");
    app.app.db.execute(update, leadwire::args![source.to_stored(), &hash]).await.unwrap();
    app.stop().await;
    let app = place.app().await;
    assert_eq!(say(&app, &session, "Restaurant").await["question"]["key"], "location");
    begin(&app).await;
}

async fn a_quiet_look_reads_no_file_and_takes_over_what_others_published(place: Place) {
    let app = place.app().await;
    let Process { folder, files, .. } = Process::new(&app, place.flows());
    let (library, db, tenants) = (&app.app.flows, &app.app.db, &app.app.tenants);
    files.look(library, db, &folder, tenants, START + 1).await.unwrap();
    let path = folder.join("survey.toml");
    let written = std::fs::metadata(&path).unwrap().modified().unwrap();
    // Same length, same time: only reading would tell.
    edit(&folder, "survey.toml", "A survey", "B survey");
    std::fs::File::options().append(true).open(&path).unwrap().set_modified(written).unwrap();
    assert_eq!(files.look(library, db, &folder, tenants, START + 2).await.unwrap(), [""; 0]);
    library.set_heads(Default::default());
    files.look(library, db, &folder, tenants, START + 3).await.unwrap();
    assert_eq!(library.count(), 0, "the heads are those of the last look: there was nothing to load");
    // Another replica publishes.
    let elsewhere = leadwire::flow::library::Library::default();
    let other = Files::default();
    let published = other.publish(&elsewhere, db, &folder, tenants, START + 4).await.unwrap();
    assert_eq!(published, ["survey"]);
    files.look(library, db, &folder, tenants, START + 5).await.unwrap();
    assert_eq!(library.head(1, "survey").unwrap().flow.title, "B survey");
    // A later time is reason enough to read.
    edit(&folder, "survey.toml", "B survey", "C survey");
    let later = written + std::time::Duration::from_secs(1);
    std::fs::File::options().append(true).open(&path).unwrap().set_modified(later).unwrap();
    assert_eq!(files.look(library, db, &folder, tenants, START + 6).await.unwrap(), ["survey"]);
}

async fn a_flow_is_retired_by_hand(place: Place) {
    let app = place.app().await;
    let process = Process::new(&app, place.flows());
    flows::retire(&app.app.db, 1, "survey", process.later()).await.unwrap();
    process.look().await;
    assert!(process.title("survey").is_some(), "a process that starts with its file brings it back");
    std::fs::remove_file(place.flows().join("survey.toml")).unwrap();
    let process = Process::new(&app, place.flows());
    process.look().await;
    assert_eq!(codes(&app).await, ["flow::no-file"]);
    flows::retire(&app.app.db, 1, "survey", process.later()).await.unwrap();
    process.look().await;
    assert_eq!(process.title("survey"), None);
    assert!(codes(&app).await.is_empty());
    let again = flows::retire(&app.app.db, 1, "survey", process.later()).await;
    assert!(matches!(again, Err(FlowsError::Missing(_))), "{again:?}");
}
