//! Conversations finish on the flow they began with; what is broken changes nothing; what was rolled back stays so.

use super::{ASHA, CITY, plain_app, say};
use crate::harness::{Place, TestApp};
use crate::process::leadwire;

on_both! {
    a_conversation_finishes_on_the_version_it_began_with,
    a_broken_file_changes_nothing_and_is_shown,
    a_rollback_holds_until_the_file_is_edited,
}

const OTHER: &str = "+14155550199";

/// Edits the shop's file.
fn edit(place: &Place, from: &str, to: &str) {
    let path = place.flows().join("shop.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from}");
    std::fs::write(path, text.replace(from, to)).unwrap();
}

async fn city_asked(app: &TestApp, from: &str) -> Vec<String> {
    say(app, from, "hi").await;
    say(app, from, "yes").await;
    say(app, from, "Restaurant").await
}

async fn a_conversation_finishes_on_the_version_it_began_with(place: Place) {
    let app = plain_app(&place).await;
    say(&app, ASHA, "hi").await;
    say(&app, ASHA, "yes").await;
    edit(&place, CITY, "In which town?");
    assert_eq!(app.publish().await, ["shop"]);
    assert_eq!(app.publish().await, [""; 0], "once");
    assert_eq!(city_asked(&app, OTHER).await, ["In which town?"], "the next person gets the new text");
    assert_eq!(say(&app, ASHA, "Restaurant").await, [CITY], "who began before does not");
    app.stop().await;
    let app = plain_app(&place).await;
    assert_eq!(say(&app, ASHA, "back").await.len(), 1);
    assert_eq!(say(&app, ASHA, "Restaurant").await, [CITY], "nor after a restart");
    assert_eq!(app.count("flow_versions WHERE flow_id = 'shop'").await, 2);
}

async fn a_broken_file_changes_nothing_and_is_shown(place: Place) {
    let app = plain_app(&place).await;
    edit(&place, "id  = \"location\"\nask = \"text\"", "id  = \"location\"\nask = \"txt\"");
    assert_eq!(app.publish().await, [""; 0]);
    assert_eq!(city_asked(&app, ASHA).await, [CITY]);
    let health = app.get("/health").await.ok();
    assert_eq!(health["status"], "degraded");
    let problem = &health["flow_problems"][0];
    let text = std::fs::read_to_string(place.flows().join("shop.toml")).unwrap();
    let line = text.lines().position(|line| line.contains("\"txt\"")).unwrap() + 1;
    assert!(problem["file"].as_str().unwrap().ends_with("shop.toml"), "{problem}");
    assert_eq!((&problem["line"], &problem["severity"]), (&line.into(), &"error".into()), "{problem}");
    assert_eq!(problem["column"], 7, "{problem}");
    edit(&place, "ask = \"txt\"", "ask = \"text\"");
    assert_eq!(app.publish().await, [""; 0], "the text that is in force");
    assert_eq!(app.get("/health").await.ok()["status"], "healthy");

    // This one reads well and leads nowhere.
    edit(&place, "to = \"goodbye\"", "to = \"goodby\"");
    assert_eq!(app.publish().await, [""; 0]);
    assert_eq!(app.get("/health").await.ok()["flow_problems"][0]["severity"], "error");
    assert_eq!(city_asked(&app, OTHER).await, [CITY]);
    edit(&place, "to = \"goodby\"", "to = \"goodbye\"");
    assert_eq!(app.publish().await, [""; 0]);

    // This one is sound alone and takes another flow's word.
    let survey = place.flows().join("survey.toml");
    let text = std::fs::read_to_string(&survey).unwrap();
    std::fs::write(survey, text.replace("keywords = [\"survey\"]", "keywords = [\"demo\"]")).unwrap();
    assert_eq!(app.publish().await, [""; 0]);
    assert!(app.get("/health").await.body.contains("flow::shared-keyword"));
}

async fn a_rollback_holds_until_the_file_is_edited(place: Place) {
    let app = plain_app(&place).await;
    app.clock.advance(60_000);
    edit(&place, CITY, "In which town?");
    assert_eq!(app.publish().await, ["shop"]);

    let diff = leadwire(&place, &["flow", "diff", "shop"]).ok();
    assert!(diff.contains("-say = { en = \"Which city are you in?\""), "{diff}");
    assert!(diff.contains("+say = { en = \"In which town?\""), "{diff}");
    let changed =
        |line: &&str| line.starts_with(['-', '+']) && !line.starts_with("---") && !line.starts_with("+++");
    assert_eq!(diff.lines().filter(changed).count(), 2, "{diff}");
    let history = leadwire(&place, &["flow", "history", "shop"]).ok();
    let row = |text: &str| {
        history.lines().position(|line| line.contains(text)).unwrap_or_else(|| panic!("{history}"))
    };
    assert!(row("2026-01-05 10:01:00") < row("2026-01-05 10:00:00"), "latest first: {history}");
    assert_eq!(history.matches("current").count(), 1, "{history}");

    leadwire(&place, &["flow", "rollback", "shop"]).ok();
    app.publish().await;
    assert_eq!(city_asked(&app, ASHA).await, [CITY], "the running server takes it over");
    app.stop().await;
    let app = plain_app(&place).await;
    assert_eq!(city_asked(&app, OTHER).await, [CITY], "a restart does not bring the file's text back");
    let history = leadwire(&place, &["flow", "history", "shop", "--json"]).ok();
    let history: serde_json::Value = serde_json::from_str(&history).unwrap();
    let versions: Vec<&str> =
        history.as_array().unwrap().iter().map(|row| row["version"].as_str().unwrap()).collect();
    assert!(versions.len() == 3 && versions[0] == versions[2] && versions[0] != versions[1], "{history}");
    assert_eq!(history[0]["how"], "rolled_back", "{history}");

    edit(&place, "In which town?", "In which village?");
    assert_eq!(app.publish().await, ["shop"]);
    assert_eq!(city_asked(&app, "+14155550198").await, ["In which village?"], "an edit does");
    let refused = leadwire(&place, &["flow", "rollback", "shop", "ffff"]);
    assert!(!refused.success && refused.told.contains("no version begins with"), "{refused:?}");
}
