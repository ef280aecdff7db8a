//! `leadwire score what-if`: the command itself, on stored conversations.

use super::{FLOW, app_with, says};
use crate::harness::{Place, number};
use crate::process::leadwire;
use leadwire::clock::{Clock, DAY};
use serde_json::{Value as Json, json};

on_both!(stored_conversations_are_scored_by_other_rules);

async fn stored_conversations_are_scored_by_other_rules(place: Place) {
    let app = app_with(&place, FLOW, Clock::fixed(crate::harness::START)).await;
    // 28 points: MQL; 17: none; five for being there.
    says(&app, "+14155550101", &["hi", "Restaurant", "Many"]).await;
    says(&app, "+14155550102", &["hi", "Shop"]).await;
    app.clock.advance(40 * DAY);
    says(&app, "+14155550103", &["hi"]).await;
    let stored = app.stored().await;
    let ids: Vec<i64> = {
        let mut ids = Vec::new();
        for n in 1..4 {
            ids.push(
                number(&app.app.db, format!("SELECT id FROM leads WHERE phone = '+1415555010{n}'")).await,
            );
        }
        ids
    };
    let file = |text: &str| {
        let path = place.folder().join("other.toml");
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let asked = |text: &str, further: &[&str]| {
        let path = file(text);
        let mut arguments = vec!["score", "what-if", path.as_str(), "--json"];
        arguments.extend(further);
        let said = leadwire(&place, &arguments);
        assert!(said.success, "{}", said.told);
        serde_json::from_str::<Json>(&said.out).unwrap()
    };

    let same = asked(FLOW, &[]);
    assert_eq!((&same["conversations"], &same["leads"], &same["partial"]), (&json!(3), &json!(3), &json!(0)));
    assert_eq!(same["changes"], json!([]), "the same rules change nothing");
    assert_eq!(same["classes"]["MQL"], json!({"SQL": 0, "MQL": 1, "Unqualified": 0}));
    assert_eq!(same["classes"]["Unqualified"], json!({"SQL": 0, "MQL": 0, "Unqualified": 2}));

    // Shops are worth more, and nobody is loved for being quick.
    let other = FLOW
        .replace("{ value = \"Shop\", points = 2 }", "{ value = \"Shop\", points = 30 }")
        .replace("fit = 8", "fit = 30")
        .replace(
            "points.complained = -20",
            "points.complained = -20\npoints.quick_reply = 0\npoints.question_answered = 2",
        );
    let told = asked(&other, &[]);
    let shop = json!({
        "lead_id": ids[1], "name": "+••••••••102",
        "before": {"score": 17, "class": "Unqualified"}, "after": {"score": 37, "class": "MQL"},
    });
    assert_eq!(told["changes"], json!([shop]), "{told}");
    let lower = other.replace("mql  = 20", "mql  = 21");
    assert_eq!(asked(&lower, &[])["changes"][0]["after"], json!({"score": 20, "class": "Unqualified"}));

    let without = FLOW.replace("id      = \"size\"", "id      = \"people\"");
    let told = asked(&without, &[]);
    assert_eq!((&told["partial"], &told["conversations"]), (&json!(1), &json!(3)));
    assert_eq!(told["changes"], json!([]), "21 points for the rest are enough");

    let since = asked(FLOW, &["--since", "2026-02-01"]);
    assert_eq!(since["conversations"], 1);
    let others = asked(&FLOW.replace("id    = \"points\"", "id    = \"elsewhere\""), &[]);
    assert_eq!(others["conversations"], 0);

    let shown = leadwire(&place, &["score", "what-if", &file(&other)]);
    assert!(shown.success, "{}", shown.told);
    for words in ["3 conversations of 3 leads scored again", "17 → 37", "Unqualified → MQL", "+••••••••102"]
    {
        assert!(shown.out.contains(words), "{words}: {}", shown.out);
    }
    assert!(!shown.out.contains("4155550102"), "no whole numbers: {}", shown.out);
    let broken = leadwire(&place, &["score", "what-if", &file(&FLOW.replace("mql  = 20", "mql  = \"x\""))]);
    assert!(!broken.success && broken.told.contains("is not sound"), "{}", broken.told);
    assert!(!leadwire(&place, &["score", "what-if", "nowhere.toml"]).success);
    assert!(!leadwire(&place, &["score", "what-if", &file(FLOW), "--tenant", "nobody"]).success);
    assert_eq!(app.stored().await, stored, "it only reads");
}
