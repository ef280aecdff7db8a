//! Sessions and answers.

use super::{begin, say};
use crate::harness::Place;
use serde_json::{Value as Json, json};

on_both! {
    async fn a_session_begins_with_the_first_question(place: Place) {
        let app = place.app_with(&[("AB_TESTING_ENABLED", "false")]).await;
        let started = app.post_json("/api/session/start", &json!({"utm_source": "google", "unknown": 1})).await.ok();
        let id = started["session_id"].as_str().unwrap();
        assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
        let expected = json!({
            "session_id": id,
            "message": "Session started successfully",
            "timestamp": "2026-01-05T10:00:00Z",
            "says": [{"text": "Welcome! May I ask a few questions?", "language": "en", "step": "greeting", "ask": "yes_no", "optional": false}],
            "question": {"id": 1, "key": "greeting", "ask": "yes_no", "options": [], "optional": false, "multiple": false},
            "language": "en",
            "languages": ["en", "es"],
            "title": "Sign-up",
            "score": 5,
            "class": "Unqualified",
            "open": true,
        });
        assert_eq!(started, expected);
        assert_eq!(app.count("conversations WHERE source = 'google'").await, 1);
    }

    async fn an_answer_moves_on(place: Place) {
        let app = place.app().await;
        let id = begin(&app).await;
        say(&app, &id, "yes").await;
        let answered = app
            .post_json("/api/answer", &json!({"session_id": id, "question_id": 2, "answer_text": "Restaurant", "time_taken": 3.5}))
            .await
            .ok();
        let expected = json!({
            "accepted": true,
            "value": "Restaurant",
            "score": 25,
            "class": "Unqualified",
            "says": [{"text": "Which city are you in?", "language": "en", "step": "location", "ask": "text", "optional": false}],
            "question": {"id": 3, "key": "location", "ask": "text", "options": [], "optional": false, "multiple": false},
            "language": "en",
            "open": true,
            "outcome": Json::Null,
        });
        assert_eq!(answered, expected);
    }
}
